"""A learner's own table: typed or uploaded as text, read without running anything in it.

A cell that is no number, date or yes or no stays the text that was typed, so “=1+1” is four
letters. How each column was read is kept with it, and can be changed.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import islice, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop.training.examples.cells import BYTES, ROWS, VALUES, TableError, read_cells
from backprop.training.examples.values import (
    MISSING,
    PLAIN,
    Reading,
    are_plain,
    given_in,
    likely_decimal,
    may_be_number,
    read_as,
    recognise,
    writings_of,
)

Array = NDArray[np.float64]

LARGEST = 1e100  # larger ones overflow as soon as they are squared twice
NAME = 80  # letters in the name of a column
SHOWN = 20  # problems
RISKY = re.compile(r"""[,;|\t"' \n]""")  # what must stand in quotation marks
GROWTH = 5  # canonical text is never so many times as long as what was typed
YEARS = (1800, 2200)
STRAY = 0.34  # of a column's cells that are words, at most, where it is one of numbers
UNIT = 15  # letters of a unit that stands below a name


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        name: as the first row says it; made distinct, and never empty or a number.
        kind: "number", "words", "yes_no" or "date": what all its cells can be read as.
        cells: in canonical writing, as values.py says; empty where a value is missing.
        unit: what stood beside its numbers.
        typed, read: a cell as it was typed, and as it is read, where that is not the same.
        decimal: of words, “.” or “,”: what would begin the decimals of numbers among them.
    """

    name: str
    kind: str
    cells: tuple[str, ...]
    unit: str = ""
    typed: str = ""
    read: str = ""
    decimal: str = ""

    @cached_property
    def values(self) -> Array:
        """The numbers [rows], NaN where one is missing; only of a column of kind "number"."""
        if not self.missing:
            return np.array(list(map(float, self.cells)))
        return np.array([float(cell) if cell else np.nan for cell in self.cells])

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """The different texts, as they first appear."""
        return tuple(filter(None, dict.fromkeys(self.cells)))

    @property
    def size(self) -> int:
        """How many values there are."""
        return len(self.cells) - self.cells.count("")

    @cached_property
    def missing(self) -> tuple[int, ...]:
        """The rows, counted from 0, whose value is missing."""
        if "" not in self.cells:
            return ()
        return tuple(row for row, cell in enumerate(self.cells) if not cell)

    @cached_property
    def strays(self) -> tuple[int, ...]:
        """The rows, counted from 0, of a few words among numbers; none where words are many."""
        some = self.categories[:SHOWN]
        numbers = sum(map(may_be_number, some))
        if self.kind != "words" or 2 * numbers < len(some):
            return ()
        odd = self.read_as("number").odd
        return odd if len(odd) <= STRAY * self.size and self.size - len(odd) > 1 else ()

    def read_as(self, kind: str) -> Reading:
        """Return the cells as another kind; those that cannot be read so are left empty."""
        if kind in (self.kind, "words"):
            return Reading(kind, self.cells, self.unit if kind == self.kind else "")
        return _read_as(self, kind)

    def quoted(self) -> tuple[str, ...]:
        """Return the cells as CSV writes them."""
        are_words = self.kind == "words" and RISKY.search("".join(self.categories))
        return tuple(map(_quoted, self.cells)) if are_words else self.cells


@lru_cache(maxsize=256)
def _read_as(column: Column, kind: str) -> Reading:
    return read_as(kind, column.cells, column.decimal)


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equally many cells; two tables are the same if their columns are.

    Attributes:
        separator: what stood between the cells: one of "," ";" "|", a tab or a space.
        header: whether the first row gave the names.
        places: where each row stood in the file, counted from 1.
        kinds_are_said: whether the columns' kinds were recognised when it was brought; in a table
            of an older version there are but numbers and words.
        comments: how many lines of comment were passed over.
    """

    columns: tuple[Column, ...]
    separator: str = field(default=",", compare=False)
    header: bool = field(default=True, compare=False)
    places: tuple[int, ...] = field(default=(), compare=False)
    kinds_are_said: bool = True
    comments: int = field(default=0, compare=False)

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
        return f"row {place:,}, column {self.names.index(column.name) + 1} (“{column.name}”)"

    def text(self) -> str:
        """Return the table as CSV: a row of names, and commas; read again, it is the same table."""
        names = ",".join(map(_quoted, self.names))
        rows = zip(*(column.quoted() for column in self.columns), strict=True)
        return "\n".join((names, *map(",".join, rows), ""))


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if RISKY.search(cell) else cell


