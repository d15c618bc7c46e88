"""The pictures of a place: map, surface, and slices along each axis."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backprop.drawing.figures.slopes import SliceCurve, even_places, slice_chart, slice_curve
from backprop.drawing.plane import Marks, arrow_scale, contour_chart, marks_chart
from backprop.drawing.surface import surface_chart
from backprop.lessons.gradient.place import Place
from backprop.lessons.gradient.walk import Waypoint
from backprop.notation.formula import Label, Number
from backprop.notation.names import label_of
from backprop.notation.numerals import degrees, long, short
from backprop.stage.kept import kept_by
from backprop.stage.links import Links
from backprop.stage.plane import Chart, gaps, levels, make_ground, sample, whole, zoomed
from backprop.stage.walk.explanation import number

ALONG = 121  # points of a slice


@dataclass(frozen=True, slots=True)
class Map:
    """The map and the surface over the same square."""

    ground: str  # the figure of the contours; the plan lies over it
    plan: Chart
    surface: Chart
    levels: str  # how far apart the contours are, in words
    scale: str  # how much shorter the gradient is drawn than it is: “1 : 10”
    gaps: str  # what part of the map has no value, in words; empty where all have one
    closer: str  # an address; empty where the map cannot go closer
    wider: str
    centred: str
    low: tuple[str, ...]  # the range of each axis
    high: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """The function along one axis, everything else held."""

    label: Label
    held: tuple[tuple[Label, Number], ...]
    slope: Number
    chart: Chart


def make_map(place: Place, rows: Sequence[Waypoint], links: Links) -> Map:
    """Return map and surface of a function of two variables."""
    (cx, cy), reach = place.middle, place.reach
    ground = make_ground(place.graph, place.names, (cx, cy), reach)
    length = place.choices.length
    u, (x, y) = place.direction, place.point
    path = [(row.point[0].exact, row.point[1].exact) for row in rows]
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
    way = (
        f"the gradient points to {degrees(place.bearing, 0)} degrees"
        if marks.gradient
        else "no gradient"
    )
    heights = [row.value.exact for row in rows]
    scale = arrow_scale(ground, reach)
    return Map(
        ground=contour_chart(ground, marks.names, marks.middle, reach),
        plan=Chart(
            marks_chart(marks, scale),
            f"Contour map of f with the point at {here}; {way}.",
            *sample(ground, place.names),
        ),
        surface=Chart(
            surface_chart(ground, marks, place.value, heights),
            f"The graph of f as a surface, from {long(ground.floor)} to {long(ground.roof)}; "
            f"at {here} its height is {short(place.value)}.",
        ),
        levels=levels(ground),
        scale=_scale(scale),
        gaps=gaps(ground),
        closer=zoomed(place.reach, -1, place.point, place.middle, links),
        wider=zoomed(place.reach, 1, place.point, place.middle, links),
        centred=links.address(around=(whole(x, reach), whole(y, reach))),
        low=tuple(repr(c - reach) for c in place.middle),
        high=tuple(repr(c + reach) for c in place.middle),
    )


def _scale(scale: float) -> str:
    if scale == 1:
        return "drawn to scale"
    if scale > 1:
        return f"drawn {short(scale)} : 1"
    return f"drawn 1 : {short(round(1 / scale, 9) if scale else math.inf)}"


def _square(place: Place) -> tuple[object, ...]:
    """Return what the slices are made of: no direction, and no step."""
    return place.choices.expression, place.at, place.middle, place.reach


@kept_by(_square)
def make_slices(place: Place) -> tuple[Slice, ...]:
    """Return the function along each axis of a map through the point."""
    return tuple(_slice(_Axis(place, i)) for i in range(min(2, len(place.names))))


@dataclass(frozen=True, slots=True)
class _Axis:
    """An axis of a map, and the place through which the function runs along it."""

    place: Place
    i: int

    @property
    def name(self) -> str:
        return self.place.names[self.i]

    @property
    def held(self) -> tuple[tuple[str, float], ...]:
        """The other variables, and where they are."""
        return tuple((n, x) for n, x in self.place.at.items() if n != self.name)


def _line(axis: _Axis) -> tuple[object, ...]:
    """Return what runs along an axis: nothing of where on it the point is."""
    place = axis.place
    return place.choices.expression, axis.held, axis.i, place.middle[axis.i], place.reach


@kept_by(_line)
def _curve(axis: _Axis) -> tuple[SliceCurve, tuple[tuple[str, str], ...]]:
    """Return the function along an axis, and some of its numbers: the same wherever on it."""
    place, c = axis.place, axis.place.middle[axis.i]
    places = even_places(c - place.reach, c + place.reach, ALONG)
    values = place.values_at({axis.name: np.array(places.xs)}).tolist()
    rows = tuple((short(places.xs[k]), long(values[k])) for k in range(0, ALONG, 10))
    return slice_curve(places, values), rows


def _slice(axis: _Axis) -> Slice:
    place, name = axis.place, axis.name
    x, slope = place.point[axis.i], place.gradient[axis.i]
    curve, rows = _curve(axis)
    fixed = ", ".join(short(x) if n != name else n for n, x in place.at.items())
    alt = (
        f"f({fixed}) over {name}: at {name} = {short(x)} its tangent has the slope {short(slope)}."
    )
    heads = (name, f"f({fixed})")
    return Slice(
        label=label_of(name),
        held=tuple((label_of(n), number(p, "forward")) for n, p in axis.held),
        slope=number(slope, "backward"),
        chart=Chart(slice_chart(curve, (x, place.value), slope, heads), alt, heads, rows),
    )
