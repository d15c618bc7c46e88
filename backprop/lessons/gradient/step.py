"""A step from the point: how far its slope says that the function rises, and how far it does."""

import math
from dataclasses import dataclass

import numpy as np

from backprop.drawing.slopes import rise_chart
from backprop.lessons.gradient.place import Place
from backprop.notation.formula import Number
from backprop.notation.numerals import long, short
from backprop.stage.links import Links

TRIED = (1.0, 0.1, 0.01, 0.001)  # lengths that show how the two come together
POINTS = 61
SHORTEST = 1e-3  # of the axis of lengths


@dataclass(frozen=True, slots=True)
class Tried:
    """A length of the step, and what comes of it."""

    length: Number
    predicted: Number  # slope · length
    true: Number
    per_unit: Number  # the true rise divided by the length
    on: bool
    address: str


@dataclass(frozen=True, slots=True)
class Step:
    """The step that is tried.

    Attributes:
        slope: along the direction, g·u.
        tried: this length, then shorter ones.
        figure: rise over length, as JSON; empty where nothing can be drawn.
        alt: the same in words.
        gap: how far the prediction is off.
    """

    slope: Number
    predicted: Number
    true: Number
    gap: Number
    tried: tuple[Tried, ...]
    figure: str
    alt: str


def step_of(place: Place, links: Links) -> Step:
    """Return the step of the chosen length along the direction."""
    length = place.choices.length
    slope, true = place.slope, rise_after(place, length)
    predicted = slope * length
    return Step(
        slope=Number(short(slope), slope, "backward"),
        predicted=Number(short(predicted), predicted, "backward"),
        true=Number(short(true), true, "forward"),
        gap=Number(short(abs(true - predicted)), abs(true - predicted)),
        tried=_tried(place, links),
        figure=_figure(place, true),
        alt=f"A step of {short(length)} is predicted to raise f by {short(predicted)}; "
        f"it raises it by {short(true)}.",
    )


def rise_after(place: Place, length: float) -> float:
    """Return f(p + t·u) − f(p)."""
    there = place.value_at(place.after(length))
    with np.errstate(all="ignore"):
        return float(np.float64(there) - np.float64(place.value))


def _tried(place: Place, links: Links) -> tuple[Tried, ...]:
    now = place.choices.length
    lengths = sorted({now, *TRIED}, reverse=True)
    rows = []
    for length in lengths:
        predicted, true = place.slope * length, rise_after(place, length)
        unit = true / length if length else math.nan
        rows.append(
            Tried(
                length=Number(short(length), length),
                predicted=Number(long(predicted), predicted, "backward"),
                true=Number(long(true), true, "forward"),
                per_unit=Number(long(unit) if length else "–", unit),
                on=length == now,
                address=links.address(length=length),
            )
        )
    return tuple(rows)


def _figure(place: Place, rise: float) -> str:
    length = place.choices.length
    lengths = np.linspace(0.0, max(1.25 * length, SHORTEST), POINTS)
    along = {
        name: p + lengths * u
        for name, p, u in zip(place.names, place.point, place.direction, strict=True)
    }
    if not place.is_sound:
        return ""
    with np.errstate(all="ignore"):
        rises = place.values_at(**along) - place.value
    return rise_chart(lengths.tolist(), rises.tolist(), place.slope, length, rise)
