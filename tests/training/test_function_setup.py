"""Mistakes planted in a typed function, and gradient descent on its value."""

import numpy as np
import pytest

from backprop.lessons.gradient_check.choices import typed_graph
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.training import gradient_at, progress_on, train_slice
from backprop.stage.choices import read_choices
from backprop.stage.head import find_preset
from backprop.training.function_setup import make_function_setup

PRODUCT = find_preset(PRESETS, "product").choices
TYPED = [preset.choices for preset in PRESETS if preset.choices.of == "expression"]


def setup_of(choices):
    return make_function_setup(typed_graph(choices), tuple(choices.at.items()))


def typed(expression, **at):
    return setup_of(read_choices(PRODUCT, {"expression": expression, **at}))


def slip(setup, name):
    return next(each for each in setup.slips if each.name == name)


def run(setup, name, steps):
    found = slip(setup, name)
    return train_slice(setup, found, progress_on(setup, found, None), steps, lambda: 0.0)


def test_training_begins_at_the_pages_point():
    setup = typed("(x + y) * z", x="-2", y="5", z="-4")
    assert setup.flat(setup.parameters).tolist() == [-2, 5, -4]
    value, slopes = setup.measured(setup.flat(setup.parameters))
    assert (value, slopes.tolist()) == (-12, [-4, -4, 3])


def test_a_row_and_its_point_are_the_same_numbers():
    setup = typed("x * y", x="2", y="3")
    flat = setup.flat(setup.parameters)
    assert setup.flat(setup.arrays(flat)).tolist() == flat.tolist()
    assert setup.moves.tolist() == [1, 1]


def test_the_right_training_comes_down_and_the_wrong_one_elsewhere():
    values = run(typed("x * x + x * y + y^2", x="1.5", y="2"), "sign", 100).losses
    assert values[0, 0] == values[0, 1] == 9.25
    assert values[-1, 0] == pytest.approx(0, abs=1e-6)
    assert values[-1, 1] > values[0, 1]


@pytest.mark.parametrize("choices", TYPED, ids=lambda choices: choices.preset_name)
def test_the_learning_rate_leads_down_at_every_preset(choices):
    setup = setup_of(choices)
    first = setup.slips[0]
    values = train_slice(setup, first, progress_on(setup, first, None), 20, lambda: 0.0).losses[
        :, 0
    ]
    assert (np.diff(values) <= 1e-9 * np.abs(values[:-1])).all()


def test_a_training_without_end_stops_where_a_value_is_no_finite_number():
    found = run(typed("x^3", x="-2"), "sign", 1000)
    assert found.steps < 1000
    assert not np.isfinite(found.losses[-1]).all()
    assert np.isfinite(found.losses[:-1]).all()


def test_a_point_that_is_no_number_has_no_gradient():
    setup = typed("x^2", x="3")
    nowhere = np.array([np.inf])
    assert np.isnan(setup.loss(nowhere))
    assert np.isnan(gradient_at(setup, setup.slips[0], nowhere)).all()


def test_every_slip_changes_a_gradient_sooner_or_later():
    setup = typed("x * x + x * y + sigmoid(x)^3", x="0.5", y="2")
    assert len(setup.slips) >= 12
    for each in setup.slips:
        progress = train_slice(setup, each, progress_on(setup, each, None), 2, lambda: 0.0)
        claims = gradient_at(setup, each, progress.wrong, progress.previous)
        right = gradient_at(setup, None, progress.wrong)
        assert not np.allclose(claims, right, rtol=1e-9, atol=1e-12)


def test_it_is_known_by_what_it_begins_with():
    assert typed("x^2", x="3").start == typed("x^2", x="3").start
    assert typed("x^2", x="3").start != typed("x^2", x="4").start
    assert typed("x^2", x="3").start != typed("x^4", x="3").start
