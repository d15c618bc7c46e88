"""What a relative difference means: the bands of the CS231n notes, in words.

> 1e-2 wrong      1e-4 … 1e-2 uneasy      < 1e-4 fine, but only with kinks      ≤ 1e-7 agrees

Source: Karpathy, CS231n notes, “Gradient checks”.
"""

import math
from dataclasses import dataclass

from backprop.engine.differences.report import Row


@dataclass(frozen=True, slots=True)
class Band:
    """A range of relative differences."""

    name: str  # for the style
    verdict: str  # what it means, in a word or three
    reach: str  # the range, as it is written
    off: bool  # whether something has to be looked at


WRONG = Band("wrong", "wrong", "> 10⁻²", off=True)
UNEASY = Band("uneasy", "uneasy", "10⁻⁴ … 10⁻²", off=True)
KINKS = Band("kinks", "fine only with kinks", "10⁻⁷ … 10⁻⁴", off=False)
AGREES = Band("agrees", "agrees", "≤ 10⁻⁷", off=False)
BANDS = (WRONG, UNEASY, KINKS, AGREES)
CROSSED = Band("crossed", "a kink was crossed", "", off=True)
HIDDEN = Band("rounded", "rounding hides it: not decided", "", off=False)
UNKNOWN = Band("unknown", "no number to compare", "", off=True)


def find_band(relative: float, *, kink: bool = False, hidden: bool = False) -> Band:
    """Return the band of a relative difference; a nudge across a kink proves nothing.

    Args:
        relative: NaN where one of the two is no number.
        kink: whether a kink lies between the two points of the nudge.
        hidden: whether rounding alone explains the difference.
    """
    if math.isnan(relative):
        return UNKNOWN
    if kink:
        return CROSSED
    if relative <= 1e-7:
        return AGREES
    if hidden and relative > 1e-4:
        return HIDDEN
    if relative < 1e-4:
        return KINKS
    return UNEASY if relative <= 1e-2 else WRONG


def row_band(row: Row) -> Band:
    """Return the band of a row of the check."""
    return find_band(row.relative, kink=row.kink, hidden=row.hidden)


def by_trouble(row: Row) -> tuple[int, float]:
    """Return by what rows are sorted, so that the worst comes first.

    What is accused comes before what rounding hides or a kink keeps open.
    """
    if math.isnan(row.relative):
        return 0, 0.0
    return 1 if row.fails() else 2, -row.relative
