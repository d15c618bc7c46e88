"""How far printed and narrowly computed numbers may be from what was meant."""

import numpy as np
import pytest

from backprop.engine.differences.precision import (
    Written,
    find_precision,
    find_rounding,
    find_type,
)

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


# What was printed, read as rounded


def read(written=None, beside=None, **options):
    """Return how far two numbers of W1, and one of b1, may be off; W1 = 0.25, −1.5, b1 = 0.1234."""
    arrays = {"W1": np.array([0.25, -1.5]), "b1": np.array([0.1234])}
    found = find_rounding(arrays, written or {}, beside or {}, **options)
    return [each.half[0] for each in found.values()], [each.words for each in found.values()]


FIVE = {"dW1": np.array([0.12345, 0.23456])}
MANY = {"W1": np.array([0.1234, 0.2345, 0.3456, 0.4567])}


def test_fewer_decimals_than_others_of_the_print_are_exact_to_those():
    assert read() == (pytest.approx([5e-5, 5e-5]), ["4 decimals", "4 decimals"])
    assert read(beside=FIVE)[0] == pytest.approx([5e-6, 5e-6])
    assert read(beside={"dW1": np.array([1 / 3])})[0] == [0, 0]


def test_many_numbers_of_four_decimals_were_rounded_whatever_stands_beside_them():
    found = find_rounding(MANY, {}, {"dW1": np.array([1 / 3])})
    assert found["W1"].half == pytest.approx([5e-5] * 4)


def test_each_array_may_be_taken_to_have_its_own_decimals():
    assert read(beside=FIVE, each_its_own=True)[0] == pytest.approx([5e-6, 5e-5])


def test_where_zeros_at_the_end_are_written_an_array_has_its_own_decimals():
    padded = {"W1": Written(3, even=True, padded=True), "b1": Written(4, even=True)}
    assert read(padded, FIVE) == (pytest.approx([5e-4, 5e-5]), ["3 decimals", "4 decimals"])


def test_a_factor_before_the_brackets_multiplies_the_rounding_too():
    how = {"W1": Written(2, even=True, padded=True, factor=-100.0)}
    assert read(how)[0][0] == pytest.approx(0.5)


def test_powers_of_ten_have_so_many_significant_digits():
    how = {"W1": Written(4, even=True, padded=True, scientific=True)}
    found, words = read(how)
    assert (found[0], words[0]) == (pytest.approx(5e-6), "5 significant digits")


def test_as_many_digits_wherever_the_point_is_are_significant_ones():
    arrays = {"W1": np.array([1.234, 0.05678]), "b1": np.array([12.34, 0.0])}
    found = find_rounding({**arrays, "W2": np.array([0.001234])}, {})
    assert found["W1"].half == pytest.approx([5e-4, 5e-6])
    assert found["b1"].half == pytest.approx([5e-3, 5e-7])  # the sixth decimal of 0.001234
    assert found["W2"].words == "4 significant digits"


def test_whole_numbers_and_numbers_of_one_decimal_are_what_they_say():
    arrays = {"X": np.array([0.5, 1.5]), "Y": np.array([1.0, 0.0])}
    assert not any(each.half.any() for each in find_rounding(arrays, {}).values())
    zeros = {"Y": np.array([1.0, np.nan]), "b1": np.array([0.1234])}
    assert not find_rounding(zeros, {})["Y"].half.any()
    own = find_rounding(zeros, {}, each_its_own=True)["Y"]
    assert own.half == pytest.approx([5e-5] * 2)


def test_whole_numbers_with_many_zeros_after_the_point_were_rounded():
    how = {"W1": Written(4, even=True, padded=True)}
    found = find_rounding({"W1": np.array([1.0])}, how)
    assert found["W1"].half == pytest.approx([5e-5])
    typed = find_rounding({"W1": np.array([1.0])}, {"W1": Written(1, even=True)})
    assert typed["W1"].words == ""


def test_long_numbers_by_their_powers_of_ten_have_those_digits():
    assert find_rounding({"W1": np.array([1.23456e-12])}, {})["W1"].words == "6 significant digits"


@pytest.mark.parametrize(("kind", "bits"), [("bfloat16", 7), ("float16", 10), ("float32", 23)])
def test_a_type_that_is_known_has_its_rounding(kind, bits):
    found = find_precision({"W1": np.array([0.5, 0.25])}, kind=kind)
    assert found.allowed["W1"].max() >= 8 * 0.5 * 2.0**-bits


def test_numbers_of_bfloat16_are_known():
    rounded = np.float32(PLAIN).view(np.uint32) & np.uint32(0xFFFF0000)
    assert find_type(rounded.view(np.float32).astype(float)) == "bfloat16"
    assert find_type(np.array([0.5, 2.0])) == ""


def test_of_thousands_of_long_numbers_the_first_tell():
    assert find_type(np.sqrt(np.arange(2.0, 200.0))) == ""
