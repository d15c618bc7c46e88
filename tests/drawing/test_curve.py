"""The small curve of an operation, and its tangent."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.drawing.curve import HEIGHT, MARGIN, POINTS, WIDTH, draw_function, icon
from backprop.engine.ops import OPS

NARROW = [pytest.param(row, id=row.name) for row in OPS.values() if len(row.inputs) == 1]
ACTIVATIONS = [pytest.param(row, id=row.name) for row in OPS.values() if row.activates]


def points(path):
    """Return the points of path data as pairs of numbers."""
    numbers = [float(x) for x in re.findall(r"-?\d+\.\d", path)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def test_a_sigmoid_rises_from_the_lower_left_to_the_upper_right():
    found = points(draw_function(OPS["sigmoid"], 0.0).function)
    assert len(found) == POINTS
    assert found[0] == (MARGIN, HEIGHT - MARGIN)
    assert found[-1] == (WIDTH - MARGIN, MARGIN)


def test_the_point_stands_on_the_curve_in_the_middle_of_its_tangent():
    drawn = draw_function(OPS["tanh"], 0.0)
    assert (drawn.x, drawn.y) == (f"{WIDTH / 2:.1f}", f"{HEIGHT / 2:.1f}")
    (left, low), (right, high) = points(drawn.tangent)
    assert (left + right) / 2 == WIDTH / 2
    assert (low + high) / 2 == HEIGHT / 2


def test_the_tangent_of_a_flat_place_is_level():
    (_, left), (_, right) = points(draw_function(OPS["relu"], -2.0).tangent)
    assert left == right


@pytest.mark.parametrize("row", ACTIVATIONS)
@given(x=st.floats(-1e6, 1e6))
def test_every_activation_can_be_drawn_wherever_its_input_is(row, x):
    drawn = draw_function(row, x)
    assert all(
        MARGIN - 0.1 <= a <= WIDTH - MARGIN + 0.1 and MARGIN - 0.1 <= b <= HEIGHT - MARGIN + 0.1
        for a, b in points(drawn.function)
    )


@pytest.mark.parametrize("row", ACTIVATIONS)
@given(x=st.floats(-50, 50))
def test_every_tangent_is_drawn_equally_long(row, x):
    (a, b), (c, d) = points(draw_function(row, x).tangent)
    assert ((c - a) ** 2 + (d - b) ** 2) ** 0.5 == pytest.approx(22, abs=0.15)


@pytest.mark.parametrize("row", NARROW)
@given(x=st.floats(-1e300, 1e300))
def test_a_curve_has_only_numbers_or_is_not_drawn(row, x):
    drawn = draw_function(row, x)
    assert drawn is None or not re.search(r"nan|inf", drawn.function + drawn.tangent)


def test_there_is_no_curve_of_two_inputs_nor_of_what_is_not_finite():
    assert draw_function(OPS["multiply"], 1.0) is None
    assert draw_function(OPS["tanh"], float("nan")) is None
    assert draw_function(OPS["exp"], 1000.0) is None
    assert draw_function(OPS["log"], 1.0) is None


@pytest.mark.parametrize("row", ACTIVATIONS)
def test_the_sign_of_an_activation_fits_its_circle(row):
    found = points(icon(row))
    assert len(found) == 15
    assert max(abs(x) for x, _ in found) == 6.5
    assert max(abs(y) for _, y in found) == 5.0


def test_the_largest_numbers_are_not_drawn():
    assert draw_function(OPS["leaky_relu"], 1.5e308) is None
