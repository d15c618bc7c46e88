"""The ground of a map: its values, its levels, its gaps."""

import math

import numpy as np
import pytest

from backprop.drawing.contour_grid import make_contour_grid, nice

XS = np.linspace(-3, 3, 41)
X, Y = np.meshgrid(XS, XS)


def of(values):
    with np.errstate(all="ignore"):
        return make_contour_grid(XS, XS, np.broadcast_to(np.asarray(values, float), X.shape))


def test_levels_are_round_steps_between_the_least_and_the_greatest_value():
    found = of(3 * X**2 + 2 * X * Y + Y**2)
    assert found.even
    assert found.shown == found.z
    assert found.step == 5
    assert 0 <= found.start < found.end <= 54
    assert found.start % 5 == found.end % 5 == 0


def test_where_a_function_is_flat_here_and_huge_there_its_flat_part_has_levels_too():
    found = of((1 - X) ** 2 + 100 * (Y - X**2) ** 2)
    assert not found.even
    levels = np.arange(found.start, found.end + found.step, found.step)
    low = sum(level < np.quantile(np.array(found.shown), 0.25) for level in levels)
    assert low >= 2


def test_what_levels_are_drawn_of_rises_with_the_values():
    for values in ((Y - X**2) ** 4, -((Y - X**2) ** 4), 1 / (X + 0.075)):
        found = of(values)
        assert not found.even
        order = np.argsort(np.array(found.z).ravel(), kind="stable")
        assert np.all(np.diff(np.array(found.shown).ravel()[order]) >= -1e-4)


@pytest.mark.parametrize("value", [0.0, 5.0, 1e300])
def test_a_constant_function_has_no_levels_and_still_a_floor_and_a_roof(value):
    found = of(value)
    assert found.step == 0
    assert found.floor <= value <= found.roof
    assert found.steep == 0


def test_where_there_is_no_value_there_is_a_gap():
    with np.errstate(all="ignore"):
        half, none = of(np.log(X)), of(np.log(-1 - X**2))
    assert half.gaps == 41 * 21
    assert half.z[0][0] is None
    assert none.gaps == none.places == 41 * 41
    assert (none.floor, none.roof) == (0, 1)


def test_a_few_values_that_stand_far_out_do_not_press_the_surface_flat():
    found = of(np.where((XS[20] == X) & (XS[20] == Y), 1e9, X + Y))
    assert -7 < found.floor < found.roof < 20


def test_values_have_five_digits_and_places_no_dust():
    found = of(X / 3)
    assert found.z[0][-2] == 0.95
    assert found.xs[21] == 0.15


def test_the_steepness_is_an_ordinary_slope():
    assert of(2 * X - Y).steep == pytest.approx(math.sqrt(5), rel=1e-4)
    assert of(np.maximum(X - 2, 0)).steep == pytest.approx(1, rel=0.6)


@pytest.mark.parametrize(
    ("x", "near"), [(0.9, 1), (1.4, 1), (1.5, 2), (37, 50), (0.08, 0.1), (8e5, 1e6), (4e-7, 5e-7)]
)
def test_a_nice_number_is_1_2_or_5_times_a_power_of_ten(x, near):
    assert nice(x) == near


@pytest.mark.parametrize("x", [0.0, -1.0, math.inf, math.nan])
def test_what_is_no_positive_number_has_no_nice_one(x):
    assert nice(x) == 0
