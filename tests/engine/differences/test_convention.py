"""Between what a gradient lies, whatever reverse mode takes for the slope of a kink."""

import numpy as np
import pytest

from backprop import Network, differentiate, parse
from backprop.engine.differences.convention import reverse_slopes


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
