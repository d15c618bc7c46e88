"""A network and a batch as lines of a program: the same numbers as the graph at layers detail."""

import numpy as np
import pytest

from backprop.engine.arrays.uses import uses
from backprop.engine.backward import differentiate
from backprop.engine.network import HIDDEN_ACTIVATIONS, LAST, LOSSES, Network
from backprop.engine.network_program import network_lines, network_program
from backprop.engine.program import program

PENALTIES = ((0.0, 0.0), (0.1, 0.0), (0.0, 0.01), (0.1, 0.01))
BIT_FOR_BIT = ("huber", "multiclass_hinge")  # all others add up in another order


def batch(network, rows=7, seed=0):
    rng = np.random.default_rng(seed)
    parameters = {name: rng.normal(size=shape) for name, shape in network.shapes.items()}
    Y = np.eye(network.sizes[-1])[rng.integers(0, network.sizes[-1], rows)]
    return parameters, rng.normal(size=(rows, network.sizes[0])), Y


def both(network):
    """Return the arrays of the program and of the graph, pair by pair, by name."""
    at = batch(network)
    read, graph = network_program(network, *at), network.graph("layers")
    ours, theirs = differentiate(read, read.at), differentiate(graph, network.batch(*at))
    for position, node in enumerate(graph.nodes):
        if node.number is None:
            own = read.position(node.name)
            yield node.name, ours.values[own], theirs.values[position]
            if theirs.gradients[position] is not None:
                yield f"d{node.name}", ours.gradients[own], theirs.gradients[position]


@pytest.mark.parametrize(("l1", "l2"), PENALTIES)
@pytest.mark.parametrize("loss", LOSSES)
def test_the_program_of_a_network_has_the_numbers_of_its_layers(loss, l1, l2):
    for hidden in HIDDEN_ACTIVATIONS:
        last = LAST.get(loss, "sigmoid")
        network = Network((3, 4, 2), (hidden, last), loss, l1=l1, l2=l2)
        for name, ours, theirs in both(network):
            assert np.shape(ours) == np.shape(theirs), name
            if loss in BIT_FOR_BIT or name[0] not in "dLJ":
                assert np.array_equal(ours, theirs), name
            assert np.allclose(ours, theirs, rtol=1e-12, atol=1e-15), name


@pytest.mark.parametrize("activation", list(HIDDEN_ACTIVATIONS))
def test_outputs_of_any_activation_have_the_numbers_of_the_layers(activation):
    for loss in ("half_squared_error", "mean_squared_error", "huber"):
        network = Network((2, 3), (activation,), loss, shared_biases=True)
        for name, ours, theirs in both(network):
            assert np.allclose(ours, theirs, rtol=1e-12, atol=1e-15), name


def test_its_text_can_be_typed_where_it_fits():
    network = Network((2, 3, 1), ("tanh", "sigmoid"), "binary_cross_entropy", l1=1e-5, l2=0.5)
    parameters, X, _ = batch(network)
    read = network_program(network, parameters, X, np.ones((7, 1)))
    typed = program("\n".join(network_lines(network, 7)), read.at)
    assert typed.nodes == read.nodes
    assert read.text == typed.text
    assert [(use.line, use.name) for use in uses(read)][-1] == ("Z1", "W1")


def test_it_has_no_limit_of_what_is_typed():
    network = Network((128, *[12] * 11, 2), ("relu",) * 12, "huber", l1=0.1, l2=0.1)
    read = network_program(network, *batch(network, rows=500))
    assert len(read.lines) > 60
    assert read.shape("X") == (500, 128)
    assert read.line("J").text.count("+") == 24
