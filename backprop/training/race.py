"""An optimizer on a surface over the plane: its places, and what it remembers at each.

The caller gives the gradient; the rule is the optimizer's own text, compiled for two
coordinates: floats take a third of the time of arrays of two numbers. Where floats raise and NumPy
has ∞ or NaN, the step is made again by `optimizer.step`, so that both say the same.

Notation: as in optimizers.py; x and y are the two coordinates of theta, f is the surface.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite, nan
from types import MappingProxyType

import numpy as np

from backprop.training.flat import Array
from backprop.training.optimizer_code import COUNT, pair_step, spread
from backprop.training.optimizers import Optimizer

Slopes = Callable[[float, float], tuple[float, float, float]]  # x, y -> f, ∂f/∂x, ∂f/∂y
Pair = tuple[float, float]
Memory = tuple[float, ...]  # name after name, of x and of y; the count t stands there once
Place = tuple[float, float, float, float, float]  # x, y, f, ∂f/∂x, ∂f/∂y


@dataclass(frozen=True, eq=False, slots=True)
class Track:
    """The places of a racer in n steps; the arrays are read-only.

    Attributes:
        points: the places [n + 1, 2], the start first.
        values: f at each place [n + 1].
        gradients: (∂f/∂x, ∂f/∂y) at each place [n + 1, 2].
        moves: what each step added [n, 2].
        memory: by name, what the optimizer remembered when it stood at each place, before the step
            from there: [n + 1, 2], and [n + 1] for the count "t".
        end: what is no finite number at the last place, where the racer stays: its "value", its
            "gradient", or the "point" itself, which then holds ∞ or NaN, and where f was not
            asked for (value and gradient are NaN). Empty where all steps were taken.
    """

    points: Array
    values: Array
    gradients: Array
    moves: Array
    memory: Mapping[str, Array]
    end: str


def track(optimizer: Optimizer, slopes: Slopes, start: Pair, steps: int) -> Track:
    """Return the track of an optimizer over a surface.

    Args:
        optimizer: any whose rule treats each coordinate by itself.
        slopes: (x, y) -> (f, ∂f/∂x, ∂f/∂y), asked at finite points only; ∞ and NaN are answers.
        start: the first place, (x, y).
        steps: how many it takes, unless something overflows before.
    """
    names = tuple(name for name, _ in optimizer.memory)
    step = pair_step(optimizer.code, names)
    chosen = tuple(float(getattr(optimizer, name)) for name in optimizer.code.settings)
    places = [_place(slopes, *map(float, start))]
    remembered: list[Memory] = [tuple(0 for _ in spread(names))]
    moves: list[Pair] = []
    while len(moves) < steps and not _end(places[-1]):
        x, y, _, g_x, g_y = places[-1]
        try:
            move_x, move_y, *after = step(*chosen, g_x, g_y, x, y, *remembered[-1])
        except (ArithmeticError, ValueError):  # what floats refuse is ∞ or NaN in an array
            move_x, move_y, *after = _by_arrays(optimizer, (g_x, g_y), (x, y), remembered[-1])
        moves.append((move_x, move_y))
        remembered.append(tuple(after))
        places.append(_place(slopes, x + move_x, y + move_y))
    return _recorded(names, places, moves, remembered)


def _place(slopes: Slopes, x: float, y: float) -> Place:
    """Return a point with what stands there."""
    if not (isfinite(x) and isfinite(y)):
        return x, y, nan, nan, nan
    return x, y, *slopes(x, y)


def _end(place: Place) -> str:
    """Return what is no finite number at a place; empty where all is well."""
    x, y, f, g_x, g_y = place
    if not (isfinite(x) and isfinite(y)):
        return "point"
    if not isfinite(f):
        return "value"
    return "" if isfinite(g_x) and isfinite(g_y) else "gradient"


def _by_arrays(optimizer: Optimizer, g: Pair, theta: Pair, memory: Memory) -> tuple[float, ...]:
    """Return what the compiled step returns, by the optimizer's own arithmetic on arrays."""
    numbers = iter(memory)
    state = {
        name: int(next(numbers))
        if name == COUNT
        else np.array([next(numbers), next(numbers)], float)
        for name, _ in optimizer.memory
    }
    move, after = optimizer.step(np.array(g), state, np.array(theta))
    flat = (np.atleast_1d(after[name]).tolist() for name, _ in optimizer.memory)
    return *move.tolist(), *(number for entry in flat for number in entry)


def _recorded(
    names: tuple[str, ...], places: list[Place], moves: list[Pair], remembered: list[Memory]
) -> Track:
    """Return the lists as read-only arrays."""
    table = _locked(np.array(places))
    columns = _locked(np.array(remembered, dtype=float))
    memory, at = {}, 0
    for name in names:
        memory[name] = columns[:, at] if name == COUNT else columns[:, at : at + 2]
        at += 1 if name == COUNT else 2
    return Track(
        points=table[:, :2],
        values=table[:, 2],
        gradients=table[:, 3:],
        moves=_locked(np.array(moves, dtype=float).reshape(-1, 2)),
        memory=MappingProxyType(memory),
        end=_end(places[-1]),
    )


def _locked(array: Array) -> Array:
    array.setflags(write=False)
    return array
