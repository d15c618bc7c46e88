"""The check of a gradient of any Python function, of which nothing is known but its values.

Each number is nudged to both sides. Where that alone does not settle it, ever smaller nudges do
(ladder.py), because kinks, precision and domain of the function are not known. Where numbers meet
at a kink, as in a tie of max, their slopes are judged together, too (ties.py).

The function is called again at the point between other calls: where two calls there differ it
varies, as with dropout or a fresh batch, and nothing can be judged. Where its value is not finite,
longer numbers are tried: exp(997) overflows in float64, but not in 80 bits.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.differences.given import EXTENDED, Function, Observed, Point
from backprop.engine.differences.ladder import STEPS, Ladder, Ruling, Sight, rule, see
from backprop.engine.differences.report import (
    Report,
    check_shapes,
    distances,
    joined,
    judged,
    make_report,
    scale,
)
from backprop.engine.differences.slopes import STEP, Differences, ends, nudge
from backprop.engine.differences.ties import with_ties
from backprop.engine.differences.verdict import ROUNDING
from backprop.engine.errors import FunctionError, PointError
from backprop.engine.network import Array

TINY = 1e-7  # below it a parameter is nudged by less than STEPS reach
NARROWER = tuple(STEPS[-1] * 8.0**-power for power in range(1, 9))
WIDER = tuple(STEPS[0] * 8.0**power for power in range(10, 0, -1))
BENT = 1e-3  # the share by which two sides differ where a kink is looked for
REPEATED = 4  # numbers that are wrong, whose nudges are repeated to see whether it varies
WIDE = 1e-2  # the nudge that tells whether a function moves at all
SMOOTH = 100.0  # how much smaller its first move is then, if it is no leap
SAME = 1e-6  # the share up to which two slopes that are shown are one
HALVINGS = 12  # of the way to where a function that stands still begins to move
LONGER = "In float64 the function is not finite here, so it was nudged in NumPy's longdouble."


@np.errstate(all="ignore")
def check_function(f: Function, at: Any, gradient: Any, tolerance: float) -> Report:
    """Return the check of a gradient that is claimed of a Python function.

    Args:
        f: takes the point in its form, and returns the loss, or a tuple that begins with it.
        at: the point, as `Point` reads it.
        gradient: the claim in the form of the point, or a function of the point that returns it.
        tolerance: the largest relative difference of what is right.
    """
    point = Point(at)
    claimed = point.read(claim_of(gradient, point))
    check_shapes(point.arrays, claimed)
    nudged = Nudged(f, point)
    return nudged.noted(_check(nudged, claimed, tolerance))


def claim_of(gradient: Any, point: Point) -> Any:
    """Return a claimed gradient; if it is a function, what it returns at the point.

    Raises:
        FunctionError: the function raises an error.
        PointError: there is none.
    """
    if callable(gradient) and not hasattr(gradient, "__array__"):
        try:
            gradient = gradient(point(point.arrays))
        except Exception as error:
            what = f"The gradient's function raises {type(error).__name__}: {error}."
            hint = "It is called with the parameters, in the form in which you give them."
            raise FunctionError(what, hint=hint) from error
    if gradient is None:
        hint = "Call check_gradient(f, parameters, gradient)."
        raise PointError("There is no gradient to check.", hint=hint)
    return gradient


class Place(NamedTuple):
    """Where a number stands among the parameters."""

    name: str
    index: tuple[int, ...]


class Nudged:
    """A function at a point, and its slopes by single numbers or along a direction."""

    def __init__(self, f: Function, point: Point) -> None:
        self.point, self.observed = point, Observed(f, point)
        self._note = ""
        shorter = np.finfo(np.float64).max < np.finfo(EXTENDED).max
        if shorter and not math.isfinite(self.observed.here):
            longer = Observed(f, point, EXTENDED)
            if np.isfinite(longer.here):
                self.observed, self._note = longer, LONGER
        self.places = [
            Place(name, index)
            for name, array in point.arrays.items()
            for index in np.ndindex(array.shape)
        ]

    @property
    def size(self) -> float:
        """How large the function's value is."""
        return float(abs(self.observed.here))

    @property
    def value(self) -> float:
        """The function's value; ∞ only if longer numbers have none either."""
        return float(self.observed.here) if not self._note else self.size

    def here(self, i: int) -> float:
        """Return one number of the point."""
        place = self.places[i]
        return float(self.point.arrays[place.name][place.index])

    def sides(self, i: int, h: float) -> tuple[float, float]:
        """Return the slopes by one number to the right and to the left, NaN where there is none."""
        name, index = self.places[i]
        array = self.point.arrays[name]
        found = []
        for sign, to in zip((1, -1), ends(array[index], h), strict=True):
            moved = array.copy()
            moved[index] = to
            width = abs(self.point.held(name, moved)[index] - array[index])
            rise = sign * (self.observed.near(name, moved) - self.observed.here)
            found.append(float(np.divide(rise, width)))
        return found[0], found[1]

    def along(self, direction: Array, h: float) -> tuple[float, float]:
        """Return the slopes along a direction of all numbers, to both sides.

        Args:
            direction: one number for each of the point, [N].
            h: how many times it is gone.
        """
        found = []
        for sign in (1, -1):
            moved, first = {}, 0
            for name, array in self.point.arrays.items():
                part = direction[first : first + array.size].reshape(array.shape)
                moved[name] = array + sign * h * part
                first += array.size
            rise = sign * (self.observed.at(moved) - self.observed.here)
            found.append(float(rise / h))
        return found[0], found[1]

    def ladder(self, places: Sequence[int], steps: Sequence[float]) -> Ladder:
        """Return the slopes by some numbers for each of several nudges."""
        pairs = np.array([[self.sides(i, h) for i in places] for h in steps])
        d = np.array([[float(nudge(self.here(i), h)) for i in places] for h in steps])
        return Ladder(pairs[..., 0], pairs[..., 1], d)

    def noted(self, report: Report) -> Report:
        """Return a report that says how it was checked, and nothing if the function varies."""
        self.observed.finish()
        varies = self.observed.varies
        if varies:
            gap = f"by {varies:.3g}" if math.isfinite(varies) else "in whether there is a number"
            reason = f"two calls at the same point differ {gap}; fix the seed"
            count = len(report.analytic)
            none = np.zeros(count, dtype=bool)
            return replace(report, wrong=none, reasons=dict.fromkeys(range(count), reason))
        return replace(report, note=self._note)


