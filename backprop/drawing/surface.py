"""A function of two variables as a surface, with the point, what is steepest there, and the walk.

The gradient is a vector of the plane: it lies on the floor, under the surface. What rises along it
is the tangent, whose slope is the gradient's length.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from backprop.drawing.charts import Figure, as_json, dump, in_digits
from backprop.drawing.contour_grid import ContourGrid
from backprop.drawing.plane import Marks, Vector, arrow_scale

SHADES = [[0, "--fwd-wash"], [0.7, "--fwd-line"], [1, "--fwd"]]
CAMERA = {"eye": {"x": 1.5, "y": -1.1, "z": 0.8}, "center": {"x": 0, "y": 0, "z": -0.12}}
UNDER = 0.4  # of the height: how far under the surface the floor lies
TANGENT = 0.4  # of the reach: how long the tangent is, seen from above
TALLEST = 0.45  # of the height: how far it may rise


def surface_chart(
    ground: ContourGrid, marks: Marks, height: float, path_heights: Sequence[float]
) -> str:
    """Return the surface as a figure, JSON.

    Args:
        ground: what the surface is.
        marks: what is drawn over the map.
        height: the function's value at the point; where it is not finite nothing is marked.
        path_heights: its value at each place of the walk.
    """
    data = [_surface_as_json(ground)]
    x, y = marks.point
    floor = ground.floor - UNDER * (ground.roof - ground.floor)
    if math.isfinite(height):
        data.append(places_line(((x, y, floor), (x, y, height)), "--muted", 2, "dot"))
        if marks.gradient is not None:
            data += _slopes(ground, marks, height, floor)
        data.append(places_dots(((x, y, height),), "--ink", 6))
    if len(marks.path) > 1:
        places = [(*place, z) for place, z in zip(marks.path, path_heights, strict=True)]
        data += [places_line(places, "--ink", 4), places_dots(places[1:], "--ink", 3)]
    return dump(data, _layout_as_json(ground, marks.names, marks.middle, marks.reach, floor))


@lru_cache(maxsize=64)
def _layout_as_json(
    ground: ContourGrid, names: tuple[str, str], middle: Vector, reach: float, floor: float
) -> str:
    return as_json(plain_layout(ground, names, middle, reach, floor))


@lru_cache(maxsize=64)
def _surface_as_json(ground: ContourGrid) -> str:
    """Return the surface alone: it stays the same while a point is dragged under it."""
    return as_json(plain_surface(ground))


def plain_surface(ground: ContourGrid) -> Figure:
    """Return the surface alone."""

    def cut(z: float | None) -> float | None:
        return z if z is not None and ground.floor <= z <= ground.roof else None

    trace: Figure = {
        "type": "surface",
        "x": ground.xs,
        "y": ground.ys,
        "z": [[cut(z) for z in row] for row in ground.z],
        "showscale": False,
        "colorscale": SHADES,
        "opacity": 0.78,
        "hovertemplate": "%{x:.3g}, %{y:.3g}<br>f %{z:.4g}<extra></extra>",
        "lighting": {"ambient": 0.85, "diffuse": 0.35, "specular": 0.03, "roughness": 0.9},
        "contours": {each: {"highlight": False} for each in ("x", "y", "z")},
    }
    if ground.even and ground.step:
        trace["contours"]["z"] = {
            **{"show": True, "start": ground.start, "end": ground.end, "size": ground.step},
            **{"color": "--fwd", "width": 1, "highlight": False, "project": {"z": True}},
        }
    if not ground.even:
        trace["surfacecolor"] = ground.shown
    if ground.gaps == ground.places:  # Plotly cannot place a surface that has no point
        trace["visible"] = False
    return trace


def _slopes(ground: ContourGrid, marks: Marks, height: float, floor: float) -> list[str]:
    """Return the gradient on the floor and the tangent above it."""
    assert marks.gradient is not None, "only a gradient is drawn"
    (x, y), (gx, gy) = marks.point, marks.gradient
    slope = math.hypot(gx, gy)
    long = min(TANGENT * marks.reach, TALLEST * (ground.roof - ground.floor) / slope)
    end = (x + long * gx / slope, y + long * gy / slope, height + long * slope)
    scale = arrow_scale(ground, marks.reach)
    under = (x + scale * gx, y + scale * gy, floor)
    return [
        places_line(((x, y, height), end), "--bwd", 7),
        places_dots((end,), "--bwd", 4, "diamond"),
        places_line(((x, y, floor), under), "--bwd", 5),
        places_dots((under,), "--bwd", 4, "diamond"),
    ]


def places_line(
    places: Sequence[Sequence[float]], colour: str, width: float, dash: str = "solid"
) -> str:
    """Return a line in space, as JSON."""
    look = f'{{"color": "{colour}", "width": {width}, "dash": "{dash}"}}'
    return f'{{{_places(places)}, "mode": "lines", "line": {look}}}'


def places_dots(
    places: Sequence[Sequence[float]],
    colour: str,
    size: float,
    symbol: str = "circle",
    mode: str = "markers",
) -> str:
    """Return some places in space, as JSON."""
    look = f'{{"color": "{colour}", "size": {size}, "symbol": "{symbol}"}}'
    return f'{{{_places(places)}, "mode": "{mode}", "marker": {look}}}'


def _places(places: Sequence[Sequence[float]]) -> str:
    xs, ys, zs = (in_digits(each) for each in zip(*places, strict=True))
    return f'"type": "scatter3d", "x": [{xs}], "y": [{ys}], "z": [{zs}], "hoverinfo": "skip"'


def plain_layout(
    ground: ContourGrid,
    names: tuple[str, ...],
    middle: Vector,
    reach: float,
    floor: float,
) -> Figure:
    """Return the layout of a surface over the square of a map.

    Args:
        ground: what the surface is.
        names: of the two axes below, and of the height, f where it has none.
        middle: of the map.
        reach: how far the map goes to each side.
        floor: how far down it is shown.
    """

    def axis(title: str, low: float, high: float) -> dict[str, Any]:
        return {
            "title": {"text": title, "font": {"color": "--muted", "size": 13}},
            "range": [low, high],
            "nticks": 5,
            "showbackground": False,
            "showspikes": False,
            "gridcolor": "--line",
            "zerolinecolor": "--edge",
            "linecolor": "--edge",
            "tickfont": {"color": "--muted", "size": 10},
        }

    (cx, cy), roof = middle, ground.roof + 0.05 * (ground.roof - ground.floor)
    return {
        "uirevision": "keep",
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "scene": {
            "xaxis": axis(names[0], cx - reach, cx + reach),
            "yaxis": axis(names[1], cy - reach, cy + reach),
            "zaxis": axis((*names, "f")[2], floor, roof),
            "aspectratio": {"x": 1, "y": 1, "z": 0.85},
            "camera": CAMERA,
            "dragmode": "turntable",
        },
    }
