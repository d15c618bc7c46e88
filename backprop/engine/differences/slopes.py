"""Finite differences of a graph, or of any function of numbers and arrays.

    ∂f/∂θ  ≈  (f(θ + d) − f(θ − d)) / 2d        d = h · max(1, |θ|)

and of one side alone (f(θ + d) − f(θ)) / d, or (f(θ) − f(θ − d)) / d.

A nudge that crosses a kink (relu from one side of 0 to the other, say) measures neither side; so
each slope comes with whether that happened.

Source: Karpathy, CS231n notes, “Gradient checks”.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from backprop.engine import forward
from backprop.engine.arrays.words import lows, peaks
from backprop.engine.graph import Graph, Node
from backprop.engine.network import Array
from backprop.engine.ops import COMPARISONS, OPS, jumps_at_zero

STEP = 1e-5
ENTRIES = 2_000_000  # numbers held at once: nodes times columns
COMPARING = tuple(row.name for row in OPS.values() if row.typed in COMPARISONS)
AT_A_TIE = ("max", "min", *COMPARING)  # where the kink or the jump of these lies
HINGES = ("multiclass_hinge", "batch_multiclass_hinge")
TYPED_TIES = ("maximum", "minimum", *COMPARING)  # the same in a program
CHOOSING = {"max": peaks, "min": lows, "first_max": peaks}  # along axes, in a program

Function = Callable[[Any], Any]  # of a mapping of names to numbers or arrays
Along = Callable[[Array, float], tuple[float, float]]  # direction, h -> slopes right and left
Sides = NDArray[np.float64]  # of each kink, on which side of it a point lies: −1, 0 or 1


class Differences(NamedTuple):
    """Finite differences by the parameters' names, shaped like them.

    Attributes:
        slopes: (f(θ + d) − f(θ − d)) / 2d.
        kinks: whether a kink lies between the two points.
    """

    slopes: dict[str, Any]
    kinks: dict[str, Any]


def central_differences(graph: Graph, at: Mapping[str, Any], h: float = STEP) -> dict[str, Any]:
    """Return the slope of a graph by every parameter, by central differences.

    Args:
        graph: the function.
        at: a value for each of its variables; those that are given are not nudged.
        h: the nudge, relative to a parameter larger than 1: d = h · max(1, |θ|).

    Returns:
        For each parameter its slope, shaped like it: a float, or an array at layers detail.

    Raises:
        PointError: the point does not fit the graph's variables.
    """
    return graph_differences(graph, at, h).slopes


def graph_differences(
    graph: Graph, at: Mapping[str, Any], h: float = STEP, side: int = 0
) -> Differences:
    """Return the slopes of a graph, and which nudges crossed a kink.

    Args:
        graph: the function.
        at: a value for each of its variables.
        h: the nudge, as in `central_differences`.
        side: 1 nudges up alone, −1 down alone, 0 to both sides.

    Raises:
        PointError: the point does not fit the graph's variables.
    """
    forward.leaves_at(graph, at)
    names = graph.parameters
    if graph.on_arrays:
        return function_differences(
            lambda moved: forward.value(graph, {**at, **moved}),
            {name: at[name] for name in names},
            h,
            (lambda moved: _sides(graph, {**at, **moved})) if kinked(graph) else None,
            side,
        )
    differences = Differences({}, {})
    wide = max(1, ENTRIES // (2 * len(graph)))
    for start in range(0, len(names), wide):
        slopes, kinks = _columns(graph, at, names[start : start + wide], h, side)
        differences.slopes.update(slopes)
        differences.kinks.update(kinks)
    return differences


@np.errstate(all="ignore")
def _columns(
    graph: Graph, at: Mapping[str, Any], names: tuple[str, ...], h: float, side: int
) -> tuple[dict[str, float], dict[str, bool]]:
    """Return the slopes by these parameters from one pass of 2N columns: up, then down."""
    n = len(names)
    point: dict[str, Any] = {name: np.float64(number) for name, number in at.items()}
    widths = np.empty(n)
    for i, name in enumerate(names):
        here = point[name]
        column = np.full(2 * n, here)
        column[[i, n + i]] = ends(here, h, side)
        widths[i] = column[i] - column[n + i]  # what the nudge became when it was rounded
        point[name] = column
    columns = forward.columns(graph, point)
    values = columns[-1]
    if np.shape(values) != (2 * n,):  # a constant
        values = np.broadcast_to(values, 2 * n)
    slopes = (values[:n] - values[n:]) / widths
    crossed = np.zeros(n, dtype=bool)
    for node in kinked(graph):
        sides = kink_sides(node, columns)
        sides = np.broadcast_to(sides, (*np.shape(sides)[:-1], 2 * n)).reshape(-1, 2 * n)
        crossed |= (sides[:, :n] != sides[:, n:]).any(axis=0)
    return (
        dict(zip(names, slopes.tolist(), strict=True)),
        dict(zip(names, crossed.tolist(), strict=True)),
    )


@np.errstate(all="ignore")
def function_differences(
    f: Function,
    parameters: Mapping[str, Any],
    h: float = STEP,
    sides: Callable[[Any], Sides] | None = None,
    side: int = 0,
) -> Differences:
    """Return the slopes of any function, one number at a time, with 2N evaluations.

    Args:
        f: called with a mapping like the parameters; an ArithmeticError in it counts as NaN, and
            so does a ValueError, as math.sqrt raises it where its domain ends.
        parameters: names to numbers or arrays.
        h: the nudge, as in `central_differences`.
        sides: says of a point on which side of each kink it lies; None: there are no kinks.
        side: as in `graph_differences`.
    """
    differences = Differences({}, {})
    for name, value in parameters.items():
        here = np.array(value, dtype=np.float64)
        slope, kink = np.empty_like(here), np.zeros(here.shape, dtype=bool)
        for place in np.ndindex(here.shape):
            high, low = ends(here[place], h, side)
            up, down = (_moved(parameters, name, place, to) for to in (high, low))
            if sides:
                kink[place] = not np.array_equal(sides(up), sides(down))
            slope[place] = (_near(f, up) - _near(f, down)) / (high - low)
        differences.slopes[name] = slope if here.shape else float(slope)
        differences.kinks[name] = kink
    return differences


def nudge(number: Any, h: float) -> Any:
    """Return d = h · max(1, |θ|)."""
    return h * np.maximum(1.0, np.abs(number))


def ends(here: Any, h: float, side: int = 0) -> tuple[Any, Any]:
    """Return where a nudge leads to, up and down; to one side alone it stays where it is."""
    d = nudge(here, h)
    return here + d * (side >= 0), here - d * (side <= 0)


def slopes_along(f: Function, point: Mapping[str, Array], here: Any) -> Along:
    """Return what gives a function's slopes to both sides along a direction of all its numbers.

    Args:
        f: called with a mapping like the point.
        point: the arrays at which it is taken.
        here: its value there.
    """

    def slopes(direction: Array, h: float) -> tuple[float, float]:
        parts = split(direction, point)
        right, left = (
            np.divide(f({name: array + d * parts[name] for name, array in point.items()}) - here, d)
            for d in (h, -h)
        )
        return float(right), float(left)

    return slopes


def joined(arrays: Mapping[str, Any], names: Iterable[str]) -> Array:
    """Return the entries of some arrays one after the other, [N]."""
    parts = [arrays[name] for name in names]
    if all(isinstance(part, float | int) for part in parts):  # as most are: ten times as fast
        return np.array(parts, float)
    return np.concatenate([np.empty(0), *(np.ravel(np.asarray(part, float)) for part in parts)])


def split(column: Array, arrays: Mapping[str, Any]) -> dict[str, Array]:
    """Return numbers that stand one after the other, [N], as arrays with these names and shapes."""
    ends = np.cumsum([array.size for array in arrays.values()])[:-1]
    parts = zip(arrays.items(), np.split(column, ends)[: len(arrays)], strict=True)
    return {name: part.reshape(array.shape) for (name, array), part in parts}


def copied(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return copies of the parameters, since a function may write into them."""
    arrays = {name: np.array(value, dtype=np.float64) for name, value in parameters.items()}
    return {name: array if array.shape else float(array) for name, array in arrays.items()}


