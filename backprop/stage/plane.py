"""A function of two variables over the square of a map: what maps of several lessons share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop.drawing.contour_grid import ContourGrid, make_contour_grid
from backprop.engine.forward import columns
from backprop.engine.graph import Graph
from backprop.notation.numerals import short
from backprop.stage.links import Links

NEAR = 0.97  # the share of the map beyond which it follows the point
DIGITS = "0123456789"


def evaluate_column(graph: Graph, at: Mapping[str, float | np.ndarray]) -> np.ndarray:
    """Return a function's values at many points at once, also where it is constant."""
    length = max(np.size(numbers) for numbers in at.values())
    return np.broadcast_to(np.asarray(columns(graph, at)[-1], float), (length,))


def in_order(names: Sequence[str]) -> tuple[str, ...]:
    """Return names as a textbook lists them, so that x runs across and y up: x, y; x1, x2, x10."""
    return tuple(sorted(names, key=lambda name: (name.rstrip(DIGITS), len(name), name)))


def find_middle(point: Sequence[float], wanted: Sequence[float], reach: float) -> tuple[float, ...]:
    """Return the middle of the map: as asked, unless the point lies outside; then a whole place.

    Links from a page keep the middle that it shows, so that a map moves only when it must.
    """
    middle = [wanted[i] if i < len(wanted) else 0.0 for i in range(len(point))]
    for i, x in enumerate(point):
        if abs(x - middle[i]) > NEAR * reach:
            middle[i] = round(x / reach) * reach
    return tuple(middle)


ACROSS = 41  # places of the map in a row
ZOOMS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0)


@dataclass(frozen=True, slots=True)
class Chart:
    """A figure and the same in words.

    Attributes:
        figure: the figure, as JSON.
        alt: what it shows, in a sentence.
        heads, rows: the numbers behind it.
    """

    figure: str
    alt: str
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@lru_cache(maxsize=64)
def make_ground(
    graph: Graph, names: tuple[str, ...], middle: tuple[float, float], reach: float
) -> ContourGrid:
    """Return the function over the square of a map; the same for every point in it."""
    xs, ys = (np.linspace(c - reach, c + reach, ACROSS) for c in middle)
    across, up = names
    every = {across: np.tile(xs, ACROSS), up: np.repeat(ys, ACROSS)}
    return make_contour_grid(xs, ys, evaluate_column(graph, every).reshape(ACROSS, ACROSS))


def whole(x: float, reach: float) -> float:
    """Return a place near a point that is pleasant to read on an axis."""
    return float(f"{round(x / reach * 10) * reach / 10:.9g}")


def zoomed(
    reach: float, way: int, point: Sequence[float], middle: Sequence[float], links: Links
) -> str:
    """Return the address of a map that reaches further or less far, with the point in it.

    Args:
        reach: how far it reaches now.
        way: 1 for further, −1 for closer.
        point: what a closer map is centred on.
        middle: of the map now, which a wider one keeps.
        links: of the page; its fields are `reach` and `around`.
    """
    reaches = sorted({*ZOOMS, reach})
    i = reaches.index(reach) + way
    if not 0 <= i < len(reaches):
        return ""
    around = tuple(whole(x, reaches[i]) for x in point) if way < 0 else tuple(middle)
    return links.address(reach=reaches[i], around=around)


def levels(shown: ContourGrid, letter: str = "f") -> str:
    """Return how far apart the contours are, in words."""
    if shown.gaps == shown.places:
        return "no contours"
    if not shown.step:
        return f"no contours: {letter} is level here"
    if shown.even:
        return f"contours {short(shown.step)} apart"
    return f"contours closer in value where {letter} is flatter"


def gaps(shown: ContourGrid, letter: str = "f") -> str:
    """Return what part of a map has no value, in words; empty where all have one."""
    if not shown.gaps:
        return ""
    if shown.gaps == shown.places:
        return f"{letter} has no value anywhere on this map"
    return f"blank where {letter} has no value"


@lru_cache(maxsize=64)
def sample(
    shown: ContourGrid, names: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return heads and rows of a table of the map: every fifth place of every fifth row."""
    every = range(0, ACROSS, 5)
    heads = (f"{names[1]} \\ {names[0]}", *(short(shown.xs[i]) for i in every))
    rows = tuple(
        (short(shown.ys[j]), *("–" if (z := shown.z[j][i]) is None else short(z) for i in every))
        for j in reversed(every)
    )
    return heads, rows
