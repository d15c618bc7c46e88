"""Find the bug: planted, hidden, trained with, checked, guessed."""

import json
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest

from backprop.engine.slips.catalog import SLIPS
from backprop.lessons.gradient_check.bug import show_bug
from backprop.lessons.gradient_check.planted_slip import (
    hidden_in,
    make_setup,
    plant,
    possible_slips,
)
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.subject import make_subject
from backprop.stage.choices import ChoiceError, change, read_choices
from backprop.stage.links import Links, Origin
from backprop.stage.slip_words import with_page_letters
from backprop.training.two_trainings import progress_on, train_slice

HAND = PRESETS[0].choices
BATCH = change(HAND, bench="batch")


def shown(choices):
    return show_bug(choices, Links("/lessons/gradient-check", Origin({}, choices), choices))


def after(choices, steps):
    planted = plant(choices)
    setup, slip = planted.setup, planted.slip
    start = progress_on(setup, slip, None)
    return change(choices, progress=train_slice(setup, slip, start, steps, lambda: 0.0))


def part(found, name):
    return next(part for part in found.check.parts if part.name == name)


def test_the_exhibit_is_off_by_a_sixth_in_the_hidden_layer():
    found = shown(HAND)
    assert part(found, "W1").ratio == "0.832 … 0.851"
    assert part(found, "W2").off == 0
    assert part(found, "W2").ratio == "1"
    assert found.check.verdict == "5 of 10 numbers are off."
    assert found.trainings.seems == ""  # before the first step


@pytest.mark.parametrize("slip", possible_slips(make_setup(HAND)), ids=lambda slip: slip.name)
def test_every_slip_of_the_hand_example_is_found_after_some_steps(slip):
    found = shown(after(change(HAND, bug=slip.name), 3))
    assert found.check.off
    assert found.planted.title == with_page_letters(slip, make_subject(HAND).label).title
    assert "ŷ" not in found.planted.title + found.planted.about  # the hand example has o and t


@pytest.mark.parametrize("slip", possible_slips(make_setup(BATCH)), ids=lambda slip: slip.name)
def test_every_slip_of_the_batch_is_found_after_some_steps(slip):
    assert shown(after(change(BATCH, bug=slip.name), 2)).check.off


def test_a_lost_half_doubles_every_number():
    found = shown(change(HAND, bug="half-lost"))
    assert {part.ratio for part in found.check.parts} == {"2"}


def test_a_slip_that_needs_a_round_before_says_so():
    found = shown(change(HAND, bug="stale-gradient"))
    assert found.check.verdict.startswith("Nothing is off here. Train first")
    setup = make_setup(HAND)
    slips = possible_slips(setup)
    case = next(n for n in range(1, 200) if hidden_in(n, setup, slips).name == "stale-gradient")
    hidden = shown(change(HAND, case=case))
    assert hidden.check.verdict == "Nothing is off at the start. Train some steps and check again."
    hidden = change(HAND, case=case)
    assert shown(after(hidden, 3)).check.off


@pytest.mark.parametrize("start", [HAND, BATCH], ids=["hand", "batch"])
def test_the_next_hidden_case_depends_on_the_state_and_shows_something(start):
    choices, cases = start, []
    for _ in range(6):
        before = plant(choices).slip
        another = shown(choices).planted.another
        assert shown(choices).planted.another == another
        choices = change(choices, case=int(dict(parse_qsl(another.partition("?")[2]))["case"]))
        cases.append(choices.planted.case)
        assert plant(choices).slip is not before
        assert shown(choices).check.off
    assert len(set(cases)) == 6
    assert 1 not in cases


def test_a_hidden_slip_is_not_named_anywhere_but_among_the_guesses():
    choices = change(HAND, case=7)
    found = shown(choices)
    slip = plant(choices).slip
    assert found.planted.hidden
    assert found.planted.title == "Case 7"
    for text in (
        found.planted.about,
        found.planted.printed,
        found.trainings.seems,
        found.check.verdict,
        found.planted.another,
    ):
        assert slip.name not in text
        assert slip.title not in text
    assert not any(option.on for option in found.planted.slips)


def test_it_is_told_when_asked_and_when_guessed():
    choices = change(HAND, case=7)
    slip = plant(choices).slip
    revealed = shown(change(choices, revealed=True))
    assert (revealed.planted.hidden, revealed.planted.title) == (False, slip.title)
    guessed = shown(change(choices, guess=slip.name))
    assert (guessed.planted.hidden, guessed.reply.right) == (False, True)


def test_a_wrong_guess_is_answered_with_what_would_differ():
    reply = shown(change(HAND, bug="updated-weights", guess="sign")).reply
    assert not reply.right
    assert reply.why == "It would make W2 wrong, and here W2 is right."
    other = shown(change(HAND, bug="sign", guess="updated-weights")).reply
    assert other.why == "It would leave W2 right, and here W2 is wrong."
    alike = shown(change(HAND, bug="sign", guess="half-lost")).reply
    assert "other factors" in alike.why


def test_a_slip_that_gives_the_same_numbers_counts_as_found():
    stale, fresh = change(HAND, bug="stale-gradient"), "not-zeroed"
    reply = shown(change(stale, guess=fresh)).reply  # before the first step both are right
    assert (reply.right, reply.what) == (True, "Here that is the same.")


def test_a_training_that_breaks_stops_and_says_so():
    choices = change(BATCH, bug="sum-over-batch")
    found = after(choices, 2)
    losses = found.progress.losses.copy()
    losses[-1, 1] = float("inf")
    found = change(found, goal=300, progress=replace(found.progress, losses=losses))
    assert shown(found).trainings.seems.startswith("Training breaks")
    assert not shown(found).trainings.running
    assert json.loads(shown(found).trainings.figure)["data"][1]["y"][-1] is None


def test_a_slip_that_cannot_happen_is_refused_and_the_exhibit_gives_way():
    one_layer = change(PRESETS[0].choices, bug="sum-over-batch")
    with pytest.raises(ChoiceError, match="cannot happen"):
        shown(one_layer)
    flat = read_choices(HAND, {"sizes": "2,2", "activations": "sigmoid", "shared": "0"})
    assert shown(flat).planted.title == SLIPS["no-output-slope"].title
