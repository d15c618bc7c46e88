"""Arrays that MATLAB, Octave, Julia, R and C++ print as rows without brackets, put into brackets.

    W1 =                       2×2 Matrix{Float64}:      $W1
       1.0e+03 *                0.15  0.2                     [,1] [,2]
        0.0001    0.0002        0.25  0.3                [1,] 0.15 0.20
      Columns 1 through 4 …    2-element Vector{…}:      [1] 0.35 0.35
    W1:
    0.15 0.2

Wide arrays come in blocks of columns, which are put side by side. Lines stay the same lines, so
that an error still names the right one; a factor stays before its array.
"""

import re
from dataclasses import dataclass, field

from backprop.notation.submission.place import FINITE, PrintedError

_NUMBER = rf"{FINITE}|[-+]?(?:NaN|Inf|nan|inf)\b"
_ROW = re.compile(rf"\s*(?:{_NUMBER})(?:\s+(?:{_NUMBER}))*\s*")
_R_HEADER = re.compile(r"\s*(?:\[,[0-9]+\]\s*)+")
_R_ROW = re.compile(r"\s*\[[0-9]+,\]\s(.*)")
_R_LINE = re.compile(r"\s*\[([0-9]+)\]\s(.*)")
_R_NAME = re.compile(r"\s*((?:\$`?[\w.]+`?|\[\[[0-9]+\]\])+)\s*")
_PROMPT = re.compile(r"\s*(?:>|>>|julia>|octave:[0-9]+>)\s*([^\W\d][\w.$]*)\s*+;?\s*")
_JULIA = re.compile(
    r"(.{0,80}?)\b(?:[0-9]+[×x][0-9]+|[0-9]+-element) .{0,200}?"
    r"\b(?:Matrix|Vector|Array|eltype)\b.{0,200}:\s*"
)
_MATLAB = re.compile(r"\s*([^\W\d][\w.]*(?:[({][0-9]+[)}])?)\s*[=:]\s*")
_FACTOR = re.compile(r"\s*[0-9][0-9.]*e[-+]?[0-9]+\s*\*\s*", re.IGNORECASE)
_COLUMNS = re.compile(r"\s*Columns? [0-9]+(?:(?: through| and| to|:| -)+ ?[0-9]+)?:?\s*")
_MARKS = (  # of each a word that must be there, which is found fast, and the whole of it
    ("[,1]", re.compile(r"(?m)^[ \t]*\[,1\]")),
    ("[1", re.compile(r"(?m)^[ \t]*\[1,?\]\s+[-+.0-9NI]|^\[\[1\]\]")),
    ("$", re.compile(r"(?m)^\$")),
    ("×", re.compile(r"(?m)^.{0,80}?[0-9]×[0-9]+ .{0,200}?\b(?:Matrix|Array|eltype)\b")),
    ("-element ", re.compile(r"(?m)^.{0,80}?-element .{0,200}?\b(?:Vector|Array)\b")),
    ("=", re.compile(r"(?m)=[ \t]*$")),
    (":", re.compile(r"(?m)^[ \t]*[^\W\d][\w.]{0,80}:[ \t]*\n[ \t]*[-+]?[.0-9]")),
)
MOST_LINES = 8_000
_LOOKED_AT = 200  # lines
_LONGEST_HEADING = 600  # letters of a line that says what follows; rows may be longer


def has_rows(text: str) -> bool:
    """Whether a text holds an array as one of them prints it."""
    return _has_marks(text) and any(map(_is_row, text.split("\n", MOST_LINES)))


def _has_marks(text: str) -> bool:
    return any(word in text and whole.search(text) for word, whole in _MARKS)


def _is_row(line: str) -> bool:
    return bool(_ROW.fullmatch(line) or _R_ROW.fullmatch(line) or _R_LINE.fullmatch(line))


@dataclass(slots=True)
class _Block:
    """An array that is being read: the lines its rows stand on, and what they say."""

    kind: str  # "matlab", "julia", "r" or "vector"
    rows: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    at: int = 0  # the row that comes next, in a further block of columns
    further: bool = False

    def add(self, row: str, line: int) -> bool:
        """Put down a row; whether there was a place for it."""
        if not self.further:
            self.rows.append(row)
        elif self.at < len(self.rows):
            self.rows[self.at] += f" {row}"
            self.at += 1
        else:
            return False
        self.lines.append(line)
        return True


