"""Which h: errors against the nudge; the golden numbers are those of one weight of the 2-2-2."""

import numpy as np
import pytest

from backprop.engine.differences.step_size import KINDS, ORDERS, errors_by_h, not_smooth
from backprop.engine.errors import PointError
from backprop.engine.expression import parse
from backprop.engine.network import Network

HAND = Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True)
WEIGHTS = {
    "W1": np.array([[0.15, 0.20], [0.25, 0.30]]),
    "b1": np.array([0.35]),
    "W2": np.array([[0.40, 0.45], [0.50, 0.55]]),
    "b2": np.array([0.60]),
}
AT = HAND.point(WEIGHTS, [0.05, 0.10], [0.01, 0.99])
GRAPH = HAND.graph("neurons")


def study(hs, dtype=np.float64, graph=GRAPH):
    return errors_by_h(graph, AT, "w2_1_1", hs, dtype=dtype)


@pytest.mark.parametrize("detail", ["operations", "neurons"])
@pytest.mark.parametrize(
    ("h", "forward", "central"),
    [
        (1e-2, 7.5e-4, 2.9e-6),
        (1e-3, 7.4e-5, 2.9e-8),
        (1e-4, 7.4e-6, 2.9e-10),
        (1e-5, 7.4e-7, None),
        (1e-6, 7.4e-8, None),
    ],
)
def test_the_errors_are_those_that_were_worked_out(h, forward, central, detail):
    found = study([h], graph=HAND.graph(detail))
    assert found["forward"].errors[0] == pytest.approx(forward, rel=0.02)
    assert found["backward"].errors[0] == pytest.approx(forward, rel=0.03)
    if central:
        assert found["central"].errors[0] == pytest.approx(central, rel=0.02)


def test_small_nudges_are_noise():
    found = study([1e-10, 1e-12])
    assert 1e-7 < found["central"].errors[0] < 1e-4
    assert 1e-6 < found["forward"].errors[1] < 1e-2


def test_the_complex_step_is_exact_however_small_it_is():
    assert study([1e-20, 1e-100])["complex"].errors.max() < 1e-15


def test_in_float32_the_best_nudge_is_much_larger():
    found = study([1e-1, 1e-2, 1e-3, 1e-4, 1e-5], np.float32)["central"]
    assert found.best_h == 1e-2
    assert found.best_error == pytest.approx(1.1e-5, rel=0.5)
    assert 1e-3 < found.errors[-1] < 1e-1
    assert study([1e-30], np.float32)["complex"].errors[0] < 1e-6


@pytest.mark.parametrize("kind", KINDS)
def test_the_error_falls_with_the_slope_that_theory_says(kind):
    errors = study([1e-2, 1e-3])[kind].errors
    assert np.log10(errors[0] / errors[1]) == pytest.approx(ORDERS[kind], abs=0.02)


@pytest.mark.parametrize(
    ("kind", "power"), [("forward", 1 / 2), ("backward", 1 / 2), ("central", 1 / 3)]
)
def test_the_best_nudge_is_about_a_power_of_the_precision(kind, power):
    hs = 10.0 ** np.arange(-12, 0)
    curve = study(hs)[kind]
    assert np.array_equal(curve.hs, hs)
    assert abs(np.log10(curve.best_h / np.finfo(float).eps ** power)) < 2


@pytest.mark.parametrize("loss", ["mean_squared_error", "binary_cross_entropy", "cross_entropy"])
@pytest.mark.parametrize("detail", ["operations", "neurons"])
def test_the_complex_step_goes_through_every_loss_at_both_details(loss, detail):
    last = "softmax" if loss == "cross_entropy" else "sigmoid"
    network = Network((2, 2, 2), ("softplus", last), loss)
    at = network.point(network.initialize(), [0.4, -0.2], [1, 0])
    found = errors_by_h(network.graph(detail), at, "w1_1_2", [1e-20], ("complex",))
    assert found["complex"].errors[0] < 1e-13


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("abs(x) * y", "absolute value"),
        ("max(x, y)", "larger"),
        ("relu(x + y)", "rectified linear unit"),
    ],
)
def test_where_an_operation_is_not_smooth_there_is_no_complex_step(text, title):
    found = errors_by_h(parse(text), {"x": 1, "y": 2}, "x", [1e-3, 1e-5])
    assert found["complex"].impossible == title
    assert np.isnan(found["complex"].errors).all()
    assert np.isnan(found["complex"].best_h)
    assert np.isnan(found["complex"].best_error)
    assert found["central"].errors.max() < 1e-6


def test_only_what_the_variable_reaches_must_be_smooth():
    found = errors_by_h(parse("abs(x) * y"), {"x": 1, "y": 2}, "y", [1e-20])
    assert found["complex"].impossible == ""
    assert found["complex"].errors[0] < 1e-15


def test_a_slope_of_0_has_absolute_errors():
    found = errors_by_h(parse("x^2"), {"x": 0}, "x", [1e-3], ("forward", "central"))
    assert found["forward"].errors[0] == pytest.approx(1e-3)
    assert found["central"].errors[0] == 0


def test_constants_and_what_overflows_are_no_trouble():
    assert errors_by_h(parse("x * 0 + 3"), {"x": 1}, "x", [1e-3])["central"].errors[0] == 0
    assert np.isnan(errors_by_h(parse("exp(x)"), {"x": 1000}, "x", [1e-3])["central"].errors[0])


def test_what_cannot_be_nudged_is_refused():
    with pytest.raises(PointError, match="“x1” is no variable that can be nudged"):
        errors_by_h(GRAPH, AT, "x1", [1e-3])


def test_a_function_of_real_numbers_only_has_no_complex_step():
    assert not_smooth(parse("gelu(x) + y"), "x") == "Gaussian error linear unit"
    assert not_smooth(parse("gelu(x) + y"), "y") == ""
    assert not_smooth(parse("silu(x)*atan(x)"), "x") == ""
