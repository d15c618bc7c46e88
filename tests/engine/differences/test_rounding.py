"""What counts as 0: what rounding leaves, however large; not what is small and right."""

import math

import pytest

from backprop.engine.differences.rounding import is_zero
from backprop.engine.expression import parse
from backprop.stage.walk.function import function_at


def zeros(text, **at):
    """Return the names of what has a gradient of 0, as far as doubles can tell."""
    trace = function_at(parse(text), at).trace
    return {n.name for i, n in enumerate(trace.graph.nodes) if trace.terms[i] and is_zero(trace, i)}


@pytest.mark.parametrize(
    ("text", "x", "names"),
    [
        ("0.1*x + 0.2*x - 0.3*x", 1.0, {"x"}),  # terms that cancel
        ("sin(x)", math.pi / 2, {"x"}),  # a slope that is 0 between two doubles
        ("1e8 * cos(x)", math.pi, {"x"}),  # 1.2e-8, and still rounding
        ("sin(2 * x)", math.pi / 4, {"x", "v1"}),  # it flows back
        ("(0.1*x + 0.2 - 0.3)^2", 1.0, {"x", "v1", "v2", "v3"}),  # a value that is rounding
        ("x * x", 0.0, {"x"}),
    ],
)
def test_what_rounding_leaves_is_zero(text, x, names):
    assert zeros(text, x=x) == names


@pytest.mark.parametrize(
    ("text", "x"),
    [
        ("exp(-x)", 40.0),
        ("1e-20 * x", 0.3),
        ("sigmoid(x)", 30.0),
        ("x^2", -1e-9),
        ("sin(x)", 1.5707963),
        ("relu(0.1*x + 0.2 - 0.3)", 1.0),  # on the kink: its slope is 1 or 0, no rounding of 0
        ("x^0.5", 1e-320),
        ("log(x)", 1e-9),
        ("sin(x)", 1e300),
        ("1e200 * x * 1e200", 1.0),
        ("1 / x", 0.0),
    ],
)
def test_what_is_small_and_right_or_no_number_is_not_zero(text, x):
    assert zeros(text, x=x) == set()


def test_no_gradient_of_a_deep_saturated_network_is_taken_for_rounding():
    text = "sigmoid(10 * sigmoid(10 * sigmoid(10 * sigmoid(x))))"
    assert zeros(text, x=0.7) == set()
