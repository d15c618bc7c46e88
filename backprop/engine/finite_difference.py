"""The check of a gradient against finite differences.

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

The kinks, the precision and the domain of a Python function are not known. So before a number of
its gradient is reported as wrong, other steps are tried, and one-sided ones: one that agrees is
enough.

A function may oscillate within every step that is wider than its rounding, as sin(1000000 x) does
at a million. Then differences cannot decide: that number is hidden too, and the report says why.

Source: Karpathy, CS231n notes, “Gradient checks”; Griewank and Walther (2008), section 3.1.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop.engine import backward
from backprop.engine.cost import check_work
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
    slopes_by,
)
from backprop.engine.differences import central_differences as central_differences
from backprop.engine.differences_network import network_differences
from backprop.engine.errors import PointError, ShapeError
from backprop.engine.graph import Graph
from backprop.engine.network import Array, Network
from backprop.engine.resolution import SHARP, STEPS, best_slopes, floor
from backprop.engine.trace import Trace

AGREES = 1e-4  # a relative difference up to which two slopes count as one, kinks allowed
TURNS = (
    "Nothing is accused, but the function turns within every nudge that is wider than its "
    "rounding: there finite differences cannot judge the gradient."
)
LEAPS = 1e-3  # of a function's size: more than any rounding of its value
MOST_WORK = 60_000_000  # of cost.check_work, up to which a network is nudged again in other ways
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
        hidden: whether it is not decided: rounding alone explains the difference, as the module's
            head says, or the function turns.
        turns: whether the function turns within every nudge that is wide enough to be seen.
    """

    name: str
    analytic: float
    numeric: float
    absolute: float
    relative: float
    kink: bool = False
    hidden: bool = False
    turns: bool = False

    def agrees(self, tolerance: float = AGREES) -> bool:
        """Whether the two are one number as far as rounding lets us see."""
        return self.relative <= tolerance or self.hidden

    def fails(self, tolerance: float = AGREES) -> bool:
        """Whether it proves the gradient wrong; a nudge across a kink proves nothing."""
        return not (self.agrees(tolerance) or self.kink)


@dataclass(frozen=True, eq=False)
class Report:
    """A gradient beside its finite differences, number by number.

    It keeps columns, one entry for each number; `rows` are made from them on first use.

    Attributes:
        shapes: of each parameter, by name.
        analytic, numeric, absolute, relative, kink, hidden: as in Row, [N]: the parameters'
            entries one after the other.
        turns: as in Row, [N]; None where no number does.
    """

    shapes: Mapping[str, tuple[int, ...]]
    analytic: Array
    numeric: Array
    absolute: Array
    relative: Array
    kink: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    turns: NDArray[np.bool_] | None = None

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """One row for each number, in the order of the parameters."""
        names = [name + place for name, shape in self.shapes.items() for place in _places(shape)]
        numbers = (self.analytic, self.numeric, self.absolute, self.relative)
        turns = np.zeros_like(self.hidden) if self.turns is None else self.turns
        columns = (*numbers, self.kink, self.hidden, turns)
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
        if self.turns is not None:
            return TURNS
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
    """Return the report; a Python function is evaluated again where the tolerance is exceeded."""
    if isinstance(function, Network):
        return _check_network(function, at, gradient)
    if isinstance(function, Graph):
        trace = backward.differentiate(function, at)
        parameters = {name: at[name] for name in function.parameters}
        claimed = trace.gradient if gradient is None else gradient
        size = _size(trace)
        report = make_report(parameters, claimed, graph_differences(function, at), size)
        return find_turns(
            report, parameters, trace.gradient, size, lambda h: graph_differences(function, at, h)
        )
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
    claimed, size = trace.gradient if gradient is None else gradient, _size(trace)
    report = make_report(parameters, claimed, found, size)
    if check_work(network, len(point["X"])) > MOST_WORK:
        return report
    return find_turns(
        report, parameters, trace.gradient, size, lambda h: network_differences(network, point, h)
    )


@np.errstate(all="ignore")
def find_turns(
    report: Report,
    parameters: Mapping[str, Any],
    exact: Mapping[str, Any],
    size: float,
    differences: Callable[[float], Differences],
) -> Report:
    """Return a report that says where the function turns within every step.

    That is looked for only where the nudges and the exact slope part, too: where they are one,
    differences do judge, and it is the claim that is wrong.
    """
    slopes = joined(exact, parameters)
    absolute, relative = distances(slopes, report.numeric)
    here = joined(parameters, parameters)
    parted = ~((relative <= AGREES) | hidden_by_rounding(here, absolute, size))
    suspected = parted & (report.relative > AGREES) & ~report.hidden & ~report.kink
    if not suspected.any():
        return report
    found = np.stack([joined(differences(h).slopes, parameters) for h in STEPS])
    best = best_slopes(found, np.stack([floor(size, nudge(here, h)) for h in STEPS]))
    return with_turns(report, suspected & (best.blind | best.leaves_open(report.analytic)))


def with_turns(report: Report, turns: NDArray[np.bool_]) -> Report:
    """Return a report in which these numbers, where the function turns, are hidden."""
    if not turns.any():
        return report
    return replace(report, hidden=report.hidden | turns, turns=turns)


def joined(arrays: Mapping[str, Any], names: Iterable[str]) -> Array:
    """Return the entries of some arrays one after the other, [N]."""
    return np.concatenate([np.empty(0), *(np.ravel(np.asarray(arrays[n], float)) for n in names)])


