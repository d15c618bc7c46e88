"""The check of a gradient against finite differences.

    ∂f/∂θ  ≈  (f(θ + d) − f(θ − d)) / 2d        d = h · max(1, |θ|)

It needs f alone, so it does not share a mistake with a backward pass; it is how one validates an
implementation. It costs 2N evaluations for N parameters, where a backward pass costs about one.
Its error has two parts: the bend of f, of order d², and the rounding of f divided by d. Between
them h = 1e-5 is a good middle in float64.

It answers right, wrong, or that it cannot be judged (verdict.py). A difference that rounding alone
explains proves nothing (report.py). How far rounding may move a slope follows from a size: |f|, and
for a graph Σ |∂f/∂v · v| over its nodes, for each v was rounded and its rounding reaches f as any
nudge does. Where a nudge crosses a kink, or the nudges and our own exact slope part, narrower
nudges and both sides of the point decide (ladder.py).

Source: Karpathy, CS231n notes, “Gradient checks”; Griewank and Walther (2008), section 3.1.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from backprop.engine import backward
from backprop.engine.differences.convention import reverse_slopes
from backprop.engine.differences.cost import check_work
from backprop.engine.differences.given import Function, Point
from backprop.engine.differences.ladder import STEPS, Ladder, estimate_slopes, judge_claims
from backprop.engine.differences.network import network_differences
from backprop.engine.differences.own_function import (
    Directions,
    check_function,
    claim_of,
)
from backprop.engine.differences.programs import check_leaves, is_checked_whole
from backprop.engine.differences.report import (
    AGREES,
    WORST,
    Report,
    check_shapes,
    distances,
    judged,
    make_report,
    rounding_floor,
    scale,
)
from backprop.engine.differences.sizes import size_of, size_within
from backprop.engine.differences.slopes import (
    Differences,
    graph_differences,
    joined,
    nudge,
    slopes_along,
)
from backprop.engine.differences.ties import with_ties
from backprop.engine.differences.verdict import CONVENTION, Answer
from backprop.engine.errors import PointError
from backprop.engine.forward import value
from backprop.engine.graph import Graph
from backprop.engine.network import Network
from backprop.engine.trace import Trace

MOST_WORK = 20_000_000  # of cost.check_work, up to which a network is nudged again in other ways

Nudge = Callable[[float, int], Differences]  # by a step, to a side


class GradientNotJudged(AssertionError):
    """Finite differences can neither prove a gradient right nor wrong; the message says why."""


def check_gradient(
    function: Graph | Network | Function,
    at: Any,
    gradient: Any | None = None,
    *,
    directions: int = 0,
    seed: int = 0,
) -> Report:
    """Compare a gradient with central differences, number by number.

        check_gradient(graph, at)                    ours, of a graph
        check_gradient(network, {**parameters, "X": X, "Y": Y})
        check_gradient(f, parameters, gradient)      yours, of any Python function

    Args:
        function: a graph, a network, or a function that returns one number, or a tuple that
            begins with it.
        at: the point: a value for each variable; for your function a number, an array, or a
            mapping or list of them, and the function is called with the same. What can become an
            array is one.
        gradient: the gradient to check, in the form of the parameters, or a function of them that
            returns it; ours if there is none.
        directions: of many parameters: so many random directions are checked, instead of every
            number.
        seed: of these directions.

    Raises:
        PointError: a name is missing, something is no number, or there is no gradient of your
            function to check.
        ShapeError: a gradient is not shaped like its parameter.
        FunctionError: your function returns what is no loss, or it or your gradient's raises.
    """
    return _checked(function, at, gradient, AGREES, Directions(directions, seed))


def assert_gradient(
    function: Graph | Network | Function,
    at: Any,
    gradient: Any | None = None,
    *,
    tolerance: float = AGREES,
    directions: int = 0,
    seed: int = 0,
) -> None:
    """Fail, as pytest understands it, if a gradient differs from central differences.

        def test_my_gradient():
            backprop.assert_gradient(loss, parameters, my_gradient(parameters))

    At a kink a gradient between the slopes of both sides passes.

    Args:
        function: as in `check_gradient`.
        at: as in `check_gradient`.
        gradient: as in `check_gradient`.
        tolerance: the largest relative difference that passes.
        directions: as in `check_gradient`.
        seed: as in `check_gradient`.

    Raises:
        AssertionError: the gradient is wrong; the message has the worst numbers.
        GradientNotJudged: an AssertionError too: it cannot be judged; the message says why.
        InputError: what `check_gradient` refuses.
    """
    report = _checked(function, at, gradient, tolerance, Directions(directions, seed))
    if report.ok:
        return
    answer = report.verdict.answer
    rows = [row for row in report.worst_rows(len(report.rows)) if row.answer is answer]
    lines = [
        f"  {row.name}: {row.analytic:.10g}, by differences {row.numeric + 0:.10g}, "
        f"relative difference {row.relative:.2g}"
        for row in rows[:WORST]
    ]
    if len(rows) > WORST:
        lines.append(f"  … and {len(rows) - WORST} more")
    many = f"{len(rows)} of {len(report.rows)} numbers"
    if answer is Answer.WRONG:
        lines += [f"  {report.note}"] if report.note else []
        raise AssertionError("\n".join((f"The gradient is wrong in {many}:", *lines)))
    because = f"The gradient cannot be judged in {many}, because {rows[0].because}:"
    raise GradientNotJudged("\n".join((because, *lines)))


def _checked(
    function: Graph | Network | Function,
    at: Any,
    gradient: Any | None,
    tolerance: float,
    directions: Directions,
) -> Report:
    if isinstance(function, Network):
        return _check_network(function, at, gradient, tolerance, directions)
    if isinstance(function, Graph):
        return _check_graph(function, at, gradient, tolerance, directions)
    return check_function(function, at, gradient, tolerance, directions)


def _check_graph(
    graph: Graph,
    at: Mapping[str, Any],
    gradient: Any | None,
    tolerance: float,
    directions: Directions,
) -> Report:
    trace = backward.differentiate(graph, at)
    parameters = {name: at[name] for name in graph.parameters}
    claimed = _claim(trace, parameters, gradient)
    if directions.many:
        return _check_along(trace, parameters, claimed, tolerance, directions)
    if graph.is_program and not is_checked_whole(graph):
        check_shapes(parameters, claimed)
        return check_leaves(trace, claimed, tolerance, directions.seed)
    nudged, size = graph_differences(graph, at), size_of(trace) + size_within(trace)
    report = make_report(parameters, claimed, nudged, size, float(trace.value), tolerance)
    return _refined(
        report, trace, size, lambda h, side: graph_differences(graph, at, h, side), tolerance
    )


def _check_network(
    network: Network,
    at: Mapping[str, Any],
    gradient: Any | None,
    tolerance: float,
    directions: Directions,
) -> Report:
    for name in ("X", "Y"):
        if name not in at:
            hint = 'The point of a network is {**parameters, "X": X, "Y": Y}.'
            raise PointError(f"“{name}” has no value.", hint=hint, at=name)
    parameters = {name: array for name, array in at.items() if name not in ("X", "Y")}
    point = network.batch(parameters, at["X"], at["Y"])
    trace = backward.differentiate(network.graph("layers"), point)
    parameters = {name: point[name] for name in network.shapes}
    claimed = _claim(trace, parameters, gradient)
    if directions.many:
        return _check_along(trace, parameters, claimed, tolerance, directions)
    nudged, size = network_differences(network, point), size_of(trace)
    report = make_report(parameters, claimed, nudged, size, float(trace.value), tolerance)
    if check_work(network, len(point["X"])) > MOST_WORK:
        return report
    return _refined(
        report, trace, size, lambda h, side: network_differences(network, point, h, side), tolerance
    )


def _claim(trace: Trace, parameters: Mapping[str, Any], gradient: Any | None) -> Mapping[str, Any]:
    """Return the gradient that is checked, by the parameters' names; ours if there is none."""
    if gradient is None:
        return trace.gradient
    point = Point(parameters)
    return point.read(claim_of(gradient, point))


