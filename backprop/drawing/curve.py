"""A small curve with its tangent: what a local derivative of one input looks like."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop.engine.ops import Operation

WIDTH, HEIGHT, MARGIN = 60.0, 26.0, 4.0
POINTS = 33
FAR = 1e100  # beyond it nothing can be seen, and the reach would overflow
REACH = 3.0  # how far the curve is drawn to both sides of the point, at least


@dataclass(frozen=True, slots=True)
class FunctionCurve:
    """Path data in a box of WIDTH by HEIGHT: the function, its tangent, and the point."""

    function: str
    tangent: str
    x: str
    y: str


def draw_function(row: Operation, x: float) -> FunctionCurve | None:
    """Return the picture of a one-input operation around x; None where there is none to draw."""
    if len(row.inputs) != 1 or not abs(x) < FAR:
        return None
    reach = max(REACH, 1.25 * abs(x))
    across = np.linspace(-reach, reach, POINTS)
    up = row.evaluate(across)
    out = row.evaluate(np.float64(x))
    slope = row.local_derivatives(out, np.float64(x))[0]
    if not (np.all(np.isfinite(up)) and np.isfinite(slope)):
        return None
    low, high = float(up.min()), float(up.max())
    tall = (HEIGHT - 2 * MARGIN) / (high - low or 1.0)
    wide = (WIDTH - 2 * MARGIN) / (2 * reach)

    def place(a: float, b: float) -> str:
        return f"{MARGIN + (a + reach) * wide:.1f} {HEIGHT - MARGIN - (b - low) * tall:.1f}"

    half = 11 / np.hypot(wide, slope * tall)  # so that every tangent is drawn equally long
    ends = (place(x - half, out - half * slope), place(x + half, out + half * slope))
    centre = place(x, float(out)).split()
    points = " L".join(place(a, float(b)) for a, b in zip(across, up, strict=True))
    return FunctionCurve(f"M{points}", f"M{ends[0]} L{ends[1]}", *centre)


ICON_REACH, ICON_WIDE, ICON_HIGH = 3.5, 6.5, 5.0


@lru_cache(maxsize=64)
def icon(row: Operation) -> str:
    """Return the path of an activation’s curve, its sign in a neuron: around 0, 13 by 10."""
    across = np.linspace(-ICON_REACH, ICON_REACH, 15)
    up = np.nan_to_num(row.evaluate(across))
    low, high = float(up.min()), float(up.max())
    tall = 2 * ICON_HIGH / (high - low or 1.0)
    points = (
        f"{a * ICON_WIDE / ICON_REACH:.1f} {ICON_HIGH - (b - low) * tall:.1f}"
        for a, b in zip(across, up.tolist(), strict=True)
    )
    return "M" + "L".join(points)
