"""An array as a step shows it: numbers in cells, or colours beyond 8 × 8, slice by slice."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import isinf, isnan
from typing import Any

import numpy as np

from backprop.drawing.heat_map import (
    NUMBERED,
    HeatMap,
    draw_heat_map,
    tone_name,
    tones,
)
from backprop.notation.numerals import MINUS

# the number as it is shown, its tone, where a click leads, and which entry it is: dW[1,2]
Cell = tuple[str, str, str, str]
Find = Callable[[tuple[int, ...]], tuple[str, str]]  # a place in what is shown → address, entry


@dataclass(frozen=True, slots=True)
class Grid:
    """An array as cells.

    Attributes:
        rows: of cells; empty where there are too many.
        columns: how many there are; `high` rows.
        map: where there are too many cells for numbers.
        name: what a screen reader calls it: dW, 2 by 3.
        slice: which slice of more than two axes it is: “0, 1”; empty where it is whole.
        reads: what an entry of it is called, with {i} and {j} for its place; empty where none is
            read.
    """

    rows: tuple[tuple[Cell, ...], ...]
    columns: int
    high: int
    map: HeatMap | None
    name: str
    slice: str
    reads: str = ""

    def marks(self, opened: str, lit: tuple[str, ...]) -> tuple[tuple[str, str, str, str], ...]:
        """Return what is marked in a map: the entry that is opened, and those it is made of.

        Each is its kind, “lit” or “sel”, and where its cell begins, and how large a cell is.
        """
        if not self.map or not self.reads:
            return ()
        before, after = re.escape(self.reads), r"(\d+)"
        pattern = re.compile(before.replace(r"\{i\}", after).replace(r"\{j\}", after))
        turned = self.reads.find("{j}") < self.reads.find("{i}") and "{i}" in self.reads
        found = []
        for kind, key in (*(("lit", each) for each in lit), ("sel", opened)):
            if place := pattern.fullmatch(key):
                numbers = [int(number) for number in place.groups()]
                row, column = ([0, *numbers] if len(numbers) == 1 else numbers)[:2]
                row, column = (column, row) if turned else (row, column)
                across, down = self.map.wide / self.columns, self.map.high / self.high
                size = f"{max(across, 0.6):g}"
                found.append((kind, f"{column * across:g}", f"{row * down:g}", size))
        return tuple(found)


def show_array(
    array: Any,
    name: str,
    chosen: tuple[int, ...] = (),
    find: Find | None = None,
    decimals: int = 3,
    masked: Any = None,
) -> Grid:
    """Return an array as a step shows it.

    Args:
        array: of any shape; of more than two axes one slice is shown.
        name: what it is called.
        chosen: the slice, as far as there is one.
        find: where a click on an entry leads, and what the entry is called.
        decimals: how many stand in a cell.
        masked: where what is shown was masked; None where nothing was.
    """
    whole = np.asarray(array, float)
    shaded = whole if masked is None else np.where(masked, -np.inf, whole)
    ahead = slice_of(whole.shape, chosen)
    flat = whole[ahead] if ahead else whole
    rows = np.atleast_2d(flat)
    said = ", ".join(map(str, ahead))
    called = f"{name}, {' by '.join(map(str, whole.shape)) or 'a number'}"
    called += f", slice {said}" if said else ""
    high, columns = rows.shape
    if max(high, columns) > NUMBERED:
        drawn = draw_heat_map(shaded[ahead] if ahead else shaded, called, "", (13.5, 12.5), 64)
        reads = _reads(find, whole.ndim, ahead) if find else ""
        return Grid((), columns, high, drawn, called, said, reads)
    found = np.abs(whole[np.isfinite(whole)])
    shown = np.atleast_2d(shaded[ahead] if ahead else shaded)
    shades = tones(shown, float(found.max()) if found.size else 0.0).tolist()
    is_whole = bool(np.all(rows == np.floor(rows)))
    cells = tuple(
        tuple(
            (
                cell_text(x, 0 if is_whole else decimals),
                tone_name(shade),
                *(find(place(whole.ndim, ahead, i, j)) if find else ("", "")),
            )
            for j, (x, shade) in enumerate(zip(line, shades_of, strict=True))
        )
        for i, (line, shades_of) in enumerate(zip(rows.tolist(), shades, strict=True))
    )
    return Grid(cells, columns, high, None, called, said)


@dataclass(frozen=True, slots=True)
class NumbersShown:
    """The numbers of an array that stands as a map.

    Attributes:
        name: of the array.
        rows: its numbers.
        columns: how many stand in a row.
        close: the address without them.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    columns: int
    close: str


def show_numbers(array: Any, name: str, close: str) -> NumbersShown:
    """Return the numbers of an array with rows and columns."""
    rows = tuple(tuple(cell_text(x, 4) for x in row) for row in array.tolist())
    return NumbersShown(name, rows, len(rows[0]), close)


def _reads(find: Find, axes: int, ahead: tuple[int, ...]) -> str:
    """Return what the entries of a large map are called: “dW[{i},{j}]”."""
    far = 10**6
    _, name = find(place(axes, ahead, far, far + 1))
    return name.replace(str(far), "{i}").replace(str(far + 1), "{j}")


def slice_of(shape: tuple[int, ...], chosen: tuple[int, ...]) -> tuple[int, ...]:
    """Return the slice of an array of more than two axes: the chosen one, as far as it is there."""
    ahead = shape[:-2]
    wanted = (*(0,) * len(ahead), *chosen)[-len(ahead) :] if ahead else ()
    return tuple(min(i, n - 1) for i, n in zip(wanted, ahead, strict=True))


def place(axes: int, ahead: tuple[int, ...], i: int, j: int) -> tuple[int, ...]:
    """Return the index of an entry, from where it stands in its slice."""
    return (*ahead, i, j)[-axes:] if axes else ()


def cell_text(x: float, decimals: int) -> str:
    """Return a number as a cell shows it: “≈0” where all its decimals would be 0."""
    if isnan(x):
        return "NaN"
    if isinf(x):
        return f"{MINUS if x < 0 else ''}∞"
    if x == 0:
        return "0"
    size = abs(x)
    if decimals and size < 0.5 * 10**-decimals:
        return "≈0"
    if size >= 10_000:
        return f"{x:.0e}".replace("e+0", "e").replace("e+", "e").replace("-", MINUS)
    kept = decimals if size < 10 else max(0, decimals - (1 if size < 100 else 2))
    return f"{x:.{kept}f}".replace("-", MINUS)
