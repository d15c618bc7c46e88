"""The catalogue of planted slips; the ratios on the 2-2-2 were worked out by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from backprop.engine.network import Network
from backprop.engine.slips import catalog as catalogue
from backprop.engine.slips.batch_pass import gradient_by
from backprop.engine.slips.catalog import SLIPS

HAND = Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True)
WEIGHTS = {
    "W1": np.array([[0.15, 0.20], [0.25, 0.30]]),
    "b1": np.array([0.35]),
    "W2": np.array([[0.40, 0.45], [0.50, 0.55]]),
    "b2": np.array([0.60]),
}
X, Y = [[0.05, 0.10]], [[0.01, 0.99]]
RIGHT = HAND.loss_and_gradient(WEIGHTS, X, Y)[1]
PLAIN = Network((2, 2, 2), ("tanh", "linear"))
DEEP = Network((2, 3, 2, 2), ("tanh", "sigmoid", "sigmoid"), "binary_cross_entropy")


def setting(network, examples=3):
    rng = np.random.default_rng(5)
    parameters = {name: rng.normal(size=shape) for name, shape in network.shapes.items()}
    inputs = rng.normal(size=(examples, network.sizes[0]))
    return parameters, inputs, np.eye(examples, network.sizes[-1])


def both(slip, network, examples=3):
    """Return the wrong and the right gradient."""
    at = setting(network, examples)
    return slip.gradient(network, *at), network.loss_and_gradient(*at)[1]


@pytest.mark.parametrize(
    ("name", "array", "entry", "ratio"),
    [
        ("no-hidden-slope", "W1", (0, 0), 4.1442),
        ("no-output-slope", "W2", (0, 0), 5.3529),
        ("one-path", "W1", (0, 0), 1.5240),
        ("assigned", "W1", (0, 0), -0.5240),
        ("transposed", "W1", (0, 0), 1.0524),
        ("slope-at-activation", "W1", (0, 0), 0.9500),
        ("updated-weights", "W1", (0, 1), 0.8316),
        ("updated-weights", "W1", (1, 0), 0.8512),
        ("half-lost", "W1", (0, 0), 2.0),
        ("sign", "W2", (1, 1), -1.0),
    ],
)
def test_a_slip_leaves_its_fingerprint_on_the_hand_calculation(name, array, entry, ratio):
    found = SLIPS[name].gradient(HAND, WEIGHTS, X, Y)[array][entry]
    assert found / RIGHT[array][entry] == pytest.approx(ratio, abs=5e-5)


def test_without_the_hidden_slope_w1_is_as_published():
    found = catalogue.NO_HIDDEN_SLOPE.gradient(HAND, WEIGHTS, X, Y)
    assert found["W1"][0, 0] == pytest.approx(0.001817515320, abs=1e-12)


def test_the_names_are_unique_and_there_are_at_least_twelve():
    assert len({slip.title for slip in SLIPS.values()}) == len(SLIPS) >= 12
    assert all(slip.is_planted and slip.title and slip.about for slip in SLIPS.values())


def test_a_slip_says_what_it_lacks():
    shallow = Network((2, 3), ("linear",), "mean_squared_error")
    lacks = {slip.name: slip.lacks(shallow, 1, RIGHT) for slip in SLIPS.values()}
    assert lacks["updated-weights"] == ("a hidden layer",)
    assert lacks["no-hidden-slope"] == ("a hidden layer whose activation is not linear",)
    assert lacks["no-output-slope"] == ("an activation at the output",)
    assert lacks["one-path"] == ("a unit that is used more than once",)
    assert lacks["transposed-gradient"] == ("a square matrix of weights",)
    assert lacks["bias-mean"] == ("more than one example in the batch",)
    assert lacks["half-lost"] == ("the loss ½Σ(ŷ − y)²",)
    assert lacks["slope-twice"] == ("softmax or sigmoid with its cross-entropy",)
    assert lacks["no-penalty"] == ("a penalty on the weights",)
    anywhere = {"sign", "bias-forgotten", "stale-gradient", "not-zeroed"}
    assert {name for name, words in lacks.items() if not words} >= anywhere
    assert {slip.name for slip in SLIPS.values() if not slip.needs} >= anywhere
    assert lacks["two-lost"] == lacks["sum-over-outputs"] == ()  # its loss is a mean


@pytest.mark.parametrize("network", [HAND, PLAIN, DEEP], ids=str)
@pytest.mark.parametrize("slip", SLIPS.values(), ids=lambda slip: slip.name)
def test_a_slip_that_fits_gives_another_gradient_of_the_same_shapes(slip, network):
    parameters, inputs, targets = setting(network)
    right = network.loss_and_gradient(parameters, inputs, targets)[1]
    if slip.fits(network, 3, right):
        before = {name: array + 1 for name, array in right.items()}
        found = slip.gradient(network, parameters, inputs, targets, previous=before)
        assert {n: a.shape for n, a in found.items()} == {n: a.shape for n, a in right.items()}
        assert any(not np.allclose(found[name], right[name]) for name in right)


@pytest.mark.parametrize(
    ("name", "factor"),
    [("sum-over-batch", 3), ("divided-twice", 1 / 3), ("sum-over-outputs", 2), ("sign", -1)],
)
def test_a_lost_factor_multiplies_the_whole_gradient(name, factor):
    wrong, right = both(SLIPS[name], DEEP)
    for key, array in right.items():
        np.testing.assert_allclose(wrong[key], factor * array)


def test_the_2_of_the_mean_squared_error_can_be_lost():
    wrong, right = both(catalogue.TWO_LOST, Network((2, 2), ("linear",), "mean_squared_error"))
    np.testing.assert_allclose(wrong["W1"], right["W1"] / 2)


@pytest.mark.parametrize("shared", [False, True])
def test_a_bias_can_hear_one_example_or_their_mean_or_none(shared):
    network = Network((2, 2), ("linear",), shared_biases=shared)
    parameters, inputs, targets = setting(network)
    delta = (inputs @ parameters["W1"].T + parameters["b1"] - targets) / 3
    rows = {
        catalogue.BIAS_FIRST: delta[:1],
        catalogue.BIAS_LAST: delta[-1:],
        catalogue.BIAS_MEAN: delta / 3,
        catalogue.BIAS_FORGOTTEN: 0 * delta,
    }
    for slip, each in rows.items():
        found = slip.gradient(network, parameters, inputs, targets)
        wanted = each.sum() if shared else each.sum(axis=0)
        np.testing.assert_allclose(found["b1"], wanted, atol=1e-15)
        right = network.loss_and_gradient(parameters, inputs, targets)[1]
        np.testing.assert_allclose(found["W1"], right["W1"])


@pytest.mark.parametrize(
    ("activation", "loss"), [("softmax", "cross_entropy"), ("sigmoid", "binary_cross_entropy")]
)
def test_the_slope_of_softmax_or_sigmoid_can_be_taken_twice(activation, loss):
    network = Network((2, 2), (activation,), loss)
    parameters, inputs, targets = setting(network)
    p = network.outputs(parameters, inputs)
    share = 3 if loss == "cross_entropy" else 6
    wanted = ((p - targets) * p * (1 - p) / share).sum(axis=0)
    found = catalogue.SLOPE_TWICE.gradient(network, parameters, inputs, targets)
    np.testing.assert_allclose(found["b1"], wanted)


def test_a_matrix_gradient_can_be_transposed_where_it_is_square():
    wrong, right = both(catalogue.TRANSPOSED_GRADIENT, DEEP)
    np.testing.assert_allclose(wrong["W3"], right["W3"].T)
    np.testing.assert_allclose(wrong["W1"], right["W1"])
    np.testing.assert_allclose(wrong["W2"], right["W2"])


def test_z_in_the_place_of_a_leaves_the_first_layer_alone():
    wrong, right = both(catalogue.BEFORE_ACTIVATION, PLAIN)
    np.testing.assert_allclose(wrong["W1"], right["W1"])
    parameters, inputs, targets = setting(PLAIN)
    z = inputs @ parameters["W1"].T + parameters["b1"]
    delta = (np.tanh(z) @ parameters["W2"].T + parameters["b2"] - targets) / 3
    np.testing.assert_allclose(wrong["W2"], delta.T @ z)


def test_without_the_weights_a_hidden_unit_hears_the_sum_of_what_is_behind_it():
    wrong, _ = both(catalogue.NO_WEIGHTS, Network((1, 1, 2), ("linear", "linear")))
    parameters, inputs, targets = setting(Network((1, 1, 2), ("linear", "linear")))
    outputs = Network((1, 1, 2), ("linear", "linear")).outputs(parameters, inputs)
    assert wrong["b1"] == pytest.approx((outputs - targets).sum() / 3)


def test_a_penalty_can_be_left_out_of_the_gradient():
    network = Network((2, 2), ("linear",), l1=0.2, l2=0.3)
    wrong, right = both(catalogue.NO_PENALTY, network)
    W = setting(network)[0]["W1"]
    np.testing.assert_allclose(right["W1"] - wrong["W1"], 0.2 * np.sign(W) + 0.3 * W)


def test_the_sign_of_the_loss_is_turned_but_not_that_of_the_penalty():
    network = Network((2, 2), ("linear",), l2=0.3)
    wrong, right = both(catalogue.SIGN, network)
    W = setting(network)[0]["W1"]
    np.testing.assert_allclose(right["W1"] + wrong["W1"], 2 * 0.3 * W)


def test_training_with_updated_weights_seems_to_learn():
    moved = dict(WEIGHTS)
    for _ in range(100):
        wrong = SLIPS["updated-weights"].gradient(HAND, moved, X, Y)
        moved = {name: array - 0.5 * wrong[name] for name, array in moved.items()}
    assert HAND.losses(moved, X, Y)[0] < 0.02


def forward(network, parameters, inputs):
    """Return z and a of both layers."""
    z1 = inputs @ parameters["W1"].T + parameters["b1"]
    act = {"tanh": np.tanh, "sigmoid": lambda z: 1 / (1 + np.exp(-z)), "linear": lambda z: z}
    act["relu"] = lambda z: np.maximum(z, 0)
    a1 = act[network.activations[0]](z1)
    z2 = a1 @ parameters["W2"].T + parameters["b2"]
    return z1, a1, z2, act[network.activations[1]](z2)


def hidden_slope(slip, activation):
    """Return what a slip takes for the slope of a hidden layer before one linear output, [3, 2]."""
    network = Network((2, 2, 1), (activation, "linear"))
    parameters, inputs, targets = setting(network)
    z, a, _, y = forward(network, parameters, inputs)
    delta = (y - targets) / 3 @ parameters["W2"]
    return network, slip.gradient(network, parameters, inputs, targets)["b1"], delta, z, a, y


@pytest.mark.parametrize(
    ("slip", "activation", "slope"),
    [
        (catalogue.SLOPE_OF_Z, "sigmoid", lambda q: q.z * (1 - q.z)),
        (catalogue.SLOPE_OF_Z, "tanh", lambda q: 1 - q.z**2),
        (catalogue.ONE_MINUS_A, "sigmoid", lambda q: 1 - q.a),
        (catalogue.ONE_MINUS_A, "tanh", lambda q: 1 - q.a),
        (catalogue.OTHER_SLOPE, "tanh", lambda q: q.a * (1 - q.a)),
        (catalogue.OTHER_SLOPE, "sigmoid", lambda q: 1 - q.a**2),
        (catalogue.SLOPE_AT_ACTIVATION, "tanh", lambda q: np.cosh(q.a) ** -2.0),
        (catalogue.SLOPE_BEHIND, "sigmoid", lambda q: q.y * (1 - q.y)),
        (catalogue.MASK_OF_DELTA, "relu", lambda q: q.g > 0),
        (catalogue.MASK_INVERTED, "relu", lambda q: q.z < 0),
    ],
    ids=lambda value: getattr(value, "name", value) if not callable(value) else "",
)
def test_the_slope_of_a_hidden_layer_can_be_mistaken(slip, activation, slope):
    _, found, delta, z, a, y = hidden_slope(slip, activation)
    np.testing.assert_allclose(
        found, (delta * slope(SimpleNamespace(z=z, a=a, y=y, g=delta))).sum(axis=0)
    )


def test_the_slope_can_be_that_of_the_layer_before():
    network = Network((2, 2, 1), ("sigmoid", "linear"))
    parameters, inputs, targets = setting(network)
    *_, y = forward(network, parameters, inputs)
    delta = (y - targets) / 3 @ parameters["W2"]
    found = catalogue.SLOPE_BEFORE.gradient(network, parameters, inputs, targets)["b1"]
    np.testing.assert_allclose(found, (delta * inputs * (1 - inputs)).sum(axis=0))


def at_the_output(slip, activation, loss, outputs=2):
    """Return the gradient of the output's bias that a slip gives, and p, z and y."""
    network = Network((2, outputs), (activation,), loss)
    parameters, inputs, targets = setting(network)
    z = inputs @ parameters["W1"].T + parameters["b1"]
    found = slip.gradient(network, parameters, inputs, targets)["b1"]
    return found, network.outputs(parameters, inputs), z, targets


