"""Gradient descent on the value of a typed function, by its right gradient or a slip's.

It stands in the place of a network with its examples: the parameters are the variables, a number
each, and what falls is the function's own value.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from backprop.engine.backward import differentiate, gradient
from backprop.engine.graph import Graph
from backprop.engine.network import Array
from backprop.engine.slips.slip import Slip
from backprop.engine.slips.typed_pass import PLANTED, can_be_planted, wrong_round
from backprop.engine.trace import Trace

RATES = tuple(m * 10.0**-k for k in range(1, 13) for m in (1, 0.3))
TRIED = 30  # steps of the right training that a learning rate has to lead down


@dataclass(frozen=True, eq=False, slots=True)
class FunctionSetup:
    """A function at its point.

    Attributes:
        title: what it is, in a line.
        graph: the function, of numbers.
        at: where training begins, a number for each variable.
        rate: the learning rate of both trainings.
        slips: the mistakes that change its gradient there.
    """

    title: ClassVar[str] = "this function, from the page’s point"
    graph: Graph
    at: Mapping[str, float]
    rate: float
    slips: tuple[Slip, ...]

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
        """A word that tells one start of training from another."""
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
        slopes = wrong_round(slip, self.trace(flat), memory)[0]
        return np.array([slopes[name] for name in self.graph.parameters])


@lru_cache(maxsize=64)
def make_function_setup(graph: Graph, at: tuple[tuple[str, float], ...]) -> FunctionSetup:
    """Return a function at a point; without slips where none changes its gradient there."""
    trace = differentiate(graph, dict(at))
    slips = tuple(slip for slip in PLANTED if can_be_planted(slip, trace))
    rates = (rate for rate in RATES if _leads_down(FunctionSetup(graph, dict(at), rate, ())))
    return FunctionSetup(graph, dict(at), next(rates, RATES[-1]), slips)


def _leads_down(setup: FunctionSetup) -> bool:
    """Whether the right training goes down with this rate, and does not leap at its start."""
    flat = setup.flat(setup.parameters)
    with np.errstate(all="ignore"):
        value, slopes = setup.measured(flat)
        if np.abs(setup.rate * slopes).max() > 1 + np.abs(flat).max():
            return False
        for _ in range(TRIED):
            flat = flat - setup.rate * slopes
            after, slopes = setup.measured(flat)
            if not after <= value + 1e-9 * abs(value):
                return False
            value = after
    return True
