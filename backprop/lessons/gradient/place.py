"""A point of a function, and what is known there: value, gradient, its length and its direction.

Notation:
    p   the point             g   the gradient there, one slope for each variable
    u   a direction, a vector of length 1             t   the length of a step along u
"""

import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backprop.engine.backward import gradient
from backprop.engine.forward import value
from backprop.engine.graph import Graph
from backprop.lessons.gradient.choices import Choices, typed_function
from backprop.stage.plane import evaluate_column, find_middle, in_order

QUARTERS = ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))  # exact, unlike cos and sin
FLAT = 1e-15  # of the value: a gradient this short is what rounding leaves of 0


@dataclass(frozen=True, slots=True)
class Place:
    """A function at a point."""

    choices: Choices
    graph: Graph
    at: Mapping[str, float]
    names: tuple[str, ...]  # of the variables; the first two are the axes of the map
    point: tuple[float, ...]
    value: float
    gradient: tuple[float, ...]
    direction: tuple[float, ...]  # u of the step; where there is no map, along the gradient
    slope: float  # g·u, along the direction
    steepness: float  # ‖g‖, the slope in the steepest direction
    middle: tuple[float, ...]  # of what the map shows

    @property
    def reach(self) -> float:
        """How far the map reaches from its middle to each side."""
        return self.choices.reach

    @property
    def is_plane(self) -> bool:
        """Whether there are two variables, so that a map can be drawn."""
        return len(self.names) == 2

    @property
    def is_sound(self) -> bool:
        """Whether value and gradient are finite numbers."""
        return math.isfinite(self.value) and all(map(math.isfinite, self.gradient))

    @property
    def is_flat(self) -> bool:
        """Whether there is no steepest direction: the gradient is 0."""
        return self.is_sound and is_flat(self.steepness, self.value)

    @property
    def bearing(self) -> float:
        """The angle of the gradient on the map, in degrees from −180 to 180."""
        return math.degrees(math.atan2(self.gradient[1], self.gradient[0]))

    def after(self, t: float) -> tuple[float, ...]:
        """Return p + t·u."""
        return tuple(p + t * u for p, u in zip(self.point, self.direction, strict=True))

    def value_at(self, point: Sequence[float]) -> float:
        """Return the function's value somewhere else."""
        return float(value(self.graph, dict(zip(self.names, point, strict=True))))

    def values_at(self, along: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the function's values where some variables run and the others are held."""
        return evaluate_column(self.graph, {**self.at, **along})


def make_place(choices: Choices) -> Place:
    """Return a function at its point.

    Raises:
        ChoiceError: the function cannot be read.
    """
    graph = typed_function(choices)
    names = in_order(graph.variables)
    at = {name: choices.at[name] for name in names}
    output, slopes = gradient(graph, at)
    has_value = math.isfinite(float(output))  # where f has none, its rules may still give numbers
    g = tuple(float(slopes[name]) if has_value else math.nan for name in names)
    point = tuple(at.values())
    u = direction_at(choices.angle) if len(names) == 2 else unit(g)
    return Place(
        choices=choices,
        graph=graph,
        at=at,
        names=names,
        point=point,
        value=float(output),
        gradient=g,
        direction=u,
        slope=sum(map(operator.mul, g, u)),
        steepness=math.hypot(*g),
        middle=find_middle(point, choices.around, choices.reach),
    )


def direction_at(angle: float) -> tuple[float, float]:
    """Return (cos, sin) of an angle in degrees; exact where it is a multiple of 90."""
    turned = angle % 360
    if turned % 90 == 0:
        return QUARTERS[int(turned // 90) % 4]  # -1e-101 % 360 rounds to 360
    return math.cos(math.radians(turned)), math.sin(math.radians(turned))


def is_flat(length: float, value: float) -> bool:
    """Whether a gradient of this length is 0, but for the rounding of a value of this size."""
    return length <= FLAT * abs(value)


def unit(g: Sequence[float]) -> tuple[float, ...]:
    """Return the direction of a gradient; along the first axis where it has none."""
    length = math.hypot(*g)
    if not math.isfinite(length) or not length:
        return (1.0, *(0.0 for _ in g[1:]))
    return tuple(x / length for x in g)
