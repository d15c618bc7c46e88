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
from backprop.notation.numerals import long
from backprop.stage.controls import Option
from backprop.stage.links import Links


@dataclass(frozen=True, slots=True)
class Stop:
    """One place of the walk: its point, the function's value, the gradient's length."""

    number: int
    point: tuple[float, ...]
    value: float
    steepness: float


@dataclass(frozen=True, slots=True)
class Row:
    """A place of the walk as a table shows it."""

    number: int
    point: tuple[Number, ...]
    value: Number
    steepness: Number


@dataclass(frozen=True, slots=True)
class Walk:
    """The walk as it is shown, and where it can go.

    Attributes:
        rows: its places; the first is the point itself.
        end: why it stopped before the steps that were asked for; empty if it did not.
        sentence: what came of it.
        further, back, start: addresses; empty where there is no such step.
    """

    ways: tuple[Option, ...]
    rows: tuple[Row, ...]
    end: str
    sentence: str
    further: str
    back: str
    start: str


def stops_of(place: Place) -> tuple[Stop, ...]:
    """Return the places of the walk; it ends early where there is no direction to go on."""
    choices = place.choices
    sign = 1.0 if choices.way == UP else -1.0
    stops = [Stop(0, place.point, place.value, place.steepness)]
    point, g = place.point, place.gradient
    for number in range(1, choices.steps + 1):
        length = math.hypot(*g)
        if not math.isfinite(length) or is_flat(length, stops[-1].value):
            break
        go = [sign * choices.stride * x / length for x in g]
        point = tuple(x + d for x, d in zip(point, go, strict=True))
        value, slopes = gradient(place.graph, dict(zip(place.names, point, strict=True)))
        has_value = math.isfinite(float(value))
        g = tuple(float(slopes[name]) if has_value else math.nan for name in place.names)
        stops.append(Stop(number, point, float(value), math.hypot(*g)))
    return tuple(stops)


def walk_of(place: Place, stops: tuple[Stop, ...], links: Links) -> Walk:
    """Return the walk as it is shown."""
    choices, taken = place.choices, len(stops) - 1
    last = stops[-1]
    flat = is_flat(last.steepness, last.value)
    end = ""
    if taken < choices.steps or not math.isfinite(last.steepness) or flat:
        end = (
            "The gradient here is 0: there is no way to go."
            if flat
            else "The gradient here is not a finite number: the walk ends."
        )
    can_go = not end and choices.steps < MOST_STEPS
    return Walk(
        ways=tuple(
            Option(title, way, way == choices.way, links.address(way=way))
            for way, title in (("down", "Downhill"), ("up", "Uphill"))
        ),
        rows=tuple(map(_row, stops)),
        end=end,
        sentence=_sentence(stops, choices.way),
        further=links.address(steps=taken + 1) if can_go else "",
        back=links.address(steps=taken - 1) if taken else "",
        start=links.address(steps=0) if choices.steps else "",
    )


def _row(stop: Stop) -> Row:
    return Row(
        stop.number,
        tuple(Number(long(x), x) for x in stop.point),
        Number(long(stop.value), stop.value, "forward"),
        Number(long(stop.steepness), stop.steepness, "backward"),
    )


def _sentence(stops: tuple[Stop, ...], way: str) -> str:
    """Return what came of the walk; the last step may have gone too far."""
    if len(stops) < 2:
        return ""
    first, before, last = stops[0], stops[-2], stops[-1]
    steps = f"{len(stops) - 1} step{'s' if len(stops) > 2 else ''}"
    said = f"{steps}: f went from {long(first.value)} to {long(last.value)}."
    wrong = last.value > before.value if way != UP else last.value < before.value
    if wrong:
        word = "rose" if way != UP else "fell"
        said += f" The last one {word}: the slope holds near the point only, and it went too far."
    return said
