"""The values of a function over a square of the plane, and the levels at which a map draws lines.

Levels are even where that shows something. Where a function is flat here and huge there, equal
steps would leave the flat part blank: then the map is drawn of a monotone function of the values,
which has the same level lines, closer where the values crowd.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from backprop.drawing.charts import digits

Rows = tuple[tuple[float | None, ...], ...]

SKEWED = 8.0  # how many times longer one half of the values may be than the other
WIDE = 12.0  # how many times longer all values may be than their middle half
ABOUT = 13  # lines of a map
SAME = 1e-9  # a spread of values, beside their size, that is rounding only


@dataclass(frozen=True, eq=False)
class ContourGrid:
    """What a map and a surface are drawn from; what is made of it alone is kept beside it.

    Attributes:
        xs, ys: the places of columns and rows.
        z: the values, a row for each y, five digits each; None where there is none.
        shown: what level lines are drawn of; z itself where levels are even.
        even: whether the levels are equal steps of the function.
        start, end, step: of the levels, in what is shown; a step of 0 is a level ground.
        floor, roof: between which a surface is drawn.
        steep: an ordinary slope of it, by which arrows are scaled.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    z: Rows
    shown: Rows
    even: bool
    start: float
    end: float
    step: float
    floor: float
    roof: float
    steep: float

    @cached_property
    def gaps(self) -> int:
        """How many of the places have no finite value."""
        return sum(z is None for row in self.z for z in row)

    @property
    def places(self) -> int:
        """How many places there are."""
        return len(self.xs) * len(self.ys)


def make_contour_grid(xs: np.ndarray, ys: np.ndarray, values: np.ndarray) -> ContourGrid:
    """Return the ground of values, [ys, xs]."""
    known = values[np.isfinite(values)]
    shown, even = _shown(values, known)
    seen = shown[np.isfinite(shown)]
    low, high = (float(seen.min()), float(seen.max())) if seen.size else (0.0, 1.0)
    flat = not high - low > SAME * max(abs(low), abs(high))
    step = 0.0 if flat else nice((high - low) / ABOUT)
    floor, roof = _bounds(known)
    return ContourGrid(
        xs=tuple(map(rounded, xs.tolist())),
        ys=tuple(map(rounded, ys.tolist())),
        z=_rows(values),
        shown=_rows(shown),
        even=even,
        start=rounded(math.ceil(low / step) * step) if step else low,
        end=rounded(math.floor(high / step) * step) if step else high,
        step=step,
        floor=floor,
        roof=roof,
        steep=0.0 if flat else _steep(xs, ys, values),
    )


def _shown(values: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, bool]:
    """Return what level lines are drawn of, and whether that is the values themselves."""
    if not known.size:
        return values, True
    low, first, middle, third, high = np.quantile(known, (0, 0.25, 0.5, 0.75, 1))
    with np.errstate(all="ignore"):
        if high - middle > SKEWED * (middle - low) and first > low:
            return np.log1p((values - low) / (first - low)), False
        if middle - low > SKEWED * (high - middle) and high > third:
            return -np.log1p((high - values) / (high - third)), False
        if high - low > WIDE * (third - first) > 0:
            return np.arcsinh((values - middle) / (third - first)), False
    return values, True


def _bounds(known: np.ndarray) -> tuple[float, float]:
    """Return between which values a surface is drawn: all, unless a few stand far out."""
    if not known.size:
        return 0.0, 1.0
    low, least, most, high = map(float, np.quantile(known, (0, 0.03, 0.97, 1)))
    margin = most - least
    if high - low > WIDE * margin > 0:
        low, high = max(low, least - margin / 2), min(high, most + margin / 2)
    around = max(1.0, abs(low) / 100)
    return (low, high) if high > low else (low - around, low + around)


def _steep(xs: np.ndarray, ys: np.ndarray, values: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        up, across = np.gradient(values, ys, xs)
        slopes = np.hypot(up, across)
    known = slopes[np.isfinite(slopes)]
    middle, most = np.quantile(known, (0.5, 0.9)) if known.size else (0.0, 0.0)
    return float(middle or most)


def _rows(values: np.ndarray) -> Rows:
    return tuple(tuple(map(digits, row)) for row in values.tolist())


def rounded(x: float) -> float:
    """Return a place without the dust of floating point."""
    return float(f"{x:.9g}")


def nice(x: float) -> float:
    """Return the number 1, 2 or 5 times a power of ten that is nearest to a positive number.

    It is 0 where there is none: of 0, of ∞, and of what is too small for a power of ten.
    """
    if not 1e-300 < x < math.inf:
        return 0.0
    power = 10.0 ** math.floor(math.log10(x))
    return rounded(min((1, 2, 5, 10), key=lambda n: abs(math.log(n * power / x))) * power)
