"""What is learned, from which examples, by which machine: all of a run but its numbers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.network import Network
from backprop.training.flat import Array, Unflatten, flatten
from backprop.training.optimizers import Optimizer
from backprop.training.schedule import Schedule

# What takes as long as so many products of an example and a parameter:
STEP, LAYER = 9_000, 3_000  # a step, and each layer in it, whatever their sizes
MOVE = 2  # the optimizer's move, for each parameter


class Examples(NamedTuple):
    """Inputs X [n, features] and their targets Y [n, outputs]."""

    X: Array
    Y: Array


@dataclass(frozen=True, eq=False)
class Plan:
    """A network, examples, an optimizer, and how they are put together.

    Attributes:
        network: what learns.
        train: the examples to learn from.
        test: examples that are only looked at; there may be none.
        optimizer: with its learning rate as chosen.
        schedule: what becomes of that rate.
        batch: examples in a step; the last step of an epoch may have fewer.
        seed: decides the order of the examples, in each epoch another one.
        classes: whether the targets are classes, and answers right or wrong.
        frozen: names of parameters that no step changes: arrays (W1) or entries (w1_1_2).
    """

    network: Network
    train: Examples
    test: Examples
    optimizer: Optimizer
    schedule: Schedule
    batch: int
    seed: int
    classes: bool = False
    frozen: tuple[str, ...] = ()

    @cached_property
    def size(self) -> int:
        """How many examples there are in a step."""
        return min(self.batch, len(self.train.X))

    @cached_property
    def steps_in_epoch(self) -> int:
        """How many steps show every example once."""
        return -(-len(self.train.X) // self.size)

    @cached_property
    def unflatten(self) -> Unflatten:
        """The way from a flat array to parameters by name."""
        return flatten({name: np.zeros(shape) for name, shape in self.network.shapes.items()})[1]

    @cached_property
    def kept(self) -> Array | None:
        """0 where a parameter is frozen, else 1, flat; None where nothing is."""
        if not self.frozen:
            return None
        ones = {name: np.ones(shape) for name, shape in self.network.shapes.items()}
        entries = self.network.scalars(ones) | dict.fromkeys(self.frozen, 0.0)
        arrays = self.network.arrays(entries)
        arrays |= {name: np.zeros(s) for name, s in self.network.shapes.items() if name in entries}
        return flatten(arrays)[0]

    def optimizer_in(self, epoch: int) -> Optimizer:
        """Return the optimizer with the learning rate of an epoch."""
        share = self.schedule.share(epoch)
        if share == 1:
            return self.optimizer
        return replace(self.optimizer, learning_rate=share * self.optimizer.learning_rate)

    def order(self, epoch: int) -> Any:
        """Return in which order an epoch shows the examples; all at once, it is the data's own."""
        if self.steps_in_epoch == 1:
            return slice(None)
        return np.random.default_rng((self.seed, epoch)).permutation(len(self.train.X))

    def batches(self, epoch: int, after: int = 0) -> Iterator[tuple[Array, Array]]:
        """Yield the examples of each step of an epoch, from the one after so many."""
        order = self.order(epoch)
        X, Y = self.train.X[order], self.train.Y[order]
        for start in range(after * self.size, len(X), self.size):
            yield X[start : start + self.size], Y[start : start + self.size]

    def batch_at(self, epoch: int, step: int) -> tuple[Array, Array]:
        """Return the examples of one step."""
        return next(self.batches(epoch, step))

    def steps_within(self, work: int) -> int:
        """Return how many steps so much work is at most, and one at least.

        Work is counted in products of an example and a parameter. A step has more to it than
        those: what costs the same whatever the sizes, the optimizer's pass over the parameters,
        and its share of measuring at the end of the epoch.
        """
        parameters = self.network.parameter_count
        examples = len(self.train.X) + len(self.test.X)
        calls = STEP + LAYER * self.network.depth
        step = calls + (self.size + MOVE) * parameters
        measuring = 3 * calls + examples * parameters
        return max(1, work // (step + measuring // self.steps_in_epoch))