def read_table(text: str | bytes, *, header: bool | None = None) -> Table:
    """Return the table that a text holds.

    The separator is recognised, whether the first row gives names, and what each column holds:
    numbers in any usual writing, dates, yes and no, or words.

    Args:
        text: CSV as any program writes it, or cells separated by semicolons, tabs, bars or spaces.
        header: says whether the first row gives names, where that is not recognised.

    Raises:
        TableError: the text is no table, or exceeds a limit; says in which row and column.
    """
    cells = read_cells(text)
    named = header if header is not None else _names_columns(cells.rows, cells.separator)
    rows = cells.rows[1:] if named else cells.rows
    if not rows:
        hint = "Give a row of values for each example below it."
        raise TableError("The table has a row of names and nothing else.", hint=hint)
    if len(rows) > ROWS:
        hint = f"At most {ROWS:,} are possible."
        raise TableError(f"The table has {len(rows):,} rows.", hint=hint)
    if (count := len(rows) * len(rows[0])) > VALUES:
        hint = f"At most {VALUES:,} are possible: leave out rows, or columns."
        raise TableError(
            f"The table has {len(rows):,} rows of {len(rows[0])} columns: {count:,} values.",
            hint=hint,
        )
    names = _distinct(cells.rows[0] if named else [""] * len(rows[0]))
    places = tuple(cells.places[-len(rows) :])
    units: list[str] = []
    if named and _gives_units(rows, cells.separator):
        units, rows, places = [cell.strip("[]() ") for cell in rows[0]], rows[1:], places[1:]
    columns = _columns(names, list(zip(*rows, strict=True)), cells.separator)
    if units:
        told = zip(columns, units, strict=True)
        columns = tuple(replace(c, unit=unit) if c.kind == "number" else c for c, unit in told)
    table = Table(columns, cells.separator, named, places, comments=cells.comments)
    _check_numbers(table)
    if len(text) * GROWTH > BYTES:
        _check_size(table)
    return table


def read_stored(text: str, columns: Sequence[Mapping[str, Any]], **how: Any) -> Table:
    """Return the table that `Table.text` wrote, whose columns are said; of an older version, not.

    Args:
        text: as `Table.text` writes it.
        columns: the other fields of each column; none where they were not said.
        how: separator, header and comments of the file that was brought.
    """
    names, *rows = csv.reader(io.StringIO(text, newline=""))
    typed = list(zip(*rows, strict=True))
    said = columns or [{"kind": _kind_before(cells)} for cells in typed]
    made = zip(names, typed, said, strict=True)
    return Table(
        tuple(Column(name=name, cells=cells, **each) for name, cells, each in made),
        kinds_are_said=bool(columns),
        **how,
    )


def _kind_before(cells: Sequence[str]) -> str:
    given = [cell for cell in cells if cell]
    return "number" if not given or are_plain(given) else "words"


def _names_columns(rows: list[list[str]], separator: str) -> bool:
    """Whether the first row gives names: no number stands in it, or all of them are names too.

    Numbers are names where they count up (years, or 1, 2, 3 … beside a word that stands above
    numbers), and where more words stand above numbers than there are numbers in the row.
    """
    first, *rest = rows
    if all(cell in MISSING for cell in first):
        return False
    numbers = [k for k, cell in enumerate(first) if _is_number(cell, separator)]
    if not numbers:
        return True
    above = [k for k, cell in enumerate(first) if k not in numbers and cell not in MISSING]
    named = [k for k in above if rest and all(_is_number(row[k], separator) for row in rest)]
    if len(named) > len(numbers):
        return True
    whole = [int(first[k]) for k in numbers if first[k].isdecimal()]
    counts_up = len(whole) == len(numbers) > 1 and len({b - a for a, b in pairwise(whole)}) == 1
    if not counts_up or whole[1] != whole[0] + 1:
        return False
    are_years = YEARS[0] < whole[0] < YEARS[1] and not any(
        row[k].isdecimal() and YEARS[0] < int(row[k]) < YEARS[1] for row in rest for k in numbers
    )
    return bool(rest) and (are_years or bool(named))


