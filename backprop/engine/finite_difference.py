"""The gradient again, by nudging each parameter; and the check that compares.

    ∂f/∂θ  ≈  (f(θ + d) − f(θ − d)) / 2d        d = h · max(1, |θ|)

It needs f alone, so it does not share a mistake with a backward pass; it is how one validates an
implementation. It costs 2N evaluations for N parameters, where a backward pass costs about one.
Its error has two parts: the bend of f, of order d², and the rounding of f divided by d. Between
them h = 1e-5 is a good middle in float64.

The relative difference of an analytic a and a numeric n is |a − n| / max(|a|, |n|), and 0 where
both are 0. A difference that rounding alone explains is hidden: it proves nothing, so that a
gradient of 0 is not accused of being 1e-12.

    |a − n| ≤ floor = 8 ε · size / d        ε = 2.2e-16

where size is |f|, and for a graph Σ |∂f/∂v · v| over its nodes: each v was rounded, and its
rounding reaches f as any nudge does.

Of a Python function nobody knows the kinks, the precision and where it ends. So before a number
of its gradient is accused, other nudges are tried, and one-sided ones: it is enough that one of
them agrees.

Source: Karpathy, CS231n notes, “Gradient checks”; Griewank and Walther (2008), section 3.1.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop.engine import backward
from backprop.engine.differences import (
    STEP,
    Differences,
    Function,
    Slope,
    copied,
    function_differences,
    graph_differences,
    nudge,
    number,
    other_slopes,
)
from backprop.engine.differences import central_differences as central_differences
from backprop.engine.differences_network import network_differences
from backprop.engine.errors import PointError, ShapeError
from backprop.engine.graph import Graph
from backprop.engine.network import Array, Network
from backprop.engine.trace import Trace

AGREES = 1e-4  # a relative difference up to which two slopes count as one, kinks allowed
WORST = 5  # how many wrong numbers a message lists


@dataclass(frozen=True, slots=True)
class Row:
    """What the check found for one number.

    Attributes:
        name: the parameter, "w1_2_3", or its entry, "W1[0,1]" (counted from 0, as in NumPy).
        analytic: the gradient that is checked.
        numeric: the slope by central differences.
        absolute: |analytic − numeric|.
        relative: |analytic − numeric| / max(|analytic|, |numeric|); 0 where both are 0.
        kink: whether the nudge crossed a kink (of relu, abs, max …): then the numeric slope is
            that of neither side. Of a function that is no graph it is not known, and False.
        hidden: whether rounding alone explains the difference, as the module's head says.
    """

    name: str
    analytic: float
    numeric: float
    absolute: float
    relative: float
    kink: bool = False
    hidden: bool = False

    def agrees(self, tolerance: float = AGREES) -> bool:
        """Whether the two are one number as far as rounding lets us see."""
        return self.relative <= tolerance or self.hidden

    def fails(self, tolerance: float = AGREES) -> bool:
        """Whether it proves the gradient wrong; a nudge across a kink proves nothing."""
        return not (self.agrees(tolerance) or self.kink)


@dataclass(frozen=True, eq=False)
class Report:
    """A gradient beside its finite differences, number by number.

    It keeps columns, one entry for each number; `rows` are made of them when somebody asks.

    Attributes:
        shapes: of each parameter, by name.
        analytic, numeric, absolute, relative, kink, hidden: as in Row, [N]: the parameters'
            entries one after the other.
    """

    shapes: Mapping[str, tuple[int, ...]]
    analytic: Array
    numeric: Array
    absolute: Array
    relative: Array
    kink: NDArray[np.bool_]
    hidden: NDArray[np.bool_]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """One row for each number, in the order of the parameters."""
        names = [name + place for name, shape in self.shapes.items() for place in _places(shape)]
        numbers = (self.analytic, self.numeric, self.absolute, self.relative)
        columns = (*numbers, self.kink, self.hidden)
        return tuple(map(Row, names, *(column.tolist() for column in columns)))

    def worst_rows(self, most: int = WORST) -> tuple[Row, ...]:
        """Return the rows whose relative difference is largest, the worst first.

        NaN is worst; what rounding hides comes after all that it does not.
        """
        worst = np.where(np.isnan(self.relative), -math.inf, -self.relative)
        order = np.lexsort((worst, self.hidden))
        return tuple(self.rows[i] for i in order[:most].tolist())

    @property
    def worst(self) -> float:
        """The largest relative difference that rounding does not hide.

        NaN if one is NaN, 0 if there is none.
        """
        return _largest(self.relative[~self.hidden])

    @property
    def ok(self) -> bool:
        """Whether no number is accused: each agrees, or rounding or a kink keeps it open."""
        return _largest(self.relative[~self.hidden & ~self.kink]) < AGREES

    @property
    def verdict(self) -> str:
        """What the worst relative difference means, in a sentence; the bands are CS231n's."""
        if not self.relative.size:
            return "There is nothing to compare."
        if math.isnan(self.worst):
            return "NaN or infinity: the two cannot be compared here."
        accused = _largest(self.relative[~self.hidden & ~self.kink])
        if accused > 1e-2:
            return "The gradient is wrong, or the point lies at a kink (relu, max, abs)."
        if accused >= AGREES:
            return "The gradient is probably wrong: this should make you uneasy."
        if self.kink.any():
            return "A nudge crossed a kink (relu, max, abs), so that number is not decided."
        if _largest(self.relative[self.hidden]) > AGREES:
            return "Nothing is accused, but rounding hides a number: it is not decided."
        if accused > 1e-7:
            return "Good if the function has kinks (relu, max, abs); else look closer."
        return "The gradient agrees with the differences."


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
    return _checked(function, at, gradient, AGREES)


