"""A slice of training, as a pure function: gradients from the engine, moves from an optimizer.

    theta   all parameters in one flat array      g   the gradient, ∂loss/∂theta

Here alone the two meet. A slice owns theta, g and every array of the passes, and writes over them
step after step; what it was given stays as it was, and of what it owned only the result leaves.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from backprop.engine.backward import repeated
from backprop.engine.network import Network
from backprop.training.flat import Array, flatten
from backprop.training.optimizers import Optimizer, State, locked

Batch = tuple[Array, Array]  # inputs X [n, fan_in] and targets Y [n, outputs]


class Slice(NamedTuple):
    """Where a slice of training ends.

    Attributes:
        parameters: after the last step.
        state: what the optimizer remembers; the next slice starts from both.
        losses: of each step's batch, before its move, [steps].
    """

    parameters: dict[str, Array]
    state: State
    losses: Array


@np.errstate(all="ignore")  # a diverging run overflows: ∞ and NaN are values to be seen
def train(
    network: Network,
    optimizer: Optimizer,
    parameters: Mapping[str, ArrayLike],
    state: State,
    batches: Iterable[Batch],
) -> Slice:
    """Take one step for each batch, and return where that leads.

    The numbers are those of `network.loss_and_gradient` and `optimizer.step`, taken in turns.
    Which batches, in what order and how many, is the caller's to say: `repeat((X, Y), 100)` is 100
    steps with all examples.

    Args:
        network: its graph at layers detail gives the gradient.
        optimizer: gives the move.
        parameters: where the slice starts, as `network.shapes` says.
        state: what `optimizer.start` or the slice before returned.
        batches: inputs and targets for each step.

    Raises:
        ShapeError: an array does not fit.
    """
    theta, unflatten = flatten(parameters)
    theta_by_name = unflatten(theta)
    g = np.empty_like(theta)
    g_by_name = unflatten(g)
    passes: dict[Any, Callable[[Batch], Any]] = {}  # by the shapes of a batch: few, often only one
    losses = []
    for batch in batches:
        X, Y = batch
        shapes = X.shape, Y.shape
        if shapes not in passes:
            at = network.batch(theta_by_name, X, Y)
            passes[shapes] = repeated(network.graph("layers"), at, g_by_name)
        losses.append(passes[shapes](batch))
        move, state = optimizer.advance(g, state, theta)
        theta += move
    return Slice(theta_by_name, locked(state), np.array(losses, float))
