"""Which h? The error of each kind of difference against the nudge, and how to read the picture.

To the right the bend of f decides (truncation), to the left rounding; between them is the best h.
A gradient that is wrong gives another picture: no h brings the error below the mistake.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop.drawing.figures.step_sizes import FINEST, step_size_chart
from backprop.engine.differences.step_size import Curve, errors_by_h
from backprop.lessons.gradient_check.subject import Column, Subject
from backprop.notation.difference_quotient import printed
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import short
from backprop.stage.controls import Option
from backprop.stage.links import Links

PER_DECADE = 4
HS: Column = 10.0 ** np.linspace(FINEST, 0, -FINEST * PER_DECADE + 1)
TITLES = {kind: kind for kind in ("forward", "backward", "central")} | {"complex": "complex step"}
FORMULAS = {
    "forward": "(f(θ + h) − f(θ)) / h",
    "backward": "(f(θ) − f(θ − h)) / h",
    "central": "(f(θ + h) − f(θ − h)) / 2h",
    "complex": "Im f(θ + ih) / h",
}


@dataclass(frozen=True, slots=True)
class DifferenceKind:
    """One kind of difference, and its best nudge."""

    kind: str
    title: str
    formula: str
    best_h: Number
    error: Number
    why_not: str  # why there is none; else empty


@dataclass(frozen=True, slots=True)
class StepSizesShown:
    """Everything about the study of h; no markup."""

    label: Label
    precisions: tuple[Option, ...]
    ways: tuple[DifferenceKind, ...]
    least: str  # where an error of exactly 0 is drawn
    figure: str
    alt: str
    reading: str  # “Is my check wrong or my gradient?”
    rows: tuple[tuple[str, ...], ...]  # the table behind the picture


@lru_cache(maxsize=64)
def measure_errors(subject: Subject, name: str, *, single: bool = False) -> Mapping[str, Curve]:
    """Return the error of each kind for all nudges of the picture."""
    dtype = np.float32 if single else np.float64
    return errors_by_h(subject.graph, subject.point, name, HS, dtype=dtype)


def show_step_sizes(
    subject: Subject, name: str, h: float, single: bool, links: Links
) -> StepSizesShown:
    """Return the study of h for one parameter, in double or single precision."""
    curves = measure_errors(subject, name, single=single)
    central = curves["central"]
    return StepSizesShown(
        label=subject.label(name),
        precisions=(
            Option("float64", "0", not single, links.address(single=False), "16 digits"),
            Option("float32", "1", single, links.address(single=True), "7 digits"),
        ),
        ways=tuple(_kind(curve) for curve in curves.values()),
        least="10⁻⁹" if single else "10⁻¹⁷",
        figure=step_size_chart(curves, TITLES, h, single),
        alt=(
            f"Error against h, both logarithmic: central differences are best near h = "
            f"{printed(central.best_h, 2)}, with an error of {short(central.best_error)}."
            if math.isfinite(central.best_h)
            else "There is no error to draw: a value here is no number."
        ),
        reading=_reading(central, single),
        rows=tuple(_row(curves, i) for i in range(len(HS) - 1, -1, -2 * PER_DECADE)),
    )


def _kind(curve: Curve) -> DifferenceKind:
    why_not = f"{curve.impossible} has a kink" if curve.impossible else ""
    if not why_not and not math.isfinite(curve.best_h):
        why_not = "no number here"
    return DifferenceKind(
        curve.kind,
        TITLES[curve.kind],
        FORMULAS[curve.kind],
        Number(printed(curve.best_h, 2), curve.best_h),
        Number(short(curve.best_error), curve.best_error),
        why_not,
    )


def _row(curves: Mapping[str, Curve], i: int) -> tuple[str, ...]:
    errors = (curve.errors[i] for curve in curves.values())
    return (printed(float(HS[i]), 2), *(short(float(e)) for e in errors))


def _reading(central: Curve, single: bool) -> str:
    best = central.best_error
    if not math.isfinite(best):
        return "A value is no number here, so there is nothing to read: move the point."
    where = f"at h = {printed(central.best_h, 2)} the error is {short(best)}"
    if best <= (1e-3 if single else 1e-7):
        return (
            f"Look at the lowest place of the blue curve: {where}. So low it comes only for a "
            "right gradient; where it is high, the nudge is too large or too small, and the check "
            "is wrong. A wrong gradient gives the dashed curve: it comes down to the mistake and "
            "stays there, whatever h."
        )
    return (
        f"Even in its lowest place the blue curve stays high: {where}. Then either the gradient "
        "is wrong, or the point lies at a kink, or rounding has left too few digits. A rise to "
        "the left with slope −1 speaks of rounding; a flat floor, of the gradient."
    )
