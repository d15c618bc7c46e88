import math
import re
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backprop.notation.numerals import (
    adds_up,
    aloud,
    brief,
    degrees,
    exact,
    field,
    long,
    short,
    signed,
    spoken,
    typed,
)

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
WRITERS = [short, signed, long, exact, field]
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")


def plain(text):
    digits, _, power = text.translate(RAISED).partition("·10")
    return f"{digits}e{power}" if power else digits


def read(text):
    return float(plain(text))


@pytest.mark.parametrize(
    ("x", "shown"),
    [
        (0.7512345, "0.751"),
        (-0.05481, "−0.055"),
        (0.5, "0.500"),
        (-12.0, "−12"),
        (1.0, "1"),
        (0.99999, "1.000"),
        (0.0, "0"),
        (-0.0, "0"),
        (4.39e-4, "4.39·10⁻⁴"),
        (-4.39e-14, "−4.39·10⁻¹⁴"),
        (0.0009996, "0.00100"),
        (0.00723456, "0.00723"),
        (0.0018, "0.0018"),
        (0.002, "0.002"),
        (12345.6, "1.23·10⁴"),
        (10000, "1.00·10⁴"),
        (9999.9996, "1.00·10⁴"),
        (9999, "9999"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_the_graph_shows_three_decimals_or_three_digits_or_a_power_of_ten(x, shown):
    assert short(x) == shown


@pytest.mark.parametrize(
    ("x", "shown"), [(0.430, "+0.430"), (-0.055, "−0.055"), (0.0, "0"), (-0.0, "0"), (1, "+1")]
)
def test_a_gradient_carries_its_sign(x, shown):
    assert signed(x) == shown


def test_infinity_carries_its_sign_and_nan_has_none():
    assert (signed(math.inf), signed(-math.inf), signed(math.nan)) == ("+∞", "−∞", "NaN")


@pytest.mark.parametrize(
    ("x", "shown"),
    [
        (0.036350306, "0.0363503"),
        (1.03e-5, "1.03000·10⁻⁵"),
        (0.5, "0.500000"),
        (-2, "−2.00000"),
        (123456, "123456"),
        (999999.7, "1.00000·10⁶"),
        (0.00099999996, "0.00100000"),
        (0, "0"),
        (-math.inf, "−∞"),
    ],
)
def test_a_table_shows_six_significant_digits(x, shown):
    assert long(x) == shown


@pytest.mark.parametrize(
    ("x", "shown"),
    [(0.1 + 0.2, "0.30000000000000004"), (-4.39e-5, "−4.39e−05"), (-3, "−3"), (-0.0, "0")],
)
def test_a_click_opens_all_digits(x, shown):
    assert exact(x) == shown


@pytest.mark.parametrize(
    ("x", "shown"),
    [
        (-0.05, "-0.05"),
        (4.39e-5, "4.39e-05"),
        (0.1497807161, "0.149781"),
        (-0.0, "0"),
        (-math.inf, "-Infinity"),
        (math.inf, "Infinity"),
    ],
)
def test_a_field_shows_what_can_be_typed(x, shown):
    assert field(x) == shown
    assert float(field(x)) == pytest.approx(x, rel=5e-6)


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (-0.055, "minus 0.055"),
        (4.39e-4, "4.39 times ten to the minus 4"),
        (1.2e12, "1.20 times ten to the 12"),
        (math.nan, "not a number"),
        (-math.inf, "minus infinity"),
        (math.inf, "infinity"),
    ],
)
def test_a_screen_reader_hears_words(x, words):
    assert aloud(x) == words


@pytest.mark.parametrize(
    ("x", "shown"),
    [(5e-5, "5·10⁻⁵"), (-0.05, "−0.05"), (4.02979e-11, "4.02979·10⁻¹¹"), (-0.0, "0"), (3.0, "3")],
)
def test_a_sentence_says_a_number_with_a_power_of_ten_and_no_zeros(x, shown):
    assert brief(x) == shown


@pytest.mark.parametrize(
    ("angle", "shown"), [(-2.9e-8, "0"), (-0.0, "0"), (-90.0, "−90"), (26.5651, "26.57")]
)
def test_an_angle_that_rounds_to_zero_has_no_sign(angle, shown):
    assert degrees(angle) == shown


def test_a_written_number_can_be_said_with_its_sign():
    assert spoken("+0.430") == "plus 0.430"


@given(NUMBERS)
@example(5e-324)
@example(1.7976931348623157e308)
def test_what_is_shown_is_the_number_rounded(x):
    true = Decimal(x)
    unit = Decimal("0.001") if 0.0009995 <= abs(x) < 9999.9995 else abs(true) * Decimal("0.01")
    assert abs(Decimal(plain(short(x))) - true) <= unit * Decimal("0.5001")
    assert abs(Decimal(plain(long(x))) - true) <= abs(true) * Decimal("0.0000050001")
    assert float(plain(exact(x))) == x


@given(NUMBERS)
@pytest.mark.parametrize("write", WRITERS)
def test_zero_alone_is_written_as_zero_and_has_no_sign(write, x):
    is_zero = re.fullmatch(r"[+\-−]?0(\.0*)?(·10.*|e.*)?", write(x))
    assert bool(is_zero) == (x == 0)
    if x == 0:
        assert write(x) == "0"


@given(NUMBERS)
@pytest.mark.parametrize("write", [short, signed, long, exact])
def test_minus_is_never_a_hyphen(write, x):
    assert "-" not in write(x)


@given(st.floats())
@pytest.mark.parametrize("write", [*WRITERS, aloud])
def test_every_float_can_be_written(write, x):
    assert write(x)


def test_a_product_adds_up_as_printed():
    terms = (-0.329123, 0.245234, 0.680312)
    written = adds_up(terms, math.prod(terms))
    assert written == (("−0.329", "0.245", "0.680"), "−0.055", True)
    assert written.sign == "="


def test_more_digits_are_given_where_three_do_not_add_up():
    assert adds_up((0.1004, 0.1004), 0.2008, "sum") == (("0.1004", "0.1004"), "0.2008", True)


def test_what_no_rounding_makes_right_is_said_to_be_near():
    written = adds_up((1 / 3, 1 / 3, 1 / 3), 1.0, "sum")
    assert written == (("0.333333",) * 3, "1", False)
    assert written.sign == "≈"


def test_any_formula_can_be_asked_to_add_up():
    written = adds_up((0.444, 0.5, -0.0548), 0.4714, lambda w, r, g: w - r * g)
    assert written.terms == ("0.444", "0.500", "−0.055")


def test_infinity_and_nan_add_up_to_themselves():
    assert adds_up((math.inf, 2.0), math.inf).holds
    assert adds_up((math.inf, 0.0), math.nan).holds
    assert not adds_up((2.0, 2.0), math.inf).holds


@given(st.lists(st.floats(-2000, 2000), min_size=1, max_size=5))
def test_an_equals_sign_is_true_of_what_is_printed(terms):
    written = adds_up(terms, math.fsum(terms), "sum")
    if written.holds:
        again = math.fsum(read(text) for text in written.terms)
        assert read(written.result) == pytest.approx(again, rel=6e-3, abs=6e-4)


def test_what_adds_up_is_printed_with_negative_terms_in_brackets():
    assert adds_up([-4.0, 0.5], -2.0).printed(" × ") == "(−4) × 0.500 = −2"
    assert adds_up([0.25, -1.0], -0.75, "sum").printed(" + ") == "0.250 + (−1) = −0.750"


def test_a_small_factor_has_digits_enough_for_its_product():
    assert adds_up([-0.5, 0.001806], -0.000903).printed(" × ") == "(−0.500) × 0.001806 = −9.03·10⁻⁴"


def test_a_short_decimal_is_not_made_longer_by_its_neighbours():
    written = adds_up([0.5, 0.0018, 0.12345678], 0.5 * 0.0018 * 0.12345678)
    assert written.terms[:2] == ("0.500", "0.0018")
    assert written.holds


def test_a_result_that_stands_elsewhere_is_printed_alike():
    assert adds_up([-6.9417249, 1.0], -6.9417249, stands="−6.9417").terms == ("−6.9417", "1")


@pytest.mark.parametrize(
    ("x", "y", "printed"),
    [
        (1.0, 0.9999, ("1", "0.9999", "1.000·10⁻⁴")),
        (0.00112624, 0.00112623, ("0.00112624", "0.00112623", "1.00000·10⁻⁸")),
        (0.3, 0.1, ("0.300", "0.100", "0.200")),
    ],
)
def test_what_is_left_of_a_difference_is_seen_in_its_terms(x, y, printed):
    written = adds_up([x, y], x - y, "difference")
    assert (*written.terms, written.result) == printed
    assert written.holds


@pytest.mark.parametrize(
    ("x", "shown"),
    [(0.0018, "0.0018"), (0.5, "0.500"), (0.9999, "0.9999"), (12345.678, "1.2345678·10⁴")],
)
def test_a_number_that_was_typed_keeps_its_digits(x, shown):
    assert typed(x) == shown


@given(NUMBERS)
def test_a_number_that_was_typed_reads_back_the_same(x):
    assert read(typed(x)) == x
