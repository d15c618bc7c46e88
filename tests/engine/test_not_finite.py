import math

import numpy as np
import pytest

from backprop.engine.backward import differentiate
from backprop.engine.expression import parse
from backprop.engine.network import Network
from backprop.engine.not_finite import KINDS, cause_of_gradient, cause_of_value, first_cause


def kinds(cause):
    """Return the kinds of a cause and of what it came from."""
    found = []
    while cause:
        assert cause.kind in KINDS
        found.append(cause.kind)
        cause = cause.source
    return found


VALUES = [
    ("exp(x)", 1000.0, ["overflow"]),
    ("x*x", 1e200, ["overflow"]),
    ("x^3", 1e200, ["overflow"]),
    ("1e300/x", 1e-300, ["overflow"]),
    ("log(x)", 0.0, ["log of 0"]),
    ("log(x)", -1.0, ["log of a negative number"]),
    ("sqrt(x)", -1.0, ["root of a negative number"]),
    ("1/x", 0.0, ["division by 0"]),
    ("x/x", 0.0, ["0 / 0"]),
    ("x^(-2)", 0.0, ["division by 0"]),
    ("x^0.5", -1.0, ["power of a negative number"]),
    ("exp(x) - exp(x)", 1000.0, ["∞ − ∞", "overflow"]),
    ("(x - 1000)*exp(x)", 1000.0, ["0 · ∞", "overflow"]),
    ("exp(x)/exp(x)", 1000.0, ["∞ / ∞", "overflow"]),
    ("sin(exp(x))", 1000.0, ["of ∞", "overflow"]),
    ("2*exp(x)", 1000.0, ["overflow"]),
    ("log(x)*0 + x", 0.0, []),
]


@pytest.mark.parametrize(("text", "x", "expected"), VALUES)
def test_a_value_that_is_not_finite_has_a_cause(text, x, expected):
    trace = differentiate(parse(text), {"x": x})
    assert kinds(cause_of_value(trace, trace.graph.output)) == expected


GRADIENTS = [
    ("sqrt(x)", 0.0, ["infinite slope"]),
    ("sqrt(x^2)", 0.0, ["0 · ∞", "infinite slope"]),
    ("x^0.5", 0.0, ["infinite slope"]),
    ("sqrt(x) - sqrt(2x)", 0.0, ["∞ − ∞", "infinite slope"]),
    ("1/(1+exp(-x))", -1000.0, ["0 · ∞", "infinite slope", "overflow"]),
    ("log(x^2)", 0.0, ["0 · ∞", "infinite slope", "log of 0"]),
    ("sin(exp(x))", 1000.0, ["of ∞", "overflow"]),
    ("exp(x)*exp(x)", 709.0, ["overflow"]),
    ("1e300*sin(1e10*x)", 0.0, ["overflow"]),
    ("3*sqrt(x) + x", 0.0, ["infinite slope"]),
    ("x", 0.0, []),
]


@pytest.mark.parametrize(("text", "x", "expected"), GRADIENTS)
def test_a_gradient_that_is_not_finite_has_a_cause(text, x, expected):
    trace = differentiate(parse(text), {"x": x})
    assert kinds(cause_of_gradient(trace, trace.graph.position("x"))) == expected


def test_the_cause_names_the_node_and_the_use():
    trace = differentiate(parse("sqrt(x^2 + y^2)"), {"x": 0.0, "y": 0.0})
    cause = cause_of_gradient(trace, 0)
    assert (cause.node, cause.source.node) == (0, trace.graph.position("v3"))
    assert cause.source.edge.later == trace.graph.output
    assert math.isnan(cause.number)


def test_the_first_cause_is_a_value_and_then_a_gradient():
    assert first_cause(differentiate(parse("exp(x)"), {"x": 1000.0})).edge is None
    assert first_cause(differentiate(parse("sqrt(x)"), {"x": 0.0})).kind == "infinite slope"
    assert first_cause(differentiate(parse("x^2"), {"x": 0.0})) is None


def test_a_number_that_came_so_is_given():
    trace = differentiate(parse("x + 1"), {"x": math.inf})
    assert kinds(cause_of_value(trace, trace.graph.output)) == ["given"]


@pytest.mark.parametrize(
    ("w", "x", "expected"),
    [((math.inf, 1.0), (0.0, 1.0), "0 · ∞"), ((math.inf, -math.inf), (1.0, 1.0), "∞ − ∞")],
)
def test_a_weighted_sum_says_what_of_it_has_no_value(w, x, expected):
    network = Network((2, 1), ("linear",))
    at = network.point({"W1": np.array([w]), "b1": np.zeros(1)}, x, [0.0])
    trace = differentiate(network.graph("neurons"), at)
    assert kinds(cause_of_value(trace, trace.graph.position("z1_1"))) == [expected, "given"]