def _check_along(
    trace: Trace,
    parameters: Mapping[str, Any],
    claimed: Mapping[str, Any],
    tolerance: float,
    directions: Directions,
) -> Report:
    """Return the check of a graph's gradient along random directions, as of any function."""
    return check_function(_function(trace), parameters, claimed, tolerance, directions)


def _function(trace: Trace) -> Callable[[Mapping[str, Any]], Any]:
    """Return a graph's value as a function of its parameters alone."""
    graph = trace.graph
    at = {node.name: trace.values[i] for i, node in enumerate(graph.nodes) if node.is_variable}
    return lambda moved: value(graph, {**at, **moved})


@np.errstate(all="ignore")
def _refined(
    report: Report, trace: Trace, size: float, nudge_by: Nudge, tolerance: float
) -> Report:
    """Return a report in which nudges of many widths, to both sides, judge what one leaves open.

    That is where a nudge crossed a kink, or where it disagrees with our own exact slope. Where
    these agree, it is the claim that is wrong.
    """
    slopes = joined(trace.gradient, report.shapes)
    parameters = {name: trace.values[trace.graph.position(name)] for name in report.shapes}
    point = joined(parameters, report.shapes)
    absolute, relative = distances(slopes, report.numeric)
    known = np.isfinite(report.analytic) & np.isfinite(float(trace.value))
    clear = ~report.wrong & (absolute <= rounding_floor(point, size))
    clear[list(report.reasons)] = False
    at = np.flatnonzero(known & (report.kink | ~(clear | (relative <= AGREES))))
    if not at.size:
        return report
    here = point[at]
    right, left = (
        np.stack([joined(nudge_by(h, side).slopes, report.shapes)[at] for h in STEPS])
        for side in (1, -1)
    )
    ladder = Ladder(right, left, np.stack([nudge(here, h) for h in STEPS]))
    estimates = estimate_slopes(ladder, np.full(at.size, size), float(trace.value))
    claims = report.analytic[at]
    judgement = judge_claims(
        estimates, claims, tolerance, scale(report.numeric, float(trace.value))
    )
    reasons = {int(at[k]): reason for k, reason in judgement.reasons.items()}
    wrong = judgement.wrong.copy()
    if wrong.any() and report.kink[at[wrong]].any():
        low, high = (joined(each, report.shapes)[at] for each in reverse_slopes(trace))
        slack = tolerance * np.maximum(np.abs(low), np.abs(high))
        conventional = wrong & (low - slack <= claims) & (claims <= high + slack)
        reasons |= dict.fromkeys(at[conventional].tolist(), CONVENTION)
        wrong &= ~conventional
    report = judged(report, at, wrong, reasons)
    kinks = at[estimates.kink & judgement.right]
    theirs = distances(report.analytic, slopes)[1][kinks] > tolerance  # ours is a choice at each
    tied = kinks if theirs.any() else kinks[:0]
    arrays = {name: np.asarray(value, dtype=np.float64) for name, value in parameters.items()}
    along = slopes_along(_function(trace), arrays, trace.value)
    return with_ties(report, tied, point, along, size)