def assert_gradient(
    function: Graph | Network | Function,
    at: Any,
    gradient: Any | None = None,
    *,
    tolerance: float = AGREES,
) -> None:
    """Fail, as pytest understands it, if a gradient differs from central differences.

        def test_my_gradient():
            backprop.assert_gradient(loss, parameters, my_gradient(parameters))

    A number whose nudge crosses a kink, or whose difference rounding alone explains, proves
    nothing, and is passed over.

    Args:
        function: as in `check_gradient`.
        at: as in `check_gradient`.
        gradient: as in `check_gradient`.
        tolerance: the largest relative difference that passes.

    Raises:
        AssertionError: a relative difference is larger, or NaN; the message has the worst numbers.
        InputError: what `check_gradient` refuses.
    """
    report = _checked(function, at, gradient, tolerance)
    wrong = [row for row in report.worst_rows(len(report.rows)) if row.fails(tolerance)]
    if wrong:
        lines = [
            f"  {row.name}: {row.analytic:.10g}, by differences {row.numeric:.10g}, "
            f"relative difference {row.relative:.2g}"
            for row in wrong[:WORST]
        ]
        if len(wrong) > WORST:
            lines.append(f"  … and {len(wrong) - WORST} more")
        many = f"{len(wrong)} of {len(report.rows)} numbers"
        raise AssertionError("\n".join((f"The gradient is wrong in {many}:", *lines)))


def _checked(
    function: Graph | Network | Function, at: Any, gradient: Any | None, tolerance: float
) -> Report:
    """Return the report; a plain function is asked again where the tolerance is not kept."""
    if isinstance(function, Network):
        return _check_network(function, at, gradient)
    if isinstance(function, Graph):
        trace = backward.differentiate(function, at)
        parameters = {name: at[name] for name in function.parameters}
        claimed = trace.gradient if gradient is None else gradient
        return _report(parameters, claimed, graph_differences(function, at), _size(trace))
    if gradient is None:
        hint = "Call check_gradient(f, parameters, gradient)."
        raise PointError("There is no gradient to check.", hint=hint)
    if isinstance(at, Mapping):
        return _check_function(function, at, gradient, tolerance)
    alone = {"θ": at}, {"θ": gradient}
    return _check_function(lambda point: function(point["θ"]), *alone, tolerance)


def _check_network(
    network: Network, at: Mapping[str, Any], gradient: Mapping[str, Any] | None
) -> Report:
    for name in ("X", "Y"):
        if name not in at:
            hint = 'The point of a network is {**parameters, "X": X, "Y": Y}.'
            raise PointError(f"“{name}” has no value.", hint=hint, at=name)
    parameters = {name: array for name, array in at.items() if name not in ("X", "Y")}
    point = network.batch(parameters, at["X"], at["Y"])
    trace = backward.differentiate(network.graph("layers"), point)
    found = network_differences(network, point)
    parameters = {name: point[name] for name in network.shapes}
    claimed = trace.gradient if gradient is None else gradient
    return _report(parameters, claimed, found, _size(trace))


