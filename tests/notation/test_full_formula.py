"""A whole function as one formula."""

import pytest

from backprop.engine.errors import PointError
from backprop.engine.expression import parse
from backprop.notation.full_formula import formula_in_numbers, whole_formula
from backprop.notation.names import label_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3x^2 + 2x*y + y^2", "3x^{2}+2xy+y^{2}"),
        ("(x + y) * z", "(x+y)z"),
        ("x / (1 + y)", "{x/1+y}"),
        ("exp(-x^2)", "e^{−x^{2}}"),
        ("max(x, y, 0)", "max(max(x,y),0)"),
        ("|x - 1|", "|x−1|"),
        ("relu(x)", "relu(x)"),
        ("sqrt(x)", "√{x}"),
    ],
)
def test_a_function_is_printed_as_a_textbook_does(text, expected, drawn):
    assert drawn(whole_formula(parse(text), label_of)) == expected


def test_numbers_stand_in_place_of_the_variables(drawn):
    numbers, sign, result = formula_in_numbers(parse("6x + 2y"), {"x": 1.0, "y": 2.0, "z": 9.0})
    assert drawn(numbers) == "6×1+2×2"
    assert (sign, result.shown) == ("=", "10")


def test_a_result_that_rounded_numbers_do_not_give_has_another_sign():
    assert formula_in_numbers(parse("sin(10^9 x)"), {"x": 1.23456789123})[1] == "≈"


def test_a_point_without_a_variable_is_refused():
    with pytest.raises((PointError, KeyError)):
        formula_in_numbers(parse("x + y"), {"x": 1.0})
