"""A curve around a point, the secant through a nudge to both sides, and the tangent.

All are drawn as they differ from the point, so that a picture at any magnification has digits to
show: δ across, f(θ + δ) − f(θ) upwards.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from backprop.drawing.charts import Figure, Series, curve_trace, dump, point_trace

ROOM = 0.14  # above and below, as a share of the height
MOST = 2.5  # how far the curve is followed, in heights of the nudge


@dataclass(frozen=True, slots=True)
class Secant:
    """A nudge of ±h.

    Attributes:
        h: how far to each side.
        low, high: by how much f differs there from its value at the point.
        slope: of the tangent at the point.
    """

    h: float
    low: float
    high: float
    slope: float

    @property
    def rise(self) -> float:
        """The slope of the secant: the central difference quotient."""
        return (self.high - self.low) / (2 * self.h)

    @property
    def height(self) -> float:
        """The farthest of what has to be seen: both ends, and the tangent below or above them."""
        ends = (abs(self.low), abs(self.high), abs(self.slope) * self.h)
        return max((end for end in ends if math.isfinite(end)), default=0.0)


def secant_chart(
    places: Sequence[float], heights: Sequence[float], secant: Secant, names: tuple[str, str]
) -> str:
    """Return the figure as JSON.

    Args:
        places: δ along the curve, rising.
        heights: f(θ + δ) − f(θ); what is not finite leaves a gap.
        secant: the nudge, and the tangent.
        names: of the axes.
    """
    reach = places[-1]
    middle = (secant.low + secant.high) / 2
    ends = (-reach, reach)
    lines = [
        _curve(Series("curve", places, heights, "--fwd", "solid", 2.4)),
        _curve(Series("secant", ends, [middle + secant.rise * x for x in ends], width=1.6)),
        _curve(Series("tangent", ends, [secant.slope * x for x in ends], "--bwd", "dash", 1.8)),
    ]
    marks = [
        _mark("f(θ − h)", -secant.h, secant.low, "--fwd", "circle"),
        _mark("f(θ + h)", secant.h, secant.high, "--fwd", "circle"),
        _mark("θ", 0.0, 0.0, "--bwd", "circle-open"),
    ]
    layout = {
        "uirevision": "keep",
        "margin": {"l": 62, "r": 8, "t": 6, "b": 36},
        "xaxis": {
            "title": {"text": names[0]},
            "range": [-reach, reach],
            "nticks": 5,
            "exponentformat": "power",
        },
        "yaxis": {
            "title": {"text": names[1]},
            "range": _range(heights, secant),
            "nticks": 5,
            "exponentformat": "power",
        },
        "hovermode": "closest",
    }
    return dump([*lines, *marks], layout)


def _range(heights: Sequence[float], secant: Secant) -> list[float]:
    """Return how far the upright axis goes: over the curve, but not far beyond the nudge."""
    most = MOST * secant.height or 1.0
    seen = [min(max(y, -most), most) for y in heights if math.isfinite(y)] or [0.0]
    seen += [0.0, secant.height / 2, -secant.height / 2]
    room = ROOM * (max(seen) - min(seen)) or 1.0
    return [min(seen) - room, max(seen) + room]


def _curve(series: Series) -> Figure:
    return curve_trace(series, "%{x:.4g}, %{y:.4g}", _digits)


def _mark(name: str, x: float, y: float, colour: str, symbol: str) -> Figure:
    marker = {"color": colour, "size": 9, "symbol": symbol, "line": {"width": 2}}
    return point_trace(name, (x, y), marker, "%{y:.5g}", _digits)


def _digits(x: float) -> float | None:
    """Return six digits of a number; None, a gap, for NaN, ∞, and what no picture can hold."""
    return float(f"{x:.6g}") if abs(x) < 1e300 else None
