"""An array as the bytes of a picture."""

import base64

import numpy as np

from backprop.drawing.field import make_field, make_fields


def levels(field):
    return list(base64.b64decode(field.levels))


def test_the_ends_of_the_scale_and_zero_have_their_bytes():
    field = make_field([[-2.0, 0.0, 2.0], [1.0, 4.0, -9.0]], scale=2.0)
    assert (field.rows, field.columns, field.palette) == (2, 3, "diverging")
    assert levels(field) == [0, 127, 254, 190, 254, 0]


def test_without_a_scale_the_largest_magnitude_is_the_end():
    assert make_field([-4.0, 1.0]).scale == 4.0


def test_what_is_not_a_number_has_a_byte_of_its_own():
    assert levels(make_field([np.nan, np.inf, 0.0])) == [255, 255, 127]


def test_an_array_of_zeros_is_all_middle():
    assert levels(make_field(np.zeros((2, 2)))) == [127] * 4


def test_what_is_never_negative_begins_at_the_first_byte():
    field = make_field([0.0, 0.5, 1.0], scale=1.0, signed=False)
    assert (levels(field), field.palette) == ([0, 127, 254], "single")


def test_a_stack_of_arrays_is_a_picture_each_on_its_own_scale():
    first, second = make_fields([[[1.0, -2.0]], [[0.0, 8.0]]])
    assert (levels(first), first.scale) == ([190, 0], 2.0)
    assert (levels(second), second.scale) == ([127, 254], 8.0)
    assert make_fields([[[1.0]], [[2.0]]], 4.0)[1] == make_field([2.0], 4.0)
