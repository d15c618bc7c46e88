"""How far rounded weights and data may carry a gradient, by differences and by hand."""

from itertools import product

import numpy as np
import pytest

from backprop.engine.differences import rounded_inputs
from backprop.engine.differences.rounded_inputs import (
    BENT,
    MOST_KINKS,
    find_lost_slopes,
    find_reach,
    find_spread,
)
from backprop.engine.expression import parse
from backprop.engine.network import Network


def spread(network, parameters, X, Y, half, exact=()):
    at = network.batch(parameters, X, Y)
    halves = {name: 0.0 if name in exact else half for name in at}
    return find_spread(network, at, {n: np.full(a.shape, halves[n]) for n, a in at.items()})


LINE = Network((1, 1), ("linear",))
ONE = {"W1": np.array([[0.5]]), "b1": np.array([-1.0])}


def test_exact_numbers_carry_a_gradient_nowhere():
    found = spread(LINE, ONE, [[2.0]], [[3.0]], 0.0)
    assert found.kinks == 0
    assert not any(array.any() for array in found.reach.values())


def test_a_few_numbers_can_all_be_off_one_way():
    # ∂L/∂b = wx + b − y: its slopes by w, x, b, y are 2, 0.5, 1, −1
    found = spread(LINE, ONE, [[2.0]], [[3.0]], 1e-4).reach
    assert found["b1"] == pytest.approx([BENT * 4.5e-4], rel=1e-3)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "softplus"])
def test_no_corner_of_the_rounding_is_beyond_the_reach(activation):
    network = Network((1, 2, 1), (activation, "linear"))
    rng = np.random.default_rng(4)
    at = {name: rng.normal(size=shape) for name, shape in network.shapes.items()}
    X, Y = rng.normal(size=(1, 1)), rng.normal(size=(1, 1))
    right = network.loss_and_gradient(at, X, Y)[1]
    reach = spread(network, at, X, Y, 1e-3).reach
    furthest = {name: np.zeros(array.shape) for name, array in right.items()}
    for signs in product((-1e-3, 1e-3), repeat=9):
        flat = iter(signs)
        moved = {
            name: array + np.reshape([next(flat) for _ in range(array.size)], array.shape)
            for name, array in {**at, "X": X, "Y": Y}.items()
        }
        x, y = moved.pop("X"), moved.pop("Y")
        for name, array in network.loss_and_gradient(moved, x, y)[1].items():
            furthest[name] = np.maximum(furthest[name], np.abs(array - right[name]))
    for name, most in furthest.items():
        assert np.all(most <= reach[name])
        assert np.all(reach[name] <= 1.5 * most)


def bigger(passes, monkeypatch):
    monkeypatch.setattr(rounded_inputs, "MOST_PASSES", passes)
    monkeypatch.setattr(rounded_inputs, "MOST_WORK", 10**9)
    network = Network((6, 10, 3), ("tanh", "linear"))
    rng = np.random.default_rng(1)
    at = network.initialize(1)
    return spread(network, at, rng.normal(size=(8, 6)), rng.normal(size=(8, 3)), 1e-4).reach


def test_groups_of_numbers_tell_nearly_what_each_alone_does(monkeypatch):
    groups, alone = bigger(64, monkeypatch), bigger(1_000, monkeypatch)
    for name, array in alone.items():
        assert np.median(groups[name] / array) == pytest.approx(1, abs=0.15)
        assert np.all(groups[name] > 0.4 * array)


RELU = Network((1, 1, 1), ("relu", "linear"))


def at_kink(z):
    """Return a point whose one hidden pre-activation is z, and what the gradient of b1 is there."""
    parameters = {
        "W1": np.array([[1.0]]),
        "b1": np.array([z - 1.0]),
        "W2": np.array([[3.0]]),
        "b2": np.array([0.0]),
    }
    return parameters, [[1.0]], [[2.0]]


@pytest.mark.parametrize("z", [1e-4, 0.0, -1e-4])
def test_a_leap_that_rounding_may_make_is_added(z):
    found = spread(RELU, *at_kink(z), 1e-3)
    assert found.kinks == 1
    assert found.reach["b1"] == pytest.approx([6], rel=0.01)  # (ŷ − y) · 3, or 0


def test_a_leap_that_rounding_cannot_make_is_not():
    found = spread(RELU, *at_kink(0.1), 1e-3)
    assert found.kinks == 0
    assert found.reach["b1"] < 0.05


def test_each_example_leaps_alone():
    parameters, X, Y = at_kink(1e-4)
    found = spread(RELU, parameters, [*X, [5.0]], [*Y, [2.0]], 1e-3)
    assert found.kinks == 1
    assert found.reach["b1"] == pytest.approx([3], rel=0.05)