def _check(nudged: Nudged, claimed: Mapping[str, Array], tolerance: float) -> Report:
    """Return the check, number by number and then together."""
    arrays = nudged.point.arrays
    claims = joined(claimed, arrays)
    sides = np.array([nudged.sides(i, STEP) for i in range(len(claims))]).reshape(-1, 2)
    found = Differences(_shaped(sides.mean(axis=1), arrays), _shaped(0 * claims, arrays))
    report = make_report(arrays, claimed, found, nudged.size, nudged.value, tolerance)
    if not math.isfinite(nudged.value):
        return report
    settled = report.relative <= tolerance
    doubtful = [i for i in range(len(claims)) if _is_open(nudged, i, sides[i], bool(settled[i]))]
    at = np.array([i for i in doubtful if math.isfinite(claims[i])], dtype=int)
    if not at.size:
        return report
    sight, ruling = _look(nudged, at, claims[at], tolerance, scale(report.numeric, nudged.value))
    reasons = {int(at[k]): reason for k, reason in ruling.reasons.items()}
    report = judged(_with_slopes(report, at, sight), at, ruling.wrong, reasons)
    for i in np.flatnonzero(report.wrong)[:REPEATED].tolist():  # or does it vary there?
        again, d = nudged.sides(i, STEP), float(nudge(nudged.here(i), STEP))
        for first, second in zip(sides[i], again, strict=True):
            nudged.observed.compare(first * d, second * d)
    kinks = at[sight.kink & ruling.right]
    return with_ties(report, kinks, joined(arrays, arrays), nudged.along, nudged.size)


