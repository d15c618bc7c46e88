"""The gradient of a function, step by step: the few verbs a notebook needs.

graph = backprop.parse("(x + y) * z")
trace = backprop.differentiate(graph, {"x": -2, "y": 5, "z": -4})
trace.value, trace.gradient, trace.steps

program = backprop.program(text)            # named lines of arrays: W : 2 x 3 = random 1 …
trace = backprop.differentiate(program, program.at)

run = backprop.compile(graph)                # numbers by place: a loop of your own
value, slopes = run((-2.0, 5.0, -4.0))
result = backprop.jvp(program, program.at, {"W": direction})    # also vjp, jacobian, hvp
result.value, result.tangent

network = backprop.Network(sizes=(2, 2, 2), activations=("sigmoid", "sigmoid"))
loss, gradient = network.loss_and_gradient(network.initialize(seed=1), X, Y)

report = backprop.check_gradient(f, parameters, gradient)       # of any function, yours too
backprop.assert_gradient(f, parameters, gradient)               # the same, for pytest
optimizer = backprop.optimizers.Adam(learning_rate=0.01)        # another machine

Everything else stands in a module that says what it is: `backprop.engine.text.to_text`.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from backprop.engine.backward import bound_pass as compile  # noqa: A004 - the verb that it is
from backprop.engine.backward import differentiate, gradient
from backprop.engine.expression import parse
from backprop.engine.network import Network

if TYPE_CHECKING:
    from backprop.engine.differences.check import (
        GradientNotJudged,
        assert_gradient,
        check_gradient,
    )
    from backprop.engine.modes.cotangents import vjp
    from backprop.engine.modes.hessians import hessian, hvp
    from backprop.engine.modes.jacobians import jacobian
    from backprop.engine.modes.tangents import jvp
    from backprop.engine.program import Program
    from backprop.training import optimizers

__all__ = [
    "GradientNotJudged",
    "Network",
    "assert_gradient",
    "check_gradient",
    "compile",
    "differentiate",
    "gradient",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "optimizers",
    "parse",
    "program",
    "vjp",
]
LATER = {  # what is imported where it is asked for, and where it stands
    **dict.fromkeys(
        ("GradientNotJudged", "assert_gradient", "check_gradient"), "engine.differences.check"
    ),
    **{"jvp": "engine.modes.tangents", "vjp": "engine.modes.cotangents"},
    "jacobian": "engine.modes.jacobians",
    "optimizers": "training.optimizers",
    **dict.fromkeys(("hvp", "hessian"), "engine.modes.hessians"),
}


def __getattr__(name: str) -> Any:
    """Return what is asked for the first time: half of the package need not be there before."""
    if name in LATER:
        module = import_module(f"backprop.{LATER[name]}")
        return module if name == "optimizers" else getattr(module, name)
    raise AttributeError(f"module 'backprop' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *LATER})


def program(text: str, at: Mapping[str, Any] | None = None, *, scalar: bool = True) -> "Program":
    """Return the program of named lines: a graph whose nodes are arrays.

    Args:
        text: leaves, `W : 2 x 3 = random 1`, and results, `Z = X @ W.T`, one a line.
        at: values for some of the leaves, in place of those that the text says.
        scalar: whether the last line must be a number; `jvp`, `vjp` and `jacobian` take any shape.

    Raises:
        InputError: a line cannot be read, shapes do not fit, a limit is passed, or the last line
            is no number, and must be; `error.at` is the place in the text, or the name of a leaf.
    """
    from backprop.engine.program import program as read  # only where programs are read

    return read(text, at, scalar=scalar)
