"""The slopes of a function from either side, where its rules give none.

    (f(θ + d) − f(θ)) / d   and   (f(θ) − f(θ − d)) / d    for d that shrink tenfold

Where a rule gives 0 · ∞ or ∞, that says nothing yet about the function: √(x²) has a kink at 0,
√(x⁴) is flat there, and √x ends there. What the quotients tend to says which it is.
"""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from backprop.engine import forward
from backprop.engine.graph import Graph

WIDTHS = (1e-4, 1e-5, 1e-6)  # times √|θ|, where that is more than 1
GROWS = 1.1  # times from width to width: what no slope does
FLAT = 1e-9  # what is 0, but for rounding
SAME = 1e-3  # of the larger: what is one slope


class Sides(NamedTuple):
    """What a function does at a point, along one variable.

    Attributes:
        left, right: the slope from each side; ±∞ where it is steeper than any number, NaN where
            the function has no value on that side.
        kind: “smooth” (both are one), “kink”, “steep”, “jump”, “end” (no value on one side),
            “alone” (on neither), or “no value” (not at the point itself).
    """

    left: float
    right: float
    kind: str


def one_sided_slopes(graph: Graph, at: Mapping[str, float], name: str) -> Sides:
    """Return the slopes of a function of numbers along one variable, from either side.

    Raises:
        PointError: the point does not fit the graph's variables.
    """
    here = float(at[name])
    widths = np.array(WIDTHS) * max(1.0, math.sqrt(abs(here)))
    places = here + np.concatenate([[0.0], widths, -widths])
    values = np.broadcast_to(forward.columns(graph, {**at, name: places})[-1], places.shape)
    if not math.isfinite(values[0]):
        return Sides(math.nan, math.nan, "no value")
    with np.errstate(all="ignore"):
        quotients = (values[1:] - values[0]) / (places[1:] - here)
    right, left = (_limit(side.tolist()) for side in (quotients[:3], quotients[3:]))
    rises = np.abs(values[[3, 6]] - values[0]), np.abs(values[[1, 4]] - values[0])
    jumps = bool((rises[0] > 0.5 * rises[1]).any() and (rises[0] > 0).any())
    return Sides(left, right, _kind(left, right, jumps=jumps))


def _limit(quotients: Sequence[float]) -> float:
    """Return what quotients by shrinking widths tend to."""
    wide, middle, narrow = quotients
    if not all(map(math.isfinite, quotients)):
        return math.nan
    if abs(narrow) > GROWS * abs(middle) > GROWS**2 * abs(wide):
        return math.copysign(math.inf, narrow)
    limit = narrow + (narrow - middle) / 9  # without the part that is of the order of the width
    return limit if abs(limit) > FLAT * abs(wide) and abs(limit) > FLAT else 0.0


def _kind(left: float, right: float, *, jumps: bool) -> str:
    missing = math.isnan(left) + math.isnan(right)
    if missing:
        return "alone" if missing == 2 else "end"
    if math.isinf(left) or math.isinf(right):
        return "jump" if jumps else "steep"
    return "smooth" if abs(left - right) <= SAME * max(1.0, abs(left), abs(right)) else "kink"
