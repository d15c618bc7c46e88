"""A row's text becomes code."""

import math

import numpy as np
import pytest

from backprop.engine.compiled.rules import (
    ARRAYS,
    FLOATS,
    LETTERS,
    PRIMITIVES,
    compiled,
    names_in,
    write,
)
from backprop.engine.families import FAMILIES
from backprop.engine.ops import OPS


def test_names_are_replaced_by_what_the_caller_calls_them():
    assert write("out * (1 - out)", {"out": "a1_1"}, LETTERS, {}) == "a1_1 * (1 - a1_1)"


def test_the_names_of_a_text_are_its_inputs_and_what_it_calls():
    assert names_in("out * sigmoid(x - 1)") == {"out", "sigmoid", "x"}


@pytest.mark.parametrize("text", ["-x", "where(x < 0, 1, 2)", "exp(-abs(x))", "not_a_row(x)[0]"])
@pytest.mark.parametrize("dialect", [FLOATS, ARRAYS, LETTERS], ids=lambda d: d.name)
def test_a_text_can_be_written_again_with_other_names(text, dialect):
    write(text, {"x": "first"}, dialect, OPS)
    written = write(text, {"x": "second"}, dialect, OPS)
    assert "second" in written
    assert "first" not in written


def test_every_row_is_written_without_the_names_of_its_last_writing():
    for row in [*OPS.values(), *(f.build(w) for f in FAMILIES.values() for w in f.widths)]:
        for text in (row.value, row.code, *row.partials, *row.partial_codes):
            write(text, dict.fromkeys((*row.inputs, "out"), "leftover"), FLOATS, OPS)
            assert "leftover" not in write(text, {}, FLOATS, OPS)


def test_another_row_is_written_out_where_its_name_is_called():
    assert write("1 - relu(x + y)", {}, LETTERS, OPS) == "1 - (0 if x + y <= 0 else x + y)"


def test_the_kernel_of_a_called_row_is_what_runs():
    assert "log(y)" not in write("xlogy(x, y)", {}, ARRAYS, OPS)


def test_in_letters_rows_stay_names():
    assert write("sigmoid(x)", {"x": "z"}, LETTERS, {}) == "sigmoid(z)"


def test_floats_choose_and_arrays_compute_both_sides():
    assert write("where(x > 0, x, 1)", {}, FLOATS, {}) == "x if x > 0 else 1.0"
    assert write("where(x > 0, x, 1)", {}, ARRAYS, {}) == "where(x > 0, x, 1.0)"


def test_a_choice_in_letters_keeps_its_whole_numbers():
    assert write("where(x > 0, x, 1)", {}, LETTERS, {}) == "x if x > 0 else 1"


def test_a_power_of_a_negative_number_never_turns_complex():
    assert write("x ** y", {}, FLOATS, {}) == "pow(x, y)"
    cube_root = compiled("cube_root", "x", ["return pow(x, 1 / 3)"], FLOATS)
    with pytest.raises(ValueError, match="math domain"):
        cube_root(-8.0)


def test_a_power_is_printed_as_a_power():
    assert write("x ** 2", {"x": "a + b"}, LETTERS, {}) == "(a + b) ** 2"


@pytest.mark.parametrize("name", PRIMITIVES)
def test_a_primitive_is_the_same_for_floats_and_for_arrays(name):
    inputs = (0.3, 2.0) if name == "pow" else (0.3,)
    assert FLOATS.functions[name](*inputs) == pytest.approx(float(ARRAYS.functions[name](*inputs)))


def test_the_largest_is_found_element_by_element_and_nan_wins():
    columns = np.array([1.0, 5.0]), np.array([2.0, math.nan]), 0.0
    np.testing.assert_array_equal(ARRAYS.functions["largest"](*columns), [2.0, math.nan])
    assert FLOATS.functions["largest"](1.0, 3.0, 2.0) == 3.0


def test_where_zero_wins_over_nan():
    chosen = ARRAYS.functions["where_zero"](np.array([True, False]), np.array([math.nan, 2.0]))
    assert chosen.tolist() == [0.0, 2.0]
