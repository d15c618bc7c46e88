"""Which h? The error of each kind of difference against the nudge, and how to read the picture.

To the right the bend of f decides (truncation), to the left rounding; between them is the best h.
A gradient that is wrong gives another picture: no h brings the error below the mistake.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backprop.drawing.charts import Series
from backprop.drawing.decades import Guide, NamedPoint, decades_chart
from backprop.engine.differences.step_size import Curve, errors_by_h
from backprop.lessons.gradient_check.nudge import printed
from backprop.lessons.gradient_check.subject import Column, Subject
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import short
from backprop.stage.controls import Option
from backprop.stage.links import Links

FINEST, PER_DECADE = -16, 4
HS: Column = 10.0 ** np.linspace(FINEST, 0, -FINEST * PER_DECADE + 1)
LEAST = 1e-17  # where an error of exactly 0 is drawn
LEAST_SINGLE, FINEST_SINGLE = 1e-9, -10  # in single precision, where all smaller nudges are alike
MOST = 30.0  # the largest error that is drawn
MISTAKE = 0.01  # of the gradient that is drawn beside: off by one in a hundred
TITLES = {
    "forward": "forward",
    "backward": "backward",
    "central": "central",
    "complex": "complex step",
}
FORMULAS = {
    "forward": "(f(θ + h) − f(θ)) / h",
    "backward": "(f(θ) − f(θ − h)) / h",
    "central": "(f(θ + h) − f(θ − h)) / 2h",
    "complex": "Im f(θ + ih) / h",
}
LOOKS = {
    "forward": ("--muted", "solid", 1.6),
    "backward": ("--muted", "dot", 1.6),
    "central": ("--fwd", "solid", 2.6),
    "complex": ("--ink", "dashdot", 1.6),
}


@dataclass(frozen=True, slots=True)
class Way:
    """One kind of difference, and its best nudge."""

    kind: str
    title: str
    formula: str
    best_h: Number
    error: Number
    why_not: str  # why there is none; else empty


@dataclass(frozen=True, slots=True)
class StepsShown:
    """Everything about the study of h; no markup."""

    label: Label
    precisions: tuple[Option, ...]
    ways: tuple[Way, ...]
    least: str  # where an error of exactly 0 is drawn
    figure: str
    alt: str
    reading: str  # “Is my check wrong or my gradient?”
    rows: tuple[tuple[str, ...], ...]  # the table behind the picture


def errors_of(subject: Subject, name: str, *, single: bool = False) -> Mapping[str, Curve]:
    """Return the error of each kind for all nudges of the picture."""
    dtype = np.float32 if single else np.float64
    return errors_by_h(subject.graph, subject.point, name, HS, dtype=dtype)


def agrees_somewhere(subject: Subject, name: str) -> bool:
    """Whether some nudge brings the central difference to the gradient."""
    curve = errors_of(subject, name)["central"]
    return bool(curve.best_error <= 1e-7)


def steps_of(subject: Subject, name: str, h: float, single: bool, links: Links) -> StepsShown:
    """Return the study of h for one parameter.

    Args:
        subject: the function at its point.
        name: of the parameter.
        h: the nudge of the page, where a line stands.
        single: whether it is done in single precision.
        links: of the page.
    """
    curves = errors_of(subject, name, single=single)
    central = curves["central"]
    return StepsShown(
        label=subject.label(name),
        precisions=(
            Option("float64", "0", not single, links.address(single=False), "16 digits"),
            Option("float32", "1", single, links.address(single=True), "7 digits"),
        ),
        ways=tuple(_way(curve) for curve in curves.values()),
        least=_least(single),
        figure=_figure(curves, h, single),
        alt=(
            f"Error against h, both logarithmic: central differences are best near h = "
            f"{printed(central.best_h, 2)}, with an error of {short(central.best_error)}."
            if math.isfinite(central.best_h)
            else "There is no error to draw: a value here is no number."
        ),
        reading=_reading(central, single),
        rows=tuple(_row(curves, i) for i in range(len(HS) - 1, -1, -2 * PER_DECADE)),
    )


def _way(curve: Curve) -> Way:
    why_not = f"{curve.impossible} has a kink" if curve.impossible else ""
    if not why_not and not math.isfinite(curve.best_h):
        why_not = "no number here"
    return Way(
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


def _least(single: bool) -> str:
    return "10⁻⁹" if single else "10⁻¹⁷"


def _figure(curves: Mapping[str, Curve], h: float, single: bool) -> str:
    least, finest = (LEAST_SINGLE, FINEST_SINGLE) if single else (LEAST, FINEST)
    series = [
        Series(TITLES[kind], HS.tolist(), np.maximum(curve.errors, least).tolist(), *LOOKS[kind])
        for kind, curve in curves.items()
        if np.isfinite(curve.errors).any()
    ]
    central = curves["central"]
    if np.isfinite(central.errors).any():
        wrong = np.abs((1 + central.errors) / (1 + MISTAKE) - 1)  # to first order, whatever sign
        wrong = np.maximum(wrong, MISTAKE / (1 + MISTAKE))
        series.append(
            Series("a gradient off by 1 %", HS.tolist(), wrong.tolist(), "--bwd", "dash", 1.8)
        )
    spots = [
        NamedPoint("best", curve.best_h, max(curve.best_error, least), LOOKS[kind][0])
        for kind, curve in curves.items()
        if kind in ("forward", "central") and math.isfinite(curve.best_h)
    ]
    return decades_chart(
        series,
        ("h", "relative error"),
        ((10.0**finest, 1.0), (least / 3, MOST)),
        guides=_guides(curves, finest),
        spots=spots,
        now=h if 10.0**finest <= h <= 1 else None,
    )


def _guides(curves: Mapping[str, Curve], finest: int) -> list[Guide]:
    """Return the slopes that theory gives, each beside the curve that has it."""
    found = []
    for kind, label in (("forward", "∝ h"), ("central", "∝ h²")):
        curve = curves[kind]
        end = min(curve.best_h * 10**4, 1.0)
        start = min(curve.best_h * 10**1.2, end / 10)
        at = _near(curve, math.sqrt(start * end)) if curve.best_h < start else math.nan
        if not at > 1e-15:
            continue
        power, middle = curve.order, math.sqrt(start * end)
        below = at / 4
        left, right = ((h, below * (h / middle) ** power) for h in (start, end))
        found.append(Guide(label, left, right))
    central = curves["central"]
    small = (central.hs > 1e-15) & (central.hs < central.best_h / 30) & (central.errors > 0)
    small &= central.errors < 0.5  # where a nudge is lost altogether, the error is 1
    if small.sum() > 3:
        level = float(np.nanmax((central.errors * central.hs)[small])) * 3
        last = float(central.hs[small].max())
        first = max(10.0 ** (finest + 1), level / MOST)
        if first < last:
            found.append(Guide("∝ 1/h", (first, level / first), (last, level / last)))
    return found


def _near(curve: Curve, h: float) -> float:
    return float(curve.errors[int(np.argmin(np.abs(np.log(curve.hs / h))))])


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
