"""Where a unit is saturated every number is right to 1e-12, against mpmath with 60 digits."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.engine.backward import differentiate, gradient, plain_record, repeated
from backprop.engine.differences.check import check_gradient
from backprop.engine.expression import parse
from backprop.engine.forward import columns
from backprop.engine.graph import Builder
from backprop.engine.network import Network
from backprop.engine.ops import OPS
from backprop.engine.saturation import bypasses, reading
from backprop.engine.slips.batch_pass import gradient_by
from backprop.engine.trace import Trace, edges
from backprop.training.optimizers import GradientDescent
from backprop.training.run import train

POINTS = np.concatenate(
    [
        np.linspace(-40, 40, 401),
        np.linspace(-700, 700, 301),
        np.random.default_rng(0).normal(0, 9, 298),
    ]
)


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-x))


SLOPES = {
    "sigmoid": lambda x: sigmoid(x) * sigmoid(-x),
    "tanh": lambda x: 1 / mpmath.cosh(x) ** 2,
    "softplus": sigmoid,
}
VALUES = {
    "sigmoid": sigmoid,
    "tanh": mpmath.tanh,
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
}
TYPED = {  # a formula of x, its value, its slope
    "log(sigmoid(x))": (lambda x: -mpmath.log1p(mpmath.exp(-x)), lambda x: sigmoid(-x)),
    "log(1 - sigmoid(x))": (lambda x: -mpmath.log1p(mpmath.exp(x)), lambda x: -sigmoid(x)),
    "1 - sigmoid(x)": (lambda x: sigmoid(-x), lambda x: -sigmoid(x) * sigmoid(-x)),
    "1 - (1 - sigmoid(x))": (sigmoid, lambda x: sigmoid(x) * sigmoid(-x)),
    "1 - tanh(x)^2": (
        lambda x: 1 / mpmath.cosh(x) ** 2,
        lambda x: -2 * mpmath.tanh(x) / mpmath.cosh(x) ** 2,
    ),
    "1 - tanh(x)*tanh(x)": (
        lambda x: 1 / mpmath.cosh(x) ** 2,
        lambda x: -2 * mpmath.tanh(x) / mpmath.cosh(x) ** 2,
    ),
    "logsumexp(x, 0)": (lambda x: mpmath.log1p(mpmath.exp(x)), sigmoid),
}


@pytest.fixture(autouse=True)
def precise():
    with mpmath.workdps(60):
        yield


def assert_close(found, exact):
    """Relative to 1e-12; what float64 keeps as a subnormal or as 0 has no digits."""
    exact = float(exact)
    assert found == pytest.approx(exact, rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("name", SLOPES)
def test_the_slope_and_the_value_are_right_at_a_thousand_points(name):
    row = OPS[name]
    out = row.evaluate(POINTS)
    (slopes,) = row.local_derivatives(out, POINTS)
    for x, value, slope in zip(POINTS.tolist(), out, slopes, strict=True):
        assert_close(value, VALUES[name](mpmath.mpf(x)))
        assert_close(slope, SLOPES[name](mpmath.mpf(x)))


@pytest.mark.parametrize("text", TYPED)
@pytest.mark.parametrize("share", [False, True])
def test_a_typed_formula_is_right_wherever_a_unit_is_saturated(text, share):
    graph, (value, slope) = parse(text, share=share), TYPED[text]
    for x in POINTS[::7].tolist():
        found, slopes = gradient(graph, {"x": x})
        trace = differentiate(graph, {"x": x})
        assert (trace.value, trace.gradient["x"]) == (found, slopes["x"])
        assert_close(found, value(mpmath.mpf(x)))
        assert_close(slopes["x"], slope(mpmath.mpf(x)))


@pytest.mark.parametrize(
    ("text", "x", "value", "slope"),
    [
        ("sigmoid(x)", 40.0, 1.0, 4.248354255291589e-18),
        ("tanh(x)", 20.0, 1.0, 1.6993417021166355e-17),
        ("1e18*sigmoid(x)", 40.0, 1e18, 4.248354255291589),
        ("log(sigmoid(x))", -800.0, -800.0, 1.0),
        ("log(sigmoid(x))", -5000.0, -5000.0, 1.0),
        ("1e18*log(sigmoid(x))", -800.0, -8e20, 1e18),
        ("log(1 - sigmoid(x))", 800.0, -800.0, -1.0),
        ("log(1 - (1 - sigmoid(x)))", -800.0, -800.0, 1.0),
        ("log(sigmoid(x)) + 3*sigmoid(x)", -800.0, -800.0, 1.0),
        ("softplus(x)", -800.0, 0.0, 0.0),
    ],
)
def test_golden_numbers(text, x, value, slope):
    found, slopes = gradient(parse(text), {"x": x})
    assert found == pytest.approx(value, rel=1e-15)
    assert slopes["x"] == pytest.approx(slope, rel=1e-12)


@pytest.mark.parametrize(("y", "slope"), [(1.0, -1.0), (0.0, 1.0)])
def test_zero_times_the_logarithm_of_zero_counts_as_zero(y, slope):
    found, slopes = gradient(parse("-(y*log(p)+(1-y)*log(1-p))"), {"y": y, "p": y})
    assert (found, slopes["p"]) == (0, slope)
    assert math.isinf(slopes["y"])


@pytest.mark.parametrize("share", [False, True])
def test_typed_binary_cross_entropy_of_a_sigmoid_is_exact(share):
    graph = parse("-(y*log(sigmoid(z)) + (1-y)*log(1 - sigmoid(z)))", share=share)
    for z in (-800.0, -40.0, 3.0, 40.0, 800.0):
        for y in (0.0, 1.0):
            found, slopes = gradient(graph, {"y": y, "z": z})
            assert_close(found, mpmath.log1p(mpmath.exp(-z if y else z)))
            assert_close(slopes["z"], -sigmoid(-mpmath.mpf(z)) if y else sigmoid(mpmath.mpf(z)))
            assert_close(slopes["y"], -z)


def test_printed_factors_still_multiply():
    graph = Network((1, 1), ("sigmoid",), "binary_cross_entropy").graph("operations")
    at = {"x1": 1.0, "w1_1_1": 40.0, "b1_1": 0.0, "y1": 0.0}
    trace = differentiate(graph, at)
    assert trace.value == 40
    for edge, local, product in zip(edges(graph), trace.locals, trace.products, strict=True):
        assert trace.gradients[edge.later] * local == pytest.approx(product, rel=1e-13)


NETWORKS = [
    Network((1, 1), ("sigmoid",), "binary_cross_entropy"),
    Network((1, 2), ("sigmoid",), "binary_cross_entropy"),
]


@pytest.mark.parametrize("network", NETWORKS, ids=["one output", "two outputs"])
@pytest.mark.parametrize("z", [-1000.0, -40.0, -6.5, 0.3, 8.0, 40.0, 720.0])
@pytest.mark.parametrize("y", [0.0, 1.0, 0.25])
def test_binary_cross_entropy_is_exact_at_every_detail(network, z, y):
    k, big = network.sizes[-1], mpmath.mpf(z)
    parameters = {"W1": np.full((k, 1), z), "b1": np.zeros(k)}
    loss = y * mpmath.log1p(mpmath.exp(-big)) + (1 - y) * mpmath.log1p(mpmath.exp(big))
    slope = ((1 - y) * sigmoid(big) - y * sigmoid(-big)) / k
    found, slopes = network.loss_and_gradient(parameters, [[1.0]], [[y] * k])
    assert_close(found, loss)
    assert_close(slopes["b1"][0], slope)
    for detail in ("operations", "neurons"):
        point = network.point(parameters, [1.0], [y] * k)
        found, slopes = gradient(network.graph(detail), point)
        assert_close(found, loss)
        assert_close(slopes["b1_1"], slope)


def test_softmax_with_cross_entropy_keeps_the_slope_of_a_certain_class():
    network = Network((1, 3), ("softmax",), "cross_entropy")
    parameters = {"W1": np.array([[50.0], [0.0], [1.0]]), "b1": np.zeros(3)}
    rest = mpmath.exp(-50) + mpmath.exp(-49)
    _, slopes = network.loss_and_gradient(parameters, [[1.0]], [[1.0, 0.0, 0.0]])
    assert_close(slopes["b1"][0], -rest / (1 + rest))
    assert_close(slopes["b1"][1], mpmath.exp(-50) / (1 + rest))
    point = network.point(parameters, [1.0], [1.0, 0.0, 0.0])
    _, slopes = gradient(network.graph("neurons"), point)
    assert_close(slopes["b1_1"], -rest / (1 + rest))


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_a_saturated_hidden_layer_keeps_its_slope_in_a_batch(activation):
    network = Network((1, 1, 1), (activation, "linear"))
    parameters = {"W1": [[1.0]], "b1": [0.0], "W2": [[1.0]], "b2": [0.0]}
    _, slopes = network.loss_and_gradient(parameters, [[20.0], [0.1]], [[-1.0], [0.0]])
    one, other = (SLOPES[activation](mpmath.mpf(x)) for x in ("20", "0.1"))
    a, b = (VALUES[activation](mpmath.mpf(x)) for x in ("20", "0.1"))
    assert_close(slopes["b1"][0], ((a + 1) * one + b * other) / 2)


def test_finite_differences_and_wrong_passes_read_logits_too():
    network = Network((1, 2, 1), ("tanh", "sigmoid"), "binary_cross_entropy")
    parameters = network.initialize(seed=3)
    parameters["W2"] = np.full((1, 2), 60.0)
    at = {**parameters, "X": np.array([[2.0], [1.5]]), "Y": np.array([[0.0], [1.0]])}
    assert check_gradient(network, at).ok
    _, right = gradient(network.graph("layers"), at)
    for name, slope in gradient_by((), network, at, 0.5).items():
        np.testing.assert_allclose(slope, right[name], rtol=1e-12)


def test_training_goes_on_where_the_output_is_saturated():
    network = Network((1, 1), ("sigmoid",), "binary_cross_entropy")
    parameters, optimizer = {"W1": np.array([[900.0]]), "b1": np.zeros(1)}, GradientDescent(100.0)
    X, Y = np.array([[1.0], [-1.0]]), np.array([[0.0], [1.0]])
    state = optimizer.start(parameters)
    for _ in range(12):
        parameters, state, _ = train(network, optimizer, parameters, state, [(X, Y)])
    assert np.isfinite(parameters["W1"]).all()
    assert network.loss_and_gradient(parameters, X, Y)[0] < 1e-10


def test_a_loop_over_arrays_repairs_only_the_passes_that_need_it():
    network = Network((2, 3, 3), ("tanh", "softmax"), "cross_entropy")
    graph, rng = network.graph("layers"), np.random.default_rng(0)
    at = network.batch(network.initialize(seed=1), rng.normal(size=(4, 2)), np.eye(3)[[0, 1, 2, 0]])
    slopes = {name: np.empty(shape) for name, shape in network.shapes.items()}
    step = repeated(graph, at, slopes)
    for scale in (0.1, 300.0, 0.1):
        X = scale * at["X"]
        value = step((X, at["Y"]))
        expected, wanted = gradient(graph, {**at, "X": X})
        assert value == expected
        for name, slope in wanted.items():
            np.testing.assert_array_equal(slopes[name], slope)


SATURATED = (
    *("log(sigmoid(x))*y", "y*log(1-sigmoid(x))", "log(1-sigmoid(x))/log(sigmoid(y))"),
    *("sigmoid(x)*log(sigmoid(x)) + y", "(1-sigmoid(x))*log(1-sigmoid(x)) + y"),
    *("log(x)*y", "y*log(x)*x", "1-tanh(x)^2+y"),
)


@pytest.mark.parametrize("share", [False, True])
@pytest.mark.parametrize("text", SATURATED)
@given(x=st.floats(-1000, 1000), y=st.sampled_from([0.0, 1.0, -3.0, 40.0]))
def test_loops_and_generated_code_are_the_same_where_units_are_saturated(text, share, x, y):
    graph, at = parse(text, share=share), {"x": x, "y": y}
    trace, plain = differentiate(graph, at), Trace(graph, *plain_record(graph, at))
    for column in ("values", "gradients", "locals", "products", "totals"):
        np.testing.assert_equal(getattr(plain, column), getattr(trace, column), err_msg=column)
    found, slopes = gradient(graph, at)
    np.testing.assert_equal((found, slopes), (plain.value, dict(plain.gradient)))


@pytest.mark.parametrize("text", ["s*log(s)", "(1 - s)*log(1 - s)", "s^2 + 3*log(s)"])
def test_a_sigmoid_that_is_used_twice_sends_both_past_its_gradient(text):
    graph = parse(text.replace("s", "sigmoid(x)"), share=True)
    for x in (-800.0, -40.0, -6.5, 6.5, 40.0, 800.0):
        s, rest = sigmoid(mpmath.mpf(x)), sigmoid(-mpmath.mpf(x))
        slopes = {
            "s*log(s)": s * rest * (mpmath.log(s) + 1),
            "(1 - s)*log(1 - s)": -s * rest * (mpmath.log(rest) + 1),
            "s^2 + 3*log(s)": 2 * s * s * rest + 3 * rest,
        }
        assert_close(gradient(graph, {"x": x})[1]["x"], slopes[text])


def test_a_batch_with_saturated_rows_is_the_same_in_loops_and_generated_code():
    network = Network((1, 1), ("sigmoid",), "binary_cross_entropy")
    X, Y = [[-900.0], [-7.0], [0.3], [40.0]], [[1.0], [0.0], [1.0], [0.0]]
    graph = network.graph("layers")
    at = network.batch({"W1": [[1.0]], "b1": [0.0]}, X, Y)
    trace, plain = differentiate(graph, at), Trace(graph, *plain_record(graph, at))
    for column in ("values", "gradients", "products", "totals"):
        np.testing.assert_equal(getattr(plain, column), getattr(trace, column), err_msg=column)


def test_many_points_at_once_read_logits_too():
    graph = parse("log(1 - sigmoid(x))")
    found = columns(graph, {"x": np.array([-800.0, 0.5, 40.0, 800.0])})[-1]
    expected = [float(-mpmath.log1p(mpmath.exp(x))) for x in (-800, 0.5, 40, 800)]
    np.testing.assert_allclose(found, expected, rtol=1e-14)


ON_ONE_NUMBER = [name for name, row in OPS.items() if len(row.inputs) == 1]


@pytest.mark.parametrize("inside", ["log(sigmoid(x))", "1 - sigmoid(x)", "log(x)"])
@pytest.mark.parametrize("outside", ON_ONE_NUMBER)
def test_every_operation_of_one_number_stands_upon_a_logarithm_and_a_sigmoid(outside, inside):
    formula = f"-({inside})" if outside == "negate" else f"{outside}({inside})"
    graph = parse(formula)
    for x in (0.5, 40.0):
        trace = differentiate(graph, {"x": x})
        value, slopes = gradient(graph, {"x": x})
        np.testing.assert_equal((value, slopes["x"]), (trace.value, trace.gradient["x"]))


def test_the_log_loss_of_a_sigmoid_as_it_is_typed_is_exact():
    value, slopes = gradient(parse("-log(sigmoid(x))"), {"x": 40.0})
    assert value == pytest.approx(float(mpmath.log1p(mpmath.exp(-40))), rel=1e-14)
    assert slopes["x"] == pytest.approx(float(-sigmoid(mpmath.mpf(-40))), rel=1e-12)


def test_what_has_no_sigmoid_reads_its_inputs_alone():
    graph = parse("x * y + log(x)")
    assert bypasses(graph) == {}
    assert all(
        reading(graph, i).nodes == node.inputs for i, node in enumerate(graph.nodes) if node.inputs
    )


def test_a_hidden_sigmoid_of_a_batch_has_no_bypass():
    network = Network((1, 1, 1), ("sigmoid", "sigmoid"), "binary_cross_entropy")
    graph = network.graph("layers")
    assert [*bypasses(graph)] == [graph.position("A2")]


def test_the_square_of_another_function_is_no_tanh():
    builder = Builder()
    x = builder.leaf("x")
    tanh = builder.node("tanh", (x,))
    builder.node("subtract", (builder.constant(1), builder.node("multiply", (tanh, x))))
    graph = builder.graph()
    assert reading(graph, graph.output).nodes == graph.nodes[-1].inputs
