"""Find the bug: planted, hidden, trained with, checked, guessed."""

import json
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest

from backprop.engine.slips.catalog import SLIPS
from backprop.lessons.gradient_check.bug import bug_of
from backprop.lessons.gradient_check.bug_setups import bench_of, candidates, hidden_in
from backprop.lessons.gradient_check.planted import planted
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.training import course_on, trained
from backprop.stage.choices import ChoiceError, read_choices
from backprop.stage.links import Links, Origin

HAND = PRESETS[0].choices
BATCH = replace(HAND, bench="batch")


def shown(choices):
    return bug_of(choices, Links("/lessons/gradient-check", Origin({}, choices), choices))


def after(choices, steps):
    bench = bench_of(choices)
    slip = planted(choices, bench)[0]
    course = trained(bench, slip, course_on(bench, slip, None), steps, lambda: 0.0)
    return replace(choices, course=course)


def part(found, name):
    return next(part for part in found.parts if part.name == name)


def test_the_exhibit_is_off_by_a_sixth_in_the_hidden_layer():
    found = shown(HAND)
    assert part(found, "W1").ratio == "0.832 … 0.851"
    assert part(found, "W2").off == 0
    assert part(found, "W2").ratio == "1"
    assert found.verdict == "5 of 10 numbers are off."


@pytest.mark.parametrize("slip", candidates(bench_of(HAND)), ids=lambda slip: slip.name)
def test_every_slip_of_the_hand_example_is_found_after_some_steps(slip):
    found = shown(after(replace(HAND, bug=slip.name), 3))
    assert found.off
    assert found.title == slip.title


@pytest.mark.parametrize("slip", candidates(bench_of(BATCH)), ids=lambda slip: slip.name)
def test_every_slip_of_the_batch_is_found_after_some_steps(slip):
    assert shown(after(replace(BATCH, bug=slip.name), 2)).off


def test_a_lost_half_doubles_every_number():
    found = shown(replace(HAND, bug="half-lost"))
    assert {part.ratio for part in found.parts} == {"2"}


def test_a_slip_that_needs_a_round_before_says_so():
    found = shown(replace(HAND, bug="stale-gradient"))
    assert found.verdict.startswith("Nothing is off here. Train first")
    bench = bench_of(HAND)
    slips = candidates(bench)
    case = next(n for n in range(1, 200) if hidden_in(n, slips).name == "stale-gradient")
    hidden = shown(replace(HAND, case=case))
    assert hidden.verdict == "Nothing is off at the start. Train some steps and check again."
    hidden = replace(HAND, case=case)
    assert shown(after(hidden, 3)).off


@pytest.mark.parametrize("start", [HAND, BATCH], ids=["hand", "batch"])
def test_the_next_hidden_case_depends_on_the_state_and_shows_something(start):
    choices, cases = start, []
    for _ in range(6):
        before = planted(choices, bench_of(choices))[0]
        another = shown(choices).another
        assert shown(choices).another == another
        choices = replace(choices, case=int(dict(parse_qsl(another.partition("?")[2]))["case"]))
        cases.append(choices.planted.case)
        assert planted(choices, bench_of(choices))[0] is not before
        assert shown(choices).off
    assert len(set(cases)) == 6
    assert 1 not in cases


def test_a_hidden_slip_is_not_named_anywhere_but_among_the_guesses():
    choices = replace(HAND, case=7)
    found = shown(choices)
    slip = planted(choices, bench_of(choices))[0]
    assert found.hidden
    assert found.title == "Case 7"
    for text in (found.about, found.printed, found.seems, found.verdict, found.another):
        assert slip.name not in text
        assert slip.title not in text
    assert not any(option.on for option in found.slips)


def test_it_is_told_when_asked_and_when_guessed():
    choices = replace(HAND, case=7)
    slip = planted(choices, bench_of(choices))[0]
    told = shown(replace(choices, told=True))
    assert (told.hidden, told.title) == (False, slip.title)
    guessed = shown(replace(choices, guess=slip.name))
    assert (guessed.hidden, guessed.reply.right) == (False, True)


def test_a_wrong_guess_is_answered_with_what_would_differ():
    reply = shown(replace(HAND, bug="updated-weights", guess="sign")).reply
    assert not reply.right
    assert reply.why == "It would make W2 wrong, and here W2 is right."
    other = shown(replace(HAND, bug="sign", guess="updated-weights")).reply
    assert other.why == "It would leave W2 right, and here W2 is wrong."
    alike = shown(replace(HAND, bug="sign", guess="half-lost")).reply
    assert "other factors" in alike.why


def test_a_slip_that_gives_the_same_numbers_counts_as_found():
    stale, fresh = replace(HAND, bug="stale-gradient"), "not-zeroed"
    reply = shown(replace(stale, guess=fresh)).reply  # before the first step both are right
    assert (reply.right, reply.what) == (True, "Here that is the same.")


def test_a_training_that_breaks_stops_and_says_so():
    choices = replace(BATCH, bug="sum-over-batch")
    found = after(choices, 2)
    losses = found.course.losses.copy()
    losses[-1, 1] = float("inf")
    found = replace(found, goal=300, course=replace(found.course, losses=losses))
    assert shown(found).seems.startswith("It breaks")
    assert not shown(found).running
    assert json.loads(shown(found).figure)["data"][1]["y"][-1] is None


def test_a_slip_that_cannot_happen_is_refused_and_the_exhibit_gives_way():
    one_layer = replace(PRESETS[0].choices, bug="sum-over-batch")
    with pytest.raises(ChoiceError, match="cannot happen"):
        shown(one_layer)
    flat = read_choices(HAND, {"sizes": "2,2", "activations": "sigmoid", "shared": "0"})
    assert shown(flat).title == SLIPS["no-output-slope"].title
