"""How far gradients are from a claim, and which digits were not printed."""

import numpy as np
import pytest

from backprop.engine.slips.claim import Claim

RIGHT = {"W1": np.array([[0.0821670, -0.0226025]]), "b1": np.array([0.1004003])}


def rounding(*numbers):
    return Claim({"b1": np.array(numbers)}, {"b1": np.array(numbers)}).half.tolist()


def test_the_distance_is_that_of_the_farthest_array():
    claim = Claim(RIGHT, RIGHT)
    other = {"W1": RIGHT["W1"], "b1": 3 * RIGHT["b1"]}
    assert claim.gaps(other) == pytest.approx({"W1": 0, "b1": 0.5}, abs=1e-6)
    assert claim.distance(other) == pytest.approx(0.5)


def test_digits_that_were_not_printed_are_set_aside():
    printed = {name: np.round(array, 4) for name, array in RIGHT.items()}
    assert Claim(printed, RIGHT).distance(RIGHT) == 0
    assert Claim({**printed, "b1": np.array([0.1007])}, RIGHT).distance(RIGHT) > 0.001


def test_numbers_look_rounded_if_all_of_them_do():
    assert rounding(0.0822, 0.0004, 0.0007, 1.5) == pytest.approx([0.505e-4] * 4)
    assert rounding(0.0822, 1.5004) == pytest.approx([0.505e-4] * 2)
    assert rounding(8.2167e-02, 4.3857e-09) == pytest.approx([0.505e-6, 0.505e-13])
    assert rounding(0.082167040564, 0.25) == [0, 0]
    assert rounding(0.5, 2, 0) == [0, 0, 0]  # few digits: exact
    assert rounding(0.103, 4.38e-4, 0) == pytest.approx([0.505e-3, 0.505e-6, 0.505e-6], abs=1e-12)
    assert rounding(12.3456, 0.0012, 7.1) == pytest.approx([0.505e-4] * 3)


def test_an_array_that_is_noise_beside_the_others_is_no_difference():
    right = {"W1": np.array([1.0]), "b1": np.array([0.0])}
    assert Claim({**right, "b1": np.array([1e-17])}, right).distance(right) == 0


def test_what_is_not_finite_is_far_from_everything_but_itself():
    nan = {"W1": np.array([[np.nan, 1]]), "b1": np.array([np.inf])}
    assert Claim(nan, RIGHT).gaps(RIGHT) == {"W1": np.inf, "b1": np.inf}
    assert Claim(nan, nan).distance(nan) == 0
