import pytest

from backprop.engine.errors import PointError
from backprop.engine.expression import parse
from backprop.lessons.playground.lesson import LESSON
from backprop.lessons.playground.presets import PRESETS
from backprop.notation.names import label_of
from backprop.stage.functions import function_labels
from backprop.stage.links import Links, Origin
from backprop.stage.walk.explanation import spoken
from backprop.stage.walk.function import (
    explain_function_step,
    function_at,
    function_folds,
    function_steps,
)
from backprop.stage.walk.strip import MOST_TICKS, Film

LINKS = Links(LESSON.path, Origin({}, LESSON.defaults), LESSON.defaults)
LONG = {
    "a sum of 199 terms": "+".join(["x"] * 199),
    "forty sines": "sin(" * 39 + "x" + ")" * 39,
    "many variables": "+".join(f"q{i}*q{i + 1}" for i in range(30)),
}


def test_the_walk_goes_forward_to_the_output_and_back_to_the_variables():
    steps = function_steps(parse("(x + y) * z"))
    assert [(step.kind, step.name) for step in steps] == [
        ("value", "v1"),
        ("value", "v2"),
        ("slope", "v2"),
        ("slope", "v1"),
        ("slope", "x"),
        ("slope", "y"),
        ("slope", "z"),
        ("whole", "gradient"),
    ]
    assert [step.phase for step in steps] == ["forward"] * 2 + ["backward"] * 6


def test_nothing_is_asked_of_constants_or_of_what_is_made_of_them_alone():
    kinds = [(step.kind, step.name) for step in function_steps(parse("2 * 3 + x"))]
    assert ("value", "v1") in kinds
    assert ("slope", "v1") not in kinds


@pytest.mark.parametrize(
    ("text", "kinds"),
    [("7", ["whole"]), ("2 * 3", ["value", "whole"]), ("x", ["slope", "whole"])],
)
def test_the_smallest_functions_have_a_walk(text, kinds):
    assert [step.kind for step in function_steps(parse(text))] == kinds


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_long_walk_is_folded_so_that_it_fits_and_counts_every_step_once(text):
    steps = function_steps(parse(text))
    for step in range(0, len(steps), 7):
        strip = Film(steps, LINKS, label_of, function_folds(steps)).at(step)
        ticks = [tick for phase in strip.phases for tick in phase.ticks]
        assert sum(tick.count for tick in ticks) == len(steps)
        assert [tick.number for tick in ticks if tick.state == "now"] == [step + 1]
        assert len(ticks) <= MOST_TICKS + 4


def test_a_short_walk_is_not_folded():
    assert function_folds(function_steps(parse("(x + y) * z"))) == ()


def test_a_function_at_a_point_is_checked_by_finite_differences():
    found = function_at(parse("x^2"), {"x": 3.0})
    assert found.trace.gradient == {"x": 6.0}
    assert found.check["x"].numeric == pytest.approx(6.0)
    assert found.noun == ""


def test_a_point_must_fit():
    with pytest.raises(PointError):
        function_at(parse("x * y"), {"x": 1.0})


def explained(text, kind, name="gradient", **at):
    graph = parse(text)
    step = next(s for s in function_steps(graph) if (s.kind, s.name) == (kind, name))
    return explain_function_step(function_at(graph, at), step, function_labels(graph))


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_formula_is_told_without_the_words_of_a_network(preset):
    graph = parse(preset.choices.expression, share=preset.choices.share)
    found, label = function_at(graph, preset.choices.at), function_labels(graph)
    for step in function_steps(graph):
        explanation = explain_function_step(found, step, label)
        said = f"{spoken(explanation.lede)} {explanation.aloud} {spoken(explanation.result_words)}"
        said += spoken(explanation.check.words) if explanation.check else ""
        assert "loss" not in said
        assert "network" not in said
        assert "  " not in said


def test_the_output_says_its_letter():
    explanation = explained("x * y", "value", "v1", x=2.0, y=3.0)
    assert spoken(explanation.headline) == "What is f?"
    assert spoken(explanation.sentence).startswith("This is f at this point.")


def test_the_backward_pass_begins_at_the_output():
    explanation = explained("x * y", "slope", "v1", x=2.0, y=3.0)
    assert spoken(explanation.lede) == "At f itself. This is the base case."
    assert explanation.result.exact == 1


def test_a_variable_that_is_used_twice_reaches_the_output_in_two_ways():
    explanation = explained("a + a", "slope", "a", a=3.0)
    assert spoken(explanation.lede) == "a reaches f in 2 ways. Take each, and add them up."
    assert explanation.result.exact == 2


def test_the_whole_gradient_says_what_each_road_took():
    explanation = explained("3x + 4y", "whole", x=1.0, y=1.0)
    assert explanation.result.exact == 5
    assert "2 slopes for one pass back" in spoken(explanation.sentence)


@pytest.mark.parametrize(
    ("text", "x", "words"),
    [
        ("log(-x)", 2.0, "NaN, “not a number”, began at f"),
        ("1 / x", 0.0, "∞ began at f"),
        ("relu(x)", 0.0, "Finite differences give another slope at x: a kink"),
    ],
)
def test_what_differences_cannot_confirm_is_named(text, x, words):
    assert spoken(explained(text, "whole", x=x).sentence).startswith(words)


def test_a_number_has_no_gradient():
    explanation = explained("2 * 3", "whole")
    assert explanation.result is None
    assert "no gradient" in spoken(explanation.lede)


@pytest.mark.parametrize(
    ("text", "x", "icon", "words"),
    [
        ("x^2", 3.0, "right", "Nudging it up and down gives the same: 6"),
        ("relu(x)", 0.0, "right", "A kink lies here, and this slope is between those of its sides"),
        ("sin(30000 x)", 0.3, "right", "Nudging it by less gives the same"),
        ("exp(x)", 1000.0, "open", "Nudging it cannot judge this slope. Overflow at f: the number"),
        ("relu(x) - relu(-x)", 0.0, "open", "Nudging it gives 1, but cannot judge this slope"),
    ],
)
def test_the_second_opinion_is_right_wrong_or_none(text, x, icon, words):
    check = explained(text, "slope", "x", x=x).check
    assert check.icon == icon
    assert spoken(check.words).startswith(words)
