"""Steps of training that write over their arrays: what every slice is made of.

theta   all parameters in one flat array      g   the gradient, ∂loss/∂theta
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from backprop.engine.backward import repeated
from backprop.engine.network import Network
from backprop.training.flat import Array, flatten
from backprop.training.optimizers import Optimizer, Owned

Batch = tuple[Array, Array]  # inputs X [n, fan_in] and targets Y [n, outputs]


class Stepper:
    """Takes steps of training; owns theta, g and every array of the passes."""

    def __init__(self, network: Network, parameters: Mapping[str, ArrayLike]) -> None:
        self.network = network
        self.theta, self._unflatten = flatten(parameters)
        self.parameters = self._unflatten(self.theta)
        self.g = np.empty_like(self.theta)
        self._slopes = self._unflatten(self.g)
        self._passes: dict[Any, Callable[[Batch], Any]] = {}  # by the shapes of a batch: few

    def differentiate(self, batch: Batch) -> Any:
        """Leave the gradient over a batch in g, and return its loss."""
        shapes = batch[0].shape, batch[1].shape
        if shapes not in self._passes:
            at = self.network.batch(self.parameters, *batch)
            self._passes[shapes] = repeated(self.network.graph("layers"), at, self._slopes)
        return self._passes[shapes](batch)

    def move(self, optimizer: Optimizer, owned: Owned, kept: Array | None = None) -> None:
        """Move theta by what an optimizer makes of g.

        Args:
            optimizer: gives the move.
            owned: what it remembers; it is written over.
            kept: 0 where a parameter is frozen, else 1; None where all may move.
        """
        move = optimizer.advance(self.g, owned, self.theta)
        self.theta += move if kept is None else move * kept
