"""A graph and the formula that one would type for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.engine.errors import ExpressionError, InputError, LimitError
from backprop.engine.expression import parse
from backprop.engine.graph import Builder
from backprop.engine.ops import FUNCTIONS
from backprop.engine.text import to_text

UNARY = [name for name, row in FUNCTIONS.items() if len(row.inputs) == 1]
NAMES = ("x", "y", "w_1", "θ", "v1", "xy")

numbers = st.floats(0, allow_infinity=False).map(repr) | st.integers(0, 99).map(str)
formulas = st.recursive(
    st.sampled_from((*NAMES, "e", "pi")) | numbers,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/^"), inner).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
        st.tuples(inner, st.sampled_from(("+", " - ")), inner).map("".join),
        inner.map(lambda x: f"-({x})"),
        inner.map(lambda x: f"-{x}"),
        st.tuples(st.sampled_from(UNARY), inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(st.sampled_from(("max", "min")), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})"
        ),
    ),
    max_leaves=12,
).filter(lambda text: len(text) < 200)


@given(formulas, st.booleans())
def test_text_to_graph_to_text_to_graph_is_the_same_graph(text, share):
    graph = parse(text, share=share)
    assert parse(to_text(graph), share=share) == graph


@given(formulas)
def test_the_printed_text_can_do_without_none_of_its_parentheses(text):
    printed = to_text(parse(text))
    for start, character in enumerate(printed):
        if character != "(" or printed[:start][-1:].isalpha():
            continue
        depth, end = 1, start
        while depth:
            end += 1
            depth += {"(": 1, ")": -1}.get(printed[end], 0)
        try:
            without = parse(printed[:start] + " " + printed[start + 1 : end] + printed[end + 1 :])
        except InputError:
            continue
        assert without != parse(printed)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("(x+y)*z", "(x + y) * z"),
        ("a - (b - c)", "a - (b - c)"),
        ("(a - b) - c", "a - b - c"),
        ("a / (b * c)", "a / (b * c)"),
        ("(a^b)^c", "(a^b)^c"),
        ("(-2)^2", "(-2)^2"),
        ("-(2)", "-(2)"),
        ("-(x + 1)", "-(x + 1)"),
        ("x - -2", "x - -2"),
        ("max(max(x, y), z)", "max(x, y, z)"),
        ("max(x, max(y, z))", "max(x, max(y, z))"),
        ("3.0e2 + π", "300 + pi"),
        ("max(max(a, b) + max(c, d), z)", "max(max(a, b) + max(c, d), z)"),
        ("where((x<1)==(y<1), 1, (x<2)*x)", "where((x < 1) == (y < 1), 1, (x < 2) * x)"),
        ("-(x < 1) + y", "-(x < 1) + y"),
    ],
)
def test_a_graph_is_printed_with_no_parentheses_it_can_do_without(typed, printed):
    assert to_text(parse(typed)) == printed


def test_a_weighted_sum_cannot_be_typed():
    builder = Builder()
    builder.node("weighted_sum", [builder.leaf(name) for name in "wxb"])
    with pytest.raises(ExpressionError, match="weighted_sum"):
        to_text(builder.graph())


def test_a_graph_far_shorter_than_its_text_is_refused():
    builder = Builder()
    node = builder.leaf("x")
    for _ in range(60):
        node = builder.node("add", (node, node))
    with pytest.raises(LimitError, match="100,000"):
        to_text(builder.graph())
