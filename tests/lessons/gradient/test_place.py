"""A function at a point."""

import math

import numpy as np
import pytest

from backprop.lessons.gradient.choices import Choices
from backprop.lessons.gradient.place import direction_at, make_place, unit
from backprop.stage.choices import read_choices
from backprop.stage.plane import in_order


def place(**pairs):
    return make_place(read_choices(Choices(), pairs))


def test_a_place_knows_value_gradient_steepness_and_bearing():
    here = place()
    assert (here.value, here.gradient) == (11, (10, 6))
    assert here.steepness == pytest.approx(math.sqrt(136))
    assert here.bearing == pytest.approx(30.9638, abs=1e-4)
    assert here.is_plane
    assert here.is_sound


def test_the_slope_along_a_direction_is_the_gradients_share_of_it():
    assert place(angle="0").slope == 10
    assert place(angle="90").slope == 6
    assert place(angle="-90").slope == -6
    assert place(angle="30.96375653207352").slope == pytest.approx(math.sqrt(136))
    assert place(angle="120.96375653207352").slope == pytest.approx(0, abs=1e-12)


def test_with_other_than_two_variables_the_direction_is_the_gradients():
    here = place(expression="x + 2y + 2z")
    assert here.direction == pytest.approx((1 / 3, 2 / 3, 2 / 3))
    assert here.slope == pytest.approx(3)
    assert place(expression="-2x").direction == (-1,)


def test_a_quarter_turn_is_exact():
    assert [direction_at(a) for a in (0, 90, 180, -90, 360)] == [
        *((1, 0), (0, 1), (-1, 0), (0, -1), (1, 0))
    ]


def test_an_angle_that_rounds_to_a_whole_turn_is_one():
    assert direction_at(-1e-101) == (1, 0)


def test_what_has_no_direction_is_given_the_first():
    assert unit((0.0, 0.0)) == unit((math.nan, 1.0)) == (1, 0)


def test_variables_are_in_the_order_of_a_textbook_however_they_were_typed():
    assert place(expression="y^2 + x").names == ("x", "y")
    assert in_order(("x10", "b", "x2", "a")) == ("a", "b", "x2", "x10")


def test_where_there_is_no_value_there_is_no_slope():
    here = place(expression="ln(x) + y", x="-1")
    assert math.isnan(here.value)
    assert all(map(math.isnan, here.gradient))
    assert not here.is_sound
    assert not here.is_flat


def test_a_gradient_of_0_is_flat():
    assert place(x="0", y="0").is_flat
    assert not place().is_flat


def test_the_map_stays_until_the_point_leaves_it():
    assert place(x="2.9").middle == (0, 0)
    assert place(x="2.95").middle == (3, 0)
    assert place(x="2.95", around="1,1").middle == (1, 1)
    assert place(x="1000000", y="-7").middle == (999999, -6)


def test_values_along_a_line_are_as_many_as_its_points_also_where_they_are_constant():
    xs = np.linspace(0, 1, 5)
    assert place().values_at({"x": xs}).shape == (5,)
    assert place(expression="5 + 0x + 0y").values_at({"x": xs}).tolist() == [5] * 5
    assert place().value_at((2, 2)) == 24
