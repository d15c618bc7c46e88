"""A nudge of x, followed through the chain: what each quantity does, and what its slope foretold.

foretold  Δy ≈ dy/dx · Δx        measured  Δy = y(x + Δx) − y(x)        gap  ∝ Δx², for a small Δx
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backprop.drawing.figures.nudges import Nudge, nudge_chart
from backprop.lessons.chain_rule.function import Chain, Column, column
from backprop.notation.formula import Label, Number
from backprop.notation.names import label_of
from backprop.notation.numerals import adds_up, field, short
from backprop.stage.walk.explanation import long_number, number

POINTS = 121
TABLE = 6  # digits of a number in a table
REACH = 1.5  # how far x is drawn to both sides, at least
ROUNDING = 16 * 2.2e-16  # of a value: a gap this small is none
TENDS = (2.9, 5.6)  # how many times smaller, where the gap goes with Δx²
SHARES = (1.0, 0.5, 0.25)  # of the nudge, to see how the gap shrinks


@dataclass(frozen=True, slots=True)
class Movement:
    """What a nudge does to one quantity."""

    label: Label
    before: Number
    after: Number
    measured: Number
    foretold: Number


@dataclass(frozen=True, slots=True)
class NudgeCurve:
    """One of the charts: a link, or the whole."""

    name: str
    title: str  # “x → u”
    slope: Number
    figure: str
    alt: str


@dataclass(frozen=True, slots=True)
class Gap:
    """The gap for one size of the nudge; gap / Δx², its share, stays nearly the same."""

    dx: Number
    measured: Number
    foretold: Number
    gap: Number
    share: Number


@dataclass(frozen=True, slots=True)
class NudgeBoard:
    """Everything about the nudge."""

    dx: str
    moved: tuple[Movement, ...]
    curves: tuple[NudgeCurve, ...]
    gaps: tuple[Gap, ...]
    foretold: str  # the sentence dy/dx · Δx = …, as numbers that multiply as printed
    words: str


def make_nudge(chain: Chain, slope: float, dx: float) -> NudgeBoard:
    """Return what a nudge of x by dx does; `slope` is dy/dx at the chain's point."""
    before, after = ends = chain.values, chain.values_at(chain.x + dx)
    moved, curves, foretold = [], [], dx
    across = around = _around(chain.x, chain.x + dx)
    for link in reversed(chain.links):
        name, own_slope = link.name, chain.evaluate(link.slope)
        foretold *= own_slope
        moved.append(_movement(name, before[name], after[name], foretold))
        ups = column(link.graph, {link.of: across})
        curves.append(_curve((link.of, name), (across, ups), ends, own_slope))
        across = _spread(ups, before[name], after[name])
    whole = column(chain.graph, {"x": around})
    curves.append(_curve(("x", "y"), (around, whole), ends, slope))
    gaps = tuple(_gap(chain, slope, dx * share) for share in SHARES)
    seen = ROUNDING * max(1e-300, abs(before["y"]), abs(after["y"]))
    return NudgeBoard(
        dx=field(dx),
        moved=tuple(moved),
        curves=tuple(curves),
        gaps=gaps,
        foretold=adds_up([slope, dx], slope * dx).printed(" × "),
        words=_words(gaps, seen),
    )


def _movement(name: str, before: float, after: float, foretold: float) -> Movement:
    written = adds_up((after, before), after - before, "difference", least=TABLE)
    return Movement(
        label_of(name),
        Number(written.terms[1], before, "forward"),
        Number(written.terms[0], after, "forward"),
        Number(written.result, after - before, "forward"),
        long_number(foretold, "backward"),
    )


def _around(*points: float) -> Column:
    """Return places around some points; they move in whole steps, so that a picture stays."""
    low = math.floor(min(points)) - REACH + 0.5
    high = math.ceil(max(points)) + REACH - 0.5
    return np.linspace(low, high, POINTS)


def _spread(values: Column, *points: float) -> Column:
    """Return places over the range of some values, which hold the points."""
    known = [*values[np.isfinite(values)].tolist(), *(p for p in points if math.isfinite(p))]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    room = 0.04 * (high - low) or 1.0
    return np.linspace(low - room, high + room, POINTS)


def _curve(
    names: tuple[str, str],
    points: tuple[Column, Column],
    ends: tuple[Mapping[str, float], Mapping[str, float]],
    slope: float,
) -> NudgeCurve:
    (of, name), (across, ups) = names, points
    start, end = ((at[of], at[name]) for at in ends)
    alt = (
        f"{name} over {of}: at {of} = {short(start[0])} the curve stands at "
        f"{short(start[1])} with slope {short(slope)}; the nudge leads to {short(end[1])}."
    )
    figure = nudge_chart(across.tolist(), ups.tolist(), Nudge(start, end, slope), names)
    return NudgeCurve(f"{of}{name}", f"{of} → {name}", number(slope, "backward"), figure, alt)


def _gap(chain: Chain, slope: float, dx: float) -> Gap:
    measured = chain.values_at(chain.x + dx)["y"] - chain.values["y"]
    gap = measured - slope * dx
    written = adds_up((measured, slope * dx), gap, "difference", least=TABLE)
    return Gap(
        dx=long_number(dx),
        measured=Number(written.terms[0], measured, "forward"),
        foretold=Number(written.terms[1], slope * dx, "backward"),
        gap=Number(written.result, gap),
        share=long_number(gap / (dx * dx) if dx * dx else math.nan),
    )


def _words(gaps: tuple[Gap, ...], seen: float) -> str:
    """Return what becomes of the gap; below `seen` it is rounding."""
    first, second = gaps[0].gap.exact, gaps[1].gap.exact
    if gaps[0].dx.exact == 0:
        return "No nudge, no change. Drag Δx."
    if not (math.isfinite(first) and math.isfinite(second)):
        return "Here the function has no value that is a number: a slope says nothing across a gap."
    if abs(first) <= seen:
        return (
            "No gap that could be seen: along a straight line, or for a nudge this small, the "
            "slope foretells exactly."
        )
    if second == 0:
        return "The gap of half the nudge is too small to be seen."
    times = abs(first / second)
    if times < 1:
        return (
            "Half the nudge makes the gap larger, not smaller: this nudge is too long for a "
            "straight line to say anything."
        )
    half = f"Half the nudge makes the gap {short(times)} times smaller. "
    if times < TENDS[0]:
        return (
            f"{half}Where a curve bends smoothly that tends to 4; it stays near 2 at a kink, where "
            "no straight line fits."
        )
    if times > TENDS[1]:
        return f"{half}That is more than 4: just here the curve hardly bends."
    return (
        f"{half}Where a curve bends that tends to 4, for the gap goes with Δx²: what counts for a "
        "small nudge is the slope alone."
    )
