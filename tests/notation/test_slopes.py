import pytest

import backprop
from backprop.engine.network import Network
from backprop.notation.names import label_of
from backprop.notation.slopes import derivation, slope_equation


@pytest.fixture
def lines(drawn):
    """The sides of a node's backward step, each with its sign, after its left side."""

    def write(text, at, name, *, share=False):
        trace = backprop.differentiate(backprop.parse(text, share=share), at)
        found = slope_equation(trace, trace.graph.position(name), label_of)
        return [drawn(found.left), *(f"{sign} {drawn(side)}" for sign, side in found.sides)]

    return write


def test_a_step_goes_from_the_chain_to_the_rule_to_numbers_to_the_gradient(lines):
    assert lines("(x + y) * z^2", {"x": -2, "y": 0.5, "z": -4}, "z") == [
        "{∂v3/∂z}",
        "= {∂v3/∂v2}·{∂v2/∂z}",
        "= {∂v3/∂v2}·2z",
        "= (−1.500)×(−8)",
        "= 12",
    ]


def test_next_to_the_output_nothing_but_the_local_slope_is_needed(lines):
    assert lines("x * y", {"x": 2, "y": 3}, "x") == ["{∂v1/∂x}", "= y", "= 3"]
    assert lines("x + y", {"x": 2, "y": 3}, "x") == ["{∂v1/∂x}", "= 1"]


def test_the_uses_of_a_quantity_are_added_up(lines):
    assert lines("x*y + exp(x)", {"x": 0, "y": 3}, "x") == [
        "{∂v3/∂x}",
        "= {∂v3/∂v1}·{∂v1/∂x}+{∂v3/∂v2}·{∂v2/∂x}",
        "= {∂v3/∂v1}y+{∂v3/∂v2}v2",
        "= 1×3+1×1",
        "= 4",
    ]


def test_two_uses_in_one_place_are_not_written_as_one_derivative_twice(lines):
    assert lines("-(x*x)", {"x": 3}, "x") == [
        "{∂v2/∂x}",
        "= {∂v2/∂v1}x+{∂v2/∂v1}x",
        "= (−1)×3+(−1)×3",
        "= −6",
    ]
    assert lines("x*x", {"x": 3}, "x") == ["{∂v1/∂x}", "= x+x", "= 3+3", "= 6"]


def test_the_last_node_is_the_base_case(lines):
    assert lines("x*y", {"x": 2, "y": 3}, "v1") == ["{∂v1/∂v1}", "= 1"]


def test_what_is_no_number_is_shown(lines):
    assert lines("log(x)", {"x": 0}, "x") == ["{∂v1/∂x}", "= {1/x}", "= ∞"]
    assert lines("sqrt(x) * 0", {"x": 0}, "x")[-1] == "= NaN"


def test_a_derivation_has_the_function_both_passes_and_the_gradient(drawn):
    trace = backprop.differentiate(backprop.parse("(x + y) * z"), {"x": -2, "y": 5, "z": -4})
    found = derivation(trace, label_of)
    lefts = {title: [drawn(each.left) for each in part] for title, part in found.items()}
    assert lefts == {
        "Function": ["v2"],
        "Forward pass": ["v1", "v2"],
        "Backward pass": ["{∂v2/∂v2}", "{∂v2/∂v1}", "{∂v2/∂z}", "{∂v2/∂y}", "{∂v2/∂x}"],
        "Gradient": ["{∂v2/∂x}", "{∂v2/∂y}", "{∂v2/∂z}"],
    }
    assert drawn(found["Function"][0].sides[0][1]) == "(x+y)z"
    assert [drawn(each.sides[0][1]) for each in found["Gradient"]] == ["−4", "−4", "3"]


def test_a_function_is_not_written_as_a_whole_if_it_is_long_or_cannot_be_typed():
    long = backprop.parse(" + ".join(["x"] * 60))
    network = Network((1, 1), ("linear",)).graph("neurons")
    for graph in (long, network, backprop.parse("x"), backprop.parse("7")):
        trace = backprop.differentiate(graph, dict.fromkeys(graph.variables, 1.0))
        assert derivation(trace, label_of)["Function"] == []


def test_a_constant_function_has_no_gradient():
    found = derivation(backprop.differentiate(backprop.parse("7"), {}), label_of)
    assert found["Forward pass"] == found["Gradient"] == []
    assert found["Backward pass"][0].alt == "the derivative of 7 with respect to 7 equals 1."
