import re

import pytest

import backprop
from backprop.engine.array_ops import ARRAY_OPS
from backprop.engine.families import FAMILIES
from backprop.engine.network import Network
from backprop.engine.ops import OPS
from backprop.notation.derivation import Piece, equation, product
from backprop.notation.export.latex import (
    align,
    escaped,
    heading,
    latex,
    prose,
    remark,
    table,
    verbatim,
)
from backprop.notation.formula import (
    Brackets,
    Cases,
    Factor,
    Fraction,
    Label,
    Lines,
    Number,
    Operator,
    Power,
    Root,
    Row,
    Text,
    partial,
)
from backprop.notation.juxtaposition import APPLY, GAP
from backprop.notation.names import GREEK, label_of
from backprop.notation.printer import rule_formula
from backprop.notation.steps import value_equation
from tests.kit.latex_reader import faults

X, Y = Label("x"), Label("y")
ROWS = [*OPS.values(), *(f.build(width) for f in FAMILIES.values() for width in f.widths)]


def is_balanced(text):
    """Whether every brace, \\left and environment that opens in LaTeX closes in its turn."""
    opened = []
    closing = {"}": "{", r"\right": r"\left"}
    for found in re.finditer(r"\\[{}]|[{}]|\\left\b|\\right\b|\\(begin|end){(\w+)}", text):
        token, kind, name = found[0], found[1], found[2]
        if kind == "begin" or token in ("{", r"\left"):
            opened.append(name or token)
        elif (kind == "end" or token in closing) and (
            not opened or opened.pop() != (name or closing[token])
        ):
            return False
    return not opened


def test_the_balance_of_braces_is_judged_rightly():
    assert is_balanced(r"\left( {x}\} \right) \begin{cases} 1 \end{cases}")
    assert not is_balanced("{x")
    assert not is_balanced(r"\left( {x \right) }")


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        (Label("x"), "x"),
        (Label("w", "13", "(2)"), "w_{13}^{(2)}"),
        (Label("w", "1,12", "(2)"), "w_{1,12}^{(2)}"),
        (Label("y", "1", hat=True), r"\hat{y}_{1}"),
        (Label("score", hat=True), r"\widehat{\mathrm{score}}"),
        (Label("θ"), r"\theta"),
        (Label("Ω", "new"), r"\Omega_{\mathrm{new}}"),
        (Label("Α"), "A"),  # the Greek capital, for which LaTeX has no command
        (Label("learn_rate"), r"\mathrm{learn\_rate}"),
        (Label("θx"), r"\mathrm{\theta x}"),
        (Label("é"), r"\text{é}"),
        (Label(""), ""),
        (Number("0.751", 0.751, "forward"), "0.751"),
        (Number("−0.055", -0.055), "-0.055"),
        (Number("−4.39·10⁻⁴", -4.39e-4), r"-4.39 \cdot 10^{-4}"),
        (Number("1.23·10¹²", 1.23e12), r"1.23 \cdot 10^{12}"),
        (Number("−∞", -1.0), r"-\infty"),
        (Number("NaN", 0.0), r"\mathrm{NaN}"),
        (Text("sin"), r"\sin"),
        (Text("ln"), r"\ln"),
        (Text("σ"), r"\sigma"),
        (Text("Σ"), r"\sum"),
        (Text("e"), r"\mathrm{e}"),
        (Text("relu"), r"\operatorname{relu}"),
        (Text("leaky relu"), r"\text{leaky relu}"),
        (Text("\u00a0(3 products)"), r"\text{~(3 products)}"),
        (Text("f′"), r"\mathrm{f}'"),
        (Operator("−"), "-"),
        (Operator("∂"), r"\partial"),
        (Operator("⊙"), r"\odot"),
        (Row((Text("ln"), APPLY, X)), r"\ln x"),
        (Row((X, GAP, Y)), r"x \, y"),
        (Fraction(X, Y), r"\frac{x}{y}"),
        (partial(Label("L"), X), r"\frac{\partial L}{\partial x}"),
        (Root(X), r"\sqrt{x}"),
        (Power(Power(X, Y), Number("2", 2.0)), "{{x}^{y}}^{2}"),
        (Brackets(X), r"\left( x \right)"),
        (Brackets(X, bars=True), r"\left\lvert x \right\rvert"),
        (
            Cases(((X, Y),), Number("0", 0.0)),
            r"\begin{cases} x & \text{if } y \\ 0 & \text{otherwise} \end{cases}",
        ),
        (Factor(X, "n-x"), "x"),
        (
            Lines((X, Row((Operator("+"), Y)))),
            "\\begin{aligned}\n&x \\\\\n&\\quad {} + y\n\\end{aligned}",
        ),
    ],
)
def test_every_kind_of_formula_has_its_latex(formula, written):
    assert latex(formula) == written


