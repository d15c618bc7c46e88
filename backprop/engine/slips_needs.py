"""What a network and its batch must have, so that a slip can happen in it."""

from collections.abc import Iterable
from itertools import pairwise

from backprop.engine.network import Network
from backprop.engine.ops import OPS, bends
from backprop.engine.slips import Need


def _forks(network: Network) -> bool:
    """Whether a hidden unit, or a bias that is shared, is used more than once."""
    hidden = any(size > 1 for size in network.sizes[2:])
    return hidden or (network.shared_biases and max(network.sizes[1:]) > 1)


def _squares(network: Network, since: int = 0) -> bool:
    """Whether a layer of weights has as many units as inputs, and more than one."""
    return any(a == b > 1 for a, b in pairwise(network.sizes[since:]))


def _bent(activations: Iterable[str]) -> bool:
    """Whether one of these has a slope that is not always 1."""
    return any(name not in ("linear", "softmax") for name in activations)


def _curves(activation: str) -> bool:
    """Whether its slope at a is not that at z."""
    return activation in OPS and bends(OPS[activation])


BATCH = Need("more than one example in the batch", lambda _, examples: examples > 1)
FORK = Need("a unit that is used more than once", lambda network, _: _forks(network))
HIDDEN_BEND = Need(
    "a hidden layer whose activation is not linear", lambda n, _: _bent(n.activations[:-1])
)
OUTPUT_BEND = Need("an activation at the output", lambda n, _: _bent(n.activations[-1:]))
HIDDEN_CURVE = Need(
    "a hidden layer with sigmoid, tanh or softplus",
    lambda n, _: any(map(_curves, n.activations[:-1])),
)
OUTPUT_CURVE = Need(
    "sigmoid, tanh or softplus at the output", lambda n, _: _curves(n.activations[-1])
)
SQUARE_INSIDE = Need(
    "a square matrix behind a hidden layer", lambda network, _: _squares(network, 1)
)
SQUARE = Need("a square matrix of weights", lambda network, _: _squares(network))
HALF = Need("the loss ½Σ(ŷ − y)²", lambda n, _: n.loss == "half_squared_error")
MEAN = Need("the mean squared error", lambda n, _: n.loss == "mean_squared_error")
OUTPUTS = Need(
    "a mean over several outputs",
    lambda n, _: n.loss in ("mean_squared_error", "binary_cross_entropy") and n.sizes[-1] > 1,
)
PROBABILITIES = Need(
    "softmax or sigmoid with its cross-entropy",
    lambda n, _: (
        n.loss == "cross_entropy"
        or (n.loss == "binary_cross_entropy" and n.activations[-1] == "sigmoid")
    ),
)
PENALTY = Need("a penalty on the weights", lambda network, _: bool(network.l1 or network.l2))