def _is_open(nudged: Nudged, i: int, sides: Array, settled: bool) -> bool:
    """Whether the first nudge leaves a number open: it disagrees, or may hide a kink."""
    if not settled:
        return True
    if not sides.any():  # a function that computes with few digits stands still, too
        return any(map(bool, nudged.sides(i, WIDE)))
    if abs(sides[0] - sides[1]) <= BENT * np.abs(sides).max():
        return False
    nearer, further = nudged.sides(i, STEP / 8)
    return abs(nearer - further) > abs(sides[0] - sides[1]) / 2  # of a bend they come together


def _look(
    nudged: Nudged, at: Array, claims: Array, tolerance: float, most: float
) -> tuple[Sight, Ruling]:
    """Return what smaller nudges see, and wider ones where rounding hides a slope."""
    here = np.abs([nudged.here(i) for i in at])
    tiny = bool(((here > 0) & (here < TINY)).any())
    sight = _see(nudged, at, (*STEPS, *NARROWER) if tiny else STEPS)
    ruling = rule(sight, claims, tolerance, most)
    dim = [k for k, reason in ruling.reasons.items() if reason == ROUNDING]
    if dim:
        for old, new in zip(sight, _see(nudged, at[dim], (*WIDER, *STEPS)), strict=True):
            old[dim] = new
        ruling = rule(sight, claims, tolerance, most)
    return sight, ruling


def _see(nudged: Nudged, at: Array, steps: Sequence[float]) -> Sight:
    """Return what nudges see; that θ itself is rounded is counted: inside, its size may matter."""
    ladder = nudged.ladder(at.tolist(), steps)
    here = np.abs([nudged.here(i) for i in at])
    slopes = np.fmax(np.abs(ladder.right), np.abs(ladder.left))
    moves = np.where(np.isfinite(slopes), slopes * ladder.d, 0.0)
    leaps = [_leap(nudged, i, moves[:, k], steps) for k, i in enumerate(at.tolist())]
    sizes = nudged.size + slopes * here
    sizes = np.where(np.isfinite(sizes), sizes, nudged.size)
    return see(ladder, sizes, nudged.value, np.array(leaps))


def _leap(nudged: Nudged, i: int, moves: Array, steps: Sequence[float]) -> float:
    """Return by how much a function leaps that stands still before; 0 if it begins smoothly."""
    first = int(np.max(np.flatnonzero(moves), initial=-1))  # the narrowest that moves it
    if first < 0 or not np.isfinite(moves[first + 1 :]).any() or first == len(moves) - 1:
        return 0.0
    still, moving, leap = steps[first + 1], steps[first], float(moves[first])
    for _ in range(HALVINGS):
        h = (still + moving) / 2
        move = max(map(abs, nudged.sides(i, h))) * float(nudge(nudged.here(i), h))
        if move:
            moving, leap = h, move
        else:
            still = h
    return leap if leap > moves[first] / SMOOTH else 0.0


def _with_slopes(report: Report, at: Array, sight: Sight) -> Report:
    """Return a report with the better slopes; at a kink with that of the side that is nearer."""
    numeric, kink = report.numeric.copy(), report.kink.copy()
    claims, first = report.analytic[at], report.numeric[at]
    nearer = np.where(claims - sight.low < sight.high - claims, sight.low, sight.high)
    better = np.where(sight.kink, nearer, sight.slope)
    kept = (distances(first, better)[1] <= SAME) | ~np.isfinite(better)
    numeric[at] = np.where(kept, first, better)
    kink[at] = sight.kink
    absolute, relative = distances(report.analytic, numeric)
    return replace(report, numeric=numeric, absolute=absolute, relative=relative, kink=kink)


def _shaped(column: Array, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Return the entries of all arrays as arrays by name."""
    ends = np.cumsum([array.size for array in arrays.values()])[:-1]
    parts = zip(arrays.items(), np.split(column, ends), strict=True)
    return {name: part.reshape(array.shape) for (name, array), part in parts}
