"""How far two ways to a gradient agree, in words."""

import math

import pytest

from backprop.stage.two_machines import agreement


@pytest.mark.parametrize(
    ("slopes", "words"),
    [
        ([1.0, -2.5], "the same to the last digit"),
        ([1.0, -2.5001], "the same to 4 digits"),
        ([1.000000004, -2.5], "the same to 8 digits"),
        ([1.0, 2.5], "not the same"),
        ([1.0, math.nan], "not a finite number everywhere"),
    ],
)
def test_two_gradients_agree_to_as_many_digits_as_their_worst_slope(slopes, words):
    assert agreement(slopes, [1.0, -2.5]) == words
