import pytest

from backprop.engine.expression import parse
from backprop.lessons.function_names import labels_for, letter_of


@pytest.mark.parametrize(("text", "letter"), [("x * z", "f"), ("f * x", "y"), ("f * y", "F")])
def test_the_output_has_a_letter_that_no_variable_has(text, letter):
    graph = parse(text)
    assert labels_for(graph)(graph.nodes[graph.output].name).letter == letter
    assert letter_of(graph).letter == letter


def test_other_results_keep_their_names_and_constants_have_no_letter():
    graph = parse("(x + 1) * z")
    label = labels_for(graph)
    assert (label("v1").letter, label("v1").below) == ("v", "1")
    assert label("x").letter == "x"
    constant = next(node.name for node in graph.nodes if node.number is not None)
    assert label(constant).letter == ""


def test_a_function_that_is_one_variable_shows_its_own_letter():
    assert labels_for(parse("x"))("x").letter == "x"
    assert letter_of(parse("x")).letter == "f"
