"""Arrays in CSV: blocks of rows below a name, rows that begin with a name, or a line an entry.

    W1                     W1,0.15,0.2          parameter,value,gradient
    0.15,0.2               W1,0.25,0.3          w1_1_1,0.15,0.00043
    0.25,0.3               b1,0.35,0.35         w1_1_2,0.2,0.00087

Cells are separated by commas, semicolons, tabs, bars or spaces; with all but the first, numbers may
have a decimal comma. A comment of one word is a name: np.savetxt(file, W1, header="W1").
"""

import re

import numpy as np

from backprop.notation.submission.place import (
    LONGEST_NAME,
    NUMBER,
    Array,
    PrintedError,
    quoted,
    unreadable,
)
from backprop.notation.submission.printed_text import PrintedArray

MOST_LINES = 40_000
MOST_CELLS = 2_000  # in a line
MOST_ENTRIES = 5_000  # lines of one entry each
MOST_WORDED = 10_000  # lines with a word in them, which take longer than numbers

_ENTRY = re.compile(r"[^\W\d_]\w*?_?[0-9]+_[0-9]+(?:_[0-9]+)?|[^\W\d]\w*\[[0-9]+(?:, ?[0-9]+)?\]")
_ENTRY_LINE = re.compile(r"(?m)^\"?(?:[^\W\d]\w{0,20}?_?[0-9]{1,5}_[0-9]|[^\W\d]\w{0,20}\[[0-9])")
_COMMENT = re.compile(r"(?m)^[^\S\n]*+#.*")  # never over blank lines, of which there may be many
_GRADIENTS = ("gradient", "grad", "yours", "claimed")
_VALUES = ("value", "parameter value", "weight")


def csv_arrays(text: str) -> list[PrintedArray]:
    """Return the arrays of a table in their order; entries by their names, as arrays of one number.

    Raises:
        PrintedError: a cell is no number, or rows differ in length.
    """
    if text.count("\n") > MOST_LINES:
        raise PrintedError("There are too many lines.", hint=f"At most {MOST_LINES:,} are read.")
    if len(_ENTRY_LINE.findall(text)) > MOST_ENTRIES:
        hint = "Bring arrays, as in W1 = [[0.15, 0.2]], or an .npz file."
        raise PrintedError(f"There are more than {MOST_ENTRIES:,} entries.", hint=hint)
    uncommented = _COMMENT.sub("", text)
    separator = next((sign for sign in "\t;|," if sign in uncommented), None)
    lines = text.split("\n")
    starts = np.cumsum([0, *(len(line) + 1 for line in lines)]).tolist()
    heading: list[str] = []
    blocks: list[tuple[str, list[list[float]], int]] = []
    worded = 0
    for line, start in zip(lines, starts, strict=False):
        if plain := _plain_row(line, separator):
            _add(blocks, plain, text, start)
            continue
        cells = _cells(line, separator, start)
        if not cells:
            continue
        worded += 1
        if worded > MOST_WORDED:
            hint = f"At most {MOST_WORDED:,} lines may have one."
            raise PrintedError("There are too many lines with a word in them.", hint=hint)
        first = cells[0]
        if _is_number(first, separator):
            _add(blocks, _row(text, start, line, cells, separator), text, start)
        elif len(cells) == 1:
            blocks.append((first, [], start))
        elif not any(_is_number(cell, separator) for cell in cells[1:]):
            heading = _heading(cells, text, start)
        else:
            row = _row(text, start, line, cells[1:], separator)
            if len(first) <= LONGEST_NAME and _ENTRY.fullmatch(first):
                blocks += _entries(first, row, heading, start)
                continue
            if not blocks or blocks[-1][0] != first:
                blocks.append((first, [], start))
            _add(blocks, row, text, start)
    return [PrintedArray(name, _shaped(rows), at) for name, rows, at in blocks if rows]


def _plain_row(line: str, separator: str | None) -> list[float]:
    """Return the numbers of a line that has nothing else, quickly; else none."""
    if "_" in line:  # which float() would skip
        return []
    cells = (line if separator == "," else line.replace(",", ".")).split(separator)
    try:
        return list(map(float, cells)) if len(cells) <= MOST_CELLS else []
    except ValueError:
        return []


def _cells(line: str, separator: str | None, start: int) -> list[str]:
    """Return the cells of a line; none of a comment, unless it is one word: a name."""
    cells = [cell.strip().strip('"').strip() for cell in _split(line, separator)]
    while cells and not cells[-1]:
        cells.pop()
    if cells and cells[0].startswith("#"):
        cells = line.strip().lstrip("# ").split()
        return cells if len(cells) == 1 else []
    if len(cells) > MOST_CELLS:
        hint = f"At most {MOST_CELLS:,} are possible."
        raise PrintedError(f"A line has {len(cells):,} cells.", hint=hint, at=start)
    return cells


def _split(line: str, separator: str | None) -> list[str]:
    if separator == "," and "[" in line:  # the comma of W1[0,1] is none
        return re.split(r",(?! ?[0-9]+\])", line)
    return line.split(separator)


def _is_number(cell: str, separator: str | None) -> bool:
    return bool(NUMBER.fullmatch(cell if separator == "," else cell.replace(",", ".")))


def _row(text: str, start: int, line: str, cells: list[str], separator: str | None) -> list[float]:
    row = []
    if separator != ",":
        cells = [cell.replace(",", ".") for cell in cells]
    if "_" not in line:  # which float() would skip
        try:
            return list(map(float, cells))
        except ValueError:
            pass
    for cell in cells:
        if not NUMBER.fullmatch(cell):
            unreadable(text, start + max(line.find(cell), 0), cell)
        row.append(float(cell))
    return row


def _add(
    blocks: list[tuple[str, list[list[float]], int]], row: list[float], text: str, start: int
) -> None:
    """Add a row to the last block; a block without a name begins where there is none."""
    if not blocks:
        blocks.append(("", [], start))
    name, rows, _ = blocks[-1]
    if rows and len(rows[-1]) != len(row):
        line = text.count("\n", 0, start) + 1
        raise PrintedError(
            f"Line {line:,} has {len(row):,} numbers where the line before it has "
            f"{len(rows[-1]):,}.",
            hint=f"All rows of {name or 'an array'} must be equally long.",
            at=start,
        )
    rows.append(row)


def _heading(cells: list[str], text: str, start: int) -> list[str]:
    """Return the columns after the name: which is a value, which a gradient."""
    lowered = [cell.lower() for cell in cells[1:]]
    for cell in lowered:
        if cell not in (*_GRADIENTS, *_VALUES):
            line = text.count("\n", 0, start) + 1
            raise PrintedError(
                f"The column {quoted(cell)} in line {line:,} is not one I know.",
                hint="Call the columns parameter, value, gradient.",
                at=start,
            )
    return lowered


def _entries(
    name: str, row: list[float], heading: list[str], start: int
) -> list[tuple[str, list[list[float]], int]]:
    """Return what a line says of an entry: its value, its gradient, or both."""
    columns = heading or (["value", "gradient"] if len(row) == 2 else ["value"])
    return [
        (f"d{name}" if column in _GRADIENTS else name, [[number]], start)
        for column, number in zip(columns, row, strict=False)
    ]


def _shaped(rows: list[list[float]]) -> Array:
    """Return rows as an array; a line alone has one axis."""
    return np.array(rows[0] if len(rows) == 1 else rows)
