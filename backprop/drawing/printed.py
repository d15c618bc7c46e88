"""A picture of lines for paper: axes, curves told apart by their dashes, level lines, points.

Everything is drawn in ink: what a colour says on the screen, a pattern and a word beside the line
say here. Places are units of an SVG that is WIDE across.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from backprop.drawing.contour_grid import ContourGrid, nice, rounded
from backprop.drawing.layout import number

WIDE = 640.0
LEFT, RIGHT, TOP, BOTTOM = 56.0, 16.0, 12.0, 40.0
MARKS = 5  # about as many ticks stand at an axis
LEVEL_MARGIN = 24.0  # between a level's number and the frame
LEVEL_ROOM = 46.0  # between two levels' numbers, or one and a point
ROOM = 15.0  # between two words at the right end of curves


Piece = tuple[float, float, float, float]  # of a line: from x, y to x, y


class Series(NamedTuple):
    """A curve: its places, the word beside its end, and how it is drawn: “a”, “b”, “c” … ."""

    xs: Sequence[float]
    ys: Sequence[float]
    word: str = ""
    pattern: str = "a"


class Spot(NamedTuple):
    """A point with a word beside it; `shape` is “dot” or “ring”."""

    x: float
    y: float
    word: str = ""
    shape: str = "dot"


class Arrow(NamedTuple):
    """An arrow from one place to another, which belongs to the answer."""

    x: float
    y: float
    to_x: float
    to_y: float
    word: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture of lines, as text; each entry of a tuple is one element's parts, in order.

    Attributes:
        width, height: of the whole.
        frame: x, y, width, height of the area that curves stand in.
        across, up: the ticks: place, text.
        names: of the two axes.
        levels: the path of all level lines.
        heights: x, y, text: the number of a level, on its line.
        curves: pattern, path.
        words: x, y, text, pattern: what curves are called, at their ends.
        spots: x, y, shape, text.
        arrows: x, y, end’s x, y, text; only where the picture is filled in.
        alt: what it shows, in a sentence.
    """

    width: str
    height: str
    frame: tuple[str, str, str, str]
    across: tuple[tuple[str, str], ...]
    up: tuple[tuple[str, str], ...]
    names: tuple[str, str]
    levels: str
    heights: tuple[tuple[str, str, str], ...]
    curves: tuple[tuple[str, str], ...]
    words: tuple[tuple[str, str, str, str], ...]
    spots: tuple[tuple[str, str, str, str], ...]
    arrows: tuple[tuple[str, str, str, str, str], ...]
    alt: str

    @property
    def asks(self) -> bool:
        """Whether something is to be drawn on it: then its curves belong to the answer, too."""
        return bool(self.arrows)


class Ground(NamedTuple):
    """What a picture is drawn on.

    Attributes:
        x, y: the two ends of each axis.
        names: of the axes.
        height: of the picture, in its units.
        words: how wide the room for words at the right is.
        logarithmic: whether the axis up shows powers of ten, whose exponents `y` has.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    names: tuple[str, str]
    height: float = 300.0
    words: float = 0.0
    logarithmic: bool = False
    square: bool = False

    @property
    def area(self) -> tuple[float, float, float, float]:
        """Left, top, width, height of the area that curves stand in."""
        high = self.height - TOP - BOTTOM
        wide = high if self.square else WIDE - LEFT - RIGHT - self.words
        return LEFT, TOP, wide, high

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point stands."""
        left, top, wide, high = self.area
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return left + wide * across, top + high * (1 - up)


def draw_plot(
    ground: Ground,
    alt: str,
    series: Sequence[Series] = (),
    spots: Sequence[Spot] = (),
    arrows: Sequence[Arrow] = (),
    grid: ContourGrid | None = None,
) -> Plot:
    """Return the picture of curves, points and level lines on a ground."""
    left, top, wide, high = ground.area
    lines = _level_lines(grid, ground) if grid else {}
    taken = [ground.place(each.x, each.y) for each in spots]
    return Plot(
        width=number(left + wide + RIGHT + ground.words),
        height=number(ground.height),
        frame=(number(left), number(top), number(wide), number(high)),
        across=tuple((number(ground.place(x, ground.y[0])[0]), _tick(x)) for x in ticks(*ground.x)),
        up=tuple(
            (number(ground.place(ground.x[0], y)[1]), _power(y) if ground.logarithmic else _tick(y))
            for y in ticks(*ground.y, whole=ground.logarithmic)
        ),
        names=ground.names,
        levels="".join(
            f"M{x:.1f} {y:.1f}L{u:.1f} {v:.1f}"
            for pieces in lines.values()
            for x, y, u, v in pieces
        ),
        heights=_heights(grid, lines, ground, taken) if grid else (),
        curves=tuple((each.pattern, _path(each, ground)) for each in series),
        words=_words(series, ground),
        spots=tuple((*_placed(each.x, each.y, ground), each.shape, each.word) for each in spots),
        arrows=tuple(
            (*_placed(a.x, a.y, ground), *_placed(a.to_x, a.to_y, ground), a.word) for a in arrows
        ),
        alt=alt,
    )


def _placed(x: float, y: float, ground: Ground) -> tuple[str, str]:
    across, up = ground.place(x, y)
    return number(across), number(up)


