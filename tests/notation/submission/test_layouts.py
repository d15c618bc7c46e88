"""How arrays lie: told apart by their shapes, where these are square by what fits, and said."""

import json

import numpy as np
import pytest

from backprop.engine.errors import InputError
from backprop.engine.network import Network
from backprop.engine.slips.catalog import SLIPS
from backprop.notation.submission.judgement import judge
from backprop.notation.submission.layouts import COLUMNS, IN_OUT, OUT_IN, ROWS, Wish
from backprop.notation.submission.read import read_submission

SQUARE = Network((3, 3, 3), ("tanh", "softmax"), "cross_entropy")
MIXED = Network((4, 3, 3, 2), ("tanh", "relu", "linear"), "mean_squared_error")
OBLONG = Network((3, 4, 2), ("sigmoid", "sigmoid"))


def drawn(network, rows, seed=1):
    """Return a point: parameters, X, Y, and the exact gradient there."""
    rng = np.random.default_rng(seed)
    parameters = {name: rng.normal(size=shape) for name, shape in network.shapes.items()}
    X, outputs = rng.normal(size=(rows, network.sizes[0])), network.sizes[-1]
    Y = rng.normal(size=(rows, outputs))
    if network.loss == "cross_entropy":
        Y = np.eye(outputs)[rng.integers(outputs, size=rows)]
    return parameters, X, Y, network.loss_and_gradient(parameters, X, Y)[1]


def turned(arrays, names=None):
    return {
        name: array.T if name in (names or arrays) and array.ndim == 2 else array
        for name, array in arrays.items()
    }


def document(network, parameters, X, Y, gradient, **more):
    plain = {"sizes": network.sizes, "activations": network.activations, "loss": network.loss}
    groups = {"parameters": parameters, "gradient": gradient}
    lists = {k: {n: a.tolist() for n, a in group.items()} for k, group in groups.items()}
    return json.dumps({**plain, **lists, "X": X.tolist(), "Y": Y.tolist(), **more})


def same(submission, parameters, gradient, X, Y):
    for name, array in parameters.items():
        np.testing.assert_array_equal(submission.parameters[name], array)
        np.testing.assert_allclose(submission.gradient[name], gradient[name], rtol=1e-12)
    np.testing.assert_array_equal(submission.X, X)
    np.testing.assert_array_equal(submission.Y, Y)


@pytest.mark.parametrize("columns", [False, True])
@pytest.mark.parametrize("in_out", [False, True])
@pytest.mark.parametrize("network", [SQUARE, MIXED, OBLONG], ids=lambda n: str(n.sizes))
@pytest.mark.parametrize("rows", [1, 3, 5])
def test_every_layout_is_read_rightly(network, in_out, columns, rows):
    for seed in range(3):
        parameters, X, Y, gradient = drawn(network, rows, seed)
        P, G = (turned(each) if in_out else each for each in (parameters, gradient))
        given = document(network, P, X.T if columns else X, Y.T if columns else Y, G)
        same(read_submission(given), parameters, gradient, X, Y)


def test_what_is_square_alone_may_lie_otherwise_than_the_rest():
    parameters, X, Y, gradient = drawn(MIXED, 5)
    given = document(MIXED, turned(parameters, ["W2"]), X, Y, turned(gradient, ["W2"]))
    submission = read_submission(given)
    same(submission, parameters, gradient, X, Y)
    assert submission.notes == (
        "W2 is square, and could be either way; the gradient fits it as (inputs, outputs), so I "
        "took that.",
    )
    assert (submission.layout.weights, submission.layout.examples) == (IN_OUT, "")


def test_what_was_turned_is_said():
    parameters, X, Y, gradient = drawn(MIXED, 5)
    submission = read_submission(document(MIXED, turned(parameters), X.T, Y.T, turned(gradient)))
    assert submission.notes == (
        "W1 and W3 are (inputs, outputs), and so I read the square W2 too: I transposed weights "
        "and gradients.",
        "X and Y have an example in each column; I transposed.",
    )


