"""Two trainings side by side, in slices."""

from itertools import count

import numpy as np
import pytest

from backprop.engine.slips.catalog import SLIPS
from backprop.lessons.gradient_check.bug_setups import bench_of
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.training import course_on, gradient_at, trained
from backprop.lessons.gradient_check.work import Course

BENCH = bench_of(PRESETS[0].choices)
STALE = SLIPS["updated-weights"]


def run(goal, course=None, clock=lambda: 0.0, slip=STALE):
    return trained(BENCH, slip, course or course_on(BENCH, slip, None), goal, clock)


def test_the_published_losses_come_after_one_step():
    assert run(1).losses[1] == pytest.approx([0.291027773694, 0.291027923905], abs=1e-11)


def test_the_right_training_is_the_worked_example():
    losses = run(10).losses[:, 0]
    assert losses[[2, 3, 10]] == pytest.approx([0.283547133, 0.275943289, 0.220918592], abs=1e-9)


def test_the_cut_of_a_slice_does_not_show():
    whole, parts = run(9), run(4)
    parts = run(9, parts)
    assert np.array_equal(whole.losses, parts.losses)
    assert np.array_equal(whole.wrong, parts.wrong)


def test_a_slice_that_is_used_up_ends_after_a_step():
    hours = count(step=3600)
    assert run(300, clock=lambda: next(hours)).steps == 1


def test_frozen_biases_stay():
    names = list(BENCH.network.scalars(BENCH.parameters))
    found = run(5)
    for theta in (found.right, found.wrong):
        assert theta[names.index("b1_1")] == 0.35
        assert theta[names.index("b2_1")] == 0.6


def test_a_gradient_that_is_not_zeroed_needs_the_round_before():
    slip = SLIPS["not-zeroed"]
    flat = BENCH.flat(BENCH.parameters)
    right = gradient_at(BENCH, None, flat)
    assert np.array_equal(gradient_at(BENCH, slip, flat), right)
    assert gradient_at(BENCH, slip, flat, right) == pytest.approx(2 * right)
    assert run(2, slip=slip).losses[2, 1] != run(2, slip=slip).losses[2, 0]


def test_a_course_of_another_slip_starts_again_and_keeps_the_costs():
    course = run(3).with_cost((10.0, 1.0, 2.0))
    assert course_on(BENCH, STALE, course) is course
    other = course_on(BENCH, SLIPS["sign"], course)
    assert (other.steps, other.costs.tolist()) == (0, [[10.0, 1.0, 2.0]])
    assert course_on(BENCH, STALE, Course()).steps == 0
