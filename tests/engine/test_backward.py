"""Gradients, right to left: the worked examples, PyTorch's numbers, and any graph by nudging."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backprop.engine.backward import bound_pass, differentiate, gradient
from backprop.engine.differences.slopes import central_differences
from backprop.engine.errors import LimitError, PointError
from backprop.engine.expression import parse
from backprop.engine.forward import values
from backprop.engine.graph import Builder
from backprop.engine.program import program

REFERENCE = Path(__file__).parent.parent / "reference" / "expressions.json"
GOLDEN = json.loads(REFERENCE.read_text(encoding="utf-8"))["expressions"]

NEURON = "sigmoid(w0*x0 + w1*x1 + w2)"
BY_OPERATIONS = "1 / (1 + exp(-1 * (w0*x0 + w1*x1 + w2)))"
AT_NEURON = {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}
OF_NEURON = {
    "w0": -0.1966119332,
    "w1": -0.3932238665,
    "w2": 0.1966119332,
    "x0": 0.3932238665,
    "x1": -0.5898357997,
}
TANH = "x1*w1 + x2*w2 + b"
AT_TANH = {"x1": 2, "w1": -3, "x2": 0, "w2": 1, "b": 6.8813735870195432}
OF_TANH = {"b": 0.5, "x1": -1.5, "w1": 1, "x2": 0.5, "w2": 0}

WORKED = [
    pytest.param(text, at, expected, slopes, id=f"{source}: {text}")
    for source, text, at, expected, slopes in [
        ("CS231n", "(x + y) * z", {"x": -2, "y": 5, "z": -4}, -12, {"x": -4, "y": -4, "z": 3}),
        ("CS231n", "x y", {"x": 4, "y": -3}, -12, {"x": -3, "y": 4}),
        ("CS231n", NEURON, AT_NEURON, 0.7310585786, OF_NEURON),
        ("CS231n", BY_OPERATIONS, AT_NEURON, 0.7310585786, OF_NEURON),
        (
            "CS231n",
            "2(x y + max(z, w))",
            {"x": 3, "y": -4, "z": 2, "w": -1},
            -20,
            {"x": -8, "y": 6, "z": 2, "w": 0},
        ),
        (
            "CS231n",
            "log(exp(a) + exp(b) + exp(c)) - c",
            {"a": -2.85, "b": 0.86, "c": 0.28},
            1.0401905694,
            {"a": 0.01544932, "b": 0.63116335, "c": -0.64661267},
        ),
        (
            "CS231n",
            "max(0, a - c + 1) + max(0, b - c + 1)",
            {"a": -2.85, "b": 0.86, "c": 0.28},
            1.58,
            {"a": 0, "b": 1, "c": -1},
        ),
        (
            "Karpathy",
            "(a b + c) f",
            {"a": 2, "b": -3, "c": 10, "f": -2},
            -8,
            {"a": 6, "b": -4, "c": -2, "f": 4},
        ),
        ("Karpathy", f"tanh({TANH})", AT_TANH, math.sqrt(0.5), OF_TANH),
        (
            "Karpathy",
            f"(exp(2({TANH})) - 1) / (exp(2({TANH})) + 1)",
            AT_TANH,
            math.sqrt(0.5),
            OF_TANH,
        ),
        ("Karpathy", "a + a", {"a": 3}, 6, {"a": 2}),
        ("Karpathy", "(a b)(a + b)", {"a": -2, "b": 3}, -6, {"a": -3, "b": -8}),
        ("Karpathy", "3x^2 - 4x + 5", {"x": 3}, 20, {"x": 14}),
        ("Karpathy", "3x^2 - 4x + 5", {"x": 2 / 3}, 11 / 3, {"x": 0}),
        ("colah", "(a + b)(b + 1)", {"a": 2, "b": 1}, 6, {"a": 2, "b": 5}),
        ("Ng", "3(a + b c)", {"a": 5, "b": 3, "c": 2}, 33, {"a": 3, "b": 6, "c": 9}),
        ("CS224n", "(x + y) max(y, z)", {"x": 1, "y": 2, "z": 0}, 6, {"x": 2, "y": 5, "z": 0}),
        (
            "one neuron",
            "(w x + b - y)^2",
            {"w": 1, "x": 2.1, "b": 0, "y": 4},
            3.61,
            {"w": -7.98, "x": -3.8, "b": -3.8, "y": 3.8},
        ),
        (
            "one neuron",
            "(w x + b - y)^2",
            {"w": 3, "x": 2, "b": 1, "y": 9},
            4,
            {"w": -8, "x": -12, "b": -4, "y": 4},
        ),
        (
            "Hinton's meal, a step of 1/35 downhill is +20, +50, +30",
            "(2a + 5b + 3c - 850)^2 / 2",
            {"a": 50, "b": 50, "c": 50},
            350**2 / 2,
            {"a": -20 * 35, "b": -50 * 35, "c": -30 * 35},
        ),
        ("3x² + 2xy + y²", "3x^2 + 2x y + y^2", {"x": 1, "y": 2}, 11, {"x": 10, "y": 6}),
    ]
]


@pytest.mark.parametrize(("text", "at", "expected", "slopes"), WORKED)
@pytest.mark.parametrize("share", [False, True])
def test_a_worked_example_comes_out_as_printed(text, at, expected, slopes, share):
    found, by_name = gradient(parse(text, share=share), at)
    assert found == pytest.approx(expected, rel=1e-8)
    assert by_name == pytest.approx(slopes, rel=1e-8, abs=1e-8)


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["expression"])
def test_value_and_gradient_are_those_of_pytorch(row):
    found, slopes = gradient(parse(row["expression"]), row["at"])
    assert found == pytest.approx(row["value"], rel=1e-10)
    assert slopes == pytest.approx(row["gradient"], rel=1e-10)


def test_micrograds_readme_example_is_reproduced():
    builder = Builder()
    a, b = builder.leaf("a"), builder.leaf("b")

    def add(x, y):
        return builder.node("add", (x, y))

    def multiply(x, y):
        return builder.node("multiply", (x, y))

    def power(x, n):
        return builder.node("power", (x, builder.constant(n)))

    one, two = builder.constant(1), builder.constant(2)
    c = add(a, b)
    d = add(multiply(a, b), power(b, 3))
    c = add(c, add(c, one))
    c = add(c, add(add(one, c), builder.node("negate", (a,))))
    d = add(d, add(multiply(d, two), builder.node("relu", (add(b, a),))))
    three = builder.constant(3)
    d = add(d, add(multiply(three, d), builder.node("relu", (builder.node("subtract", (b, a)),))))
    e = builder.node("subtract", (c, d), "e")
    f = power(e, 2)
    half = builder.node("divide", (f, two))
    add(half, builder.node("divide", (builder.constant(10), f)))
    graph = builder.graph()
    found, slopes = gradient(graph, {"a": -4, "b": 2})
    assert values(graph, {"a": -4, "b": 2})[graph.position("e")] == -7
    assert found == pytest.approx(24.70408163265306, rel=1e-14)
    assert slopes == pytest.approx({"a": 138.8338192419825, "b": 645.5772594752186}, rel=1e-14)


def test_micrograds_sanity_check_is_reproduced():
    z = "(2x + 2 + x)"
    q = f"(relu({z}) + {z} x)"
    found, slopes = gradient(parse(f"relu({z} {z}) + {q} + {q} x"), {"x": -4})
    assert (found, slopes) == (-20, {"x": 46})


@pytest.mark.parametrize(("depth", "slope"), [(5, 6.0799e-4), (10, 3.4831e-7), (20, 1.1431e-13)])
def test_a_chain_of_sigmoids_makes_the_gradient_vanish(depth, slope):
    found = gradient(parse("sigmoid(" * depth + "x" + ")" * depth), {"x": 0.5})[1]["x"]
    assert found == pytest.approx(slope, rel=1e-4)


def test_a_large_weight_makes_the_gradient_explode():
    assert gradient(parse("sigmoid(w x)"), {"w": 100, "x": 0})[1]["x"] == 25


def test_the_trace_has_the_same_gradient_to_the_last_bit():
    for row in GOLDEN:
        graph = parse(row["expression"])
        trace = differentiate(graph, row["at"])
        assert (trace.value, trace.gradient) == gradient(graph, row["at"])


def test_no_gradient_is_asked_of_what_is_given():
    builder = Builder()
    pair = builder.leaf("x", given=True), builder.leaf("w")
    builder.node("multiply", pair)
    assert gradient(builder.graph(), {"x": 3, "w": 2}) == (6, {"w": 3})


def test_what_does_not_reach_the_result_has_slope_0():
    builder = Builder()
    x, unused = builder.leaf("x"), builder.leaf("unused")
    builder.node("log", (builder.node("multiply", (x, unused)),))
    builder.node("exp", (x,))
    assert gradient(builder.graph(), {"x": 0, "unused": 0}) == (1, {"x": 1, "unused": 0})
    trace = differentiate(builder.graph(), {"x": 0, "unused": 0})
    assert trace.gradient == {"x": 1, "unused": 0}


def test_the_slope_of_a_variable_by_itself_is_1_and_a_constant_has_none():
    assert gradient(parse("x"), {"x": 7}) == (7, {"x": 1})
    assert gradient(parse("7"), {}) == (7, {})
    assert differentiate(parse("7"), {}).gradient == {}


@pytest.mark.parametrize(
    ("text", "at", "slope"),
    [
        ("exp(x)", 1000, math.inf),
        ("exp(x) - exp(x)", 1000, math.nan),
        ("1 / x", 0, -math.inf),
        ("sqrt(x)", 0, math.inf),
        ("log(x)", 0, math.inf),
        ("x^2", math.nan, math.nan),
        ("|x|", 0, 0),
        ("relu(x)", 0, 0),
        ("max(x, 0)", 0, 0.5),
        ("x^2", 0, 0),
        ("0 * exp(x)", 1000, math.nan),
        ("sigmoid(x)", -1e4, 0),
    ],
)
def test_a_pass_that_overflows_gives_infinity_or_nan_and_does_not_raise(text, at, slope):
    found = gradient(parse(text), {"x": at})[1]["x"]
    assert type(found) is float
    assert found == pytest.approx(slope, nan_ok=True)
    assert differentiate(parse(text), {"x": at}).gradient["x"] == pytest.approx(slope, nan_ok=True)


def test_a_point_that_does_not_fit_is_refused():
    for verb in (gradient, differentiate):
        with pytest.raises(PointError, match="“y”"):
            verb(parse("x + y"), {"x": 1})


SMOOTH = ("exp", "sin", "cos", "tanh", "sigmoid", "softplus", "negate")
PAIRS = ("add", "subtract", "multiply", "divide")
KINKED = ("max", "min", "relu", "abs", "leaky_relu")


@st.composite
def graphs(draw):
    builder = Builder(share=draw(st.booleans()))
    for name in "abc":
        builder.leaf(name)
    builder.constant(draw(st.floats(-2, 2)))
    count = 4
    for _ in range(draw(st.integers(1, 10))):
        operation = draw(st.sampled_from(SMOOTH + PAIRS + KINKED))
        arity = 2 if operation in (*PAIRS, "max", "min") else 1
        inputs = draw(st.lists(st.integers(0, count - 1), min_size=arity, max_size=arity))
        count = max(count, builder.node(operation, inputs) + 1)
    return builder.graph()


def is_far_from_kinks(graph, found):
    """Whether no kink, pole or steep bend is near: there a nudge says nothing."""
    for node in graph.nodes:
        inputs = [found[i] for i in node.inputs]
        if node.operation in ("relu", "abs", "leaky_relu") and abs(inputs[0]) < 1e-3:
            return False
        if node.operation in ("max", "min") and abs(inputs[0] - inputs[1]) < 1e-3:
            return False
        if node.operation == "divide" and abs(inputs[1]) < 0.1:
            return False
    return all(abs(number) < 50 for number in found)


@given(graphs(), st.tuples(*[st.floats(-2, 2)] * 3))
def test_backward_is_what_nudging_finds_on_any_graph(graph, point):
    at = dict(zip("abc", point, strict=True))
    assume(is_far_from_kinks(graph, values(graph, at)))
    found = gradient(graph, at)[1]
    assume(all(abs(slope) < 1e3 for slope in differentiate(graph, at).gradients))
    scale = max(1.0, *map(abs, found.values()))
    assert found == pytest.approx(central_differences(graph, at), rel=1e-4, abs=1e-4 * scale)


@given(graphs(), st.tuples(*[st.floats() for _ in range(3)]))
def test_no_point_makes_a_pass_raise(graph, point):
    trace = differentiate(graph, dict(zip("abc", point, strict=True)))
    assert all(type(slope) is float for slope in trace.gradient.values())
    found, slopes = gradient(graph, dict(zip("abc", point, strict=True)))
    np.testing.assert_equal([found, slopes], [trace.value, dict(trace.gradient)])


@given(graphs(), st.tuples(*[st.floats() for _ in range(3)]))
def test_a_bound_pass_gives_by_place_what_the_gradient_gives_by_name(graph, point):
    value, slopes = bound_pass(graph)(point)
    found, named = gradient(graph, dict(zip("abc", point, strict=True)))
    np.testing.assert_equal([value, *slopes], [found, *named.values()])


def test_a_bound_pass_of_arrays_takes_arrays():
    made = program("X : given 2 x 2 = random 1\nw : 2 = random 2\nL = sum(log(X @ w) ** 2)")
    value, (slope,) = bound_pass(made)(tuple(made.at.values()))
    found, named = gradient(made, made.at)
    np.testing.assert_equal([value, slope], [found, named["w"]])


@pytest.mark.parametrize("graph", [parse("x * y"), program("x : 2 = ones\ny : 2 = ones\nx @ y")])
@pytest.mark.parametrize("leaves", [(), (1.0,), (1.0, 2.0, 3.0)])
def test_a_bound_pass_refuses_another_number_of_leaves(graph, leaves):
    with pytest.raises(PointError, match=rf"{len(leaves)} values, and 2 leaves\..* x, y"):
        bound_pass(graph)(leaves)
    with pytest.raises(PointError, match="Say none"):
        bound_pass(parse("2 + 3"))((1.0,))


@pytest.mark.parametrize("uses", [99, 100, 101, 3000])
def test_a_node_may_be_used_thousands_of_times(uses):
    builder = Builder()
    x = builder.leaf("x")
    total = builder.node("sin", (x,))
    for _ in range(uses):
        total = builder.node("add", (total, x))
    found, slopes = gradient(builder.graph(), {"x": 0.5})
    assert found == pytest.approx(math.sin(0.5) + uses * 0.5)
    assert slopes["x"] == pytest.approx(math.cos(0.5) + uses)
    assert slopes == differentiate(builder.graph(), {"x": 0.5}).gradient


def test_a_row_that_is_too_wide_to_be_written_out_is_refused():
    builder = Builder()
    builder.node("sum", [builder.leaf(f"x{i}") for i in range(301)])
    with pytest.raises(LimitError, match="301 inputs are too many"):
        gradient(builder.graph(), {f"x{i}": 1.0 for i in range(301)})
