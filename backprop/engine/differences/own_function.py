"""The check of a gradient of any Python function, of which nothing is known but its values.

Each number is nudged to both sides. Where these slopes do not agree with the claim, ever smaller
nudges decide (ladder.py), because kinks, precision and domain of the function are not known. Where
several numbers meet at a kink, as in a tie of max, their slopes are also judged together (ties.py).

Of many numbers a few random directions v may be checked instead: by each of them the slope must be
g · v. A gradient that is wrong somewhere is wrong along nearly all of them.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.differences.bends import has_kinks, may_be_reverse_slope
from backprop.engine.differences.branches import HeldSlopes
from backprop.engine.differences.given import Function, Point
from backprop.engine.differences.ladder import (
    Judgement,
    Places,
    SlopeEstimates,
    floor,
    judge_claims,
)
from backprop.engine.differences.lines import Line, Nudged
from backprop.engine.differences.report import (
    Report,
    check_shapes,
    distances,
    judged,
    make_report,
    scale,
)
from backprop.engine.differences.slopes import STEP, Along, Differences, joined, nudge, split
from backprop.engine.differences.ties import CLOSE, with_ties
from backprop.engine.differences.verdict import CONVENTION, LEAPS
from backprop.engine.errors import FunctionError, PointError
from backprop.engine.network import Array

SAME = 1e-6  # the share up to which two slopes that are shown are one
NEARBY = 0.04  # the nudge up to which a function is searched for leaps
FURTHER = 1.0  # the same where it stands still
FEW = 8  # numbers that are searched; without a leap by these, the others are not
FEWEST = 0.4  # the share of what a claim is off by that leaps nearby must explain
MOST_BENDS = 16  # wrong slopes whose kinks are looked for in the function's values
REPEATED = 4  # lines with a wrong slope that are nudged again, to see whether the function varies


class Directions(NamedTuple):
    """Which random directions are checked.

    Attributes:
        many: how many; 0 checks every number instead.
        seed: of the random numbers.
    """

    many: int
    seed: int = 0


EACH = Directions(0)


@np.errstate(all="ignore")
def check_function(
    f: Function, at: Any, gradient: Any, tolerance: float, directions: Directions = EACH
) -> Report:
    """Return the check of a gradient that is claimed of a Python function.

    Args:
        f: takes the point in its form, and returns the loss, or a tuple that begins with it.
        at: the point, as `Point` reads it.
        gradient: the claim in the form of the point, or a function of the point that returns it.
        tolerance: the largest relative difference of what is right.
        directions: what is checked instead of every number.
    """
    point = Point(at)
    claimed = point.read(claim_of(gradient, point))
    check_shapes(point.arrays, claimed)
    nudged = Nudged(f, point)
    if directions.many:
        return nudged.finish_report(
            _check_along(nudged, joined(claimed, point.arrays), tolerance, directions)
        )
    lines, arrays = list(nudged.coordinate_lines()), point.arrays
    report, refinement = _check(nudged, lines, arrays, claimed, tolerance)
    if report.wrong.any():
        report = _with_conventions(report, HeldSlopes(f, point))
        report = _with_bends(report, nudged.along, nudge(joined(arrays, arrays), 1.0))
    if refinement:
        kinks = refinement.at[refinement.estimates.kink & refinement.judgement.right]
        here = joined(arrays, arrays)
        report = with_ties(report, kinks, here, nudged.along, nudged.size)
    return nudged.finish_report(report)


def claim_of(gradient: Any, point: Point) -> Any:
    """Return a claimed gradient; if it is a function, what it returns at the point.

    Raises:
        FunctionError: the function raises an error.
        PointError: there is none.
    """
    if callable(gradient) and not hasattr(gradient, "__array__"):
        try:
            gradient = gradient(point(point.arrays))
        except Exception as error:  # the function is the user's: it may raise anything
            what = f"The gradient's function raises {type(error).__name__}: {error}."
            hint = "It is called with the parameters, in the form in which you give them."
            raise FunctionError(what, hint=hint) from error
    if gradient is None:
        hint = "Call check_gradient(f, parameters, gradient)."
        raise PointError("There is no gradient to check.", hint=hint)
    return gradient


class _Refinement(NamedTuple):
    """The check of some lines by many nudges: their places, the slopes, and the verdicts."""

    at: Places
    estimates: SlopeEstimates
    judgement: Judgement


def _check(
    nudged: Nudged,
    lines: Sequence[Line],
    arrays: Mapping[str, Any],
    claimed: Mapping[str, Any],
    tolerance: float,
) -> tuple[Report, _Refinement | None]:
    """Return the check of the slope along each line by itself, and how some were refined.

    Args:
        nudged: the function at its point.
        lines: one for each entry of the arrays.
        arrays: where they lead through, by name.
        claimed: the slopes, shaped like the arrays.
        tolerance: the largest relative difference of what is right.
    """
    claims, value = joined(claimed, arrays), nudged.value
    sides = np.array([line.slopes(STEP) for line in lines]).reshape(-1, 2)
    differences = Differences(split(sides.mean(axis=1), arrays), split(0 * claims, arrays))
    report = make_report(arrays, claimed, differences, nudged.size, value, tolerance)
    if not math.isfinite(value):
        return report, None
    settled = report.relative <= tolerance
    at = np.array(
        [
            i
            for i, line in enumerate(lines)
            if math.isfinite(claims[i]) and not (settled[i] and not line.needs_refinement(sides[i]))
        ],
        dtype=int,
    )
    if not at.size:
        return report, None
    unsettled = [lines[i] for i in at]
    estimates, most = nudged.estimate_closely(unsettled), scale(report.numeric, value)
    judgement = judge_claims(estimates, claims[at], tolerance, most)
    open_claims = list(judgement.reasons)  # wider nudges may see what rounding hides
    if open_claims:
        nudged.add_wider_estimates(unsettled, estimates, np.array(open_claims))
        judgement = judge_claims(estimates, claims[at], tolerance, most)
    for k in np.flatnonzero(judgement.wrong)[:REPEATED].tolist():  # or does it vary there?
        d = STEP * unsettled[k].unit
        for first, second in zip(sides[at[k]], unsettled[k].slopes(STEP), strict=True):
            nudged.observed.compare(np.float64(first * d), np.float64(second * d))
    wrong, reasons = judgement.wrong.copy(), dict(judgement.reasons)
    odd = np.flatnonzero(wrong & ~estimates.kink & (claims[at] != 0))
    for k in _with_leaps(unsettled, estimates.slope, claims[at], odd, 4 * floor(nudged.size, 1.0)):
        wrong[k], reasons[k] = False, LEAPS
    reasons = {int(at[k]): reason for k, reason in reasons.items()}
    report = judged(_with_slopes(report, at, estimates), at, wrong, reasons)
    return report, _Refinement(at, estimates, judgement)


def _with_leaps(
    lines: Sequence[Line], slopes: Array, claims: Array, wrong: Places, least: float
) -> Iterator[int]:
    """Give the places of wrong slopes that leaps of the function nearby would explain.

    If there are no leaps along the first FEW lines, the others are not searched.

    Args:
        lines: of the slopes.
        slopes: as the nudges see them, between the leaps.
        claims: the slopes that are claimed.
        wrong: the places of those that are.
        least: how large a leap is at least: more than rounding.
    """
    explained = 0
    for tried, k in enumerate(wrong.tolist()):
        if tried == FEW and not explained:
            return
        slope = float(slopes[k])
        missing = float(claims[k]) - slope
        for reach in (NEARBY,) if slope else (NEARBY, FURTHER):
            if FEWEST < lines[k].slope_of_leaps(slope, reach, least) / missing < 1 / FEWEST:
                explained += 1
                yield k
                break


def _check_along(nudged: Nudged, claims: Array, tolerance: float, directions: Directions) -> Report:
    """Return the check of a gradient along random directions.

    Each entry of a direction is a standard normal number times max(1, |θ|). Where kinks that bend
    both ways meet at the point, reverse mode need not fit: what misses the slope by no more than
    they bend is not judged.
    """
    here = joined(nudged.point.arrays, nudged.point.arrays)
    rng = np.random.default_rng(directions.seed)
    ways = rng.standard_normal((directions.many, len(here))) * nudge(here, 1.0)
    arrays = {"direction": np.zeros(directions.many)}
    return check_ways(nudged, ways, arrays, {"direction": ways @ claims}, tolerance)


def check_ways(
    nudged: Nudged,
    ways: Array,
    arrays: Mapping[str, Any],
    claimed: Mapping[str, Any],
    tolerance: float,
) -> Report:
    """Return the check of slopes along directions of all numbers.

    Args:
        nudged: the function at its point.
        ways: the directions, [K, N].
        arrays: by the names of the rows, zeros: K in all.
        claimed: the slopes along them, shaped like these.
        tolerance: the largest relative difference of what is right.
    """
    lines = [nudged.direction(way) for way in ways]
    report, refinement = _check(nudged, lines, arrays, claimed, tolerance)
    if refinement is None or not report.wrong.any():
        return report
    estimates = nudged.estimate_closely(lines)
    bends = np.where(estimates.kink, estimates.bend, 0.0)
    most = float(np.abs(bends).max())
    if not (bends.min() < 0 < bends.max()):
        return report
    misses = np.maximum(estimates.low - report.analytic, report.analytic - estimates.high)
    open_to_doubt = np.flatnonzero(report.wrong & (misses <= most))
    reasons = dict.fromkeys(open_to_doubt.tolist(), CONVENTION)
    return judged(report, open_to_doubt, np.zeros(len(reasons), dtype=bool), reasons)


def _with_conventions(report: Report, held: HeldSlopes) -> Report:
    """Return a report in which a slope that reverse mode may give at a kink is not called wrong."""
    if not held.has_ties:
        return report
    places = [(name, at) for name, shape in report.shapes.items() for at in np.ndindex(shape)]
    wrong = np.flatnonzero(report.wrong)
    low, high = np.array([held.slope_range(*places[i]) for i in wrong]).T
    slack = CLOSE * np.maximum(np.abs(low), np.abs(high))
    claims = report.analytic[wrong]
    at = wrong[(claims >= low - slack) & (claims <= high + slack)]
    return judged(report, at, np.zeros(at.size, dtype=bool), dict.fromkeys(at.tolist(), CONVENTION))


def _with_bends(report: Report, along: Along, unit: Array) -> Report:
    """Return the same for kinks that cannot be recorded, from the function's values.

    Of more than MOST_BENDS wrong slopes only the first are examined; the others follow them.
    """
    wrong = np.flatnonzero(report.wrong)
    if not wrong.size or not has_kinks(along, unit):
        return report
    examined = wrong[:MOST_BENDS]
    fits = np.array(
        [may_be_reverse_slope(along, unit, int(i), report.analytic[i]) for i in examined]
    )
    at = wrong if fits.all() else examined[fits]
    return judged(report, at, np.zeros(at.size, dtype=bool), dict.fromkeys(at.tolist(), CONVENTION))


def _with_slopes(report: Report, at: Places, estimates: SlopeEstimates) -> Report:
    """Return a report with the better slopes; at a kink with that of the side that is nearer."""
    numeric, kink = report.numeric.copy(), report.kink.copy()
    claims, first = report.analytic[at], report.numeric[at]
    nearer = np.where(
        claims - estimates.low < estimates.high - claims, estimates.low, estimates.high
    )
    better = np.where(estimates.kink, nearer, estimates.slope)
    kept = (distances(first, better)[1] <= SAME) | ~np.isfinite(better)
    numeric[at] = np.where(kept, first, better)
    kink[at] = estimates.kink
    absolute, relative = distances(report.analytic, numeric)
    return replace(report, numeric=numeric, absolute=absolute, relative=relative, kink=kink)
