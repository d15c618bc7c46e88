"""A learner's own table: typed or uploaded as text, read without running anything in it.

A cell that is no number, date or yes or no stays the text that was typed, so “=1+1” is four
letters. How each column was read is kept with it, and can be changed.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, pairwise
from typing import Any

import numpy as np

from backprop.training.examples.cells import BYTES, ROWS, VALUES, TableError, read_cells
from backprop.training.examples.columns import LARGEST, Column, Table, not_a_number, too_large
from backprop.training.examples.meaning import MISSING, Reading, distinct_values
from backprop.training.examples.number_cells import (
    PLAIN,
    are_plain,
    likely_decimal,
    possible_decimals,
)
from backprop.training.examples.values import recognise

NAME = 80  # letters in the name of a column
SHOWN = 20  # problems
GROWTH = 5  # canonical text is never so many times as long as what was typed
YEARS = (1800, 2200)
UNIT = 15  # letters of a unit that stands below a name


def read_table(text: str | bytes, *, header: bool | None = None, fewest: int = 2) -> Table:
    """Return the table that a text holds.

    The separator is recognised, whether the first row gives names, and what each column holds:
    numbers in any usual writing, dates, yes and no, or words.

    Args:
        text: CSV as any program writes it, or cells separated by semicolons, tabs, bars or spaces.
        header: says whether the first row gives names, where that is not recognised.
        fewest: columns that there must be.

    Raises:
        TableError: the text is no table, or exceeds a limit; says in which row and column.
    """
    cells = read_cells(text, fewest)
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
    typed = cells.rows[0] if named else [""] * len(rows[0])
    if named and _gives_groups(typed, rows, cells.separator):
        typed, rows = _joined(typed, rows[0]), rows[1:]
    names, places = _distinct(typed), tuple(cells.places[-len(rows) :])
    units: list[str] = []
    if named and _gives_units(rows, cells.separator):
        units, rows, places = [cell.strip("[]() ") for cell in rows[0]], rows[1:], places[1:]
    columns = _columns(names, list(zip(*rows, strict=True)), cells.separator)
    if units:
        pairs = zip(columns, units, strict=True)
        columns = tuple(replace(c, unit=unit) if c.kind == "number" else c for c, unit in pairs)
    table = Table(columns, cells.separator, named, places, comments=cells.comments)
    _check_numbers(table)
    if len(text) * GROWTH > BYTES:
        _check_size(table)
    return table


def read_stored(text: str, columns: Sequence[Mapping[str, Any]], **how: Any) -> Table:
    """Return the table that `Table.text` wrote, its columns as they were read where that is known.

    Args:
        text: as `Table.text` writes it.
        columns: the other fields of each column; none where they were not stored.
        how: separator, header and comments of the file that was brought.
    """
    names, *rows = csv.reader(io.StringIO(text, newline=""))
    typed = list(zip(*rows, strict=True))
    fields = columns or [{"kind": _kind_before(cells)} for cells in typed]
    made = zip(names, typed, fields, strict=True)
    return Table(
        tuple(Column(name=name, cells=cells, **each) for name, cells, each in made),
        kinds_are_stored=bool(columns),
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


def _gives_groups(first: list[str], rows: list[list[str]], separator: str) -> bool:
    """Whether the first row names groups of columns, and the one below it the columns."""
    names, *rest = rows
    begun = [k for k, cell in enumerate(first) if cell]
    spans = any(not cell for cell in first[begun[0] :]) or len(set(first)) < len(first)
    are_words = not any(cell in MISSING or _is_number(cell, separator) for cell in names)
    below = [[row[k] for row in rest] for k in range(len(first))]
    return spans and are_words and any(all(_is_number(c, separator) for c in b) for b in below if b)


def _joined(groups: list[str], names: list[str]) -> list[str]:
    """Return the names of columns, each after that of its group."""
    group, joined = "", []
    for above, name in zip(groups, names, strict=True):
        group = above or group
        joined.append(f"{group} {name}".strip())
    return joined


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
    distinct: dict[str, None] = {}
    for position, typed in enumerate(names, 1):
        shown = "".join(" " if c == "," or not c.isprintable() else c for c in typed)
        name = " ".join(shown.split())[:NAME].rstrip()  # an address parts names by commas
        if name in MISSING:
            name = f"column {position}"
        elif _is_number(name, ";"):
            name = f"column {name[: NAME - 20]}"
        base, count = name, 1
        while name in distinct:
            count += 1
            name = f"{base[: NAME - 20].rstrip()} ({count})"
        distinct[name] = None
    return list(distinct)


def _columns(
    names: Sequence[str], typed: Sequence[Sequence[str]], separator: str
) -> tuple[Column, ...]:
    """Return the columns, each read by its own cells; what they leave open, the others decide."""
    given = [distinct_values(cells) for cells in typed]
    writings = [possible_decimals(different) for different in given]
    certain = {writing for writing in writings if len(writing) == 1}
    by_others = certain.pop() if len(certain) == 1 else ""
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

    The first 20, in the order of the columns, and then how many more there are.
    """
    sentences = (sentence for column in table.columns for sentence in _problems(table, column))
    more = sum(len(c.missing) + len(c.strays) for c in table.columns) - SHOWN
    return (*islice(sentences, SHOWN), *([f"There are {more:,} more."] if more > 0 else []))


def _problems(table: Table, column: Column) -> Iterator[str]:
    for row in column.missing:
        yield f"There is no value in {table.where(row, column)}."
    for row in column.strays:
        yield not_a_number(table, row, column)
