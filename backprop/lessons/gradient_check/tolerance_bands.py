"""What a relative difference means: the bands of the CS231n notes, in words, and the three answers.

> 1e-2 wrong      1e-4 … 1e-2 uneasy      < 1e-4 fine, but only with kinks      ≤ 1e-7 agrees

Where the difference of the usual nudge decides nothing, the answer has a band of its own: right by
the slopes of a kink's two sides or by a narrower nudge, or not to be judged.

Source: Karpathy, CS231n notes, “Gradient checks”.
"""

import math
from dataclasses import dataclass

from backprop.engine.differences.report import Row
from backprop.engine.differences.verdict import Answer


@dataclass(frozen=True, slots=True)
class Band:
    """A range of relative differences."""

    name: str  # for the style
    verdict: str  # what it means, in a word or three
    reach: str  # the range, as it is written
    off: bool  # whether something has to be looked at


WRONG = Band("wrong", "wrong", "> 10⁻²", off=True)
UNEASY = Band("uneasy", "wrong by little", "10⁻⁴ … 10⁻²", off=True)
KINKS = Band("kinks", "right, to a few digits", "10⁻⁷ … 10⁻⁴", off=False)
AGREES = Band("agrees", "right", "≤ 10⁻⁷", off=False)
SIDES = Band("crossed", "right: between both sides of a kink", "", off=False)
NARROWER = Band("kinks", "right, by a narrower nudge", "", off=False)
HIDDEN = Band("kinks", "right: rounding explains it", "", off=False)
OPEN = Band("rounded", "cannot be judged", "", off=True)
UNKNOWN = Band("unknown", "cannot be judged: not finite", "", off=True)


def find_band(relative: float) -> Band:
    """Return the band of a relative difference; NaN is where one of the two is no number."""
    if math.isnan(relative):
        return UNKNOWN
    if relative <= 1e-7:
        return AGREES
    if relative < 1e-4:
        return KINKS
    return UNEASY if relative <= 1e-2 else WRONG


def row_band(row: Row) -> Band:
    """Return the band of a row of the check: its answer, and how it was found."""
    band = find_band(row.relative)
    if row.answer is Answer.OPEN:
        return UNKNOWN if math.isnan(row.relative) else OPEN
    if row.answer is Answer.WRONG:
        return band if band.off else UNEASY
    if not band.off:
        return band
    return SIDES if row.kink else HIDDEN if row.hidden else NARROWER


def by_trouble(row: Row) -> tuple[int, float]:
    """Return by what rows are sorted: what is wrong, what cannot be judged, the larger first."""
    rank = (Answer.WRONG, Answer.OPEN, Answer.RIGHT).index(row.answer)
    return rank, -math.inf if math.isnan(row.relative) else -row.relative
