"""How far nudging can judge a slope."""

import math

import numpy as np
import pytest

from backprop.engine.differences.slopes import nudge, slopes_by
from backprop.engine.differences.step_too_coarse import BLIND, SHARP, STEPS, best_slopes, floor


def sight(f, x, size):
    slopes = slopes_by(lambda at: f(at["x"]), {"x": x}, "x", (), STEPS)
    d = np.array([nudge(x, h) for h in STEPS])
    return best_slopes(slopes[:, None], floor(size, d)[:, None])


def test_the_nudges_shrink_from_wide_to_as_narrow_as_rounding():
    assert STEPS[0] == pytest.approx(0.04096)
    assert STEPS[-1] < 1e-14
    assert list(STEPS) == sorted(STEPS, reverse=True)


def test_the_floor_is_what_rounding_moves_a_slope_by():
    assert floor(1.0, 1e-5) == 8 * 2.0**-52 / 1e-5


def test_a_smooth_function_is_seen_sharply():
    found = sight(math.exp, 1.0, math.e)
    assert found.slope == pytest.approx(math.e, rel=1e-8)
    assert found.share < SHARP
    assert not found.leaves_open(np.array([math.e]))  # it is judged


def test_a_function_that_turns_quickly_is_seen_by_a_narrow_nudge():
    found = sight(lambda x: math.sin(1e6 * x), 1.0, 2e6)
    assert found.slope == pytest.approx(1e6 * math.cos(1e6), rel=SHARP)


def test_a_function_that_turns_within_its_rounding_is_seen_dimly():
    right = 1e6 * math.cos(1e12)
    found = sight(lambda x: math.sin(1e6 * x), 1e6, 2e12)
    assert SHARP < found.share < BLIND
    assert found.leaves_open(np.array([right]))
    assert not found.leaves_open(np.array([-right]))
    assert not found.leaves_open(np.array([2 * right]))


def test_a_function_that_turns_between_neighbouring_numbers_is_not_seen_at_all():
    assert sight(math.sin, 1e16, 1e16).blind


def test_a_slope_of_zero_without_rounding_is_certain():
    found = sight(lambda x: x * 0, 0.3, 0.0)
    assert (found.slope, found.doubt, found.share) == (0, 0, 0)


def test_nudges_that_leave_the_domain_are_passed_over():
    assert sight(math.sqrt, 1e-6, 1e-3).slope == pytest.approx(500, rel=SHARP)
