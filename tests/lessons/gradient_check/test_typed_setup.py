"""Mistakes planted in a typed function, and gradient descent on its value."""

import numpy as np
import pytest

from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.training import course_on, gradient_at, trained
from backprop.lessons.gradient_check.typed_setup import typed_of
from backprop.stage.choices import read_choices

PRODUCT = next(preset.choices for preset in PRESETS if preset.name == "product")
TYPED = [preset.choices for preset in PRESETS if preset.choices.of == "expression"]


def typed(expression, **at):
    return typed_of(read_choices(PRODUCT, {"expression": expression, **at}))


def slip(bench, name):
    return next(each for each in bench.slips if each.name == name)


def run(bench, name, steps):
    found = slip(bench, name)
    return trained(bench, found, course_on(bench, found, None), steps, lambda: 0.0)


def test_training_begins_at_the_pages_point():
    bench = typed("(x + y) * z", x="-2", y="5", z="-4")
    assert bench.flat(bench.parameters).tolist() == [-2, 5, -4]
    value, slopes = bench.measured(bench.flat(bench.parameters))
    assert (value, slopes.tolist()) == (-12, [-4, -4, 3])


def test_a_row_and_its_point_are_the_same_numbers():
    bench = typed("x * y", x="2", y="3")
    flat = bench.flat(bench.parameters)
    assert bench.flat(bench.arrays(flat)).tolist() == flat.tolist()
    assert bench.moves.tolist() == [1, 1]


def test_the_right_training_comes_down_and_the_wrong_one_elsewhere():
    values = run(typed("x * x + x * y + y^2", x="1.5", y="2"), "sign", 100).losses
    assert values[0, 0] == values[0, 1] == 9.25
    assert values[-1, 0] == pytest.approx(0, abs=1e-6)
    assert values[-1, 1] > values[0, 1]


@pytest.mark.parametrize("choices", TYPED, ids=lambda choices: choices.preset_name)
def test_the_learning_rate_leads_down_at_every_preset(choices):
    bench = typed_of(choices)
    first = bench.slips[0]
    values = trained(bench, first, course_on(bench, first, None), 20, lambda: 0.0).losses[:, 0]
    assert (np.diff(values) <= 1e-9 * np.abs(values[:-1])).all()


def test_a_training_without_end_stops_where_a_value_is_no_finite_number():
    found = run(typed("x^3", x="-2"), "sign", 1000)
    assert found.steps < 1000
    assert not np.isfinite(found.losses[-1]).all()
    assert np.isfinite(found.losses[:-1]).all()


def test_a_point_that_is_no_number_has_no_gradient():
    bench = typed("x^2", x="3")
    nowhere = np.array([np.inf])
    assert np.isnan(bench.loss(nowhere))
    assert np.isnan(gradient_at(bench, bench.slips[0], nowhere)).all()


def test_every_slip_changes_a_gradient_sooner_or_later():
    bench = typed("x * x + x * y + sigmoid(x)^3", x="0.5", y="2")
    assert len(bench.slips) >= 12
    for each in bench.slips:
        course = trained(bench, each, course_on(bench, each, None), 2, lambda: 0.0)
        claims = gradient_at(bench, each, course.wrong, course.previous)
        right = gradient_at(bench, None, course.wrong)
        assert not np.allclose(claims, right, rtol=1e-9, atol=1e-12)


def test_it_is_known_by_what_it_begins_with():
    assert typed("x^2", x="3").start == typed("x^2", x="3").start
    assert typed("x^2", x="3").start != typed("x^2", x="4").start
    assert typed("x^2", x="3").start != typed("x^4", x="3").start
