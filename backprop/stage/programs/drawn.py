"""The program's picture as a drawing of its own: what stands where, in pixels.

The page sets its rows as text; a file that stands alone has to say each place itself. Letters of
code are all equally wide.
"""

from dataclasses import dataclass

from backprop.drawing.heat_map import HeatMap
from backprop.drawing.rails import Rails
from backprop.stage.programs.rows import Picture, Row, Shown

REM = 16.0
HEAD = 30.0  # above the first row
EDGE = 12.0
LETTER = 7.83  # a letter of code, of 13 pixels
SMALL = 6.9  # one of 11 pixels, roughly
APART = 22.0  # two columns
NUMBER = 34.0  # the column of numbers
LOW = 13.0  # how far below its name a shape stands

Written = tuple[str, str, str, str, str]  # class, x, y, how wide (empty: as it is), text
Map = tuple[str, str, str, str, HeatMap]  # x, y, width, height
Box = tuple[str, str, str, str]  # x, y, width, height


@dataclass(frozen=True, slots=True)
class Drawn:
    """A program's picture, drawn.

    Attributes:
        title, description: in words.
        width, height: in pixels.
        texts, maps: what stands where.
        unmade: the places of what is not computed yet.
        bands: the row of the step, and those it reads: class, and a box.
        rails: the wires; `top` is where they begin.
    """

    title: str
    description: str
    width: str
    height: str
    texts: tuple[Written, ...]
    maps: tuple[Map, ...]
    unmade: tuple[Box, ...]
    bands: tuple[tuple[str, Box], ...]
    rails: Rails
    top: str


def draw_program(picture: Picture) -> Drawn:
    """Return the picture of a program, as it stands at its step."""
    return _Drawing(picture).drawn()


class _Drawing:
    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        self.tall = float(picture.tall) * REM
        self.texts: list[Written] = []
        self.maps: list[Map] = []
        self.unmade: list[Box] = []
        self.number = EDGE + picture.rails.width + NUMBER - 8
        self.name = self.number + 10
        self.low = not picture.tight and self.tall >= 2 * LOW
        shapes = max((len(row.shape) for row in picture.rows), default=0) if self.low else 0
        self.line = self.name + max((picture.names + 1) * LETTER, shapes * SMALL + 4)
        lines = (sum(self._wide(*piece) for piece in row.pieces) for row in picture.rows)
        self.value = self.line + 2 * LETTER + max(lines, default=0) + APART

    def drawn(self) -> Drawn:
        rows = self.picture.rows
        values = [self._width(row.value) for row in rows if row.value]
        gradient = self.value + max(values, default=0) + APART
        ends = [self._width(row.gradient) for row in rows if row.gradient]
        width = gradient + max([*ends, 8 * SMALL]) + EDGE
        height = HEAD + len(rows) * self.tall + EDGE
        self._write("head", self.name, HEAD - 12, "line")
        self._write("head forward", self.value, HEAD - 12, "value")
        self._write("head backward", gradient, HEAD - 12, "gradient")
        bands = []
        for n, row in enumerate(rows):
            top = HEAD + n * self.tall
            self._row(row, top)
            if row.value:
                self._shown(row.value, self.value, top)
            if row.gradient:
                self._shown(row.gradient, gradient, top)
            if {"now", "sends"} & {*row.kinds.split()}:
                box = (_text(EDGE / 2), _text(top), _text(width - EDGE), _text(self.tall))
                bands.append(("backward" if "forward" not in row.kinds.split() else "forward", box))
        listed = ", ".join(row.name for row in rows)
        return Drawn(
            "A program of arrays",
            f"Line by line, each with its value and its gradient: {listed}.",
            _text(width),
            _text(height),
            tuple(self.texts),
            tuple(self.maps),
            tuple(self.unmade),
            tuple(bands),
            self.picture.rails,
            _text(HEAD),
        )

    def _write(self, kind: str, x: float, y: float, text: str, wide: float = 0.0) -> None:
        self.texts.append((kind, _text(x), _text(y), _text(wide) if wide else "", text))

    def _code(self, kind: str, x: float, y: float, text: str) -> None:
        bare = text.lstrip(" ")
        x += (len(text) - len(bare)) * LETTER
        bare = bare.rstrip(" ")
        if bare:
            self._write(f"code {kind}".strip(), x, y, bare, len(bare) * LETTER)

    def _wide(self, text: str, shape: str) -> float:
        """Return how wide a run is: as its letters, or as the shape below it."""
        return max(len(text) * LETTER, (len(shape) * SMALL + 2) * self.low * bool(shape))

    def _row(self, row: Row, top: float) -> None:
        low = self.low and bool(row.shape)
        y = top + self.tall / 2 + (0 if low else 4)
        self._write("no", self.number, y, row.number)
        inside = 8.0 if "nested" in row.kinds.split() else 0.0
        self._code("name", self.name + inside, y, row.label)
        if row.shape and low:
            self._write("shape", self.name + inside, y + LOW, row.shape)
        self._code("", self.line, y, row.sign)
        x = self.line + 2 * LETTER
        for text, shape in row.pieces:
            middle = x + self._wide(text, shape) / 2
            self._code("read" if shape else "", middle - len(text) * LETTER / 2, y, text)
            if shape and low:
                self._write("shape middle", middle, y + LOW, shape)
            x += self._wide(text, shape)

    def _shown(self, it: Shown, x: float, top: float) -> None:
        middle = top + self.tall / 2
        if it.state == "number" and it.number:
            self._write(f"number {it.tone}", x, middle + 5, it.number.shown)
            x += len(it.number.shown) * 8.5 + 6
            if it.words:
                self._write(f"small {it.tone}", x, middle + 4, it.words)
        elif it.state == "map" and it.map:
            width, height = float(it.map.width) * REM, float(it.map.height) * REM
            place = (_text(x), _text(middle - height / 2), _text(width), _text(height))
            self.maps.append((*place, it.map))
            self._write(f"small {it.tone}", x + width + 6, middle + 4, it.words)
        elif it.state == "ahead":
            width, height = float(it.width) * REM, float(it.height) * REM
            self.unmade.append((_text(x), _text(middle - height / 2), _text(width), _text(height)))
        elif it.words:
            self._write("small", x, middle + 4, it.words)

    def _width(self, it: Shown) -> float:
        words = len(it.words) * SMALL
        if it.state == "map" and it.map:
            return float(it.map.width) * REM + 6 + words
        if it.state == "number" and it.number:
            return len(it.number.shown) * 8.5 + 6 + words
        return max(float(it.width) * REM, words)


def _text(x: float) -> str:
    return f"{x:.2f}".rstrip("0").rstrip(".")
