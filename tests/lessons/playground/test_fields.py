from urllib.parse import parse_qsl, urlsplit

import pytest

from backprop.engine.expression import parse
from backprop.lessons.playground.fields import paths_to_variables
from backprop.lessons.playground.lesson import LESSON
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin


def board_at(query=""):
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    origin = Origin({}, LESSON.defaults)
    if "preset" in pairs:
        origin = Origin({"preset": pairs["preset"]}, LESSON.preset(pairs["preset"]).choices)
    choices = read_choices(origin.choices, pairs)
    return LESSON.compose(choices, Links(LESSON.path, origin, choices))


def variable(query, name):
    return next(v for v in board_at(query).variables if v.field.name == name)


def test_a_gradient_stands_beside_a_variable_once_it_is_computed():
    assert variable("step=3", "x").field.gradient == ""
    assert variable("step=4", "x").field.gradient == "−4"
    assert [variable("step=4", name).field.state for name in "xyz"] == ["now", "", ""]
    assert variable("step=4&focus=z", "z").field.state == "focus"


def test_a_slider_has_the_same_ends_wherever_it_is_dragged_to():
    ends = {
        (v.slider.low, v.slider.high)
        for x in ("-7.9", "0", "3", "8")
        for v in [variable(f"y={x}", "y")]
    }
    assert ends == {("-8", "8")}


def test_a_slider_reaches_what_was_typed():
    assert float(variable("y=100", "y").slider.high) >= 100
    assert float(variable("y=-1e6", "y").slider.low) <= -1e6


def test_a_number_is_shown_short_and_kept_exact():
    found = variable("preset=tanh-neuron", "b")
    assert (found.field.value, found.field.exact) == ("6.88137", "6.881373587019543")


def test_tree_and_shared_have_other_results_and_the_same_gradient():
    shared = board_at("preset=micrograd")
    assert (shared.shapes.tree, shared.shapes.shared) == (83, 24)
    other = next(option for option in shared.shapes.options if not option.on)
    tree = board_at(urlsplit(other.address).query)
    assert tree.walk.strip.count > shared.walk.strip.count
    for one, two in zip(tree.proofs.rows, shared.proofs.rows, strict=True):
        assert one.reverse.exact == pytest.approx(two.reverse.exact)


@pytest.mark.parametrize("text", ["(x + 1) * (x + 1)", "a + a", "sin(x*y) + cos(x*y)", "x", "3"])
def test_both_shapes_have_the_same_paths(text):
    assert paths_to_variables(parse(text)) == paths_to_variables(parse(text, share=True))


@pytest.mark.parametrize("step", [0, 23, 24, 48, 50])
def test_the_other_shape_opens_at_a_step_of_the_same_kind(step):
    board = board_at(f"preset=micrograd&step={step}")
    other = next(option for option in board.shapes.options if not option.on)
    assert (
        board_at(urlsplit(other.address).query).walk.explanation.phase
        == board.walk.explanation.phase
    )


@pytest.mark.parametrize(("step", "headline"), [(48, "a"), (50, "Backpropagation ends here.")])
def test_the_other_shape_opens_at_the_same_variable_and_at_the_whole(step, headline):
    board = board_at(f"preset=micrograd&step={step}")
    other = next(option for option in board.shapes.options if not option.on)
    shown = board_at(urlsplit(other.address).query).walk.explanation.headline
    assert shown == board.walk.explanation.headline
    assert headline in map(str, shown)
