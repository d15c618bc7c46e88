"""The fast slopes of a network: the same as those of the plain loop, which is the oracle."""

from itertools import product

import numpy as np
import pytest

from backprop.engine.differences import network as differences_network
from backprop.engine.differences.network import network_differences
from backprop.engine.differences.slopes import graph_differences
from backprop.engine.network import Network

INSIDE = ("sigmoid", "tanh", "relu", "leaky_relu", "softplus", "linear")
NETWORKS = [
    *(
        Network((2, 3, 2), (inside, outside), loss)
        for inside, (outside, loss) in product(
            INSIDE,
            (
                ("linear", "half_squared_error"),
                ("tanh", "mean_squared_error"),
                ("sigmoid", "binary_cross_entropy"),
                ("softmax", "cross_entropy"),
            ),
        )
    ),
    Network((3, 4, 3, 2, 1), ("relu", "tanh", "leaky_relu", "sigmoid"), "mean_squared_error"),
    Network((3, 2), ("relu",), "half_squared_error"),
    Network((3, 3), ("softmax",), "cross_entropy"),
    Network((2, 3, 3), ("tanh", "softmax"), "cross_entropy", shared_biases=True, l1=0.1, l2=0.2),
    Network((2, 3, 2, 2), ("relu", "tanh", "sigmoid"), shared_biases=True),
    Network((2, 3, 1), ("relu", "linear"), l1=0.3, l2=0.05),
]


def point(network, scale=0.7):
    rng = np.random.default_rng(3)
    parameters = {name: rng.normal(size=s) * scale for name, s in network.shapes.items()}
    X, Y = rng.normal(size=(4, network.sizes[0])), np.eye(4, network.sizes[-1])
    return network.batch(parameters, X, Y)


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_they_are_those_of_the_plain_loop(network):
    at = point(network)
    ours, oracle = network_differences(network, at), graph_differences(network.graph("layers"), at)
    for name in network.shapes:
        np.testing.assert_allclose(ours.slopes[name], oracle.slopes[name], rtol=1e-6, atol=1e-9)
        np.testing.assert_array_equal(ours.kinks[name], oracle.kinks[name])


@pytest.mark.parametrize("h", [0.5, 2.0])
@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_with_wide_nudges_both_see_the_same_kinks_and_the_same_bends(network, h):
    at = point(network)
    ours = network_differences(network, at, h)
    oracle = graph_differences(network.graph("layers"), at, h)
    for name in network.shapes:
        np.testing.assert_allclose(ours.slopes[name], oracle.slopes[name], rtol=1e-9, atol=1e-12)
        np.testing.assert_array_equal(ours.kinks[name], oracle.kinks[name])
    kinked = any(name in ("relu", "leaky_relu") for name in network.activations)
    if kinked and h == 2:
        assert any(kinks.any() for kinks in ours.kinks.values())


@pytest.mark.parametrize("entries", [1, 50])
def test_they_are_the_same_in_smaller_pieces(entries, monkeypatch):
    network = NETWORKS[-4]
    at = point(network)
    whole = network_differences(network, at)
    monkeypatch.setattr(differences_network, "ENTRIES", entries)
    pieces = network_differences(network, at)
    for name in network.shapes:
        np.testing.assert_allclose(pieces.slopes[name], whole.slopes[name], rtol=1e-7, atol=1e-10)


def test_what_is_given_stays_as_it_was():
    network = NETWORKS[0]
    at = point(network)
    before = {name: array.copy() for name, array in at.items()}
    network_differences(network, at)
    for name, array in before.items():
        np.testing.assert_array_equal(at[name], array)


def test_overflow_is_nan_and_raises_nothing():
    network = Network((1, 1), ("linear",))
    at = network.batch({"W1": [[1e200]], "b1": [0]}, [[1]], [[0]])
    assert np.isnan(network_differences(network, at).slopes["W1"]).all()


@pytest.mark.parametrize("sure", [5, 14, 20, 30, 36, 100, 400])
def test_cross_entropy_that_its_scores_would_round_away_still_has_its_slopes(sure):
    network = Network((2, 2), ("softmax",), "cross_entropy")
    parameters = {"W1": [[sure / 2, 0], [-sure / 2, 0.3]], "b1": [0.1, 0]}
    at = network.batch(parameters, [[1, 0.5], [1.1, 0.2]], [[1, 0], [1, 0]])
    exact = network.loss_and_gradient(parameters, at["X"], at["Y"])[1]
    slopes = network_differences(network, at).slopes
    for name, array in exact.items():
        np.testing.assert_allclose(slopes[name], array, rtol=1e-6)
