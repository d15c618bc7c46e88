"""The check of a wrong gradient, array by array, and entry by entry within it."""

from dataclasses import dataclass

import numpy as np

from backprop.engine.differences.check import check_gradient
from backprop.engine.differences.report import Row
from backprop.lessons.gradient_check.tolerance_bands import Band, band_of
from backprop.lessons.gradient_check.work import Array
from backprop.notation.numerals import MINUS, short
from backprop.stage.training_setup import TrainingSetup

EVEN = 1e-3  # ratios of wrong and right that differ by less are one ratio


@dataclass(frozen=True, slots=True)
class Cell:
    """One entry of a gradient: a place in the picture of its array."""

    name: str
    band: str
    words: str


@dataclass(frozen=True, slots=True)
class Part:
    """One array of parameters, such as W1 or b1.

    Attributes:
        name: the array's.
        rows: its entries, a row for each unit; of biases one row.
        off: how many of them are off; `size` is how many there are.
        worst: the largest relative difference, as it is shown.
        ratio: claimed ÷ by differences, where it is one for all, else from … to.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    off: int
    size: int
    band: Band
    worst: str
    ratio: str


def parts_of(bench: TrainingSetup, flat: Array, claimed: Array) -> tuple[Part, ...]:
    """Return the check of a gradient that is claimed, over all examples.

    Args:
        bench: the network and its examples.
        flat: the parameters, as one row.
        claimed: the gradient, as one row.
    """
    parameters = bench.arrays(flat)
    at = {**parameters, "X": bench.X, "Y": bench.Y}
    rows = check_gradient(bench.network, at, bench.arrays(claimed)).rows
    names = tuple(bench.network.scalars(parameters))
    parts, first = [], 0
    for name, shape in bench.network.shapes.items():
        here = slice(first, first + int(np.prod(shape)))
        width = shape[-1]
        parts.append(_part(name, width, names[here], rows[here]))
        first = here.stop
    return tuple(parts)


def _part(name: str, width: int, names: tuple[str, ...], rows: tuple[Row, ...]) -> Part:
    bands = [band_of(row.relative, kink=row.kink, hidden=row.hidden) for row in rows]
    cells = tuple(
        Cell(each, band.name, _said(each, row))
        for each, band, row in zip(names, bands, rows, strict=True)
    )
    worst = max((0.0 if row.hidden else row.relative for row in rows), key=lambda x: (x != x, x))
    return Part(
        name,
        tuple(cells[i : i + width] for i in range(0, len(cells), width)),
        sum(band.off for band in bands),
        len(cells),
        band_of(worst),
        short(worst),
        _ratio([(row.analytic, row.numeric) for row in rows]),
    )


def _said(name: str, row: Row) -> str:
    return (
        f"{name}: claimed {short(row.analytic)}, by differences {short(row.numeric)}, "
        f"relative difference {short(row.relative)}"
    )


def _ratio(pairs: list[tuple[float, float]]) -> str:
    """Return claimed ÷ measured: one number where it is the same for all, else from … to."""
    with np.errstate(all="ignore"):
        found = [a / n for a, n in pairs if abs(n) > 1e-9]
    if not found or not np.isfinite(found).all():
        return "–"
    low, high = min(found), max(found)
    if high - low <= EVEN * max(abs(low), abs(high), 1e-12):
        return _three(sum(found) / len(found))
    return f"{_three(low)} … {_three(high)}"


def _three(x: float) -> str:
    if abs(x) < 5e-4:
        return "0"
    if abs(abs(x) - 1) < 5e-3:  # so near that three digits would say 1
        return f"{x:.6f}".rstrip("0").rstrip(".").replace("-", MINUS)
    return f"{x:.3g}".replace("-", MINUS) if abs(x) < 1e4 else short(x)
