"""The pass of a network whose rules can be replaced."""

import numpy as np
import pytest

from backprop.engine.network import Network
from backprop.engine.slips.batch_pass import BatchPass, find_place, gradient_by
from backprop.engine.trace import edges

NETWORKS = [
    Network((2, 3, 1), ("relu", "linear"), "mean_squared_error"),
    Network((2, 3, 3, 2), ("tanh", "softplus", "softmax"), "cross_entropy", l1=0.1, l2=0.2),
    Network((2, 2, 2), ("leaky_relu", "sigmoid"), "binary_cross_entropy", shared_biases=True),
]


def point(network):
    rng = np.random.default_rng(2)
    parameters = {name: rng.normal(size=shape) for name, shape in network.shapes.items()}
    X, Y = rng.normal(size=(3, network.sizes[0])), np.eye(3, network.sizes[-1])
    return network.batch(parameters, X, Y)


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_without_other_rules_it_gives_the_right_gradient(network):
    at = point(network)
    parameters = {name: at[name] for name in network.shapes}
    right = network.loss_and_gradient(parameters, at["X"], at["Y"])[1]
    found = gradient_by((), network, at, 0.5)
    assert list(found) == list(right)
    for name, array in right.items():
        np.testing.assert_allclose(found[name], array, rtol=1e-12, atol=1e-15)


def test_every_use_has_its_place():
    graph = NETWORKS[1].graph("layers")
    names = [(graph.nodes[edge.node].name, graph.nodes[edge.later].name) for edge in edges(graph)]
    places = dict(zip(names, (find_place(graph, edge) for edge in edges(graph)), strict=True))
    assert places["Z3", "L"] == "scores"
    assert places["L", "J"] == "sum"
    assert places["W1", "S1"] == places["W1", "R1"] == "penalty"
    assert places["A2", "Z3"] == "activations"
    assert places["Z2", "A2"] == "hidden activation"
    assert (places["W3", "Z3"], places["b3", "Z3"]) == ("weights", "bias")


def test_the_last_activation_has_a_place_of_its_own_and_so_has_a_shared_bias():
    graph = NETWORKS[2].graph("layers")
    places = [find_place(graph, edge) for edge in edges(graph)]
    assert {"loss", "output activation", "hidden activation", "shared bias"} <= set(places)


def test_a_rule_of_the_loss_holds_for_scores_unless_they_have_their_own():
    network, at = NETWORKS[1], point(NETWORKS[1])
    plain = Network(network.sizes, network.activations, network.loss)
    right = gradient_by((), plain, at, 0.5)["W1"]
    np.testing.assert_allclose(
        gradient_by((("loss", "3 * RIGHT"),), plain, at, 0.5)["W1"], 3 * right
    )
    both = (("loss", "3 * RIGHT"), ("scores", "5 * RIGHT"))
    np.testing.assert_allclose(gradient_by(both, plain, at, 0.5)["W1"], 5 * right)


def test_a_rule_can_hold_in_one_layer_only():
    network, at = NETWORKS[1], point(NETWORKS[1])
    right = gradient_by((), network, at, 0.5)
    found = gradient_by((("hidden activation 2", "0 * g"),), network, at, 0.5)
    np.testing.assert_array_equal(found["W3"], right["W3"])
    np.testing.assert_array_equal(found["b2"], 0 * right["b2"])
    found = gradient_by((("weights 3", "2 * RIGHT"),), network, at, 0.5)
    np.testing.assert_array_equal(found["W2"], right["W2"])
    assert not np.allclose(found["W3"], right["W3"])


def test_a_text_can_write_the_right_one_with_other_names():
    network = Network((2, 2, 1), ("tanh", "linear"))
    at = point(network)
    z = at["X"] @ at["W1"].T + at["b1"]
    a = np.tanh(z)
    delta = (a @ at["W2"].T + at["b2"] - at["Y"]) / 3 @ at["W2"]
    slopes = {
        "RIGHT(out=x)": 1 - z**2,
        "RIGHT(out=F(out))": 1 - np.tanh(a) ** 2,
        "2 * RIGHT": 2 * (1 - a**2),
        "RIGHT(out=BEHIND)": 1 - (a @ at["W2"].T + at["b2"]) ** 2,  # one unit: for both
        "RIGHT(out=BEFORE)": 1 - at["X"] ** 2,
        "g * (x > EXAMPLES - 3)": z > 0,
    }
    for text, slope in slopes.items():
        found = gradient_by((("hidden activation", text),), network, at, 0.5)
        np.testing.assert_allclose(found["b1"], (delta * slope).sum(axis=0), err_msg=text)


def test_a_neighbour_that_is_not_as_wide_is_left_alone():
    network = Network((3, 2, 4, 1), ("tanh", "sigmoid", "sigmoid"))
    at = point(network)
    right = gradient_by((), network, at, 0.5)
    for word in ("out=BEHIND, x=BEHIND_IN", "out=BEFORE, x=BEFORE_IN"):
        found = gradient_by((("hidden activation 1", f"RIGHT({word})"),), network, at, 0.5)
        np.testing.assert_allclose(found["W1"], right["W1"])


def test_the_narrowest_place_goes_first():
    network, at = NETWORKS[1], point(NETWORKS[1])
    rules = (("activation", "0 * g"), ("tanh", "2 * RIGHT"), ("hidden activation", "3 * RIGHT"))
    found = gradient_by(rules, network, at, 0.5)
    wanted = gradient_by((("hidden activation", "3 * RIGHT"),), network, at, 0.5)
    np.testing.assert_allclose(found["W1"], wanted["W1"])


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_passes_from_one_point_share_what_their_rules_leave(network):
    passes = BatchPass(network, point(network))
    right = passes.gradient()
    for rules in ((("bias", "2 * RIGHT"),), (("hidden activation 1", "g"),), (("loss", "-RIGHT"),)):
        found = passes.gradient(rules)
        alone = gradient_by(rules, network, point(network), 0.0)
        assert {name: array.tolist() for name, array in found.items()} == {
            name: array.tolist() for name, array in alone.items()
        }
    last = f"W{network.depth}"
    assert passes.gradient((("bias", "2 * RIGHT"),))[last] is right[last]
