"""Where a computation first goes wrong: its intermediate arrays beside the exact ones.

The walk is that of the computation: Z1, A1, Z2, … to the outputs, and from there back: dA2, dZ2,
dA1, dZ1. The first array that differs is where to look; those after it inherit the difference.

Where what they were computed from was rounded, so many differences of rounded points as SAMPLES
tell how far that may carry each number (rounded_inputs.py says why it is 6 σ).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from backprop.engine.backward import differentiate
from backprop.engine.differences.precision import find_precision, find_rounding
from backprop.engine.differences.rounded_inputs import BENT, SIGMAS
from backprop.notation.submission.place import Array
from backprop.notation.submission.read import Submission

SAMPLES = 24
_CLOSE = 1e-6  # a difference, relative to the array's largest entry, that float32 explains


@dataclass(frozen=True, slots=True)
class WrongNode:
    """An intermediate array that differs from the exact one.

    Attributes:
        name: Z1, A1, dZ1 or dA1.
        entry: where they differ most: (example, unit), counted from 0.
        given: the learner's number there.
        exact: the right one.
    """

    name: str
    entry: tuple[int, int]
    given: float
    exact: float

    @property
    def sentence(self) -> str:
        """Where the first difference is, for a learner."""
        row, unit = self.entry
        way = "on the way back" if self.name.startswith("d") else "on the way forward"
        return (
            f"The first wrong array {way} is {self.name}: at [{row},{unit}] it is "
            f"{self.given:.6g}, and should be {self.exact:.6g}."
        )


class Intermediates(NamedTuple):
    """What is wrong of the intermediates that were brought, and how those of the way back are.

    Attributes:
        wrong: those that differ from the exact ones, in the order of the computation.
        factor: what all slopes on the way back are multiplied by: m, 1/m, or 1 if by neither. Some
            write the δ of each example alone, and divide by their number m in the gradient at last.
    """

    wrong: tuple[WrongNode, ...] = ()
    factor: float = 1.0


def check_intermediates(
    submission: Submission, off: Mapping[str, Array] | None = None
) -> Intermediates:
    """Return what is wrong of the intermediates that were brought.

    Args:
        submission: what was brought.
        off: how far each number of W1, b1, …, X and Y may be from what was meant; exact if none.
    """
    given = submission.intermediates
    if not given:
        return Intermediates()
    at = submission.network.batch(submission.parameters, submission.X, submission.Y)
    exact = dict(_in_order(submission, at))
    reach = _reach(submission, at, exact, off or {})
    own = _own(submission, given)
    wrong = tuple(
        _find_worst(name, given[name], array)
        for name, array in exact.items()
        if name in given and not _agree(given[name], array, own[name] + reach.get(name, 0.0))
    )
    return Intermediates(wrong, _factor_back(submission, exact, reach))


def _factor_back(
    submission: Submission, exact: Mapping[str, Array], reach: Mapping[str, Array]
) -> float:
    given = {n: array for n, array in submission.intermediates.items() if n.startswith("d")}
    rows = len(submission.X)
    if rows == 1 or not any(array.any() for array in given.values()):
        return 1.0
    own = _own(submission, given)

    @np.errstate(all="ignore")
    def agrees(name: str, factor: float) -> bool:
        allowed = own[name] + factor * reach.get(name, 0.0)
        return _agree(given[name], exact[name] * factor, allowed)

    factors = (1.0, float(rows), 1 / rows)
    known = [name for name in given if name in exact]
    return next((each for each in factors if all(agrees(name, each) for name in known)), 1.0)


def _own(submission: Submission, given: Mapping[str, Array]) -> dict[str, Array]:
    """Return how far each number may be by its own digits."""
    allowed = find_precision(given, submission.decimals).allowed
    read = find_rounding(given, submission.written, each_its_own=True)
    return {name: np.maximum(allowed[name], read[name].half) for name in given}


@np.errstate(all="ignore")
def _reach(
    submission: Submission,
    at: Mapping[str, Array],
    exact: Mapping[str, Array],
    off: Mapping[str, Array],
) -> dict[str, Array]:
    """Return how far each number may be by the digits of those it was computed from."""
    if not any(array.any() for array in off.values()):
        return {}
    rng = np.random.default_rng(0)
    squares = {name: np.zeros(array.shape) for name, array in exact.items()}
    for _ in range(SAMPLES):
        moved = {n: a + off[n] * rng.choice((-1.0, 1.0), a.shape) for n, a in at.items()}
        for name, array in _in_order(submission, moved):
            squares[name] += (array - exact[name]) ** 2 / SAMPLES
    return {name: BENT * SIGMAS * np.sqrt(each / 3) for name, each in squares.items()}


def _in_order(submission: Submission, at: Mapping[str, Array]) -> Iterator[tuple[str, Array]]:
    network = submission.network
    graph = network.graph("layers")
    trace = differentiate(graph, at)
    layers = range(1, network.depth + 1)
    names = [f"{letter}{layer}" for layer in layers for letter in "ZA"]
    positions = {node.name: i for i, node in enumerate(graph.nodes)}
    last = f"A{network.depth}"
    for name in names:
        if name in positions:
            yield name, trace.values[positions[name]]
        elif name == last:
            parameters = {parameter: at[parameter] for parameter in network.shapes}
            yield name, network.outputs(parameters, at["X"])
        else:  # a linear layer: its activation is its sum
            yield name, trace.values[positions[f"Z{name[1:]}"]]
    for name in reversed(names):
        source = name if name in positions else f"Z{name[1:]}"
        if name != source and network.activations[int(name[1:]) - 1] == "softmax":
            continue  # softmax and its loss are one node: nothing is known between them
        yield f"d{name}", trace.gradients[positions[source]]


@np.errstate(all="ignore")
def _agree(given: Array, exact: Array, allowed: Array) -> bool:
    largest = float(np.max(np.abs(exact), initial=0.0, where=np.isfinite(exact)))
    same = (given == exact) | (np.isnan(given) & np.isnan(exact))
    return bool(np.all(same | (np.abs(given - exact) <= allowed * (1 + 1e-9) + _CLOSE * largest)))


@np.errstate(all="ignore")
def _find_worst(name: str, given: Array, exact: Array) -> WrongNode:
    apart = np.abs(given - exact)
    apart = np.where(np.isnan(apart), np.inf, apart)
    row, unit = np.unravel_index(int(np.argmax(apart)), apart.shape)
    return WrongNode(name, (int(row), int(unit)), float(given[row, unit]), float(exact[row, unit]))
