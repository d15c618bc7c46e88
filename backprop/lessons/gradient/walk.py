"""A walk from the point, step after step along the gradient or against it.

It uses gradients and makes none: each place is handed to the same engine, and what comes back says
where to go. It is here to show what a gradient is used for.

    p ← p ± stride · g / ‖g‖
"""

import math
from dataclasses import dataclass

from backprop.engine.backward import gradient
from backprop.lessons.gradient.choices import MOST_STEPS, UP
from backprop.lessons.gradient.place import Place, is_flat
from backprop.notation.formula import Number
from backprop.notation.names import label_of
from backprop.notation.numerals import long
from backprop.stage.controls import Field, Option, make_options, number_field
from backprop.stage.links import Links
from backprop.stage.walk.explanation import long_number

Point = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Waypoint:
    """One place of the walk: its point, the function's value, the gradient's length."""

    number: int
    point: tuple[Number, ...]
    value: Number
    steepness: Number


@dataclass(frozen=True, slots=True)
class GradientWalk:
    """The walk as it is shown, and where it can go."""

    ways: tuple[Option, ...]
    stride: Field
    rows: tuple[Waypoint, ...]  # the first is the point itself
    end: str  # why it stopped before the steps that were asked for; empty if it did not
    sentence: str  # what came of it
    further: str  # an address; empty where there is no such step
    back: str
    start: str


def waypoints(place: Place) -> tuple[Waypoint, ...]:
    """Return the places of the walk; it ends early where there is no direction to go on."""
    choices = place.choices
    stride = choices.stride if choices.way == UP else -choices.stride
    point, value, g = place.point, place.value, place.gradient
    rows = [_waypoint(0, point, value, g)]
    for n in range(1, choices.steps + 1):
        length = math.hypot(*g)
        if not math.isfinite(length) or is_flat(length, value):
            break
        point = tuple(p + stride * slope / length for p, slope in zip(point, g, strict=True))
        output, slopes = gradient(place.graph, dict(zip(place.names, point, strict=True)))
        value = float(output)
        g = tuple(float(slopes[name]) if math.isfinite(value) else math.nan for name in place.names)
        rows.append(_waypoint(n, point, value, g))
    return tuple(rows)


def _waypoint(n: int, point: Point, value: float, g: Point) -> Waypoint:
    numbers = tuple(map(long_number, point))
    return Waypoint(
        n, numbers, long_number(value, "forward"), long_number(math.hypot(*g), "backward")
    )


def make_walk(place: Place, rows: tuple[Waypoint, ...], links: Links) -> GradientWalk:
    """Return the walk as it is shown."""
    choices, taken = place.choices, len(rows) - 1
    steepness = rows[-1].steepness.exact
    flat = is_flat(steepness, rows[-1].value.exact)
    end = ""
    if taken < choices.steps or not math.isfinite(steepness) or flat:
        end = (
            "The gradient here is 0: there is no way to go."
            if flat
            else "The gradient here is not a finite number: the walk ends."
        )
    can_go = not end and choices.steps < MOST_STEPS
    return GradientWalk(
        ways=make_options({"down": "Downhill", "up": "Uphill"}, choices.way, links, "way"),
        stride=number_field("stride", label_of("stride"), "length of each step", choices.stride),
        rows=rows,
        end=end,
        sentence=_sentence(rows, choices.way),
        further=links.address(steps=taken + 1) if can_go else "",
        back=links.address(steps=taken - 1) if taken else "",
        start=links.address(steps=0) if choices.steps else "",
    )


def _sentence(rows: tuple[Waypoint, ...], way: str) -> str:
    """Return what came of the walk; the last step may have gone too far."""
    if len(rows) < 2:
        return ""
    first, before, last = (rows[i].value.exact for i in (0, -2, -1))
    steps = f"{len(rows) - 1} step{'s' if len(rows) > 2 else ''}"
    words = f"{steps}: f went from {long(first)} to {long(last)}."
    if last > before if way != UP else last < before:
        verb = "rose" if way != UP else "fell"
        words += f" The last one {verb}: the slope holds near the point only, and it went too far."
    return words
