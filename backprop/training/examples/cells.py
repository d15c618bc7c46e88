"""The text of a table becomes rows of cells; nothing in it is ever run.

Rows are counted as in a spreadsheet: the first is 1, blank ones count, and a line break inside
quotation marks starts no new row.
"""

import csv
import io
import re
from collections import Counter
from typing import NamedTuple, NoReturn

from backprop.engine.errors import InputError

BYTES = 1 << 20
ROWS = 2_000  # of data
COLUMNS = 65  # 64 features and a target
LETTERS = 200  # in a cell
LINES = 20_000  # blank ones, and those inside cells, included
SAMPLE = 100  # lines that the separator is recognised by

SEPARATORS = ("\t", ";", "|", ",")  # where two fit equally well, the first
NAMES = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas", " ": "spaces"}
NUMBER = re.compile(r"[-+−]?([0-9]+[.,]?[0-9]*|[.,][0-9]+)([eE][-+]?[0-9]+)?")
DECIMAL_COMMA = re.compile(r"(?<=[0-9]),(?=[0-9])")
MISSING = frozenset({"", "?", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null"})
BLANKS, LINE_ENDS = re.compile(" +"), re.compile(" ?\n ?")
MARK = "\ufeff"  # some programs begin a text with it


class TableError(InputError):
    """A table cannot be read or used; the text says where in it."""

    def __init__(self, what: str, *, hint: str = "", at: int | str | None = "table") -> None:
        super().__init__(what, hint=hint, at=at)


class Cells(NamedTuple):
    """A table as it was typed.

    Attributes:
        separator: what stands between two cells; for a space, any number of them.
        rows: the cells of each row that is not blank, stripped; all rows are equally long.
        places: where each row stands in the file, counted from 1.
    """

    separator: str
    rows: list[list[str]]
    places: list[int]


def read_cells(text: str | bytes) -> Cells:
    """Return the cells of a text: at least one row, and at least two columns.

    Raises:
        TableError: the text is no table, or exceeds a limit.
    """
    decoded = decode(text)
    separator = find_separator(decoded)
    if separator == " ":
        decoded = _single_spaces(decoded)
    rows, places = _rows(decoded, separator)
    if not rows:
        hint = "Give a first row with names, and a row of values below it for each example."
        raise TableError("The table is empty.", hint=hint)
    _drop_empty_ends(rows)
    if len(rows[0]) < 2:
        known = ", ".join(NAMES.values())
        raise TableError(
            "The table has only one column.",
            hint=f"At least a feature and a target are needed, separated by one of: {known}.",
        )
    return Cells(separator, rows, places)


def decode(text: str | bytes) -> str:
    r"""Return the letters of a text, with \n for every line end.

    UTF-8, or UTF-16 where a byte-order mark says so; else what old Windows programs write.

    Raises:
        TableError: more than 1 MiB or 20,000 lines, or a NUL character.
    """
    data = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    if len(data) > BYTES:
        raise TableError(
            f"The table has {len(data):,} bytes.", hint=f"At most {BYTES:,} (1 MiB) are possible."
        )
    letters = _letters(data).replace(MARK, "").replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in letters:
        line = letters.count("\n", 0, letters.index("\0")) + 1
        raise TableError(
            f"There is a NUL character in line {line:,}, so this is no plain text.",
            hint="Save the table as CSV (a spreadsheet can), in UTF-8.",
        )
    if (lines := letters.rstrip("\n").count("\n") + 1) > LINES:
        hint = f"At most {LINES:,} are read, and {ROWS:,} rows of data."
        raise TableError(f"The table has {lines:,} lines.", hint=hint)
    return letters.rstrip("\n")


def _letters(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")  # gives every byte a letter


def find_separator(text: str) -> str:
    """Return what separates the cells: the sign that stands equally often in most lines.

    What is inside quotation marks does not count.
    """
    outside = "".join(text.split('"')[::2])
    lines = [line.strip(" ") for line in outside.split("\n") if line.strip(" ")][:SAMPLE]
    shares = {sign: _agreement([line.count(sign) for line in lines]) for sign in SEPARATORS}
    best = max(SEPARATORS, key=shares.__getitem__)
    words = _agreement([len(BLANKS.findall(line)) for line in lines])
    commas = sum(line.count(",") for line in lines)
    are_decimals = best == "," and commas == sum(len(DECIMAL_COMMA.findall(x)) for x in lines)
    if words and (shares[best] < min(words, 0.5) or (are_decimals and words == 1)):
        return " "
    return best if shares[best] else ","


def _agreement(counts: list[int]) -> float:
    """Return the share of the lines that have the most frequent count, which is not 0."""
    frequent = Counter(count for count in counts if count).most_common(1)
    return frequent[0][1] / len(counts) if frequent else 0.0


def _single_spaces(text: str) -> str:
    """Return the text with one space for many, and none at the ends of lines."""
    parts = text.split('"')
    parts[::2] = [LINE_ENDS.sub("\n", BLANKS.sub(" ", part)) for part in parts[::2]]
    return '"'.join(parts).strip(" ")


def _rows(text: str, separator: str) -> tuple[list[list[str]], list[int]]:
    rows: list[list[str]] = []
    places = []
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=separator != " "
    )
    place = 0
    try:
        for place, row in enumerate(reader, 1):
            cells = [cell.strip() for cell in row]
            if len(cells) < 2 and not any(cells):
                continue
            _check_row(cells, rows, place)
            rows.append(cells)
            places.append(place)
    except csv.Error:  # the one thing it refuses: a cell beyond its own limit
        _refuse_long_cell(place + 1)
    return rows, places


def _check_row(cells: list[str], before: list[list[str]], place: int) -> None:
    if len(cells) > COLUMNS:
        hint = f"At most {COLUMNS} are possible: {COLUMNS - 1} features and a target."
        raise TableError(f"Row {place:,} has {len(cells):,} columns.", hint=hint)
    if len(before) > ROWS:  # the first may be a header
        hint = f"At most {ROWS:,} are possible, and a row of names."
        raise TableError(f"Row {place:,} is one too many.", hint=hint)
    if before and len(cells) != len(before[0]):
        raise TableError(
            f"Row {place:,} has {_cells(len(cells))}, but the first row has {len(before[0])}.",
            hint="Leave a cell empty where a value is missing, but keep its separator.",
        )
    if max(map(len, cells)) > LETTERS:
        _refuse_long_cell(place, next(j for j, c in enumerate(cells, 1) if len(c) > LETTERS))


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def _refuse_long_cell(row: int, column: int | None = None) -> NoReturn:
    where = f"row {row:,}" + (f", column {column}" if column else "")
    raise TableError(
        f"A cell in {where} has more than {LETTERS} letters.",
        hint='Perhaps a quotation mark is left open; in a cell, only “""” means one.',
    )


def _drop_empty_ends(rows: list[list[str]]) -> None:
    """Take away the last columns as long as nothing stands in them, not even a name."""
    while rows[0] and not any(row[-1] for row in rows):
        for row in rows:
            row.pop()
