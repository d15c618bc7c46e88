"""A typed formula and its graph."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.engine.backward import gradient
from backprop.engine.errors import ExpressionError, InputError, LimitError
from backprop.engine.expression import parse
from backprop.engine.forward import value
from backprop.engine.text import to_text

SAME = [
    ("x**2", "x^2"),
    ("2x", "2 * x"),
    ("3(x+1)", "3 * (x + 1)"),
    ("(a+b)(b+1)", "(a + b) * (b + 1)"),
    ("x y", "x * y"),
    ("xy", "xy"),
    ("x·y × z ÷ 2 − 1", "x * y * z / 2 - 1"),
    ("w₁ x₁", "w1 * x1"),
    ("µ + μ", "μ + μ"),
    ("-x^2", "-(x^2)"),
    ("2^-1", "2^(-1)"),
    ("2^3^2", "2^(3^2)"),
    ("a^-b^2", "a^(-(b^2))"),
    ("x² y⁻¹", "x^2 * y^-1"),
    ("x^(2)y", "x^2 * y"),
    ("x^2 y", "x^2 * y"),
    ("+x - +y", "x - y"),
    ("ln(x) + ln x", "log(x) + log(x)"),
    ("σ(x) + σ", "sigmoid(x) + σ"),
    ("√x + √(y)", "sqrt(x) + sqrt(y)"),
    ("sin x + y", "sin(x) + y"),
    ("sin -x", "sin(-x)"),
    ("sin cos x", "sin(cos(x))"),
    ("sin(x) y", "sin(x) * y"),
    ("2 sin x", "2 * sin(x)"),
    ("|x|", "abs(x)"),
    ("||x| - 1|^2", "abs(abs(x) - 1)^2"),
    ("|x||y|", "abs(x) * abs(y)"),
    ("2|x|y", "2 * abs(x) * y"),
    ("|x|(y + 1)", "abs(x) * (y + 1)"),
    ("max(x, y, 1)", "max(max(x, y), 1)"),
    ("1e-3 + .5 + 5.", "0.001 + 0.5 + 5"),
    ("1e−3x", "0.001 * x"),
    ("π + pi", "pi + pi"),
    (" x\n+\ty ", "x + y"),
]


@pytest.mark.parametrize(("typed", "plain"), SAME)
def test_what_people_type_means_what_they_mean(typed, plain):
    assert parse(typed) == parse(plain)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("-2^2", -4),
        ("2^3^2", 512),
        ("8/4/2", 1),
        ("8 - 4 - 2", 2),
        ("1/2*3", 1.5),
        ("2e", 2 * math.e),
        ("2e1", 20),
        ("cos π", -1),
        ("min(3, 1, 2)", 1),
        ("--2", 2),
        ("x^2 - 2", 7),
    ],
)
def test_a_formula_has_the_value_of_school_algebra(typed, expected):
    graph = parse(typed)
    assert value(graph, dict.fromkeys(graph.variables, 3.0)) == pytest.approx(expected)


def test_variables_come_first_in_the_order_of_their_appearance():
    assert [node.name for node in parse("b * a + b").nodes] == ["b", "a", "v1", "v2"]


def test_a_variable_called_v1_keeps_its_name():
    assert [node.name for node in parse("x * y + v1").nodes] == ["x", "y", "v1", "v2", "v3"]


def test_a_minus_before_a_number_belongs_to_the_number_unless_it_is_raised():
    assert parse("-2").nodes[-1].number == -2
    assert parse("-2^2").nodes[-1].operation == "negate"
    assert parse("-2²").nodes[-1].operation == "negate"


def test_sharing_makes_equal_parts_one_node():
    assert len(parse("(a + 1) * (a + 1)")) == 6
    assert len(parse("(a + 1) * (a + 1)", share=True)) == 4


AMBIGUOUS = [
    ("1/2x", 3, "(1/2)*x", "1/(2*x)"),
    ("x*a/b c", 6, "(x*a/b)*c", "x*a/(b*c)"),
    ("2^3x", 3, "2^3*x", "2^(3*x)"),
    ("e**2x", 4, "e**2*x", "e**(2*x)"),
    ("sin x y", 6, "sin(x)*y", "sin(x*y)"),
    ("sin 2x", 5, "sin(2)*x", "sin(2*x)"),
    ("sin x * y", 6, "sin(x)*y", "sin(x*y)"),
    ("-sin x / y", 7, "-sin(x)/y", "-sin(x/y)"),
    ("sin x^2", 5, "sin(x)^2", "sin(x^2)"),
    ("2 sin x**2", 7, "sin(x)^2", "sin(x^2)"),
    ("sin x²", 5, "sin(x)²", "sin(x²)"),
    ("√2x", 2, "√(2)*x", "√(2*x)"),
    ("Sin x", 4, "Sin*x", "sin(x)"),
]


@pytest.mark.parametrize(("typed", "at", "one", "other"), AMBIGUOUS)
def test_what_can_be_read_in_two_ways_is_refused_with_both(typed, at, one, other):
    with pytest.raises(ExpressionError, match="two ways") as caught:
        parse(typed)
    assert caught.value.at == at
    assert caught.value.hint == f"Write {one} or {other}."
    assert parse(one) != parse(other)


WRONG = [
    ("", 0, "no formula"),
    (" \n", 0, "no formula"),
    ("3 *", 3, "ends where something should follow"),
    ("* 3", 0, "missing before “*”"),
    ("sin()", 4, "missing before “)”"),
    ("max(x,)", 6, "missing before “)”"),
    ("(x", 0, "“(” stays open"),
    ("2 + |x", 4, "“|” stays open"),
    ("x)", 1, "closes nothing"),
    ("|x)", 2, "closes nothing"),
    ("(x|", 3, "ends where something should follow"),
    ("|a|b|c|", 2, "could open or close"),
    ("|a|(b)|c|", 2, "could open or close"),
    ("1,5", 1, "with a point"),
    ("2 3", 2, "Write one number"),
    ("x 2", 2, "^2 for a power"),
    ("x² ³", 3, "what is raised"),
    ("1e999", 0, "too large"),
    ("x/2 = 3", 4, "A line is a name"),
    ("h = x; h = y; h", 7, "is given twice"),
    ("h = tanh(x) h = 3", 12, "between the two"),
    ("a = b*2; b = x; a*b", 4, "is used before its line"),
    ("y = 2x; x = 3; x*y", 5, "is used before its line"),
    ("x = x + 1; x", 4, "is used in its own line"),
    ("x*y; x", 0, "has no name, and others follow"),
    ("h = x; 2", 0, "No later line uses “h”"),
    ("sin = 2; x", 0, "cannot name a line"),
    ("[x]", 0, "round parentheses"),
    ("'x'", 0, "quotation marks"),
    ("x.y", 1, "only in a number"),
    ("_1", 0, "starts with a letter"),
    ("x @ y", 2, "numbers, not matrices"),
    ("x $ y", 2, "I read numbers"),
    ("xⁿ", 1, "no meaning here"),
    ("ж", 0, "no meaning here"),
    ("\ud800", 0, "no meaning here"),
    ("x if y else z", 2, "Write where(x > 0, x, y)"),
    ("sinn(x)", 0, "Did you mean “sin”?"),
    ("Tanh(x)", 0, "Did you mean “tanh”?"),
    ("x(y + 1)", 0, "For a product write x*(…)."),
    ("foo(x)", 0, "I know abs, acos"),
    ("xlogy(x, y)", 0, "not a function I know"),
    ("sin(x, y)", 0, "takes one argument, not 2"),
    ("max(x)", 0, "at least two arguments, not 1"),
    ("max x", 0, "Write max(x, y)."),
    ("sin", 0, "Write sin(x)."),
    ("√", 0, "Write √(x)."),
    ("sin^2 x", 0, "Write sin(x)^2."),
    ("sin² x", 0, "Write sin(x)^2."),
    ("__import__('os')", 0, "not a function I know"),
    ("2_x", 1, "starts with a letter"),
]


@pytest.mark.parametrize(("typed", "at", "words"), WRONG)
def test_a_mistake_is_quoted_with_its_place_and_what_would_be_right(typed, at, words):
    with pytest.raises(ExpressionError) as caught:
        parse(typed)
    assert words in str(caught.value)
    assert caught.value.at == at
    assert caught.value.hint


@pytest.mark.parametrize(
    ("typed", "limit"),
    [
        ("x" * 501, "500"),
        ("+".join(["x"] * 201), "200"),
        ("+".join("1" * 101), "200"),
        ("(" * 41 + "x" + ")" * 41, "40"),
        ("sin " * 41 + "x", "40"),
        ("|(" * 21 + "x" + ")|" * 21, "40"),
        ("-" * 81 + "x", "80"),
        ("^".join(["x"] * 82), "80"),
        ("/".join(["x"] * 82), "80"),
        ("2^-" * 41 + "x", "80"),
        ("--(x-" * 30 + "x" + ")" * 30, "80"),
    ],
)
def test_past_a_limit_the_answer_says_the_limit(typed, limit):
    with pytest.raises(LimitError, match=f"At most {limit} "):
        parse(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "x" * 500,
        "+".join("1" * 100),
        "+".join(["x"] * 200),
        "(" * 40 + "x" + ")" * 40,
        "-" * 80 + "x",
        "^".join(["x"] * 81),
        "sin " * 40 + "x",
        "/".join(["x"] * 81),
        "*".join(["x"] * 200),
    ],
)
def test_up_to_a_limit_a_formula_is_read(typed):
    assert parse(to_text(parse(typed)).replace(" ", "")) == parse(typed)


@given(st.text(max_size=60) | st.text("xy12.e()+-*/^|, sincoπσ√²√=", max_size=60))
def test_any_text_is_read_or_refused_in_words(text):
    try:
        graph = parse(text)
    except InputError:
        return
    assert parse(to_text(graph)) == graph


def test_logsumexp_takes_any_number_of_arguments():
    at = {"x": 1000.0, "y": 999.0, "z": 998.0}
    value, slopes = gradient(parse("logsumexp(x, y, z)"), at)
    powers = [math.exp(-i) for i in range(3)]
    assert value == pytest.approx(1000 + math.log(sum(powers)), rel=1e-15)
    assert [*slopes.values()] == pytest.approx([p / sum(powers) for p in powers], rel=1e-13)
    assert to_text(parse("logsumexp(x, y, z)")) == "logsumexp(x, y, z)"
