"""Which functions stand outermost, and what is taken for their slopes."""

import math

import pytest

from backprop.engine.backward import differentiate
from backprop.engine.expression import parse
from backprop.engine.network import Network
from backprop.engine.slips.wrong_slopes import WRONG_SLOPES, find_functions, stand_inside


def by_name(graph, found):
    return {graph.nodes[position].operation: outer for position, outer in found.items()}


def test_the_outermost_function_has_no_other_after_it():
    graph = parse("3 * sin(exp(x) + y^2)")
    assert by_name(graph, find_functions(graph)) == {"exp": False, "sin": True}
    inside = stand_inside(graph)
    assert inside[graph.position("x")]
    assert not inside[graph.output]


@pytest.mark.parametrize("detail", ["operations", "neurons"])
def test_in_a_network_the_outermost_are_the_activations_of_the_outputs(detail):
    graph = Network((2, 2, 1), ("tanh", "sigmoid"), "binary_cross_entropy").graph(detail)
    assert by_name(graph, find_functions(graph)) == {"tanh": False, "sigmoid": True}


@pytest.mark.parametrize("name", WRONG_SLOPES)
def test_where_a_slip_has_nothing_to_do_it_takes_the_right_slope(name):
    trace = differentiate(parse("x + 2 * y"), {"x": 0.3, "y": 0.7})
    slope = WRONG_SLOPES[name][1]
    for terms in trace.terms.values():
        for term in terms:
            assert slope(trace, term) == term.local


def test_a_quotient_of_zero_has_no_other_slope():
    trace = differentiate(parse("y / x"), {"x": math.inf, "y": 1.0})
    (term,) = trace.terms[trace.graph.position("y")]
    assert WRONG_SLOPES["quotient-as-product"][1](trace, term) == 0
