"""What a page shows of a program with a bug: its lines, and the check of each leaf."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop.engine.differences.programs import ProgramCheck
from backprop.engine.network import Array
from backprop.lessons.find_the_bug.program_bug import TEXTS, ProgramBug
from backprop.notation.numerals import short

CLOSE = 1e-4  # a relative difference of a ratio from 1 that is none


@dataclass(frozen=True, slots=True)
class LeafRatio:
    """The gradient of a leaf, claimed divided by measured.

    Attributes:
        name: dW1.
        words: “1”, one number for all entries, or from which to which they go.
        off: whether it is not 1.
    """

    name: str
    words: str
    off: bool


@dataclass(frozen=True, slots=True)
class ProgramShown:
    """A program and the check of its leaves; no markup."""

    lines: tuple[str, ...]
    leaves: tuple[LeafRatio, ...]


@lru_cache(maxsize=64)
def show_program(bug: ProgramBug) -> ProgramShown:
    """Return the program, and each leaf's gradient divided by what nudging measures."""
    check = ProgramCheck(bug.slips.trace, bug.claimed)
    leaves = []
    for name, array in check.parameters.items():
        rows = check.at([(name, place) for place in np.ndindex(array.shape)]).rows
        claimed, measured = (
            np.array([getattr(row, column) for row in rows]) for column in ("analytic", "numeric")
        )
        leaves.append(_ratio(name, claimed, measured, check.largest))
    return ProgramShown(tuple(TEXTS[bug.name].splitlines()), tuple(leaves))


def _ratio(name: str, claimed: Array, measured: Array, largest: float) -> LeafRatio:
    counts = np.abs(measured) > CLOSE * largest  # of what is nearly 0 a ratio says nothing
    off = bool(np.any(np.abs(claimed - measured) > CLOSE * largest))
    if not off:
        return LeafRatio(f"d{name}", "1", off=False)
    if not counts.any():
        return LeafRatio(f"d{name}", "not 0, as it should be", off=True)
    ratios = claimed[counts] / measured[counts]
    low, high = float(ratios.min()), float(ratios.max())
    one = abs(high - low) <= CLOSE * max(abs(low), abs(high))
    return LeafRatio(f"d{name}", short(low) if one else f"{short(low)} … {short(high)}", off=True)