def test_softmax_can_be_taken_by_its_diagonal_or_left_out_or_without_the_target():
    for slip, error in (
        (catalogue.DIAGONAL, lambda q: -q.y / q.p * q.p * (1 - q.p)),
        (catalogue.LOGITS, lambda q: q.z - q.y),
        (catalogue.NO_TARGET, lambda q: q.p),
    ):
        found, p, z, y = at_the_output(slip, "softmax", "cross_entropy")
        np.testing.assert_allclose(found, error(SimpleNamespace(p=p, z=z, y=y)).mean(axis=0))


def test_with_a_sigmoid_output_too():
    for slip, error in (
        (catalogue.LOGITS, lambda q: q.z - q.y),
        (catalogue.NO_TARGET, lambda q: q.p),
        (catalogue.OUTPUT_NOT_LOSS, lambda q: 2 * q.p * (1 - q.p)),
    ):
        found, p, z, y = at_the_output(slip, "sigmoid", "binary_cross_entropy")
        np.testing.assert_allclose(found, error(SimpleNamespace(p=p, z=z, y=y)).mean(axis=0) / 2)


def test_z_minus_y_is_multiplied_by_the_slope_of_a_squared_error():
    found, p, z, y = at_the_output(catalogue.LOGITS, "sigmoid", "half_squared_error")
    np.testing.assert_allclose(found, ((z - y) * p * (1 - p)).mean(axis=0))