def as_brackets(text: str) -> str:
    """Return a text in which every such array stands in brackets, as [[0.15 0.2], [0.25 0.3]].

    Raises:
        PrintedError: there are too many lines.
    """
    if not _has_marks(text):
        return text
    if text.count("\n") > MOST_LINES:
        if any(map(_is_row, text.split("\n", _LOOKED_AT)[:_LOOKED_AT])):
            hint = f"At most {MOST_LINES:,} are read of such a print; [1 2; 3 4] takes fewer."
            raise PrintedError("There are too many lines.", hint=hint)
        return text
    reader = _Reader(text.split("\n"))
    for number, line in enumerate(reader.given):
        reader.read(number, line)
    reader.end()
    return "\n".join(reader.lines)


class _Reader:
    """Goes through the lines, and rewrites those of arrays."""

    def __init__(self, given: list[str]) -> None:
        self.given = given
        self.lines = list(given)
        self.block: _Block | None = None

    def read(self, number: int, line: str) -> None:
        """Read a line: of the array that is open, the beginning of one, or something else."""
        block = self.block
        if _R_HEADER.fullmatch(line):
            more = block is not None and block.kind == "r" and "[,1]" not in line
            self._further(number) if more else self._begin("r", number)
        elif match := _R_ROW.fullmatch(line):
            self._add("r", match[1], number)
        elif (match := _R_LINE.fullmatch(line)) and _ROW.fullmatch(match[2]):
            if match[1] == "1" or block is None or block.kind != "vector":
                self._begin("vector", -1)
            self._add("vector", match[2], number)
        elif len(heading := line.rstrip()) > _LONGEST_HEADING:
            self._continue(line, number)
        elif match := _R_NAME.fullmatch(heading):
            self.end()
            path = re.sub(r"\[\[([0-9]+)\]\]", r".\1", match[1].replace("$", ".").replace("`", ""))
            self.lines[number] = f"{path.strip('.')} =" if path[1:2].isalpha() else ""
        elif match := _PROMPT.fullmatch(heading):
            self.end()
            self.lines[number] = f"{match[1].replace('$', '.')} ="
        elif match := _JULIA.fullmatch(heading):
            self.end()
            self._begin("julia", number)
            self.lines[number] = match[1]
        elif match := _MATLAB.fullmatch(heading):
            self.end()
            self.lines[number] = f"{match[1]} ="
            self._begin("matlab", -1)
        else:
            self._continue(line, number)

    def _continue(self, line: str, number: int) -> None:
        """Read a line that begins nothing: a row, if rows without brackets are being read."""
        block = self.block
        if block is None or block.kind not in ("matlab", "julia"):
            if line.strip():
                self.end()
        elif _ROW.fullmatch(line):
            self._add(block.kind, line.strip(), number)
        elif _COLUMNS.fullmatch(line):
            self._further(number)
        elif _FACTOR.fullmatch(line) and not block.rows:
            pass
        elif line.strip():
            self.end()

    def _begin(self, kind: str, number: int) -> None:
        self.end()
        self.block = _Block(kind)
        if number >= 0:
            self.lines[number] = ""

    def _further(self, number: int) -> None:
        self.lines[number] = ""
        if self.block is not None and self.block.rows:
            self.block.further, self.block.at = True, 0

    def _add(self, kind: str, row: str, number: int) -> None:
        if self.block is None or self.block.kind != kind:
            self._begin(kind, -1)
        assert self.block is not None, "a block has begun"
        if self.block.add(row, number):
            self.lines[number] = ""

    def end(self) -> None:
        """Write the array that is open in brackets, on the lines of its rows."""
        block, self.block = self.block, None
        if block is None or not block.rows:
            return
        if block.kind == "vector":
            self.lines[block.lines[0]] = f"[{' '.join(block.rows)}]"
            return
        last = len(block.rows) - 1
        alone = block.kind == "matlab" and not last and len(block.rows[0].split()) == 1
        column = block.kind == "julia" and all(len(row.split()) == 1 for row in block.rows)
        for i, (row, line) in enumerate(zip(block.rows, block.lines, strict=False)):
            inside = row if alone or column else f"[{row}]"
            self.lines[line] = f"{'[' if not i else ''}{inside}{']' if i == last else ''}"