def test_the_bias_that_units_share_can_carry_each_across():
    network = Network((1, 2, 1), ("relu", "linear"), shared_biases=True)
    at = {
        "W1": np.array([[1.0], [2.0]]),
        "b1": np.array([-1.0]),
        "W2": np.array([[3.0, 1.0]]),
        "b2": np.array([0.0]),
    }
    found = spread(network, at, [[1.0]], [[2.0]], 1e-3)
    assert found.kinks == 1
    assert found.reach["W1"][0, 0] == pytest.approx(3, rel=0.1)


def test_where_too_many_may_leap_nothing_is_certain():
    network = Network((1, MOST_KINKS // 4, 1), ("relu", "linear"))
    at = {name: np.zeros(shape) for name, shape in network.shapes.items()}
    found = spread(network, at, np.ones((5, 1)), np.ones((5, 1)), 1e-3)
    assert found.kinks > MOST_KINKS
    assert np.isinf(found.reach["W1"]).all()


def test_a_point_that_overflows_can_be_off_by_anything():
    found = spread(LINE, {**ONE, "W1": np.array([[1e200]])}, [[1e200]], [[3.0]], 1.0)
    assert np.isinf(found.reach["b1"]).all()


def test_the_margins_of_a_hinge_leap_too():
    network = Network((1, 3), ("linear",), "multiclass_hinge")
    at = {"W1": np.array([[1.0], [2.0 + 1e-4], [0.5]]), "b1": np.zeros(3)}
    X, Y = [[1.0], [9.0]], [[0, 0, 1], [0, 1, 0]]  # 1 + 1 − 0.5 > 0; 1 + 18 − 9 > 0
    clear = spread(network, at, X, Y, 1e-3, exact="Y")
    assert clear.kinks == 0
    near = spread(
        network, at, X, [[0, 1, 0], [0, 1, 0]], 1e-3, exact="Y"
    )  # 1 + 1 − 2.0001 = −0.0001
    assert near.kinks == 1
    assert near.reach["b1"] == pytest.approx([1 / 6, 1 / 6, 0], abs=1e-9)


def test_a_function_of_numbers_is_moved_to_both_sides():
    graph, at = parse("x^2 * y"), {"x": 3.0, "y": 2.0}
    reach = find_reach(graph, at, {"x": 0.01, "y": 0.0})
    assert reach["x"] == pytest.approx(BENT * 2 * 2 * 0.01)  # ∂f/∂x = 2xy
    assert reach["y"] == pytest.approx(BENT * (3.01**2 - 9))  # ∂f/∂y = x²
    assert np.isinf(find_reach(parse("log(x)"), {"x": 0.0}, {"x": 1.0})["x"])


@pytest.mark.parametrize("hidden", ["tanh", "sigmoid", "linear"])
@pytest.mark.parametrize("last", ["tanh", "sigmoid", "linear"])
@pytest.mark.parametrize("shared", [False, True])
def test_what_float32_leaves_of_a_slope_is_within_what_is_allowed(hidden, last, shared):
    network = Network((2, 3, 2), (hidden, last), shared_biases=shared)
    parameters = {name: 6 * array for name, array in network.initialize(3).items()}
    X, Y = np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([[1.0, 0.0], [0.0, 1.0]])
    at = network.batch(parameters, X, Y)
    lost = find_lost_slopes(network, at, 2.0**-24)
    W, b = (lambda name: parameters[name].astype(np.float32)), np.float32

    def act(kind, z):
        return z if kind == "linear" else np.tanh(z) if kind == "tanh" else 1 / (1 + np.exp(-z))

    def slope(kind, a):
        return {"linear": a * 0 + 1, "tanh": 1 - a * a, "sigmoid": a * (1 - a)}[kind]

    A = [X.astype(b)]
    for layer, kind in ((1, hidden), (2, last)):
        A.append(act(kind, A[-1] @ W(f"W{layer}").T + W(f"b{layer}")))
    delta = (A[2] - Y.astype(b)) * slope(last, A[2]) / b(2)
    right = network.loss_and_gradient(parameters, X, Y)[1]
    spread = find_spread(network, at, {n: 2.0**-23 * np.abs(a) for n, a in at.items()}).reach
    for layer, before in ((2, A[1]), (1, A[0])):
        if layer == 1:
            delta = (delta @ W("W2")) * slope(hidden, A[1])
        name = f"W{layer}"
        allowed = 4 * (lost[name] + spread[name]) + 1e-6 * np.abs(right[name]).max()
        assert np.all(np.abs(delta.T @ before - right[name]) <= allowed)
    assert lost["b1"].shape == right["b1"].shape
