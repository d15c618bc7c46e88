"""A step from the point: how far its slope says that the function rises, and how far it does."""

import math
from dataclasses import dataclass

import numpy as np

from backprop.drawing.contour_grid import nice
from backprop.drawing.figures.slopes import even_places, rise_chart
from backprop.lessons.gradient.place import Place
from backprop.notation.formula import Number
from backprop.notation.names import label_of
from backprop.notation.numerals import adds_up, field, short
from backprop.stage.controls import Field, number_field
from backprop.stage.links import Links
from backprop.stage.walk.explanation import long_number, number

TRIED = (1.0, 0.1, 0.01, 0.001)  # lengths that show how the two come together
POINTS = 61
SHORTEST = 1e-3  # of the axis of lengths


@dataclass(frozen=True, slots=True)
class TriedLength:
    """A length of the step, and what comes of it."""

    length: Number
    predicted: Number  # slope · length
    true: Number
    per_unit: Number  # the true rise divided by the length
    on: bool
    address: str


@dataclass(frozen=True, slots=True)
class Step:
    """The step that is tried."""

    length: Field
    longest: str  # that its slider reaches
    slope: Number  # along the direction, g·u
    predicted: Number
    true: Number
    gap: Number  # how far the prediction is off
    tried: tuple[TriedLength, ...]  # this length among others
    figure: str  # rise over length, as JSON; empty where nothing can be drawn
    alt: str


def make_step(place: Place, links: Links) -> Step:
    """Return the step of the chosen length along the direction."""
    length = place.choices.length
    slope, true = place.slope, rise_after(place, length)
    predicted = slope * length
    gap = abs(true - predicted)
    written = adds_up((true, predicted), gap, "distance")
    return Step(
        length=number_field("length", label_of("length"), "length of the step", length),
        longest=field(3.0 if length <= 3 else nice(2.5 * length)),
        slope=number(slope, "backward"),
        predicted=Number(written.terms[1], predicted, "backward"),
        true=Number(written.terms[0], true, "forward"),
        gap=Number(written.result, gap),
        tried=tuple(_try(place, each, links) for each in sorted({length, *TRIED}, reverse=True)),
        figure=_figure(place, true),
        alt=f"A step of {short(length)} is predicted to raise f by {short(predicted)}; "
        f"it raises it by {short(true)}.",
    )


def rise_after(place: Place, length: float) -> float:
    """Return f(p + t·u) − f(p)."""
    there = place.value_at(place.after(length))
    with np.errstate(all="ignore"):
        return float(np.float64(there) - np.float64(place.value))


def unit_step(place: Place) -> tuple[str, ...]:
    """Return in words what a unit step along the first axis promises and gives; where it can."""
    (axis, *_), (first, *others) = place.names, place.point
    true = place.value_at((first + 1, *others)) - place.value
    if not (place.is_sound and math.isfinite(true)):
        return ()
    point, slopes = (", ".join(map(short, numbers)) for numbers in (place.point, place.gradient))
    return (
        f"At ({point}) the gradient is ({slopes}): a unit step in {axis} promises a rise of "
        f"{short(place.gradient[0])} and gives {short(true)}.",
    )


def _try(place: Place, length: float, links: Links) -> TriedLength:
    true = rise_after(place, length)
    return TriedLength(
        length=number(length),
        predicted=long_number(place.slope * length, "backward"),
        true=long_number(true, "forward"),
        per_unit=long_number(true / length) if length else Number("–", math.nan),
        on=length == place.choices.length,
        address=links.address(length=length),
    )


def _figure(place: Place, rise: float) -> str:
    length = place.choices.length
    lengths = even_places(0.0, max(1.25 * length, SHORTEST), POINTS)
    ts = np.array(lengths.xs)
    along = {
        name: p + ts * u
        for name, p, u in zip(place.names, place.point, place.direction, strict=True)
    }
    if not place.is_sound:
        return ""
    with np.errstate(all="ignore"):
        rises = place.values_at(along) - place.value
    return rise_chart(lengths, rises.tolist(), place.slope, length, rise)
