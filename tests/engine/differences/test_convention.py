"""Between what a gradient lies, whatever reverse mode takes for the slope of a kink."""

import numpy as np
import pytest

from backprop import Network, differentiate, parse
from backprop.engine.differences.convention import reverse_slopes
from backprop.engine.program import program


@pytest.mark.parametrize(
    ("text", "at", "low", "high"),
    [
        ("relu(x) - relu(-x)", 0, 0, 2),  # (taken, taken): 1 + 1; (neither): 0
        ("abs(x) + 3*x", 0, 2, 4),
        ("max(x, 2*x)", 0, 1, 2),
        ("where(x < 1, x, 5*x)", 1, 1, 5),
        ("where(x < 1, x, 5*x)", 2, 5, 5),  # not at the jump
        ("floor(x) + x", 2, 1, 1),  # flat on both sides
        ("x^2", 3, 6, 6),
    ],
)
def test_every_choice_at_a_kink_lies_between_the_two(text, at, low, high):
    slopes = reverse_slopes(differentiate(parse(text), {"x": at}))
    assert (slopes.low["x"], slopes.high["x"]) == pytest.approx((low, high))


@pytest.mark.parametrize("detail", ["operations", "neurons", "layers"])
def test_a_margin_of_a_hinge_that_is_0_may_count_or_not(detail):
    network = Network((1, 2), ("linear",), "multiclass_hinge")
    X, Y = np.ones((1, 1)), np.array([[1.0, 0.0]])
    parameters = {"W1": np.array([[1.0], [0.0]]), "b1": np.zeros(2)}  # 1 − 1 + 0 is the margin
    if detail == "layers":
        at = {**parameters, "X": X, "Y": Y}
        name = "b1"
    else:
        at = {**network.scalars(parameters), "x1": 1.0, "y1": 1.0, "y2": 0.0}
        name = "b1_2"
    slopes = reverse_slopes(differentiate(network.graph(detail), at))
    low, high = np.ravel(slopes.low[name])[-1], np.ravel(slopes.high[name])[-1]
    assert (low, high) == (0, 0.5)  # one of two classes, and the mean over both


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("L = sum(max(x, axis=0) * 3)", [0, 0, 0], [3, 3, 0]),  # shared, or one takes all
        ("L = min(-x)", [-1, -1, 0], [0, 0, 0]),
        ("L = sum(maximum(c, x))", [0, 0, 0], [1, 1, 0]),
        ("L = sum(where(x < 2, x, 5 * x))", [1, 1, 1], [5, 5, 1]),  # either branch at the jump
        ("L = sum(floor(x) + x)", [1, 1, 1], [1, 1, 1]),
        ("d = sum(x[:2]) / 2\nL = sum(maximum(d, c3))", [0, 0, 0], [1, 1, 0]),  # d is broadcast
        ("L = sum(maximum(x[:1] * y, c3))", [0, 0, 0], [4, 0, 0]),  # both are
    ],
)
def test_ties_of_arrays_may_be_broken_by_any_convention(text, low, high):
    given = "c : given scalar = 2\nc3 : given 3 = [2, 2, 3]\ny : given 2 x 1 = ones"
    made = program(f"x : 3 = [2, 2, 1]\n{given}\n{text}")
    slopes = reverse_slopes(differentiate(made, made.at))
    assert slopes.low["x"].tolist() == pytest.approx(low)
    assert slopes.high["x"].tolist() == pytest.approx(high)
