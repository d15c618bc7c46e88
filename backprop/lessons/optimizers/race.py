"""A race: every racer asks the same function for its gradient, and makes of it what it makes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from backprop.lessons.optimizers.choices import Choices, racing, setting_names, surface_of
from backprop.lessons.optimizers.curvature import (
    Curvature,
    Point,
    apart,
    curvature_of,
    lowest_of,
    lowest_on,
)
from backprop.lessons.optimizers.surface import Surface
from backprop.stage.plane import find_middle
from backprop.training.demo_optimizers import RACERS
from backprop.training.optimizers import Optimizer
from backprop.training.race import Track, track

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Racer:
    """One racer: its number from 1, its optimizer with its settings, and its whole way."""

    number: int
    optimizer: Optimizer
    track: Track

    def at(self, step: int) -> int:
        """Return the last of its places up to a step: a racer that ended stays where it is."""
        return min(step, len(self.track.moves))

    def is_out(self, step: int) -> bool:
        """Whether it has ended by this step."""
        return bool(self.track.end) and step >= len(self.track.moves)


@dataclass(frozen=True, slots=True)
class Race:
    """All racers on one surface.

    Attributes:
        surface, start: where they race, and from where.
        racers: in the order of their numbers.
        lowest: the lowest points that are known: those to which their ways and the map lead.
        bend: how the surface bends at the first of these; at the start where there is none; None
            where that is not known.
    """

    surface: Surface
    start: Point
    racers: tuple[Racer, ...]
    lowest: tuple[Point, ...]
    bend: Curvature | None

    def distance(self, point: Array) -> float:
        """Return how far a place is from the nearest lowest point; NaN where none is known."""
        if not self.lowest or not np.isfinite(point).all():
            return math.nan
        return min(math.hypot(point[0] - x, point[1] - y) for x, y in self.lowest)

    def distances(self, racer: Racer) -> Array:
        """Return that for every place of a racer."""
        if not self.lowest:
            return np.full(len(racer.track.points), np.nan)
        away = racer.track.points[:, None, :] - np.array(self.lowest)[None]
        with np.errstate(all="ignore"):
            return np.asarray(np.hypot(away[..., 0], away[..., 1]).min(axis=1))


def optimizer_for(choices: Choices, number: int) -> Optimizer:
    """Return a racer's optimizer with its settings."""
    own = {
        setting.name: choices.settings[field]
        for field, (n, setting) in setting_names(choices).items()
        if n == number
    }
    return RACERS[choices.racers[number - 1]](**own)


def race_of(choices: Choices) -> Race:
    """Return the race that was chosen, run to its end."""
    surface = surface_of(choices)
    start = (choices.at[surface.names[0]], choices.at[surface.names[1]])
    optimizers = tuple((n, optimizer_for(choices, n)) for n in racing(choices))
    cx, cy = find_middle(start, choices.around, choices.reach)
    return _raced(surface, start, optimizers, choices.steps, ((cx, cy), choices.reach))


@lru_cache(maxsize=32)
def _raced(
    surface: Surface,
    start: Point,
    optimizers: tuple[tuple[int, Optimizer], ...],
    steps: int,
    area: tuple[Point, float],
) -> Race:
    racers = tuple(
        Racer(number, optimizer, _tracked(surface, start, optimizer, steps))
        for number, optimizer in optimizers
    )
    ends = [_end(racer.track) for racer in racers]
    known = lowest_on(surface, *area)
    reached = lowest_of(surface, [end for end in ends if end is not None])
    lowest = known + tuple(at for at in reached if all(apart(at, other) for other in known))
    bend = curvature_of(surface, lowest[0], lowest=True) if lowest else curvature_of(surface, start)
    return Race(surface, start, racers, lowest, bend)


@lru_cache(maxsize=64)
def _tracked(surface: Surface, start: Point, optimizer: Optimizer, steps: int) -> Track:
    return track(optimizer, surface.slopes, start, steps)


def _end(track: Track) -> Point | None:
    """Return a racer's last place, if it is one from which a lowest point may be looked for."""
    x, y = track.points[-1]
    return (float(x), float(y)) if not track.end and math.hypot(x, y) < 1e6 else None


def memory_at(racer: Racer, step: int) -> Mapping[str, Array]:
    """Return what a racer remembers where it stands after a step."""
    at = racer.at(step)
    return {name: rows[at] for name, rows in racer.track.memory.items()}