def test_a_wish_decides_what_is_square():
    parameters, X, Y, gradient = drawn(SQUARE, 3)
    given = document(SQUARE, turned(parameters), X.T, Y.T, turned(gradient))
    wrong = read_submission(given, wish=Wish(OUT_IN, ROWS))
    np.testing.assert_array_equal(wrong.parameters["W1"], parameters["W1"].T)
    np.testing.assert_array_equal(wrong.X, X.T)
    assert (wrong.layout.weights, wrong.layout.examples) == (OUT_IN, ROWS)
    same(read_submission(given, wish=Wish(IN_OUT, COLUMNS)), parameters, gradient, X, Y)
    named = document(SQUARE, turned(parameters), X.T, Y.T, turned(gradient),
                    layout="in, out", examples="columns")  # fmt: skip
    same(read_submission(named), parameters, gradient, X, Y)
    for key in ("layout", "examples"):
        with pytest.raises(InputError, match="“sideways” is no"):
            read_submission(document(SQUARE, parameters, X, Y, gradient, **{key: "sideways"}))


def test_a_gradient_alone_may_be_inputs_by_outputs():
    parameters, X, Y, gradient = drawn(OBLONG, 5)
    given = "".join(f"d{name} = {array.tolist()}\n" for name, array in turned(gradient).items())
    submission = read_submission(given, OBLONG, {**parameters, "X": X, "Y": Y})
    same(submission, parameters, gradient, X, Y)


@pytest.mark.parametrize("first", [0, 1])
def test_classes_are_counted_from_0_or_from_1(first):
    network = Network((2, 4, 3), ("tanh", "softmax"), "cross_entropy")
    for seed in range(8):
        parameters, X, Y, gradient = drawn(network, 4, seed)
        given = document(network, parameters, X, Y.argmax(axis=1) + first, gradient)
        same(read_submission(given), parameters, gradient, X, Y)


@pytest.mark.parametrize("network", [SQUARE, MIXED], ids=lambda n: str(n.sizes))
def test_no_slip_hides_behind_another_layout(network):
    planted = 0
    for seed in range(3):
        parameters, X, Y, gradient = drawn(network, 3, seed)
        for slip in SLIPS.values():
            if not slip.fits(network, len(X)):
                continue
            wrong = slip.gradient(network, parameters, X, Y)
            if all(np.allclose(wrong[n], gradient[n], rtol=1e-3) for n in gradient):
                continue
            submission = read_submission(document(network, parameters, X, Y, wrong))
            np.testing.assert_array_equal(submission.parameters["W2"], parameters["W2"])
            np.testing.assert_array_equal(submission.X, X)
            planted += 1
    assert planted > 20


def test_a_network_may_have_no_biases():
    network = Network((3, 4, 2), ("tanh", "linear"), "mean_squared_error")
    parameters, X, Y, _ = drawn(network, 5)
    parameters = {n: a if n[0] == "W" else 0 * a for n, a in parameters.items()}
    gradient = network.loss_and_gradient(parameters, X, Y)[1]
    weights, slopes = ({n: a for n, a in g.items() if n[0] == "W"} for g in (parameters, gradient))
    judgement = judge(read_submission(document(network, weights, X, Y, slopes)))
    assert judgement.ok
    assert {each.name[:2] for each in judgement.checked.findings} == {"W1", "W2"}
    assert "There are no b1, b2: I took 0, and their slopes are not judged." in judgement.notes
    wrong = judge(
        read_submission(document(network, weights, X, Y, {**slopes, "W1": -slopes["W1"]}))
    )
    assert not wrong.ok
    one = {**weights, "b2": parameters["b2"] + 1}
    gradient = network.loss_and_gradient({**parameters, "b2": one["b2"]}, X, Y)[1]
    del gradient["b1"]
    assert judge(read_submission(document(network, one, X, Y, gradient))).ok
    del gradient["b2"]
    with pytest.raises(InputError, match="db2 is missing"):
        read_submission(document(network, one, X, Y, gradient))


def test_a_search_that_would_take_too_long_takes_the_likeliest(monkeypatch):
    parameters, X, Y, gradient = drawn(SQUARE, 3)
    monkeypatch.setattr("backprop.notation.submission.fitting.MOST_TRIED", 0)
    submission = read_submission(document(SQUARE, turned(parameters), X, Y, turned(gradient)))
    np.testing.assert_array_equal(submission.parameters["W1"], parameters["W1"].T)
