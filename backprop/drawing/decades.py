"""Curves over many powers of ten on two logarithmic axes, beside lines of a known slope."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backprop.drawing.charts import Figure, Series, curve_trace, digits, dump, point_trace
from backprop.drawing.labels import LabelPlace, LabelText, Points, along, around, place_labels

ALONG = (0.5, 0.3, 0.7, 0.1, 0.9)  # where beside a guide its words may stand


@dataclass(frozen=True, slots=True)
class Guide:
    """A straight line of a known slope, and what is written at it.

    Attributes:
        label: “error ∝ h²”.
        start, end: its ends, (x, y).
        anchor: on which side of the middle the words stand if there is room: “left” or “right”.
    """

    label: str
    start: tuple[float, float]
    end: tuple[float, float]
    anchor: str = "left"


@dataclass(frozen=True, slots=True)
class NamedPoint:
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
    spots: Sequence[NamedPoint] = (),
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
        curve_trace(each, "%{x:.3g}: %{y:.3g}", _digits, marker={"color": each.colour, "size": 7})
        | {"mode": "lines+markers" if dots else "lines"}
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
        "annotations": _written(series, guides, spots, ranges, now),
        "hovermode": "closest",
    }
    return dump(data, layout)


def _axis(title: str, ends: tuple[float, float]) -> Figure:
    return {
        "type": "log",
        "title": {"text": title},
        "range": [math.log10(each) for each in ends],
        "exponentformat": "power",
        "nticks": 8,
    }


def _line(x0: float, y0: float, x1: float, y1: float) -> Figure:
    line = {"color": "--muted", "width": 1.2, "dash": "dot"}
    return {"type": "line", "x0": x0, "y0": y0, "x1": x1, "y1": y1, "line": line}


def _upright(x: float) -> Figure:
    line = {"color": "--edge", "width": 1.4}
    return {"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def _spot(spot: NamedPoint) -> Figure:
    marker = {"color": spot.colour, "size": 10, "symbol": "circle-open", "line": {"width": 2}}
    return point_trace(spot.label, (spot.x, spot.y), marker, "%{x:.3g}: %{y:.3g}", _digits)


def _written(
    series: Sequence[Series],
    guides: Sequence[Guide],
    spots: Sequence[NamedPoint],
    ranges: tuple[tuple[float, float], tuple[float, float]],
    now: float | None,
) -> list[Figure]:
    """Return the words at guides and spots; places on logarithmic axes are exponents."""
    x, y = ranges
    frame = (math.log10(x[0]), math.log10(x[1])), (math.log10(y[0]), math.log10(y[1]))
    lines = [along(_logs(each.x), _logs(each.y)) for each in series]
    lines += [_guide_points(guide) for guide in guides]
    lines += [np.array([[math.log10(spot.x), math.log10(spot.y)]]) for spot in spots]
    if now is not None:
        lines.append(along(np.full(9, math.log10(now)), np.linspace(*frame[1], 9)))
    drawn: Points = np.vstack([np.zeros((0, 2)), *lines])
    words = [_at_spot(spot) for spot in spots] + [_at_guide(guide) for guide in guides]
    colours = [spot.colour for spot in spots] + ["--muted"] * len(guides)
    places = place_labels(words, drawn, frame)
    notes = [_note(*each) for each in zip(words, places, colours, strict=True)]
    return notes[len(spots) :] + notes[: len(spots)]


def _logs(numbers: Sequence[float]) -> Points:
    with np.errstate(all="ignore"):
        logs = np.log10(np.array(numbers, float))
    return np.where(np.isfinite(logs), logs, np.nan)


def _guide_points(guide: Guide) -> Points:
    a, b = _logs(guide.start), _logs(guide.end)
    points = np.linspace(a, b, 41)
    return np.asarray(points[np.isfinite(points).all(axis=1)])


def _at_guide(guide: Guide) -> LabelText:
    """Return the words of a guide, which stand beside it, in its middle if there is room."""
    a, b = _logs(guide.start), _logs(guide.end)
    at = tuple((float(x), float(y)) for x, y in (a + t * (b - a) for t in ALONG))
    return LabelText(guide.label, at, around(guide.anchor))


def _at_spot(spot: NamedPoint) -> LabelText:
    at = ((math.log10(spot.x), math.log10(spot.y)),)
    return LabelText(spot.label, at, around("left", 1.0 if spot.above else -1.0))


def _note(words: LabelText, place: LabelPlace, colour: str) -> Figure:
    return {
        "x": place.x,
        "y": place.y,
        "text": words.text,
        "showarrow": False,
        "xanchor": place.anchor,
        "xshift": place.right,
        "yshift": place.up,
        "font": {"color": colour},
    }


def _digits(y: float) -> float | None:
    """Return five digits of a number; None, a gap, where it has no logarithm."""
    return digits(y) if y > 0 else None
