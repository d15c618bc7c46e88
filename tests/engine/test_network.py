"""A network at three magnifications, against PyTorch, hand calculations and nudging."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backprop.engine.backward import differentiate, gradient
from backprop.engine.differences.slopes import central_differences
from backprop.engine.errors import InputError, LimitError, ShapeError, UnknownNameError
from backprop.engine.expression import parse
from backprop.engine.forward import values
from backprop.engine.network import (
    ACTIVATIONS,
    HIDDEN_ACTIVATIONS,
    LOSSES,
    OF_CLASSES,
    SCHEMES,
    Network,
)
from backprop.engine.unroll import DETAILS

REFERENCE = Path(__file__).parents[1] / "reference" / "networks.json"
SCALARS = ("neurons", "operations")
PYTORCH = [
    pytest.param(row, id=f"{'-'.join(map(str, row['sizes']))}-{row['loss']}")
    for row in json.loads(REFERENCE.read_text())["networks"]
]

MAZUR = Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True)
APART = Network((2, 2, 2), ("sigmoid", "sigmoid"))
X, Y = [[0.05, 0.10]], [[0.01, 0.99]]
WEIGHTS = {"W1": [[0.15, 0.20], [0.25, 0.30]], "W2": [[0.40, 0.45], [0.50, 0.55]]}
START = {**WEIGHTS, "b1": [0.35], "b2": [0.60]}
START_APART = {**WEIGHTS, "b1": [0.35, 0.35], "b2": [0.60, 0.60]}
EVERY_W = tuple(f"w{n}_{j}_{i}" for n in (1, 2) for j in (1, 2) for i in (1, 2))


def network_of(row):
    return Network(row["sizes"], row["activations"], row["loss"])


def mean_over_examples(network, detail, parameters, X, Y):
    """Return loss and gradient by a graph of scalars, one example after the other."""
    graph = network.graph(detail)
    found = [gradient(graph, network.point(parameters, x, y)) for x, y in zip(X, Y, strict=True)]
    losses, slopes = zip(*found, strict=True)
    mean = {name: np.mean([each[name] for each in slopes]) for name in graph.parameters}
    return np.mean(losses), network.arrays(mean)


def assert_alike(ours, theirs, rtol, atol=0.0):
    assert set(ours) == set(theirs)
    for name, array in theirs.items():
        np.testing.assert_allclose(ours[name], array, rtol, atol, err_msg=name)


def trained(network, parameters, rounds, names=("W1", "W2")):
    """Return the loss after so many rounds of gradient descent at rate 0.5."""
    parameters = {name: np.array(array) for name, array in parameters.items()}
    for _ in range(rounds):
        slopes = network.loss_and_gradient(parameters, X, Y)[1]
        for name in names:
            parameters[name] = parameters[name] - 0.5 * slopes[name]
    return network.loss_and_gradient(parameters, X, Y)[0], parameters


# Against PyTorch


@pytest.mark.parametrize("row", PYTORCH)
def test_loss_and_gradient_are_those_of_pytorch(row):
    loss, slopes = network_of(row).loss_and_gradient(row["parameters"], row["X"], row["Y"])
    assert loss == pytest.approx(row["value"], rel=1e-10)
    assert_alike(slopes, row["gradient"], rtol=1e-10, atol=1e-16)


@pytest.mark.parametrize("detail", SCALARS)
@pytest.mark.parametrize("row", PYTORCH)
def test_the_mean_over_the_examples_of_a_graph_of_scalars_is_the_batch(row, detail):
    network, rest = network_of(row), (row["parameters"], row["X"], row["Y"])
    loss, slopes = mean_over_examples(network, detail, *rest)
    batch_loss, batch_slopes = network.loss_and_gradient(*rest)
    assert loss == pytest.approx(batch_loss, rel=1e-12)
    assert_alike(slopes, batch_slopes, rtol=1e-12, atol=1e-14)


# Any network


@st.composite
def cases(draw):
    """Draw a network and a point: parameters and three examples."""
    sizes = tuple(draw(st.lists(st.integers(1, 4), min_size=2, max_size=4)))
    hidden = [name for name in ACTIVATIONS if name != "softmax"]
    activations = [draw(st.sampled_from(hidden)) for _ in sizes[1:]]
    losses = [name for name in LOSSES if sizes[-1] > 1 or name not in OF_CLASSES]
    loss = draw(st.sampled_from(losses))
    last = {"cross_entropy": "softmax", "binary_cross_entropy": "sigmoid"}
    activations[-1] = last.get(loss, activations[-1])
    network = Network(sizes, activations, loss, shared_biases=draw(st.booleans()))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    parameters = {name: rng.uniform(-1.5, 1.5, shape) for name, shape in network.shapes.items()}
    Y = rng.integers(0, 2, (3, sizes[-1])).astype(float)
    if loss in OF_CLASSES:
        Y = np.eye(sizes[-1])[rng.integers(0, sizes[-1], 3)]
    return network, parameters, rng.uniform(-2, 2, (3, sizes[0])), Y


@settings(deadline=None, max_examples=60)
@given(cases())
def test_all_three_details_give_the_same_loss_and_gradient(case):
    loss, slopes = case[0].loss_and_gradient(*case[1:])
    for detail in SCALARS:
        same_loss, same_slopes = mean_over_examples(case[0], detail, *case[1:])
        assert same_loss == pytest.approx(loss, rel=1e-12)
        assert_alike(same_slopes, slopes, rtol=1e-12, atol=1e-12)


@settings(deadline=None, max_examples=60)
@given(cases())
def test_the_gradient_is_what_nudging_finds_away_from_kinks(case):
    network, parameters, X, Y = case
    graph, at = network.graph("neurons"), network.point(parameters, X[0], Y[0])
    named = zip(graph.nodes, values(graph, at), strict=True)
    assume(all(abs(z) > 1e-3 for node, z in named if node.name.startswith("z")))
    assert gradient(graph, at)[1] == pytest.approx(
        central_differences(graph, at), rel=1e-5, abs=1e-7
    )


@given(cases())
def test_scalars_and_arrays_are_two_spellings_of_the_same_parameters(case):
    network, parameters, _, _ = case
    assert_alike(network.arrays(network.scalars(parameters)), parameters, rtol=0)


@given(cases())
def test_the_graph_of_scalars_asks_for_exactly_the_parameters_by_name(case):
    network, parameters, _, _ = case
    for detail in SCALARS:
        graph = network.graph(detail)
        assert set(graph.parameters) == set(network.scalars(parameters))
        assert len(graph.parameters) == network.parameter_count


@given(cases())
def test_both_graphs_of_scalars_name_the_parameters_in_the_same_order(case):
    first, second = (case[0].graph(detail).parameters for detail in SCALARS)
    assert first == second


# Where numbers end


@pytest.mark.parametrize(
    ("y", "loss"), [((1, 0, 0), 0.0), ((0, 1, 0), 2000.0), ((0, 0, 1), 1000.0)]
)
@pytest.mark.parametrize("detail", SCALARS)
def test_a_saturated_softmax_stays_finite_at_every_detail(detail, y, loss):
    network = Network((1, 3), ("softmax",), "cross_entropy")
    parameters = {"W1": [[1000], [-1000], [0]], "b1": [0, 0, 0]}
    found, slopes = network.loss_and_gradient(parameters, [[1]], [y])
    assert found == loss
    np.testing.assert_array_equal(slopes["b1"], np.array([1, 0, 0]) - y)
    same, same_slopes = gradient(network.graph(detail), network.point(parameters, [1], y))
    assert same == loss
    assert_alike(network.arrays(same_slopes), slopes, rtol=0)


@pytest.mark.parametrize(
    ("activation", "bias", "target", "loss"),
    [
        ("relu", -1.0, 1.0, math.inf),
        ("relu", -1.0, 0.0, 0.0),
        ("sigmoid", 100.0, 0.0, 100.0),
        ("sigmoid", 100.0, 1.0, math.exp(-100)),
    ],
    ids=["0-for-1", "0-for-0", "1-for-0", "1-for-1"],
)
def test_binary_cross_entropy_at_0_or_1_is_infinite_or_that_of_the_logit(
    activation, bias, target, loss
):
    network = Network((1, 1), (activation,), "binary_cross_entropy")
    parameters = {"W1": [[0]], "b1": [bias]}
    assert network.loss_and_gradient(parameters, [[1]], [[target]])[0] == pytest.approx(loss)
    for detail in SCALARS:
        at = network.point(parameters, [1], [target])
        assert values(network.graph(detail), at)[-1] == pytest.approx(loss)


@pytest.mark.parametrize("detail", SCALARS)
def test_binary_cross_entropy_of_two_outputs_is_their_mean(detail):
    network = Network((1, 2), ("sigmoid",), "binary_cross_entropy")
    parameters = {"W1": [[0], [0]], "b1": [0, 0]}
    at = network.point(parameters, [1], [1, 0])
    assert values(network.graph(detail), at)[-1] == pytest.approx(math.log(2), rel=1e-15)


def test_weights_of_a_million_overflow_to_infinity_and_never_raise():
    network = Network((1,) * 13, ("linear",) * 12)
    parameters = {name: np.full(shape, 1e30) for name, shape in network.shapes.items()}
    loss, slopes = network.loss_and_gradient(parameters, [[1e6]], [[0]])
    assert loss == math.inf
    assert not np.isfinite(slopes["W1"]).any()


# What is refused


@pytest.mark.parametrize(
    ("sizes", "limit"),
    [((1,) * 14, "12 layers"), ((129, 1), "128 units"), ((128, 128, 128), "20,000")],
)
def test_a_network_past_a_limit_is_refused_with_the_limit(sizes, limit):
    with pytest.raises(LimitError, match=limit) as error:
        Network(sizes, ("sigmoid",) * (len(sizes) - 1))
    assert error.value.at == "sizes"


def test_a_network_at_its_limits_is_accepted():
    assert Network((1,) * 13, ("tanh",) * 12).depth == 12
    assert Network((128, 128, 24), ("tanh", "tanh")).parameter_count == 19_608


@pytest.mark.parametrize("sizes", [(), (2,), (2, 0), (2, -1), (2, 1.5)], ids=str)
def test_sizes_that_are_no_sizes_are_refused(sizes):
    with pytest.raises(ShapeError, match="cannot be the sizes of a network"):
        Network(sizes, ("sigmoid",))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (((2, 1), ("sigmoid", "tanh")), "2 activations do not fit 1 layers"),
        (((2, 2), ("softmax",)), "go together"),
        (((2, 2), ("sigmoid",), "cross_entropy"), "go together"),
        (((2, 2, 2), ("softmax", "softmax"), "cross_entropy"), "go together"),
        (((2, 1), ("softmax",), "cross_entropy"), "Softmax over one output is always 1"),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(arguments, words):
    with pytest.raises(ShapeError, match=words):
        Network(*arguments)


@pytest.mark.parametrize(
    ("call", "known"),
    [
        (lambda: Network((1, 1), ("sigmoidal",)), ACTIVATIONS),
        (lambda: Network((1, 1), ("tanh",), "mse"), LOSSES),
        (lambda: MAZUR.initialize(scheme="lecun"), SCHEMES),
        (lambda: MAZUR.graph("atoms"), DETAILS),
    ],
    ids=["activation", "loss", "scheme", "detail"],
)
def test_a_name_that_is_not_known_is_refused_with_those_that_are(call, known):
    with pytest.raises(UnknownNameError, match=", ".join(known)):
        call()


@pytest.mark.parametrize(
    ("parameters", "x", "y", "words"),
    [
        (START, [[1, 2, 3]], Y, r"X has the shape \(1, 3\). It must be \(1, 2\)"),
        (START, X, [[1]], r"Y has the shape \(1, 1\)"),
        (START, X + X, Y, r"Y has the shape \(1, 2\). It must be \(2, 2\)"),
        (START, [], [], r"X has the shape \(0,\)"),
        (START, 3.0, Y, r"X has the shape \(\)"),
        (START | {"W1": [[1, 2]]}, X, Y, r"W1 has the shape \(1, 2\)"),
        (START_APART, X, Y, r"b1 has the shape \(2,\). It must be \(1,\)"),
        (WEIGHTS, X, Y, r"b1 is missing"),
        (START | {"W3": [[1]]}, X, Y, "no “W3” here"),
    ],
)
def test_an_array_that_does_not_fit_is_refused_by_name(parameters, x, y, words):
    with pytest.raises(ShapeError, match=words):
        MAZUR.loss_and_gradient(parameters, x, y)


# Where to start


def test_the_same_seed_gives_the_same_weights_and_another_seed_others():
    once, again, other = APART.initialize(3), APART.initialize(3), APART.initialize(4)
    assert_alike(once, again, rtol=0)
    assert not np.any(once["W1"] == other["W1"])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_biases_start_at_0_whatever_the_scheme(scheme):
    found = APART.initialize(scheme=scheme)
    assert {name: array.shape for name, array in found.items()} == APART.shapes
    assert not found["b1"].any()
    assert not found["b2"].any()


WIDE = Network((100, 50), ("tanh",))


def test_xavier_weights_lie_within_their_bound_and_fill_it():
    found, limit = np.abs(WIDE.initialize(1, "xavier")["W1"]), math.sqrt(6 / 150)
    assert found.max() <= limit
    assert found.max() > 0.99 * limit
    assert found.mean() == pytest.approx(limit / 2, rel=0.03)


def test_he_weights_have_the_standard_deviation_of_the_scheme():
    assert WIDE.initialize(1, "he")["W1"].std() == pytest.approx(math.sqrt(2 / 100), rel=0.03)


def test_the_schemes_without_chance_are_0_and_one_half():
    assert not WIDE.initialize(1, "zeros")["W1"].any()
    assert np.all(WIDE.initialize(1, "equal")["W1"] == 0.5)


# Names


def test_a_scalar_is_called_layer_to_from_counted_from_1():
    names = list(Network((3, 2), ("tanh",)).scalars({"W1": np.zeros((2, 3)), "b1": [0, 0]}))
    assert names == ["w1_1_1", "w1_1_2", "w1_1_3", "w1_2_1", "w1_2_2", "w1_2_3", "b1_1", "b1_2"]


def test_a_shared_bias_is_one_scalar_for_its_layer():
    assert MAZUR.shapes["b1"] == (1,)
    assert [n for n in MAZUR.graph("neurons").parameters if n[0] == "b"] == ["b1_1", "b2_1"]


def test_every_node_of_the_operations_belongs_to_a_node_of_the_neurons():
    coarse = {node.name for node in MAZUR.graph("neurons").nodes}
    for node in MAZUR.graph("operations").nodes:
        assert node.name in coarse or node.part_of in coarse


def test_inputs_and_targets_are_given_and_no_gradient_is_asked_of_them():
    for detail in SCALARS:
        graph = MAZUR.graph(detail)
        assert {node.name for node in graph.nodes if node.given} == {"x1", "x2", "y1", "y2"}


# Outputs


def test_the_outputs_are_those_of_the_hand_calculation():
    np.testing.assert_allclose(
        MAZUR.outputs(START, X), [[0.751365069552, 0.772928465321]], atol=1e-12
    )


def test_after_softmax_the_outputs_add_up_to_1_however_large_the_scores():
    network = Network((1, 3), ("softmax",), "cross_entropy")
    found = network.outputs({"W1": [[1000], [-1000], [999]], "b1": [0, 0, 0]}, [[1], [0]])
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-15)
    np.testing.assert_allclose(found[0], [1 / (1 + math.exp(-1)), 0, 1 / (1 + math.e)])


# The classic 2-2-2 by hand (Mazur, 2015)

FORWARD = {
    **{"z1_1": 0.3775, "z1_2": 0.3925, "a1_1": 0.593269992107, "a1_2": 0.596884378260},
    **{"z2_1": 1.105905967060, "z2_2": 1.224921404096},
    **{"a2_1": 0.751365069552, "a2_2": 0.772928465321, "L": 0.298371108760},
}
BACKWARD = {
    **{"a2_1": 0.741365069552, "a2_2": -0.217071534679},
    **{"z2_1": 0.138498561629, "z2_2": -0.038098236517},
    **{"a1_1": 0.036350306393, "a1_2": 0.041370322649},
    **{"z1_1": 0.008771354689, "z1_2": 0.009954254705},
    **{"b1_1": 0.018725609395, "b2_1": 0.100400325112},
    **{"w1_1_1": 0.000438567734, "w1_1_2": 0.000877135469},
    **{"w1_2_1": 0.000497712735, "w1_2_2": 0.000995425471},
    **{"w2_1_1": 0.082167040564, "w2_1_2": 0.082667627848},
    **{"w2_2_1": -0.022602540477, "w2_2_2": -0.022740242216},
}
MOVED = (
    *(0.149780716133, 0.199561432266, 0.249751143632, 0.299502287265),
    *(0.358916479718, 0.408666186076, 0.511301270239, 0.561370121108),
)
AFTER_10_000 = (
    *(0.378509988, 0.657019977, 0.477300706, 0.754601411),
    *(-3.892977199, -3.868416688, 2.861810949, 2.925688967),
)


@pytest.mark.parametrize("detail", SCALARS)
def test_every_number_of_the_hand_calculation_is_reproduced(detail):
    graph = MAZUR.graph(detail)
    trace = differentiate(graph, MAZUR.point(START, X[0], Y[0]))
    names = [node.name for node in graph.nodes]
    value_of = dict(zip(names, trace.values, strict=True))
    slope_of = dict(zip(names, trace.gradients, strict=True))
    assert {name: value_of[name] for name in FORWARD} == pytest.approx(FORWARD, abs=1e-12)
    assert {name: slope_of[name] for name in BACKWARD} == pytest.approx(BACKWARD, abs=1e-12)


def test_what_reaches_a_hidden_neuron_is_the_sum_over_both_outputs():
    graph = MAZUR.graph("neurons")
    trace = differentiate(graph, MAZUR.point(START, X[0], Y[0]))
    first, second = (trace.terms[graph.position(name)] for name in ("a1_1", "a1_2"))
    ways = [term.product for term in (*first, *second)]
    assert sorted(ways) == pytest.approx(
        sorted([0.055399424651, -0.019049118258, 0.062324352733, -0.020954030084]), abs=1e-12
    )


@pytest.mark.parametrize(
    ("output", "share"), [(0, 0.274811083176), (1, 0.023560025584)], ids=["o1", "o2"]
)
def test_each_output_adds_its_share_of_the_loss(output, share):
    at = MAZUR.point(START, X[0], Y[0])
    of = dict(zip(MAZUR.graph("neurons").nodes, values(MAZUR.graph("neurons"), at), strict=True))
    found = {node.name: x for node, x in of.items()}
    assert 0.5 * (found[f"a2_{output + 1}"] - Y[0][output]) ** 2 == pytest.approx(share, abs=1e-12)


def test_the_weights_after_one_update_are_those_of_the_hand_calculation():
    found = MAZUR.scalars(trained(MAZUR, START, 1)[1])
    assert [found[name] for name in EVERY_W] == pytest.approx(MOVED, abs=1e-12)


@pytest.mark.parametrize(
    ("rounds", "loss"),
    [
        (1, 0.291027773694),
        (2, 0.283547133),
        (3, 0.275943289),
        (10, 0.220918592),
        (100, 0.020046828),
        (1000, 0.001114349),
    ],
)
def test_the_loss_after_so_many_rounds_is_the_correct_one(rounds, loss):
    assert trained(MAZUR, START, rounds)[0] == pytest.approx(loss, abs=5e-10)


def test_after_ten_thousand_rounds_the_outputs_are_close_to_their_targets():
    loss, parameters = trained(MAZUR, START, 10_000)
    assert loss == pytest.approx(0.0000351018778, rel=1e-8)
    assert MAZUR.outputs(parameters, X)[0] == pytest.approx([0.015913620, 0.984064274], abs=1e-9)
    found = MAZUR.scalars(parameters)
    assert [found[name] for name in EVERY_W] == pytest.approx(AFTER_10_000, abs=1e-8)


@pytest.mark.parametrize(
    ("network", "start", "rounds", "loss"),
    [
        (MAZUR, START, 1, 0.285750886699),
        (MAZUR, START, 10_000, 4.3553211e-6),
        (APART, START_APART, 1, 0.280471446791),
        (APART, START_APART, 10_000, 2.44756224e-6),
    ],
    ids=["shared-1", "shared-10000", "own-1", "own-10000"],
)
def test_with_biases_trained_the_loss_falls_further(network, start, rounds, loss):
    found = trained(network, start, rounds, ("W1", "b1", "W2", "b2"))[0]
    assert found == pytest.approx(loss, rel=1e-8)


def test_with_two_outputs_the_mean_squared_error_is_the_half_sum():
    mean = Network((2, 2, 2), ("sigmoid", "sigmoid"), "mean_squared_error", shared_biases=True)
    assert mean.loss_and_gradient(START, X, Y)[0] == pytest.approx(
        MAZUR.loss_and_gradient(START, X, Y)[0], rel=1e-15
    )


# One neuron


@pytest.mark.parametrize(
    ("x", "y", "w", "b", "rate", "expected"),
    [
        (2.1, 4.0, 1.0, 0.0, 0.01, (3.61, -7.98, -3.8, 1.0798, 0.038, 2.8710591364)),
        (2.0, 9.0, 3.0, 1.0, 0.05, (4.0, -8.0, -4.0, 3.4, 1.2, 1.0)),
    ],
    ids=["backprop-explainer", "BackpropBuilder"],
)
def test_one_neuron_with_a_squared_error_makes_the_published_step(x, y, w, b, rate, expected):
    network = Network((1, 1), ("linear",), "mean_squared_error")
    before, slopes = network.loss_and_gradient({"W1": [[w]], "b1": [b]}, [[x]], [[y]])
    dw, db = slopes["W1"].item(), slopes["b1"].item()
    w, b = w - rate * dw, b - rate * db
    after = network.loss_and_gradient({"W1": [[w]], "b1": [b]}, [[x]], [[y]])[0]
    assert (before, dw, db, w, b, after) == pytest.approx(expected, rel=1e-10)


def test_hintons_meal_comes_out_nearer_though_one_weight_moves_away():
    network = Network((3, 1), ("linear",))
    weights = np.array([[50.0, 50.0, 50.0]])
    slopes = network.loss_and_gradient({"W1": weights, "b1": [0]}, [[2, 5, 3]], [[850]])[1]
    moves = -slopes["W1"] / 35
    np.testing.assert_allclose(moves, [[20, 50, 30]], rtol=1e-13)
    assert network.outputs({"W1": weights + moves, "b1": [0]}, [[2, 5, 3]]) == pytest.approx(880)


# XOR by hand, and ten sigmoids deep


def test_the_weights_of_xor_by_hand_answer_every_row_and_leave_no_gradient():
    network = Network((2, 2, 1), ("relu", "linear"), "mean_squared_error")
    parameters = {"W1": [[1, 1], [1, 1]], "b1": [0, -1], "W2": [[1, -2]], "b2": [0]}
    rows, targets = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]]
    np.testing.assert_array_equal(network.outputs(parameters, rows), targets)
    loss, slopes = network.loss_and_gradient(parameters, rows, targets)
    assert loss == 0
    assert not any(slope.any() for slope in slopes.values())


@pytest.mark.parametrize(
    ("deep", "slope"), [(5, 6.0799e-4), (10, 3.4831e-7)], ids=["5 deep", "10 deep"]
)
def test_the_slope_of_a_chain_of_sigmoids_vanishes(deep, slope):
    # The first layer is linear, so that ∂L/∂b1 is the slope by x; the target makes ∂L/∂a = 1.
    network = Network((1,) * (deep + 2), ("linear", *("sigmoid",) * deep))
    ones = {n: np.ones(s) if n[0] == "W" else np.zeros(s) for n, s in network.shapes.items()}
    target = network.outputs(ones, [[0.5]]) - 1
    found = network.loss_and_gradient(ones, [[0.5]], target)[1]["b1"].item()
    assert found == pytest.approx(slope, rel=1e-4)
    assert found < 0.25**deep


def test_the_slope_of_twenty_sigmoids_is_a_tenth_of_a_millionth_of_a_millionth():
    graph = parse("sigmoid(" * 20 + "x" + ")" * 20)
    assert gradient(graph, {"x": 0.5})[1]["x"] == pytest.approx(1.1431e-13, rel=1e-4)


def test_softmax_is_the_only_activation_that_no_hidden_layer_has():
    assert len(ACTIVATIONS) == len(set(ACTIVATIONS)) == len(HIDDEN_ACTIVATIONS) + 1
    assert set(ACTIVATIONS) - set(HIDDEN_ACTIVATIONS) == {"softmax"}


def test_targets_that_are_no_probabilities_are_refused_with_a_sentence():
    network = Network((1, 1), ("sigmoid",), "binary_cross_entropy")
    parameters = network.initialize()
    for target in (1.5, -0.1, math.nan):
        with pytest.raises(InputError, match=f"A target of {target:g} is no probability"):
            network.loss_and_gradient(parameters, [[1.0], [2.0]], [[1.0], [target]])
    assert math.isfinite(network.objective_and_gradient(parameters, [[1.0]], [[1.5]])[0])
    assert math.isfinite(network.loss_and_gradient(parameters, [[1.0]], [[0.5]])[0])
    squares = Network((1, 1), ("sigmoid",))
    assert math.isfinite(squares.loss_and_gradient(parameters, [[1.0]], [[1.5]])[0])
