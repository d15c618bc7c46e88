"""One way to ask and to judge: numbers at their precision, choices by name, slips by title."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.notation.numerals import long, short
from backprop.stage.choices import ChoiceError
from backprop.stage.quiz.question import (
    Choice,
    Question,
    WrongAnswer,
    is_given,
    is_right,
    judge,
    same_to_three_digits,
)
from backprop.stage.quiz.typed_answer import read_answer

ONE_PATH = WrongAnswer(0.000668401, "One path only", ("The other use is not in it.",), "one-path")
W1 = Question(  # the 2-2-2 network by hand
    ("How much does w₁ matter?",), "w1_1_1", "number", 0.00043856773447, wrong=(ONE_PATH,)
)


@pytest.mark.parametrize(
    "answer",
    [
        "0.000438568",
        "4.39·10⁻⁴",
        "0,000439",
        "0.00044",
        "(0.0554 - 0.0190)*0.2413*0.05",
        "(0.741*0.751*0.249*0.4 - 0.217*0.773*0.227*0.5)*0.593*0.407*0.05",
    ],
)
def test_a_number_is_right_at_the_precision_typed(answer):
    assert judge(W1, answer).right


@pytest.mark.parametrize("answer", ["0.0004", "0.00043", "0.00042", "0.0005", "-0.000439", "0"])
def test_a_number_that_is_only_near_is_wrong(answer):
    verdict = judge(W1, answer)
    assert not verdict.right
    assert verdict.slips == ()


def test_a_wrong_number_names_its_slip_and_is_repeated():
    verdict = judge(W1, "0.0554*0.2413*0.05")
    assert [slip.title for slip in verdict.slips] == ["One path only"]
    assert verdict.read.read_back == "0.0554 × 0.2413 × 0.05 = 6.684·10⁻⁴"


def test_two_slips_that_give_one_number_are_both_named():
    other = WrongAnswer(0.000668, "Another", ("Or this.",))
    question = Question(("?",), "w", "number", 1.0, wrong=(ONE_PATH, other))
    assert len(judge(question, "0.000668").slips) == 2


CHOICES = tuple(Choice(name, (name,)) for name in ("gradient", "step", "weight"))


def test_a_choice_is_judged_by_its_name():
    wrong = WrongAnswer("gradient", "The optimizer taken for backpropagation", ("It stays.",))
    question = Question(("Which changes?",), "q", "choice", "step", (wrong,), CHOICES)
    assert judge(question, "step").right
    assert judge(question, "gradient").slips == (wrong,)
    with pytest.raises(ChoiceError, match="“adam” is not one of the answers"):
        judge(question, "adam")


def test_several_are_right_only_together():
    exactly = WrongAnswer(frozenset({"gradient", "step"}), "Both", ("…",))
    left_out = WrongAnswer("weight", "The weight is forgotten", ("…",))
    right = frozenset({"step", "weight"})
    question = Question(("?",), "q", "several", right, (exactly, left_out), CHOICES)
    assert judge(question, "weight,step").right
    assert judge(question, "step").slips == (left_out,)
    assert judge(question, "step,gradient").slips == (exactly, left_out)
    with pytest.raises(ChoiceError, match="Nothing is chosen yet"):
        judge(question, "")


def test_a_sign_is_a_word_or_a_key():
    question = Question(("Which sign?",), "w1", "sign", "down")
    assert judge(question, "down").right
    assert judge(question, "-").right
    assert not judge(question, "+").right
    assert [choice.name for choice in question.options] == ["down", "none", "up"]


def test_a_shape_is_read_in_every_spelling():
    turned = WrongAnswer("3x2", "Transposed", ("Rows are outputs.",))
    question = Question(("Which shape?",), "dW", "shape", "2x3", (turned,))
    assert all(judge(question, text).right for text in ("(2, 3)", "2×3", "2 x 3", "[2,3]"))
    assert judge(question, "(3, 2)").slips == (turned,)
    with pytest.raises(ChoiceError, match="is not a shape"):
        judge(question, "wide")


NUMBERS = st.floats(1e-8, 1e8)


@given(NUMBERS, st.sampled_from([1, -1]))
def test_rounding_to_three_digits_or_more_is_right_and_five_percent_off_is_wrong(x, sign):
    question = Question(("?",), "w", "number", sign * x)
    for digits in (3, 4, 6):
        assert judge(question, f"{sign * x:.{digits - 1}e}").right
    assert not judge(question, f"{sign * x * 1.05:.5e}").right
    assert not judge(question, f"{-sign * x:.5e}").right


@given(NUMBERS, st.floats(-0.004, 0.004))
def test_equal_to_three_digits_is_never_more_than_one_unit(x, off):
    y = x * (1 + off)
    if same_to_three_digits(y, x):
        assert abs(y - x) <= 0.0101 * x


@given(
    st.floats(-6, 3),
    st.sampled_from([1, -1]),
    st.floats(0.02, 0.05),
    st.sampled_from([1, -1]),
    st.integers(2, 6),
)
def test_a_number_some_percent_off_is_refused_and_every_printed_form_is_right(
    power, sign, off, way, digits
):
    right = sign * 10.0**power
    assert is_right(read_answer(short(right)), right)
    assert is_right(read_answer(long(right)), right)
    read = read_answer(f"{right * (1 + way * off):.{digits - 1}e}")
    if abs(read.value - right) > max(read.half_unit * 1.01, 0.0101 * abs(right)):
        assert not is_right(read, right)


@pytest.mark.parametrize(
    ("typed", "right"),
    [("-0.001", -0.00135), ("0.002", 0.00169), ("0.006", 0.005504), ("0.0230", 0.02251)],
)
def test_a_digit_alone_is_not_a_rounded_number(typed, right):
    assert not is_right(read_answer(typed), right)


def test_a_number_within_half_a_percent_is_right_unless_a_slip_gives_one_that_is_nearer():
    read = read_answer("0.1456")
    assert is_right(read, 0.1450)
    assert not is_right(read, 0.1450, [0.1459])
    assert is_right(read_answer("0.012"), 0.0123, [0.0120])


def test_a_slip_is_named_at_the_precision_typed_only():
    assert is_given(read_answer("0.00182"), 0.001817515)
    assert is_given(read_answer("0.018"), 0.018175)  # as it is printed
    assert not is_given(read_answer("0.0018"), 0.001817515)
    assert not is_given(read_answer("0.001822"), 0.001817515)
    assert not is_given(read_answer("1"), float("inf"))
