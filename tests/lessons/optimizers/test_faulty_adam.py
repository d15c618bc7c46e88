"""The slip in the other machine: its numbers are the published ones, and come from running it."""

import json

import pytest

from backprop.lessons.optimizers.faulty_adam import DRAWN, compare_adams
from backprop.notation.spoken import words


def column(shown, which):
    return [lengths[which].shown for _, lengths in shown.rows]


def test_the_lengths_are_the_published_ones():
    shown = compare_adams()
    assert [t for t, _ in shown.rows] == [1, 2, 10, 100]
    assert [b.shown for b in shown.beta2s] == ["0.999", "0.99"]
    assert column(shown, 0) == ["3.16", "4.25", "6.53", "3.24"]
    assert column(shown, 1) == ["10.00", "18.06", "42.61", "10.50"]
    assert column(shown, 3) == ["1.00", "1.81", "4.44", "1.58"]


def test_the_first_step_is_what_the_shares_say():
    uncorrected, multiplied, *_ = compare_adams().rows[0][1]
    assert uncorrected.exact == pytest.approx(0.1 / 0.001**0.5)
    assert multiplied.exact == pytest.approx(0.1**2 / 0.001)


def test_the_corrections_are_printed_from_the_rules():
    right, uncorrected, multiplied = compare_adams().variants
    assert "over" in words(right.corrections[0])
    assert uncorrected.corrections == ()
    assert "over" not in words(multiplied.corrections[1])
    assert len(right.corrections) == len(multiplied.corrections) == 2


def test_every_curve_has_its_own_look_and_a_key():
    shown = compare_adams()
    data = json.loads(shown.figure)["data"]
    looks = {(each["line"]["color"], each["line"]["dash"]) for each in data}
    assert len(looks) == len(data) == len(shown.keys) == 5
    assert all(each["x"] == list(DRAWN) for each in data)
    assert (DRAWN[0], DRAWN[-1]) == (1, 1000)


def test_the_words_say_what_the_curves_show():
    shown = compare_adams()
    assert "the first multiplied step is 10.00 times as long" in shown.sentence
    assert "With β₂ = 0.99 the first multiplied step is as long as the right one" in shown.sentence
    assert shown.alt.endswith(shown.sentence)
