import numpy as np
import pytest

from backprop.engine.backward import differentiate
from backprop.engine.errors import ShapeError
from backprop.engine.network import Network
from backprop.engine.slips.catalog import NOT_ZEROED, SIGN, STALE_GRADIENT
from backprop.engine.slips.slip import STALE_WEIGHTS, Slip, with_updated_weights, wrong_gradient

HAND = Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True)
POINT = {
    **{"x1": 0.05, "x2": 0.1, "y1": 0.01, "y2": 0.99, "b1_1": 0.35, "b2_1": 0.6},
    **{"w1_1_1": 0.15, "w1_1_2": 0.2, "w1_2_1": 0.25, "w1_2_2": 0.3},
    **{"w2_1_1": 0.4, "w2_1_2": 0.45, "w2_2_1": 0.5, "w2_2_2": 0.55},
}
ARRAYS = HAND.arrays({name: number for name, number in POINT.items() if name[0] in "wb"})
X, Y = [[0.05, 0.1]], [[0.01, 0.99]]


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


def test_updated_weights_do_the_same_on_a_batch_as_on_the_graph_of_numbers():
    trace = differentiate(HAND.graph("neurons"), POINT)
    after = {name: POINT[name] - 0.5 * g for name, g in trace.gradient.items() if name[0] == "w"}
    found = STALE_WEIGHTS.gradient(HAND, ARRAYS, X, Y, learning_rate=0.5)
    assert HAND.scalars(found) == pytest.approx(dict(with_updated_weights(trace, after)))


def test_updated_weights_give_the_published_loss_after_one_update():
    wrong = STALE_WEIGHTS.gradient(HAND, ARRAYS, X, Y)
    moved = {n: a - 0.5 * wrong[n] if n[0] == "W" else a for n, a in ARRAYS.items()}
    assert HAND.losses(moved, X, Y)[0] == pytest.approx(0.291027923905, abs=1e-12)


def test_updated_weights_give_the_published_outputs_after_ten_thousand_updates():
    moved = dict(ARRAYS)
    for _ in range(10_000):
        wrong = STALE_WEIGHTS.gradient(HAND, moved, X, Y)
        moved = {n: a - 0.5 * wrong[n] if n[0] == "W" else a for n, a in moved.items()}
    outputs = HAND.outputs(moved, X)[0]
    assert outputs == pytest.approx([0.0159121963, 0.9840657345], abs=1e-9)


def test_a_slip_that_looks_back_needs_a_round_before():
    right = HAND.loss_and_gradient(ARRAYS, X, Y)[1]
    before = {name: np.full(array.shape, 2.0) for name, array in right.items()}
    for slip, wanted in ((STALE_GRADIENT, 2.0), (NOT_ZEROED, right["W1"] + 2)):
        assert slip.lacks(HAND, 1) == ("a round before",)
        assert not slip.fits(HAND, 1)
        assert slip.fits(HAND, 1, before)
        found = slip.gradient(HAND, ARRAYS, X, Y, previous=before)
        np.testing.assert_allclose(found["W1"], np.broadcast_to(wanted, (2, 2)))
        first = slip.gradient(HAND, ARRAYS, X, Y)
        np.testing.assert_allclose(first["W1"], right["W1"])


def test_over_rounds_a_stale_gradient_is_one_behind_and_a_kept_one_adds_up():
    points = [{name: array + shift for name, array in ARRAYS.items()} for shift in (0, 1, 2)]
    right = [HAND.loss_and_gradient(point, X, Y)[1]["W1"] for point in points]
    for slip, wanted in (
        (STALE_GRADIENT, [right[0], right[0], right[1]]),
        (NOT_ZEROED, np.cumsum(right, axis=0)),
        (SIGN, [-each for each in right]),
    ):
        memory = None
        for point, each in zip(points, wanted, strict=True):
            found, memory = slip.round(HAND, point, X, Y, memory=memory)
            np.testing.assert_allclose(found["W1"], each)


def test_a_slip_of_a_lesson_is_not_planted():
    slip = Slip("at-x", "Taken at x", "The outer derivative is taken at x.")
    assert not slip.is_planted
    assert not slip.fits(HAND, 1)
    assert SIGN.is_planted


def test_an_array_that_does_not_fit_is_refused():
    with pytest.raises(ShapeError, match="W1 has the shape"):
        SIGN.gradient(HAND, {**ARRAYS, "W1": [[1.0]]}, X, Y)
