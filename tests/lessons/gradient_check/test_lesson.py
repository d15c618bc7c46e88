"""The gradient check as one board: the answer, and where a slice of work leads."""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest

from backprop.engine.errors import InputError
from backprop.lessons.gradient_check.lesson import LESSON, PRESETS
from backprop.lessons.gradient_check.subject import make_subject, show_subject
from backprop.sharing.snapshot import from_bytes
from backprop.stage.choices import change, read_choices
from backprop.stage.lesson import FormRequest
from backprop.stage.links import LessonLink, Links, Origin


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
    shown = board()
    assert shown.head.title == "The 2-2-2 by hand"
    assert shown.table.verdict.answer == "Right"
    assert shown.table.count == 10
    assert shown.bug.planted.title == "Hidden gradients with weights that are already updated"
    assert {part.name: part.off for part in shown.bug.check.parts} == {
        "W1": 4,
        "b1": 1,
        "W2": 0,
        "b2": 0,
    }


def test_the_exhibit_still_trains_and_prints_the_published_number():
    after = asked(LESSON.defaults, do="step")
    found = board_at(after)
    assert found.bug.trainings.losses == ("0.291027774", "0.291027924")
    assert "0.291027924: it carries this slip" in found.bug.planted.printed
    while after.progress.steps < 300:
        after = asked(after, do="train")
    assert board_at(after).bug.trainings.seems.startswith("The network seems to learn")


@pytest.mark.parametrize(
    ("preset", "answer"),
    [
        ("product", "Right"),
        ("kink", "Right"),
        ("fast", "Right"),
        ("relu", "Right"),
        ("xor", "Right"),
    ],
)
def test_a_preset_has_its_answer(preset, answer):
    assert board_at(LESSON.preset(preset).choices).table.verdict.answer == answer


def test_an_expression_is_checked_at_its_point():
    found = board(of="expression", expression="x^2 y", x="3", y="2")
    assert found.subject.typed
    assert {row.name: row.analytic.shown for row in found.table.rows} == {
        "x": "12.0000",
        "y": "9.00000",
    }
    assert [c.name for c in found.subject.coordinates] == ["x", "y"]


def test_an_expression_is_walked_through_in_the_playground():
    choices = read_choices(LESSON.defaults, {"of": "expression", "expression": "x^2 y"})
    links = Links(LESSON.path, Origin({}, choices), choices, resolve=str)
    assert show_subject(make_subject(choices), choices, links).source == str(
        LessonLink(
            "playground",
            {"preset_name": "", "expression": "x^2 y", "at": {"x": 2.0, "y": 3.0}},
        )
    )


@pytest.mark.parametrize("text", ["", "9**9**9", "7", "nudge * 2", "x +"])
def test_what_has_no_gradient_is_refused_where_it_was_typed(text):
    with pytest.raises(InputError) as refused:
        board(of="expression", expression=text)
    assert refused.value.at == "expression"


def test_where_there_is_no_number_nothing_can_be_judged():
    shown = board(of="expression", expression="ln(x)", x="-1")
    assert shown.table.verdict.answer == "Cannot be judged"
    assert shown.table.verdict.reason == "because the function is NaN at this point"


def test_every_figure_is_json_at_every_preset():
    for preset in PRESETS:
        found = board_at(preset.choices)
        for figure in (found.nudge.secant.figure, found.steps.figure, found.bug.trainings.figure):
            assert json.loads(figure)["data"]


def test_training_goes_on_to_its_goal_and_no_further():
    choices = asked(LESSON.defaults, do="step")
    assert asked(choices, do="step", passing="1").progress.steps == 1
    far = change(choices, goal=3)
    assert asked(far, passing="1").progress.steps == 3


def test_measuring_goes_on_size_by_size_and_begins_anew_at_the_end():
    choices = LESSON.defaults
    choices = asked(choices, do="measure")
    assert board_at(choices).cost.running
    for _ in range(6):
        choices = asked(choices, do="measure", passing="1")
    found = board_at(choices).cost
    assert (found.done, found.running) == (7, False)
    assert asked(choices, do="measure", passing="1").progress.costs.shape == (7, 3)
    assert asked(choices, do="measure").progress.costs.shape == (1, 3)


def test_something_else_cannot_be_asked():
    with pytest.raises(InputError, match="“fly” cannot be done here"):
        asked(LESSON.defaults, do="fly")


def test_what_was_found_stands_in_the_snapshot():
    choices = asked(asked(LESSON.defaults, do="step"), do="measure")
    pairs = from_bytes(LESSON.body(choices))["pairs"]
    again = read_choices(LESSON.defaults, pairs, stored=True)
    assert again.progress.steps == 1
    assert again.progress.costs.tolist() == choices.progress.costs.tolist()


def test_it_is_known_whether_rounding_hides_a_difference():
    hidden = board(of="expression", expression="x + y * 1e12", x="0", y="1")
    assert hidden.table.some_hidden
    assert not board().table.some_hidden


def test_what_was_entered_from_training_leads_back_and_is_no_preset():
    found = board(came="a" * 64)
    assert found.head.return_to == f"/train?from={'a' * 64}"
    assert found.head.title == "A function of your own"
    assert board().head.return_to == ""
    assert LESSON.snapshot_dependencies(change(LESSON.defaults, return_to="b")) == ("b",)


def test_what_overflows_is_checked_in_the_writing_that_does_not():
    shown = board(of="expression", expression="1/(1+exp(-x))", x="-1000")
    assert shown.table.verdict.answer == "Cannot be judged"
    pairs = dict(parse_qsl(urlsplit(shown.rewriting.address).query))
    assert (pairs["expression"], pairs["x"]) == ("sigmoid(x)", "-1000")
    assert board(**pairs).table.verdict.answer == "Right"


def opened(choices):
    return {name for name, section in board_at(choices).head.sections.items() if section.open}


def opened_by(**pairs):
    shown = board(**pairs)
    return {name for name, section in shown.head.sections.items() if section.open}


def test_every_section_is_closed_on_a_first_visit_and_says_what_is_inside():
    assert opened_by() == set()
    assert board().head.sections["cost"].inside == ("1 + 1 passes, or 20",)


def test_an_address_opens_the_section_that_holds_what_it_chooses():
    assert opened_by(case="3") == opened_by(bench="batch") == opened_by(bug="one-path") == {"bug"}
    assert opened_by(single="1") == {"steps"}
    assert opened_by(nudge="1e-5", parameter="w1_1_1") == set()
    assert opened_by(**{"show-more": "graph"}) == {"graph"}


def test_what_was_trained_or_measured_is_seen():
    assert opened(asked(LESSON.defaults, do="step")) == {"bug"}
    measured = change(asked(LESSON.defaults, do="measure"), sized=0)
    assert opened(measured) == {"cost"}


def test_there_is_a_way_to_the_lesson_about_planted_mistakes_where_there_is_one():
    links = Links(LESSON.path, Origin({}, LESSON.defaults), LESSON.defaults)
    ways = Links(links.path, links.origin, links.choices, resolve=lambda way: f"/to/{way.lesson}")
    assert LESSON.compose(LESSON.defaults, links).bug.lesson == ""
    assert LESSON.compose(LESSON.defaults, ways).bug.lesson == "/to/find_the_bug"
