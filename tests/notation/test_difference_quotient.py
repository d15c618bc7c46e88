"""A difference quotient computes as it is printed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.notation.difference_quotient import printed, quotient
from backprop.notation.numerals import long

NUMBERS = st.floats(min_value=-1e6, max_value=1e6, allow_subnormal=False)


def read(shown):
    digits, _, power = shown.replace("−", "-").partition("·10")
    if not power and digits.startswith("10") and digits[2:3] in "⁰¹²³⁴⁵⁶⁷⁸⁹⁻" and digits[2:]:
        digits, power = "1", digits[2:]
    back = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    return float(f"{digits}e{power.translate(back) or 0}")


@given(NUMBERS, NUMBERS, st.sampled_from([2.0, 0.2, 2e-5, 2e-10]))
def test_what_is_printed_computes_to_what_is_printed(high, low, width):
    found = quotient(high, low, width)
    assert long((read(found.high) - read(found.low)) / width) == found.result


def test_no_more_digits_stand_there_than_it_takes():
    found = quotient(0.29837193043, 0.29837028709, 2e-5)
    assert (found.high, found.low) == ("0.29837193043", "0.29837028709")
    assert (found.width, found.result) == ("2·10⁻⁵", "0.0821670")


def test_brackets_hold_what_would_be_misread():
    found = quotient(-1.0, -2.0, 2e-5)
    assert (found.low_held, found.width_held) == ("(−2)", "(2·10⁻⁵)")
    assert quotient(1.0, 2.0, 2.0).low_held == "2"


@pytest.mark.parametrize(
    ("x", "digits", "text"),
    [
        (1e-5, 3, "10⁻⁵"),
        (-2.5e-12, 3, "−2.5·10⁻¹²"),
        (0.1, 3, "0.1"),
        (100_000_000.09, 11, "100000000.09"),
        (math.nan, 3, "NaN"),
        (0.0, 3, "0"),
        (300.0, 2, "300"),
        (1e12, 2, "10¹²"),
    ],
)
def test_a_number_is_printed_with_so_many_digits(x, digits, text):
    assert printed(x, digits) == text


def test_a_nudge_of_many_digits_is_printed_with_all_of_them():
    assert quotient(2.0, 1.0, 0.246913578).width == "0.246913578"


def test_without_a_number_there_is_no_quotient():
    assert quotient(math.nan, 1.0, 2.0).result == "NaN"
    assert quotient(1.0, 1.0, 0.0).result == "NaN"
