"""What ever smaller nudges see."""

import math

import numpy as np
import pytest

from backprop.engine.differences.given import Point
from backprop.engine.differences.ladder import STEPS, floor
from backprop.engine.differences.lines import Nudged


def sight(f, x):
    nudged = Nudged(f, Point(x))
    with np.errstate(all="ignore"):
        return nudged.look(list(nudged.numbers()), STEPS)


def test_the_nudges_shrink_from_wide_to_as_narrow_as_rounding():
    assert STEPS[0] == pytest.approx(0.04096)
    assert STEPS[-1] < 1e-14
    assert list(STEPS) == sorted(STEPS, reverse=True)


def test_the_floor_is_what_rounding_moves_a_slope_by():
    assert floor(1.0, 1e-5) == 8 * 2.0**-52 / 1e-5


def test_a_smooth_function_is_seen_sharply():
    found = sight(math.exp, 1.0)
    assert found.slope == pytest.approx(math.e, rel=1e-8)
    assert found.doubt < 1e-6
    assert not np.any([found.kink, found.blind, found.still])


def test_a_function_that_turns_quickly_is_seen_by_a_narrow_nudge():
    found = sight(lambda x: math.sin(1e6 * x), 1.0)
    assert found.slope == pytest.approx(1e6 * math.cos(1e6), rel=1e-4)


def test_a_function_that_turns_within_its_rounding_is_seen_dimly():
    right = 1e6 * math.cos(1e12)
    found = sight(lambda x: math.sin(1e6 * x), 1e6)
    assert 1e-3 < found.doubt / right < 0.5
    assert abs(found.slope - right) < 3 * found.doubt
    assert abs(found.slope + right) > 3 * found.doubt


def test_a_function_that_turns_between_neighbouring_numbers_is_not_seen_at_all():
    assert sight(math.sin, 1e16).blind


def test_a_slope_of_zero_without_rounding_is_certain():
    found = sight(lambda x: x * 0, 0.3)
    assert (found.slope, found.doubt, found.still) == (0, 0, True)


def test_nudges_that_leave_the_domain_are_passed_over():
    assert sight(math.sqrt, 1e-6).slope == pytest.approx(500, rel=1e-4)


def test_the_two_sides_of_a_kink_keep_apart():
    found = sight(lambda x: 7 + max(x, -2 * x), 0.0)
    assert found.kink
    assert (found.low, found.high) == (pytest.approx(-2, rel=1e-4), pytest.approx(1, rel=1e-4))
    assert found.bend == pytest.approx(3, rel=1e-4)
    assert not sight(lambda x: 7 + max(x, -2 * x), 1e-6).kink


def test_a_jump_is_told_from_a_kink():
    found = sight(math.floor, 1.0)
    assert found.leaps
    assert found.blind


@pytest.mark.parametrize(("digits", "coarse"), [(4, True), (1, False)])
def test_leaps_that_may_be_rounding_are_told(digits, coarse):
    assert sight(lambda x: round(x, digits), 0.3).coarse.tolist() == [coarse]