def test_what_latex_would_misread_is_escaped():
    assert escaped(r"a_b%#&${}^~\ ") == (
        r"a\_b\%\#\&\$\{\}\textasciicircum{}\textasciitilde{}\textbackslash{} "
    )
    assert latex(Label(r"x}\input{y")) == (
        r"\mathrm{x\text{\}}\text{\textbackslash{}}input\text{\{}y}"
    )


@pytest.mark.parametrize("letter", GREEK.values())
def test_every_greek_letter_is_a_command(letter):
    assert re.fullmatch(r"\\[A-Za-z]+", latex(Label(letter)))


def test_an_equation_has_a_line_for_each_side():
    trace = backprop.differentiate(backprop.parse("(x + y) * z"), {"x": -2, "y": 5, "z": -4})
    assert latex(value_equation(trace.graph, 4, trace.values, label_of)) == (
        "\\begin{aligned}\n"
        "v_{2} &= v_{1} z \\\\\n"
        "&= 3 \\times \\left( -4 \\right) \\\\\n"
        "&= -12\n"
        "\\end{aligned}"
    )


def test_a_wide_side_goes_on_in_the_next_line():
    wide = Lines((X, Row((Operator("+"), Y))))
    assert latex(equation(X, ("≈", wide))) == (
        "\\begin{aligned}\nx &\\approx x \\\\\n&\\quad {} + y\n\\end{aligned}"
    )


def test_a_product_is_written_line_by_line_with_the_brackets_that_columns_spare():
    letters = partial(Label("o"), Label("z")), rule_formula("1 - o", {})
    pieces = [Piece(*letters, -0.25), Piece(*letters, -0.5)]
    assert latex(product(partial(Label("L"), X), pieces)) == (
        "\\begin{aligned}\n"
        "\\frac{\\partial L}{\\partial x} &= \\frac{\\partial o}{\\partial z} \\cdot "
        "\\frac{\\partial o}{\\partial z} \\\\\n"
        "&= \\left( 1 - o \\right) \\cdot \\left( 1 - o \\right) \\\\\n"
        "&= -0.250 \\times \\left( -0.500 \\right)\n"
        "\\end{aligned}"
    )
    assert "&= 1 - o" in latex(product(X, pieces[:1]))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name}{len(row.inputs)}")
def test_every_rule_of_every_operation_is_balanced(row):
    for text in (row.value, *row.partials):
        assert is_balanced(latex(rule_formula(text, {})))
        assert is_balanced(latex(rule_formula(text, {}, fold=True)))


def test_the_rules_of_arrays_are_balanced():
    graph = Network((2, 3, 2), ("relu", "softmax"), loss="cross_entropy").graph("layers")
    rows = [graph.row(i) for i, node in enumerate(graph.nodes) if node.operation in ARRAY_OPS]
    assert rows
    for text in [text for row in rows for text in row.products if text]:
        assert is_balanced(latex(rule_formula(text, {})))


def test_names_and_numbers_in_a_sentence_are_mathematics():
    words = ("w of ", Label("z", "3"), " is 100% ", Number("−2·10⁻³", -0.002), " & “more”: σ′ → ½")
    assert prose(words) == (
        r"w of $z_{3}$ is 100\% $-2 \cdot 10^{-3}$ \& “more”: $\sigma$$'$ $\to$ ½"
    )
    assert faults(prose(words)) == []
    assert heading(("A ", Label("x"))) == r"\subsection*{A $x$}"


def test_a_remark_stays_on_its_line_whatever_was_typed():
    assert remark("one\n\\input{two}\r three") == r"% one \input{two} three"


def test_what_is_covered_is_a_box():
    assert prose((Number("?", 0.0),)) == r"$\boxed{?}$"


def test_lines_meet_at_their_sign():
    text = align([("a", "= b"), ("", "= 2")])
    assert text == "\\begin{align*}\n  a &= b \\\\\n  &= 2\n\\end{align*}"


def test_a_table_has_its_heads_and_a_program_its_numbers():
    text = table([("h",), ()], [["1", "2"]])
    assert text.splitlines()[3:5] == [r"  \text{h} &  \\ \hline", r"  1 & 2 \\"]
    assert faults(text) == []
    assert verbatim(["a = 1", ""]) == "\\begin{verbatim}\n1  a = 1\n2\n\\end{verbatim}"
