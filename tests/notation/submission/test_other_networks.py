"""A print that names neither activations nor loss is not wrong for having been made with others."""

import numpy as np
import pytest

from backprop import Network
from backprop.engine.differences.verdict import Answer
from backprop.notation.submission.judgement import judge
from backprop.notation.submission.read import read_submission
from tests.notation.submission.test_cases import CASES

PAGE = Network((2, 3, 2), ("sigmoid", "sigmoid"))
CLASSES = np.array([0, 2, 1, 2, 0])


def brought(network, Y, rows=5, shown=None, changed=()):
    """Return a network's point and gradient in a print that names nothing, and reads it."""
    rng = np.random.default_rng(3)
    X, parameters = rng.normal(size=(rows, network.sizes[0])), network.initialize(1)
    _, gradient = network.loss_and_gradient(parameters, X, Y)
    for name in changed:
        gradient[name] = gradient[name] * 1.5 + 0.1
    arrays = {**parameters, **{f"d{n}": a for n, a in gradient.items()}, "X": X}
    arrays["Y"] = Y if shown is None else shown
    text = "\n".join(f"{name} = {np.asarray(a).tolist()}" for name, a in arrays.items())
    return judge(read_submission(text, PAGE, settled=False))


@pytest.mark.parametrize("hidden", ["tanh", "relu", "leaky_relu", "linear"])
@pytest.mark.parametrize(
    ("last", "loss"),
    [("linear", "mean_squared_error"), ("tanh", "half_squared_error"), ("linear", "huber")],
)
def test_activations_that_are_not_named_are_told_by_the_gradient(hidden, last, loss):
    Y = np.random.default_rng(4).normal(size=(5, 3))
    judgement = brought(Network((4, 6, 3), (hidden, last), loss), Y)
    assert judgement.ok
    assert judgement.submission.network.activations == (hidden, last)
    assert judgement.submission.network.loss == loss
    assert any("I took these" in note for note in judgement.notes)


@pytest.mark.parametrize("shown", [None, CLASSES, CLASSES + 1])
def test_targets_of_classes_tell_the_loss(shown):
    network = Network((4, 6, 3), ("relu", "softmax"), "cross_entropy")
    assert brought(network, np.eye(3)[CLASSES], shown=shown).ok


def test_a_slip_is_a_slip_of_the_network_that_explains_the_rest():
    Y = np.random.default_rng(4).normal(size=(5, 3))
    network = Network((4, 6, 3), ("tanh", "linear"), "mean_squared_error")
    judgement = brought(network, Y, changed=["b2"])
    assert judgement.verdict.answer is Answer.WRONG
    assert judgement.submission.network.activations == ("tanh", "linear")
    assert {each.name.partition("[")[0] for each in judgement.checked.not_right} == {"b2"}


@pytest.mark.parametrize(
    ("loss", "outputs"), [("binary_cross_entropy", 1), ("mean_squared_error", 1)]
)
def test_a_loss_that_is_not_named_is_asked_for(loss, outputs):
    Y = np.array([[1.0], [0], [1], [1], [0]])
    judgement = brought(Network((4, 6, outputs), ("sigmoid", "sigmoid"), loss), Y)
    assert judgement.verdict.answer is Answer.OPEN
    assert loss in judgement.verdict.because
    assert judgement.suspects[0].confidence  # for the loss on the page it is that slip


def test_what_fits_no_network_stays_wrong():
    Y = np.random.default_rng(4).normal(size=(5, 3))
    network = Network((4, 6, 3), ("tanh", "linear"))
    judgement = brought(network, Y, changed=network.shapes)
    assert judgement.verdict.answer is Answer.WRONG
    assert judgement.submission.network.activations == PAGE.activations


@pytest.mark.parametrize("path", sorted(CASES.glob("s_torch_*.txt")), ids=lambda path: path.stem)
def test_a_published_print_is_right_on_the_page_as_it_stands(path):
    judgement = judge(read_submission(path.read_text("utf-8"), PAGE, settled=False))
    assert judgement.verdict.answer is Answer.RIGHT
