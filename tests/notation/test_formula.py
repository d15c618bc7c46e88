import math

import pytest

import backprop
from backprop.engine.network import Network
from backprop.engine.ops import FAMILIES, OPS
from backprop.notation.formula import (
    Brackets,
    Cases,
    Equation,
    Factor,
    Fraction,
    Label,
    Lines,
    Number,
    Operator,
    Piece,
    Power,
    Root,
    Row,
    Text,
    local_formula,
    partial,
    product,
    rule_formula,
    value_equation,
    value_formula,
    value_numbers,
    words,
)
from backprop.notation.names import HAND_EXAMPLE, label_of, labels

ALIASES = labels(HAND_EXAMPLE)


def hand(name):
    return label_of(name, ALIASES)


def drawn(formula):
    """Write a formula in one line: fractions as a/b in braces, powers with ^."""
    match formula:
        case Label(letter, below, above, hat):
            return letter + "̂" * hat + below + above
        case Number(shown):
            return shown
        case Text(text):
            return text
        case Operator(sign):
            return {"\u2009": " ", "\u2061": " "}.get(sign, sign)
        case Row(parts):
            return "".join(map(drawn, parts))
        case Fraction(top, bottom):
            return f"{{{drawn(top)}/{drawn(bottom)}}}"
        case Root(inside):
            return f"√{{{drawn(inside)}}}"
        case Power(base, exponent):
            return f"{drawn(base)}^{{{drawn(exponent)}}}"
        case Brackets(inside, bars):
            return f"|{drawn(inside)}|" if bars else f"({drawn(inside)})"
        case Cases(cases, otherwise):
            said = [f"{drawn(a)} if {drawn(b)}" for a, b in cases]
            return "; ".join([*said, drawn(otherwise)])
        case Factor(inside):
            return drawn(inside)
        case Lines(lines):
            return " ⏎ ".join(map(drawn, lines))


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
def test_a_rule_is_printed_as_a_textbook_prints_it(text, printed):
    assert drawn(rule_formula(text, {})) == printed


ROWS = [*OPS.values(), *(family.build(w) for family in FAMILIES.values() for w in family.widths)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name}-{len(row.inputs)}")
def test_every_row_of_the_engine_can_be_printed_and_said(row):
    for text in (row.value, *row.partials):
        formula = rule_formula(text, {})
        assert drawn(formula)
        assert words(formula)


def test_names_are_replaced_and_brackets_follow_what_replaces_them():
    names = {"x": Number("−3", -3.0), "y": Row((Label("a"), Operator("+"), Label("b")))}
    assert drawn(rule_formula("x * y", names)) == "(−3)(a+b)"
    assert drawn(rule_formula("x ** 2", names)) == "(−3)^{2}"
    assert drawn(rule_formula("x + y", names)) == "−3+a+b"


def test_a_name_with_something_above_is_bracketed_before_an_exponent():
    names = {"x": label_of("a2_1")}
    assert drawn(rule_formula("x ** 2", names)) == "(a1(2))^{2}"


@pytest.fixture
def network():
    return Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True)


@pytest.fixture
def trace(network):
    parameters = {"W1": [[0.15, 0.2], [0.25, 0.3]], "b1": [0.35]}
    parameters |= {"W2": [[0.4, 0.45], [0.5, 0.55]], "b2": [0.6]}
    point = network.point(parameters, [0.05, 0.1], [0.01, 0.99])
    return backprop.differentiate(network.graph("neurons"), point)


def test_the_weighted_sum_of_the_hand_example_is_written_in_letters_and_numbers(trace):
    at = trace.graph.position("z1_1")
    assert drawn(value_formula(trace.graph, at, hand)) == "w1x1+w2x2+b1"
    numbers, sign, result = value_numbers(trace.graph, at, trace.values)
    assert drawn(numbers) == "0.150×0.050+0.200×0.100 ⏎ +0.350"
    assert (sign, result) == ("=", Number("0.378", trace.values[at], "forward"))


def test_every_number_points_to_its_node(trace):
    numbers, _, _ = value_numbers(trace.graph, trace.graph.position("a1_1"), trace.values)
    (factor,) = [part for part in _walk(numbers) if isinstance(part, Factor)]
    assert factor.points_to == "n-z1_1"
    assert factor.inside.tone == "forward"


def _walk(formula):
    yield formula
    for name in getattr(formula, "__slots__", ()):
        value = getattr(formula, name)
        for part in value if isinstance(value, tuple) else (value,):
            yield from _walk(part) if hasattr(part, "__slots__") else ()


def test_a_forward_step_says_what_it_shows(trace):
    found = value_equation(trace.graph, trace.graph.position("a1_1"), trace.values, hand)
    assert isinstance(found, Equation)
    assert found.alt == (
        "h 1 equals 1 over 1 plus e to the power minus z 1, "
        "equals 1 over 1 plus e to the power minus 0.378, equals 0.593."
    )


