import numpy as np
import pytest

from backprop.engine.errors import InputError
from backprop.engine.program import program
from backprop.notation.program_data import program_data, read_entries

RECURRENT = """
W : 2 x 2 = random 1
x : given 2 = random 2
h1 = tanh(x @ W)
h2 = tanh(h1 @ W)
L = sum(h2)
"""


def number(value, name):
    if not isinstance(value, int | float):
        raise InputError("It is no number.", at=name)
    return float(value)


def test_lists_in_one_another_are_an_array():
    found = read_entries([[[1, 2]], [[3, 4]]], "X", number)
    assert found.shape == (2, 1, 2)
    assert read_entries(5, "x", number).shape == ()


@pytest.mark.parametrize("value", [[[1], 2], [1, [2]], [[1], [2, 3]], [[], []], [[[1]], [1]]])
def test_lists_of_unequal_lengths_are_refused(value):
    with pytest.raises(InputError):
        read_entries(value, "X", number)


def test_the_last_total_of_a_name_is_its_gradient():
    data = program_data(program(RECURRENT))
    into_w = [step for step in data["steps"] if step["name"] == "W" and step["phase"] == "backward"]
    assert [step["through"] for step in into_w] == ["h2", "h1"]
    assert np.array_equal(into_w[-1]["total"], data["gradient"]["W"])
    assert np.allclose(sum(step["product"] for step in into_w), data["gradient"]["W"])
