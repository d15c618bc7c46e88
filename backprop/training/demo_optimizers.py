"""Optimizers for comparison, or with a well-known mistake in them; not for training.

They take the same gradient as all others and are text like them, but are not in OPTIMIZERS.

Notation: as in optimizers.py.
"""

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from backprop.training.optimizers import (
    BETA1,
    BETA2,
    EPSILON,
    OPTIMIZERS,
    Adam,
    Optimizer,
    Setting,
)


@dataclass(frozen=True, slots=True)
class Rest(Optimizer):
    """The gradient is taken, looked at, and left alone: a gradient by itself moves nothing."""

    name = "rest"
    title = "do nothing"
    rule = ("move = 0 * g",)

    @classmethod
    def settings(cls) -> tuple[Setting, ...]:
        """There is nothing to choose: the learning rate that every optimizer has is not read."""
        return ()


@dataclass(frozen=True, slots=True)
class Uphill(Optimizer):
    """The step the gradient itself points along: steepest ascent."""

    name = "uphill"
    title = "a step uphill"
    rule = ("move = learning_rate * g",)


@dataclass(frozen=True, slots=True)
class AdamUncorrected(Optimizer):
    """Adam without its corrections: m and v are used as they are, still pulled towards zero.

    The first move is (1 − beta1) / √(1 − beta2) learning rates long: 3.16 with the usual settings.
    """

    beta1: float = field(default=0.9, metadata=BETA1)
    beta2: float = field(default=0.999, metadata=BETA2)
    epsilon: float = field(default=1e-8, metadata=EPSILON)

    name = "adam_uncorrected"
    title = "Adam, uncorrected"
    rule = (*Adam.rule[1:3], "move = -learning_rate * m / (sqrt(v) + epsilon)")
    memory = Adam.memory[:2]


@dataclass(frozen=True, slots=True)
class AdamMultiplied(Adam):
    """Adam with a mistake: its corrections are multiplied by where they should be divided by.

    So what was too small becomes smaller. The first move is (1 − beta1)² / (1 − beta2) learning
    rates long: 10 with the usual settings, but 1 with a beta2 of 0.99, where the mistake hides.
    """

    name = "adam_multiplied"
    title = "Adam, multiplied"
    rule = (
        *Adam.rule[:3],
        "m_hat = m * (1 - beta1 ** t)",
        "v_hat = v * (1 - beta2 ** t)",
        Adam.rule[-1],
    )
    about = "Adam with a slip: the corrections are multiplied by where they should be divided by."
    source = "the trainer of ConvNetJS, whose demonstration of the optimizers uses 0.99."


# Both hold what OPTIMIZERS holds at the time they are read. A ChainMap's last mapping comes first.
RACERS: Mapping[str, type[Optimizer]] = MappingProxyType(
    ChainMap({kind.name: kind for kind in (Uphill, AdamUncorrected, AdamMultiplied)}, OPTIMIZERS)
)
MACHINES: Mapping[str, type[Optimizer]] = MappingProxyType(
    ChainMap(OPTIMIZERS, {kind.name: kind for kind in (Rest, Uphill)})
)
