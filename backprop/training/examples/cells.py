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
from backprop.training.examples.number_cells import PLAIN

BYTES = 1 << 20
ROWS = 2_000  # of data
COLUMNS = 100  # that are read; a network is given 64 inputs at most
VALUES = 40_000  # that are read and shown within a request: 2,000 rows of 20 columns
LETTERS = 200  # in a cell
LINES = 20_000  # blank ones, and those inside cells, included
SAMPLE = 100  # lines that the separator is recognised by

SEPARATORS = ("\t", ";", "|", ",")  # where two fit equally well, the first
NAMES = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas", " ": "spaces"}
DECIMAL_COMMA = re.compile(r"(?<=[0-9]),(?=[0-9])")
BLANKS, LINE_ENDS = re.compile("[ \t]+"), re.compile(" ?\n ?")
SEPARATOR_LINE = re.compile(r"\s*\"?sep=(.)\"?\s*\n", re.IGNORECASE)  # a first line for Excel
SPACED_NUMBERS = re.compile(r"(?:[-+.0-9eE]+ +){2}[-+.0-9eE]")
DRAWN = re.compile(r"[\s|+:=-]*")  # what a rule between rows is made of
WORD = re.compile(r"[^\W\d_]{2}")
NOTE = re.compile(r"[*†‡(]|[^:]+: |(?:source|note|quelle|fuente|total)\b", re.IGNORECASE)
MARK = "\ufeff"  # some programs begin a text with it
OTHER_FILES = (  # how files begin that are no text, and what they are
    (b"PK\x03\x04", "an Excel workbook (.xlsx) or another zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed file (.gz)"),
    (b"PAR1", "a Parquet file"),
    (b"\x93NUMPY", "a NumPy array (.npy)"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"SQLite format 3", "a database"),
    (b"\x89HDF", "an HDF5 file"),
    (b"{\\rtf", "a text document (.rtf)"),
    (b"{", "JSON"),
    (b"[{", "JSON"),
    (b"[[", "a list in brackets (JSON, or a printed array)"),
    (b"<!doctype", "a web page"),
    (b"<html", "a web page"),
    (b"<table", "a web page"),
    (b"<?xml", "XML"),
    (b"@relation", "an ARFF file of Weka"),
)


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
        comments: how many lines of comment, titles and notes were passed over.
    """

    separator: str
    rows: list[list[str]]
    places: list[int]
    comments: int = 0


def _is_rule(text: str) -> bool:
    """Return whether a line, or a cell, is drawn; by one pattern it took seconds to deny."""
    return ("--" in text or "==" in text) and DRAWN.fullmatch(text) is not None


def read_cells(text: str | bytes, fewest: int = 2) -> Cells:
    """Return the cells of a text: at least one row, and at least so many columns.

    Raises:
        TableError: the text is no table, or exceeds a limit.
    """
    decoded = decode(text)
    first_line = SEPARATOR_LINE.match(decoded)
    decoded = decoded[first_line.end() :] if first_line else decoded
    separator = first_line[1] if first_line else find_separator(decoded)
    decoded, comments = _without_comments(decoded, separator)
    if separator == " ":
        decoded = _single_spaces(decoded)
    rows, places = _rows(decoded, separator, 1 if first_line else 0)
    if not rows:
        hint = "Give a first row with names, and a row of values below it for each example."
        raise TableError("The table is empty.", hint=hint)
    titles = _count_titles(rows)
    notes = _count_notes(rows[titles:])
    del rows[:titles], places[:titles]
    del rows[len(rows) - notes :], places[len(places) - notes :]
    _make_even(rows, places, separator)
    _drop_empty_ends(rows)
    if len(rows[0]) < fewest:
        known = ", ".join(NAMES.values())
        raise TableError(
            "The table has only one column.",
            hint=f"At least a feature and a target are needed, separated by one of: {known}.",
        )
    return Cells(separator, rows, places, comments + titles + notes)


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
    _refuse_other_files(data)
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


def _refuse_other_files(data: bytes) -> None:
    beginning = data[:64].lstrip(b"\xef\xbb\xbf \r\n\t")
    for start, what in OTHER_FILES:
        if beginning.startswith(start) or beginning.lower().startswith(start):
            hint = "Open it where it was made, and save the table as CSV (UTF-8)."
            raise TableError(f"This is {what}, not a table as text.", hint=hint)


def _letters(data: bytes) -> str:
    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return data.decode("utf-32", "replace")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    halves = data[:400:2], data[1:400:2]
    zeros = [half.count(0) * 4 > 3 * len(half) > 9 for half in halves]
    if zeros[0] != zeros[1]:  # every other byte is 0: UTF-16 without a mark
        return data.decode("utf-16-be" if zeros[0] else "utf-16-le", "replace")
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
    stripped = (line.strip(" ") for line in outside.split("\n"))
    lines = [line for line in stripped if line and not _is_rule(line)]
    lines = [line for line in lines if not line.startswith(("#", "%"))][:SAMPLE] or lines[:SAMPLE]
    shares = {sign: _agreement([line.count(sign) for line in lines]) for sign in SEPARATORS}
    best = max(SEPARATORS, key=shares.__getitem__)
    words = _agreement([len(BLANKS.findall(line)) for line in lines])
    if best == "\t" and words == 1 and all(map(SPACED_NUMBERS.match, lines)):
        return " "  # a tab among spaces
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


def _without_comments(text: str, separator: str) -> tuple[str, int]:
    """Return the text with an empty line for each comment, and how many there were.

    A comment begins with # (or, above all else, with %). The last one above the rows gives the
    names if it parts as they do: NumPy writes them so. “#1,red” and “#ff0000,1” are rows.
    """
    if not text.lstrip(" \n").startswith(("#", "%")) and "\n#" not in text:
        return text, 0
    lines = text.split("\n")
    parts = [_count(line, separator) for line in lines]
    usual = Counter(p for p, x in zip(parts, lines, strict=True) if x and x[0] not in "#%")
    width = usual.most_common(1)[0][0] if usual else -1
    comments, above = [], True
    for k, line in enumerate(lines):
        is_marked = line.startswith("#") or (above and line.startswith("%"))
        is_comment = is_marked and (parts[k] != width or line[1:2] in (" ", "#", "%", "\t"))
        above = above and (is_comment or not line.strip())
        if is_comment:
            comments.append(k)
    names = comments[-1] if comments and _gives_names(lines, comments[-1], width, separator) else -1
    for k in comments:
        lines[k] = lines[k].lstrip("#% ") if k == names else ""
    return "\n".join(lines), len(comments) - (names >= 0)


def _gives_names(lines: list[str], at: int, width: int, separator: str) -> bool:
    """Whether a comment gives the names of the columns: the first row below it is of numbers."""
    below = next((line for line in lines[at + 1 :] if line.strip()), "")
    parts = _count(lines[at].lstrip("#% "), separator)
    is_first = not any(x.strip() and x[0] not in "#%" for x in lines[:at])
    row = below.split() if separator == " " else below.split(separator)
    return bool(is_first and below and parts == width and PLAIN.fullmatch(row[0].strip()))


def _count(line: str, separator: str) -> int:
    return len(BLANKS.findall(line.strip())) if separator == " " else line.count(separator)


def _rows(text: str, separator: str, before: int) -> tuple[list[list[str]], list[int]]:
    rows: list[list[str]] = []
    places = []
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=separator != " "
    )
    place = before
    try:
        for place, row in enumerate(reader, 1 + before):
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if cells[0][:1] in "-:=+|" and all(map(_is_rule, filter(None, cells))):
                continue  # a line between the names and the rest
            _check_row(cells, len(rows), place)
            rows.append(cells)
            places.append(place)
    except csv.Error:  # the one thing it refuses: a cell beyond its own limit
        _refuse_long_cell(place + 1)
    if rows and "\n" in rows[-1][-1] and text.count('"') % 2:
        hint = 'Inside a cell in quotation marks, a quotation mark is written twice: “""”.'
        raise TableError(f"A quotation mark in row {place:,} is not closed.", hint=hint)
    return rows, places


def _count_titles(rows: list[list[str]]) -> int:
    """Return how many rows above the names hold one cell only, as titles do."""
    usual = Counter(map(len, rows)).most_common(1)[0][0]
    titles = 0
    while titles < len(rows) - 2 and usual > 1 and rows[titles][0] and not any(rows[titles][1:]):
        titles += 1
    names = rows[titles]
    are_above = len(rows[0]) == 1 or not any(map(PLAIN.fullmatch, names))
    return titles if len(names) == usual and all(names) and are_above else 0


def _count_notes(rows: list[list[str]]) -> int:
    """Return how many rows below all others hold one cell only, which is a note: “Source: …”.

    Below numbers every word is one; below words it begins as notes do.
    """
    usual = Counter(map(len, rows)).most_common(1)[0][0]
    below_numbers = all(PLAIN.fullmatch(row[0]) for row in rows[1:3])
    notes = 0
    while usual > 1 and notes < len(rows) - 3:
        first, *others = rows[-1 - notes]
        if any(others) or not (NOTE.match(first) or (below_numbers and WORD.match(first))):
            break
        notes += 1
    return notes


def _make_even(rows: list[list[str]], places: list[int], separator: str) -> None:
    """Take away empty cells beyond the usual width; refuse a row of another width.

    One name too few is a first column without a name, as R writes it; borders of bars go.
    """
    width = len(rows[0])
    if all(len(row) == width for row in rows):
        pass
    elif width > 1 and all(len(row) == width + 1 and row[-1] for row in rows[1:]) and all(rows[0]):
        rows[0].insert(0, "")
    else:
        usual = Counter(map(len, rows)).most_common(1)[0][0]
        width = usual if len(rows) > 2 and not any(rows[0][usual:]) else width
        for row, place in zip(rows, places, strict=True):
            while len(row) > width and not row[-1]:
                row.pop()
            if len(row) != width:
                _refuse_width(row, width, place)
    if separator == "|" and not any(row[0] for row in rows):
        for row in rows:
            del row[0]


def _refuse_width(row: list[str], width: int, place: int) -> NoReturn:
    hint = "Leave a cell empty where a value is missing, but keep its separator."
    if len(row) > width:
        hint = "A cell that holds the separator itself stands in quotation marks."
    raise TableError(
        f"Row {place:,} has {_cells(len(row))}, but the first row has {width}.", hint=hint
    )


def _check_row(cells: list[str], before: int, place: int) -> None:
    if len(cells) > COLUMNS and any(cells[COLUMNS:]):
        raise TableError(
            f"Row {place:,} has {len(cells):,} columns.",
            hint=f"At most {COLUMNS} are read, and a network is given 64 inputs: keep the columns "
            "that matter, or make fewer of them first, such as means of neighbouring pixels.",
        )
    if before > ROWS:  # the first may be a header
        hint = f"At most {ROWS:,} are possible, and a row of names."
        raise TableError(f"Row {place:,} is one too many.", hint=hint)
    if max(map(len, cells)) > LETTERS:
        _refuse_long_cell(place, next(j for j, c in enumerate(cells, 1) if len(c) > LETTERS))


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def _refuse_long_cell(row: int, column: int | None = None) -> NoReturn:
    where = f"row {row:,}" + (f", column {column}" if column else "")
    raise TableError(
        f"A cell in {where} has more than {LETTERS} letters.",
        hint='Perhaps a quotation mark is left open; inside a cell, it is written twice: “""”.',
    )


def _drop_empty_ends(rows: list[list[str]]) -> None:
    """Take away the last columns as long as nothing stands in them, not even a name."""
    while rows[0] and not any(row[-1] for row in rows):
        for row in rows:
            row.pop()
