"""The programs to begin with: they run, and what they print is read back."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest

from backprop.engine.errors import LimitError, ShapeError
from backprop.engine.network import ACTIVATIONS, Network
from backprop.notation.export.libraries import AUTOGRAD
from backprop.notation.export.starter import json_starter, numpy_starter, pytorch_starter
from backprop.notation.submission.read import read_submission
from backprop.notation.submission.report import check_submission

NETWORKS = [
    Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True),
    Network((3, 4, 2), ("relu", "softmax"), "cross_entropy"),
    Network((3, 4, 3, 2), ("tanh", "leaky_relu", "sigmoid"), "binary_cross_entropy"),
    Network((2, 3, 1), ("softplus", "linear"), "mean_squared_error", l1=0.01, l2=0.1),
    Network((8, 20, 3), ("tanh", "sigmoid")),
]
PASS = """
SLOPES = {
    "sigmoid": lambda Z, A: A * (1 - A),
    "tanh": lambda Z, A: 1 - A**2,
    "relu": lambda Z, A: Z > 0,
    "leaky_relu": lambda Z, A: np.where(Z > 0, 1, 0.01),
    "softplus": lambda Z, A: 1 / (1 + np.exp(-Z)),
    "linear": lambda Z, A: 1,
}
LOSSES = {
    "half_squared_error": lambda A, Y: (A - Y) / len(A),
    "mean_squared_error": lambda A, Y: 2 * (A - Y) / A.size,
    "binary_cross_entropy": lambda A, Y: (A - Y) / (A * (1 - A)) / A.size,
}


def backward(parameters, kept, Y):
    gradient, last = {}, len(activations)
    for i in range(last, 0, -1):
        A, name = kept[f"A{i}"], activations[i - 1]
        if name == "softmax":
            dZ = (A - Y) / len(Y)
        else:
            dA = LOSSES[loss_name](A, Y) if i == last else dZ @ parameters[f"W{i + 1}"]
            dZ = dA * SLOPES[name](kept[f"Z{i}"], A)
        W = parameters[f"W{i}"]
        gradient[f"W{i}"] = dZ.T @ kept[f"A{i - 1}"] + L1 * np.sign(W) + L2 * W
        gradient[f"b{i}"] = dZ.sum(axis=0) if not shared_biases else dZ.sum(keepdims=True).ravel()
    return gradient


kept = forward("""
CASES = [pytest.param(network, id="-".join(map(str, network.sizes))) for network in NETWORKS]


def example(network, rows=3):
    rng = np.random.default_rng(4)
    X = rng.normal(size=(rows, network.sizes[0]))
    Y = rng.uniform(0.1, 0.9, size=(rows, network.sizes[-1]))
    if network.loss == "cross_entropy":
        Y = np.eye(network.sizes[-1])[rng.integers(network.sizes[-1], size=rows)]
    parameters = network.initialize(seed=2)
    return network, {k: v + 0.01 * rng.normal(size=v.shape) for k, v in parameters.items()}, X, Y


def printed(program):
    command = [sys.executable, "-W", "error", "-c", program]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout


def assert_same(found, network, parameters, X, Y):
    assert (found.network, found.notes) == (network, ())
    np.testing.assert_array_equal(found.X, X)
    np.testing.assert_array_equal(found.Y, Y)
    for name, array in parameters.items():
        np.testing.assert_array_equal(found.parameters[name], array)


@pytest.mark.parametrize("network", CASES)
def test_the_numpy_starter_with_a_right_backward_pass_is_right(network):
    given = example(network)
    program = numpy_starter(*given)
    start, called, end = program.partition("\nkept = forward(")
    right = PASS.replace("L1", repr(network.l1)).replace("L2", repr(network.l2))
    assert called
    out = printed(start + right + end)
    found = read_submission(out)
    assert_same(found, *given)
    assert check_submission(found).sentence == "The gradient is right."
    value = network.loss_and_gradient(*given[1:])[0]
    if not (network.l1 or network.l2):
        assert json.loads(out)["value"] == pytest.approx(value, rel=1e-12)


def test_the_numpy_starter_runs_as_it_is_and_is_told_to_be_unfinished():
    given = example(NETWORKS[1])
    found = read_submission(printed(numpy_starter(*given)))
    assert_same(found, *given)
    assert check_submission(found).sentence == "Every entry is 0: is the backward pass filled in?"


def test_the_numpy_starter_says_the_shapes_of_what_is_to_be_filled_in():
    program = numpy_starter(*example(NETWORKS[2]))
    assert 'gradient["W2"] = np.zeros((3, 4))  # yours: from dZ2 and A1' in program
    assert "# yours: dZ2 = ∂L/∂Z2, (3, 3), from dZ3" in program
    assert "# yours: dZ3 = ∂L/∂Z3, (3, 2), from A and Y" in program
    assert "the penalties add 0.01 · sign(W) + 0.1 · W" in numpy_starter(*example(NETWORKS[3]))


@pytest.mark.parametrize("network", CASES)
def test_the_pytorch_starter_is_right_as_it_is(network):
    pytest.importorskip("torch")
    given = example(network)
    found = read_submission(printed(pytorch_starter(*given)))
    assert_same(found, *given)
    assert check_submission(found).ok


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_is_written_in_pytorchs_words(activation):
    loss = "cross_entropy" if activation == "softmax" else "half_squared_error"
    network = Network((2, 2), (activation,), loss)
    program = pytorch_starter(*example(network))
    compile(program, "starter", "exec")
    line = next(line for line in program.splitlines() if line.endswith(f"# {activation}"))
    assert line.startswith("A = torch." if activation in (*AUTOGRAD, "softmax") else "A = Z")
    assert not re.search(r"\bx\b", line)


@pytest.mark.parametrize("network", CASES)
def test_the_json_starter_names_everything_and_holds_zeros(network):
    given = example(network)
    found = read_submission(json_starter(*given))
    assert_same(found, *given)
    assert all(not array.any() for array in found.gradient.values())


def test_numbers_that_are_not_finite_are_written_so_that_the_program_runs():
    network, parameters, X, Y = example(NETWORKS[4])
    parameters["b1"][:2] = np.nan, -np.inf
    program = numpy_starter(network, parameters, X, Y).replace('"-W", "error"', "")
    assert 'float("nan"), float("-inf")' in program
    found = read_submission(json_starter(network, parameters, X, Y))
    np.testing.assert_array_equal(found.parameters["b1"], parameters["b1"])


@pytest.mark.parametrize("starter", [numpy_starter, pytorch_starter, json_starter])
def test_what_could_not_be_read_back_is_not_written(starter):
    network = Network((64, 1), ("tanh",))
    with pytest.raises(LimitError, match="choose fewer examples"):
        starter(*example(network, rows=2000))
    with pytest.raises(ShapeError, match="X has the shape"):
        starter(network, network.initialize(), [[1]], [[1]])


@pytest.mark.parametrize("loss", ["huber", "multiclass_hinge"])
def test_the_numpy_starter_computes_the_new_losses(loss):
    network, parameters, X, _ = example(Network((2, 3, 3), ("tanh", "linear"), loss))
    Y = np.eye(3)[[0, 2, 1]]
    document = json.loads(printed(numpy_starter(network, parameters, X, Y)))
    value = network.loss_and_gradient(parameters, X, Y)[0]
    assert document["value"] == pytest.approx(value, rel=1e-12)
    assert {"huber": "huber_loss(A, Y)", "multiclass_hinge": "multi_margin_loss(A, Y.argmax"}[
        loss
    ] in pytorch_starter(network, parameters, X, Y)
