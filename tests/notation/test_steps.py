import math

import pytest

import backprop
from backprop.engine.network import Network
from backprop.notation.derivation import Equation
from backprop.notation.formula import Factor, Number
from backprop.notation.names import label_of
from backprop.notation.steps import (
    local_equation,
    local_formula,
    value_equation,
    value_formula,
    value_numbers,
)


def test_the_weighted_sum_of_the_hand_example_is_written_in_letters_and_numbers(drawn, hand, trace):
    at = trace.graph.position("z1_1")
    assert drawn(value_formula(trace.graph, at, hand)) == "w1x1+w2x2+b1"
    numbers, sign, result = value_numbers(trace.graph, at, trace.values)
    assert drawn(numbers) == "0.150×0.050+0.200×0.100 ⏎ +0.350"
    assert (sign, result) == ("=", Number("0.378", trace.values[at], "forward"))


def test_every_number_points_to_its_node(trace):
    numbers, _, _ = value_numbers(trace.graph, trace.graph.position("a1_1"), trace.values)
    (factor,) = [part for part in _walk(numbers) if isinstance(part, Factor)]
    assert factor.points_to == "n-z1_1"
    assert factor.inside.tone == "forward"


def _walk(formula):
    yield formula
    for name in getattr(formula, "__slots__", ()):
        value = getattr(formula, name)
        for part in value if isinstance(value, tuple) else (value,):
            yield from _walk(part) if hasattr(part, "__slots__") else ()


def test_a_forward_step_says_what_it_shows(hand, trace):
    found = value_equation(trace.graph, trace.graph.position("a1_1"), trace.values, hand)
    assert isinstance(found, Equation)
    assert found.alt == (
        "h 1 equals 1 over 1 plus e to the power minus z 1, "
        "equals 1 over 1 plus e to the power minus 0.378, equals 0.593."
    )


@pytest.mark.parametrize(
    ("later", "by", "printed"),
    [
        ("L", "a2_1", "o1−t1"),
        ("a2_1", "z2_1", "o1(1−o1)"),
        ("z2_1", "w2_1_1", "h1"),
        ("z2_1", "a1_1", "w5"),
        ("z2_1", "b2_1", "1"),
    ],
)
def test_a_local_derivative_is_written_in_the_letters_of_its_nodes(
    drawn, hand, trace, later, by, printed
):
    graph = trace.graph
    which = graph.nodes[graph.position(later)].inputs.index(graph.position(by))
    assert drawn(local_formula(graph, graph.position(later), which, hand)) == printed


@pytest.mark.parametrize(
    ("typed", "printed"), [("x^2", "2x"), ("x^3", "3x^{2}"), ("x*1", "1"), ("x/4", "{1/4}")]
)
def test_constants_in_a_local_derivative_are_worked_out(drawn, typed, printed):
    graph = backprop.parse(typed)
    assert drawn(local_formula(graph, graph.output, 0, label_of)) == printed


def test_a_local_derivative_of_arrays_shows_what_arrives(drawn):
    graph = Network((2, 3), ("linear",)).graph("layers")
    at = graph.position("Z1")
    assert drawn(local_formula(graph, at, 1, label_of)) == "({∂L/∂Z1})^{T}X"
    assert drawn(local_formula(graph, graph.output, 0, label_of)) == "(Z1−Y)·{1/n}"


def test_the_larger_of_two_is_called_by_its_name(drawn):
    graph = backprop.parse("max(x, y)")
    assert drawn(value_formula(graph, graph.output, label_of)) == "max(x,y)"


def test_typed_constants_stay_as_they_were_typed(drawn):
    graph = backprop.parse("x * 0.00001")
    assert drawn(value_formula(graph, graph.output, label_of)) == "x·1.00·10⁻⁵"
    graph = backprop.parse("x * 0.25")
    assert drawn(value_formula(graph, graph.output, label_of)) == "x·0.25"
    graph = backprop.parse("π^e")
    assert drawn(value_formula(graph, graph.output, label_of)) == "π^{e}"


@pytest.mark.parametrize("inputs", [1, 3, 8, 9, 100])
def test_a_weighted_sum_of_any_width_fits_the_panel_and_adds_up(drawn, inputs):
    network = Network((inputs, 1), ("linear",))
    parameters = network.initialize(3)
    x = [(i % 7 - 3) / 8 for i in range(inputs)]
    trace = backprop.differentiate(network.graph(), network.point(parameters, x, [1.0]))
    equation = value_equation(trace.graph, trace.graph.position("z1_1"), trace.values, label_of)
    (_, letters), (_, numbers), (sign, result) = equation.sides
    assert ("⋯" in drawn(letters)) == (inputs > 4)
    assert drawn(numbers).count("×") == (inputs if inputs <= 8 else 3)
    assert (f"({inputs - 3} products)" in drawn(numbers)) == (inputs > 8)
    if sign == "=":
        text = drawn(numbers).replace("−", "-").replace("×", "*").replace("⏎", "")
        middle = text.replace(f"\u00a0({inputs - 3} products)", "")
        total = math.fsum(
            math.prod(float(f.strip(" ()")) for f in term.split("*")) for term in middle.split("+")
        )
        assert total == pytest.approx(float(result.shown.replace("−", "-")), abs=0.00051)


def test_a_local_derivative_is_written_in_letters_and_in_numbers_that_hold():
    trace = backprop.differentiate(backprop.parse("sigmoid(x)"), {"x": 0.5})
    (term,) = trace.terms[0]
    found = local_equation(label_of("s"), trace, term, label_of)
    assert found.sides[-1][1].shown == "0.235"
    assert "0.622" in found.alt


def test_a_local_derivative_that_is_one_letter_needs_no_numbers():
    trace = backprop.differentiate(backprop.parse("x * y"), {"x": 2.0, "y": 3.0})
    assert local_equation(label_of("s"), trace, trace.terms[0][0], label_of) is None
