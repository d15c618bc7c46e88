"""Cost of a gradient by finite differences and by backpropagation, counted and measured.

N parameters:  N + 1 evaluations by forward differences, 2N by central ones;
               one forward and one backward pass, whatever N is, by backpropagation
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.backward import gradient
from backprop.engine.differences.slopes import STEP
from backprop.engine.forward import value
from backprop.engine.network import MOST_UNITS, Network

EXAMPLES = 16
BUDGET = 0.04  # seconds of measuring in one slice


class Evaluations(NamedTuple):
    """Number of evaluations of a function that its gradient takes."""

    forward: int
    central: int


@dataclass(frozen=True, slots=True)
class Cost:
    """The time of a gradient, both ways.

    Attributes:
        parameters: how many the network has.
        sizes: of its layers.
        evaluations: what nudging needs.
        measured: how many evaluations were made; the time of all is in proportion.
        evaluating: seconds for one evaluation.
        backward: seconds for one forward and one backward pass.
    """

    parameters: int
    sizes: tuple[int, ...]
    evaluations: Evaluations
    measured: int
    evaluating: float
    backward: float

    @property
    def nudging(self) -> float:
        """Seconds for all slopes by central differences, one evaluation after the other."""
        return self.evaluating * self.evaluations.central

    @property
    def ratio(self) -> float:
        """How many gradients backpropagation finds in the time that nudging needs for one."""
        return self.nudging / self.backward


def evaluations(parameters: int) -> Evaluations:
    """Return how many evaluations nudging needs for so many parameters."""
    return Evaluations(parameters + 1, 2 * parameters)


def check_work(network: Network, examples: int) -> int:
    """Return the work of checking a whole network, so that it can be bounded beforehand.

    One unit is a multiplication in a product of matrices; an activation counts as 40. It takes
    about 0.2 ns on one core: 250 ms are about a billion.

    Args:
        network: what would be checked.
        examples: how many are in the batch.
    """
    total = 0
    for k, (fan_in, fan_out) in enumerate(pairwise(network.sizes), 1):
        after = network.sizes[k + 1 :]
        products = sum(a * b for a, b in pairwise(after))
        total += (fan_in + 1) * fan_out * (40 * (1 + sum(after)) + products)
    return 2 * examples * total


def network_of(parameters: int) -> Network:
    """Return a network of about so many parameters: 2 inputs, two hidden layers of tanh, 1 output.

    With k units in each hidden layer it has k² + 5k + 1 parameters, at most 17,025.
    """
    k = round((-5 + (21 + 4 * parameters) ** 0.5) / 2)
    k = min(max(k, 1), MOST_UNITS)
    return Network((2, k, k, 1), ("tanh", "tanh", "linear"))


def measure(
    parameters: int, budget: float = BUDGET, clock: Callable[[], float] = time.perf_counter
) -> Cost:
    """Return the time of both ways for a network of about so many parameters, in one slice.

    Both go through the same graph of arrays, with 16 examples. Nudging is the plain loop. It is
    stopped when half the budget is spent, and the rest goes to passes backward.

    Args:
        parameters: how many there should be.
        budget: seconds; each way is tried at least once, whatever it takes.
        clock: returns seconds.
    """
    network, rng = network_of(parameters), np.random.default_rng(1)
    X, Y = rng.normal(size=(EXAMPLES, 2)), rng.normal(size=(EXAMPLES, 1))
    at: dict[str, Any] = network.batch(network.initialize(), X, Y)
    graph, needed = network.graph("layers"), evaluations(network.parameter_count)
    W = at["W1"] = at["W1"].copy()
    here = W[0, 0]

    def nudge() -> None:
        for moved in (here + STEP, here - STEP):
            W[0, 0] = moved
            value(graph, at)
        W[0, 0] = here

    pairs, spent = _timed(nudge, needed.central // 2, budget / 2, clock)
    passes, taken = _timed(lambda: gradient(graph, at), needed.central, budget / 2, clock)
    return Cost(
        parameters=network.parameter_count,
        sizes=network.sizes,
        evaluations=needed,
        measured=2 * pairs,
        evaluating=spent / (2 * pairs),
        backward=taken / passes,
    )


def _timed(
    call: Callable[[], object], most: int, budget: float, clock: Callable[[], float]
) -> tuple[int, float]:
    """Return how many calls were made, and their time in seconds, after a first call."""
    call()
    start, count = clock(), 0
    while True:
        call()
        count += 1
        spent = clock() - start
        if count == most or spent >= budget:
            return count, spent
