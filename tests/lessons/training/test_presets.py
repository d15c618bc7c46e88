"""The states that training can be opened at."""

import numpy as np
import pytest

from backprop.lessons.training.presets import DEFAULTS, PRESETS
from backprop.stage.choices import read_choices, write_choices

EVERY = pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)


def test_the_first_preset_is_what_a_first_visit_shows():
    assert PRESETS[0].choices == DEFAULTS
    assert len({preset.name for preset in PRESETS}) == len(PRESETS)


@EVERY
def test_a_preset_is_spelled_and_read_again(preset):
    pairs = write_choices(preset.choices, DEFAULTS)
    assert read_choices(DEFAULTS, pairs) == preset.choices
    assert preset.choices.preset_name == preset.name


def after(learner, name, epochs):
    choices = {"hidden": ",".join(map(str, preset_of(name).choices.network.hidden)), "size": "400"}
    return learner(preset=name, **choices).train(epochs)


def preset_of(name):
    return next(preset for preset in PRESETS if preset.name == name)


@pytest.mark.parametrize(
    ("name", "epochs"), [("circles", 20), ("xor", 20), ("line", 5), ("iris", 30)]
)
def test_what_is_easy_is_soon_learned(learner, name, epochs):
    assert after(learner, name, epochs).run.records[-1, 2] > 0.9


def test_ten_sigmoids_leave_the_first_layer_next_to_nothing(learner):
    lengths = learner(preset="vanishing", hidden="6,6,6,6,6,6,6,6,6").state().run.records[0, 5:]
    assert lengths[0] < 1e-4 * lengths[-1]
    assert (np.diff(lengths) > 0).all()


def test_too_large_a_step_ends_the_numbers(learner):
    assert learner(preset="exploding", hidden="", size="400").train(3_000).run.broken


def test_a_large_first_step_kills_units(learner):
    assert after(learner, "dead", 3).run.records[-1, 4] > 0
