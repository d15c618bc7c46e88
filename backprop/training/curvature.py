"""How a surface over the plane bends, and where its lowest points lie.

H is the matrix of second derivatives, λ its eigenvalues: how much the slope changes along its own
directions. On a quadratic, gradient descent multiplies the distance along each direction by
1 − η·λ at every step; so it converges where η < 2/λ for the largest λ, and not beyond.

    H[:, i] ≈ (∇f(p + h·eᵢ) − ∇f(p − h·eᵢ)) / 2h          p ← p − H⁻¹ ∇f(p)   (Newton)

Source: Nocedal and Wright, Numerical Optimization (2006), sections 3.3 and 8.1.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop.training.flat import Array
from backprop.training.race import Slopes

Point = tuple[float, float]
NUDGE = 1e-4  # of a place's size: gradients are exact, so only their bend makes an error
SAME = 1e-6  # relative: two such matrices are one
AWAY = ((0.0, 0.0), (1.7, -0.9), (-2.3, 3.1), (4.1, 2.2))  # places at which a quadratic bends alike
ROUNDS = 30
GRID = 5  # places across a map from which lowest points are looked for
STILL = 1e-9  # a gradient this short, beside that at the start, is 0
NEAR = 1e-6  # Newton's last move, beside the place's size: it has come somewhere
APART = 1e-4  # two lowest points nearer than this, beside their size, are one


@dataclass(frozen=True, slots=True)
class Curvature:
    """How a surface bends at a place.

    Attributes:
        at: the place.
        largest, smallest: the eigenvalues of H there.
        even: whether it bends so everywhere: the surface is a quadratic.
        lowest: whether the place is a lowest point.
    """

    at: Point
    largest: float
    smallest: float
    even: bool
    lowest: bool

    @property
    def limit(self) -> float:
        """2/λ of the largest λ: the learning rate beyond which gradient descent diverges; or ∞."""
        return 2 / self.largest if self.largest > 0 else math.inf


def hessian(slopes: Slopes, at: Point) -> Array:
    """Return H at a place, [2, 2]; NaN where it is not known."""
    matrix = np.empty((2, 2))
    for i in range(2):
        h = NUDGE * max(1.0, abs(at[i]))
        ahead, behind = list(at), list(at)
        ahead[i] += h
        behind[i] -= h
        rise = np.subtract(slopes(*ahead)[1:], slopes(*behind)[1:])
        matrix[:, i] = rise / (ahead[i] - behind[i])
    return (matrix + matrix.T) / 2


@lru_cache(maxsize=512)
def find_curvature(slopes: Slopes, at: Point, *, lowest: bool = False) -> Curvature | None:
    """Return how a surface bends at a place; None where that is not a finite number."""
    with np.errstate(all="ignore"):
        here = hessian(slopes, at)
        if not np.isfinite(here).all():
            return None
        smallest, largest = np.linalg.eigvalsh(here)
        size = max(abs(smallest), abs(largest), 1e-300)
        even = all(np.abs(hessian(slopes, place) - here).max() <= SAME * size for place in AWAY)
    return Curvature(at, float(largest), float(smallest), bool(even), lowest)


def lowest_near(slopes: Slopes, start: Point) -> Point | None:
    """Return the lowest point to which Newton's steps lead from a place; None where to none."""
    at, steepness, length = start, math.hypot(*slopes(*start)[1:]), math.inf
    with np.errstate(all="ignore"):
        for _ in range(ROUNDS):
            value, *g = slopes(*at)
            if not math.isfinite(value) or not all(map(math.isfinite, g)):
                return None
            matrix = hessian(slopes, at)
            if not np.isfinite(matrix).all() or np.linalg.eigvalsh(matrix)[0] <= 0:
                return None
            try:
                move = np.linalg.solve(matrix, g)
            except np.linalg.LinAlgError:  # a valley that is level but for rounding
                return None
            at = (at[0] - float(move[0]), at[1] - float(move[1]))
            length = float(np.abs(move).max()) / _size(at)
            if length <= 1e-15:
                break
        at = _without_dust(slopes, at)
        end, *g = slopes(*at)
    is_still = math.hypot(*g) <= STILL * max(steepness, 1e-3) or not any(g)
    return at if is_still and length <= NEAR and math.isfinite(end) else None


@lru_cache(maxsize=64)
def lowest_on(slopes: Slopes, middle: Point, reach: float) -> tuple[Point, ...]:
    """Return the lowest points on a map, those to which a grid of places over it leads."""
    along = (np.linspace(-0.8, 0.8, GRID) * reach).tolist()
    lowest = find_lowest(slopes, [(middle[0] + x, middle[1] + y) for x in along for y in along])
    return tuple(at for at in lowest if math.dist(at, middle) <= 1.5 * reach)


def _without_dust(slopes: Slopes, at: Point) -> Point:
    """Return the same place without the dust of rounding, where the slope is no steeper there."""
    near = (round(at[0], 12) + 0.0, round(at[1], 12) + 0.0)
    steeper = math.hypot(*slopes(*near)[1:]) > math.hypot(*slopes(*at)[1:])
    return at if steeper else near


def find_lowest(slopes: Slopes, places: Sequence[Point]) -> tuple[Point, ...]:
    """Return the lowest points to which some places lead, each once."""
    lowest: list[Point] = []
    for place in places:
        at = lowest_near(slopes, place)
        if at is not None and all(apart(at, other) for other in lowest):
            lowest.append(at)
    return tuple(lowest)


def apart(one: Point, other: Point) -> bool:
    """Whether two lowest points are not the same one."""
    return math.dist(one, other) > APART * _size(one)


def _size(at: Point) -> float:
    return max(1.0, abs(at[0]), abs(at[1]))
