"""The record of a pass."""

import math

import numpy as np
import pytest

from backprop.engine.backward import differentiate
from backprop.engine.expression import parse
from backprop.engine.network import Network
from backprop.engine.trace import Edge, edges

GATES = parse("(x + y) * z")
AT = {"x": -2, "y": 5, "z": -4}


def test_forward_steps_come_first_then_backward_steps_in_reverse():
    steps = differentiate(GATES, AT).steps
    assert [(s.phase, s.name) for s in steps] == [
        ("forward", "v1"),
        ("forward", "v2"),
        ("backward", "v2"),
        ("backward", "v1"),
        ("backward", "z"),
        ("backward", "y"),
        ("backward", "x"),
    ]


def test_a_forward_step_shows_its_rule_in_letters_and_in_numbers():
    first, second = differentiate(GATES, AT).forward_steps
    assert (first.rule, first.numbers, first.result) == ("x + y", "-2.0 + 5.0", 3)
    assert (second.rule, second.numbers, second.result) == ("v1 * z", "3.0 * -4.0", -12)
    assert first.terms == ()


def test_the_first_backward_step_is_the_base_case():
    step = differentiate(GATES, AT).backward_steps[0]
    assert (step.rule, step.numbers, step.result, step.terms) == ("1", "1", 1, ())


def test_a_backward_step_multiplies_what_arrives_by_the_local_derivative():
    step = differentiate(GATES, AT).backward_steps[1]
    assert (step.rule, step.numbers, step.result) == ("g(v2) * (z)", "(1.0) * (-4.0)", -4)
    (term,) = step.terms
    assert term.edge == Edge(node=3, later=4, which=0)
    assert (term.arriving, term.local, term.product, term.total) == (1, -4, -4, -4)


def test_a_value_used_twice_adds_a_term_for_each_use():
    step = differentiate(parse("x * x + 3x"), {"x": 5}).backward_steps[-1]
    assert step.rule == "g(v1) * (x) + g(v1) * (x) + g(v2) * (3.0)"
    assert [(t.product, t.total) for t in step.terms] == [(5, 5), (5, 10), (3, 13)]
    assert step.result == 13


@pytest.mark.parametrize(
    ("text", "rule", "numbers", "local"),
    [
        ("sigmoid(x)", "1 / (1 + exp(-x))", "1 / (1 + exp(-2.0))", "g(v1) * (v1 * (1 - v1))"),
        ("-x", "-x", "-2.0", "g(v1) * (-1)"),
        ("x^3", "x ** 3.0", "2.0 ** 3.0", "g(v1) * (3.0 * x ** (3.0 - 1))"),
        ("softplus(x)", "log(1 + exp(x))", "log(1 + exp(2.0))", "g(v1) * (sigmoid(x))"),
        ("relu(x)", "0 if x <= 0 else x", "0 if 2.0 <= 0 else 2.0", "g(v1) * (0 if x <= 0 else 1)"),
        ("1/x", "1.0 / x", "1.0 / 2.0", "g(v1) * (-1.0 / x ** 2)"),
    ],
)
@pytest.mark.parametrize("again", [1, 2])
def test_the_printed_rule_is_the_textbooks_each_time(text, rule, numbers, local, again):
    trace = differentiate(parse(text), {"x": 2})
    (ahead,) = trace.forward_steps
    assert (ahead.rule, ahead.numbers) == (rule, numbers)
    assert trace.backward_steps[-1].rule == local
    assert again


def test_no_step_mentions_a_name_that_is_not_in_its_graph():
    for text in ("sigmoid(q) * tanh(-r) / softplus(q)", "max(a, relu(b)) - |c|^3 / min(a, d)"):
        graph = parse(text)
        names = {node.name for node in graph.nodes}
        known = {"g", "exp", "log", "sigmoid", "tanh", "abs", "sqrt", "if", "else"}
        for step in differentiate(graph, dict.fromkeys(graph.variables, 0.5)).steps:
            words = "".join(c if c.isalnum() or c in "_" else " " for c in step.rule).split()
            assert {w for w in words if not w[0].isdigit()} <= names | known


def test_constants_get_no_step_back():
    trace = differentiate(parse("2x"), {"x": 1})
    assert [step.name for step in trace.backward_steps] == ["v1", "x"]
    assert trace.gradients[trace.graph.position("#1")] == 0


def test_edges_are_read_from_the_last_node_to_the_first():
    assert [edge[:2] for edge in edges(GATES)] == [(3, 4), (2, 4), (1, 3), (0, 3)]


def test_overflow_is_seen_in_the_step_where_it_begins():
    steps = differentiate(parse("exp(x) - exp(x)"), {"x": 1000}).steps
    assert steps[0].result == math.inf
    assert math.isnan(steps[2].result)
    assert steps[2].numbers == "inf - inf"


@pytest.mark.parametrize("detail", ["operations", "neurons"])
def test_the_record_of_a_network_adds_up(detail):
    network = Network((2, 2, 2), ("sigmoid", "sigmoid"))
    graph = network.graph(detail)
    trace = differentiate(graph, network.point(network.initialize(), [0.05, 0.1], [0.01, 0.99]))
    for step in trace.backward_steps[1:]:
        assert step.result == pytest.approx(sum(term.product for term in step.terms))
        assert step.terms[-1].total == step.result
        for term in step.terms:
            assert term.product == pytest.approx(term.arriving * term.local)
            assert type(term.local) is float


def test_arrays_of_a_trace_cannot_be_changed():
    network = Network((2, 3, 2), ("tanh", "sigmoid"))
    at = network.batch(network.initialize(), [[1, 2], [3, 4]], [[0, 1], [1, 0]])
    trace = differentiate(network.graph("layers"), at)
    for array in (trace.values[-2], trace.gradient["W1"], trace.products[0]):
        with pytest.raises(ValueError, match="read-only"):
            array += 1


def test_the_callers_arrays_stay_writeable():
    network = Network((2, 1), ("linear",))
    at = network.batch(network.initialize(), [[1, 2]], [[0]])
    differentiate(network.graph("layers"), at)
    at["W1"] += 1


def test_a_step_on_arrays_shows_names_and_its_products_rule():
    network = Network((2, 1), ("sigmoid",))
    at = network.batch(network.initialize(), [[1, 2]], [[0]])
    trace = differentiate(network.graph("layers"), at)
    assert trace.forward_steps[0].rule == "dot(X, W1.T) + b1"
    assert trace.forward_steps[0].numbers == "dot(X, W1.T) + b1"
    weights = next(step for step in trace.backward_steps if step.name == "W1")
    assert weights.rule == "dot(g(Z1).T, X)"
    assert weights.terms[0].local is None
    np.testing.assert_array_equal(weights.result, trace.gradient["W1"])
