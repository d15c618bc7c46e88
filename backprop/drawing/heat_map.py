"""An array as a heat map: tones of its entries, as cells to be read or as paths to be drawn.

A tone says the sign and the size beside the largest of the map: n9 … n1, none for 0, p1 … p9; “x”
is what was masked with −∞, “q” what is no number or +∞. No colour stands here.

    paths of an array of two axes: for each tone, one line through the middle of its cells, run by
    run, in units of a cell: “M0 .5h2M3 1.5h1”

Of more than two axes the last two are a tile; the tiles stand beside each other, with a gap.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

TONES = 9
GAP = 1  # cells between two tiles
MOST_TILES = 8
NUMBERED = 8  # cells of an axis up to which numbers stand in them

_NAMES = (*(f"n{i}" for i in range(TONES, 0, -1)), "", *(f"p{i}" for i in range(1, TONES + 1)))
_MASKED, _NO_NUMBER = "x", "q"


@dataclass(frozen=True, slots=True)
class HeatMap:
    """An array, drawn.

    Attributes:
        wide, high: in cells, gaps included.
        paths: for each tone that occurs, the line through its cells.
        width, height: of the picture, in rem.
        alt: what a screen reader says.
        most: the largest size of an entry, as it is shown; empty where all are 0.
        tiles: where each tile begins, in cells: one, or several of more than two axes.
        tile: how wide one is.
    """

    wide: int
    high: int
    paths: tuple[tuple[str, str], ...]
    width: str
    height: str
    alt: str
    most: str
    tiles: tuple[int, ...]
    tile: int


def as_rows(array: Any) -> Any:
    """Return an array with two axes at least: a number and a list are one row."""
    return np.atleast_2d(np.asarray(array, float))


def tones(array: Any, largest: float | None = None) -> Any:
    """Return the tone of each entry, as a number from −9 to 9; 10 is masked, 11 no number.

    Args:
        array: of any shape.
        largest: the size that has the strongest tone; that of the array where it is None.
    """
    size = np.abs(array)
    finite = np.isfinite(array)
    top = largest if largest is not None else float(np.max(size, where=finite, initial=0.0))
    if top == 0:
        found = np.zeros(np.shape(array), int)
    else:
        share = np.where(finite, size, 0.0) / top
        found = np.minimum(np.ceil(share * TONES - 1e-9), TONES).astype(int)
        found = np.where(array < 0, -found, found)
    return np.where(finite, found, np.where(np.isneginf(array), TONES + 1, TONES + 2))


def tone_name(tone: int) -> str:
    """Return the name of a tone; empty for 0."""
    if tone > TONES:
        return _MASKED if tone == TONES + 1 else _NO_NUMBER
    return _NAMES[tone + TONES]


def pooled(array: Any, most: int) -> Any:
    """Return an array of two axes with at most so many entries each: of each block the largest."""
    for axis in (0, 1):
        n = array.shape[axis]
        if n > most:
            edges = np.linspace(0, n, most + 1).astype(int)[:-1]
            high = np.maximum.reduceat(array, edges, axis=axis)
            low = np.minimum.reduceat(array, edges, axis=axis)
            array = np.where(high >= -low, high, low)
    return array


def side_by_side(array: Any, most: int) -> tuple[Any, tuple[int, ...], int]:
    """Return the tones of an array as one table, where its tiles begin, and how wide one is.

    Between two tiles stand columns of 12, which nothing is drawn of.
    """
    rows = as_rows(array)
    largest = float(np.max(np.abs(rows), where=np.isfinite(rows), initial=0.0))
    tiles = rows.reshape(-1, *rows.shape[-2:])[:MOST_TILES]
    shown = [tones(pooled(tile, most), largest) for tile in tiles]
    gap = np.full((shown[0].shape[0], GAP), TONES + 3)
    columns, begins, at = [], [], 0
    for n, tile in enumerate(shown):
        if n:
            columns.append(gap)
            at += GAP
        begins.append(at)
        columns.append(tile)
        at += tile.shape[1]
    return np.concatenate(columns, axis=1), tuple(begins), shown[0].shape[1]


def paths_of(table: Any) -> tuple[tuple[str, str], ...]:
    """Return, for each tone of a table, the line through the middle of its cells, run by run."""
    lines: dict[int, list[str]] = {}
    for y, row in enumerate(table.tolist()):
        begin = 0
        for x in range(1, len(row) + 1):
            if x == len(row) or row[x] != row[begin]:
                lines.setdefault(row[begin], []).append(f"M{begin} {y}.5h{x - begin}")
                begin = x
    return tuple(
        (tone_name(tone), "".join(parts))
        for tone, parts in sorted(lines.items())
        if tone and tone <= TONES + 2
    )


def draw_heat_map(
    array: Any, name: str, shown: str, room: tuple[float, float], most: int = 16
) -> HeatMap:
    """Return an array drawn into a room.

    Args:
        array: of one axis at least.
        name: what it is called, in the words of a screen reader.
        shown: its largest size, as it is shown.
        room: width and height, in rem.
        most: cells of an axis; of more, blocks are drawn.
    """
    table, begins, tile = side_by_side(array, most)
    high, wide = table.shape
    cell = min(0.8125, room[0] / wide, room[1] / high)
    return HeatMap(
        wide,
        high,
        paths_of(table),
        f"{max(cell, 0.09) * wide:.3f}",
        f"{max(cell, 0.09) * high:.3f}",
        _alt(array, name),
        shown,
        begins,
        tile,
    )


def _alt(array: Any, name: str) -> str:
    finite = array[np.isfinite(array)]
    shape = " by ".join(map(str, np.shape(array)))
    if not finite.size:
        return f"{name}, {shape}: no finite number"
    return f"{name}, {shape}: from {finite.min():.3g} to {finite.max():.3g}"
