"""What the matrix minimizes, and where its gradient can come from.

A source makes a gradient; an optimizer uses one. Neither knows of the other, so each source goes
with each optimizer, and what a cell of the matrix costs is the cost of its source, as often as its
optimizer asks.

    θ   the point, [N]
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from backprop.engine.backward import gradient
from backprop.engine.differences.slopes import function_differences
from backprop.engine.forward import value
from backprop.engine.graph import Graph
from backprop.notation.names import name_list
from backprop.notation.symbolic.derivative import affordable, derivative
from backprop.stage.plane import in_order
from backprop.stage.training_setup import iris_setup
from backprop.training.flat import flatten
from backprop.training.optimizers import OPTIMIZERS

Array = NDArray[np.float64]
Value = Callable[[Array], float]
Gradient = Callable[[Value, Array], Array]

FIRST = (
    "gradient_descent",
    "momentum",
    "nesterov",
    "adagrad",
    "rmsprop",
    "adam",
    "adamw",
)  # of 0.1.0
STEPS, NETWORK_STEPS = 200, 80  # of our optimizers
FLAT = 1e-5  # the largest slope at which they stop, as two of SciPy's do
NETWORK_RATES = {
    "gradient_descent": 0.5,
    "momentum": 0.2,
    "nesterov": 0.2,
    "adagrad": 0.2,
    "rmsprop": 0.02,
    "adam": 0.05,
    "adamw": 0.05,
}


@dataclass(frozen=True, slots=True)
class Source:
    """A way to a gradient.

    Attributes:
        cost: what each gradient takes, in words; where there is none here, why.
        refused: what stands in its cells where there is none here; else empty.
    """

    name: str
    title: str
    cost: str
    refused: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Problem:
    """A function of N numbers, a start, and all that the runs need.

    Attributes:
        start: where every run begins, [N].
        sources: by name, in the order of the table.
        gradients: of a function and a point, by source; each asks the function that it is given,
            so that its evaluations can be counted.
        rates: the learning rate of each of our optimizers, by name.
        steps: how many of them our optimizers take at most.
        weight: about how many µs one evaluation takes: slices are bounded by it beforehand.
        word: what the runs begin from, in one word.
    """

    name: str
    title: str
    start: Array
    value: Value
    sources: Mapping[str, Source]
    gradients: Mapping[str, Gradient]
    rates: Mapping[str, float]
    steps: int
    weight: float
    word: str

    @property
    def count(self) -> int:
        """N, how many numbers are chosen."""
        return len(self.start)


def function_problem(
    graph: Graph,
    at: Mapping[str, float],
    rates: Mapping[str, float],
    usual: Mapping[str, float] | None = None,
) -> Problem:
    """Return the problem of a typed function.

    Args:
        graph: a function of numbers.
        at: where every run begins: a number for each variable.
        rates: of our optimizers, by name; one that is not there has its own.
        usual: the rates that follow from the function; its own where an optimizer has none.
    """
    names = in_order(graph.parameters)
    fixed = {name: at[name] for name in graph.variables if name not in names}
    rates = _rates(rates)

    def point(theta: Array) -> dict[str, float]:
        return {**fixed, **dict(zip(names, theta.tolist(), strict=True))}

    def backward(_: Value, theta: Array) -> Array:
        slopes = gradient(graph, point(theta))[1]
        return np.array([slopes[name] for name in names])

    def closed(_: Value, theta: Array) -> Array:
        there = point(theta)
        forms = [derivative(graph, name) for name in names]
        return np.array([value(form, {v: there[v] for v in form.variables}) for form in forms])

    too_long = len(affordable(graph, names)) < len(names)
    refused = "Too long to be written out." if too_long else ""
    gradients = {"backward": backward, "central": central}
    return Problem(
        name="function",
        title=f"the function of {name_list(names)}",
        start=np.array([float(at[name]) for name in names]),
        value=lambda theta: float(value(graph, point(theta))),
        sources=_sources(len(names), refused),
        gradients=gradients if refused else {**gradients, "closed": closed},
        rates=rates,
        steps=STEPS,
        weight=2.0 + 0.15 * len(graph),
        word=_word(graph.nodes, dict(at), _named(rates, _rates(usual or {})), STEPS),
    )


@lru_cache(maxsize=1)
def network_problem() -> Problem:
    """Return the problem of a network that learns to tell irises apart: 55 parameters, 150 rows."""
    setup = iris_setup()
    graph = setup.network.graph("layers")
    fixed = setup.network.batch(setup.parameters, setup.X, setup.Y)

    start, arrays = flatten(setup.parameters)
    names = sorted(setup.parameters)  # their order in a flat array

    def backward(_: Value, theta: Array) -> Array:
        slopes = gradient(graph, {**fixed, **arrays(theta)})[1]
        return np.concatenate([slopes[name].ravel() for name in names])

    refused = "Written out, the slopes of 55 parameters fill many pages."
    rates = _rates(NETWORK_RATES)
    return Problem(
        name="network",
        title=f"the loss of {setup.title}",
        start=start,
        value=lambda theta: float(value(graph, {**fixed, **arrays(theta)})),
        sources=_sources(setup.network.parameter_count, refused),
        gradients={"backward": backward, "central": central},
        rates=rates,
        steps=NETWORK_STEPS,
        weight=120.0,
        word=_word(setup.start, _named(rates, rates), NETWORK_STEPS),
    )


def central(f: Value, theta: Array) -> Array:
    """Return the gradient by central differences: f is asked on both sides of each number."""
    slopes: Array = function_differences(lambda at: f(at["θ"]), {"θ": theta}).slopes["θ"]
    return slopes


def _sources(count: int, refused: str) -> dict[str, Source]:
    none = "no closed form" if refused else ""
    rows = (
        Source("backward", "backward pass", "once forward, once backward"),
        Source("central", "central differences", f"{2 * count} evaluations each"),
        Source("closed", "closed form", refused or f"{count} formulas each", none),
        Source("none", "no gradient", "values alone"),
    )
    return {row.name: row for row in rows}


def _rates(rates: Mapping[str, float]) -> dict[str, float]:
    """Return a learning rate for every optimizer there is: as given, or its own default."""
    return {name: rates.get(name, row().learning_rate) for name, row in OPTIMIZERS.items()}


def _named(rates: Mapping[str, float], usual: Mapping[str, float]) -> dict[str, float]:
    """Return the rates that a stored matrix is known by: one more optimizer begins none anew."""
    return {name: x for name, x in rates.items() if name in FIRST or x != usual[name]}


def _word(*parts: object) -> str:
    text = "|".join(map(repr, (*parts, FLAT)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
