"""The generated data: points drawn from a seed, the same for everyone who says the same seed.

Notation:
    X       the points, one row each, [size, 2] in the square −3 … 3, or [size, 1] on its lower side
    Y       their targets, [size, 1]: 0 and 1 for two classes in turns, or a number
    f       a typed function of x
    noise   the standard deviation of what is added to every point (classes) or target (numbers)

Points are rounded to four decimals and targets to six: what is shown is what is computed with, and
the last bit of another machine's sine or logarithm is not seen.
"""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from backprop.engine.errors import InputError
from backprop.engine.expression import parse
from backprop.engine.forward import columns
from backprop.engine.graph import Graph

Array = NDArray[np.float64]
Points = tuple[Array, Array]  # X and Y

REACH = 3.0  # half the side of the square
DECIMALS, TARGET_DECIMALS = 4, 6
LARGE = 1e100  # beyond it a target counts as infinite: its square would soon be
FEWEST = 10  # points that a function must leave
FEWEST_OF_A_CLASS = 5
SPARE = 8  # points drawn for each one that is needed, where some may not be usable
SPIRAL_TURNS = 1.5
CELL = 1.5  # the side of a square of the checkerboard: four by four of them
CLEAR = 0.25  # how far xor's clouds keep from the axes
Draw = Callable[[int, float, Generator, str], Points]


def circles(size: int, noise: float, rng: Generator, _: str = "") -> Points:
    """Return a ring (0) of radii 1.8 … 2.7 and the disc (1) of radius 1.2 inside it."""
    inner, outer = rng.uniform(0, 1.2**2, size), rng.uniform(1.8**2, 2.7**2, size)
    radii = np.sqrt(np.where(_in_turns(size) == 1, inner, outer))
    return _blurred(_polar(radii, rng.uniform(0, 2 * np.pi, size)), noise, rng)


def moons(size: int, noise: float, rng: Generator, _: str = "") -> Points:
    """Return two half circles, the upper (0) and the lower (1), each with an end in the other."""
    classes = _in_turns(size)
    X = _polar(np.ones(size), rng.uniform(0, np.pi, size))
    X = np.where(classes[:, None] == 1, [1.0, 0.5] - X, X) - [0.5, 0.25]
    return _blurred(1.75 * X, noise, rng)


def spiral(size: int, noise: float, rng: Generator, _: str = "") -> Points:
    """Return two arms that turn around each other one and a half times."""
    along = rng.uniform(0.08, 1.0, size)
    angles = 2 * np.pi * SPIRAL_TURNS * along + np.pi * _in_turns(size)
    return _blurred(_polar(2.8 * along, angles), noise, rng)


def gaussians(size: int, noise: float, rng: Generator, _: str = "") -> Points:
    """Return two round clouds, around (−1.2, −1.2) and (1.2, 1.2), of standard deviation 0.4."""
    centres = 1.2 * (2 * _in_turns(size)[:, None] - 1)
    return _blurred(centres + 0.4 * rng.standard_normal((size, 2)), noise, rng)


def checkerboard(size: int, noise: float, rng: Generator, _: str = "") -> Points:
    """Return points on a board of four by four squares: light (0) and dark (1)."""
    across = rng.integers(0, 4, size)
    up = 2 * rng.integers(0, 2, size) + (across + _in_turns(size).astype(int)) % 2
    corners = CELL * np.column_stack((across, up)) - REACH
    return _blurred(corners + CELL * rng.random((size, 2)), noise, rng)


def quadrants(size: int, noise: float, rng: Generator, _: str = "") -> Points:
    """Return clouds in the four quadrants: 1 where the signs of x1 and x2 differ."""
    X = rng.uniform(CLEAR, REACH, (size, 2))
    sign = rng.choice([-1.0, 1.0], size)
    X *= np.column_stack((sign, sign * (1 - 2 * _in_turns(size))))
    return _blurred(X, noise, rng)


