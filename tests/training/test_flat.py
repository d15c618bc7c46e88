"""One flat array for a mapping of parameters, and the way back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from backprop.training.flat import flatten

FINITE = st.floats(-1e6, 1e6)
MAPPINGS = st.dictionaries(
    st.text("Wb123", min_size=1, max_size=3),
    array_shapes(min_dims=0, max_dims=2, max_side=3).flatmap(
        lambda shape: arrays(np.float64, shape, elements=FINITE)
    ),
    max_size=4,
)


@given(MAPPINGS)
def test_a_mapping_comes_back_with_its_names_its_order_and_its_shapes(parameters):
    flat, unflatten = flatten(parameters)
    back = unflatten(flat)
    assert list(back) == list(parameters)
    for name, array in parameters.items():
        assert back[name].shape == array.shape
        assert np.array_equal(back[name], array)


@given(MAPPINGS)
def test_the_order_of_the_names_does_not_change_the_flat_array(parameters):
    turned = dict(reversed(parameters.items()))
    assert np.array_equal(flatten(parameters)[0], flatten(turned)[0])


def test_every_array_lies_row_by_row_in_the_order_of_the_names():
    flat, _ = flatten({"b1": [5, 6], "W1": [[1, 2], [3, 4]]})
    assert flat.dtype == np.float64
    assert flat.tolist() == [1, 2, 3, 4, 5, 6]


def test_numbers_are_arrays_without_axes():
    flat, unflatten = flatten({"x": -2, "y": 5.0})
    assert flat.tolist() == [-2, 5]
    assert unflatten(flat) == {"x": -2, "y": 5}


def test_the_flat_array_is_a_copy():
    parameters = {"b1": np.ones(2)}
    flat, _ = flatten(parameters)
    flat[0] = 7
    assert parameters["b1"].tolist() == [1, 1]


def test_an_array_of_another_size_is_refused():
    _, unflatten = flatten({"b1": [1, 2]})
    with pytest.raises(AssertionError, match="2 numbers"):
        unflatten(np.zeros(3))
