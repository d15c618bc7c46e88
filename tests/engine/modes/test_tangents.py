"""Forward mode: the tangents are PyTorch's, and the transpose of what the pass back finds."""

import numpy as np
import pytest

import backprop
from backprop.engine.backward import gradient
from backprop.engine.errors import PointError, ShapeError
from backprop.engine.modes.cotangents import vjp
from backprop.engine.modes.tangents import jvp
from backprop.engine.network import ACTIVATIONS, LOSSES, Network
from backprop.engine.program import read
from tests.kit.directions import random_direction, reference_direction
from tests.kit.programs import NAMES, REFERENCE, close

DETAILS = ("operations", "neurons", "layers")
PAIRS = [
    *zip(LOSSES, sorted({*ACTIVATIONS} - {"softmax", "linear"}), strict=False),
    *(("half_squared_error", each) for each in ACTIVATIONS if each != "softmax"),
]


def reference(name, *, opened=False):
    text = "\n".join(REFERENCE[name]["lines"])
    lines = tuple(line.name for line in read(text).lines if not line.is_leaf) if opened else ()
    return read(text, opened=lines).with_values({})


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_the_tangents_of_programs_are_pytorchs(name, opened):
    graph = reference(name, opened=opened)
    found = jvp(graph, graph.at, reference_direction(graph))
    close(found.tangent, REFERENCE[name]["jvp"], 1e-11)
    close(found.value, REFERENCE[name]["values"][graph.nodes[-1].name], 1e-11)


@pytest.mark.parametrize("detail", DETAILS)
@pytest.mark.parametrize(("loss", "activation"), PAIRS)
def test_the_tangent_of_a_loss_is_its_gradient_times_the_direction(loss, activation, detail):
    last = {"cross_entropy": "softmax", "multiclass_hinge": "linear"}.get(loss, "sigmoid")
    network = Network((2, 3, 2), (activation, last), loss, l1=0.1, l2=0.2)
    parameters = network.initialize(seed=3)
    X, Y = np.array([[0.5, -1.2], [1.1, 0.3]]), np.array([[1.0, 0.0], [0.0, 1.0]])
    graph = network.graph(detail)
    layers = detail == "layers"
    at = network.batch(parameters, X, Y) if layers else network.point(parameters, X[0], Y[0])
    value, slopes = gradient(graph, at)
    direction = random_direction(graph, at, 5)
    found = jvp(graph, at, direction)
    close(found.value, value, 1e-13)
    close(found.tangent, sum(np.sum(slopes[name] * direction[name]) for name in direction), 1e-13)


def test_a_leaf_without_a_direction_does_not_move_and_what_is_given_may():
    graph = read("x : given 2 = [1, 2]\nw : 2 = [3, 4]\nk : 2 = ones\nz = k + 1\ny = x * w")
    graph = graph.with_values({})
    found = backprop.jvp(graph, graph.at, {"x": [1, 10]})
    assert found.tangent.tolist() == [3, 40]
    assert found.of("z").tolist() == [0, 0]
    assert found.of("w").tolist() == [0, 0]
    assert jvp(graph, graph.at, {}).tangent.tolist() == [0, 0]
    with pytest.raises(PointError, match="no “Q” here"):
        found.of("Q")


@pytest.mark.parametrize(
    ("direction", "said"),
    [
        ({"q": 1}, "There is no leaf “q” that could move. There are x, i."),
        ({"x": [1, 2, 3]}, "The direction of “x” is 3, and “x” is 2."),
        ({"x": "up"}, "The direction of “x” is no array of numbers."),
        ({"i": [1.0, 0.0]}, "“i” is an index: whole numbers do not move."),
    ],
)
def test_a_direction_that_does_not_fit_is_refused_in_words(direction, said):
    graph = read("x : 2 = ones\ni : index 2 = [0, 1]\ny = x[i] * 2").with_values({})
    with pytest.raises(PointError) as refused:
        jvp(graph, graph.at, direction)
    assert str(refused.value).startswith(said)


def test_a_batch_without_examples_is_refused_in_words():
    network = Network((2, 2), ("tanh",))
    at = network.batch(network.initialize(seed=1), [[1, 2]], [[0, 1]])
    with pytest.raises(ShapeError, match="no entries"):
        jvp(network.graph("layers"), {**at, "X": np.zeros((0, 2))}, {})


def test_tangents_cannot_be_written_over():
    graph = read("x : 2 = ones\ny = x * 2").with_values({})
    found = jvp(graph, graph.at, {"x": [1, 1]})
    with pytest.raises(ValueError, match="read-only"):
        found.tangent[0] = 5


def test_the_cross_entropy_of_an_output_that_is_no_sigmoid_is_read_too():
    network = Network((1, 1), ("relu",), "binary_cross_entropy")
    at = network.batch({"W1": [[0.5]], "b1": [0.25]}, [[0.5], [1.0]], [[0.0], [1.0]])
    graph = network.graph("layers")
    value, slopes = gradient(graph, at)
    found = jvp(graph, at, {"W1": [[1.0]]})
    close(found.value, value, 1e-14)
    close(found.tangent, slopes["W1"][0, 0], 1e-14)
    close(vjp(graph, at, 2.0).gradient["W1"], 2 * slopes["W1"], 1e-14)
    certain = {**at, "W1": np.array([[0.0]]), "b1": np.array([1.0])}
    assert jvp(graph, {**certain, "Y": np.ones((2, 1))}, {"b1": [1.0]}).tangent == -1
