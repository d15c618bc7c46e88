"""Slopes as Plotly figures: along an axis, over all directions, and over the length of a step.

Built by hand and not by Plotly's classes, for they are asked for at every moment of a drag.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop.drawing.charts import as_json, dump, exactly, in_digits
from backprop.drawing.plane import TANGENT, Vector, dot, line

SMALL = '"margin": {"l": 52, "r": 10, "t": 6, "b": 36}, "hovermode": "closest"'
LEVEL = '{"color": "--bg", "size": 8, "line": {"color": "--muted", "width": 2}}'
TICKS = '"tickvals": [-180, -90, 0, 90, 180], "ticksuffix": "\\u00b0"'  # °


@dataclass(frozen=True, slots=True)
class SliceCurve:
    """A function along one axis, without what is marked on it.

    Attributes:
        trace: as JSON.
        ends: of the axis.
        span: between which values it runs.
    """

    trace: str
    ends: Vector
    span: Vector


@dataclass(frozen=True, slots=True)
class Places:
    """Places along an axis, evenly apart; every curve over that part of it has the same.

    Attributes:
        xs: the places.
        written: the same as JSON.
    """

    xs: tuple[float, ...]
    written: str


@lru_cache(maxsize=64)
def even_places(first: float, last: float, count: int) -> Places:
    """Return so many places from the first to the last."""
    xs = np.linspace(first, last, count).tolist()
    return Places(tuple(xs), in_digits(xs))


def slice_curve(places: Places, ys: Sequence[float]) -> SliceCurve:
    """Return a function along one axis, from its places and values."""
    trace = line(places.written, ys, "--fwd", 2.2, hover="x+y")
    return SliceCurve(trace, (places.xs[0], places.xs[-1]), _span(ys))


def slice_chart(curve: SliceCurve, point: Vector, slope: float, titles: tuple[str, str]) -> str:
    """Return a function along one axis through the point, with its tangent there."""
    data = [curve.trace]
    (first, last), (low, high) = curve.ends, curve.span
    x, y = point
    if math.isfinite(y) and math.isfinite(slope):
        half = TANGENT * (last - first) / 2
        half = min(half, 0.6 * (high - low) / abs(slope)) if slope else half
        ends = (y - half * slope, y + half * slope)
        data.append(line((x - half, x + half), ends, "--bwd", 2.6))
    data.append(dot(x, y, "--ink"))
    upright = _axis(titles[1], _padded(low, high), 4)
    return dump(data, _layout(_axis(titles[0], (first, last), 5), upright))


@lru_cache(maxsize=1)
def _all_around() -> tuple[tuple[float, ...], str]:
    """Return directions all around, and the same in degrees as JSON."""
    angles = range(-180, 181, 5)
    return tuple(map(math.radians, angles)), in_digits(angles)


def turn_chart(gradient: Vector, angle: float, slope: float) -> str:
    """Return the slope over all directions: highest along the gradient, 0 along the contour."""
    steepest = math.hypot(*gradient)
    bearing = math.atan2(gradient[1], gradient[0])
    directions, angles = _all_around()
    slopes = [steepest * math.cos(a - bearing) for a in directions]
    turned = (angle + 180) % 360 - 180
    level = [(math.degrees(bearing) + quarter + 180) % 360 - 180 for quarter in (-90, 90)]
    data = [
        line(angles, slopes, "--bwd", 2.2, hover="x+y"),
        f'{{"type": "scatter", "mode": "markers", "x": [{in_digits(level)}], "y": [0, 0], '
        f'"marker": {LEVEL}, "hoverinfo": "skip"}}',
        dot(math.degrees(bearing), steepest, "--bwd", 11),
        line((turned, turned), (0, slope), "--ink", 1.5, "dot"),
        dot(turned, slope, "--ink", 10),
    ]
    tall = steepest * 1.2
    across = f"{_axis('direction', (-186, 186), 5)[:-1]}, {TICKS}}}"
    return dump(data, _layout(across, _axis("slope", (-tall, tall), 5)))


def rise_chart(
    lengths: Places, rises: Sequence[float], slope: float, length: float, rise: float
) -> str:
    """Return how far the function rises along the direction, and how far its slope says."""
    ends = (0.0, lengths.xs[-1])
    data = [
        line(lengths.written, rises, "--fwd", 2.2, hover="x+y"),
        line(ends, [slope * t for t in ends], "--bwd", 2.2),
        line((length, length), (slope * length, rise), "--ink", 1.5, "dot"),
        dot(length, slope * length, "--bwd", 10),
        dot(length, rise, "--fwd", 10),
    ]
    low, high = _span([*rises, *(slope * t for t in ends), 0.0])
    across = _axis("length of the step", (0, ends[1]), 5)
    return dump(data, _layout(across, _axis("rise of f", _padded(low, high), 5)))


def _layout(across: str, upright: str) -> str:
    return f'{{{SMALL}, "xaxis": {across}, "yaxis": {upright}}}'


def _axis(title: str, ends: Vector, ticks: int) -> str:
    return (
        f'{{"title": {_title(title)}, "range": [{exactly(ends[0])}, {exactly(ends[1])}], '
        f'"nticks": {ticks}}}'
    )


@lru_cache(maxsize=256)
def _title(title: str) -> str:
    return as_json({"text": title, "standoff": 6})


def _span(ys: Sequence[float]) -> Vector:
    """Return between which values a curve runs, leaving out a few that stand far out."""
    known = sorted(filter(math.isfinite, ys))
    if not known:
        return -1.0, 1.0
    low, high = known[0], known[-1]
    least, most = known[len(known) // 12], known[-1 - len(known) // 12]
    if high - low > 12 * (most - least) > 0:
        low, high = max(low, 2 * least - most), min(high, 2 * most - least)
    return (low, high) if high > low else (low - 1.0, low + 1.0)


def _padded(low: float, high: float) -> Vector:
    pad = 0.08 * (high - low)
    return low - pad, high + pad
