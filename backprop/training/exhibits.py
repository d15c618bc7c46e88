"""Optimizers that are there to be looked at: for comparison, or with a well-known slip in them.

They take the same gradient as all others and are frozen values like them, with their rule as text;
but nobody trains a network with them, and so OPTIMIZERS does not hold them.

Notation: as in optimizers.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from backprop.training.flat import Array
from backprop.training.optimizers import (
    BETA1,
    BETA2,
    EPSILON,
    OPTIMIZERS,
    Adam,
    Optimizer,
    Setting,
    State,
)


@dataclass(frozen=True, slots=True)
class Rest(Optimizer):
    """The gradient is taken, looked at, and left alone: a gradient by itself moves nothing.

    move = 0 · g
    """

    name = "rest"
    title = "do nothing"
    memory = ()
    rule = ("move = 0 * g",)

    @classmethod
    def settings(cls) -> tuple[Setting, ...]:
        """There is nothing to choose: the learning rate that every optimizer has is not read."""
        return ()

    def _advance(self, g: Array, state: State, theta: Array) -> tuple[Array, State]:
        return 0 * g, {}


@dataclass(frozen=True, slots=True)
class Uphill(Optimizer):
    """The step the gradient itself points along: steepest ascent.

    move = learning_rate · g
    """

    name = "uphill"
    title = "a step uphill"
    memory = ()
    rule = ("move = learning_rate * g",)

    def _advance(self, g: Array, state: State, theta: Array) -> tuple[Array, State]:
        return self.learning_rate * g, {}


@dataclass(frozen=True, slots=True)
class AdamUncorrected(Optimizer):
    """Adam without its corrections: m and v are used as they are, still pulled towards zero.

        m ← beta1 · m + (1 − beta1) · g
        v ← beta2 · v + (1 − beta2) · g²
        move = −learning_rate · m / (√v + epsilon)

    The first move is (1 − beta1) / √(1 − beta2) learning rates long: 3.16 with the usual settings.
    """

    beta1: float = field(default=0.9, metadata=BETA1)
    beta2: float = field(default=0.999, metadata=BETA2)
    epsilon: float = field(default=1e-8, metadata=EPSILON)

    name = "adam_uncorrected"
    title = "Adam, uncorrected"
    memory = Adam.memory[:2]
    rule = (*Adam.rule[1:3], "move = -learning_rate * m / (sqrt(v) + epsilon)")

    def _advance(self, g: Array, state: State, theta: Array) -> tuple[Array, State]:
        m = self.beta1 * state["m"] + (1 - self.beta1) * g
        v = self.beta2 * state["v"] + (1 - self.beta2) * (g * g)
        return -self.learning_rate * m / (np.sqrt(v) + self.epsilon), {"m": m, "v": v}


@dataclass(frozen=True, slots=True)
class AdamMultiplied(Adam):
    """Adam with a slip: the corrections are multiplied by where they should be divided by.

        m_hat = m · (1 − beta1ᵗ)          v_hat = v · (1 − beta2ᵗ)

    So what was too small becomes smaller. The first move is (1 − beta1)² / (1 − beta2) learning
    rates long: 10 with the usual settings, but 1 with a beta2 of 0.99, where the slip hides.

    Source: the trainer of ConvNetJS, whose demonstration of the optimizers uses 0.99.
    """

    name = "adam_multiplied"
    title = "Adam, multiplied"
    rule = (
        *Adam.rule[:3],
        "m_hat = m * (1 - beta1 ** t)",
        "v_hat = v * (1 - beta2 ** t)",
        Adam.rule[-1],
    )

    def _advance(self, g: Array, state: State, theta: Array) -> tuple[Array, State]:
        t = state["t"] + 1
        m = self.beta1 * state["m"] + (1 - self.beta1) * g
        v = self.beta2 * state["v"] + (1 - self.beta2) * (g * g)
        m_hat, v_hat = m * (1 - self.beta1**t), v * (1 - self.beta2**t)
        move = -self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)
        return move, {"m": m, "v": v, "t": t}

    _advance_owned = Optimizer._advance_owned  # Adam's own follows Adam's rule


LOOKED_AT: tuple[type[Optimizer], ...] = (Uphill, AdamUncorrected, AdamMultiplied)
RACERS: Mapping[str, type[Optimizer]] = MappingProxyType(
    {**OPTIMIZERS, **{row.name: row for row in LOOKED_AT}}
)
MACHINES: Mapping[str, type[Optimizer]] = MappingProxyType(
    {Rest.name: Rest, Uphill.name: Uphill, **OPTIMIZERS}
)
