"""Answers as people type them: what they come to, how they are repeated, and what is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.stage.choices import ChoiceError
from backprop.stage.quiz.typed_answer import LONGEST, TAKEN, AnswerKind, read_answer, significant

READ = [
    ("0.138*0.4 - 0.038*0.5", 0.0362, "0.138 × 0.4 − 0.038 × 0.5 = 0.0362"),
    ("0.0554*0.2413*0.05", 0.000668401, "0.0554 × 0.2413 × 0.05 = 6.684·10⁻⁴"),
    ("3/8", 0.375, "3/8 = 0.375"),
    ("1/3", 1 / 3, "1/3 = 0.3333"),
    ("−0,055", -0.055, "−0.055"),
    ("0.741(1 − 0.741)", 0.191919, "0.741 × (1 − 0.741) = 0.1919"),
    ("-(0.3 + 2)²", -5.29, "−(0.3 + 2)² = −5.29"),
    ("4.39·10⁻⁴", 0.000439, "4.39·10⁻⁴"),
    ("1e-3", 0.001, "1·10⁻³"),
    (".5 × .5", 0.25, "0.5 × 0.5 = 0.25"),
    ("2 · √2", 2.8284271247461903, "2 × √2 = 2.828"),
    ("1,234", 1.234, "1.234"),
    ("0.5\u200b", 0.5, "0.5"),
    ("-0", 0.0, "−0"),
    ("1200*1200", 1_440_000.0, "1200 × 1200 = 1.44·10⁶"),
]


@pytest.mark.parametrize(("text", "value", "repeated"), READ)
def test_an_answer_is_read_and_repeated(text, value, repeated):
    read = read_answer(text)
    assert read.value == pytest.approx(value, rel=1e-12)
    assert read.read_back == repeated


REFUSED = [
    ("", "There is no answer yet."),
    ("9**9**9", "“9**9**9” is too large to be the answer."),
    ("1/0", "“1/0” is too large to be the answer."),
    ("0/0", "“0/0” has no value."),
    ("nan", "“nan” is no number."),
    ("x * 2", "“x” is no number."),
    ("sin(2)", "“sin” is not worked out here."),
    ("0.3 < 0.5", "“<” has no meaning in a number."),
    ("1,234.5", "“1,234.5” has a comma and a point."),
    ("1 2", "“2” follows “1” without a sign."),
    ("((", "Your answer ends where something should follow."),
    ("\x00", "Your answer holds a sign that cannot be shown."),
    ("1" * (LONGEST + 1), "Your answer has 121 characters."),
    ("1" * LONGEST, f"“{'1' * 40}…” is too large to be the answer."),
]


@pytest.mark.parametrize(("text", "what"), REFUSED)
def test_what_is_no_number_is_refused_in_words(text, what):
    with pytest.raises(ChoiceError) as refused:
        read_answer(text, "typed")
    assert refused.value.what == what
    assert refused.value.at == "typed"


@pytest.mark.parametrize("text", ["alert(1)", "__import__('os')", "sin(1)", "x(2)", "1; 2", "'x'"])
def test_a_refusal_says_what_is_read_and_names_nothing_else(text):
    with pytest.raises(ChoiceError) as refused:
        read_answer(text, "typed")
    assert TAKEN in refused.value.hint
    assert "where" not in refused.value.hint
    assert "I know" not in refused.value.what


@given(st.text(max_size=40))
def test_junk_is_read_or_refused_and_never_breaks(text):
    with suppress(ChoiceError):
        assert abs(read_answer(text).value) <= 1e12


@given(st.lists(st.sampled_from(["0.25", "3", "1.5", "2", "0.125"]), min_size=1, max_size=6))
def test_an_answer_that_is_repeated_reads_as_the_same(factors):
    read = read_answer(" - ".join(f"{a}*{a}" for a in factors))
    again = read_answer(read.text)
    assert (again.value, again.text) == (read.value, read.text)
    assert again.half_unit == read.half_unit


def test_the_precision_is_that_of_the_last_digit():
    assert (read_answer("0.035").digits, read_answer("0.035").half_unit) == (2, 0.0005)
    assert read_answer("35e-3").half_unit == pytest.approx(0.0005)
    assert read_answer("0.0018").digits == 2


def test_a_product_is_as_unsure_as_its_rounded_factors():
    read = read_answer("0.0554 * 0.2413 * 0.05")  # 0.05 has one digit: it is exact
    rounded = 0.00005 * 0.2413 * 0.05 + 0.0554 * 0.00005 * 0.05
    assert read.half_unit == pytest.approx(rounded)
    assert read.digits == 3
    assert read_answer("3 * 0.5").half_unit == 0


def test_rounding_explains_one_percent_at_most():
    assert read_answer("0.10 * 0.10").half_unit == pytest.approx(0.0001)


def test_an_answer_stands_in_an_address_as_it_was_typed():
    kind = AnswerKind()
    assert kind.write(kind.read(" 0.5*0,3 ", "typed")) == "0.5*0,3"
    assert kind.read("", "typed") is None


@pytest.mark.parametrize(
    ("x", "shown"),
    [
        (0.0362, "0.0362"),
        (6.68401e-4, "6.684·10⁻⁴"),
        (-5.29, "−5.29"),
        (0.0, "0"),
        (12345.6, "12350"),
    ],
)
def test_a_result_has_four_significant_digits(x, shown):
    assert significant(x) == shown
