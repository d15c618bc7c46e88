"""A slice of training, against the same steps taken one by one through the public doors."""

from itertools import repeat

import numpy as np
import pytest

from backprop.engine.backward import gradient, repeated
from backprop.engine.errors import ShapeError
from backprop.engine.graph import Builder
from backprop.engine.network import LOSSES, Network
from backprop.engine.ops import OPS
from backprop.training.datasets import xor
from backprop.training.optimizers import OPTIMIZERS, Adam, GradientDescent
from backprop.training.run import train

ELEMENTWISE = [row.name for row in OPS.values() if row.activates]
NETWORK = Network((2, 3, 1), ("tanh", "linear"))
EXAMPLES = 6


def examples(network, n=EXAMPLES, seed=0):
    """Return inputs, and targets that suit every loss: one of the outputs is 1."""
    rng = np.random.default_rng(seed)
    outputs = network.sizes[-1]
    Y = (
        np.eye(outputs)[rng.integers(outputs, size=n)]
        if outputs > 1
        else rng.integers(2, size=(n, 1))
    )
    return rng.normal(size=(n, network.sizes[0])), Y.astype(float)


def step_by_step(network, optimizer, parameters, state, batches):
    """Return what `train` returns, by the mappings of names to arrays."""
    losses = []
    for X, Y in batches:
        loss, gradient = network.loss_and_gradient(parameters, X, Y)
        move, state = optimizer.step(gradient, state, parameters)
        parameters = {name: array + move[name] for name, array in parameters.items()}
        losses.append(loss)
    return parameters, state, losses


def assert_same(found, expected):
    for ours, theirs in zip(found[:2], expected[:2], strict=True):
        assert list(ours) == list(theirs)
        for name in ours:
            np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found[2], expected[2], rtol=1e-12, atol=1e-12)


def assert_one_by_one_is_the_same(network, optimizer, batches):
    parameters = network.initialize(seed=3)
    start = (network, optimizer, parameters, optimizer.start(parameters), batches)
    assert_same(train(*start), step_by_step(*start))


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values(), ids=OPTIMIZERS)
def test_a_slice_is_the_same_steps_taken_one_by_one(optimizer):
    assert_one_by_one_is_the_same(NETWORK, optimizer(), [examples(NETWORK)] * 20)


@pytest.mark.parametrize("activation", [*ELEMENTWISE, "linear"])
@pytest.mark.parametrize("shared_biases", [False, True])
def test_every_activation_can_be_trained(activation, shared_biases):
    network = Network((2, 3, 3, 2), (activation,) * 3, shared_biases=shared_biases)
    assert_one_by_one_is_the_same(network, Adam(0.01), [examples(network)] * 5)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("outputs", [2, 3])
def test_every_loss_can_be_trained(loss, outputs):
    last = "softmax" if loss == "cross_entropy" else "sigmoid"
    network = Network((2, 3, outputs), ("tanh", last), loss)
    assert_one_by_one_is_the_same(network, Adam(0.01), [examples(network)] * 5)


def test_batches_may_differ_in_length_and_come_in_any_order():
    X, Y = examples(NETWORK)
    batches = [(X[rows], Y[rows]) for rows in ([0, 3, 1, 5], [2, 4], [5, 2, 0, 1], [3, 4])]
    assert_one_by_one_is_the_same(NETWORK, Adam(0.01), batches)


def test_twelve_layers_are_kept_apart():
    network = Network((2,) * 13, ("tanh",) * 12)  # W10 comes before W2 in the flat array
    assert_one_by_one_is_the_same(network, Adam(0.01), [examples(network)] * 3)


def test_where_a_run_is_cut_does_not_show():
    parameters, batch = NETWORK.initialize(), examples(NETWORK)
    optimizer = Adam(0.01)
    whole = train(NETWORK, optimizer, parameters, optimizer.start(parameters), [batch] * 7)
    first = train(NETWORK, optimizer, parameters, optimizer.start(parameters), [batch] * 3)
    second = train(NETWORK, optimizer, first.parameters, first.state, [batch] * 4)
    assert np.array_equal([*first.losses, *second.losses], whole.losses)
    for name, array in whole.parameters.items():
        assert np.array_equal(second.parameters[name], array)


