"""A Python function at a point, and its slopes along straight lines through it.

A line is a single number that is moved, or a direction of all of them. The function is called
again at the point between other calls: where two calls there differ it varies, as with dropout or
a fresh batch, and nothing can be judged. Where its value is not finite, longer numbers are tried:
exp(997) overflows in float64, but not in 80 bits.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.differences.given import EXTENDED, Function, Observed, Point
from backprop.engine.differences.ladder import (
    SHRINKS,
    STEPS,
    Ladder,
    Places,
    SlopeEstimates,
    estimate_slopes,
    floor,
)
from backprop.engine.differences.report import Report
from backprop.engine.differences.slopes import STEP, ends, nudge, slopes_along
from backprop.engine.network import Array

TINY = 1e-7  # below it a parameter is nudged by less than STEPS reach
NARROWER = tuple(STEPS[-1] * 8.0**-power for power in range(1, 9))
WIDER = tuple(STEPS[0] * 8.0**power for power in range(10, 0, -1))
BENT = 1e-3  # the share by which two sides differ where a kink is looked for
WIDE = 1e-2  # the nudge that tells whether a function moves at all
HALVINGS = 12  # of the way to where a constant function begins to move
CELLS = 32  # parts of the way in which leaps are looked for
SAMPLES = 6  # places where it is compared with a straight line
NARROW = 1e-6  # the nudge up to which it should be one
SUDDEN = 64.0  # times as far as the nudge that is an eighth: more than any bend explains
MARGIN = 4.0  # of `floor`, that a function of few digits cannot spare
LONGER = "In float64 the function is not finite here, so it was nudged in NumPy's longdouble."


class Line(NamedTuple):
    """A straight line through a point, along which a function is nudged.

    Attributes:
        slopes: gives the slopes to the right and to the left by a nudge h; NaN where there is none.
        unit: how far h = 1 goes along it.
        size: that of the number that is moved: it is rounded, too.
    """

    slopes: Callable[[float], tuple[float, float]]
    unit: float
    size: float

    def needs_refinement(self, sides: Array) -> bool:
        """Whether a kink, or few digits, may make the slopes of the first nudge agree.

        Args:
            sides: these slopes, to the right and to the left.
        """
        if not sides.any():  # a function that computes with few digits is constant, too
            return any(map(bool, self.slopes(WIDE)))
        difference = abs(sides[0] - sides[1])
        if difference <= BENT * np.abs(sides).max():
            return False
        right, left = self.slopes(STEP / 8)
        return bool(
            abs(right - left) > difference / 2
        )  # of a smooth function they approach each other

    def leap_size(self, moves: Array, steps: Sequence[float], least: float) -> float:
        """Return the size of a leap before which a function is nearly constant; 0 without one.

        Beyond the first leap the function is compared with straight lines: others may be larger.

        Args:
            moves: how far it is moved by each nudge, [K].
            steps: the nudges, from wide to narrow.
            least: how large a leap is that is more than float64's rounding.
        """
        sudden = (moves[:-1] > SUDDEN * moves[1:]) & (moves[:-1] > least)
        for first in np.flatnonzero(sudden).tolist():
            narrow, wide, leap = steps[first + 1], steps[first], float(moves[first])
            slow = leap / SUDDEN
            for _ in range(HALVINGS):
                h = (narrow + wide) / 2
                move = max(map(abs, self.slopes(h))) * h * self.unit
                if move > slow:
                    wide, leap = h, move
                else:
                    narrow = h
            if leap > 4 * slow:  # else it begins to move slowly, as beyond a kink
                while wide < NARROW:
                    wide *= SHRINKS
                    leap = max(leap, 2 * self._deviation_from_line(wide))
                return leap
        return 0.0

    def slope_of_leaps(self, slope: float, reach: float, least: float) -> float:
        """Return what leaps add to the slope between them; 0 where there are none.

        A loss computed from a probability near 1 leaps so, each time that 1 − p, a multiple of
        2⁻⁵³, changes.

        Args:
            slope: between the leaps.
            reach: how far they are looked for, as h.
            least: how large a leap is.
        """

        def rise(side: int, h: float) -> float:
            return (1 - 2 * side) * (self.slopes(h)[side] - slope) * h * self.unit if h else 0.0

        for side in (0, 1):
            places = np.linspace(0, reach, CELLS + 1).tolist()
            rises = np.array([rise(side, h) for h in places])
            if np.isfinite(rises).all():
                break
        else:
            return 0.0
        steps = np.abs(np.diff(rises))
        first = int(np.argmax(steps))
        near, far = places[first], places[first + 1]
        below, above = rises[first], rises[first + 1]
        for _ in range(2 * HALVINGS):
            h = (near + far) / 2
            middle = rise(side, h)
            if abs(middle - below) > abs(above - middle):
                far, above = h, middle
            else:
                near, below = h, middle
        steeper = rises[-1] / reach
        if abs(above - below) <= max(least, SUDDEN * abs(steeper) * (far - near)):
            return 0.0
        return float(steeper / self.unit) * (1 - 2 * side)

    def _deviation_from_line(self, h: float) -> float:
        """Return how far the function is from a straight line between h / 2 and h."""
        places = np.linspace(h / 2, h, SAMPLES)
        rises = np.array([self.slopes(place)[0] * place * self.unit for place in places])
        ahead = (places - places.mean()) / h
        fit = rises.mean() + ahead * (ahead @ rises) / (ahead @ ahead)
        return float(np.max(np.abs(rises - fit)))


class Nudged:
    """A function at a point.

    Attributes:
        point: the point.
        observed: the function, which is called again to see whether it varies.
        along: gives its slopes to both sides along a direction of all numbers, [N].
    """

    def __init__(self, f: Function, point: Point) -> None:
        self.point, self.observed = point, Observed(f, point)
        self._note = ""
        if not np.isfinite(self.observed.value):
            longer = Observed(f, point, EXTENDED)
            if np.isfinite(longer.value):
                self.observed, self._note = longer, LONGER
        self.along = slopes_along(self.observed.at, point.arrays, self.observed.value)

    @property
    def value(self) -> float:
        """The function's value."""
        return float(self.observed.value)

    @property
    def size(self) -> float:
        """How large the function's value is; in fewer digits than float64's, as much larger."""
        return abs(self.value) * self._coarser

    @property
    def _coarser(self) -> float:
        return max(1.0, self.observed.epsilon / math.ulp(1.0) / MARGIN)

    def coordinate_lines(self) -> Iterator[Line]:
        """Give the line of each number of the point."""
        for name, array in self.point.arrays.items():
            for place in np.ndindex(array.shape):
                here = float(array[place])
                yield Line(self._by_number(name, place), float(nudge(here, 1.0)), abs(here))

    def direction(self, direction: Array) -> Line:
        """Return the line along a direction of all numbers, [N]."""
        return Line(lambda h: self.along(direction, h), 1.0, 1.0)

    def _by_number(
        self, name: str, place: tuple[int, ...]
    ) -> Callable[[float], tuple[float, float]]:
        array = self.point.arrays[name]

        def slopes(h: float) -> tuple[float, float]:
            def one(sign: int, to: Any) -> float:
                moved = array.copy()
                moved[place] = to
                width = abs(self.point.held(name, moved)[place] - array[place])
                value = self.observed.at({**self.point.arrays, name: moved})
                return float(np.divide(value - self.observed.value, sign * width))

            up, down = ends(array[place], h)
            return one(1, up), one(-1, down)

        return slopes

    def estimate(self, lines: Sequence[Line], steps: Sequence[float]) -> SlopeEstimates:
        """Return the slopes that nudges show; each moved number is taken to be rounded as well."""
        pairs = np.array([[line.slopes(h) for line in lines] for h in steps])
        ladder = Ladder(
            pairs[..., 0],
            pairs[..., 1],
            np.array(steps)[:, None] * np.array([line.unit for line in lines]),
        )
        slopes = np.fmax(np.abs(ladder.right), np.abs(ladder.left))
        moves = np.where(np.isfinite(slopes), slopes * ladder.d, 0.0)
        least = 2 * floor(abs(self.value), 1.0)
        leaps = np.array(
            [line.leap_size(moves[:, k], steps, least) for k, line in enumerate(lines)]
        )
        if self._coarser > 1:
            leaps = np.maximum(leaps, floor(self.size, 1.0))
        sizes = self.size + self._coarser * slopes * np.array([line.size for line in lines])
        return estimate_slopes(
            ladder, np.where(np.isfinite(sizes), sizes, self.size), self.value, leaps
        )

    def estimate_closely(self, lines: Sequence[Line]) -> SlopeEstimates:
        """Return the slopes by all steps; beside a tiny number by narrower ones as well."""
        tiny = any(0 < line.size < TINY for line in lines)
        return self.estimate(lines, (*STEPS, *NARROWER) if tiny else STEPS)

    def add_wider_estimates(
        self, lines: Sequence[Line], estimates: SlopeEstimates, at: Places
    ) -> None:
        """Replace estimates that rounding hides by those of wider nudges, where these are better.

        Args:
            lines: all lines.
            estimates: of their slopes, which are written over.
            at: the places of those to replace.
        """
        wider = self.estimate([lines[k] for k in at], (*WIDER, *STEPS))
        known = ~(estimates.constant[at] | estimates.unknown[at])
        better = ~known | (wider.doubt < estimates.doubt[at])
        for old, new in zip(estimates, wider, strict=True):
            old[at[better]] = new[better]

    def finish_report(self, report: Report) -> Report:
        """Return a report with a note on how it was checked; if f varies, nothing is judged."""
        self.observed.finish()
        varies = self.observed.varies
        if not varies:
            return replace(report, note=f"{self._note} {report.note}".strip())
        gap = f"by {varies:.3g}" if math.isfinite(varies) else "in whether there is a number"
        reason = f"two calls at the same point differ {gap}; fix the seed"
        reasons = dict.fromkeys(range(len(report.analytic)), reason)
        none = np.zeros(len(reasons), dtype=bool)
        return replace(report, wrong=none, reasons=reasons, note="")
