"""What is measured of a run, against the network's own doors and counting by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.engine.forward import values
from backprop.engine.network import LOSSES, Network
from backprop.training.measure import (
    COLUMNS,
    accuracy,
    confusion,
    dead_share,
    layer_outputs,
    measure,
    steepest,
)
from backprop.training.optimizers import GradientDescent
from backprop.training.plan import Examples, Plan
from backprop.training.schedule import Schedule


def plan_of(network, train, test=None):
    none = Examples(np.empty((0, network.sizes[0])), np.empty((0, network.sizes[-1])))
    classes = network.loss.endswith("cross_entropy")
    return Plan(network, train, test or none, GradientDescent(), Schedule(), 1, 0, classes)


def examples(network, n, seed):
    rng = np.random.default_rng(seed)
    outputs = network.sizes[-1]
    classes = rng.integers(max(outputs, 2), size=n)
    Y = np.eye(outputs)[classes] if outputs > 1 else classes[:, None].astype(float)
    return Examples(rng.normal(size=(n, network.sizes[0])), Y)


def network_for(loss, outputs=2, **changes):
    last = "softmax" if loss == "cross_entropy" else "sigmoid"
    return Network((2, 3, outputs), ("tanh", last), loss, **changes)


def measured(network, held_out=5, seed=1):
    """Return what is measured by name, the lengths, and what it was measured of."""
    data = examples(network, 8, 0), examples(network, held_out, 1)
    parameters = network.initialize(seed)
    row = measure(plan_of(network, *data), parameters)
    return dict(zip(COLUMNS, row, strict=False)), row[len(COLUMNS) :], parameters, data


@pytest.mark.parametrize("strength", [0.0, 0.3])
@pytest.mark.parametrize("loss", LOSSES)
def test_losses_are_those_of_the_network_without_its_penalty(loss, strength):
    network = network_for(loss, l1=strength, l2=strength)
    found, _, parameters, (train, test) = measured(network)
    assert found["train"] == network.losses(parameters, *train)[0]
    assert found["test"] == network.losses(parameters, *test)[0]


@pytest.mark.parametrize("strength", [0.0, 0.3])
@pytest.mark.parametrize("loss", LOSSES)
def test_lengths_are_those_of_the_networks_gradient_layer_by_layer(loss, strength):
    network = network_for(loss, l1=strength, l2=strength)
    _, lengths, parameters, (train, _) = measured(network)
    _, slopes = network.loss_and_gradient(parameters, *train)
    expected = [
        np.linalg.norm([*slopes[f"W{layer}"].ravel(), *slopes[f"b{layer}"]]) for layer in (1, 2)
    ]
    assert lengths == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "cross_entropy"])
def test_accuracy_is_the_share_of_right_answers_of_the_outputs(loss):
    network = network_for(loss, outputs=3)
    found, _, parameters, (train, test) = measured(network)
    for name, (X, Y) in (("train_accuracy", train), ("test_accuracy", test)):
        said = network.outputs(parameters, X).argmax(axis=1)
        assert found[name] == np.mean(said == Y.argmax(axis=1))


def test_of_numbers_no_answer_is_right_or_wrong():
    found = measured(network_for("half_squared_error"))[0]
    assert math.isnan(found["train_accuracy"])
    assert math.isnan(found["test_accuracy"])


def test_without_held_out_examples_there_is_nothing_to_say_of_them():
    found = measured(network_for("cross_entropy"), held_out=0)[0]
    assert math.isnan(found["test"])
    assert math.isnan(found["test_accuracy"])
    assert math.isfinite(found["train"])


def test_of_two_classes_the_output_says_the_second_above_one_half():
    outputs, Y = np.array([[0.4], [0.6], [0.5], [0.9]]), np.array([[0.0], [1.0], [1.0], [0.0]])
    assert accuracy(outputs, Y) == 0.5


def test_of_several_classes_the_largest_output_is_the_answer():
    scores, Y = np.array([[3.0, -1.0, 0.0], [0.0, 0.1, 0.2]]), np.eye(3)[[0, 1]]
    assert accuracy(scores, Y) == 0.5


def test_answers_are_right_or_wrong_where_targets_are_classes_whatever_the_loss():
    for loss in ("binary_cross_entropy", "half_squared_error"):
        network, data = Network((1, 1), ("sigmoid",), loss), Examples(np.eye(1), np.eye(1))
        plan = replace(plan_of(network, data), classes=True)
        assert measure(plan, network.initialize())[2] in (0, 1)
        assert math.isnan(measure(replace(plan, classes=False), network.initialize())[2])


@given(st.integers(0, 4))
def test_a_relu_unit_is_dead_where_no_example_makes_its_sum_positive(dead):
    network = Network((1, 4, 1), ("relu", "linear"))
    parameters = network.initialize()
    parameters["W1"] = np.array([[-1.0]] * dead + [[1.0]] * (4 - dead))
    data = Examples(np.array([[1.0], [2.0]]), np.zeros((2, 1)))
    assert measure(plan_of(network, data), parameters)[4] == dead / 4


def test_a_sigmoid_unit_is_dead_where_it_is_saturated_for_every_example():
    network = Network((1, 3, 1), ("sigmoid", "linear"))
    parameters = network.initialize()
    parameters["W1"] = np.array([[0.0], [0.0], [20.0]])
    parameters["b1"] = np.array([20.0, 6.0, 0.0])  # σ′(6) is 0.0025, σ′(20) is 2e−9
    far = Examples(np.array([[1.0], [-1.0]]), np.zeros((2, 1)))
    near = Examples(np.array([[1.0], [0.0]]), np.zeros((2, 1)))
    assert measure(plan_of(network, far), parameters)[4] == pytest.approx(2 / 3)
    assert measure(plan_of(network, near), parameters)[4] == pytest.approx(1 / 3)


def test_without_hidden_units_none_can_be_dead():
    network = Network((2, 1), ("sigmoid",), "binary_cross_entropy")
    assert math.isnan(measured(network)[0]["dead"])


def test_the_largest_local_derivative_is_that_of_the_activation():
    network = Network((2, 3, 2, 1), ("sigmoid", "tanh", "sigmoid"))
    parameters, (X, Y) = network.initialize(), examples(network, 6, 0)
    graph = network.graph("layers")
    seen = values(graph, network.batch(parameters, X, Y))
    A1, A2 = (seen[graph.position(name)] for name in ("A1", "A2"))
    found = steepest(graph, seen)
    assert list(found) == ["A1", "A2"]
    np.testing.assert_allclose(found["A1"], (A1 * (1 - A1)).max(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found["A2"], (1 - A2 * A2).max(axis=0), rtol=1e-12)
    assert dead_share(graph, seen) == 0


def test_a_network_whose_numbers_overflow_is_measured_without_a_warning():
    network = Network((1, 2, 1), ("relu", "linear"), l2=0.1)
    parameters = {name: np.full(shape, 1e300) for name, shape in network.shapes.items()}
    data = Examples(np.array([[1.0]]), np.array([[0.0]]))
    row = measure(plan_of(network, data, data), parameters)
    assert row[0] == row[1] == math.inf
    assert len(row) == len(COLUMNS) + 2


def test_a_confusion_counts_example_by_example():
    outputs = np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    Y = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    assert confusion(outputs, Y, 2).tolist() == [[1, 0], [1, 1]]
    assert confusion(outputs[:, 1:], Y[:, 1:], 2).tolist() == [[1, 0], [1, 1]]


@pytest.mark.parametrize("loss", ["cross_entropy", "half_squared_error"])
def test_the_last_layers_outputs_are_the_networks(loss):
    network = network_for(loss)
    X, parameters = examples(network, 5, 1).X, network.initialize(1)
    layers = layer_outputs(network, parameters, X)
    assert layers[0] is X
    assert [layer.shape for layer in layers] == [(5, size) for size in network.sizes]
    np.testing.assert_allclose(layers[-1], network.outputs(parameters, X))
