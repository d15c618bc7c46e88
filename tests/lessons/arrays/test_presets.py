"""The programs to start from can all be walked, and their numbers are worth looking at."""

import numpy as np
import pytest

from backprop.lessons.arrays.passes import passes_of
from backprop.lessons.arrays.presets import PRESETS

OPENS_AT = {  # the use that its text speaks of: by which line, of which name
    "dense-layer": ("Z", "b"),
    "softmax-regression": ("L", "S"),
    "softmax-jacobian": ("p", "z"),
    "batch-norm": ("N.C", "Z"),
    "layer-norm": ("N", "X"),
    "convolution-1d": ("Z", "w"),
    "convolution-2d": ("Z", "x"),
    "pooling": ("M", "x"),
    "dropout": ("D", "A"),
    "embedding": ("V", "E"),
    "recurrent": ("h1", "W"),
    "lstm": ("c2", "c1"),
    "attention": ("P", "S"),
    "causal-attention": ("M", "S"),
    "two-heads": ("H", "A"),
    "residual": ("R1", "R0"),
    "tied-weights": ("H", "W"),
    "by-hand": ("s", "K"),
    "transformer-block": ("x0", "E"),
}
UNUSED = {"embedding": {"E": 9}, "by-hand": {"C": 2}}  # rows that nobody looked up


def gradient_at(name, line):
    choices = next(preset.choices for preset in PRESETS if preset.name == name)
    passes = passes_of(choices)
    return np.asarray(passes.trace.gradients[passes.program.position(line)])


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_opens_at_the_use_that_it_speaks_of(preset):
    step = passes_of(preset.choices).steps[preset.choices.step]
    assert (step.sender, step.name) == OPENS_AT[preset.name]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_no_entry_of_a_gradient_is_0_but_where_nothing_was_read(preset):
    gradient = passes_of(preset.choices).trace.gradient
    zeros = {name: int(np.sum(np.asarray(found) == 0)) for name, found in gradient.items()}
    assert {name: n for name, n in zeros.items() if n} == UNUSED.get(preset.name, {})


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_fits_on_a_screen_and_names_its_slip(preset):
    passes = passes_of(preset.choices)
    assert len([line for line in passes.program.lines if not line.of]) <= 25
    assert preset.about.count("Slip: ") == 1
    assert len(preset.about) <= 190


def test_in_a_recurrent_net_the_gradient_shrinks_with_each_step_back():
    sizes = [np.linalg.norm(gradient_at("recurrent", line)) for line in ("h3", "h2", "h1")]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 5 * sizes[2]


def test_in_an_lstm_the_cell_hands_back_most_of_what_arrives():
    later, earlier = (np.linalg.norm(gradient_at("lstm", line)) for line in ("c2", "c1"))
    assert earlier > 0.8 * later


def test_a_residual_way_carries_ten_times_the_gradient():
    plain, residual = (np.linalg.norm(gradient_at("residual", line)) for line in ("P0", "R0"))
    assert residual > 10 * plain


def test_what_is_masked_gets_no_gradient():
    assert np.array_equal(np.triu(gradient_at("causal-attention", "S"), 1), np.zeros((4, 4)))


def test_shifting_all_scores_changes_nothing():
    assert np.abs(gradient_at("by-hand", "m")).max() < 1e-15
