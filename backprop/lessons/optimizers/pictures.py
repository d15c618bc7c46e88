"""The pictures of a race: the tracks over map and surface, and their numbers over the steps."""

import math
from dataclasses import dataclass

import numpy as np

from backprop.drawing.plane import contour_chart
from backprop.drawing.tracks import (
    DrawnTrack,
    RacerCurve,
    racer_curves_chart,
    relief_chart,
    tracks_data,
)
from backprop.lessons.optimizers.choices import Choices, leader
from backprop.lessons.optimizers.race import Array, Race
from backprop.notation.numerals import long, short
from backprop.stage.links import Links
from backprop.stage.plane import Chart, find_middle, gaps, levels, make_ground, whole, zoomed

FAR = 1e300  # what is larger is drawn there: the width of an axis would overflow
LEAST = 1e-16  # of what stands on a logarithmic axis
DECADES = 16.0  # that such an axis holds at most
FEW = 12  # rows of a table, about


@dataclass(frozen=True, slots=True)
class RaceMap:
    """The map, what is played on it, and the surface over the same square.

    Attributes:
        alt: what map and tracks show, in a sentence.
        tracks: what the script plays, as JSON: see drawing/tracks.py.
        heads, rows: the places of all racers, at some steps.
        levels, gaps: how far apart the lines are, and what is blank; in words.
        away: which racers are not on the map, and where they are.
        closer, wider, centred: addresses; empty where the map cannot go on so.
    """

    contours: str
    alt: str
    tracks: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    surface: Chart
    levels: str
    gaps: str
    away: str
    closer: str
    wider: str
    centred: str


def make_map(race: Race, choices: Choices, links: Links) -> RaceMap:
    """Return map and surface at the step that is shown."""
    surface, reach, step = race.surface, choices.reach, choices.step
    cx, cy = find_middle(race.start, choices.around, reach)
    middle, letter = (cx, cy), surface.letter.letter
    grid = make_ground(surface.graph, surface.names, middle, reach)
    names = (*(label.plain for label in surface.labels), letter)
    return RaceMap(
        contours=contour_chart(grid, (names[0], names[1]), middle, reach),
        alt=_alt(race, step),
        tracks=tracks_data(
            _tracks(race, choices, choices.steps),
            race.lowest,
            middle,
            reach,
            (step, choices.steps),
        ),
        heads=_heads(race),
        rows=tuple((str(k), *(r.place(k) for r in race.racers)) for k in _some_steps(choices)),
        surface=Chart(
            relief_chart(grid, names, middle, reach, _tracks(race, choices, step)),
            f"The same as a surface, from {long(grid.floor)} to {long(grid.roof)}.",
        ),
        levels=levels(grid, letter),
        gaps=gaps(grid, letter),
        away=_away(race, step, middle, reach),
        closer=zoomed(reach, -1, race.lowest[0] if race.lowest else race.start, middle, links),
        wider=zoomed(reach, 1, race.start, middle, links),
        centred=links.address(around=tuple(whole(x, reach) for x in race.start)),
    )


def _heads(race: Race) -> tuple[str, ...]:
    return ("step", *(f"racer {racer.number}" for racer in race.racers))


def _tracks(race: Race, choices: Choices, step: int) -> list[DrawnTrack]:
    """Return the tracks of all racers up to a step."""
    lead = leader(choices)
    return [
        DrawnTrack(r.number, r.track.points[:shown], r.track.values[:shown], r.number == lead)
        for r in race.racers
        for shown in (r.at(step) + 1,)
    ]


def _some_steps(choices: Choices) -> list[int]:
    """Return a dozen steps to list, the one that is shown and the last among them."""
    every = max(1, choices.steps // FEW)
    return sorted({*range(0, choices.steps + 1, every), choices.step, choices.steps})


def _alt(race: Race, step: int) -> str:
    letter = race.surface.letter.letter
    at = ", ".join(
        f"racer {racer.number} at {letter} = {short(racer.value(step))}" for racer in race.racers
    )
    return f"Contour map of {letter}; after step {step}: {at}."


def _away(race: Race, step: int, middle: tuple[float, float], reach: float) -> str:
    """Return which racers are not on the map, and where they are; empty where all are on it."""
    gone = []
    for racer in race.racers:
        place = racer.track.points[racer.at(step)]
        with np.errstate(all="ignore"):
            inside = bool(np.all(np.abs(place - np.array(middle)) <= reach))
        if not inside:
            gone.append(f"racer {racer.number} is at {racer.place(step)}")
    return f"Off the map: {', '.join(gone)}." if gone else ""


@dataclass(frozen=True, slots=True)
class Curves:
    """Every racer's numbers over the steps.

    Attributes:
        values: the function.
        distances: how far it is to a lowest point; None where none is known.
        no_distance: why there is none; empty where there is one.
    """

    values: Chart
    distances: Chart | None
    no_distance: str


def draw_curves(race: Race, choices: Choices) -> Curves:
    """Return the function and the distances over the steps."""
    letter = race.surface.letter.letter
    values = [racer.track.values for racer in race.racers]
    shown = _curves(race, choices, values, letter, f"{letter} over steps")
    if not race.lowest:
        return Curves(shown, None, "No lowest point is known to measure from.")
    away = [race.distances(racer) for racer in race.racers]
    return Curves(shown, _curves(race, choices, away, "distance", "The distance over steps"), "")


def _curves(race: Race, choices: Choices, every: list[Array], title: str, what: str) -> Chart:
    numbers, lead = [racer.number for racer in race.racers], leader(choices)
    known = np.concatenate([values[np.isfinite(values)] for values in every])
    log = bool(known.size) and bool((known >= 0).all()) and bool((known > 0).any())
    bounds = _decades(known) if log else _range(known, every[0][0])
    curves = [RacerCurve(n, v, n == lead) for n, v in zip(numbers, every, strict=True)]
    rows = tuple(
        (str(k), *(long(float(v[min(k, len(v) - 1)])) for v in every)) for k in _some_steps(choices)
    )
    ends = ", ".join(f"racer {each.number} {short(float(each.values[-1]))}" for each in curves)
    return Chart(
        racer_curves_chart(curves, title, choices.steps, log=log, bounds=bounds),
        f"{what[0].upper()}{what[1:]}; at the end {ends}.",
        _heads(race),
        rows,
    )


def _decades(known: Array) -> tuple[float, float]:
    """Return whole powers of ten around some numbers; what is far below the others is cut off."""
    positive = np.minimum(known[known > 0], FAR)
    high = 10.0 ** math.ceil(math.log10(float(positive.max())))
    low = 10.0 ** math.floor(math.log10(max(float(positive.min()), LEAST)))
    first = min(float(known[0]), FAR) or high
    high = min(high, 10.0 ** (math.ceil(math.log10(first)) + 6)) if first > 0 else high
    return max(low, high / 10**DECADES), max(high, low * 10)


def _range(known: Array, start: float) -> tuple[float, float]:
    """Return between what numbers a curve is drawn that may run away to either side."""
    if not known.size or not math.isfinite(start):
        return -1.0, 1.0
    known, start = np.clip(known, -FAR, FAR), min(max(start, -FAR), FAR)
    low, middle, high = (float(x) for x in np.quantile(known, (0.02, 0.5, 0.98)))
    wide = 6 * max(abs(start - middle), 1.0)
    low, high = max(low, start - wide), min(high, start + wide)
    margin = 0.05 * max(high - low, 1e-9)
    return low - margin, high + margin
