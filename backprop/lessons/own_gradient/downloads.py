"""What the page hands out: starters with the network here filled in, and the worked examples."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np

from backprop.engine.backward import differentiate
from backprop.engine.errors import UnknownNameError
from backprop.engine.slips.catalog import HALF_LOST, NO_HIDDEN_SLOPE, NO_OUTPUT_SLOPE, SIGN
from backprop.engine.slips.slip import Slip
from backprop.lessons.own_gradient.choices import Choices, Given, make_given
from backprop.notation.export.fixtures import fixtures
from backprop.notation.export.starter import json_starter, numpy_starter, pytorch_starter
from backprop.notation.submission.printed import print_arrays
from backprop.notation.submission.printed_text import Array
from backprop.stage.lesson import File


@dataclass(frozen=True, slots=True)
class Starter:
    """One kind of starter, and the file that it is."""

    title: str
    about: str
    name: str
    mimetype: str
    write: Callable[..., str]  # network, parameters, X, Y → the text


STARTERS: Mapping[str, Starter] = MappingProxyType(
    {
        "numpy.py": Starter(
            "NumPy",
            "The forward pass is written; the function backward is yours. It prints JSON.",
            *("starter_numpy.py", "text/plain", numpy_starter),
        ),
        "pytorch.py": Starter(
            "PyTorch",
            "The same network with autograd, to compare with your own layers. It prints JSON.",
            *("starter_pytorch.py", "text/plain", pytorch_starter),
        ),
        "json": Starter(
            "JSON",
            "Conventions, weights, inputs and targets, for any language; the gradient is 0.",
            *("starter.json", "application/json", json_starter),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Worked:
    """A worked example: its title, and its JSON."""

    title: str
    text: str


def starter_file(choices: Choices, kind: str) -> File:
    """Return a starter for the network here, into which a learner fills their backward pass.

    Raises:
        UnknownNameError: there is no such starter.
        InputError: the network cannot be made, or is too large for a file.
    """
    if kind not in STARTERS:
        raise UnknownNameError(
            f"There is no starter “{kind[:40]}”.",
            hint=f"There are {', '.join(STARTERS)}.",
            at="lesson",
        )
    starter, given = STARTERS[kind], make_given(choices)
    text = starter.write(given.network, given.parameters, given.X, given.Y)
    return File(starter.name, text, starter.mimetype)


@lru_cache(maxsize=1)
def worked() -> Mapping[str, Worked]:
    """Return the worked examples by name."""
    texts = fixtures().items()
    return MappingProxyType({name: Worked(json.loads(text)["title"], text) for name, text in texts})


def worked_file(_: Choices, name: str) -> File:
    """Return a worked example, with its gradient.

    Raises:
        UnknownNameError: there is none of this name.
    """
    if name not in worked():
        raise UnknownNameError(
            f"There is no worked example “{name[:40]}”.",
            hint="“Bring your own gradient” lists them all.",
            at="lesson",
        )
    return File(f"{name}.json", worked()[name].text, "application/json")


RIGHT, SLIP, STEPS = "right", "slip", "steps"
_LIKELY = (NO_OUTPUT_SLOPE, NO_HIDDEN_SLOPE, HALF_LOST)  # where none fits, the sign is turned


def example_text(choices: Choices) -> str:
    """Return the example that was chosen; nothing where none was.

    Raises:
        UnknownNameError: there is no example of this name, or not for this network.
    """
    given, name = make_given(choices), choices.example
    match name:
        case "":
            return ""
        case "right":
            return print_arrays(_right(given))
        case "slip":
            return print_arrays(_wrong(find_slip(given), given))
        case "steps" if has_steps(given):
            return _with_steps(given)
        case _ if name in worked():
            return worked()[name].text
    raise UnknownNameError(
        f"There is no example “{name}” here.",
        hint=f"There are {RIGHT}, {SLIP} and, with a hidden layer that bends, {STEPS}.",
        at="given",
    )


def find_slip(given: Given) -> Slip:
    """Return the slip that the example has: the first of a few that this network can have."""
    right = _right(given)
    for slip in _LIKELY:
        if slip.fits(given.network, len(given.X)):
            wrong = _wrong(slip, given)
            if any(not np.array_equal(wrong[name], right[name]) for name in right):
                return slip
    return SIGN


def has_steps(given: Given) -> bool:
    """Whether there is a hidden layer whose slope can be forgotten."""
    network = given.network
    return network.depth > 1 and network.activations[-2] != "linear"


def _right(given: Given) -> dict[str, Array]:
    return given.network.loss_and_gradient(given.parameters, given.X, given.Y)[1]


def _wrong(slip: Slip, given: Given) -> dict[str, Array]:
    return slip.gradient(given.network, given.parameters, given.X, given.Y)


def _with_steps(given: Given) -> str:
    """Return z, a and δ beside a gradient whose last hidden layer forgot its slope."""
    network, last = given.network, given.network.depth
    graph = network.graph("layers")
    trace = differentiate(graph, network.batch(given.parameters, given.X, given.Y))
    values = dict(zip((node.name for node in graph.nodes), trace.values, strict=True))
    slopes = dict(zip((node.name for node in graph.nodes), trace.gradients, strict=True))
    slip = NO_HIDDEN_SLOPE if last == 2 else NO_HIDDEN_SLOPE.at_layer(last - 1)
    arrays = {
        **{name: values[name] for name in (f"Z{last - 1}", f"A{last - 1}", f"Z{last}")},
        f"delta{last}": slopes[f"Z{last}"],
        f"delta{last - 1}": slopes[f"A{last - 1}"],  # the slip: its σ′ is missing
    }
    return f"{print_arrays(arrays, '')}\n{print_arrays(_wrong(slip, given))}"