def number(f: Function, point: Any) -> Any:
    """Return a function's value as one number: NaN where it cannot be computed."""
    try:
        return np.float64(np.asarray(f(point), dtype=np.float64).item())
    except ArithmeticError:  # Python's floats raise where NumPy's are ∞ or NaN
        return np.float64(math.nan)


def _near(f: Function, point: Any) -> Any:
    """Return a function's value where it was nudged to: NaN where it is not defined there."""
    try:
        return number(f, point)
    except ValueError:
        return np.float64(math.nan)


def kinks_at_zero(operation: str) -> bool:
    """Whether an operation has a kink or a jump where its input is 0."""
    return operation == "l1_penalty" or (operation in OPS and jumps_at_zero(OPS[operation]))


@lru_cache(maxsize=256)
def kinked(graph: Graph) -> tuple[Node, ...]:
    """Return the nodes whose operation has a kink that reaches the function's value.

    The largest score that cross-entropy subtracts and adds again is none: it cancels.
    """
    if graph.is_program:
        return tuple(node for node in graph.nodes if _is_kinked_word(node.operation))
    return tuple(
        node
        for node in graph.nodes
        if kinks_at_zero(node.operation)
        or node.operation in ("floor", *HINGES)
        or (node.operation in AT_A_TIE and node.part_of != "L")
    )


def _is_kinked_word(operation: str) -> bool:
    return operation in (*TYPED_TIES, *CHOOSING, "floor") or kinks_at_zero(operation)


def _moved(parameters: Mapping[str, Any], name: str, place: Any, to: Any) -> dict[str, Any]:
    """Return a copy of the parameters in which one number is moved."""
    point = copied(parameters)
    moved = np.array(point[name])
    moved[place] = to
    return {**point, name: moved if moved.shape else float(moved)}


def _sides(graph: Graph, at: Mapping[str, Any]) -> Sides:
    values = forward.values(graph, at)
    return np.concatenate([np.ravel(kink_sides(node, values)) for node in kinked(graph)])


def kink_sides(node: Node, values: Sequence[Any]) -> Any:
    """Return on which side of its kink a node's inputs lie; a hinge has one for each class."""
    if node.operation == "batch_multiclass_hinge":
        scores, targets = (values[i] for i in node.inputs)
        return np.sign(scores - (targets * scores).sum(axis=1, keepdims=True) + 1)
    if node.operation == "multiclass_hinge":
        half = len(node.inputs) // 2
        scores, targets = (
            [values[i] for i in each] for each in (node.inputs[:half], node.inputs[half:])
        )
        true = sum(y * z for y, z in zip(targets, scores, strict=True))
        return np.stack(np.broadcast_arrays(*(np.sign(z - true + 1) for z in scores)))
    if node.parameters and node.operation in CHOOSING:  # which of them are the largest
        return CHOOSING[node.operation](values[node.inputs[0]], node.parameters[0])
    if node.operation == "floor":  # it jumps at each whole number
        return np.floor(values[node.inputs[0]])
    if kinks_at_zero(node.operation):
        return np.sign(values[node.inputs[0]])
    return np.sign(np.subtract(values[node.inputs[0]], values[node.inputs[1]]))
