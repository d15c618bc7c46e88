import pytest

from backprop.engine.families import FAMILIES
from backprop.engine.ops import OPS
from backprop.notation.formula import Label, Number, Operator, Row
from backprop.notation.names import label_of
from backprop.notation.printer import constant, rule_formula
from backprop.notation.spoken import words


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("x * y", "xy"),
        ("x + y * z", "x+yz"),
        ("(x + y) * z", "(x+y)z"),
        ("x * (y * z)", "xyz"),
        ("x - (y + z)", "x−(y+z)"),
        ("x + (y + z)", "x+y+z"),
        ("x / y", "{x/y}"),
        ("-x / y ** 2", "−{x/y^{2}}"),
        ("-(x + y) / 3", "−{x+y/3}"),
        ("-x * y", "−xy"),
        ("x - -y", "x−(−y)"),
        ("x + -y", "x+(−y)"),
        ("x * -y", "x(−y)"),
        ("(x + y) ** 2", "(x+y)^{2}"),
        ("(x * y) ** 2", "(xy)^{2}"),
        ("(-x) ** 2", "(−x)^{2}"),
        ("x ** y ** z", "x^{y^{z}}"),
        ("(x ** y) ** z", "(x^{y})^{z}"),
        ("out * (1 - out)", "out·(1−out)"),
        ("2 * (x - y)", "2(x−y)"),
        ("2 * x * y", "2xy"),
        ("x * 2", "x·2"),
        ("2 * 3", "2×3"),
        ("0.01 * x", "0.01x"),
        ("0.5 * (x - y) ** 2", "{1/2}(x−y)^{2}"),
        ("2 / 3 * (x - y)", "{2/3}(x−y)"),
        ("x / y / 2", "{x/2y}"),
        ("exp(-x)", "e^{−x}"),
        ("x * exp(x)", "x e^{x}"),
        ("log(x)", "ln x"),
        ("log(x) * y", "ln x·y"),
        ("y * log(x)", "y ln x"),
        ("log(1 + exp(x))", "ln(1+e^{x})"),
        ("log1p(x)", "ln(1+x)"),
        ("sin(x) ** 2", "(sin x)^{2}"),
        ("sigmoid(x)", "σ(x)"),
        ("-sin(x)", "−sin x"),
        ("sqrt(x + 1)", "√{x+1}"),
        ("abs(x - 1)", "|x−1|"),
        ("pow(x, 3)", "x^{3}"),
        ("xlogy(x, y)", "x ln y"),
        ("largest(x, y, z)", "max(x,y,z)"),
        ("where(x <= 0, 0, x)", "x if x>0; 0"),
        ("where(x < 0, -1, where(x > 0, 1, 0))", "−1 if x<0; 1 if x>0; 0"),
        ("where(x == 0, 1, 2) + x", "(1 if x=0; 2)+x"),
        ("speed * x", "speed·x"),
        ("a + b + c + d + e", "a+b+⋯+e"),
        ("dot(A, W.T) + b", "AW^{T}+b"),
        ("total(g, None).reshape(1)", "Σ g"),
        ("dot(ones(len(g)), g)", "Σ g"),
        ("total((A - Y) ** 2, None) / A.size", "{Σ (A−Y)^{2}/n k}"),
        ("log_sum_exp(Z) / len(Z)", "{ln(Σ e^{Z})/n}"),
        ("where_zero(Y == 0, Y / A)", "{Y/A}"),
    ],
)
def test_a_rule_is_printed_as_a_textbook_prints_it(drawn, text, printed):
    assert drawn(rule_formula(text, {})) == printed


ROWS = [*OPS.values(), *(family.build(w) for family in FAMILIES.values() for w in family.widths)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name}-{len(row.inputs)}")
def test_every_row_of_the_engine_can_be_printed_and_said(drawn, row):
    for text in (row.value, *row.partials):
        formula = rule_formula(text, {})
        assert drawn(formula)
        assert words(formula)


def test_names_are_replaced_and_brackets_follow_what_replaces_them(drawn):
    names = {"x": Number("−3", -3.0), "y": Row((Label("a"), Operator("+"), Label("b")))}
    assert drawn(rule_formula("x * y", names)) == "(−3)(a+b)"
    assert drawn(rule_formula("x ** 2", names)) == "(−3)^{2}"
    assert drawn(rule_formula("x + y", names)) == "−3+a+b"


def test_a_name_with_something_above_is_bracketed_before_an_exponent(drawn):
    names = {"x": label_of("a2_1")}
    assert drawn(rule_formula("x ** 2", names)) == "(a1(2))^{2}"


@pytest.mark.parametrize(
    ("text", "printed"),
    [("2 * x ** (2 - 1)", "2x"), ("y * x ** (3 - 1)", "yx^{2}"), ("x * 1", "x")],
)
def test_constants_are_worked_out_where_that_is_asked(drawn, text, printed):
    assert drawn(rule_formula(text, {}, fold=True)) == printed


@pytest.mark.parametrize(
    ("number", "printed"),
    [(2, "2"), (-0.25, "−0.25"), (3.141592653589793, "π"), (1e-5, "1.00·10⁻⁵")],
)
def test_a_constant_is_printed_as_it_was_typed(drawn, number, printed):
    assert drawn(constant(number)) == printed
