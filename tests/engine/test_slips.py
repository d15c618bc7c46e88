import pytest

from backprop.engine.backward import differentiate
from backprop.engine.network import Network
from backprop.engine.slips import with_updated_weights, wrong_gradient

HAND = Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True)
POINT = {
    **{"x1": 0.05, "x2": 0.1, "y1": 0.01, "y2": 0.99, "b1_1": 0.35, "b2_1": 0.6},
    **{"w1_1_1": 0.15, "w1_1_2": 0.2, "w1_2_1": 0.25, "w1_2_2": 0.3},
    **{"w2_1_1": 0.4, "w2_1_2": 0.45, "w2_2_1": 0.5, "w2_2_2": 0.55},
}


@pytest.mark.parametrize("detail", ["neurons", "operations"])
def test_a_pass_that_takes_the_right_slopes_gives_the_right_gradient(detail):
    trace = differentiate(HAND.graph(detail), POINT)
    found = wrong_gradient(trace, lambda term: term.local)
    assert found == pytest.approx(dict(trace.gradient))


@pytest.mark.parametrize("detail", ["neurons", "operations"])
def test_updated_weights_put_the_hidden_gradients_off_as_published(detail):
    trace = differentiate(HAND.graph(detail), POINT)
    right = trace.gradient
    after = {name: POINT[name] - 0.5 * g for name, g in right.items() if name[0] == "w"}
    wrong = with_updated_weights(trace, after)
    ratios = {name: wrong[name] / right[name] for name in after}
    assert [ratios[f"w1_{j}_{i}"] for j in (1, 2) for i in (1, 2)] == pytest.approx(
        [0.8316, 0.8316, 0.8512, 0.8512], abs=5e-5
    )
    assert all(ratios[name] == 1 for name in after if name.startswith("w2"))
