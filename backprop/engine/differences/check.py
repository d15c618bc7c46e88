"""The check of a gradient against finite differences.

    ∂f/∂θ  ≈  (f(θ + d) − f(θ − d)) / 2d        d = h · max(1, |θ|)

It needs f alone, so it does not share a mistake with a backward pass; it is how one validates an
implementation. It costs 2N evaluations for N parameters, where a backward pass costs about one.
Its error has two parts: the bend of f, of order d², and the rounding of f divided by d. Between
them h = 1e-5 is a good middle in float64.

A difference that rounding alone explains proves nothing (report.py). How far rounding may move a
slope follows from a size: |f|, and for a graph Σ |∂f/∂v · v| over its nodes, for each v was rounded
and its rounding reaches f as any nudge does.

The kinks, the precision and the domain of a Python function are not known. So before a number of
its gradient is reported as wrong, other steps are tried, and one-sided ones: one that agrees is
enough.

A function may oscillate within every step that is wider than its rounding, as sin(1000000 x) does
at a million. Then differences cannot decide: that number is hidden too, and the report says why.

Source: Karpathy, CS231n notes, “Gradient checks”; Griewank and Walther (2008), section 3.1.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from backprop.engine import backward
from backprop.engine.differences.cost import check_work
from backprop.engine.differences.network import network_differences
from backprop.engine.differences.report import (
    AGREES,
    WORST,
    Report,
    Row,
    distances,
    hidden_by_rounding,
    joined,
    make_report,
    with_turns,
)
from backprop.engine.differences.slopes import (
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
from backprop.engine.differences.step_too_coarse import SHARP, STEPS, best_slopes, floor
from backprop.engine.errors import PointError
from backprop.engine.graph import Graph
from backprop.engine.network import Array, Network
from backprop.engine.trace import Trace

LEAPS = 1e-3  # of a function's size: more than any rounding of its value
MOST_WORK = 60_000_000  # of cost.check_work, up to which a network is nudged again in other ways


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
