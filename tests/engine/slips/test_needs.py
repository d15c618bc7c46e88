"""What a slip needs, in networks that have it and in networks that have not."""

import pytest

from backprop.engine.network import Network
from backprop.engine.slips import needs


@pytest.mark.parametrize(
    ("need", "sizes", "activations", "met"),
    [
        (needs.FORK, (2, 3, 1), ("tanh", "linear"), False),
        (needs.FORK, (2, 1, 2), ("tanh", "linear"), True),
        (needs.FORK, (2, 3), ("linear",), False),
        (needs.SQUARE, (2, 2, 1), ("tanh", "linear"), True),
        (needs.SQUARE_INSIDE, (2, 2, 1), ("tanh", "linear"), False),
        (needs.SQUARE_INSIDE, (1, 2, 2), ("tanh", "linear"), True),
        (needs.SQUARE, (1, 1, 1), ("tanh", "linear"), False),
        (needs.HIDDEN_BEND, (2, 2, 1), ("linear", "tanh"), False),
        (needs.HIDDEN_CURVE, (2, 2, 1), ("relu", "tanh"), False),
        (needs.OUTPUT_BEND, (2, 2, 1), ("linear", "relu"), True),
        (needs.OUTPUT_CURVE, (2, 2, 1), ("linear", "relu"), False),
    ],
)
def test_a_network_has_what_a_slip_needs_or_not(need, sizes, activations, met):
    assert need.met(Network(sizes, activations), 1) is met


def test_a_shared_bias_is_a_fork():
    assert needs.FORK.met(Network((2, 3), ("linear",), shared_biases=True), 1)
    assert not needs.FORK.met(Network((2, 1), ("linear",), shared_biases=True), 1)


def test_one_example_is_no_batch():
    network = Network((1, 1), ("linear",))
    assert not needs.BATCH.met(network, 1)
    assert needs.BATCH.met(network, 2)


@pytest.mark.parametrize(
    ("activation", "loss", "met"),
    [
        ("softmax", "cross_entropy", True),
        ("sigmoid", "binary_cross_entropy", True),
        ("linear", "binary_cross_entropy", False),
        ("sigmoid", "mean_squared_error", False),
    ],
)
def test_probabilities_come_from_softmax_or_from_sigmoid(activation, loss, met):
    assert needs.PROBABILITIES.met(Network((2, 2), (activation,), loss), 1) is met


def test_a_mean_over_outputs_needs_several():
    assert needs.OUTPUTS.met(Network((2, 2), ("linear",), "mean_squared_error"), 1)
    assert not needs.OUTPUTS.met(Network((2, 1), ("linear",), "mean_squared_error"), 1)
    assert not needs.OUTPUTS.met(Network((2, 2), ("linear",)), 1)
