"""Penalties between loss and objective, against PyTorch, nudging, and by hand."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backprop.engine.backward import differentiate, gradient, repeated
from backprop.engine.differences.slopes import central_differences
from backprop.engine.errors import InputError
from backprop.engine.forward import values
from backprop.engine.network import Network
from backprop.engine.unroll import DETAILS

REFERENCE = Path(__file__).parents[1] / "reference" / "penalties.json"
PYTORCH = [
    pytest.param(
        Network(*(row[key] for key in ("sizes", "activations", "loss")), False, l1, l2), row
    )
    for row in json.loads(REFERENCE.read_text(encoding="utf-8"))["networks"]
    for l1, l2 in [(row["l1"], row["l2"])]
]
SCALARS = ("neurons", "operations")
ONE = {"W1": [[3.0]], "b1": [7.0]}  # ŷ = 3x + 7
STRENGTHS = st.sampled_from([0.0, 0.03, 0.5])


def place(network, detail, parameters, X, Y):
    """Return a graph with the point of a batch, at scalar details of its first example."""
    at = (
        network.batch(parameters, X[:1], Y[:1])
        if detail == "layers"
        else network.point(parameters, X[0], Y[0])
    )
    return network.graph(detail), at


@pytest.mark.parametrize(("network", "row"), PYTORCH)
def test_objective_and_gradient_are_those_of_pytorch(network, row):
    given_ = row["parameters"], row["X"], row["Y"]
    objective, slopes = network.loss_and_gradient(*given_)
    assert objective == pytest.approx(row["value"], rel=1e-12)
    assert network.losses(*given_) == pytest.approx((row["loss_alone"], row["value"]), rel=1e-12)
    for name, expected in row["gradient"].items():
        np.testing.assert_allclose(slopes[name], expected, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("detail", SCALARS)
@pytest.mark.parametrize(("network", "row"), PYTORCH)
def test_the_mean_over_the_examples_of_a_graph_of_scalars_is_pytorchs_too(network, row, detail):
    graph, parameters = network.graph(detail), row["parameters"]
    pairs = zip(row["X"], row["Y"], strict=True)
    found = [gradient(graph, network.point(parameters, x, y)) for x, y in pairs]
    assert np.mean([objective for objective, _ in found]) == pytest.approx(row["value"], rel=1e-12)
    mean = {name: np.mean([slopes[name] for _, slopes in found]) for name in graph.parameters}
    for name, slopes in network.arrays(mean).items():
        np.testing.assert_allclose(slopes, row["gradient"][name], rtol=1e-10, atol=1e-14)


@st.composite
def cases(draw):
    """Draw a network with penalties, or with none, and a point."""
    sizes = tuple(draw(st.lists(st.integers(1, 3), min_size=2, max_size=4)))
    network = Network(sizes, ("tanh",) * (len(sizes) - 1), l1=draw(STRENGTHS), l2=draw(STRENGTHS))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    parameters = {name: rng.normal(size=shape) for name, shape in network.shapes.items()}
    return network, parameters, rng.normal(size=(1, sizes[0])), rng.normal(size=(1, sizes[-1]))


@settings(deadline=None, max_examples=60)
@given(cases())
def test_every_detail_gives_the_same_objective_and_gradient(case):
    objective, slopes = case[0].loss_and_gradient(*case[1:])
    for detail in SCALARS:
        found, by_number = gradient(*place(case[0], detail, *case[1:]))
        assert found == pytest.approx(objective, rel=1e-12)
        assert by_number == pytest.approx(case[0].scalars(slopes), rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("detail", DETAILS)
@settings(deadline=None, max_examples=30)
@given(case=cases())
def test_the_gradient_is_what_nudging_finds_away_from_a_weight_of_0(detail, case):
    network, parameters = case[:2]
    assume(all(np.abs(array).min() > 1e-3 for array in parameters.values()))
    graph, at = place(network, detail, *case[1:])
    found = gradient(graph, at)[1]
    for name, slopes in central_differences(graph, at).items():
        np.testing.assert_allclose(found[name], slopes, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("detail", DETAILS)
def test_a_weight_has_a_term_through_z_and_one_through_the_penalty(detail):
    # ŷ = 3·2 + 7 = 13, L = ½(13 − 9)² = 8; L′ by w is 4·2 = 8, and the penalty's 0.5·3 = 1.5
    network = Network((1, 1), ("linear",), l2=0.5)
    graph, at = place(network, detail, ONE, [[2.0]], [[9.0]])
    trace = differentiate(graph, at)
    names = [node.name for node in graph.nodes]
    assert trace.values[names.index("L")] == 8
    assert trace.values[names.index("R1")] == 2.25  # ½ · 0.5 · 3²
    assert trace.value == 10.25
    weight = names.index("W1" if detail == "layers" else "w1_1_1")
    assert [float(np.sum(term.product)) for term in trace.terms[weight]] == [8, 1.5]
    assert float(np.sum(trace.gradients[weight])) == 9.5


def test_the_terms_of_an_array_of_weights_are_printed_with_the_rows_rule():
    network = Network((2, 1), ("linear",), l1=0.25, l2=0.5)
    graph, at = place(network, "layers", network.initialize(), [[1.0, 2.0]], [[0.0]])
    trace = differentiate(graph, at)
    steps = {step.name: step.rule for step in trace.backward_steps}
    assert steps["W1"] == ("dot(g(Z1).T, X) + g(S1) * 0.25 * sign(W1) + g(R1) * 0.5 * W1")
    assert next(s.rule for s in trace.forward_steps if s.name == "J") == "L + S1 + R1"


def test_the_objective_comes_last_and_the_loss_keeps_its_name():
    nodes = Network((2, 2, 1), ("tanh", "linear"), l1=0.1, l2=0.1).graph("layers").nodes
    assert [node.name for node in nodes if node.operation][-6:] == [
        "L",
        "S1",
        "S2",
        "R1",
        "R2",
        "J",
    ]


@pytest.mark.parametrize("detail", DETAILS)
def test_without_penalties_the_loss_is_the_last_node(detail):
    graph = Network((2, 2, 1), ("tanh", "linear"), l1=0, l2=0.0).graph(detail)
    assert graph is Network((2, 2, 1), ("tanh", "linear")).graph(detail)
    assert graph.nodes[-1].name == "L"


def test_every_node_of_the_operations_belongs_to_a_node_of_the_neurons():
    network = Network((2, 3, 2), ("tanh", "tanh"), l1=0.1, l2=0.2)
    coarse = {node.name for node in network.graph("neurons").nodes}
    for node in network.graph("operations").nodes:
        is_factor = node.number is not None and not node.part_of
        assert node.name in coarse or node.part_of in coarse or is_factor


def test_biases_are_not_penalized():
    small, large = ({**ONE, "b1": [b]} for b in (0.0, 1e6))
    network = Network((1, 1), ("linear",), "mean_squared_error", l1=1, l2=1)
    for parameters in (small, large):
        loss, objective = network.losses(parameters, [[1.0]], [[3.0 + parameters["b1"][0]]])
        assert (loss, objective) == (0, 3 + 4.5)


def test_a_weight_of_0_is_not_pulled_by_l1():
    network = Network((2, 1), ("linear",), l1=1.0)
    slopes = network.loss_and_gradient({"W1": [[0.0, -2.0]], "b1": [0]}, [[0.0, 0.0]], [[0.0]])[1]
    assert slopes["W1"].tolist() == [[0, -1]]


def test_outputs_are_those_without_penalties():
    plain, penalized = (Network((2, 3), ("softmax",), "cross_entropy", l2=l2) for l2 in (0.0, 9.0))
    parameters, X = plain.initialize(), [[1.0, 2.0], [3.0, 4.0]]
    assert np.array_equal(plain.outputs(parameters, X), penalized.outputs(parameters, X))


@pytest.mark.parametrize(("network", "row"), PYTORCH)
def test_a_repeated_pass_leaves_the_gradient_of_the_objective(network, row):
    at = network.batch(row["parameters"], row["X"], row["Y"])
    slopes = {name: np.empty(shape) for name, shape in network.shapes.items()}
    run = repeated(network.graph("layers"), at, slopes)
    for _ in range(3):
        objective, expected = gradient(network.graph("layers"), at)
        assert run((at["X"], at["Y"])) == objective
        for name, array in expected.items():
            assert np.array_equal(slopes[name], array)
        at["W1"] *= 0.5


def test_weights_of_infinity_make_the_objective_infinite_and_raise_nothing():
    network = Network((1, 1), ("linear",), l1=0.1, l2=0.1)
    parameters = {"W1": [[math.inf]], "b1": [0.0]}
    for detail in DETAILS:
        graph, at = place(network, detail, parameters, [[1.0]], [[0.0]])
        assert values(graph, at)[-1] == math.inf


@pytest.mark.parametrize("strength", [-0.1, math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("name", ["l1", "l2"])
def test_a_strength_that_is_negative_or_no_number_is_refused(name, strength):
    with pytest.raises(InputError, match=f"cannot have the strength {strength:g}") as error:
        Network((1, 1), ("tanh",), **{name: strength})
    assert error.value.at == name
