"""A formula of arrays, with a shape below each."""

from functools import reduce

import numpy as np
import pytest

from backprop.engine.backward import differentiate
from backprop.engine.network import Network
from backprop.lessons.training.layers.steps import layer_steps
from backprop.notation.batch_formula import ENTRYWISE, shaped_slope, shaped_value
from backprop.notation.spoken import words

NETWORKS = {
    "2-8-8-1": (Network((2, 8, 8, 1), ("relu", "tanh", "sigmoid"), "binary_cross_entropy"), 10),
    "4-8-3": (Network((4, 8, 3), ("softplus", "softmax"), "cross_entropy"), 7),
    "shared": (Network((2, 3, 2), ("leaky_relu", "linear"), shared_biases=True), 5),
    "mean": (Network((2, 3), ("linear",), "mean_squared_error"), 1),
    "penalties": (Network((2, 3, 1), ("tanh", "linear"), l1=0.1, l2=0.01), 5),
}


def run(network, rows):
    rng = np.random.default_rng(1)
    X, Y = rng.normal(size=(rows, network.sizes[0])), np.ones((rows, network.sizes[-1]))
    return differentiate(network.graph("layers"), network.batch(network.initialize(), X, Y))


@pytest.fixture(params=NETWORKS.values(), ids=NETWORKS)
def trace(request):
    return run(*request.param)


def formulas(trace):
    """Return every formula of a walk, with its node and what it is of."""
    for stop in layer_steps(trace.graph):
        for node in stop.nodes:
            shaped = (shaped_value if stop.kind == "value" else shaped_slope)(trace, node)
            yield node, stop.kind, shaped


def shape(piece):
    return tuple(map(int, piece.shape.split(" × "))) if piece.shape else ()


def combined(pieces):
    """Return the shape that a line of pieces comes to, by the rules of matrices and rows."""
    total = ()
    sign = ""
    for piece in pieces:
        if piece.formula is None:
            sign = piece.sign
            continue
        found = shape(piece)
        if sign == "Σ":
            return "a sum"
        if not total or not found:
            total = total or found
        elif sign in ("+", ENTRYWISE):
            np.broadcast_shapes(total, found)  # raises where they do not fit
        else:
            assert total[1] == found[0], "inner sizes of a product are equal"
            total = (total[0], found[1])
        sign = ""
    return total


def test_the_shapes_in_a_formula_are_consistent(trace):
    for node, kind, shaped in formulas(trace):
        if not np.ndim(trace.values[node]):
            continue
        first, *rest = shaped.lines
        left = shape(first[0])
        assert left == np.shape((trace.values if kind == "value" else trace.gradients)[node])
        for line in (first[2:], *(line[1:] for line in rest)):
            assert combined(line) in (left, "a sum")


def test_a_formula_begins_with_what_is_computed_and_an_equals_sign(trace):
    for node, kind, shaped in formulas(trace):
        left, equals = shaped.lines[0][:2]
        assert equals.sign == "="
        name = words(left.formula).split()
        assert (name[0] == "the") is (kind == "slope")
        assert name[-1] in trace.graph.nodes[node].name


def test_a_formula_names_every_array_that_a_value_is_computed_from(trace):
    for stop in layer_steps(trace.graph):
        if stop.kind != "value":
            continue
        text = " ".join(shaped_value(trace, node).aloud for node in stop.nodes)
        for node in (i for later in stop.nodes for i in trace.graph.nodes[later].inputs):
            name = trace.graph.nodes[node].name
            hidden = trace.graph.nodes[node].number is not None or "and so on" in text
            assert hidden or f"{name[0]} {name[1:]}".strip() in text


def test_a_layer_is_written_as_in_a_textbook():
    trace = run(*NETWORKS["2-8-8-1"])
    shaped = shaped_value(trace, trace.graph.position("Z1"))
    assert [piece.sign or piece.shape for piece in shaped.lines[0]] == [
        *("10 × 8", "=", "10 × 2", "2 × 8", "+", "8")
    ]
    assert shaped.aloud == (
        "Z 1 (10 by 8) equals X (10 by 2) times W 1 transposed (2 by 8) plus b 1 (8)"
    )


def test_a_slope_of_an_activation_is_an_entrywise_product_with_its_rule_aside():
    trace = run(*NETWORKS["2-8-8-1"])
    shaped = shaped_slope(trace, trace.graph.position("Z3"))
    assert ENTRYWISE in [piece.sign for piece in shaped.lines[0]]
    name, rule = shaped.aside
    assert words(rule) == "A 3 times the quantity 1 minus A 3"
    assert "σ′" in words(name)


def test_a_penalty_adds_a_summand_on_a_line_of_its_own():
    trace = run(*NETWORKS["penalties"])
    shaped = shaped_slope(trace, trace.graph.position("W1"))
    assert len(shaped.lines) == 3
    assert [line[0].sign for line in shaped.lines[1:]] == ["+", "+"]
    assert all(shape(line[-1]) == (3, 2) for line in shaped.lines[1:])


def test_the_terms_of_a_gradient_add_up_to_it(trace):
    for node, terms in trace.terms.items():
        if terms and trace.graph.nodes[node].is_leaf and not trace.graph.nodes[node].given:
            total = reduce(np.add, [term.product for term in terms])
            assert np.allclose(total, trace.gradients[node])
