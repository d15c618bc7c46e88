"""Tracks over a map: what a script plays, and the same as curves and on the surface.

A script draws the tracks over the contour map, many times a second, so it is given all places at
once: two 16-bit integers each, in units of the map.

    place  →  round(UNIT · (place − middle) / reach), little-endian, cut off at some maps away
"""

import base64
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backprop.drawing.charts import Figure, digits, dump
from backprop.drawing.contour_grid import ContourGrid
from backprop.drawing.plane import Vector
from backprop.drawing.surface import places_dots, places_line, plain_layout, plain_surface

Array = NDArray[np.float64]

UNIT = 4096  # units in a map's reach: far finer than a pixel
EDGE = 32_000  # units from the middle beyond which a place is drawn no further off
NOWHERE = -32_768  # in place of what is not a number
MOST_DRAWN = 160  # points of a curve
DASHES = ("solid", "8px,4px", "2px,4px", "12px,4px,2px,4px", "5px,3px", "1px,3px,6px,3px")


@dataclass(frozen=True, slots=True)
class DrawnTrack:
    """One racer's places, and how they are drawn.

    Attributes:
        number: from 1; what stands in its head.
        points: the places that are shown, [k + 1, 2].
        heights: the function's value at each, [k + 1].
        leads: whether it is the one that is written out.
    """

    number: int
    points: Array
    heights: Array
    leads: bool


def line_dash(number: int) -> str:
    """Return the pattern of a racer's line: it tells racers apart where colour means else."""
    return DASHES[(number - 1) % len(DASHES)]


def pack_places(points: Array, middle: Vector, reach: float) -> str:
    """Return places [n, 2] in units of a map, as base64 of 16-bit integers."""
    with np.errstate(all="ignore"):
        units = np.rint((points - np.array(middle)) * (UNIT / reach))
    known = np.nan_to_num(np.clip(units, -EDGE, EDGE), nan=NOWHERE)
    return base64.b64encode(known.astype("<i2").tobytes()).decode("ascii")


def tracks_data(
    tracks: Sequence[DrawnTrack],
    lowest: Sequence[Vector],
    middle: Vector,
    reach: float,
    steps: tuple[int, int],
) -> str:
    """Return what a script needs to play tracks over a map, as JSON.

    Args:
        tracks: of all racers, to their ends.
        lowest: places that are marked.
        middle: of the map.
        reach: how far it goes to each side.
        steps: the step that is shown first, and the last one.
    """
    marked = np.array(lowest, float).reshape(-1, 2)
    racers = [
        {
            "number": each.number,
            "places": pack_places(each.points, middle, reach),
            "dash": line_dash(each.number).replace("px", "").replace("solid", ""),
            "leads": each.leads,
        }
        for each in tracks
    ]
    data = {"unit": UNIT, "nowhere": NOWHERE, "step": steps[0], "steps": steps[1]}
    return json.dumps({**data, "lowest": pack_places(marked, middle, reach), "racers": racers})


def relief_chart(
    ground: ContourGrid,
    names: tuple[str, ...],
    middle: Vector,
    reach: float,
    tracks: Sequence[DrawnTrack],
) -> str:
    """Return the surface with the tracks on it, as a figure, JSON."""
    floor = ground.floor - 0.05 * (ground.roof - ground.floor)
    data: list[Figure | str] = [plain_surface(ground)]
    for each in tracks:
        places = _on_map(each, ground, middle, reach)
        if not places:
            continue
        colour, width = ("--ink", 6) if each.leads else ("--muted", 3)
        data.append(places_line(places, colour, width, "solid" if each.number == 1 else "dash"))
        data.append(_head(each.number, places[-1], colour))
    return dump(data, plain_layout(ground, names, middle, reach, floor))


def _on_map(
    track: DrawnTrack, ground: ContourGrid, middle: Vector, reach: float
) -> list[tuple[float, float, float]]:
    """Return the first places of a track, up to where it leaves what is drawn."""
    places: list[tuple[float, float, float]] = []
    for (x, y), z in zip(track.points.tolist(), track.heights.tolist(), strict=True):
        inside = abs(x - middle[0]) <= reach and abs(y - middle[1]) <= reach
        if not (inside and math.isfinite(z) and z <= ground.roof):
            break
        places.append((x, y, z))
    return places


def _head(number: int, place: tuple[float, float, float], colour: str) -> str:
    plain = places_dots((place,), colour, 5, mode="markers+text")
    look = '"textposition": "top center", "textfont": {"color": "--ink", "size": 13}'
    return f'{plain[:-1]}, "text": ["{number}"], {look}}}'


def thinned(count: int) -> list[int]:
    """Return which of the places 0 … count − 1 a curve is drawn through, the last among them."""
    step = max(1, -(-count // MOST_DRAWN))
    return [*range(0, count - 1, step), count - 1]


@dataclass(frozen=True, slots=True)
class RacerCurve:
    """One racer's numbers over the steps."""

    number: int
    values: Array  # [n + 1]
    leads: bool


def racer_curves_chart(
    curves: Sequence[RacerCurve], title: str, last: int, *, log: bool, bounds: tuple[float, float]
) -> str:
    """Return some racers' numbers over the steps as a figure, JSON.

    Args:
        curves: one for each racer.
        title: of the upright axis.
        last: the last step of the race.
        log: whether the upright axis is logarithmic; what is not positive leaves a gap.
        bounds: between which it is drawn.
    """
    data = []
    for curve in curves:
        colour = "--ink" if curve.leads else "--muted"
        at = thinned(len(curve.values))
        name = f"racer {curve.number}"
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": at,
                "y": [_shown(float(curve.values[k]), log) for k in at],
                "line": {
                    "color": colour,
                    "width": 2.4 if curve.leads else 1.5,
                    "dash": line_dash(curve.number),
                },
                "hovertemplate": f"{name}<br>step %{{x}}: %{{y:.4g}}<extra></extra>",
            }
        )
    low, high = (math.log10(x) if log else x for x in bounds)
    upright: Figure = {"title": {"text": title}, "nticks": 5, "range": [low, high]}
    if log:
        upright |= {
            "type": "log",
            "exponentformat": "power",
            "dtick": max(1, round((high - low) / 4)),
        }
    layout = {
        "uirevision": "keep",
        "margin": {"l": 58, "r": 10, "t": 6, "b": 34},
        "xaxis": {"title": {"text": "step"}, "range": [0, last], "nticks": 6},
        "yaxis": upright,
        "hovermode": "closest",
    }
    return dump(data, layout)


def _shown(y: float, log: bool) -> float | None:
    return None if log and y <= 0 else digits(y)
