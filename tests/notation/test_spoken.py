import pytest

from backprop.notation.formula import Label, Lines, partial
from backprop.notation.names import label_of
from backprop.notation.printer import rule_formula
from backprop.notation.spoken import words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("o * (1 - o)", "o times the quantity 1 minus o"),
        ("x ** 2", "x squared"),
        ("x ** y", "x to the power y"),
        ("sqrt(x)", "the square root of x"),
        ("abs(x)", "the absolute value of x,"),
        ("A.T", "A transposed"),
        ("where(x < 0, 0, x)", "0 if x is less than 0, otherwise x"),
        ("log(x)", "the logarithm of x"),
    ],
)
def test_a_formula_can_be_said(text, said):
    assert words(rule_formula(text, {})) == said


def test_a_derivative_is_said_as_one():
    said = "the derivative of L with respect to w 1 3 of layer 2"
    assert words(partial(Label("L"), label_of("w2_1_3"))) == said


def test_a_broken_sum_is_said_as_if_it_were_not():
    whole = rule_formula("x + y", {})
    assert words(Lines((whole, rule_formula("-z", {})))) == "x plus y minus z"
