"""A curve with its tangent, and a nudge along both: where they part is the error of the slope."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from backprop.drawing.charts import Figure, Series, curve_trace, digits, dump, point_trace


@dataclass(frozen=True, slots=True)
class Nudge:
    """A step to the side on a curve, and what its tangent foretells.

    Attributes:
        start: (x, y) before.
        end: (x, y) after, on the curve.
        slope: of the tangent at the start.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    slope: float

    @property
    def foretold(self) -> float:
        """Where the tangent comes to."""
        return self.start[1] + self.slope * (self.end[0] - self.start[0])


def nudge_chart(
    xs: Sequence[float], ys: Sequence[float], nudge: Nudge, names: tuple[str, str]
) -> str:
    """Return the figure of a curve, its tangent and a nudge, as JSON.

    Args:
        xs: the curve’s places.
        ys: its heights; what is not finite leaves a gap.
        nudge: the step.
        names: of the quantity across, and of the one upwards.
    """
    (x, y), (x_after, y_after) = nudge.start, nudge.end
    low, high = min(xs), max(xs)
    tangent = [y + nudge.slope * (low - x), y + nudge.slope * (high - x)]
    curve = Series("curve", xs, ys, "--fwd", width=2.4)
    data = [
        _curve(curve),
        _curve(Series("tangent", (low, high), tangent, "--bwd", "dash", 1.6)),
        _curve(Series("Δ" + names[0], (x, x_after), (y, y), "--ink", width=1.6)),
        _curve(Series("foretold", (x_after,) * 2, (y, nudge.foretold), "--bwd", width=3.2)),
        _curve(Series("gap", (x_after,) * 2, (nudge.foretold, y_after), "--ink", "dot", 2.4)),
        _point("before", x, y, "--ink", "circle"),
        _point("foretold", x_after, nudge.foretold, "--bwd", "diamond"),
        _point("after", x_after, y_after, "--fwd", "circle"),
    ]
    ends = (y, nudge.foretold, y_after)  # all three are seen, wherever the curve is
    heights = [each for each in (*ys, *ends) if math.isfinite(each)] or [0.0]
    room = 0.12 * (max(heights) - min(heights) or 1.0)
    layout = {
        "uirevision": "keep",
        "margin": {"l": 44, "r": 8, "t": 6, "b": 34},
        "xaxis": {"title": {"text": names[0]}, "range": [low, high], "nticks": 6},
        "yaxis": {
            "title": {"text": names[1]},
            "range": [digits(min(heights) - room), digits(max(heights) + room)],
            "nticks": 5,
        },
        "hovermode": "closest",
    }
    return dump(data, layout)


def _curve(series: Series) -> Figure:
    return curve_trace(series, "%{x:.4g}, %{y:.4g}")


def _point(name: str, x: float, y: float, colour: str, symbol: str) -> Figure:
    marker = {"color": colour, "size": 8, "symbol": symbol}
    return point_trace(name, (x, y), marker, "%{x:.5g}, %{y:.5g}")