def _gives_units(rows: list[list[str]], separator: str) -> bool:
    """Whether the row below the names gives units: short words above numbers, else nothing."""
    first, *rest = rows
    columns = [k for k, cell in enumerate(first) if cell]
    if not columns or len(rest) < 2 or any(len(first[k]) > UNIT for k in columns):
        return False
    are_words = not any(_is_number(first[k], separator) or first[k] in MISSING for k in columns)
    below = ([row[k] for row in rest if row[k] not in MISSING] for k in columns)
    return are_words and all(c and all(_is_number(x, separator) for x in c) for c in below)


def _is_number(cell: str, separator: str) -> bool:
    plain = cell.replace("−", "-").replace(",", "." if separator != "," else ",")
    return bool(PLAIN.fullmatch(plain))


def _distinct(names: list[str]) -> list[str]:
    """Return names that differ, none of them empty, a number, or too long for an address."""
    found: dict[str, None] = {}
    for position, typed in enumerate(names, 1):
        shown = "".join(" " if c == "," or not c.isprintable() else c for c in typed)
        name = " ".join(shown.split())[:NAME].rstrip()  # an address parts names by commas
        if name in MISSING:
            name = f"column {position}"
        elif _is_number(name, ";"):
            name = f"column {name[: NAME - 20]}"
        base, count = name, 1
        while name in found:
            count += 1
            name = f"{base[: NAME - 20].rstrip()} ({count})"
        found[name] = None
    return list(found)


def _columns(
    names: Sequence[str], typed: Sequence[Sequence[str]], separator: str
) -> tuple[Column, ...]:
    """Return the columns, each read by its own cells; what they leave open, the others decide."""
    given = [given_in(cells) for cells in typed]
    writings = [writings_of(different) for different in given]
    told = {writing for writing in writings if len(writing) == 1}
    by_others = told.pop() if len(told) == 1 else ""
    day_first = separator == ";" or by_others == ","
    columns = []
    for name, cells, different, writing in zip(names, typed, given, writings, strict=True):
        decimal = writing
        if len(writing) != 1:
            decimal = by_others or likely_decimal(different, separator)
        reading = recognise(cells, decimal, day_first=day_first, given=different)
        kind, read, unit, _ = reading
        decimal = decimal if kind == "words" else ""
        columns.append(Column(name, kind, read, unit, *_changed(cells, reading), decimal))
    return tuple(columns)


def _changed(typed: Sequence[str], reading: Reading) -> tuple[str, str]:
    """Return the first cell that is read as something else than it was typed, and as what."""
    if reading.kind == "words" or typed == reading.cells:
        return "", ""
    pairs = zip(typed, reading.cells, strict=True)
    return next(((cell, read) for cell, read in pairs if read and cell != read), ("", ""))


def _check_numbers(table: Table) -> None:
    for column in table.columns:
        if column.kind != "number" or not _may_be_large(column.cells):
            continue
        large = np.flatnonzero(np.abs(column.values) > LARGEST)
        if len(large):
            raise too_large(table, int(large[0]), column)


def too_large(table: Table, row: int, column: Column, at: str = "table") -> TableError:
    """Return the refusal of a number that would overflow."""
    what = f"The number in {table.where(row, column)} is too large."
    return TableError(what, hint=f"Its magnitude can be {LARGEST:g} at most.", at=at)


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
    found = (told for column in table.columns for told in _problems(table, column))
    more = sum(len(c.missing) + len(c.strays) for c in table.columns) - SHOWN
    return (*islice(found, SHOWN), *([f"There are {more:,} more."] if more > 0 else []))


def _problems(table: Table, column: Column) -> Iterator[str]:
    for row in column.missing:
        yield f"There is no value in {table.where(row, column)}."
    for row in column.strays:
        yield not_a_number(table, row, column)


def not_a_number(table: Table, row: int, column: Column) -> str:
    """Return the sentence that a cell holds words."""
    return f"“{column.cells[row][:40]}” in {table.where(row, column)} is not a number."
