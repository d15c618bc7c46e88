"""Where mistakes are planted in a typed function: its point, and gradient descent on its value.

It stands in the place of a network's bench (check_bench.py): the parameters are the variables, a
number each, and what falls is the function's own value.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop.engine.backward import differentiate, gradient
from backprop.engine.graph import Graph
from backprop.engine.slips.slip import Slip
from backprop.engine.slips.typed_pass import PLANTED, can_be_planted, wrong_round
from backprop.engine.trace import Trace
from backprop.lessons.gradient_check.choices import Choices, typed_graph
from backprop.lessons.gradient_check.work import Array

TITLE = "this function, from the page’s point"
RATES = tuple(m * 10.0**-k for k in range(1, 13) for m in (1, 0.3))
TRIED = 30  # steps of the right training that a learning rate has to lead down


@dataclass(frozen=True, eq=False, slots=True)
class Typed:
    """A function at its point.

    Attributes:
        graph: the function, of numbers.
        at: where training begins, a number for each variable.
        rate: the learning rate of both trainings.
        slips: the mistakes that change its gradient there.
    """

    graph: Graph
    at: Mapping[str, float]
    rate: float
    slips: tuple[Slip, ...]

    @property
    def title(self) -> str:
        """What it is, in a line."""
        return TITLE

    @property
    def parameters(self) -> Mapping[str, Array]:
        """The point that training begins at."""
        return {name: np.array(self.at[name]) for name in self.graph.parameters}

    @property
    def moves(self) -> Array:
        """1 for each variable: a step moves them all."""
        return np.ones(len(self.graph.parameters))

    @property
    def start(self) -> str:
        """What a training on it begins from, in one word."""
        parts = repr((self.graph, sorted(self.at.items()), self.rate))
        return hashlib.sha256(parts.encode()).hexdigest()[:16]

    def flat(self, arrays: Mapping[str, Array]) -> Array:
        """Return numbers like the point as one row."""
        return np.array([float(arrays[name]) for name in self.graph.parameters])

    def arrays(self, flat: Array) -> dict[str, Array]:
        """Return a row as numbers by name; the inverse of `flat`."""
        return {name: np.array(x) for name, x in self.point(flat).items()}

    def point(self, flat: Array) -> dict[str, float]:
        """Return a row as a point."""
        return dict(zip(self.graph.parameters, flat.tolist(), strict=True))

    def trace(self, flat: Array) -> Trace:
        """Return the record of the right pass at a point."""
        return differentiate(self.graph, self.point(flat))

    def measured(self, flat: Array) -> tuple[float, Array]:
        """Return the value, and its right gradient as one row; NaN where the point is none."""
        if not np.isfinite(flat).all():
            return float("nan"), np.full_like(flat, np.nan)
        value, slopes = gradient(self.graph, self.point(flat))
        return float(value), self.flat(slopes)

    def loss(self, flat: Array) -> float:
        """Return the function's value."""
        return self.measured(flat)[0]

    def wrong(self, slip: Slip, flat: Array, previous: Array | None) -> Array:
        """Return the gradient that a slip gives, as one row; `previous`: of the round before."""
        if not np.isfinite(flat).all():
            return np.full_like(flat, np.nan)
        memory = self.point(previous) if previous is not None else None
        found = wrong_round(slip, self.trace(flat), memory)[0]
        return np.array([found[name] for name in self.graph.parameters])


def typed_of(choices: Choices) -> Typed:
    """Return the typed function as a bench; without slips where none changes its gradient.

    Raises:
        ChoiceError: it cannot be read.
    """
    return _typed(typed_graph(choices), tuple(choices.at.items()))


@lru_cache(maxsize=64)
def _typed(graph: Graph, at: tuple[tuple[str, float], ...]) -> Typed:
    trace = differentiate(graph, dict(at))
    slips = tuple(slip for slip in PLANTED if can_be_planted(slip, trace))
    rates = (rate for rate in RATES if _leads_down(Typed(graph, dict(at), rate, ())))
    return Typed(graph, dict(at), next(rates, RATES[-1]), slips)


def _leads_down(typed: Typed) -> bool:
    """Whether the right training goes down with this rate, and does not leap at its start."""
    flat = typed.flat(typed.parameters)
    with np.errstate(all="ignore"):
        value, slopes = typed.measured(flat)
        if np.abs(typed.rate * slopes).max() > 1 + np.abs(flat).max():
            return False
        for _ in range(TRIED):
            flat = flat - typed.rate * slopes
            after, slopes = typed.measured(flat)
            if not after <= value + 1e-9 * abs(value):
                return False
            value = after
    return True
