"""A race: every racer gets its gradient from the same function, and uses it by its own rule."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from backprop.lessons.optimizers.choices import Choices, find_surface, racing, setting_names
from backprop.lessons.optimizers.surface import Surface
from backprop.notation.numerals import short
from backprop.stage.plane import find_middle
from backprop.training import curvature
from backprop.training.curvature import Curvature, Point
from backprop.training.demo_optimizers import RACERS
from backprop.training.optimizers import Optimizer
from backprop.training.race import Track, track

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Racer:
    """One racer: its number from 1, its optimizer with its settings, and its whole track."""

    number: int
    optimizer: Optimizer
    track: Track

    def at(self, step: int) -> int:
        """Return the last of its places up to a step: a racer that ended stays where it is."""
        return min(step, len(self.track.moves))

    def is_out(self, step: int) -> bool:
        """Whether it has ended by this step."""
        return bool(self.track.end) and step >= len(self.track.moves)

    def place(self, step: int) -> str:
        """Return where it is after a step, as a text: (1, −0.500)."""
        x, y = self.track.points[self.at(step)].tolist()
        return f"({short(x)}, {short(y)})"

    def value(self, step: int) -> float:
        """Return the function's value there."""
        return float(self.track.values[self.at(step)])


@dataclass(frozen=True, slots=True)
class Race:
    """All racers on one surface.

    Attributes:
        surface, start: where they race, and from where.
        racers: in the order of their numbers.
        lowest: the lowest points that are known: those to which their tracks and the map lead.
        bend: how the surface bends at the first of these; at the start where there is none; None
            where that is not known.
    """

    surface: Surface
    start: Point
    racers: tuple[Racer, ...]
    lowest: tuple[Point, ...]
    bend: Curvature | None

    def distances(self, racer: Racer) -> Array:
        """Return how far each place of a racer is from the nearest lowest point; NaN for none."""
        if not self.lowest:
            return np.full(len(racer.track.points), np.nan)
        away = racer.track.points[:, None, :] - np.array(self.lowest)[None]
        with np.errstate(all="ignore"):
            return np.asarray(np.hypot(away[..., 0], away[..., 1]).min(axis=1))


def run_race(choices: Choices) -> Race:
    """Return the race that was chosen, run to its end."""
    surface, at = find_surface(choices.surface), choices.surface.at
    start = (at[surface.names[0]], at[surface.names[1]])
    optimizers = tuple((n, _make_optimizer(choices, n)) for n in racing(choices))
    cx, cy = find_middle(start, choices.around, choices.reach)
    return _run(surface, start, optimizers, choices.steps, ((cx, cy), choices.reach))


def _make_optimizer(choices: Choices, number: int) -> Optimizer:
    """Return a racer's optimizer with its settings."""
    own = {
        setting.name: choices.settings[field]
        for field, (n, setting) in setting_names(choices).items()
        if n == number
    }
    return RACERS[choices.racers[number - 1]](**own)


@lru_cache(maxsize=32)
def _run(
    surface: Surface,
    start: Point,
    optimizers: tuple[tuple[int, Optimizer], ...],
    steps: int,
    area: tuple[Point, float],
) -> Race:
    racers = tuple(
        Racer(number, optimizer, _run_track(surface, start, optimizer, steps))
        for number, optimizer in optimizers
    )
    ends = [_end(racer.track) for racer in racers]
    known = curvature.lowest_on(surface.slopes, *area)
    reached = curvature.find_lowest(surface.slopes, [end for end in ends if end is not None])
    lowest = known + tuple(
        at for at in reached if all(curvature.apart(at, other) for other in known)
    )
    at = lowest[0] if lowest else start
    bend = curvature.find_curvature(surface.slopes, at, lowest=bool(lowest))
    return Race(surface, start, racers, lowest, bend)


@lru_cache(maxsize=64)
def _run_track(surface: Surface, start: Point, optimizer: Optimizer, steps: int) -> Track:
    return track(optimizer, surface.slopes, start, steps)


def _end(track: Track) -> Point | None:
    """Return a racer's last place, if it is one from which a lowest point may be looked for."""
    x, y = track.points[-1]
    return (float(x), float(y)) if not track.end and math.hypot(x, y) < 1e6 else None