def ticks(low: float, high: float, *, whole: bool = False) -> tuple[float, ...]:
    """Return pleasant numbers between two ends; `whole` ones for powers of ten."""
    step = nice((high - low) / MARKS) or 1.0
    if whole:
        step = max(1.0, round(step))
    first = math.ceil(low / step - 1e-9)
    count = math.floor((high - first * step) / step + 1e-9) + 1
    return tuple(rounded((first + i) * step) for i in range(count))


def span(numbers: Sequence[float], share: float = 0.06) -> tuple[float, float]:
    """Return two ends with all finite numbers between them, and a little room."""
    finite = [x for x in numbers if math.isfinite(x)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 1.0)
    room = (high - low) * share or max(abs(low), 1.0) * share
    return low - room, high + room


def _tick(x: float) -> str:
    return f"{x:g}".replace("-", "−")


def _power(y: float) -> str:
    raised = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
    return f"10{str(int(y)).translate(raised)}"


def _path(each: Series, ground: Ground) -> str:
    """Return the path of a curve; it breaks where a number is missing or outside."""
    low, high = sorted(ground.y)
    room = (high - low) * 1e-6
    path, pen = [], "M"
    for x, y in zip(each.xs, each.ys, strict=True):
        if not math.isfinite(y) or not low - room <= y <= high + room:
            pen = "M"
            continue
        across, up = ground.place(x, y)
        path.append(f"{pen}{across:.1f} {up:.1f}")
        pen = "L"
    return "".join(path)


def _words(series: Sequence[Series], ground: Ground) -> tuple[tuple[str, str, str, str], ...]:
    """Return what curves are called, at their ends, one below the other where ends crowd."""
    ends = []
    for each in series:
        inside = [
            (x, y)
            for x, y in zip(each.xs, each.ys, strict=True)
            if math.isfinite(y) and ground.y[0] <= y <= ground.y[1]
        ]
        if each.word and inside:
            ends.append((ground.place(*inside[-1])[1], each.word, each.pattern))
    left, top, wide, high = ground.area
    placed: list[tuple[str, str, str, str]] = []
    lowest = top
    for n, (y, word, pattern) in enumerate(sorted(ends)):
        after = len(ends) - n - 1
        y = min(max(y, lowest), top + high - after * ROOM)
        placed.append((number(left + wide + 8), number(y), word, pattern))
        lowest = y + ROOM
    return tuple(placed)


def _heights(
    grid: ContourGrid,
    lines: Mapping[float, Sequence[Piece]],
    ground: Ground,
    taken: Sequence[tuple[float, float]],
) -> tuple[tuple[str, str, str], ...]:
    """Return the numbers of the levels, each on its line, apart from each other and from points.

    A line too crowded for its number goes without; each number stands as far as it can from all
    that are placed before it.
    """
    left, top, wide, high = ground.area
    placed, written = [*taken], []
    for level, pieces in lines.items():
        middles = [((x + u) / 2, (y + v) / 2) for x, y, u, v in pieces]
        free = [
            (min((math.hypot(x - a, y - b) for a, b in placed), default=wide), x, y)
            for x, y in middles
            if LEVEL_MARGIN < x - left < wide - LEVEL_MARGIN
            and LEVEL_MARGIN < y - top < high - LEVEL_MARGIN
        ]
        if not free or max(free)[0] < LEVEL_ROOM:
            continue
        _, x, y = max(free)
        placed.append((x, y))
        written.append((number(x), number(y + 4), _tick(_height(grid, level))))
    return tuple(written)


def _height(grid: ContourGrid, level: float) -> float:
    """Return the function's value on a level line; to two digits, where levels are uneven."""
    if grid.even:
        return level
    pairs = sorted(
        (s, z)
        for row, values in zip(grid.shown, grid.z, strict=True)
        for s, z in zip(row, values, strict=True)
        if s is not None and z is not None
    )
    shown, heights = zip(*pairs, strict=True)
    return float(f"{np.interp(level, shown, heights):.2g}")


def _level_lines(grid: ContourGrid, ground: Ground) -> dict[float, list[Piece]]:
    """Return the pieces of each level line of a map, by marching squares."""
    if not grid.step or not grid.gaps < grid.places:
        return {}
    count = round((grid.end - grid.start) / grid.step)
    lines: dict[float, list[Piece]] = {
        rounded(grid.start + i * grid.step): [] for i in range(count + 1)
    }
    for j in range(len(grid.ys) - 1):
        for i in range(len(grid.xs) - 1):
            corners = ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1))
            heights = [grid.shown[b][a] for a, b in corners]
            if None in heights:
                continue
            known = [float(z) for z in heights if z is not None]
            low, high = min(known), max(known)
            for level, pieces in lines.items():
                if low < level <= high:
                    pieces += _crossings(grid, corners, known, level, ground)
    return lines


def _crossings(
    grid: ContourGrid,
    corners: Sequence[tuple[int, int]],
    heights: Sequence[float],
    level: float,
    ground: Ground,
) -> list[Piece]:
    """Return the pieces of one level line in one square of the map."""
    points = []
    for k in range(4):
        one, other = heights[k], heights[(k + 1) % 4]
        if (one < level) == (other < level):
            continue
        share = (level - one) / (other - one)
        (a, b), (c, d) = corners[k], corners[(k + 1) % 4]
        x = grid.xs[a] + share * (grid.xs[c] - grid.xs[a])
        y = grid.ys[b] + share * (grid.ys[d] - grid.ys[b])
        points.append(ground.place(x, y))
    return [(x, y, u, v) for (x, y), (u, v) in zip(points[::2], points[1::2], strict=False)]