def above(size: int, noise: float, rng: Generator, formula: str) -> Points:
    """Return points of the square: 1 where x2 lies above f(x1), 0 below.

    Both classes are equally many, unless the curve leaves one of them too little room.

    Raises:
        InputError: the formula cannot be used, or (nearly) all points are of one class.
    """
    X = rng.uniform(-REACH, REACH, (SPARE * size, 2))
    height = values_of(formula, X[:, 0])
    X, height = X[np.isfinite(height)], height[np.isfinite(height)]
    is_above = X[:, 1] > height
    upper, lower = np.flatnonzero(is_above), np.flatnonzero(~is_above)
    if min(len(upper), len(lower)) < FEWEST_OF_A_CLASS:
        side = "below" if len(upper) < len(lower) else "above"
        raise InputError(
            f"No room is left: nearly every point of the square lies {side} “{formula}”.",
            hint="Type a function that crosses the square from −3 to 3, such as sin(2*x).",
            at="formula",
        )
    half = max(size - len(upper), min(size // 2, len(lower)))
    rows = np.sort(np.concatenate((lower[:half], upper[: size - half])))
    X, Y = X[rows], is_above[rows, None].astype(float)
    return _scattered(X, noise, rng), Y


def plane(size: int, noise: float, rng: Generator, _: str = "") -> Points:
    """Return points with a target that is linear in both coordinates: (x1 + 2·x2)/9."""
    X = np.round(rng.uniform(-REACH, REACH, (size, 2)), DECIMALS)
    return X, _heights((X[:, 0] + 2 * X[:, 1]) / 9, noise, rng)


def sine(size: int, noise: float, rng: Generator, _: str = "") -> Points:
    """Return points x with the target sin(2x)."""
    X = np.round(rng.uniform(-REACH, REACH, (size, 1)), DECIMALS)
    return X, _heights(np.sin(2 * X[:, 0]), noise, rng)


def function(size: int, noise: float, rng: Generator, formula: str) -> Points:
    """Return points x with the target f(x); where f is infinite or undefined there is none.

    Raises:
        InputError: the formula cannot be used, or fewer than ten points have a value.
    """
    x = np.round(rng.uniform(-REACH, REACH, SPARE * size), DECIMALS)
    y = values_of(formula, x)
    usable = np.flatnonzero(np.abs(y) <= LARGE)[:size]
    if len(usable) < FEWEST:
        count = f"only {len(usable)}" if len(usable) else "none"
        raise InputError(
            f"“{formula}” has no finite value almost anywhere from −3 to 3.",
            hint=f"Of {len(x):,} points {count} can be used; at least {FEWEST} are needed.",
            at="formula",
        )
    return x[usable, None], _heights(y[usable], noise, rng)


def values_of(formula: str, x: Array) -> Array:
    """Return a typed function at many points x [n]; ±∞ and NaN where it has no value.

    Raises:
        InputError: the formula cannot be read, or has a variable that is not x.
    """
    graph = _graph_of(formula)
    at = {"x": x} if graph.variables else {}
    y = np.empty_like(x)
    y[:] = columns(graph, at)[-1]  # of a constant there is one value, not a column
    return y


def _graph_of(formula: str) -> Graph:
    try:
        graph = parse(formula)
    except InputError as problem:
        raise type(problem)(problem.what, hint=problem.hint, at="formula") from problem
    for name in graph.variables:
        if name != "x":
            raise InputError(
                f"“{name}” is not a variable here.",
                hint="Type a function of x, such as sin(2*x).",
                at="formula",
            )
    return graph


def _in_turns(size: int) -> Array:
    """Return the classes 0, 1, 0, 1 …: as many of one as of the other."""
    return np.resize(np.array([0.0, 1.0]), size)


def _polar(radii: Array, angles: Array) -> Array:
    return np.column_stack((radii * np.cos(angles), radii * np.sin(angles)))


def _blurred(X: Array, noise: float, rng: Generator) -> Points:
    """Return the points, whose classes are in turns, a little off their places."""
    return _scattered(X, noise, rng), _in_turns(len(X))[:, None]


def _scattered(X: Array, noise: float, rng: Generator) -> Array:
    """Return the points off their places; what would leave the square is mirrored at its side."""
    moved = X + noise * rng.standard_normal(X.shape)
    return np.round(REACH - np.abs((moved + REACH) % (4 * REACH) - 2 * REACH), DECIMALS)


def _heights(y: Array, noise: float, rng: Generator) -> Array:
    """Return the targets [n, 1] with noise upon them."""
    return np.round(y + noise * rng.standard_normal(y.shape), TARGET_DECIMALS)[:, None]