def _check_function(
    f: Function, at: Mapping[str, Any], claimed: Mapping[str, Any], tolerance: float
) -> Report:
    size = abs(float(number(f, copied(at))))
    found = function_differences(f, at)
    report = _report(at, claimed, found, size)
    if not math.isfinite(size) or not any(row.fails(tolerance) for row in report.rows):
        return report
    rows = iter(report.rows)
    slopes: dict[str, Any] = {}
    for name, shape in report.shapes.items():
        slope = np.empty(shape)
        for place in np.ndindex(shape):
            row = next(rows)
            slope[place] = row.numeric
            if row.fails(tolerance) and not math.isnan(row.analytic):
                others = other_slopes(f, at, name, place)
                slope[place] = _second_opinion(row, others, size, tolerance)
        slopes[name] = slope
    return _report(at, claimed, found._replace(slopes=slopes), size)


def _second_opinion(row: Row, others: Sequence[Slope], size: float, tolerance: float) -> float:
    """Return a slope that agrees with the claimed one; the central one if there is none.

    Where all nudges say the same there is no doubt, and one whose rounding is as large as the
    tolerance says nothing.
    """
    slopes = [each.slope for each in others if math.isfinite(each.slope)]
    if all(_apart(slope, row.numeric) <= tolerance for slope in slopes):
        return row.numeric
    for slope, d in others:
        rounding = 8 * math.ulp(1.0) * size / d
        close = _apart(row.analytic, slope) <= tolerance
        if close and rounding <= tolerance * max(abs(row.analytic), abs(slope)):
            return slope
    if math.isfinite(row.numeric):
        return row.numeric
    return min(slopes, key=lambda slope: _apart(row.analytic, slope))


def _apart(a: float, n: float) -> float:
    """Return the relative difference of two numbers."""
    return float(_distances(np.float64(a), np.float64(n))[1])


def _size(trace: Trace) -> float:
    """Return Σ |∂f/∂v · v| over the nodes: how much their rounding can move the function."""
    columns = zip(trace.gradients, trace.values, strict=True)
    with np.errstate(all="ignore"):
        return sum(float(np.sum(np.abs(np.multiply(g, v)))) for g, v in columns)


def _report(
    parameters: Mapping[str, Any], claimed: Mapping[str, Any], found: Differences, size: float
) -> Report:
    shapes: dict[str, tuple[int, ...]] = {}
    columns: list[tuple[Any, ...]] = []
    for name, value in parameters.items():
        if name not in claimed:
            hint = "Give one number for each parameter."
            raise PointError(f"The gradient says nothing of “{name}”.", hint=hint, at=name)
        here = np.asarray(value, dtype=np.float64)
        a, n = (np.asarray(each[name], dtype=np.float64) for each in (claimed, found.slopes))
        if a.shape != here.shape:
            what = f"The gradient of “{name}” is shaped {list(a.shape)}."
            raise ShapeError(what, hint=f"The parameter is shaped {list(here.shape)}.", at=name)
        shapes[name] = here.shape
        kinks = np.asarray(found.kinks[name])
        absolute, relative = _distances(a, n)
        columns.append((a, n, absolute, relative, kinks, _hidden(here, absolute, size)))
    none = np.empty(0)
    a, n, absolute, relative, kink, hidden = (
        np.concatenate([none, *(np.ravel(column[i]) for column in columns)]) for i in range(6)
    )
    return Report(shapes, a, n, absolute, relative, kink.astype(bool), hidden.astype(bool))


@np.errstate(all="ignore")
def _distances(a: Any, n: Any) -> tuple[Any, Any]:
    """Return |a − n| and the relative difference: 0 where both are 0, NaN beside a NaN or ∞."""
    absolute = np.abs(a - n)
    largest = np.maximum(np.abs(a), np.abs(n))  # NaN beside a number is NaN
    return absolute, np.where(largest == 0, 0.0, absolute / largest)


@np.errstate(all="ignore")
def _hidden(here: Any, absolute: Any, size: float) -> Any:
    """Return which differences rounding alone explains, as the module's head says."""
    floor = 8 * math.ulp(1.0) * size / nudge(here, STEP)
    return (absolute <= floor) & (floor < math.inf)


def _largest(numbers: Array) -> float:
    return float(np.max(numbers, initial=0.0))


@lru_cache(maxsize=64)
def _places(shape: tuple[int, ...]) -> tuple[str, ...]:
    """Return how NumPy writes each entry's place, "[0,1]"; a number has none."""
    places = np.ndindex(shape)
    return tuple(f"[{','.join(map(str, place))}]" if place else "" for place in places)
