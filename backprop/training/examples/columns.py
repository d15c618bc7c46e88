"""A table as it was read: columns of cells in canonical writing, each with its kind."""

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from backprop.training.examples.cells import TableError
from backprop.training.examples.meaning import Reading
from backprop.training.examples.number_cells import may_be_number
from backprop.training.examples.values import read_as

Array = NDArray[np.float64]
LARGEST = 1e100  # larger ones overflow as soon as they are squared twice
RISKY = re.compile(r"""[,;|\t"' \n]""")  # what must stand in quotation marks
SAMPLE = 20  # different cells that tell whether a column is mostly of numbers
STRAY = 0.34  # of a column's cells that are words, at most, where it is one of numbers


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

    @property
    def recognised(self) -> dict[str, str]:
        """How it was read: what is kept beside its name and its cells."""
        names = ("kind", "unit", "typed", "read", "decimal")
        return {name: getattr(self, name) for name in names}

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
        some = self.categories[:SAMPLE]
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
        kinds_are_stored: whether the columns' kinds were recognised when it was brought; in a table
            of an older version there are but numbers and words.
        comments: how many lines of comment were passed over.
    """

    columns: tuple[Column, ...]
    separator: str = field(default=",", compare=False)
    header: bool = field(default=True, compare=False)
    places: tuple[int, ...] = field(default=(), compare=False)
    kinds_are_stored: bool = True
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


def too_large(table: Table, row: int, column: Column, at: str = "table") -> TableError:
    """Return the refusal of a number that would overflow."""
    what = f"The number in {table.where(row, column)} is too large."
    return TableError(what, hint=f"Its magnitude can be {LARGEST:g} at most.", at=at)


def not_a_number(table: Table, row: int, column: Column) -> str:
    """Return the sentence that a cell holds words."""
    return f"“{column.cells[row][:40]}” in {table.where(row, column)} is not a number."
