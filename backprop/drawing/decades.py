"""Curves over many powers of ten on two logarithmic axes, beside lines of a known slope."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backprop.drawing.charts import Series


@dataclass(frozen=True, slots=True)
class Guide:
    """A straight line of a known slope, and what is written at it.

    Attributes:
        label: “error ∝ h²”.
        start, end: its ends, (x, y).
        anchor: on which side of the middle the words stand: “left” or “right”.
    """

    label: str
    start: tuple[float, float]
    end: tuple[float, float]
    anchor: str = "left"


@dataclass(frozen=True, slots=True)
class Spot:
    """A point of a curve that is named."""

    label: str
    x: float
    y: float
    colour: str
    above: bool = False


def decades_chart(
    series: Sequence[Series],
    titles: tuple[str, str],
    ranges: tuple[tuple[float, float], tuple[float, float]],
    *,
    guides: Sequence[Guide] = (),
    spots: Sequence[Spot] = (),
    now: float | None = None,
    dots: bool = False,
) -> str:
    """Return the figure as JSON.

    Args:
        series: the curves; what is not positive leaves a gap.
        titles: of the axes.
        ranges: of the axes, from and to.
        guides: lines of a known slope.
        spots: named points.
        now: where an upright line stands.
        dots: whether every point of a curve has a mark.
    """
    data = [
        {
            "type": "scatter",
            "mode": "lines+markers" if dots else "lines",
            "name": each.name,
            "x": [_digits(x) for x in each.x],
            "y": [_digits(y) for y in each.y],
            "line": {"color": each.colour, "dash": each.dash, "width": each.width},
            "marker": {"color": each.colour, "size": 7},
            "hovertemplate": f"{each.name}<br>%{{x:.3g}}: %{{y:.3g}}<extra></extra>",
        }
        for each in series
    ]
    data += [_spot(spot) for spot in spots]
    lines = [_line(*guide.start, *guide.end) for guide in guides]
    if now is not None:
        lines.append(_upright(now))
    layout = {
        "uirevision": "keep",
        "margin": {"l": 58, "r": 14, "t": 10, "b": 40},
        "xaxis": _axis(titles[0], ranges[0]),
        "yaxis": _axis(titles[1], ranges[1]),
        "shapes": lines,
        "annotations": [*map(_guided, guides), *map(_named, spots)],
        "hovermode": "closest",
    }
    return json.dumps({"data": data, "layout": layout}, allow_nan=False)


def _axis(title: str, ends: tuple[float, float]) -> dict[str, Any]:
    return {
        "type": "log",
        "title": {"text": title},
        "range": [math.log10(each) for each in ends],
        "exponentformat": "power",
        "nticks": 8,
    }


def _line(x0: float, y0: float, x1: float, y1: float) -> dict[str, Any]:
    line = {"color": "--muted", "width": 1.2, "dash": "dot"}
    return {"type": "line", "x0": x0, "y0": y0, "x1": x1, "y1": y1, "line": line}


def _upright(x: float) -> dict[str, Any]:
    line = {"color": "--edge", "width": 1.4}
    return {"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def _guided(guide: Guide) -> dict[str, Any]:
    """Return the words in the middle of a guide; places on logarithmic axes are exponents."""
    (x0, y0), (x1, y1) = guide.start, guide.end
    return {
        "x": (math.log10(x0) + math.log10(x1)) / 2,
        "y": (math.log10(y0) + math.log10(y1)) / 2,
        "text": guide.label,
        "showarrow": False,
        "xanchor": guide.anchor,
        "xshift": 6 if guide.anchor == "left" else -6,
        "font": {"color": "--muted"},
    }


def _spot(spot: Spot) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": spot.label,
        "x": [_digits(spot.x)],
        "y": [_digits(spot.y)],
        "marker": {"color": spot.colour, "size": 10, "symbol": "circle-open", "line": {"width": 2}},
        "hovertemplate": f"{spot.label}<br>%{{x:.3g}}: %{{y:.3g}}<extra></extra>",
    }


def _named(spot: Spot) -> dict[str, Any]:
    return {
        "x": math.log10(spot.x),
        "y": math.log10(spot.y),
        "text": spot.label,
        "showarrow": False,
        "yshift": 14 if spot.above else -14,
        "font": {"color": spot.colour},
    }


def _digits(y: float) -> float | None:
    """Return five digits of a number; None, a gap, where a logarithm has none."""
    return float(f"{y:.5g}") if math.isfinite(y) and y > 0 else None
