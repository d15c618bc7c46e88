import pytest

from backprop.engine.expression import parse
from backprop.lessons.function_names import labels_for
from backprop.lessons.function_walk import function_at, walk_of
from backprop.lessons.function_words import tell_function
from backprop.lessons.playground_presets import PRESETS
from backprop.lessons.round_telling import spoken


def told(text, kind, name="gradient", **at):
    graph = parse(text)
    stop = next(s for s in walk_of(graph) if (s.kind, s.name) == (kind, name))
    return tell_function(function_at(graph, at), stop, labels_for(graph))


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_formula_is_told_without_the_words_of_a_network(preset):
    graph = parse(preset.choices.expression, share=preset.choices.share)
    found, label = function_at(graph, preset.choices.at), labels_for(graph)
    for stop in walk_of(graph):
        telling = tell_function(found, stop, label)
        said = f"{spoken(telling.lede)} {telling.aloud} {spoken(telling.result_words)}"
        said += spoken(telling.check.words) if telling.check else ""
        assert "loss" not in said
        assert "network" not in said
        assert "  " not in said


def test_the_output_says_its_letter():
    telling = told("x * y", "value", "v1", x=2.0, y=3.0)
    assert spoken(telling.headline) == "What is f?"
    assert spoken(telling.sentence).startswith("This is f at this point.")


def test_the_backward_pass_begins_at_the_output():
    telling = told("x * y", "slope", "v1", x=2.0, y=3.0)
    assert spoken(telling.lede) == "At f itself. This is the base case."
    assert telling.result.exact == 1


def test_a_variable_that_is_used_twice_reaches_the_output_in_two_ways():
    telling = told("a + a", "slope", "a", a=3.0)
    assert spoken(telling.lede) == "a reaches f in 2 ways. Take each, and add them up."
    assert telling.result.exact == 2


def test_the_whole_gradient_says_what_each_road_took():
    telling = told("3x + 4y", "whole", x=1.0, y=1.0)
    assert telling.result.exact == 5
    assert "2 slopes for one pass back" in spoken(telling.sentence)


@pytest.mark.parametrize(
    ("text", "x", "words"),
    [
        ("log(-x)", 2.0, "NaN, “not a number”, began at f"),
        ("1 / x", 0.0, "∞ began at f"),
        ("relu(x)", 0.0, "Finite differences give another slope at x: a kink"),
    ],
)
def test_what_differences_cannot_confirm_is_named(text, x, words):
    assert spoken(told(text, "whole", x=x).sentence).startswith(words)


def test_a_number_has_no_gradient():
    telling = told("2 * 3", "whole")
    assert telling.result is None
    assert "no gradient" in spoken(telling.lede)
