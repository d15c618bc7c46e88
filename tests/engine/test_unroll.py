"""A network at three magnifications: what the nodes are, and that all give one gradient."""

import numpy as np
import pytest

from backprop.engine.backward import gradient
from backprop.engine.forward import value
from backprop.engine.network import Network
from backprop.engine.unroll import DETAILS, unroll

NETWORKS = [
    Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True),
    Network((3, 4, 1), ("tanh", "linear"), "mean_squared_error"),
    Network((2, 3), ("relu",), "mean_squared_error"),
    Network((2, 3, 1), ("tanh", "sigmoid"), "binary_cross_entropy"),
    Network((2, 2), ("sigmoid",), "binary_cross_entropy"),
    Network((2, 4, 3), ("leaky_relu", "softmax"), "cross_entropy"),
]


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: f"{network.loss}-{network.depth}")
def test_all_three_magnifications_give_the_same_loss_and_gradient(network):
    parameters = network.initialize(seed=3)
    x, y = np.linspace(-0.5, 0.9, network.sizes[0]), np.eye(network.sizes[-1])[0]
    loss, by_array = gradient(network.graph("layers"), network.batch(parameters, [x], [y]))
    for detail in ("neurons", "operations"):
        found, by_number = gradient(network.graph(detail), network.point(parameters, x, y))
        assert found == pytest.approx(loss)
        assert by_number == pytest.approx(network.scalars(by_array))


@pytest.mark.parametrize(
    ("detail", "names"),
    [
        ("layers", ["X", "Y", "W1", "b1", "Z1", "A1", "L"]),
        ("neurons", ["x1", "x2", "w1_1_1", "w1_1_2", "b1_1", "z1_1", "a1_1", "y1", "L"]),
    ],
)
def test_every_node_has_its_name(detail, names):
    graph = unroll(detail, Network((2, 1), ("sigmoid",)))
    assert [node.name for node in graph.nodes] == names


def test_an_operation_says_of_which_quantity_it_is_a_part():
    graph = unroll("operations", Network((2, 1), ("sigmoid",)))
    parts = {node.name: node.part_of for node in graph.nodes if not node.is_leaf}
    assert parts == {
        "p1_1_1": "z1_1",
        "p1_1_2": "z1_1",
        "s1_1_2": "z1_1",
        "z1_1": "",
        "a1_1": "A1",
        "d1": "L",
        "q1": "L",
        "L": "",
    }


def test_units_that_share_a_bias_have_one_node_for_it():
    graph = unroll("neurons", Network((1, 3), ("relu",), shared_biases=True))
    assert [name for name in graph.variables if name.startswith("b")] == ["b1_1"]


def test_a_softmax_of_large_scores_does_not_overflow():
    graph = unroll("operations", Network((1, 2), ("softmax",), "cross_entropy"))
    at = {"x1": 1.0, "y1": 1.0, "y2": 0.0, "b1_1": 0.0, "b1_2": 0.0}
    assert value(graph, at | {"w1_1_1": 1000.0, "w1_2_1": 0.0}) == pytest.approx(0.0)


@pytest.mark.parametrize("detail", DETAILS)
def test_the_same_network_is_written_out_once(detail):
    first, second = (Network((2, 2), ("tanh",)).graph(detail) for _ in range(2))
    assert first is second
