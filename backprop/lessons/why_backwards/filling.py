"""The Jacobian as far as a side has filled it: forward by column, in reverse by row."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backprop.drawing.heat_map import HeatMap, paths_of, pooled, tone_name, tones
from backprop.engine.modes.jacobians import ENTRIES
from backprop.lessons.why_backwards.both import Both
from backprop.lessons.why_backwards.schedule import Place
from backprop.stage.programs.arrays_shown import cell_text

CELLS = 8  # of the Jacobian, each way, that have numbers


@dataclass(frozen=True, slots=True)
class Filled:
    """The Jacobian as far as a side has filled it.

    Attributes:
        rows: of cells, each its number, its tone and its state: “now”, “done”, “ahead”; none where
            there are too many.
        map: where there are too many; then `now` is where the last pass wrote: x, y, wide, high.
        words: instead of both, where it is too large.
        columns, high: how many there are.
        marked: the number of the column, or of the row, that the pass writes.
    """

    rows: tuple[tuple[tuple[str, str, str], ...], ...]
    map: HeatMap | None
    now: tuple[str, str, str, str]
    words: str
    columns: int
    high: int
    marked: int


@dataclass(frozen=True, slots=True)
class Covered:
    """What may not be seen of a pass that is asked: lines of each side, and cells of the matrix."""

    forward: frozenset[str] = frozenset()
    reverse: frozenset[str] = frozenset()
    row: int = -1
    column: int = -1


NOTHING = Covered()


def fill(both: Both, place: Place, side: str, typed: str, covered: Covered) -> Filled:
    """Return the Jacobian as a side shows it at a place, or words instead of it."""
    m, n = both.rows, both.columns
    at = place.number if place.is_done else place.number - 1
    nothing = Filled((), None, ("0", "0", "0", "0"), "", n, m, -1)
    if both.is_too_large:
        said = (
            f"J has {m:,} × {n:,} entries. Up to {ENTRIES:,} are made here: choose one leaf, or a "
            "smaller program. Each pass is shown all the same."
        )
        return replace(nothing, words=said)
    if typed:
        each = "column" if side == "forward" else "row"
        said = f"One pass gives all of it at once: every {each} of J, times its number, added up."
        return replace(nothing, words=said)
    matrix = both.jacobian
    filled = np.zeros((m, n), bool)
    axis = 1 if side == "forward" else 0
    if side == "forward":
        filled[:, : place.passes] = True
    else:
        filled[: place.passes] = True
    if covered.row >= 0:
        filled[covered.row] = False
    if covered.column >= 0:
        filled[:, covered.column] = False
    finite = np.abs(matrix[np.isfinite(matrix)])
    largest = float(finite.max()) if finite.size else 0.0
    if max(m, n) <= CELLS:
        shades = tones(matrix, largest).tolist()
        rows = tuple(
            tuple(
                _cell(
                    matrix[i, j],
                    shades[i][j],
                    bool(filled[i, j]),
                    (i, j)[axis] == at,
                )
                for j in range(n)
            )
            for i in range(m)
        )
        return Filled(rows, None, nothing.now, "", n, m, at)
    seen = np.where(filled, matrix, 0.0)
    table = tones(pooled(seen, 64), largest)
    high, wide = table.shape
    cell = min(0.8125, 25.0 / wide, 9.0 / high)
    alt = f"J, {m} by {n}, filled by {place.passes} {'columns' if side == 'forward' else 'rows'}"
    drawn = HeatMap(
        wide,
        high,
        paths_of(table),
        f"{max(cell * wide, 0.9):.3f}",
        f"{max(cell * high, 0.9):.3f}",
        alt,
        "",
        (0,),
        wide,
    )
    across, down = wide / n, high / m
    now = (
        (max(at, 0) * across, 0.0, across, float(high))
        if side == "forward"
        else (0.0, max(at, 0) * down, float(wide), down)
    )
    x, y, w, h = (f"{part:g}" for part in now)
    return Filled((), drawn, (x, y, w, h), "", n, m, at)


def _cell(x: Any, tone: int, is_filled: bool, is_now: bool) -> tuple[str, str, str]:
    if not is_filled:
        return "", "", "ahead"
    return cell_text(float(x), 3), tone_name(tone), "now" if is_now else "done"