@pytest.mark.parametrize(
    ("slip", "share", "on_biases"),
    [
        (catalogue.PENALTY_DOUBLED, 2, 0),
        (catalogue.PENALTY_HALVED, 0.5, 0),
        (catalogue.PENALTY_OVER_BATCH, 1 / 3, 0),
        (catalogue.PENALTY_ON_BIASES, 1, 1),
    ],
)
def test_a_penalty_can_have_another_size_or_be_on_the_biases(slip, share, on_biases):
    network, plain = (Network((2, 2), ("tanh",), l2=l2) for l2 in (0.3, 0.0))
    at = setting(network)
    data = plain.loss_and_gradient(*at)[1]
    found = slip.gradient(network, *at)
    np.testing.assert_allclose(found["W1"], data["W1"] + share * 0.3 * at[0]["W1"])
    np.testing.assert_allclose(found["b1"], data["b1"] + on_biases * 0.3 * at[0]["b1"])


def test_the_first_unit_can_be_skipped_or_left_without_gradient():
    network = Network((2, 3, 2), ("linear", "linear"))
    parameters, inputs, targets = setting(network)
    *_, y = forward(network, parameters, inputs)
    delta = (y - targets) / 3
    found = catalogue.FIRST_SKIPPED.gradient(network, parameters, inputs, targets)
    np.testing.assert_allclose(found["b1"], (delta[:, 1:] @ parameters["W2"][1:]).sum(axis=0))
    wrong, right = both(catalogue.FIRST_UNSET, network)
    for name, array in right.items():
        np.testing.assert_allclose(wrong[name][0], 0)
        np.testing.assert_allclose(wrong[name][1:], array[1:])


def test_the_inputs_can_be_transposed_where_there_are_as_many_examples():
    network = Network((3, 2), ("linear",))
    parameters, inputs, targets = setting(network)
    delta = (inputs @ parameters["W1"].T + parameters["b1"] - targets) / 3
    found = catalogue.TRANSPOSED_INPUTS.gradient(network, parameters, inputs, targets)
    np.testing.assert_allclose(found["W1"], delta.T @ inputs.T)


def test_two_slips_of_both_layers_are_one_in_both():
    network = Network((2, 2, 1), ("sigmoid", "tanh"))
    at = setting(network)
    for both_places, inside, outside in (
        (catalogue.NO_SLOPE, catalogue.NO_HIDDEN_SLOPE, catalogue.NO_OUTPUT_SLOPE),
        (
            catalogue.SLOPES_AT_ACTIVATION,
            catalogue.SLOPE_AT_ACTIVATION,
            catalogue.OUTPUT_SLOPE_AT_ACTIVATION,
        ),
    ):
        rules = (*inside.rules, *outside.rules)
        wanted = gradient_by(rules, network, network.batch(*at), 0.5)
        found = both_places.gradient(network, *at)
        for name, array in wanted.items():
            np.testing.assert_allclose(found[name], array)
