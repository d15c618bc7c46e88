"""A guess at a hidden mistake."""

from dataclasses import replace

import pytest

from backprop.lessons.gradient_check.bug_setups import bench_of
from backprop.lessons.gradient_check.guess import reply_to
from backprop.lessons.gradient_check.planted import planted
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.training import gradient_at

PRODUCT = next(preset.choices for preset in PRESETS if preset.name == "product")


def reply(bug, guess):
    choices = replace(PRODUCT, bug=bug, guess=guess)
    bench = bench_of(choices)
    slip, slips = planted(choices, bench)
    claims = gradient_at(bench, slip, bench.flat(bench.parameters))
    return reply_to(choices, bench, slip, slips, claims)


def test_without_a_guess_nothing_is_answered():
    assert reply("sign", "") is None
    assert reply("sign", "nonsense") is None


def test_the_right_guess_is_told_what_went_wrong():
    found = reply("sign", "sign")
    assert (found.right, found.what) == (True, "That is it.")


@pytest.mark.parametrize(
    ("bug", "guess", "why"),
    [
        ("no-arriving", "sign", "It would make z wrong, and here z is right."),
        ("sign", "no-arriving", "It would leave z right, and here z is wrong."),
        ("sign", "by-value", "by the same variables, but with other numbers"),
    ],
)
def test_a_wrong_guess_is_answered_with_what_would_differ(bug, guess, why):
    found = reply(bug, guess)
    assert not found.right
    assert why in found.why


def test_a_guess_that_gives_the_same_numbers_counts():
    assert reply("stale-gradient", "not-zeroed").what == "Here that is the same."
