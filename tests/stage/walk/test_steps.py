"""The walk through a round, step by step."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop.engine.network import LOSSES, OF_CLASSES, Network
from backprop.stage.walk.steps import known_nodes, network_steps, same_step

PHASES = ("forward", "loss", "backward", "update")
DETAILS = pytest.mark.parametrize("detail", ["neurons", "operations"])


@st.composite
def networks(draw):
    sizes = tuple(draw(st.lists(st.integers(1, 4), min_size=2, max_size=5)))
    losses = [name for name in LOSSES if sizes[-1] > 1 or name not in OF_CLASSES]
    loss = draw(st.sampled_from(losses))
    hidden = st.sampled_from(("tanh", "linear", "relu"))
    activations = [draw(hidden) for _ in sizes[1:]]
    if loss == "cross_entropy":
        activations[-1] = "softmax"
    return Network(sizes, activations, loss, draw(st.booleans()))


@DETAILS
@settings(deadline=None)
@given(network=networks())
def test_every_gradient_stands_after_those_of_all_nodes_that_use_it(detail, network):
    graph = network.graph(detail)
    at = {stop.node: n for n, stop in enumerate(network_steps(graph)) if stop.kind == "slope"}
    uses = graph.uses()
    for position, n in at.items():
        assert all(at[later] < n for later, _ in uses[position] if later in at)


@DETAILS
@settings(deadline=None)
@given(network=networks())
def test_every_value_stands_after_those_that_it_is_computed_from(detail, network):
    graph = network.graph(detail)
    at = {stop.node: n for n, stop in enumerate(network_steps(graph)) if stop.kind == "value"}
    for position, n in at.items():
        assert all(at.get(i, -1) < n for i in graph.nodes[position].inputs)


@DETAILS
@settings(deadline=None)
@given(network=networks())
def test_the_walk_visits_every_node_once_in_four_phases(detail, network):
    graph = network.graph(detail)
    steps = network_steps(graph)
    values = [stop.node for stop in steps if stop.kind == "value"]
    slopes = [stop.node for stop in steps if stop.kind == "slope"]
    assert sorted(values) == [i for i, node in enumerate(graph.nodes) if not node.is_leaf]
    assert sorted(slopes) == [i for i, varies in enumerate(graph.varying()) if varies]
    phases = [PHASES.index(stop.phase) for stop in steps]
    assert phases == sorted(phases)
    assert set(phases) == {0, 1, 2, 3}
    assert [stop.kind for stop in steps[-2:]] == ["whole", "update"]


def test_the_hand_calculation_is_walked_layer_by_layer():
    graph = Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True).graph("neurons")
    names = [stop.name for stop in network_steps(graph)]
    assert names[:9] == ["z1_1", "a1_1", "z1_2", "a1_2", "z2_1", "a2_1", "z2_2", "a2_2", "L"]
    back = names[9:]
    assert back[:5] == ["L", "a2_1", "a2_2", "z2_1", "z2_2"]
    assert set(back[5:10]) == {"w2_1_1", "w2_1_2", "w2_2_1", "w2_2_2", "b2_1"}
    assert back[10:14] == ["a1_1", "a1_2", "z1_1", "z1_2"]
    assert back[-2:] == ["gradient", "update"]


@settings(deadline=None)
@given(networks())
def test_from_either_detail_the_same_quantity_is_found_in_the_other(network):
    graphs = {detail: network.graph(detail) for detail in ("neurons", "operations")}
    for one, other in (("neurons", "operations"), ("operations", "neurons")):
        for stop in network_steps(graphs[one]):
            node = graphs[one].nodes[stop.node] if stop.node >= 0 else None
            found = network_steps(graphs[other])[same_step(stop, node, graphs[other])]
            assert found.kind == stop.kind
            assert found.name in (stop.name, node.part_of if node else "")


def test_what_is_seen_grows_by_one_with_each_step():
    graph = Network((2, 2, 1), ("tanh", "tanh")).graph("neurons")
    sizes = [
        sum(map(len, known_nodes(graph, network_steps(graph)[: step + 1])))
        for step in range(len(network_steps(graph)))
    ]
    assert [b - a for a, b in pairwise(sizes)] == [1] * (len(sizes) - 3) + [
        0,
        0,
    ]
