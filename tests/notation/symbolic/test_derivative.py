"""Closed forms: the derivative of a graph as a graph again."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backprop.engine.backward import gradient
from backprop.engine.errors import LimitError
from backprop.engine.expression import parse
from backprop.engine.forward import value
from backprop.engine.graph import Builder, Graph
from backprop.engine.text import to_text
from backprop.notation.symbolic.derivative import (
    MOST_WORK,
    affordable,
    are_same,
    combined,
    cost,
    derivative,
    negative,
    split_terms,
    tidied,
)

BY_X = {
    "3x^2 + 2x*y + y^2": "6 * x + 2 * y",
    "3x^2 - 4x + 5": "6 * x - 4",
    "(x + 1)(x - 1)": "2 * x",
    "x sin(x)": "x * cos(x) + sin(x)",
    "sin(x^2)": "2 * x * cos(x^2)",
    "exp(3x + 1)": "3 * exp(3 * x + 1)",
    "ln(x^2)": "2 / x",
    "x^x": "x^x * log(x) + x^x",
    "2^x": "2^x * log(2)",
    "sqrt(x^2 + y^2)": "x / sqrt(x^2 + y^2)",
    "x^(2/3)": "2 / (3 * x^(1 / 3))",
    "1/x^2": "-(2 / x^3)",
    "0.5(x - 3)^2": "x - 3",
    "0.01x^3": "0.03 * x^2",
    "x * 1e-9": "1e-09",
    "x * 6.8813735870195432": "6.881373587019543",
    "sigmoid(3x)": "3 * sigmoid(3 * x) * (1 - sigmoid(3 * x))",
    "softplus(x^2)": "2 * x * sigmoid(x^2)",
    "relu(x) * y": "y * step(x)",
    "leaky_relu(x)": "0.99 * step(x) + 0.01",
    "|x^2 - 1|": "2 * x * sign(x^2 - 1)",
    "max(x, y)": "sign(x - y) / 2 + 1 / 2",
    "min(x, y)": "1 / 2 - sign(x - y) / 2",
    "sign(x) + step(x)": "0",
    "y": "0",
    "x^300": "300 * x^299",
    "pi*x + e*x": "e + pi",
}


@pytest.mark.parametrize(("text", "expected"), BY_X.items(), ids=BY_X)
def test_the_closed_form_is_that_of_a_textbook(text, expected):
    assert to_text(derivative(parse(text), "x")) == expected


CLASSICS = [
    *("(x + y) * z", "1/(1 + exp(-(x*y + z)))", "2(x*y + max(z, x))", "tanh(x*y + z)"),
    *("(x*y + z)*x - z^3", "ln(exp(x) + exp(y) + exp(z)) - z", "(x - y)^2/(1 + z^2)"),
    *("x^2^0.5*y", "sqrt(1 + x^2)*tan(y)/3 - |z|", "leaky_relu(x*y)*softplus(z)", "y^x"),
]


@pytest.mark.parametrize("text", CLASSICS)
@given(at=st.tuples(*[st.floats(0.1, 2.5)] * 3))
def test_its_value_is_what_the_backward_pass_gives(text, at):
    graph = parse(text)
    point = {name: x for name, x in zip("xyz", at, strict=True) if name in graph.variables}
    for name, slope in gradient(graph, point)[1].items():
        closed = derivative(graph, name)
        found = value(closed, {n: point[n] for n in closed.variables})
        assert found == pytest.approx(slope, rel=1e-9, abs=1e-9)


def expressions():
    leaves = st.sampled_from(["x", "y", "2", "0.5", "3"])

    def joined(inner):
        pair = st.tuples(inner, st.sampled_from("+-*/"), inner).map("({0[0]} {0[1]} {0[2]})".format)
        call = st.tuples(st.sampled_from(["sin", "exp", "tanh", "sigmoid", "relu"]), inner)
        return pair | call.map("{0[0]}({0[1]})".format) | inner.map("({0})^2".format)

    return st.recursive(leaves, joined, max_leaves=7)


@given(expressions(), st.floats(0.2, 1.7), st.floats(0.2, 1.7))
def test_any_expression_has_the_slope_that_its_closed_form_says(text, x, y):
    graph = parse(text)
    point = {name: number for name, number in (("x", x), ("y", y)) if name in graph.variables}
    for name, slope in gradient(graph, point)[1].items():
        try:
            closed = derivative(graph, name)
        except LimitError:
            continue
        found = value(closed, {n: point[n] for n in closed.variables})
        assume(abs(slope) < 1e6 and abs(found) < 1e6)
        assert found == pytest.approx(slope, rel=1e-6, abs=1e-6)


def worst():
    tower = "**".join(["x"] * 20)
    return {
        "9**9**9": "9**9**9*x",
        "10**(10**7)": "10**(10**7)*x",
        "tower": tower,
        "sin nested 40": "sin(" * 40 + "x" + ")" * 40,
        "tanh nested 36": "tanh(" * 36 + "x" + ")" * 36,
        "sigmoid nested 30": "sigmoid(" * 30 + "x" + ")" * 30,
        "(x+1)**300": "(x+1)**300*(x-1)**300/(x**2-1)**299",
        "product of 30 factors": "*".join(f"(x+{i})" for i in range(30)),
        "quotient of sigmoids": "+".join(f"1/(1+exp(-{i}*x+{i + 1}))" for i in range(1, 9)),
        "network": "(y-tanh(" + "+".join(f"v{i}*tanh(w{i}*x+b{i})" for i in range(4)) + "))**2",
        "sines": "*".join(f"sin({i}*x)" for i in range(1, 10)),
        "overflow": "1e308*10*x",
        "no number": "x*ln(-1)",
        "not defined": "x/0",
        "an exponent of a product": "(3x)^1000",
        "a factor beyond all numbers": "(1e90x)^60",
        "a power of a letter": "x^(9^9)",
    }


@pytest.mark.parametrize("text", worst().values(), ids=worst())
def test_the_worst_is_answered_or_declined_with_a_sentence(text):
    graph = parse(text)
    for work in (lambda: derivative(graph, "x"), lambda: tidied(graph)):
        answer = told(work)
        assert isinstance(answer, Graph) or answer.endswith(".")


def told(work):
    try:
        return work()
    except LimitError as declined:
        return declined.what


def test_what_would_be_long_is_declined_by_counting():
    counted = cost(parse("sin(" * 40 + "x" + ")" * 40), "x")
    assert counted.work > MOST_WORK
    assert counted.depth == 40
    assert cost(parse("+".join(["x"] * 90)), "x").depth == 1


def test_a_shared_node_is_counted_as_often_as_it_would_be_written_out():
    builder = Builder()
    at = builder.leaf("x")
    for _ in range(60):
        at = builder.node("multiply", (at, at))
    assert cost(builder.graph(), "x").nodes == 10**12
    with pytest.raises(LimitError, match="too long"):
        derivative(builder.graph(), "x")


def test_an_operation_too_deep_is_declined():
    with pytest.raises(LimitError, match="inside each other"):
        derivative(parse("-" * 80 + "x"), "x")


def test_only_so_many_closed_forms_are_asked_for_at_once():
    graph = parse("(" + "+".join(f"sin(w{i}*x)" for i in range(5)) + ")^2")
    each = cost(graph, "w0").work
    assert affordable(graph, graph.variables, 2 * each) == {"w0"}
    assert affordable(graph, ("w0", "w1"), 3 * each) == {"w0", "w1"}
    assert affordable(graph, (), 0) == frozenset()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2x", "x + x"),
        ("cos(x^2) * 2x", "2x cos(x^2)"),
        ("sin(x)^2 + cos(x)^2", "1"),
        ("sigmoid(x)", "1/(1 + exp(-x))"),
        ("exp(2x)", "exp(x)^2"),
        ("1 - tanh(x)^2", "4/(exp(x) + exp(-x))^2"),
        ("1 + tan(x)^2", "1/cos(x)^2"),
        ("(x^2 - 1)/(x - 1)", "x + 1"),
        ("sqrt(x)", "x^0.5"),
    ],
)
def test_algebra_shows_that_two_forms_are_the_same(one, other):
    assert are_same(parse(one), parse(other))


@pytest.mark.parametrize(
    ("one", "other"), [("2x", "3x"), ("sin(x)", "cos(x)"), ("x^2", "x^2 + 1e-9"), ("|x|", "x")]
)
def test_what_differs_is_never_called_the_same(one, other):
    assert not are_same(parse(one), parse(other))


def test_what_is_too_long_for_algebra_is_declined():
    with pytest.raises(LimitError):
        are_same(parse("-" * 80 + "x"), parse("x"))
    long = parse("+".join(f"sin({i}x)^{i}" for i in range(2, 34)))
    assert not are_same(long, parse("x"))
    assert are_same(long, long)
    assert not are_same(parse("(x + y + z)^30"), parse("x"))


def test_a_shorter_form_of_a_function_is_found():
    assert to_text(tidied(parse("2 * (3x + 1) * 3"))) == "18 * x + 6"
    assert to_text(tidied(parse("cos(x^2) * (2x)"))) == "2 * x * cos(x^2)"
    assert to_text(tidied(parse("x - -2"))) == "x + 2"
    assert to_text(tidied(parse("x - 3"))) == "x - 3"
    assert to_text(tidied(parse("-3 - x"))) == "-x - 3"


def test_the_terms_of_a_sum_come_in_order_each_with_its_sign():
    found = [to_text(term) for term in split_terms(parse("3x^2 - (2x*y - y^2) + 1"))]
    assert found == ["3 * x^2", "-(2 * x * y)", "y^2", "1"]
    assert [to_text(term) for term in split_terms(parse("x * y"))] == ["x * y"]


def test_functions_are_combined_by_an_operation():
    assert to_text(combined("multiply", parse("x + 1"), parse("2x"))) == "(x + 1) * (2 * x)"
    assert to_text(negative(parse("x"))) == "-x"


def test_sympy_is_imported_on_first_use():
    code = "import sys, backprop.lessons.catalog; print('sympy' in sys.modules)"
    root = Path(importlib.util.find_spec("backprop").origin).parent.parent
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"


def test_what_cannot_be_a_real_number_is_declined():
    with pytest.raises(LimitError, match="not real"):
        derivative(parse("x * sqrt(x - x - 4)"), "x")
    for text in ("0^x", "(-1)^x", "1/(x - x)"):
        with pytest.raises(LimitError, match="not defined"):
            derivative(parse(text), "x")
