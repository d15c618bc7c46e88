"""How far printed and narrowly computed numbers may be from what was meant."""

import numpy as np
import pytest

from backprop.engine.differences.precision import find_precision

PLAIN = (0.019140137, -0.0084469914, -0.011462051, 0.070604349, 1.2345678, 0.33333333)
EXACT = {"W1": np.sqrt([[2.0, 3.0], [5.0, 7.0]]) / 7, "b1": np.sqrt([11.0, 13.0])}


def of(*numbers, decimals=0):
    """Return what is allowed of numbers that stand in two arrays."""
    arrays = {"W1": np.array(numbers[:-1]), "b1": np.array(numbers[-1:])}
    found = find_precision(arrays, decimals)
    return [*found.allowed["W1"].tolist(), *found.allowed["b1"].tolist()], found.words


def test_numbers_with_all_their_digits_are_exact():
    found = find_precision(EXACT)
    assert not any(array.any() for array in found.allowed.values())
    assert found.words == ""


def test_four_decimals_are_off_by_half_of_the_last():
    assert of(0.0822, -0.0827, 0.1004) == (pytest.approx([5e-5] * 3), "")


def test_two_significant_digits_are_off_by_half_of_the_second():
    allowed, words = of(0.019, -0.0084, 12.0)
    assert allowed == pytest.approx([5e-4, 5e-5, 0.5])
    assert words == "2 significant digits"


def test_three_significant_digits_are_off_by_half_of_the_third():
    assert of(0.0191, -0.00845, 12.3) == (
        pytest.approx([5e-5, 5e-6, 5e-2]),
        "3 significant digits",
    )


def test_two_decimals_are_off_by_half_of_the_second():
    assert of(0.02, -0.57, 0.0) == (pytest.approx([5e-3] * 3), "2 decimals")


def test_a_single_array_of_short_numbers_is_not_taken_for_two_decimals():
    assert find_precision({"x": np.array(0.25)}).allowed["x"] < 1e-3


def test_numbers_of_one_digit_are_what_they_say():
    assert of(0.5, 2, 0) == ([0, 0, 0], "")
    assert of(3, 12, 0) == ([0, 0, 0], "")


def test_zeros_have_the_decimals_of_the_print():
    assert of(0.0, 0.0, decimals=4)[0] == pytest.approx([5e-5] * 2)


@pytest.mark.parametrize("held", [True, False], ids=["held", "as it is written"])
def test_numbers_of_float16_are_known(held):
    narrow = [np.float16(number) for number in PLAIN]
    allowed, words = of(*(float(each) if held else float(str(each)) for each in narrow))
    assert words == "float16"
    assert min(allowed[:-1]) == pytest.approx(8 * 2**-10 * 1.2345, rel=1e-3)


def test_numbers_of_float32_are_known():
    allowed, words = of(*(float(np.float32(number)) for number in PLAIN))
    assert words == ""
    assert allowed[0] == pytest.approx(8 * 2**-23 * 1.2345678)


def test_slopes_that_cancel_have_the_rounding_of_the_others():
    arrays = {"W1": np.float32([1 / 3]).astype(float), "b1": np.float32([6e-8]).astype(float)}
    assert find_precision(arrays).allowed["b1"] == pytest.approx(2 * 2**-23 / 3)


def test_what_float16_makes_zero_is_not_certain():
    assert of(*map(float, np.float16([1e-9, 0.1, 1 / 3])))[0][0] > 1e-9


def test_numbers_that_are_not_finite_do_not_count():
    allowed, _ = of(0.0822, np.nan, np.inf, 0.1004)
    assert allowed == pytest.approx([5e-5] * 4)


@pytest.mark.parametrize("number", [1e308, 1e-320, -1e155])
def test_huge_and_tiny_numbers_are_looked_at_without_a_warning(number):
    assert of(number, 0.3333333333333333, 0.5)[0] == [0, 0, 0]


def test_decimals_are_seen_also_of_numbers_with_many_digits():
    assert of(123456.1234, -98765.4321, 0.1004)[0] == pytest.approx([5e-5] * 3)
