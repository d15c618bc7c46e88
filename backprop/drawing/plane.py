"""A function of two variables as a map of Plotly: its contours, and what is marked over them.

Built by hand and not by Plotly's classes, for they are asked for at every moment of a drag.
Colours are tokens of the page, so that a figure follows the theme.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from backprop.drawing.charts import Figure, as_json, dump, exactly, in_digits, in_five
from backprop.drawing.contour_grid import ContourGrid, nice

Vector = tuple[float, float]

SHADES = [[0, "--bg"], [0.4, "--fwd-wash"], [1, "--fwd-line"]]
ARROW = 0.35  # of the reach: how long an ordinary gradient is drawn
TANGENT = 0.4  # of the reach: how far a tangent goes to each side
LONGEST = 1e6  # arrows longer than so many reaches are lost in rounding
ARROW_ENDS = (  # what they are measured by
    '"xref": "x", "yref": "y", "axref": "x", "ayref": "y", "text": "", "showarrow": true'
)


@dataclass(frozen=True, slots=True)
class Marks:
    """What is drawn over the map.

    Attributes:
        names: of the two axes.
        middle, reach: what the map shows.
        gradient: None where it has no direction, or is not finite.
        step: the step that is tried, from the point.
        path: the places of the walk, the point first; one or none is no walk.
    """

    names: tuple[str, str]
    middle: Vector
    reach: float
    point: Vector
    gradient: Vector | None
    step: Vector
    path: Sequence[Vector] = ()


def arrow_scale(ground: ContourGrid, reach: float) -> float:
    """Return by how much a map shortens gradients, so that most fit in it: 1, 2 or 5 · 10ⁿ."""
    return nice(ARROW * reach / ground.steep) if ground.steep > 0 else 1.0


@lru_cache(maxsize=64)
def contour_chart(ground: ContourGrid, names: tuple[str, str], middle: Vector, reach: float) -> str:
    """Return the contour map alone: it stays the same while a point is dragged over it."""
    axis: Figure = {"nticks": 7, "zeroline": False}
    across = {**axis, "title": {"text": names[0], "standoff": 4}}
    up = {**axis, "title": {"text": names[1], "standoff": 4}}
    return dump([_contour(ground)], _square(middle, reach, across, up))


def marks_chart(marks: Marks, scale: float) -> str:
    """Return what lies over the map: the point, its gradient, the step tried and the walk.

    Args:
        marks: what is drawn.
        scale: by how much the gradient is shortened.
    """
    x, y = marks.point
    data, arrows = [], []
    if marks.gradient is not None:
        gx, gy = marks.gradient
        length = math.hypot(gx, gy)
        level = (-gy / length * marks.reach * TANGENT, gx / length * marks.reach * TANGENT)
        ends = (x - level[0], x + level[0]), (y - level[1], y + level[1])
        data.append(line(*ends, "--muted", 1.5, "dash"))
        arrows.append(_arrow(marks, (gx * scale, gy * scale), "--bwd", 3.0))
    if marks.step != (0.0, 0.0):
        arrows.insert(0, _arrow(marks, marks.step, "--ink", 2.0))
    if len(marks.path) > 1:
        data.append(_walk(marks.path))
    data.append(dot(x, y, "--ink", 13))
    plain = _bare_square(marks.middle, marks.reach)
    return dump(data, f'{plain[:-1]}, "annotations": [{", ".join(filter(None, arrows))}]}}')


@lru_cache(maxsize=64)
def _bare_square(middle: Vector, reach: float) -> str:
    axis: Figure = {"visible": False}
    return as_json(_square(middle, reach, axis, axis))


def _contour(ground: ContourGrid) -> Figure:
    value = "%{z:.4g}" if ground.even else "%{text}"
    trace: Figure = {
        "type": "contour",
        "x": ground.xs,
        "y": ground.ys,
        "z": ground.shown,
        "showscale": False,
        "colorscale": SHADES,
        "autocontour": False,
        "connectgaps": False,
        "line": {"width": 0.7, "color": "--field", "smoothing": 1},
        "hovertemplate": f"%{{x:.3g}}, %{{y:.3g}}<br>f {value}<extra></extra>",
    }
    if ground.step:
        trace["contours"] = {
            "start": ground.start,
            "end": ground.end,
            "size": ground.step,
            "showlabels": ground.even,
            "labelfont": {"size": 10, "color": "--muted"},
        }
    else:
        trace |= {"contours": {"showlines": False}, "zmin": ground.start, "zmax": ground.end + 1}
    if not ground.even:
        trace["text"] = ground.z
    return trace


def _walk(path: Sequence[Vector]) -> str:
    xs, ys = zip(*path, strict=True)
    size = [0, *(4 for _ in path[2:]), 9]
    marker = {"color": "--ink", "size": size, "symbol": "circle", "line": {"width": 0}}
    plain = line(xs, ys, "--ink", 1.5, "dot", mode="lines+markers")
    return f'{plain[:-1]}, "marker": {as_json(marker)}}}'


def _arrow(marks: Marks, vector: Vector, colour: str, width: float) -> str:
    """Return an arrow from the point, shortened to end on the map; empty where it has no length."""
    (x, y), (dx, dy) = marks.point, vector
    long = math.hypot(dx, dy)
    if not 1e-3 * marks.reach < long < LONGEST * marks.reach:
        return ""
    shares = [1.0]
    for start, go, middle in zip(marks.point, vector, marks.middle, strict=True):
        edge = middle + math.copysign(0.99 * marks.reach, go)
        if go and abs(start + go - middle) > 0.99 * marks.reach:
            shares.append(max(0.02, (edge - start) / go))
    share = min(shares)
    head = f'"x": {in_five(x + share * dx)}, "y": {in_five(y + share * dy)}'
    tail = f'"ax": {exactly(x)}, "ay": {exactly(y)}, {ARROW_ENDS}'
    look = f'"arrowsize": 1, "arrowwidth": {width}, "arrowcolor": "{colour}"'
    return f'{{{head}, {tail}, "arrowhead": 2, {look}}}'


def _square(middle: Vector, reach: float, across: Figure, up: Figure) -> Figure:
    """Return the layout of a square map; what lies over it has the same, so that both fit."""
    (cx, cy), axis = middle, {"fixedrange": True, "constrain": "domain"}
    return {
        "margin": {"l": 40, "r": 8, "t": 6, "b": 36},
        "dragmode": False,
        "hovermode": "closest",
        "xaxis": {**axis, **across, "range": [cx - reach, cx + reach]},
        "yaxis": {**axis, **up, "range": [cy - reach, cy + reach], "scaleanchor": "x"},
    }


def line(
    xs: Sequence[float] | str,
    ys: Sequence[float],
    colour: str,
    width: float,
    dash: str = "solid",
    *,
    hover: str = "skip",
    mode: str = "lines",
) -> str:
    """Return a line through some places, as JSON; about it hovering says nothing, or “x+y”.

    Places along the axis that many lines share may be in digits already.
    """
    along = xs if isinstance(xs, str) else in_digits(xs)
    look = f'{{"color": "{colour}", "width": {width}, "dash": "{dash}"}}'
    return (
        f'{{"type": "scatter", "mode": "{mode}", "x": [{along}], "y": [{in_digits(ys)}], '
        f'"line": {look}, "hoverinfo": "{hover}"}}'
    )


def dot(x: float, y: float, colour: str, size: float = 10) -> str:
    """Return one place as JSON, ringed so that it stands out from lines."""
    look = f'{{"color": "{colour}", "size": {size}, "line": {{"color": "--bg", "width": 2}}}}'
    return (
        f'{{"type": "scatter", "mode": "markers", "x": [{in_five(x)}], '
        f'"y": [{in_five(y)}], "marker": {look}, "hoverinfo": "skip"}}'
    )
