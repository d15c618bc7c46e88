"""A choice passes its gradient to the branch that it takes, and to nothing behind the other."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop.engine.backward import differentiate, gradient, plain_record
from backprop.engine.differences.check import check_gradient
from backprop.engine.differences.slopes import graph_differences
from backprop.engine.differences.verdict import Answer
from backprop.engine.errors import InputError
from backprop.engine.expression import parse
from backprop.engine.forward import columns, value
from backprop.engine.slips.typed_pass import PLANTED, wrong_pass
from backprop.engine.text import to_text
from backprop.notation.symbolic.derivative import derivative

TYPED = [
    ("where(x < 1, x, sqrt(x))", {"x": -2.0}, -2.0, {"x": 1.0}),
    ("where(x < 1, x, sqrt(x))", {"x": 4.0}, 2.0, {"x": 0.25}),
    ("where(x > 0, x*ln(x), 0)", {"x": 0.0}, 0.0, {"x": 0.0}),
    ("where(x == 0, 1, sin(x)/x)", {"x": 0.0}, 1.0, {"x": 0.0}),
    ("where(x, 1/x, 5)", {"x": 0.0}, 5.0, {"x": 0.0}),
    ("where(x < 0, x^2, x*sqrt(sqrt(x) - 1))", {"x": -1.0}, 1.0, {"x": -2.0}),
    ("where(x > 0, where(y > 0, ln(x*y), 0), y)", {"x": -1.0, "y": 3.0}, 3.0, {"x": 0, "y": 1}),
    ("where(sqrt(x) < 1, x, x^2)", {"x": 0.0}, 0.0, {"x": 1.0}),
    ("sqrt(where(x > 0, x, 4))", {"x": -1.0}, 2.0, {"x": 0.0}),
    ("where(x < 1, 2, 3)*x + floor(1/x)", {"x": 0.25}, 4.5, {"x": 2.0}),
    ("(0 < x)*(x < 1)*x", {"x": 0.5}, 0.5, {"x": 1.0}),
]


@pytest.mark.parametrize(("text", "at", "expected", "slopes"), TYPED)
def test_the_branch_that_is_not_taken_gets_zero_and_never_nan(text, at, expected, slopes):
    assert gradient(parse(text), at) == (expected, slopes)
    assert gradient(parse(text, share=True), at) == (expected, slopes)
    trace = differentiate(parse(text), at)
    assert trace.gradient == slopes
    assert not any(math.isnan(term.product) for terms in trace.terms.values() for term in terms)


def test_what_is_used_outside_the_branch_too_keeps_its_own_slope():
    found = gradient(parse("where(x < 1, x, sqrt(x)) + sqrt(x)", share=True), {"x": -2.0})
    assert math.isnan(found[1]["x"])  # the second root is asked for
    assert gradient(parse("where(x < 1, ln(-x), 1) + ln(-x)"), {"x": -2.0})[1]["x"] == -1.0


def test_a_condition_that_is_nan_decides_nothing():
    assert math.isnan(value(parse("where(sqrt(x) < 1, 2, 3)"), {"x": -1.0}))


def test_a_nudge_across_the_jump_is_said_to_cross_it():
    for text in ("where(x < 1, 2, 3)", "x >= 1", "floor(x)"):
        assert graph_differences(parse(text), {"x": 1.0}).kinks["x"]
        assert not graph_differences(parse(text), {"x": 1.5}).kinks["x"]


def test_the_plain_loop_and_the_code_agree_to_the_last_bit_on_untaken_branches():
    for text, at, *_ in TYPED:
        assert_same(text, at)


CHOOSING = ("abs(x)", "relu(y)", "leaky_relu(x)", "max(x, y)", "where(y > 0, x, abs(y))", "x < y")


@pytest.mark.parametrize("condition", ["x > 0", "x", "y"])
@pytest.mark.parametrize("taken", CHOOSING)
@pytest.mark.parametrize("other", CHOOSING)
def test_they_agree_where_a_branch_is_itself_a_choice(condition, taken, other):
    for x, y in ((1.0, 2.0), (-1.0, 0.5), (0.0, -3.0)):
        assert_same(f"where({condition}, {taken}, {other}) + x + y", {"x": x, "y": y})


@pytest.mark.parametrize(
    "text", ["-relu(x)", "-sign(x)", "-(x < y)", "-where(x, 1, 0)", "-floor(x)"]
)
def test_the_zero_of_a_choice_has_a_sign_as_other_zeros_do(text):
    at = dict.fromkeys(parse(text).variables, 0.0)
    assert math.copysign(1, differentiate(parse(text), at).value) == -1
    assert_same(text, at)


def assert_same(text, at):
    trace = differentiate(parse(text), at)
    columns_of = trace.values, trace.gradients, trace.locals, trace.products, trace.totals
    for one, other in zip(columns_of, plain_record(parse(text), at), strict=True):
        assert np.array_equal(np.array(one, float), np.array(other, float), equal_nan=True)


@pytest.mark.parametrize("slip", PLANTED, ids=lambda slip: slip.name)
def test_a_planted_slip_does_not_bring_an_untaken_branch_back(slip):
    trace = differentiate(parse("where(x < 1, x*x, sqrt(x))"), {"x": -2.0})
    assert not math.isnan(wrong_pass(slip, trace).gradients[0])


VALUES = st.sampled_from((-2.0, -0.7, 0.3, 1.1, 2.6))
SMOOTH = ("sin", "tanh", "exp", "atan", "gelu", "silu", "erf", "sqrt", "ln", "asin")
formulas = st.recursive(
    st.sampled_from(("x", "y", "0.5", "2")),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
        st.tuples(st.sampled_from(SMOOTH), inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(inner, st.sampled_from(("<", ">=", "!=")), inner, inner, inner).map(
            lambda t: f"where({t[0]} {t[1]} {t[2]}, {t[3]}, {t[4]})"
        ),
    ),
    max_leaves=10,
).filter(lambda text: len(text) < 300)


@settings(deadline=None, max_examples=40)
@given(formulas, VALUES, VALUES)
def test_walk_code_columns_letters_and_differences_agree(text, x, y):
    try:
        graph = parse(text)
    except InputError:
        return
    at = {name: number for name, number in (("x", x), ("y", y)) if name in graph.variables}
    found, slopes = gradient(graph, at)
    record = plain_record(graph, at)
    assert np.array_equal(found, record[0][-1], equal_nan=True)
    assert parse(to_text(graph)) == graph
    if graph.variables:
        column = {name: np.full(3, number) for name, number in at.items()}
        assert columns(graph, column)[-1] == pytest.approx([found] * 3, nan_ok=True, rel=1e-12)
    if not math.isfinite(found) or abs(found) > 1e6:
        return
    for name, slope in slopes.items():
        try:
            closed = derivative(graph, name)
        except InputError:
            continue
        in_letters = value(closed, {n: at[n] for n in closed.variables})
        if math.isfinite(slope) and math.isfinite(in_letters):
            assert in_letters == pytest.approx(slope, rel=1e-6, abs=1e-9)
    if all(map(math.isfinite, slopes.values())) and slopes:
        assert check_gradient(graph, at).verdict.answer is not Answer.WRONG


@pytest.mark.parametrize(
    ("text", "x", "claim", "answer"),
    [
        ("where(x < 1, x, x^2)", 1.0, 1.0, Answer.RIGHT),
        ("where(x < 1, x, x^2)", 1.0, 2.0, Answer.RIGHT),
        ("where(x < 1, x, x^2)", 1.0, 3.0, Answer.WRONG),
        ("where(x < 1, x, sqrt(x))", -2.0, 1.0, Answer.RIGHT),
        ("where(x < 1, x, sqrt(x))", -2.0, 0.0, Answer.WRONG),
        ("x < 1", 1.0, 0.0, Answer.OPEN),
        ("floor(x)", 2.0, 0.0, Answer.OPEN),
        ("x + floor(x)", 2.5, 1.0, Answer.RIGHT),
        ("x + floor(x)", 2.5, 2.0, Answer.WRONG),
    ],
)
def test_a_claim_is_judged_by_both_sides_of_a_choice_and_not_at_a_jump(text, x, claim, answer):
    assert check_gradient(parse(text), {"x": x}, {"x": claim}).rows[0].answer is answer
