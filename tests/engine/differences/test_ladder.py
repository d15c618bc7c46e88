"""What ever smaller nudges see."""

import math

import numpy as np
import pytest

from backprop.engine.differences.given import Point
from backprop.engine.differences.ladder import STEPS, floor
from backprop.engine.differences.lines import Nudged


def estimates_of(f, x):
    nudged = Nudged(f, Point(x))
    with np.errstate(all="ignore"):
        return nudged.estimate(list(nudged.coordinate_lines()), STEPS)


def test_the_nudges_shrink_from_wide_to_as_narrow_as_rounding():
    assert STEPS[0] == pytest.approx(0.04096)
    assert STEPS[-1] < 1e-14
    assert list(STEPS) == sorted(STEPS, reverse=True)


def test_the_floor_is_what_rounding_moves_a_slope_by():
    assert floor(1.0, 1e-5) == 8 * 2.0**-52 / 1e-5


def test_a_smooth_function_is_seen_sharply():
    estimates = estimates_of(math.exp, 1.0)
    assert estimates.slope == pytest.approx(math.e, rel=1e-8)
    assert estimates.doubt < 1e-6
    assert not np.any([estimates.kink, estimates.unknown, estimates.constant])


def test_a_function_that_turns_quickly_is_seen_by_a_narrow_nudge():
    estimates = estimates_of(lambda x: math.sin(1e6 * x), 1.0)
    assert estimates.slope == pytest.approx(1e6 * math.cos(1e6), rel=1e-4)


def test_a_function_that_turns_within_its_rounding_is_seen_dimly():
    right = 1e6 * math.cos(1e12)
    estimates = estimates_of(lambda x: math.sin(1e6 * x), 1e6)
    assert 1e-3 < estimates.doubt / right < 0.5
    assert abs(estimates.slope - right) < 3 * estimates.doubt
    assert abs(estimates.slope + right) > 3 * estimates.doubt


def test_a_function_that_turns_between_neighbouring_numbers_is_not_seen_at_all():
    assert estimates_of(math.sin, 1e16).unknown


def test_a_slope_of_zero_without_rounding_is_certain():
    estimates = estimates_of(lambda x: x * 0, 0.3)
    assert (estimates.slope, estimates.doubt, estimates.constant) == (0, 0, True)


def test_nudges_that_leave_the_domain_are_passed_over():
    assert estimates_of(math.sqrt, 1e-6).slope == pytest.approx(500, rel=1e-4)


def test_the_two_sides_of_a_kink_keep_apart():
    estimates = estimates_of(lambda x: 7 + max(x, -2 * x), 0.0)
    assert estimates.kink
    assert (estimates.low, estimates.high) == (
        pytest.approx(-2, rel=1e-4),
        pytest.approx(1, rel=1e-4),
    )
    assert estimates.bend == pytest.approx(3, rel=1e-4)
    assert not estimates_of(lambda x: 7 + max(x, -2 * x), 1e-6).kink


def test_a_jump_is_told_from_a_kink():
    estimates = estimates_of(math.floor, 1.0)
    assert estimates.jumps
    assert estimates.unknown


@pytest.mark.parametrize(("digits", "coarse"), [(4, True), (1, False)])
def test_leaps_that_may_be_rounding_are_told(digits, coarse):
    assert estimates_of(lambda x: round(x, digits), 0.3).coarse.tolist() == [coarse]
