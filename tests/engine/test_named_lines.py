"""Named lines of numbers: each name is one node, however often it is used."""

import pytest

from backprop.engine.backward import differentiate
from backprop.engine.expression import parse
from backprop.engine.named_lines import has_lines, on_one_line
from backprop.engine.text import to_text


def names(text, **options):
    return [node.name for node in parse(text, **options).nodes if not node.is_leaf]


@pytest.mark.parametrize("text", ["h = tanh(x); h*h", "h = tanh(x)\nh*h", ";h = tanh(x);\n\nh*h;"])
def test_a_name_is_one_node_with_two_uses(text):
    graph = parse(text)
    assert names(text) == ["h", "v2"]
    assert graph.nodes[-1].inputs == (1, 1)
    assert to_text(graph) == "tanh(x) * tanh(x)"
    trace = differentiate(graph, {"x": 0.5})
    assert len(trace.terms[1]) == 2


def test_a_named_last_line_gives_the_result_its_name():
    assert names("h = 2x + 1; L = h^2") == ["v1", "h", "L"]


def test_results_that_are_counted_leave_out_names_that_are_typed():
    assert names("v2 = x*y + 1; v1 = 2v2; v1*v2") == ["v3", "v2", "v1", "v4"]


def test_a_line_may_be_a_number_or_another_name():
    assert parse("c = 2; c*x").nodes[1].number == 2
    assert names("a = x*y; b = a; b^2") == ["a", "v2"]
    assert parse("x = 3").nodes[-1].number == 3


def test_a_name_takes_the_signs_of_any_operand():
    graph = parse("h = x + 1; 2h^2 - sin h")
    trace = differentiate(graph, {"x": 1.0})
    assert trace.value == pytest.approx(8 - 0.9092974268)


def test_a_new_line_inside_parentheses_ends_nothing():
    assert names("h = (x +\n y)\nh h") == ["h", "v2"]


@pytest.mark.parametrize(
    "text", ["x +\ny", "x == y", "x <= y", "(x\n+ y)*z", "where(x >= 1, x, y)"]
)
def test_a_formula_is_no_line(text):
    assert not has_lines(text)
    assert "\n" not in on_one_line(text)
    assert parse(on_one_line(text)) == parse(text)


def test_lines_are_written_on_one():
    assert on_one_line("h = (x +\n y)\n\n  h*h ;\n") == "h = (x + y); h*h"
    assert on_one_line("x  *  y") == "x  *  y"