def _check_function(
    f: Function, at: Mapping[str, Any], claimed: Mapping[str, Any], tolerance: float
) -> Report:
    size = abs(float(number(f, copied(at))))
    found = function_differences(f, at)
    report = make_report(at, claimed, found, size)
    if not math.isfinite(size) or not any(row.fails(tolerance) for row in report.rows):
        return report
    rows = iter(report.rows)
    slopes: dict[str, Any] = {}
    turns: list[bool] = []
    for name, shape in report.shapes.items():
        slope = np.empty(shape)
        for place in np.ndindex(shape):
            row = next(rows)
            slope[place], turning = row.numeric, False
            if row.fails(tolerance) and not math.isnan(row.analytic):
                others = other_slopes(f, at, name, place)
                slope[place] = _agreeing_slope(row, others, size, tolerance)
                if _apart(float(slope[place]), row.analytic) > tolerance:
                    here = float(np.asarray(at[name], dtype=np.float64)[place])
                    by_step = slopes_by(f, at, name, place, STEPS)
                    best, turning = _most_reliable_slope(row, by_step, here, size)
                    close = _apart(best, row.analytic) <= tolerance
                    slope[place] = best if close else slope[place]
            turns.append(turning)
        slopes[name] = slope
    return with_turns(
        make_report(at, claimed, found._replace(slopes=slopes), size), np.array(turns)
    )


@np.errstate(all="ignore")
def _most_reliable_slope(row: Row, slopes: Array, here: float, size: float) -> tuple[float, bool]:
    """Return the most reliable slope, NaN if none is, and whether the function turns.

    What it computes inside is not known: that θ itself is rounded is counted. Where nudging is
    blind the function turns only if it leaps between numbers as near as rounding lets them be.
    """
    d = np.array([float(nudge(here, h)) for h in STEPS])
    best = best_slopes(slopes[:, None], floor(size + np.abs(slopes * here), d)[:, None])
    if not best.blind[0]:
        slope = float(best.slope[0]) if best.share[0] <= SHARP else math.nan
        return slope, bool(best.leaves_open(np.array([row.analytic]))[0])
    rises = np.abs(slopes * d)[np.isfinite(slopes)]
    return math.nan, bool(rises.size and rises[-1] > LEAPS * max(size, rises.max()))


def _agreeing_slope(row: Row, others: Sequence[Slope], size: float, tolerance: float) -> float:
    """Return a slope that agrees with the claimed one; the central one if there is none.

    Where all nudges say the same there is no doubt, and one whose rounding is as large as the
    tolerance says nothing.
    """
    slopes = [each.slope for each in others if math.isfinite(each.slope)]
    if all(_apart(slope, row.numeric) <= tolerance for slope in slopes):
        return row.numeric
    for slope, d in others:
        rounding = floor(size, d)
        close = _apart(row.analytic, slope) <= tolerance
        if close and rounding <= tolerance * max(abs(row.analytic), abs(slope)):
            return slope
    if math.isfinite(row.numeric):
        return row.numeric
    return min(slopes, key=lambda slope: _apart(row.analytic, slope))


def _apart(a: float, n: float) -> float:
    """Return the relative difference of two numbers."""
    return float(distances(np.float64(a), np.float64(n))[1])


def _size(trace: Trace) -> float:
    """Return Σ |∂f/∂v · v| over the nodes: how much their rounding can move the function."""
    columns = zip(trace.gradients, trace.values, strict=True)
    with np.errstate(all="ignore"):
        return sum(float(np.sum(np.abs(np.multiply(g, v)))) for g, v in columns)


def make_report(
    parameters: Mapping[str, Any], claimed: Mapping[str, Any], found: Differences, size: float
) -> Report:
    """Return a claimed gradient beside its finite differences.

    Args:
        parameters: the point.
        claimed: the gradient, shaped like the parameters.
        found: the finite differences.
        size: how large the numbers are whose rounding reaches the function.

    Raises:
        PointError: the gradient has no entry for a parameter.
        ShapeError: a gradient is not shaped like its parameter.
    """
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
        absolute, relative = distances(a, n)
        columns.append((a, n, absolute, relative, kinks, hidden_by_rounding(here, absolute, size)))
    none = np.empty(0)
    a, n, absolute, relative, kink, hidden = (
        np.concatenate([none, *(np.ravel(column[i]) for column in columns)]) for i in range(6)
    )
    return Report(shapes, a, n, absolute, relative, kink.astype(bool), hidden.astype(bool))


@np.errstate(all="ignore")
def distances(a: Any, n: Any) -> tuple[Any, Any]:
    """Return |a − n| and the relative difference: 0 where both are 0, NaN beside a NaN or ∞."""
    absolute = np.abs(a - n)
    largest = np.maximum(np.abs(a), np.abs(n))  # NaN beside a number is NaN
    return absolute, np.where(largest == 0, 0.0, absolute / largest)


@np.errstate(all="ignore")
def hidden_by_rounding(here: Any, absolute: Any, size: float) -> Any:
    """Return which differences rounding alone explains, as the module's head says."""
    most = floor(size, nudge(here, STEP))
    return (absolute <= most) & (most < math.inf)


def _largest(numbers: Array) -> float:
    return float(np.max(numbers, initial=0.0))


@lru_cache(maxsize=64)
def _places(shape: tuple[int, ...]) -> tuple[str, ...]:
    """Return how NumPy writes each entry's place, "[0,1]"; a number has none."""
    places = np.ndindex(shape)
    return tuple(f"[{','.join(map(str, place))}]" if place else "" for place in places)
