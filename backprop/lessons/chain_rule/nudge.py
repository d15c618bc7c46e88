"""A nudge of x, followed through the chain: what each quantity does, and what its slope foretold.

foretold  Δy ≈ dy/dx · Δx        measured  Δy = y(x + Δx) − y(x)        gap  ∝ Δx², for a small Δx
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backprop.drawing.nudges import Nudge, nudge_chart
from backprop.engine.forward import columns
from backprop.engine.graph import Graph
from backprop.lessons.chain_rule.function import Chain, product_words
from backprop.lessons.chain_rule.slips import Column
from backprop.notation.formula import Label, Number
from backprop.notation.names import label_of
from backprop.notation.numerals import adds_up, long, short

POINTS = 121
REACH = 1.5  # how far x is drawn to both sides, at least
ROUNDING = 16 * 2.2e-16  # of a value: a gap this small is none
TENDS = (2.9, 5.6)  # how many times smaller, where the gap goes with Δx²
SHARES = (1.0, 0.5, 0.25)  # of the nudge, to see how the gap shrinks


@dataclass(frozen=True, slots=True)
class Moved:
    """What a nudge does to one quantity."""

    label: Label
    before: Number
    after: Number
    measured: Number
    foretold: Number


@dataclass(frozen=True, slots=True)
class Curve:
    """One of the charts: a link, or the whole."""

    name: str
    title: str  # “x → u”
    slope: Number
    figure: str
    alt: str


@dataclass(frozen=True, slots=True)
class Shrink:
    """The gap for one size of the nudge; gap / Δx² stays nearly the same."""

    dx: Number
    measured: Number
    foretold: Number
    gap: Number
    share: Number


@dataclass(frozen=True, slots=True)
class NudgeShown:
    """Everything about the nudge."""

    dx: float
    moved: tuple[Moved, ...]
    curves: tuple[Curve, ...]
    shrinks: tuple[Shrink, ...]
    foretold: str  # the sentence dy/dx · Δx = …, as numbers that multiply as printed
    words: str


def nudge_of(chain: Chain, slope: float, dx: float) -> NudgeShown:
    """Return what a nudge does.

    Args:
        chain: at its point.
        slope: dy/dx there.
        dx: the nudge.
    """
    before, after = chain.values, chain.values_at(chain.x + dx)
    slopes = {link.name: chain.slope_at(link) for link in chain.links}
    moved, foretold = [], dx
    for link in reversed(chain.links):
        foretold *= slopes[link.name]
        moved.append(_moved(link.name, before[link.name], after[link.name], foretold))
    xs = _around(chain.x, chain.x + dx)
    curves = []
    across = xs
    for link in reversed(chain.links):
        curves.append(
            _curve((link.name, link.of, link.graph), across, before, after, slopes[link.name])
        )
        ups = _column(link.graph, link.of, across)
        across = _spread(ups, before[link.name], after[link.name])
    curves.append(_curve(("y", "x", chain.graph), xs, before, after, slope))
    written = adds_up([slope, dx], slope * dx)
    said = product_words(written)
    shrinks = tuple(_shrink(chain, slope, dx * share) for share in SHARES)
    seen = ROUNDING * max(1e-300, abs(before["y"]), abs(after["y"]))
    return NudgeShown(dx, tuple(moved), tuple(curves), shrinks, said, _words(shrinks, seen))


def _moved(name: str, before: float, after: float, foretold: float) -> Moved:
    return Moved(
        label_of(name),
        Number(long(before), before, "forward"),
        Number(long(after), after, "forward"),
        Number(long(after - before), after - before, "forward"),
        Number(long(foretold), foretold, "backward"),
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


def _column(graph: Graph, name: str, across: Column) -> Column:
    found = columns(graph, {name: across} if graph.variables else {})[-1]
    return np.broadcast_to(np.asarray(found, float), across.shape)


def _curve(
    function: tuple[str, str, Graph],
    across: Column,
    before: Mapping[str, float],
    after: Mapping[str, float],
    slope: float,
) -> Curve:
    name, of, graph = function
    start = (before[of], before[name])
    end = (after[of], after[name])
    ups = _column(graph, of, across)
    figure = nudge_chart(across.tolist(), ups.tolist(), Nudge(start, end, slope), (of, name))
    alt = (
        f"{name} over {of}: at {of} = {short(start[0])} the curve stands at "
        f"{short(start[1])} with slope {short(slope)}; the nudge leads to {short(end[1])}."
    )
    shown = Number(short(slope), slope, "backward")
    return Curve(f"{of}{name}", f"{of} → {name}", shown, figure, alt)


def _shrink(chain: Chain, slope: float, dx: float) -> Shrink:
    measured = chain.values_at(chain.x + dx)["y"] - chain.values["y"]
    gap = measured - slope * dx
    share = gap / (dx * dx) if dx * dx else math.nan
    numbers = (dx, measured, slope * dx, gap, share)
    tones = ("", "forward", "backward", "", "")
    return Shrink(*(Number(long(x), x, tone) for x, tone in zip(numbers, tones, strict=True)))


def _words(shrinks: tuple[Shrink, ...], seen: float) -> str:
    """Return what becomes of the gap; below `seen` it is rounding."""
    first, second = shrinks[0].gap.exact, shrinks[1].gap.exact
    if shrinks[0].dx.exact == 0:
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
    said = f"Half the nudge makes the gap {short(times)} times smaller. "
    if times < TENDS[0]:
        return (
            f"{said}Where a curve bends smoothly that tends to 4; it stays near 2 at a kink, where "
            "no straight line fits."
        )
    if times > TENDS[1]:
        return f"{said}That is more than 4: just here the curve hardly bends."
    return (
        f"{said}Where a curve bends that tends to 4, for the gap goes with Δx²: what counts for a "
        "small nudge is the slope alone."
    )
