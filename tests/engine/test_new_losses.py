"""Huber's loss and the multi-class hinge, as PyTorch defines HuberLoss and MultiMarginLoss.

The numbers are worked out by hand, but for the first of the hinge: it is the example in PyTorch's
documentation of MultiMarginLoss.
"""

import numpy as np
import pytest

from backprop.engine.backward import gradient
from backprop.engine.differences.check import check_gradient
from backprop.engine.differences.network import network_differences
from backprop.engine.differences.slopes import graph_differences
from backprop.engine.errors import ShapeError
from backprop.engine.families import find_operation
from backprop.engine.network import Network

DETAILS = ("operations", "neurons", "layers")
HUBER = [  # outputs, targets, loss, slopes
    ((0.0,), (0.0,), 0.0, (0.0,)),
    ((0.5,), (0.0,), 0.125, (0.5,)),
    ((1.0,), (0.0,), 0.5, (1.0,)),  # both formulas agree where they meet
    ((-1.0,), (0.0,), 0.5, (-1.0,)),
    ((3.0,), (0.5,), 2.0, (1.0,)),
    ((-1e300,), (0.0,), 1e300, (-1.0,)),
    ((0.5, 3.0), (0.0, 0.5), 1.0625, (0.25, 0.5)),
]
HINGE = [  # scores, the true class, loss, slopes
    ((0.1, 0.2, 0.4, 0.8), 3, 0.325, (0.25, 0.25, 0.25, -0.75)),
    ((5.0, 0.0, 0.0), 0, 0.0, (0.0, 0.0, 0.0)),
    ((1.0, 0.0), 0, 0.0, (0.0, 0.0)),  # exactly 1 ahead: PyTorch takes the slope 0
    ((0.0, 2.0, -3.0), 0, 1.0, (-1 / 3, 1 / 3, 0.0)),
    ((2.0, 2.0, 2.0), 1, 2 / 3, (1 / 3, -2 / 3, 1 / 3)),
]


@pytest.mark.parametrize(("outputs", "targets", "loss", "slopes"), HUBER)
def test_hubers_loss_is_a_square_near_and_a_line_afar(outputs, targets, loss, slopes):
    assert by_network("huber", outputs, targets) == [(loss, slopes)] * 3


@pytest.mark.parametrize(("scores", "true", "loss", "slopes"), HINGE)
def test_a_hinge_counts_classes_within_one_of_the_true_one(scores, true, loss, slopes):
    for found, slope in by_network("multiclass_hinge", scores, np.eye(len(scores))[true]):
        assert found == pytest.approx(loss, rel=1e-15)
        assert slope == pytest.approx(slopes, rel=1e-15)


def by_network(loss, outputs, targets):
    """Return loss and slopes by the outputs at each detail: the outputs are biases here."""
    network = Network((1, len(outputs)), ("linear",), loss)
    parameters = {"W1": np.zeros((len(outputs), 1)), "b1": np.array(outputs)}
    found = []
    for detail in DETAILS:
        if detail == "layers":
            value, slopes = network.loss_and_gradient(parameters, [[1.0]], [targets])
        else:
            point = network.point(parameters, [1.0], targets)
            value, flat = gradient(network.graph(detail), point)
            slopes = network.arrays(flat)
        found.append((value, tuple(slopes["b1"].tolist())))
    return found


@pytest.mark.parametrize("loss", ["huber", "multiclass_hinge"])
def test_differences_confirm_whole_networks_and_see_the_kinks(loss):
    network = Network((2, 4, 3), ("tanh", "linear"), loss, l2=0.1)
    rng = np.random.default_rng(7)
    parameters = {k: v + rng.normal(0, 0.5, v.shape) for k, v in network.initialize(2).items()}
    X, Y = rng.normal(size=(6, 2)), np.eye(3)[rng.integers(3, size=6)] * (1 + 2 * (loss == "huber"))
    at = network.batch(parameters, X, Y)
    slopes = network.loss_and_gradient(parameters, X, Y)[1]
    found, plain = network_differences(network, at), graph_differences(network.graph("layers"), at)
    for name, slope in slopes.items():
        np.testing.assert_allclose(found.slopes[name], slope, rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(found.slopes[name], plain.slopes[name], rtol=1e-6, atol=1e-9)
        np.testing.assert_array_equal(found.kinks[name], plain.kinks[name])


@pytest.mark.parametrize("detail", DETAILS)
def test_a_score_that_is_just_one_behind_is_known_as_a_kink(detail):
    network = Network((1, 2), ("linear",), "multiclass_hinge")
    parameters = {"W1": np.zeros((2, 1)), "b1": np.array([1.0, 0.0])}
    at = network.batch(parameters, [[1.0]], [[1.0, 0.0]])
    if detail != "layers":
        at = network.point(parameters, [1.0], [1.0, 0.0])
    report = check_gradient(network.graph(detail), at)
    assert report.kink.all()
    assert report.ok
    assert (
        network_differences(network, network.batch(parameters, [[1.0]], [[1, 0]])).kinks["b1"].all()
    )


def test_a_hinge_compares_at_least_two_classes():
    with pytest.raises(ShapeError, match="compares the scores of classes"):
        Network((2, 1), ("linear",), "multiclass_hinge")


def test_the_code_of_many_classes_stays_short():
    row = find_operation("multiclass_hinge", 128)
    assert max(map(len, row.partial_codes)) < 5_000
    assert sum(map(len, row.partial_codes)) < 500_000
