"""The learning rate's share in each epoch."""

import math

import pytest

from backprop.training.schedule import SCHEDULES, Schedule


@pytest.mark.parametrize("kind", SCHEDULES)
def test_every_schedule_begins_with_the_whole_rate(kind):
    assert Schedule(kind).share(0) == 1


def test_a_constant_rate_stays():
    assert Schedule("constant").share(12_345) == 1


def test_a_step_comes_every_so_many_epochs():
    steps = Schedule("step", every=3, factor=0.1)
    assert [steps.share(epoch) for epoch in range(7)] == pytest.approx(
        [1, 1, 1, 0.1, 0.1, 0.1, 0.01]
    )


def test_the_cosine_is_half_way_in_the_middle_and_stays_at_zero():
    wave = Schedule("cosine", over=10)
    assert wave.share(5) == pytest.approx(0.5)
    assert wave.share(2) == pytest.approx((1 + math.cos(math.pi / 5)) / 2)
    assert wave.share(10) == wave.share(99) == 0
