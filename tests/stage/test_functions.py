"""Tests of backprop/stage/functions.py."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from backprop.engine.backward import differentiate
from backprop.engine.expression import parse
from backprop.stage.choices import ChoiceError, chosen, read_choices, write_choices
from backprop.stage.functions import (
    EXPRESSION,
    START,
    defined_point,
    function_labels,
    function_letter,
    point_table,
    read_function,
)


@pytest.mark.parametrize(("text", "letter"), [("x * z", "f"), ("f * x", "y"), ("f * y", "F")])
def test_the_output_has_a_letter_that_no_variable_has(text, letter):
    graph = parse(text)
    assert function_labels(graph)(graph.nodes[graph.output].name).letter == letter
    assert function_letter(graph).letter == letter


def test_other_results_keep_their_names_and_constants_have_no_letter():
    graph = parse("(x + 1) * z")
    label = function_labels(graph)
    assert (label("v1").letter, label("v1").below) == ("v", "1")
    assert label("x").letter == "x"
    constant = next(node.name for node in graph.nodes if node.number is not None)
    assert label(constant).letter == ""


def test_a_function_that_is_one_variable_shows_its_own_letter():
    assert function_labels(parse("x"))("x").letter == "x"
    assert function_letter(parse("x")).letter == "f"


POINT = point_table(lambda c: read_function(c.expression), "at")


@dataclass(frozen=True)
class Choices:
    """A function and its point."""

    expression: str = chosen(EXPRESSION, "(x + y) * z")
    at: Mapping[str, float] = chosen(POINT, {})


BASE = Choices(at={"x": -2.0, "y": 5.0, "z": -4.0})


def test_a_point_has_a_number_for_each_variable_of_the_text():
    found = read_choices(BASE, {"expression": "x * w", "x": "7"})
    assert found.at == {"x": 7.0, "w": START[1]}


def test_a_variable_that_stays_keeps_its_number():
    assert read_choices(BASE, {"expression": "y + w"}).at["y"] == 5.0


def test_what_was_written_is_read_again():
    found = read_choices(BASE, {"expression": "x * w", "w": "0.25"})
    assert read_choices(BASE, write_choices(found, BASE)) == found


def test_a_text_that_cannot_be_read_is_refused_beside_its_field():
    with pytest.raises(ChoiceError) as refused:
        read_function("2 +", "inner")
    assert refused.value.at == "inner"
    assert refused.value.hint


@pytest.mark.parametrize("name", ["focus", "preset", "speed"])
def test_a_variable_cannot_have_a_name_that_the_address_uses(name):
    with pytest.raises(ChoiceError, match="address"):
        read_function(f"{name} * 2", taken=frozenset(("focus",)))


def test_equal_parts_are_one_node_where_that_is_asked():
    text = "(x + 1) * (x + 1)"
    assert len(read_function(text, share=True)) < len(read_function(text))


@pytest.mark.parametrize(
    "text",
    [
        *("log(w - 3)", "sqrt(w - 5)", "1/(w - 2)", "arcsin(w)", "log(-w)", "log(a)*log(b)*log(c)"),
        *("log(w - 3) + sqrt(2 - v)", "1/(w - v + 1)", "log(w - 90)"),
    ],
)
def test_new_variables_stand_where_the_function_is_defined_if_such_a_point_is_near(text):
    graph = parse(text)
    point = tuple(zip(graph.variables, START, strict=False))
    trace = differentiate(graph, defined_point(graph, point, graph.variables))
    assert all(map(math.isfinite, (trace.value, *trace.gradient.values())))


def test_a_number_that_was_given_stays_if_others_can_move():
    graph = parse("log(x * w)")
    assert defined_point(graph, (("x", -2.0), ("w", 3.0)), ("w",)) == {"x": -2.0, "w": -1.0}


@pytest.mark.parametrize("text", ["x*y + 1", "log(x - 1e9) + y"])
def test_a_point_stays_where_all_is_finite_and_where_nothing_near_is(text):
    assert defined_point(parse(text), (("x", 2.0), ("y", 3.0)), ()) == {"x": 2.0, "y": 3.0}
