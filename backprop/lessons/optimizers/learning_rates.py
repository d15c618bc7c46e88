"""Default learning rates that suit a surface.

The rate of an optimizer whose moves grow with the gradient follows from how much the surface bends
at the start; one that gathers speed gets a share of that. An optimizer that divides by the
gradient's size moves by about its learning rate at each step, so its rate follows from the
distance. Which kind an optimizer is, its moves under a constant gradient show.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop.drawing.contour_grid import nice
from backprop.lessons.optimizers.surface import Surface
from backprop.training.curvature import find_curvature
from backprop.training.demo_optimizers import RACERS
from backprop.training.optimizers import Optimizer

SHARE = 0.5  # of 1/λ for gradient descent
KEPT = 0.2  # of that for a ball that keeps its velocity
FAR = 3.0  # how far there is to go on an ordinary map
PACES = 30.0  # in how many steps one gets there at the learning rate
FEW_PACES = 6.0  # for one whose steps soon grow short
LONG = 50  # steps after which a habit shows
LIMITS = (1e-6, 10.0)


@dataclass(frozen=True, slots=True)
class Habit:
    """What an optimizer makes of a gradient that stays the same.

    Attributes:
        scales: whether ten times the gradient makes ten times the move.
        grows: by how much a later move is longer than the first.
        pace: a later move, in learning rates, for a gradient of 1.
    """

    scales: bool
    grows: float
    pace: float


@lru_cache(maxsize=64)
def find_habit(racer: type[Optimizer]) -> Habit:
    """Return what an optimizer with its usual settings makes of a constant gradient."""
    optimizer = racer(learning_rate=1.0)
    first, later = _moves(optimizer, 1.0)
    return Habit(
        scales=abs(_moves(optimizer, 10.0)[0]) > 5 * abs(first),
        grows=abs(later / first) if first else 1.0,
        pace=abs(later),
    )


def _moves(optimizer: Optimizer, slope: float) -> tuple[float, float]:
    g, theta = np.array([slope]), np.zeros(1)
    state, moves = optimizer.start(theta), []
    for _ in range(LONG):
        move, state = optimizer.step(g, state, theta)
        moves.append(float(move[0]))
    return moves[0], moves[-1]


def suggest_rates(surface: Surface, at: Mapping[str, float]) -> Mapping[str, float]:
    """Return a learning rate for each racer on this surface, from this start."""
    plain = _plain_rate(surface, (at[surface.names[0]], at[surface.names[1]]))
    return {name: _rate(find_habit(racer), plain) for name, racer in RACERS.items()}


@lru_cache(maxsize=512)
def _plain_rate(surface: Surface, start: tuple[float, float]) -> float:
    """Return a learning rate for gradient descent."""
    bend = find_curvature(surface.slopes, start)
    steepest = max(abs(bend.largest), abs(bend.smallest)) if bend else 1.0
    return min(LIMITS[1], max(LIMITS[0], nice(SHARE / steepest))) if steepest > 0 else 1.0


def _rate(habit: Habit, plain: float) -> float:
    if habit.scales:
        return nice(KEPT * plain) if habit.grows > 2 else plain
    return nice(FAR / (PACES if habit.pace > 0.5 else FEW_PACES))
