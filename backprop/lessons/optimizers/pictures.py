"""The pictures of a race: the ways over map and surface, and their numbers over the steps."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backprop.drawing.ground import Ground
from backprop.drawing.plane import ground_chart
from backprop.drawing.tracks import Line, Way, lines_chart, relief_chart, tracks_data
from backprop.lessons.optimizers.choices import Choices, leader
from backprop.lessons.optimizers.race import Race, Racer
from backprop.notation.numerals import long, short
from backprop.stage.links import Links
from backprop.stage.plane import Chart, find_middle, gaps, levels, make_ground, whole, zoomed

Array = NDArray[np.float64]
LEAST = 1e-16  # of what stands on a logarithmic axis
DECADES = 16.0  # that such an axis holds at most
FEW = 12  # rows of a table, about


@dataclass(frozen=True, slots=True)
class Map:
    """The map, what is played on it, and the surface over the same square.

    Attributes:
        ground: the figure of the contours.
        alt: what map and ways show, in a sentence.
        tracks: what the script plays, as JSON: see drawing/tracks.py.
        heads, rows: the places of all racers, at some steps.
        levels, gaps: how far apart the lines are, and what is blank; in words.
        away: which racers are not on the map at this step, and where they are.
        closer, wider, centred: addresses; empty where the map cannot go on so.
    """

    ground: str
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


def map_of(race: Race, choices: Choices, links: Links) -> Map:
    """Return map and surface at the step that is shown."""
    surface, reach, step = race.surface, choices.reach, choices.step
    cx, cy = find_middle(race.start, choices.around, reach)
    middle, letter = (cx, cy), surface.letter.letter
    found = make_ground(surface.graph, surface.names, middle, reach)
    names = (*(label.plain for label in surface.labels), letter)
    return Map(
        ground=ground_chart(found, (names[0], names[1]), middle, reach),
        alt=_alt(race, step),
        tracks=tracks_data(
            [_way(racer, choices, choices.steps) for racer in race.racers],
            race.lowest,
            middle,
            reach,
            (step, choices.steps),
        ),
        heads=("step", *(f"racer {racer.number}" for racer in race.racers)),
        rows=tuple((str(k), *(_place(racer, k) for racer in race.racers)) for k in _some(choices)),
        surface=_surface(race, choices, found, names, middle),
        levels=levels(found, letter),
        gaps=gaps(found, letter),
        away=_away(race, step, middle, reach),
        closer=zoomed(reach, -1, race.lowest[0] if race.lowest else race.start, middle, links),
        wider=zoomed(reach, 1, race.start, middle, links),
        centred=links.address(around=tuple(whole(x, reach) for x in race.start)),
    )


def _surface(
    race: Race, choices: Choices, found: Ground, names: tuple[str, ...], middle: tuple[float, float]
) -> Chart:
    ways = [_way(racer, choices, choices.step) for racer in race.racers]
    return Chart(
        relief_chart(found, names, middle, choices.reach, ways),
        f"The same as a surface, from {long(found.floor)} to {long(found.roof)}.",
    )


def _way(racer: Racer, choices: Choices, step: int) -> Way:
    """Return a racer's way up to a step."""
    shown = racer.at(step) + 1
    leads = racer.number == leader(choices)
    return Way(racer.number, racer.track.points[:shown], racer.track.values[:shown], leads)


def _place(racer: Racer, step: int) -> str:
    x, y = racer.track.points[racer.at(step)].tolist()
    return f"({short(x)}, {short(y)})"


def _some(choices: Choices) -> list[int]:
    """Return a dozen steps to list, the one that is shown and the last among them."""
    every = max(1, choices.steps // FEW)
    return sorted({*range(0, choices.steps + 1, every), choices.step, choices.steps})


def _alt(race: Race, step: int) -> str:
    letter = race.surface.letter.letter
    at = ", ".join(
        f"racer {racer.number} at {letter} = {short(float(racer.track.values[racer.at(step)]))}"
        for racer in race.racers
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
            gone.append(f"racer {racer.number} is at {_place(racer, step)}")
    return f"Off the map: {', '.join(gone)}." if gone else ""


def value_curves(race: Race, choices: Choices) -> Chart:
    """Return the function's value over the steps, every racer's."""
    letter = race.surface.letter.letter
    return _curves(race, choices, lambda racer: racer.track.values, letter, f"{letter} over steps")


def distance_curves(race: Race, choices: Choices) -> Chart | None:
    """Return how far each racer is from a lowest point; None where none is known."""
    if not race.lowest:
        return None
    return _curves(race, choices, race.distances, "distance", "the distance over steps")


def _curves(
    race: Race, choices: Choices, of: Callable[[Racer], Array], title: str, what: str
) -> Chart:
    every = [(racer, of(racer)) for racer in race.racers]
    known = np.concatenate([values[np.isfinite(values)] for _, values in every])
    log = bool(known.size) and bool((known >= 0).all()) and bool((known > 0).any())
    bounds = _decades(known) if log else _range(known, every[0][1][0])
    lines = [Line(racer.number, values, racer.number == leader(choices)) for racer, values in every]
    rows = tuple(
        (str(k), *(long(float(v[min(k, len(v) - 1)])) for _, v in every)) for k in _some(choices)
    )
    ends = ", ".join(f"racer {racer.number} {short(float(v[-1]))}" for racer, v in every)
    return Chart(
        lines_chart(lines, title, choices.steps, log=log, bounds=bounds),
        f"{what[0].upper()}{what[1:]}; at the end {ends}.",
        ("step", *(f"racer {racer.number}" for racer, _ in every)),
        rows,
    )


def _decades(known: Array) -> tuple[float, float]:
    """Return whole powers of ten around some numbers; what is far below the others is cut off."""
    positive = known[known > 0]
    high = 10.0 ** math.ceil(math.log10(min(float(positive.max()), 1e300)))
    low = 10.0 ** math.floor(math.log10(max(float(positive.min()), LEAST)))
    first = float(known[0]) or high
    high = min(high, 10.0 ** (math.ceil(math.log10(first)) + 6)) if first > 0 else high
    return max(low, high / 10**DECADES), max(high, low * 10)


def _range(known: Array, start: float) -> tuple[float, float]:
    """Return between what numbers a curve is drawn that may run away to either side."""
    if not known.size or not math.isfinite(start):
        return -1.0, 1.0
    low, middle, high = (float(x) for x in np.quantile(known, (0.02, 0.5, 0.98)))
    wide = 6 * max(abs(start - middle), 1.0)
    low, high = max(low, start - wide), min(high, start + wide)
    margin = 0.05 * max(high - low, 1e-9)
    return low - margin, high + margin
