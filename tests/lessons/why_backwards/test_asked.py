"""Asking first in Why backwards?: what is asked, what stays covered, which slips have a name."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from app import create_app
from backprop.lessons.why_backwards.asked import ASKS, find_modes_question
from backprop.lessons.why_backwards.both import both_of
from backprop.lessons.why_backwards.lesson import LESSON, compose
from backprop.lessons.why_backwards.presets import PRESETS
from backprop.lessons.why_backwards.questions import SLIPS, asked_at, make_question
from backprop.lessons.why_backwards.schedule import Schedule
from backprop.notation.numerals import short
from backprop.stage.choices import ChoiceError, change, read_choices
from backprop.stage.links import Links, Origin
from backprop.stage.programs.arrays_shown import cell_text
from backprop.stage.quiz.question import judge

BOTH = both_of(LESSON.defaults)
STEPS = Schedule(6, 2, 2, together=True, by_line=False)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asked")
    app = create_app({"DATABASE_URL": f"sqlite:///{folder / 'store.sqlite'}"})
    yield app.test_client()
    app.extensions["store"].close()


def board(**changes):
    choices = change(LESSON.defaults, ask="1", **changes)
    return compose(choices, Links(LESSON.path, Origin({}, LESSON.defaults), choices))


def follow(address, **typed):
    """Return the board at an address, with something typed into its form."""
    pairs = dict(parse_qsl(urlsplit(address).query)) | typed
    choices = read_choices(LESSON.defaults, pairs)
    return compose(choices, Links(LESSON.path, Origin({}, LESSON.defaults), choices))


def answered(shown, text):
    pairs = {**shown.quiz.ask.form, "said-last": text}
    choices = read_choices(LESSON.defaults, pairs)
    return compose(choices, Links(LESSON.path, Origin({}, LESSON.defaults), choices))


def test_the_passes_are_asked_first_and_the_page_does_not_say_them(client):
    page = client.get("/lessons/why-backwards?ask=1&ask-level=1").text
    lab = page[page.index('id="lab"') :]
    assert "How many passes forward" in lab
    assert "multiplications" not in lab
    assert 'class="g">2 in reverse' not in lab
    assert "modes-bar" not in lab
    assert "data-to=" not in lab


def test_a_level_asks_what_it_says():
    names = {level: asked_at(BOTH, STEPS, 0, level) for level in "123"}
    assert names["1"] == ("columns", "rows")
    assert names["2"] == ("columns", "rows", "entry", "row-entry")
    assert names["3"] == ("columns", "rows", "tangent", "entry", "row-entry")
    assert asked_at(BOTH, STEPS, 2, "3") == ("tangent", "entry")
    assert asked_at(BOTH, STEPS, 2, "1") == ()


@pytest.mark.parametrize(("text", "title"), [
    ("2", "Rows and columns are exchanged"), ("12", "A pass for each entry of J"),
    ("1", "One pass for all")])  # fmt: skip
def test_a_wrong_count_of_passes_has_its_slip_named(text, title):
    reply = answered(board(level="1"), text).quiz.ask.reply
    assert (reply.right, reply.slip) == (False, title)


def test_right_counts_uncover_the_strip_and_count_as_unaided():
    first = answered(board(level="1"), "6")
    assert first.covers_passes
    done = answered(first, "2")
    assert not done.covers_passes
    assert done.quiz.ask.record.result == "unaided"
    onward = follow(done.walk.strip.last)
    score = onward.quiz.ask.score
    assert (score.counts.unaided, score.counts.of) == (1, 1)
    assert score.onward_title == "Passes and entries"


def test_a_hint_counts_as_helped_and_what_is_shown_as_not_found():
    helped = follow(board(level="1").quiz.ask.hint.address)
    assert "one seed" in "".join(helped.quiz.ask.helps)
    assert not helped.quiz.ask.hint.address
    right = answered(answered(helped, "6"), "2")
    assert right.quiz.ask.record.result == "helped"
    told = follow(board(level="1").quiz.ask.show)
    assert told.quiz.ask.rungs[0].told
    assert answered(told, "2").quiz.ask.record.result == "missed"


@pytest.mark.parametrize("preset", PRESETS[:8], ids=lambda preset: preset.name)
def test_no_number_that_is_asked_stands_on_the_page(client, preset):
    both = both_of(preset.choices)
    for step in range(2):
        page = client.get(
            f"/lessons/why-backwards?preset={preset.name}&ask=1&ask-level=2&step={step}"
        ).text
        lab = unescape(page[page.index('id="lab"') : page.index("</main>")])
        told = re.sub(r"<[^>]*>", " ", lab)
        if step >= min(both.run_forward, both.rows):
            continue
        steps = Schedule(both.run_forward, both.run_reverse, len(both.results), True, False)
        for name in set(asked_at(both, steps, step, "2")) & {"entry", "row-entry"}:
            right = make_question(both, steps, step, name).right
            given = re.findall(r"[−\d.]+", told)
            shown = {cell_text(right, 3), short(right)} - {"0", "1", "0.500"}
            taken = {cell_text(float(x), n) for x in np.ravel(both.values[both.output])
                     for n in (2, 3)}  # fmt: skip
            assert not (shown - taken) & set(given) or abs(right) in (0.25,), (step, name, right)


def test_every_question_of_a_walk_is_judged_right_by_its_own_number():
    for step in range(STEPS.count):
        for name in asked_at(BOTH, STEPS, step, "3"):
            question = make_question(BOTH, STEPS, step, name)
            assert judge(question, repr(question.right)).right
            for wrong in question.wrong:
                assert wrong.slip in SLIPS
                assert not judge(question, repr(float(wrong.answer))).right


def test_a_transposed_entry_and_a_forgotten_seed_are_slips_with_a_name():
    question = make_question(BOTH, STEPS, 1, "row-entry")
    names = {wrong.slip for wrong in question.wrong}
    assert {"sign-flipped", "seed-forgotten", "next-seed"} <= names
    square = both_of(PRESETS[2].choices)
    steps = Schedule(3, 3, 2, together=True, by_line=False)
    asked = [make_question(square, steps, k, "entry") for k in range(3)]
    assert any(w.slip == "transposed-entry" for question in asked for w in question.wrong)


def test_what_is_asked_is_covered_on_both_sides_as_they_fill_one_matrix():
    shown = board(level="3", step=1)
    forward, reverse = shown.sides
    assert [row.state for row in forward.rows] == ["done", "covered", "covered"]
    assert [row.state for row in reverse.rows] == ["covered", "done", "done"]
    assert all(row[1][2] == "ahead" for row in forward.filled.rows + reverse.filled.rows)
    assert all(state == "ahead" for _, _, state in reverse.filled.rows[1])


def test_answers_go_along_to_the_next_step_and_are_remembered_there():
    first = board(level="2", step=2)
    right = make_question(BOTH, STEPS, 2, "entry").right
    done = answered(first, repr(right))
    onward = follow(done.walk.strip.forward)
    back = follow(onward.walk.strip.back)
    assert "You were asked this" in back.quiz.ask.reply.words[0]


def test_what_is_no_number_is_refused_beside_the_field():
    with pytest.raises(ChoiceError) as refused:
        answered(board(level="1"), "six of them")
    assert refused.value.at == "said-last"


def test_nothing_is_asked_line_by_line_or_along_a_direction_of_ones_own():
    for changes in ({"by_line": True}, {"direction": "1 0 0 0 0 0"}, {"view": "curvature"}):
        shown = board(**changes)
        assert shown.quiz.ask is None
        assert not shown.covers_passes


def test_a_class_can_be_asked_and_with_other_numbers():
    names = [each.name for each in ASKS.askings(LESSON.defaults)]
    assert names[:2] == ["columns", "rows"]
    assert "entry" in names
    question = ASKS.question(LESSON.defaults, "entry")
    assert question.given
    fresh = ASKS.vary(LESSON.defaults, "entry", 7)
    assert ASKS.question(fresh, "entry").right != question.right
    plain = change(LESSON.defaults, program="s : scalar = 2\ny = s ** 2")
    assert ASKS.vary(plain, "nothing", 7) == plain


def test_one_after_the_other_each_side_is_asked_at_its_own_steps():
    steps = Schedule(6, 2, 2, together=False, by_line=False)
    assert asked_at(BOTH, steps, 5, "2") == ("entry",)
    assert asked_at(BOTH, steps, 6, "2") == ("row-entry",)
    choices = change(LESSON.defaults, ask="1", level="2", pace="forward-first")
    question = find_modes_question(choices, BOTH, steps, 6)
    assert (question.covered.row, question.covered.column) == (0, -1)
