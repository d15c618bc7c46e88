"""A learner's own table: typed or uploaded as text, read without running anything in it.

A cell stays the text that was typed, so “=1+1” is five letters. A column whose every cell is a
number is a column of numbers; every other is one of words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from backprop.training.examples.cells import (
    BYTES,
    MISSING,
    NUMBER,
    ROWS,
    TableError,
    read_cells,
)

Array = NDArray[np.float64]

LARGEST = 1e100  # larger ones overflow as soon as they are squared twice
NAME = 80  # letters in the name of a column
SHOWN = 20  # problems
SIGNS = re.compile(r"[-+.0-9eE\n]+")  # what numbers are written with, one a line
RISKY = re.compile(r"""[,;|\t"' \n]""")  # what must stand in quotation marks
GROWTH = 5  # canonical text is never so many times as long as what was typed


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        name: as the first row says it; made distinct, and never empty or a number.
        kind: "numbers" or "words".
        cells: as typed, with a decimal point in numbers; empty where a value is missing.
    """

    name: str
    kind: str
    cells: tuple[str, ...]

    @property
    def values(self) -> Array:
        """The numbers [rows], NaN where one is missing; only of a column of numbers."""
        return np.array([float(cell) if cell else np.nan for cell in self.cells])

    @property
    def categories(self) -> tuple[str, ...]:
        """The different texts, as they first appear."""
        return tuple(dict.fromkeys(cell for cell in self.cells if cell))

    @property
    def missing(self) -> tuple[int, ...]:
        """The rows, counted from 0, whose value is missing."""
        return tuple(row for row, cell in enumerate(self.cells) if not cell)

    def quoted(self) -> tuple[str, ...]:
        """Return the cells as CSV writes them."""
        return self.cells if self.kind == "numbers" else tuple(map(_quoted, self.cells))


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equally many cells; two tables are the same if their columns are.

    Attributes:
        separator: what stood between the cells: one of "," ";" "|", a tab or a space.
        header: whether the first row gave the names.
        places: where each row stood in the file, counted from 1.
    """

    columns: tuple[Column, ...]
    separator: str = field(default=",", compare=False)
    header: bool = field(default=True, compare=False)
    places: tuple[int, ...] = field(default=(), compare=False)

    @property
    def size(self) -> int:
        """How many rows of data there are."""
        return len(self.columns[0].cells)

    @property
    def names(self) -> tuple[str, ...]:
        """What the columns are called."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return the column of this name.

        Raises:
            TableError: there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        hint = f"There are {', '.join(self.names[:20])}."
        raise TableError(f"There is no column “{name[:40]}” in the table.", hint=hint)

    def where(self, row: int, column: Column) -> str:
        """Return how a person finds a cell in the file; the row is counted from 0."""
        place = self.places[row] if self.places else row + 2
        return f"row {place:,}, column {self.columns.index(column) + 1} (“{column.name}”)"

    def text(self) -> str:
        """Return the table as CSV: a row of names, and commas; read again, it is the same table."""
        names = ",".join(map(_quoted, self.names))
        rows = zip(*(column.quoted() for column in self.columns), strict=True)
        return "\n".join((names, *map(",".join, rows), ""))


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if RISKY.search(cell) else cell


def read_table(text: str | bytes, *, header: bool | None = None) -> Table:
    """Return the table that a text holds.

    The separator is recognised, and whether the first row gives names: it does if no number
    stands in it. Numbers may have a decimal comma where the separator is none.

    Args:
        text: CSV as any program writes it, or cells separated by semicolons, tabs, bars or spaces.
        header: says whether the first row gives names, where that is not recognised.

    Raises:
        TableError: the text is no table, or exceeds a limit; says in which row and column.
    """
    cells = read_cells(text)
    first, comma = cells.rows[0], cells.separator != ","
    named = header if header is not None else _names_columns(first, comma)
    rows = cells.rows[1:] if named else cells.rows
    if not rows:
        hint = "Give a row of values for each example below it."
        raise TableError("The table has a row of names and nothing else.", hint=hint)
    if len(rows) > ROWS:
        hint = f"At most {ROWS:,} are possible."
        raise TableError(f"The table has {len(rows):,} rows.", hint=hint)
    names = _distinct(first if named else [""] * len(first))
    typed = zip(*rows, strict=True)
    columns = tuple(_column(name, each, comma) for name, each in zip(names, typed, strict=True))
    places = tuple(cells.places[1:] if named else cells.places)
    table = Table(columns, cells.separator, named, places)
    _check_numbers(table)
    if len(text) * GROWTH > BYTES:
        _check_size(table)
    return table


def _names_columns(first: list[str], comma: bool) -> bool:
    numbers = (NUMBER.fullmatch(cell) and (comma or "," not in cell) for cell in first)
    return not any(numbers) and not all(cell in MISSING for cell in first)


def _distinct(names: list[str]) -> list[str]:
    """Return names that differ, none of them empty, a number, or too long for an address."""
    found: dict[str, None] = {}
    for position, typed in enumerate(names, 1):
        shown = "".join(" " if c == "," or not c.isprintable() else c for c in typed)
        name = " ".join(shown.split())[:NAME].rstrip()  # an address parts names by commas
        if name in MISSING:
            name = f"column {position}"
        elif NUMBER.fullmatch(name):
            name = f"column {name[: NAME - 20]}"
        base, count = name, 1
        while name in found:
            count += 1
            name = f"{base[: NAME - 20].rstrip()} ({count})"
        found[name] = None
    return list(found)


def _column(name: str, typed: tuple[str, ...], comma: bool) -> Column:
    cells = tuple("" if cell in MISSING else cell for cell in typed)
    given = list(filter(None, cells))
    joined = "\n".join(given).replace("−", "-")
    if comma and "." not in joined:
        joined = joined.replace(",", ".")
    numbers = joined.split("\n") if given else []
    if len(numbers) != len(given) or not _are_numbers(joined, numbers):
        return Column(name, "words", cells)
    following = iter(numbers)
    return Column(name, "numbers", tuple(cell and next(following) for cell in cells))


def _are_numbers(joined: str, cells: list[str]) -> bool:
    if joined and not SIGNS.fullmatch(joined):
        return False
    try:
        list(map(float, cells))
    except ValueError:
        return False
    return True


def _check_numbers(table: Table) -> None:
    for column in table.columns:
        if column.kind == "words" or not _may_be_large(column.cells):
            continue
        large = np.flatnonzero(np.abs(column.values) > LARGEST)
        if len(large):
            raise TableError(
                f"The number in {table.where(int(large[0]), column)} is too large.",
                hint=f"Its magnitude can be {LARGEST:g} at most.",
            )


def _may_be_large(cells: tuple[str, ...]) -> bool:
    """Whether a number is written with an exponent, or very long: few are, and it is quick."""
    return max(map(len, cells)) > 100 or "e" in " ".join(cells).lower()


def _check_size(table: Table) -> None:
    size = len(table.text().encode())
    if size > BYTES:
        hint = f"At most {BYTES:,} (1 MiB) are possible."
        raise TableError(f"The table, written as CSV in UTF-8, has {size:,} bytes.", hint=hint)


def problems(table: Table) -> tuple[str, ...]:
    """Return a sentence for each cell that may be in the way: missing values, and words.

    The first 20 are told, in the order of the columns, and how many more there are.
    """
    found = [told for column in table.columns for told in _problems(table, column)]
    more = len(found) - SHOWN
    return (*found[:SHOWN], *([f"There are {more:,} more."] if more > 0 else []))


def _problems(table: Table, column: Column) -> Iterator[str]:
    for row in column.missing:
        yield f"There is no value in {table.where(row, column)}."
    if column.kind == "words":
        given = [(row, cell) for row, cell in enumerate(column.cells) if cell]
        words = [(row, cell) for row, cell in given if not NUMBER.fullmatch(cell)] or given
        mostly_numbers = len(words) < len(given) / 2
        for row, cell in words if mostly_numbers else words[:1]:
            yield not_a_number(table, row, column, cell)


def not_a_number(table: Table, row: int, column: Column, cell: str) -> str:
    """Return the sentence that a cell holds words."""
    return f"“{cell[:40]}” in {table.where(row, column)} is not a number."
