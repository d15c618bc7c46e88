"""The plain loops and the generated code give the same numbers, bit for bit."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.engine.array_ops import ARRAY_OPS
from backprop.engine.backward import backward, differentiate, gradient, plain_record
from backprop.engine.expression import parse
from backprop.engine.families import FAMILIES
from backprop.engine.forward import forward, values
from backprop.engine.graph import Builder, Graph, Node
from backprop.engine.network import ACTIVATIONS, LOSSES, Network
from backprop.engine.ops import OPS
from backprop.engine.trace import Trace
from backprop.lessons.network import choices as network_presets
from backprop.lessons.playground import presets as playgnetwork_presets

REFERENCE = json.loads(
    (Path(__file__).parent.parent / "reference" / "expressions.json").read_text(encoding="utf-8")
)["expressions"]
ROWS = [*OPS.values(), *(family.build(n) for family in FAMILIES.values() for n in family.widths)]
POINTS = [
    *((0.0, -0.0, 1.0), (1e308, -1e308, 710.0), (-1.0, 0.5, -745.2)),
    *((np.inf, -np.inf, np.nan), (1e-320, 3.0, -2.5)),
]


def assert_same(graph, at):
    """The record of the plain loops is that of the generated code, to the last bit."""
    trace, plain = differentiate(graph, at), Trace(graph, *plain_record(graph, at))
    for column in ("values", "gradients", "locals", "products", "totals"):
        np.testing.assert_equal(getattr(plain, column), getattr(trace, column), err_msg=column)
    np.testing.assert_equal(values(graph, at), tuple(forward(graph, at)))
    value, slopes = gradient(graph, at)
    np.testing.assert_equal((value, slopes), (plain.value, dict(plain.gradient)))


def graph_of(row):
    """Return the function that is one operation on variables, its first used again at the end."""
    builder = Builder()
    inputs = [builder.leaf(name) for name in row.inputs]
    builder.node("multiply", (builder.node(row.name, inputs), inputs[0]))
    return builder.graph()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name} of {len(row.inputs)}")
def test_each_operation_is_the_same_in_both(row):
    points = [*row.samples, *(tuple(np.resize(point, len(row.inputs))) for point in POINTS)]
    for point in points:
        assert_same(graph_of(row), dict(zip(row.inputs, map(float, point), strict=True)))


@pytest.mark.parametrize("row", ARRAY_OPS.values(), ids=lambda row: row.name)
def test_each_operation_on_arrays_is_the_same_in_both(row):
    rng = np.random.default_rng(1)
    at = {name: rng.random(shape) for name, shape in zip(row.inputs, row.shapes, strict=True)}
    nodes = [
        Node(name, given=not text) for name, text in zip(row.inputs, row.products, strict=True)
    ]
    nodes.append(Node("out", row.name, tuple(range(len(nodes)))))
    result = values(Graph(tuple(nodes)), at)[-1]
    if np.ndim(result):  # a layer is followed by a loss, which is one number
        nodes += [Node("Y", given=True)]
        nodes += [Node("L", "batch_mean_squared_error", (len(nodes) - 2, len(nodes) - 1))]
        at["Y"] = rng.random(result.shape)
    assert_same(Graph(tuple(nodes)), at)


@pytest.mark.parametrize("row", REFERENCE, ids=lambda row: row["expression"])
@pytest.mark.parametrize("share", [False, True])
def test_each_expression_of_the_reference_is_the_same_in_both(row, share):
    assert_same(parse(row["expression"], share=share), row["at"])


@pytest.mark.parametrize("preset", playgnetwork_presets.PRESETS, ids=lambda preset: preset.name)
def test_each_preset_of_the_playground_is_the_same_in_both(preset):
    assert_same(parse(preset.choices.expression, share=preset.choices.share), preset.choices.at)


@pytest.mark.parametrize("preset", network_presets.PRESETS, ids=lambda preset: preset.name)
def test_each_preset_of_the_walk_through_a_network_is_the_same_in_both(preset):
    chosen = preset.choices.network
    network = Network(chosen.sizes, chosen.activations, chosen.loss, chosen.shared)
    at = {**chosen.inputs, **chosen.parameters}
    for detail in ("operations", "neurons"):
        assert_same(network.graph(detail), {n: at[n] for n in network.graph(detail).variables})
    x, y = ([at[n] for n in at if n[0] == letter] for letter in "xy")
    assert_same(network.graph("layers"), network.batch(network.arrays(at), [x], [y]))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", [name for name in ACTIVATIONS if name != "softmax"])
def test_each_network_is_the_same_in_both_at_every_detail(activation, loss):
    last = {"binary_cross_entropy": "sigmoid", "cross_entropy": "softmax"}.get(loss, activation)
    network = Network((2, 3, 2), (activation, last), loss, l1=0.1, l2=0.2)
    parameters, rng = network.initialize(seed=2), np.random.default_rng(3)
    X, Y = rng.normal(size=(5, 2)), np.eye(2)[rng.integers(0, 2, 5)]
    for detail in ("operations", "neurons"):
        assert_same(network.graph(detail), network.point(parameters, X[0], Y[0]))
    assert_same(network.graph("layers"), network.batch(parameters, X, Y))


@st.composite
def graphs(draw):
    builder = Builder(share=draw(st.booleans()))
    for name in "abc":
        builder.leaf(name, given=name == "c" and draw(st.booleans()))
    builder.constant(draw(st.floats(allow_nan=False)))
    count = 4
    for _ in range(draw(st.integers(1, 12))):
        row = OPS[draw(st.sampled_from(sorted(OPS)))]
        arity = len(row.inputs)
        inputs = draw(st.lists(st.integers(0, count - 1), min_size=arity, max_size=arity))
        count = max(count, builder.node(row.name, inputs) + 1)
    return builder.graph()


@given(graphs(), st.tuples(*[st.floats(-3, 3)] * 3))
def test_any_graph_is_the_same_in_both(graph, point):
    assert_same(graph, dict(zip("abc", point, strict=True)))


@given(graphs(), st.tuples(*[st.floats() for _ in range(3)]))
def test_any_graph_is_the_same_in_both_at_any_point(graph, point):
    assert_same(graph, dict(zip("abc", point, strict=True)))


def test_the_loops_alone_differentiate_the_textbook_example():
    graph = parse("(x + y) * z")
    values = forward(graph, {"x": -2.0, "y": 5.0, "z": -4.0})
    gradients, terms = backward(graph, values)
    assert values == [-2, 5, -4, 3, -12]
    assert [gradients[i] for i in range(5)] == [-4, -4, 3, -4, 1]
    assert [term.product for term in terms] == [-4, 3, -4, -4]
