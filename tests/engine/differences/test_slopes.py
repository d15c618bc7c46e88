"""The gradient by nudging, and which nudges cross a kink."""

import math

import numpy as np
import pytest

from backprop.engine.backward import gradient
from backprop.engine.differences.slopes import (
    central_differences,
    function_differences,
    graph_differences,
    kinked,
)
from backprop.engine.errors import PointError
from backprop.engine.expression import parse
from backprop.engine.graph import Builder
from backprop.engine.network import Network

MAZUR = Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True)
WEIGHTS = {
    "W1": np.array([[0.15, 0.20], [0.25, 0.30]]),
    "b1": np.array([0.35]),
    "W2": np.array([[0.40, 0.45], [0.50, 0.55]]),
    "b2": np.array([0.60]),
}
X, Y = [[0.05, 0.10]], [[0.01, 0.99]]
BATCH = {**WEIGHTS, "X": np.array(X), "Y": np.array(Y)}


def test_central_differences_find_the_slopes_of_a_hand_calculation():
    found = central_differences(parse("(x + y) * z"), {"x": -2, "y": 5, "z": -4})
    assert found == pytest.approx({"x": -4, "y": -4, "z": 3})
    assert all(type(slope) is float for slope in found.values())


@pytest.mark.parametrize("h", [1e-2, 1e-3, 1e-4])
def test_the_error_falls_with_the_square_of_the_nudge(h):
    found = central_differences(parse("x^3"), {"x": 0.5}, h)["x"]
    assert found - 0.75 == pytest.approx(h**2, rel=1e-3)


def test_the_nudge_grows_with_the_parameter():
    found = central_differences(parse("x^3"), {"x": 100}, 1e-3)["x"]
    assert found - 3e4 == pytest.approx(0.1**2, rel=1e-3)


@pytest.mark.parametrize("h", [1e-2, 1e-3, 1e-4])
def test_the_errors_of_mazurs_w5_are_those_that_were_measured(h):
    graph = MAZUR.graph("operations")
    at = MAZUR.point(WEIGHTS, X[0], Y[0])
    exact = gradient(graph, at)[1]["w2_1_1"]
    found = central_differences(graph, at, h)["w2_1_1"]
    assert abs(found - exact) / exact == pytest.approx(2.9e-6 * (h / 1e-2) ** 2, rel=0.05)


def test_relu_nudged_across_its_kink_says_0_45():
    assert central_differences(parse("relu(x)"), {"x": -1e-6})["x"] == pytest.approx(0.45)


def test_what_is_given_is_not_nudged():
    assert set(central_differences(MAZUR.graph("neurons"), MAZUR.point(WEIGHTS, X[0], Y[0]))) == {
        *("w1_1_1", "w1_1_2", "w1_2_1", "w1_2_2", "b1_1"),
        *("w2_1_1", "w2_1_2", "w2_2_1", "w2_2_2", "b2_1"),
    }


def test_slopes_of_arrays_are_shaped_like_them_and_the_same_at_every_detail():
    by_array = central_differences(MAZUR.graph("layers"), BATCH)
    by_number = central_differences(MAZUR.graph("operations"), MAZUR.point(WEIGHTS, X[0], Y[0]))
    assert by_array["W2"].shape == (2, 2)
    assert MAZUR.scalars(by_array) == pytest.approx(by_number, abs=1e-10)


def test_many_parameters_are_nudged_in_several_passes(monkeypatch):
    graph, at = MAZUR.graph("operations"), MAZUR.point(WEIGHTS, X[0], Y[0])
    at_once = central_differences(graph, at)
    monkeypatch.setattr("backprop.engine.differences.slopes.ENTRIES", 6 * len(graph))
    assert central_differences(graph, at) == at_once


def test_a_function_that_ignores_its_variables_is_flat():
    builder = Builder()
    builder.leaf("x")
    builder.constant(3)
    assert central_differences(builder.graph(), {"x": 1}) == {"x": 0}


def test_a_point_that_does_not_fit_is_refused():
    with pytest.raises(PointError, match="“y” has no value"):
        central_differences(parse("x + y"), {"x": 1})


@pytest.mark.parametrize(
    ("text", "x", "kink"),
    [
        ("relu(x)", 1e-6, True),
        ("relu(x)", -1e-6, True),
        ("relu(x)", 1e-3, False),
        ("leaky_relu(x - 1)", 1, True),
        ("abs(x)", 0, True),
        ("abs(x) * 0", 0, True),
        ("sign(x)", 1e-6, True),
        ("step(-x)", 1e-6, True),
        ("max(x, 2)", 2, True),
        ("min(2, x^2)", 1.5, False),
        ("sigmoid(x)", 0, False),
    ],
)
def test_a_kink_between_the_two_points_is_seen(text, x, kink):
    assert graph_differences(parse(text), {"x": x}).kinks == {"x": kink}


def test_only_the_parameter_that_crosses_is_flagged():
    found = graph_differences(parse("relu(x) * y"), {"x": 1e-7, "y": 3})
    assert found.kinks == {"x": True, "y": False}


def test_kinks_of_arrays_are_shaped_like_them():
    network = Network((2, 2, 1), ("relu", "linear"), l1=0.1)
    at = network.batch(
        {"W1": [[1, 1], [1, -1]], "b1": [0, 0], "W2": [[1e-7, 1]], "b2": [0]}, [[2, 2]], [[0]]
    )
    kinks = graph_differences(network.graph("layers"), at).kinks
    np.testing.assert_array_equal(kinks["W1"], [[False, False], [True, True]])
    np.testing.assert_array_equal(kinks["b1"], [False, True])
    np.testing.assert_array_equal(kinks["W2"], [[True, False]])  # of the penalty


def test_the_largest_score_that_softmax_subtracts_is_no_kink():
    graph = Network((2, 2), ("softmax",), "cross_entropy").graph("operations")
    assert any(node.operation == "max" for node in graph.nodes)
    assert kinked(graph) == ()


def test_a_function_has_kinks_if_somebody_says_where():
    found = function_differences(abs_of_x, {"x": 1e-6}, sides=lambda point: np.sign([point["x"]]))
    assert found.kinks == {"x": True}
    assert function_differences(abs_of_x, {"x": 1e-6}).kinks == {"x": False}


def abs_of_x(point):
    return abs(point["x"])


def test_where_a_function_is_not_defined_its_slope_is_nan():
    found = function_differences(lambda p: math.sqrt(p["x"]), {"x": 0.0}).slopes
    assert math.isnan(found["x"])
    found = function_differences(lambda p: math.exp(p["x"]), {"x": 1000.0}).slopes
    assert math.isnan(found["x"])


@pytest.mark.parametrize(("side", "slope"), [(1, 1), (-1, 0), (0, 0.5)])
def test_each_side_of_a_kink_has_its_own_slope(side, slope):
    assert graph_differences(parse("relu(x)"), {"x": 0}, side=side).slopes == {"x": slope}
    graph = Network((1, 1), ("relu",)).graph("layers")
    at = {"W1": np.zeros((1, 1)), "b1": np.zeros(1), "X": np.ones((1, 1)), "Y": -np.ones((1, 1))}
    slopes = graph_differences(graph, at, side=side).slopes
    assert slopes["W1"].item() == pytest.approx(slope, abs=1e-4)
