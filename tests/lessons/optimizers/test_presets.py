"""The races that the page can be opened at show what they say."""

import pytest

from backprop.lessons.optimizers.presets import PRESETS
from backprop.lessons.optimizers.race import run_race

NAMED = {preset.name: preset for preset in PRESETS}


def raced(name):
    return run_race(NAMED[name].choices)


def ends(name):
    return [racer.track.points[-1].tolist() for racer in raced(name).racers]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_race_goes_down_from_its_start(preset):
    found = run_race(preset.choices)
    best = min(float(racer.track.values[-1]) for racer in found.racers if not racer.track.end)
    assert best < float(found.racers[0].track.values[0])
    assert found.lowest, "there is a lowest point to measure from"


def test_one_crawls_one_swings_and_one_leaves():
    crawls, swings, leaves = raced("diverging").racers
    assert 0.001 < crawls.track.values[-1] < crawls.track.values[0]
    assert swings.track.values[-1] < 1e-6
    assert leaves.track.values[-1] > 10 * leaves.track.values[0]


def test_not_all_find_the_same_hollow():
    assert len(raced("himmelblau").lowest) > 1


def test_somebody_steps_over_the_edge():
    assert "value" in [racer.track.end for racer in raced("edge").racers]


def test_all_leave_the_saddle():
    assert all(abs(y) > 1 for _, y in ends("saddle"))


def test_a_step_without_its_correction_is_longer():
    right, uncorrected, multiplied = (
        abs(racer.track.moves[0, 0]) for racer in raced("corrected").racers
    )
    assert right < uncorrected < multiplied
