"""Every way from a node to the loss, and their sum."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop.engine.backward import differentiate
from backprop.engine.expression import parse
from backprop.engine.graph import Builder
from backprop.engine.network import Network
from backprop.engine.paths import MOST, paths

MAZUR = Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True)
AT = MAZUR.point(
    {"W1": [[0.15, 0.2], [0.25, 0.3]], "b1": [0.35], "W2": [[0.4, 0.45], [0.5, 0.55]], "b2": [0.6]},
    [0.05, 0.1],
    [0.01, 0.99],
)


def every_path(trace, position):
    """Return the products of all paths, by walking every one."""
    if position == trace.graph.output:
        return [1.0]
    return [
        term.local * rest
        for term in trace.terms[position]
        for rest in every_path(trace, term.edge.later)
    ]


@st.composite
def traces(draw):
    """Draw a small graph at a point; some of its nodes may lead nowhere."""
    builder = Builder()
    for name in "xyz":
        builder.leaf(name, given=name == "z")
    for i in range(draw(st.integers(1, 9))):
        operation = draw(st.sampled_from(("add", "multiply", "subtract", "max", "tanh")))
        width = 1 if operation == "tanh" else 2
        earlier = st.integers(max(0, i - 1), i + 2)
        inputs = tuple(draw(earlier) for _ in range(width))
        builder.node(operation, inputs, f"v{i}")
    number = st.floats(-2, 2).map(lambda x: round(x, 2))
    graph = builder.graph()
    return differentiate(graph, {name: draw(number) for name in graph.variables})


def test_a_value_used_twice_has_two_paths():
    trace = differentiate(parse("(a + b) * (b + 1)"), {"a": 2, "b": 1})
    found = paths(trace, trace.graph.position("b"))
    assert [path.product for path in found.largest] == [3, 2]
    assert (found.count, found.rest, found.gradient) == (2, 0, 5)


def test_a_path_is_its_nodes_the_slopes_between_them_and_their_product():
    graph = MAZUR.graph("neurons")
    (path,) = paths(differentiate(graph, AT), graph.position("w2_1_1")).largest
    assert [graph.nodes[i].name for i in path.nodes] == ["w2_1_1", "z2_1", "a2_1", "L"]
    assert path.slopes == pytest.approx((0.593269992107, 0.186815601809, 0.741365069552))
    assert path.product == pytest.approx(0.082167040564)


def test_the_first_weight_of_the_hand_calculation_matters_by_way_of_both_outputs():
    graph = MAZUR.graph("neurons")
    found = paths(differentiate(graph, AT), graph.position("w1_1_1"))
    ways = [graph.nodes[path.nodes[4]].name for path in found.largest]
    assert ways == ["a2_1", "a2_2"]
    assert [path.product / found.gradient for path in found.largest] == pytest.approx(
        [1.5240, -0.5240], abs=1e-4
    )


def test_the_loss_itself_has_one_path_of_no_steps():
    trace = differentiate(parse("x * y"), {"x": 2, "y": 3})
    found = paths(trace, trace.graph.output)
    assert (found.largest[0].nodes, found.largest[0].slopes) == ((trace.graph.output,), ())
    assert (found.count, found.gradient) == (1, 1)


def test_what_leads_nowhere_has_no_path():
    builder = Builder()
    x = builder.leaf("x")
    lost = builder.node("tanh", (x,), "lost")
    builder.node("multiply", (x, x), "L")
    trace = differentiate(builder.graph(), {"x": 3})
    assert paths(trace, lost).count == 0
    assert paths(trace, x).count == 2


@settings(deadline=None)
@given(traces())
def test_the_sum_of_all_paths_is_the_gradient(trace):
    for position, varies in enumerate(trace.graph.varying()):
        if varies:
            total = math.fsum(every_path(trace, position))
            assert total == pytest.approx(trace.gradients[position], rel=1e-9, abs=1e-12)


@settings(deadline=None)
@given(traces(), st.integers(1, 8))
def test_the_listed_paths_are_the_largest_and_the_rest_is_what_is_left(trace, most):
    for position, varies in enumerate(trace.graph.varying()):
        if not varies:
            continue
        every = sorted(map(abs, every_path(trace, position)), reverse=True)
        found = paths(trace, position, most)
        assert found.count == len(every)
        assert [abs(path.product) for path in found.largest] == pytest.approx(every[:most])
        listed = math.fsum(path.product for path in found.largest)
        assert listed + found.rest == pytest.approx(found.gradient, rel=1e-9, abs=1e-12)


@settings(deadline=None)
@given(traces())
def test_a_paths_product_is_that_of_its_slopes_and_its_nodes_follow_one_another(trace):
    for path in paths(trace, trace.graph.position("x")).largest:
        assert path.product == pytest.approx(math.prod(path.slopes), rel=1e-12)
        for earlier, later in zip(path.nodes, path.nodes[1:], strict=False):
            assert earlier in trace.graph.nodes[later].inputs


@pytest.mark.parametrize("detail", ["neurons", "operations"])
def test_a_hundred_million_paths_are_counted_without_being_listed(detail):
    network = Network((1, *(8,) * 9, 1), ("tanh",) * 10)
    parameters = network.initialize(seed=1)
    trace = differentiate(network.graph(detail), network.point(parameters, [1.0], [0.0]))
    found = paths(trace, trace.graph.position("w1_1_1"))
    assert found.count == 8**8
    assert len(found.largest) == MOST
    listed = math.fsum(path.product for path in found.largest)
    assert found.rest == pytest.approx(found.gradient - listed)


def test_a_path_that_is_not_a_number_is_listed_first():
    # x by way of the square is 0 · ∞
    trace = differentiate(parse("x * 1 + exp(x * 1000) * 0"), {"x": 1})
    found = paths(trace, 0, most=1)
    assert math.isnan(found.largest[0].product)
    assert found.count == 2


def test_infinite_paths_of_both_signs_leave_a_rest_that_is_not_a_number():
    network = Network((1, 5, 5, 5, 1), ("linear",) * 4, "binary_cross_entropy")
    parameters = network.initialize(seed=1)
    trace = differentiate(network.graph("neurons"), network.point(parameters, [0.0], [1.0]))
    found = paths(trace, trace.graph.position("b1_1"))
    assert found.count == 25
    assert math.isnan(found.rest)
