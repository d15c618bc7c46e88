"""Two trainings side by side, in slices."""

from itertools import count

import numpy as np
import pytest

from backprop.engine.slips.catalog import SLIPS
from backprop.lessons.gradient_check.planted_slip import make_setup
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.stored import pack, unpack
from backprop.sharing.snapshot import from_bytes, to_bytes
from backprop.training.two_trainings import (
    Progress,
    gradient_at,
    progress_on,
    train_slice,
)

SETUP = make_setup(PRESETS[0].choices)
STALE = SLIPS["updated-weights"]


def run(goal, progress=None, clock=lambda: 0.0, slip=STALE):
    return train_slice(SETUP, slip, progress or progress_on(SETUP, slip, None), goal, clock)


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
    names = list(SETUP.network.scalars(SETUP.parameters))
    found = run(5)
    for theta in (found.right, found.wrong):
        assert theta[names.index("b1_1")] == 0.35
        assert theta[names.index("b2_1")] == 0.6


def test_a_gradient_that_is_not_zeroed_needs_the_round_before():
    slip = SLIPS["not-zeroed"]
    flat = SETUP.flat(SETUP.parameters)
    right = gradient_at(SETUP, None, flat)
    assert np.array_equal(gradient_at(SETUP, slip, flat), right)
    assert gradient_at(SETUP, slip, flat, right) == pytest.approx(2 * right)
    assert run(2, slip=slip).losses[2, 1] != run(2, slip=slip).losses[2, 0]


def test_a_progress_on_another_slip_starts_again_and_keeps_the_costs():
    progress = run(3).with_cost((10.0, 1.0, 2.0))
    assert progress_on(SETUP, STALE, progress) is progress
    other = progress_on(SETUP, SLIPS["sign"], progress)
    assert (other.steps, other.costs.tolist()) == (0, [[10.0, 1.0, 2.0]])
    assert progress_on(SETUP, STALE, Progress()).steps == 0


def test_progress_comes_back_from_its_bytes():
    progress = Progress(
        "start", np.ones(3), np.zeros(3), np.arange(3.0), np.array([[1.0, np.nan], [0.5, np.inf]])
    ).with_cost((10.0, 0.1, 0.2))
    again = unpack(from_bytes(to_bytes(pack(progress))))
    assert again.start == "start"
    assert again.steps == 1
    for name in ("right", "wrong", "previous", "losses", "costs"):
        assert np.array_equal(getattr(again, name), getattr(progress, name), equal_nan=True)


def test_empty_progress_has_taken_no_step():
    assert Progress().steps == 0
    assert unpack(from_bytes(to_bytes(pack(Progress())))).costs.shape == (0, 3)
