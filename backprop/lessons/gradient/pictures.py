"""The pictures of a place: map, surface, slices, and the slope by direction."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backprop.drawing.plane import (
    Marks,
    arrow_scale,
    ground_chart,
    marks_chart,
)
from backprop.drawing.slopes import slice_chart, turn_chart
from backprop.drawing.surface import surface_chart
from backprop.lessons.gradient.place import Place
from backprop.lessons.gradient.walk import Stop
from backprop.notation.formula import Label, Number
from backprop.notation.names import label_of
from backprop.notation.numerals import long, short
from backprop.stage.links import Links
from backprop.stage.plane import Chart, gaps, levels, make_ground, sample, whole, zoomed

ALONG = 121  # points of a slice


@dataclass(frozen=True, slots=True)
class Map:
    """The map and the surface over the same square.

    Attributes:
        ground: the figure of the contours; plan lies over it.
        levels: how far apart the lines are, in words.
        scale: how much shorter the gradient is drawn than it is; “1 : 10”.
        gaps: what part of the map has no value, in words; empty where all have one.
        closer, wider, centred: addresses; empty where the map cannot go on so, or is there.
        low, high: the range of each axis, as texts.
    """

    ground: str
    plan: Chart
    surface: Chart
    levels: str
    scale: str
    gaps: str
    closer: str
    wider: str
    centred: str
    low: tuple[str, ...]
    high: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """The function along one axis, everything else held."""

    name: str
    label: Label
    held: tuple[tuple[Label, Number], ...]
    slope: Number
    chart: Chart


def map_of(place: Place, stops: Sequence[Stop], links: Links) -> Map:
    """Return map and surface of a function of two variables."""
    (cx, cy), reach = place.middle, place.reach
    found = make_ground(place.graph, place.names, (cx, cy), reach)
    length = place.choices.length
    u, (x, y) = place.direction, place.point
    path = [(stop.point[0], stop.point[1]) for stop in stops]
    slopes = place.gradient[0], place.gradient[1]
    marks = Marks(
        names=(place.names[0], place.names[1]),
        middle=(cx, cy),
        reach=reach,
        point=(x, y),
        gradient=slopes if place.is_sound and not place.is_flat else None,
        step=(length * u[0], length * u[1]),
        path=path,
    )
    here = f"{place.names[0]} = {short(x)}, {place.names[1]} = {short(y)}"
    way = f"the gradient points to {place.bearing:.0f} degrees" if marks.gradient else "no gradient"
    heights = [stop.value for stop in stops]
    scale = arrow_scale(found, reach)
    return Map(
        ground=ground_chart(found, marks.names, marks.middle, reach),
        plan=Chart(
            marks_chart(marks, scale),
            f"Contour map of f with the point at {here}; {way}.",
            *sample(found, place.names),
        ),
        surface=Chart(
            surface_chart(found, marks, place.value, heights),
            f"The graph of f as a surface, from {long(found.floor)} to {long(found.roof)}; "
            f"at {here} its height is {short(place.value)}.",
        ),
        levels=levels(found),
        scale=_scale(scale),
        gaps=gaps(found),
        closer=zoomed(place.reach, -1, place.point, place.middle, links),
        wider=zoomed(place.reach, 1, place.point, place.middle, links),
        centred=links.address(around=(whole(x, reach), whole(y, reach))),
        low=tuple(repr(c - reach) for c in place.middle),
        high=tuple(repr(c + reach) for c in place.middle),
    )


def _scale(scale: float) -> str:
    if scale == 1:
        return "drawn to scale"
    return f"drawn {short(scale)} : 1" if scale > 1 else f"drawn 1 : {short(round(1 / scale, 9))}"


def slices_of(place: Place) -> tuple[Slice, ...]:
    """Return the function along each axis of a map through the point."""
    return tuple(_slice(place, i) for i in range(min(2, len(place.names))))


def _slice(place: Place, i: int) -> Slice:
    name, x, c = place.names[i], place.point[i], place.middle[i]
    xs = np.linspace(c - place.reach, c + place.reach, ALONG)
    values = place.values_at(**{name: xs}).tolist()
    others = [(n, p) for n, p in zip(place.names, place.point, strict=True) if n != name]
    fixed = ", ".join(short(x) if n != name else n for n, x in place.at.items())
    slope = place.gradient[i]
    every = range(0, ALONG, 10)
    alt = (
        f"f({fixed}) over {name}: at {name} = {short(x)} its tangent has the slope {short(slope)}."
    )
    return Slice(
        name=name,
        label=label_of(name),
        held=tuple((label_of(n), Number(short(p), p, "forward")) for n, p in others),
        slope=Number(short(slope), slope, "backward"),
        chart=Chart(
            slice_chart(xs.tolist(), values, (x, place.value), slope, (name, f"f({fixed})")),
            alt,
            (name, f"f({fixed})"),
            tuple((short(float(xs[k])), long(values[k])) for k in every),
        ),
    )


def turn_of(place: Place) -> Chart | None:
    """Return the slope over all directions; None where the gradient has none."""
    if not place.is_sound or place.is_flat:
        return None
    angle = place.choices.angle
    bearing = math.radians(place.bearing)
    figure = turn_chart((place.gradient[0], place.gradient[1]), angle, place.slope)
    rows = tuple(
        (f"{a}°", long(place.steepness * math.cos(math.radians(a) - bearing)))
        for a in range(-180, 181, 30)
    )
    alt = (
        f"The slope is highest, {short(place.steepness)}, at {place.bearing:.1f} degrees, and 0 at "
        f"right angles to it; at {angle:g} degrees it is {short(place.slope)}."
    )
    return Chart(figure, alt, ("direction", "slope"), rows)
