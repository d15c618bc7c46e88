"""What the cells of a column mean: the form in which all kinds of readers give it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

MISSING = frozenset(
    {
        *("", "?", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NAN", "NaT", "\\N"),
        *("NULL", "null", "Null", "(null)", "<null>"),
    }
)
DASHES = frozenset({"-", "--", "---", "–", "—", "−", ".", "..", "...", "…", "_", "*"})
NO_VALUE = DASHES | {  # beside numbers; among words they may be words
    *("na", "N.A.", "n.a.", "n.d.", "nd", "N/D", "n/d", "k.A.", "k. A.", "None", "none", "NONE"),
    *("nil", "missing", "Missing", "unknown", "Unknown", "no data"),
    *("#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "#NULL!", "#NV", "#WERT!", "#BEZUG!"),
}
NOTHING = MISSING | NO_VALUE
ONE_SIGN = str.maketrans(
    dict.fromkeys("−–‒﹣－", "-")
    | dict.fromkeys("\u00a0\u2007\u2009\u202f", " ")
    | {"’": "'", "．": ".", "，": ",", "٫": ".", "٬": ","}
    | {chr(zero + k): str(k) for zero in (0xFF10, 0x0660, 0x06F0) for k in range(10)}
)


class Reading(NamedTuple):
    """The cells of a column, read as one kind.

    Attributes:
        kind: "number", "yes_no", "date" or "words".
        cells: in canonical writing; empty where there is no value.
        unit: what stands beside the numbers: “$”, “m²”, “%”.
        odd: the rows, counted from 0, whose cell cannot be read so; it is left empty.
    """

    kind: str
    cells: tuple[str, ...]
    unit: str = ""
    odd: tuple[int, ...] = ()


class Meaning(NamedTuple):
    """What the different cells of a column mean as one kind; empty where they mean nothing."""

    kind: str
    of: Mapping[str, str]
    unit: str = ""

    def reading(self, cells: Sequence[str]) -> Reading:
        """Return all cells of the column in this meaning."""
        odd = {cell for cell, meant in self.of.items() if not meant}
        rows = tuple(row for row, cell in enumerate(cells) if cell in odd) if odd else ()
        nothing = dict.fromkeys(set(cells) - self.of.keys(), "")
        meant = {**self.of, **nothing}
        return Reading(self.kind, tuple(map(meant.__getitem__, cells)), self.unit, rows)


def distinct_values(cells: Sequence[str]) -> list[str]:
    """Return the different cells of a column that may be values, as they first appear."""
    different = dict.fromkeys(cells)
    if different.keys().isdisjoint(NOTHING):
        return list(different)
    return [cell for cell in different if cell not in NOTHING]