@pytest.mark.parametrize(
    ("later", "by", "printed"),
    [
        ("L", "a2_1", "o1−t1"),
        ("a2_1", "z2_1", "o1(1−o1)"),
        ("z2_1", "w2_1_1", "h1"),
        ("z2_1", "a1_1", "w5"),
        ("z2_1", "b2_1", "1"),
    ],
)
def test_a_local_derivative_is_written_in_the_letters_of_its_nodes(trace, later, by, printed):
    graph = trace.graph
    which = graph.nodes[graph.position(later)].inputs.index(graph.position(by))
    assert drawn(local_formula(graph, graph.position(later), which, hand)) == printed


@pytest.mark.parametrize(
    ("typed", "printed"), [("x^2", "2x"), ("x^3", "3x^{2}"), ("x*1", "1"), ("x/4", "{1/4}")]
)
def test_constants_in_a_local_derivative_are_worked_out(typed, printed):
    graph = backprop.parse(typed)
    assert drawn(local_formula(graph, graph.output, 0, label_of)) == printed


def test_a_local_derivative_of_arrays_shows_what_arrives():
    graph = Network((2, 3), ("linear",)).graph("layers")
    at = graph.position("Z1")
    assert drawn(local_formula(graph, at, 1, label_of)) == "({∂L/∂Z1})^{T}X"
    assert drawn(local_formula(graph, graph.output, 0, label_of)) == "(Z1−Y)·{1/n}"


def test_the_larger_of_two_is_called_by_its_name():
    graph = backprop.parse("max(x, y)")
    assert drawn(value_formula(graph, graph.output, label_of)) == "max(x,y)"


def test_typed_constants_stay_as_they_were_typed():
    graph = backprop.parse("x * 0.00001")
    assert drawn(value_formula(graph, graph.output, label_of)) == "x·1.00·10⁻⁵"
    graph = backprop.parse("x * 0.25")
    assert drawn(value_formula(graph, graph.output, label_of)) == "x·0.25"
    graph = backprop.parse("π^e")
    assert drawn(value_formula(graph, graph.output, label_of)) == "π^{e}"


@pytest.mark.parametrize("inputs", [1, 3, 8, 9, 100])
def test_a_weighted_sum_of_any_width_fits_the_panel_and_adds_up(inputs):
    network = Network((inputs, 1), ("linear",))
    parameters = network.initialize(3)
    x = [(i % 7 - 3) / 8 for i in range(inputs)]
    trace = backprop.differentiate(network.graph(), network.point(parameters, x, [1.0]))
    equation = value_equation(trace.graph, trace.graph.position("z1_1"), trace.values, label_of)
    (_, letters), (_, numbers), (sign, result) = equation.sides
    assert ("⋯" in drawn(letters)) == (inputs > 4)
    assert drawn(numbers).count("×") == (inputs if inputs <= 8 else 3)
    assert (f"({inputs - 3} products)" in drawn(numbers)) == (inputs > 8)
    if sign == "=":
        text = drawn(numbers).replace("−", "-").replace("×", "*").replace("⏎", "")
        middle = text.replace(f"\u00a0({inputs - 3} products)", "")
        total = math.fsum(
            math.prod(float(f.strip(" ()")) for f in term.split("*")) for term in middle.split("+")
        )
        assert total == pytest.approx(float(result.shown.replace("−", "-")), abs=0.00051)


def test_a_wide_mean_is_broken_inside_its_brackets():
    network = Network((1, 2), ("sigmoid",), "binary_cross_entropy")
    found = drawn(value_formula(network.graph(), network.graph().output, label_of))
    assert found.startswith("−{1/2}(y1 ln a1(1) ⏎ +(1−y1)")
    assert found.count("(") == found.count(")")


def _piece(later, by, rule, number, tone="backward"):
    return Piece(partial(Label(later), Label(by)), rule_formula(rule, {}), number, tone, f"e-{by}")


def test_a_product_has_a_column_for_each_factor_and_says_itself():
    left = partial(Label("E"), Label("w", "5"))
    found = product(
        left,
        (
            _piece("E", "o", "o - t", -0.329),
            _piece("o", "z", "o * (1 - o)", 0.245),
            _piece("z", "w", "h", 0.680, "forward"),
        ),
    )
    assert [[drawn(line) for line in column.lines] for column in found.columns] == [
        ["{∂E/∂o}", "o−t", "−0.329"],
        ["{∂o/∂z}", "o(1−o)", "0.245"],
        ["{∂z/∂w}", "h", "0.680"],
    ]
    assert [column.points_to for column in found.columns] == ["e-o", "e-z", "e-w"]
    assert found.columns[2].lines[2].tone == "forward"
    assert found.alt == (
        "The derivative of E with respect to w 5 is a product of 3 factors: "
        "minus 0.329 times 0.245 times 0.680, which is minus 0.055."
    )


def test_a_product_of_one_factor_is_that_factor():
    found = product(partial(Label("L"), Label("x")), (_piece("L", "x", "y", 3.0),))
    assert found.alt == "The derivative of L with respect to x is 3."


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
