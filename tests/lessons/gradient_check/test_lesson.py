"""The gradient check as one board: the answer, and where a slice of work leads."""

import json
from dataclasses import replace

import pytest

from backprop.engine.errors import InputError
from backprop.lessons.gradient_check.lesson import LESSON, PRESETS
from backprop.sharing.snapshot import from_bytes
from backprop.stage.choices import read_choices
from backprop.stage.lesson import FormRequest
from backprop.stage.links import Links, Origin


def links_of(choices, **origin):
    return Links(LESSON.path, Origin(origin, choices), choices)


def board_at(choices):
    return LESSON.compose(choices, links_of(choices))


def board(**pairs):
    choices = read_choices(LESSON.defaults, pairs)
    return LESSON.compose(choices, Links(LESSON.path, Origin({}, LESSON.defaults), choices))


def asked(choices, **pairs):
    return LESSON.act(choices, FormRequest(pairs, links_of(choices), {})).choices


def test_the_hand_example_passes_and_its_exhibit_does_not():
    found = board()
    assert found.title == "The 2-2-2 by hand"
    assert found.verdict.answer == "Yes"
    assert found.count == 10
    assert found.bug.title == "Hidden gradients with weights that are already updated"
    assert {part.name: part.off for part in found.bug.parts} == {"W1": 4, "b1": 1, "W2": 0, "b2": 0}


def test_the_exhibit_still_trains_and_prints_the_published_number():
    after = asked(LESSON.defaults, do="step")
    found = board_at(after)
    assert found.bug.losses == ("0.291027774", "0.291027924")
    assert "0.291027924: it carries this slip" in found.bug.printed
    while after.course.steps < 300:
        after = asked(after, do="train")
    assert board_at(after).bug.seems.startswith("It seems to learn")


@pytest.mark.parametrize(
    ("preset", "answer"),
    [
        ("product", "Yes"),
        ("kink", "Not decided"),
        ("fast", "Yes, though this check says no"),
        ("relu", "Yes"),
        ("xor", "Yes"),
    ],
)
def test_a_preset_has_its_answer(preset, answer):
    assert board_at(LESSON.preset(preset).choices).verdict.answer == answer


def test_an_expression_is_checked_at_its_point():
    found = board(of="expression", expression="x^2 y", x="3", y="2")
    assert found.typed
    assert {row.name: row.analytic.shown for row in found.rows} == {"x": "12.0000", "y": "9.00000"}
    assert [c.name for c in found.coordinates] == ["x", "y"]
    assert "expression=x%5E2%20y" in found.source


@pytest.mark.parametrize("text", ["", "9**9**9", "7", "nudge * 2", "x +"])
def test_what_has_no_gradient_is_refused_where_it_was_typed(text):
    with pytest.raises(InputError) as refused:
        board(of="expression", expression=text)
    assert refused.value.at == "expression"


def test_where_there_is_no_number_nothing_is_said():
    found = board(of="expression", expression="ln(x)", x="-1")
    assert found.verdict.answer == "It cannot be said"
    assert found.verdict.reason == "there is no number here"


def test_every_figure_is_json_at_every_preset():
    for preset in PRESETS:
        found = board_at(preset.choices)
        for figure in (found.nudge.figure, found.steps.figure, found.bug.figure):
            assert json.loads(figure)["data"]


def test_training_goes_on_to_its_goal_and_no_further():
    choices = asked(LESSON.defaults, do="step")
    assert asked(choices, do="step", passing="1").course.steps == 1
    far = replace(choices, goal=3)
    assert asked(far, passing="1").course.steps == 3


def test_measuring_goes_on_size_by_size_and_begins_anew_at_the_end():
    choices = LESSON.defaults
    choices = asked(choices, do="measure")
    assert board_at(choices).cost.running
    for _ in range(6):
        choices = asked(choices, do="measure", passing="1")
    found = board_at(choices).cost
    assert (found.done, found.running) == (7, False)
    assert asked(choices, do="measure", passing="1").course.costs.shape == (7, 3)
    assert asked(choices, do="measure").course.costs.shape == (1, 3)


def test_something_else_cannot_be_asked():
    with pytest.raises(InputError, match="“fly” cannot be done here"):
        asked(LESSON.defaults, do="fly")


def test_what_was_found_stands_in_the_snapshot():
    choices = asked(asked(LESSON.defaults, do="step"), do="measure")
    pairs = from_bytes(LESSON.body(choices))["pairs"]
    again = read_choices(LESSON.defaults, pairs, stored=True)
    assert again.course.steps == 1
    assert again.course.costs.tolist() == choices.course.costs.tolist()


def test_it_is_known_whether_rounding_hides_a_difference():
    hidden = board(of="expression", expression="x + y * 1e12", x="0", y="1")
    assert hidden.some_hidden
    assert not board().some_hidden


def test_what_was_entered_from_training_leads_back_and_is_no_preset():
    found = board(came="a" * 64)
    assert found.came == f"/train?from={'a' * 64}"
    assert found.title == "A function of your own"
    assert board().came == ""
    assert LESSON.snapshot_dependencies(replace(LESSON.defaults, came="b")) == ("b",)
