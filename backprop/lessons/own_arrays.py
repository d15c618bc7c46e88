"""The arrays of a brought gradient at a glance: a square for each entry."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from backprop.notation.submission import Submission
from backprop.notation.submission_report import (
    DIGITS,
    KINK,
    NO_VALUE,
    RIGHT,
    UNEASY,
    WRONG,
    Finding,
)
from backprop.notation.submission_text import Told

MOST_CELLS = 2_048  # entries of an array that are drawn, each a square
MOST_ACROSS = 64
LARGE = 24  # rows or columns up to which the squares are large
STATES = {
    RIGHT: "right",
    DIGITS: "right",
    KINK: "right",
    UNEASY: "uneasy",
    WRONG: "wrong",
    NO_VALUE: "uneasy",
}


@dataclass(frozen=True, slots=True)
class ArrayShown:
    """One array at a glance: a square for each entry; none where they would be too many."""

    name: str
    words: str
    large: bool
    cells: tuple[tuple[tuple[str, str], ...], ...]  # (entry, state), row by row


def arrays_of(told: Told) -> tuple[ArrayShown, ...]:
    """Return a network's arrays in their order, whatever the order of the findings."""
    if not isinstance(told.submission, Submission):
        return ()
    states = {each.name: STATES[each.verdict] for each in told.checked.findings}
    wrong = Counter(array_of(each) for each in told.checked.findings if not each.ok)
    return tuple(
        ArrayShown(
            name,
            _not_right(wrong[name], prod(shape)),
            max(shape) <= LARGE,
            _cells(name, shape, states),
        )
        for name, shape in told.submission.network.shapes.items()
    )


def array_of(finding: Finding) -> str:
    """Return the array that an entry belongs to, or the variable."""
    return finding.name.partition("[")[0]


def _not_right(wrong: int, count: int) -> str:
    if not wrong:
        return "right"
    if wrong == count:
        return f"all {count:,} not right" if count > 1 else "not right"
    return f"{wrong:,} of {count:,} not right"


def _cells(
    name: str, shape: tuple[int, ...], states: Mapping[str, str]
) -> tuple[tuple[tuple[str, str], ...], ...]:
    down, across = shape if len(shape) == 2 else (shape[0], 1)
    if across > MOST_ACROSS or down * across > MOST_CELLS:
        return ()

    def entry(i: int, j: int) -> tuple[str, str]:
        full = f"{name}[{i},{j}]" if len(shape) == 2 else f"{name}[{i}]"
        return full, states[full]

    return tuple(tuple(entry(i, j) for j in range(across)) for i in range(down))
