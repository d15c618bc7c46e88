"""The gradient again, by nudging each parameter; and the check that compares.

    ∂f/∂θ  ≈  (f(θ + d) − f(θ − d)) / 2d        d = h · max(1, |θ|)

It needs f alone, so it does not share a mistake with a backward pass; it is how one validates an
implementation. It costs 2N evaluations for N parameters, where a backward pass costs about one.
Its error has two parts: the bend of f, of order d², and the rounding of f divided by d. Between
them h = 1e-5 is a good middle in float64.

The relative difference of an analytic a and a numeric n is |a − n| / max(|a|, |n|), and 0 where
both are 0. A difference that rounding alone explains, |a − n| ≤ floor, is divided by floor · 1e7
if that is more; so it is 1e-7 at most, and a gradient of 0 is not accused of being 1e-12.

    floor = 8 ε · size / d        ε = 2.2e-16, at least 1e-15

where size is |f|, and for a graph Σ |∂f/∂v · v| over its nodes: each v was rounded, and its
rounding reaches f as any nudge does.

Source: Karpathy, CS231n notes, “Gradient checks”; Griewank and Walther (2008), section 3.1.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop.engine import backward, forward
from backprop.engine.errors import PointError, ShapeError
from backprop.engine.graph import Graph
from backprop.engine.network import Network

STEP = 1e-5
AGREES = 1e-4  # a relative difference up to which two slopes count as one, kinks allowed
LEAST = 1e-15  # a difference that is nothing, whatever the size of the function
ENTRIES = 2_000_000  # numbers held at once: nodes times columns

Function = Callable[[Any], Any]  # of a mapping or an array, as check_gradient says


@dataclass(frozen=True, slots=True)
class Row:
    """What the check found for one number.

    Attributes:
        name: the parameter, "w1_2_3", or its entry, "W1[0,1]" (counted from 0, as in NumPy).
        analytic: the gradient that is checked.
        numeric: the slope by central differences.
        absolute: |analytic − numeric|.
        relative: the relative difference, as the module's head defines it.
    """

    name: str
    analytic: float
    numeric: float
    absolute: float
    relative: float


@dataclass(frozen=True, slots=True)
class Report:
    """A gradient beside its finite differences, number by number."""

    rows: tuple[Row, ...]

    @property
    def worst(self) -> float:
        """The largest relative difference: NaN if one is NaN, 0 if nothing was compared."""
        return float(np.max([row.relative for row in self.rows], initial=0.0))

    @property
    def ok(self) -> bool:
        """Whether every number agrees as well as a function with kinks lets it."""
        return self.worst < AGREES

    @property
    def verdict(self) -> str:
        """What the worst relative difference means, in a sentence; the bands are CS231n's."""
        if not self.rows:
            return "There is nothing to compare."
        if math.isnan(self.worst):
            return "NaN or infinity: the two cannot be compared here."
        if self.worst > 1e-2:
            return "The gradient is wrong, or the point lies at a kink (relu, max, abs)."
        if self.worst >= AGREES:
            return "The gradient is probably wrong: this should make you uneasy."
        if self.worst > 1e-7:
            return "Good if the function has kinks (relu, max, abs); else look closer."
        return "The gradient agrees with the differences."


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
    forward.leaves_at(graph, at)
    names = graph.parameters
    if graph.on_arrays:
        parameters = {name: at[name] for name in names}
        return _slopes(lambda moved: forward.value(graph, {**at, **moved}), parameters, h)
    found: dict[str, float] = {}
    wide = max(1, ENTRIES // (2 * len(graph)))
    for start in range(0, len(names), wide):
        found |= _columns(graph, at, names[start : start + wide], h)
    return found


@np.errstate(all="ignore")
def _columns(
    graph: Graph, at: Mapping[str, Any], names: tuple[str, ...], h: float
) -> dict[str, float]:
    """Return the slopes by these parameters from one pass of 2N columns: up, then down."""
    n = len(names)
    point: dict[str, Any] = {name: np.float64(number) for name, number in at.items()}
    widths = np.empty(n)
    for i, name in enumerate(names):
        here, d = point[name], _nudge(point[name], h)
        column = np.full(2 * n, here)
        column[[i, n + i]] = here + d, here - d
        widths[i] = column[i] - column[n + i]  # what the nudge became when it was rounded
        point[name] = column
    found = np.broadcast_to(forward.columns(graph, point)[-1], 2 * n)
    slopes = (found[:n] - found[n:]) / widths
    return dict(zip(names, slopes.tolist(), strict=True))


def _nudge(number: Any, h: float) -> Any:
    return h * np.maximum(1.0, np.abs(number))


@np.errstate(all="ignore")
def _slopes(f: Function, parameters: Mapping[str, Any], h: float) -> dict[str, Any]:
    """Return the slopes of any function of a mapping, one number at a time."""
    found: dict[str, Any] = {}
    for name, value in parameters.items():
        here = np.array(value, dtype=np.float64)
        slope = np.empty_like(here)
        for place in np.ndindex(here.shape):
            d = _nudge(here[place], h)
            up, down = here[place] + d, here[place] - d
            rise = _moved(f, parameters, name, place, up) - _moved(f, parameters, name, place, down)
            slope[place] = rise / (up - down)
        found[name] = slope if here.shape else float(slope)
    return found


def _moved(f: Function, parameters: Mapping[str, Any], name: str, place: Any, to: Any) -> Any:
    """Return f where one number is moved."""
    point = _copied(parameters)
    moved = np.array(point[name])
    moved[place] = to
    return _number(f, {**point, name: moved if moved.shape else float(moved)})


def _copied(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters as floats and arrays of their own: a function may write into them."""
    arrays = {name: np.array(value, dtype=np.float64) for name, value in parameters.items()}
    return {name: array if array.shape else float(array) for name, array in arrays.items()}


def _number(f: Function, point: Any) -> Any:
    try:
        return np.float64(np.asarray(f(point), dtype=np.float64).item())
    except ArithmeticError:  # Python's floats raise where NumPy's are ∞ or NaN
        return np.float64(math.nan)


def check_gradient(
    function: Graph | Network | Function, at: Any, gradient: Any | None = None
) -> Report:
    """Compare a gradient with central differences, number by number.

        check_gradient(graph, at)                    ours, of a graph
        check_gradient(network, {**parameters, "X": X, "Y": Y})
        check_gradient(f, parameters, gradient)      yours, of any Python function

    Args:
        function: a graph, a network, or a function that returns one number.
        at: the point: a value for each variable; for your function a mapping of names to numbers
            or arrays, or one array, and the function is called with the same.
        gradient: the gradient to check, in the form of the parameters; ours if there is none.

    Raises:
        PointError: a name is missing, or there is no gradient of your function to check.
        ShapeError: a gradient is not shaped like its parameter.
    """
    if isinstance(function, Network):
        for name in ("X", "Y"):
            if name not in at:
                hint = 'The point of a network is {**parameters, "X": X, "Y": Y}.'
                raise PointError(f"“{name}” has no value.", hint=hint, at=name)
        parameters = {name: array for name, array in at.items() if name not in ("X", "Y")}
        at = function.batch(parameters, at["X"], at["Y"])
        function = function.graph("layers")
    if isinstance(function, Graph):
        return _check_graph(function, at, gradient)
    if gradient is None:
        hint = "Call check_gradient(f, parameters, gradient)."
        raise PointError("There is no gradient to check.", hint=hint)
    if isinstance(at, Mapping):
        return _check_function(function, at, gradient)
    return _check_function(lambda point: function(point["θ"]), {"θ": at}, {"θ": gradient})


def _check_graph(graph: Graph, at: Mapping[str, Any], claimed: Mapping[str, Any] | None) -> Report:
    trace = backward.differentiate(graph, at)
    columns = zip(trace.gradients, trace.values, strict=True)
    with np.errstate(all="ignore"):
        size = sum(float(np.sum(np.abs(np.multiply(g, v)))) for g, v in columns)
    claimed = trace.gradient if claimed is None else claimed
    parameters = {name: at[name] for name in graph.parameters}
    return Report(tuple(_rows(parameters, claimed, central_differences(graph, at), size)))


def _check_function(f: Function, at: Mapping[str, Any], claimed: Mapping[str, Any]) -> Report:
    size = abs(float(_number(f, _copied(at))))
    return Report(tuple(_rows(at, claimed, _slopes(f, at, STEP), size)))


def _rows(
    parameters: Mapping[str, Any],
    claimed: Mapping[str, Any],
    numeric: Mapping[str, Any],
    size: float,
) -> Iterator[Row]:
    for name, value in parameters.items():
        if name not in claimed:
            hint = "Give one number for each parameter."
            raise PointError(f"The gradient says nothing of “{name}”.", hint=hint, at=name)
        here = np.asarray(value, dtype=np.float64)
        a, n = (np.asarray(each[name], dtype=np.float64) for each in (claimed, numeric))
        if a.shape != here.shape:
            what = f"The gradient of “{name}” is shaped {list(a.shape)}."
            raise ShapeError(what, hint=f"The parameter is shaped {list(here.shape)}.", at=name)
        for place in np.ndindex(here.shape):
            where = f"{name}[{','.join(map(str, place))}]" if place else name
            floor = 8 * math.ulp(1.0) * size / float(_nudge(here[place], STEP))
            floor = max(floor, LEAST)
            yield _row(where, float(a[place]), float(n[place]), floor)


def _row(name: str, a: float, n: float, floor: float) -> Row:
    absolute, largest = abs(a - n), float(np.maximum(abs(a), abs(n)))  # NaN beside a number is NaN
    if absolute <= floor < math.inf:
        largest = max(largest, floor / 1e-7)
    return Row(name, a, n, absolute, absolute / largest if largest else 0.0)
