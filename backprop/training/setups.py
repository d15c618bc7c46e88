"""A network at its start, with examples to learn from; and one for the irises."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from backprop.engine.network import Network
from backprop.engine.slips.slip import Slip
from backprop.training.datasets import DATASETS

Array = NDArray[np.float64]
BATCH = Network((4, 4, 4, 3), ("tanh", "tanh", "softmax"), "cross_entropy")
BATCH_SEED = 3
BATCH_RATE = 0.1


@dataclass(frozen=True, eq=False, slots=True)
class TrainingSetup:
    """A network at its start, with examples to learn from.

    Attributes:
        title: what it is, in a line.
        network: sizes, activations, loss.
        parameters: where training begins, W1, b1 …
        X, Y: the examples.
        frozen: entries of the parameters that no step moves, by name; their gradient is checked.
        rate: the learning rate of both trainings.
    """

    title: str
    network: Network
    parameters: Mapping[str, Array]
    X: Array
    Y: Array
    frozen: tuple[str, ...]
    rate: float

    @property
    def start(self) -> str:
        """What a training on it begins from, in one word."""
        parts = [repr(self.network), repr(self.frozen), repr(self.rate)]
        arrays = (*self.parameters.values(), self.X, self.Y)
        digest = hashlib.sha256("|".join(parts).encode())
        for array in arrays:
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:16]

    def flat(self, arrays: Mapping[str, Array]) -> Array:
        """Return arrays like the parameters as one row."""
        return np.concatenate([np.ravel(arrays[name]) for name, _, _ in _places(self.network)])

    def arrays(self, flat: Array) -> dict[str, Array]:
        """Return a row as arrays like the parameters; the inverse of `flat`."""
        places = _places(self.network)
        return {name: flat[place].reshape(shape) for name, place, shape in places}

    @property
    def moves(self) -> Array:
        """1 for each entry that a step moves, 0 for a frozen one."""
        names = self.network.scalars(self.parameters)
        return np.array([0.0 if name in self.frozen else 1.0 for name in names])

    def measured(self, flat: Array) -> tuple[float, Array]:
        """Return the loss over all examples, and its right gradient as one row."""
        loss, gradient = self.network.objective_and_gradient(self.arrays(flat), self.X, self.Y)
        return loss, self.flat(gradient)

    def loss(self, flat: Array) -> float:
        """Return the loss over all examples."""
        return self.network.losses(self.arrays(flat), self.X, self.Y)[1]

    def wrong(self, slip: Slip, flat: Array, previous: Array | None) -> Array:
        """Return the gradient that a slip gives, as one row; `previous`: of the round before."""
        before = self.arrays(previous) if previous is not None else None
        at = self.arrays(flat), self.X, self.Y
        return self.flat(slip.gradient(self.network, *at, previous=before, learning_rate=self.rate))


@lru_cache(maxsize=64)
def _places(network: Network) -> tuple[tuple[str, slice, tuple[int, ...]], ...]:
    """Return where each array of parameters stands in a row of all, and its shape."""
    places, at = [], 0
    for name, shape in network.shapes.items():
        end = at + math.prod(shape)
        places.append((name, slice(at, end), shape))
        at = end
    return tuple(places)


@lru_cache(maxsize=1)
def iris_setup() -> TrainingSetup:
    """Return a network that learns to tell irises apart, with all of them to learn from."""
    data = DATASETS["iris"]()
    X = (data.X - data.X.mean(axis=0)) / data.X.std(axis=0)
    title = f"a 4–4–4–3 network, all {len(X)} rows of {data.title}"
    return TrainingSetup(title, BATCH, BATCH.initialize(BATCH_SEED), X, data.Y, (), BATCH_RATE)
