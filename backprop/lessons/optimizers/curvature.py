"""How a surface bends, where its lowest points lie, and what that means for the learning rate.

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
from numpy.typing import NDArray

from backprop.lessons.optimizers.surface import Surface
from backprop.notation.formula import Number
from backprop.notation.numerals import short
from backprop.stage.walk.explanation import number

Array = NDArray[np.float64]
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


def hessian(surface: Surface, at: Point) -> Array:
    """Return H at a place, [2, 2]; NaN where it is not known."""
    matrix = np.empty((2, 2))
    for i in range(2):
        h = NUDGE * max(1.0, abs(at[i]))
        ahead, behind = list(at), list(at)
        ahead[i] += h
        behind[i] -= h
        rise = np.subtract(surface.slopes(*ahead)[1:], surface.slopes(*behind)[1:])
        matrix[:, i] = rise / (ahead[i] - behind[i])
    return (matrix + matrix.T) / 2


@lru_cache(maxsize=512)
def find_curvature(surface: Surface, at: Point, *, lowest: bool = False) -> Curvature | None:
    """Return how a surface bends at a place; None where that is not a finite number."""
    with np.errstate(all="ignore"):
        here = hessian(surface, at)
        if not np.isfinite(here).all():
            return None
        smallest, largest = np.linalg.eigvalsh(here)
        size = max(abs(smallest), abs(largest), 1e-300)
        even = all(np.abs(hessian(surface, place) - here).max() <= SAME * size for place in AWAY)
    return Curvature(at, float(largest), float(smallest), bool(even), lowest)


def lowest_near(surface: Surface, start: Point) -> Point | None:
    """Return the lowest point to which Newton's steps lead from a place; None where to none."""
    at, steepness, length = start, math.hypot(*surface.slopes(*start)[1:]), math.inf
    with np.errstate(all="ignore"):
        for _ in range(ROUNDS):
            value, *slopes = surface.slopes(*at)
            if not math.isfinite(value) or not all(map(math.isfinite, slopes)):
                return None
            matrix = hessian(surface, at)
            if not np.isfinite(matrix).all() or np.linalg.eigvalsh(matrix)[0] <= 0:
                return None
            move = np.linalg.solve(matrix, slopes)
            at = (at[0] - float(move[0]), at[1] - float(move[1]))
            length = float(np.abs(move).max()) / _size(at)
            if length <= 1e-15:
                break
        at = _without_dust(surface, at)
        end, *slopes = surface.slopes(*at)
    is_still = math.hypot(*slopes) <= STILL * max(steepness, 1e-3) or not any(slopes)
    return at if is_still and length <= NEAR and math.isfinite(end) else None


@lru_cache(maxsize=64)
def lowest_on(surface: Surface, middle: Point, reach: float) -> tuple[Point, ...]:
    """Return the lowest points on a map, those to which a grid of places over it leads."""
    along = (np.linspace(-0.8, 0.8, GRID) * reach).tolist()
    lowest = find_lowest(surface, [(middle[0] + x, middle[1] + y) for x in along for y in along])
    return tuple(at for at in lowest if math.dist(at, middle) <= 1.5 * reach)


def _without_dust(surface: Surface, at: Point) -> Point:
    """Return the same place without the dust of rounding, where the slope is no steeper there."""
    near = (round(at[0], 12) + 0.0, round(at[1], 12) + 0.0)
    steeper = math.hypot(*surface.slopes(*near)[1:]) > math.hypot(*surface.slopes(*at)[1:])
    return at if steeper else near


def find_lowest(surface: Surface, places: Sequence[Point]) -> tuple[Point, ...]:
    """Return the lowest points to which some places lead, each once."""
    lowest: list[Point] = []
    for place in places:
        at = lowest_near(surface, place)
        if at is not None and all(apart(at, other) for other in lowest):
            lowest.append(at)
    return tuple(lowest)


def apart(one: Point, other: Point) -> bool:
    """Whether two lowest points are not the same one."""
    return math.dist(one, other) > APART * _size(one)


def _size(at: Point) -> float:
    return max(1.0, abs(at[0]), abs(at[1]))


@dataclass(frozen=True, slots=True)
class Bend:
    """How a surface bends, in words and numbers.

    Attributes:
        place: where: everywhere, at the lowest point, at the start.
        largest, smallest: the eigenvalues of H; None where they are not finite numbers.
        limit: 2/λ of the largest; None where it is not positive.
        ratio: of the two eigenvalues; empty where one is not positive.
        sentence: what it means.
    """

    place: str
    largest: Number | None
    smallest: Number | None
    limit: Number | None
    ratio: str
    sentence: str


def explain_bend(curvature: Curvature | None, letter: str) -> Bend:
    """Return how a surface of this name bends, in words."""
    if curvature is None:
        return Bend("", None, None, None, "", f"Here {letter} bends by no finite number.")
    ratio = ""
    if curvature.smallest > 0:
        ratio = f"{curvature.largest / curvature.smallest:,.3g}"
    return Bend(
        place=_place(curvature),
        largest=number(curvature.largest),
        smallest=number(curvature.smallest),
        limit=number(curvature.limit) if math.isfinite(curvature.limit) else None,
        ratio=ratio,
        sentence=_sentence(curvature, ratio),
    )


def _place(curvature: Curvature) -> str:
    if curvature.even:
        return "everywhere: this is a quadratic"
    x, y = curvature.at
    where = f"({short(x)}, {short(y)})"
    return f"at the lowest point {where}" if curvature.lowest else f"at the start {where}"


def _sentence(curvature: Curvature, ratio: str) -> str:
    if curvature.largest <= 0:
        return "It bends downward every way: no step size makes this a lowest point."
    if curvature.smallest <= 0:
        return (
            "It bends up one way and not the other, so there is no lowest point near; 2/λ bounds "
            "the step along the way that bends up."
        )
    if curvature.even:
        return (
            "At each step gradient descent multiplies the distance along each direction by "
            f"1 − η·λ. Beyond 2/λ one of them grows; the ratio {ratio} of the eigenvalues says how "
            "slow the other is at the best."
        )
    return (
        "Near that point it is almost a quadratic, so the limit holds there; further out it may "
        f"bend more. The ratio of the eigenvalues is {ratio}."
    )
