"""Lines of a calculation, each of which may read results of earlier ones, printed so that all hold.

    m = β₁m + (1 − β₁)g  = 0.900 × 0.077 + (1 − 0.900)·0.0528  = 0.0746
    Δθ = −ηm             = −0.050 × 0.0746                     = −0.00373

A number is printed alike wherever it stands, so a line that needs a digit more of what it reads
may make an earlier line need one more, too.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from backprop.notation.numerals import ALL_DIGITS, agrees, as_factor, read_printed, typed

_LEAST_DIGITS = 3


class Line(NamedTuple):
    """A line: what it gives, what it reads, and how the one follows from the other."""

    gives: str
    reads: tuple[str, ...]
    evaluate: Callable[[Mapping[str, float]], float]


def close_lines(
    lines: Sequence[Line], numbers: Mapping[str, float], settings: frozenset[str]
) -> dict[str, str]:
    """Return the numbers as they are printed: with the fewest digits at which each line holds.

    Args:
        lines: in their order; what a line gives has a name that no other line gives.
        numbers: of every name.
        settings: the names of what was typed, which is printed as it was typed.
    """
    digits = {name: _LEAST_DIGITS for line in lines for name in (*line.reads, line.gives)}
    shown = {name: typed(numbers[name]) if name in settings else "" for name in digits}

    def write(names: Sequence[str]) -> None:
        for name in names:
            if name not in settings:
                shown[name] = as_factor(numbers[name], digits[name], ALL_DIGITS)

    write(tuple(digits))
    for _ in range(len(lines) * ALL_DIGITS):
        open_line = next((line for line in reversed(lines) if not _holds(line, shown)), None)
        if open_line is None:
            break
        finer = [n for n in open_line.reads if n not in settings and digits[n] < ALL_DIGITS]
        if all(read_printed(shown[name]) == numbers[name] for name in open_line.reads):
            finer = [open_line.gives] if digits[open_line.gives] < ALL_DIGITS else []
        if not finer:
            break
        digits |= {name: digits[name] + 1 for name in finer}
        write(finer)
    return shown


def _holds(line: Line, shown: Mapping[str, str]) -> bool:
    again = line.evaluate({name: read_printed(shown[name]) for name in line.reads})
    return agrees(again, shown[line.gives], half_up=True)
