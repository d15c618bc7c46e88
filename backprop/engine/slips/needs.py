"""What a network and its batch must have for a slip to happen."""

from collections.abc import Iterable
from itertools import pairwise

from backprop.engine.compiled.rules import names_in
from backprop.engine.network import Network
from backprop.engine.ops import OPS, bends
from backprop.engine.slips.slip import Need


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


def _written_in_a(activation: str) -> bool:
    """Whether the formula of its slope has a in it, as a(1 − a) has."""
    return activation in OPS and "out" in names_in(OPS[activation].partials[0])


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
INSIDE_AND_OUT = Need(
    "an activation in a hidden layer and one at the output",
    lambda n, _: _bent(n.activations[:-1]) and _bent(n.activations[-1:]),
)
CURVES_INSIDE_AND_OUT = Need(
    "sigmoid, tanh or softplus in a hidden layer and at the output",
    lambda n, _: any(map(_curves, n.activations[:-1])) and _curves(n.activations[-1]),
)
WRITTEN_IN_A = Need("sigmoid or tanh", lambda n, _: any(map(_written_in_a, n.activations)))
SIGMOID_OR_TANH = Need("sigmoid or tanh", lambda n, _: bool({*n.activations} & {"sigmoid", "tanh"}))
RELU = Need("relu", lambda n, _: bool({*n.activations} & {"relu", "leaky_relu"}))
BEHIND = Need(
    "an activation before a layer that is as wide, or has one unit",
    lambda n, _: any(
        _bent([name]) and after in (here, 1)
        for name, (here, after) in zip(n.activations, pairwise(n.sizes[1:]), strict=False)
    ),
)
BEFORE = Need(
    "an activation after a layer that is as wide, or has one unit",
    lambda n, _: any(
        _bent([name]) and before in (here, 1)
        for name, (before, here) in zip(n.activations, pairwise(n.sizes), strict=True)
    ),
)
NO_SOFTMAX = Need("a loss other than softmax’s", lambda n, _: n.loss != "cross_entropy")
SOFTMAX = Need("softmax with cross-entropy", lambda n, _: n.loss == "cross_entropy")
ACTIVATED_OUTPUT = Need(
    "softmax or an activation at the output", lambda n, _: n.activations[-1] != "linear"
)
L2 = Need("an L2 penalty on the weights", lambda n, _: bool(n.l2))
SQUARE_BATCH = Need(
    "as many examples as inputs, and several", lambda n, examples: examples == n.sizes[0] > 1
)
UNITS = Need("a layer of several units", lambda n, _: max(n.sizes[1:]) > 1)
UNITS_BEHIND = Need(
    "several units behind a hidden layer", lambda n, _: any(size > 1 for size in n.sizes[2:])
)