def test_what_a_slice_is_given_stays_as_it_was():
    parameters, (X, Y) = NETWORK.initialize(), examples(NETWORK)
    state = Adam().start(parameters)
    arrays = [*parameters.values(), X, Y, state["m"], state["v"]]
    copies = [array.copy() for array in arrays]
    after = train(NETWORK, Adam(), parameters, state, [(X, Y)] * 3)
    assert all(map(np.array_equal, arrays, copies))
    assert state["t"] == 0
    left = [*after.parameters.values(), after.state["m"], after.state["v"], after.losses]
    assert not any(np.shares_memory(new, old) for new in left for old in arrays)


def test_the_state_that_a_slice_returns_is_read_only():
    parameters = NETWORK.initialize()
    after = train(NETWORK, Adam(), parameters, Adam().start(parameters), [examples(NETWORK)])
    assert not after.state["m"].flags.writeable


def test_a_slice_without_batches_ends_where_it_starts():
    parameters = NETWORK.initialize()
    after = train(NETWORK, Adam(), parameters, Adam().start(parameters), [])
    assert_same(after, (parameters, Adam().start(parameters), []))


def test_a_run_that_diverges_shows_it_and_does_not_warn():
    network = Network((2, 3, 1), ("linear", "linear"))
    parameters = network.initialize()
    after = train(network, GradientDescent(10.0), parameters, {}, repeat(examples(network), 60))
    assert after.losses[0] < np.inf
    assert np.isnan(after.losses[-1])


def test_exclusive_or_is_learned():
    network = Network((2, 4, 1), ("tanh", "sigmoid"), "binary_cross_entropy")
    parameters, data = network.initialize(seed=1), xor()
    optimizer = Adam(0.05)
    batches = repeat((data.X, data.Y), 500)
    after = train(network, optimizer, parameters, optimizer.start(parameters), batches)
    assert len(after.losses) == 500
    assert np.array_equal(np.round(network.outputs(after.parameters, data.X)), data.Y)


@pytest.mark.parametrize(
    "batch",
    [(np.zeros((4, 3)), np.zeros((4, 1))), (np.zeros((4, 2)), np.zeros(4))],
    ids=["too many inputs", "targets in a row"],
)
def test_a_batch_that_does_not_fit_is_refused_also_after_one_that_does(batch):
    parameters = NETWORK.initialize()
    with pytest.raises(ShapeError):
        train(NETWORK, GradientDescent(), parameters, {}, [examples(NETWORK, 4), batch])


def test_a_repeated_pass_reads_the_parameters_anew():
    (X, Y), parameters = examples(NETWORK), NETWORK.initialize()
    slopes = {name: np.empty_like(array) for name, array in parameters.items()}
    graph = NETWORK.graph("layers")
    run = repeated(graph, NETWORK.batch(parameters, X, Y), slopes)
    for _ in range(3):
        loss, expected = NETWORK.loss_and_gradient(parameters, X, Y)
        assert run((X, Y)) == loss
        assert all(np.array_equal(slopes[name], array) for name, array in expected.items())
        parameters["W1"] *= 0.5


def test_a_repeated_pass_also_copes_with_rows_that_no_layer_uses():
    builder = Builder()
    X, Y = builder.leaf("X", given=True), builder.leaf("Y", given=True)
    z = builder.node("affine", (X, builder.leaf("W"), builder.leaf("b")))
    twice = builder.node("add", (builder.node("abs", (z,)), builder.node("sin", (z,))))
    builder.node("batch_half_squared_error", (builder.node("negate", (twice,)), Y))
    graph, rng = builder.graph(), np.random.default_rng(0)
    at = {"X": (5, 2), "Y": (5, 3), "W": (3, 2), "b": (3,)}
    at = {name: rng.normal(size=shape) for name, shape in at.items()}
    slopes = {"W": np.empty((3, 2)), "b": np.empty(3)}
    run = repeated(graph, at, slopes)
    for _ in range(3):
        loss, expected = gradient(graph, at)
        assert run((at["X"], at["Y"])) == loss
        assert all(np.array_equal(slopes[name], expected[name]) for name in slopes)
        at["X"] = rng.normal(size=(5, 2))
