"""What an entry is multiplied with: a constant, an entry by its name, a text, else its number."""

from collections.abc import Sequence
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.arrays.entries.expanding import Cell, Expander
from backprop.engine.arrays.entries.frames import Frame
from backprop.engine.arrays.rows import number_text
from backprop.engine.arrays.shapes import Shape

SAME = 1e-9  # by how much, in parts, two ways to the same number may differ
DIGITS = 4  # of a number that has no name


class Coefficient(NamedTuple):
    """What an entry is multiplied with.

    Attributes:
        kind: constant, entry, text or number.
        text: as it is written: -1, X[0, 2], 0.25·D[1, 1], 1 - A[3, 0] ** 2, -0.149.
        cells: the entries that it is made of.
    """

    kind: str
    text: str
    cells: tuple[Cell, ...] = ()


class Coefficients:
    """Names the coefficients of one text at one entry.

    Args:
        frame: of the text.
        points: the arrays at the true point, then at the random ones.
        at: the entry.
        free: the array whose entries are multiplied: it names none of them.
        is_linear: whether the text is linear in it, so that it has a factor there.
    """

    def __init__(
        self,
        frame: Frame,
        points: Sequence[dict[str, Any]],
        at: Shape,
        free: str,
        *,
        is_linear: bool = False,
    ) -> None:
        self.frame, self.at, self.has_factor = frame, at, is_linear
        self.expander = Expander(frame, points, free)
        names = [name for name in frame.drawn[0] if name != free]
        self.cells = [
            (name, number) for name in names for number in range(np.size(points[0][name]))
        ]
        flat = [
            np.concatenate([np.ravel(point[name]) for name in names] or [np.zeros(0)])
            for point in points
        ]
        self.flat = np.array(flat, float).reshape(len(points), -1)
        self.ratios = self.flat[1] / self.flat[2]  # drawn away from 0, and from each other
        self.order = np.argsort(self.ratios)

    def name(self, o: Shape, found: Sequence[float]) -> Coefficient:
        """Return the coefficient of entry o, of which the numbers at all points are known."""
        if max(found) - min(found) <= SAME * max(map(abs, found)):
            return Coefficient("constant", shown(found[0]))
        return self._entry(found) or self._text(o, found) or Coefficient("number", shown(found[0]))

    def _entry(self, found: Sequence[float]) -> Coefficient | None:
        """Return an entry, or a multiple of one, that has these numbers at all points."""
        if not (found[1] and found[2]):
            return None
        ratio = found[1] / found[2]
        room = SAME * abs(ratio)
        sorted_ratios = self.ratios[self.order]
        first, last = np.searchsorted(sorted_ratios, [ratio - room, ratio + room])
        for place in sorted(self.order[first:last].tolist()):
            values = self.flat[:, place]
            factor = float(found[1] / values[1])
            if np.all(np.abs(factor * values - found) <= SAME * np.abs(found)):
                name, number = self.cells[place]
                at = np.unravel_index(number, self.frame.shapes[name])
                cell = Cell(name, tuple(map(int, at)))
                return Coefficient("entry", f"{_multiple(factor)}{cell.text}", (cell,))
        return None

    def _text(self, o: Shape, found: Sequence[float]) -> Coefficient | None:
        """Return the text's own factor at this entry, if it is short and has these numbers."""
        made = self.expander.coefficient(self.frame.tree, self.at, o) if self.has_factor else None
        self.has_factor = made is not None  # what has none at one entry has none at the others
        if made is None or not np.allclose(made.numbers, found, SAME, 0.0):
            return None
        short = self.expander.short(made)
        return Coefficient("text", *short) if short else None


def shown(number: float) -> str:
    """Return a number with few digits: 0.25, -1, -0.1166."""
    return number_text(float(f"{number + 0.0:.{DIGITS}g}")) if isfinite(number) else str(number)


def _multiple(factor: float) -> str:
    sign, size = "-" * (factor < 0), abs(factor)
    return sign if abs(size - 1) <= SAME else f"{sign}{shown(size)}·"
