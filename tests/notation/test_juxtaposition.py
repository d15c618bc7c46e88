import pytest

from backprop.notation.formula import Cases, Factor, Label, Lines, Number, Operator, Row, Text
from backprop.notation.juxtaposition import (
    ATOM,
    POWER,
    PRODUCT,
    SUM,
    add,
    bracketed,
    divide,
    multiply,
    negate,
    power,
    strength,
    subtract,
    sum_of,
)

X, Y, TWO = Label("x"), Label("y"), Number("2", 2.0)
LAYERED, WORD = Label("a", "1", "(2)"), Label("speed")
PLUGGED = Factor(Number("0.5", 0.5), "n-x")
MINUS_THREE = Number("−3", -3.0)
CHOICE = Cases(((X, Row((X, Operator(">"), TWO))),), Y)


@pytest.mark.parametrize(
    ("join", "x", "y", "printed"),
    [
        (add, X, negate(Y), "x+(−y)"),
        (add, MINUS_THREE, MINUS_THREE, "−3+(−3)"),
        (add, CHOICE, CHOICE, "(x if x>2; y)+(x if x>2; y)"),
        (subtract, X, add(X, Y), "x−(x+y)"),
        (subtract, add(X, Y), X, "x+y−x"),
        (multiply, X, Y, "xy"),
        (multiply, X, TWO, "x·2"),
        (multiply, TWO, TWO, "2×2"),
        (multiply, PLUGGED, X, "0.5×x"),
        (multiply, WORD, X, "speed·x"),
        (multiply, X, LAYERED, "x a1(2)"),
        (multiply, negate(X), Y, "−xy"),
        (multiply, X, add(X, Y), "x(x+y)"),
        (divide, negate(X), Y, "−{x/y}"),
        (divide, divide(X, Y), TWO, "{x/2y}"),
        (power, X, TWO, "x^{2}"),
        (power, LAYERED, TWO, "(a1(2))^{2}"),
        (power, multiply(X, Y), TWO, "(xy)^{2}"),
    ],
)
def test_two_formulas_are_joined_as_a_textbook_joins_them(drawn, join, x, y, printed):
    assert drawn(join(x, y)) == printed


def test_many_terms_become_one_sum(drawn):
    assert drawn(sum_of((X, Y, TWO))) == "x+y+2"
    assert sum_of((X,)) is X


@pytest.mark.parametrize(
    ("formula", "binds"),
    [
        (X, ATOM),
        (Text("e"), ATOM),
        (TWO, ATOM),
        (MINUS_THREE, SUM),
        (Number("4.39·10⁻⁴", 4.39e-4), PRODUCT),
        (power(X, Y), POWER),
        (divide(X, Y), PRODUCT),
        (multiply(X, Y), PRODUCT),
        (Factor(add(X, Y), "n-x"), SUM),
        (CHOICE, SUM),
        (Lines((X, Y)), SUM),
    ],
)
def test_brackets_stand_around_what_binds_too_loosely(formula, binds):
    assert strength(formula) == binds
    assert bracketed(formula, binds) is formula
    assert bracketed(formula, binds + 1) is not formula
