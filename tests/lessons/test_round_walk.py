"""The walk through a round, and the film strip."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop.engine.network import LOSSES, Network
from backprop.lessons.choices import read_choices
from backprop.lessons.lesson import Links, Origin
from backprop.lessons.network import LESSON
from backprop.lessons.round import compute
from backprop.lessons.round_walk import (
    MOST_GROUPS,
    MOST_TICKS,
    PHASES,
    same_stop,
    seen,
    strip_of,
    walk,
)
from backprop.notation.names import label_of

PRESETS = pytest.mark.parametrize("preset", [p.name for p in LESSON.presets])
DETAILS = pytest.mark.parametrize("detail", ["neurons", "operations"])


def open_at(query=""):
    """Return the choices of a query, and the links around them."""
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    origin = Origin({}, LESSON.defaults)
    if "preset" in pairs:
        origin = Origin({"preset": pairs["preset"]}, LESSON.preset(pairs["preset"]).choices)
    choices = read_choices(origin.choices, pairs)
    return choices, Links(LESSON.path, origin, choices)


@st.composite
def networks(draw):
    sizes = tuple(draw(st.lists(st.integers(1, 4), min_size=2, max_size=5)))
    loss = draw(st.sampled_from(LOSSES if sizes[-1] > 1 else LOSSES[:-1]))
    hidden = st.sampled_from(("tanh", "linear", "relu"))
    activations = [draw(hidden) for _ in sizes[1:]]
    if loss == "cross_entropy":
        activations[-1] = "softmax"
    return Network(sizes, activations, loss, draw(st.booleans()))


def strip_at(query, step):
    choices, links = open_at(f"{query}&step={step}")
    return strip_of(compute(choices).graph, step, links, label_of)


def step_at(address):
    return int(dict(parse_qsl(urlsplit(address).query)).get("step", 0))


@DETAILS
@settings(deadline=None)
@given(network=networks())
def test_every_gradient_stands_after_those_of_all_nodes_that_use_it(detail, network):
    graph = network.graph(detail)
    at = {stop.node: n for n, stop in enumerate(walk(graph)) if stop.kind == "slope"}
    uses = graph.uses()
    for position, n in at.items():
        assert all(at[later] < n for later, _ in uses[position] if later in at)


@DETAILS
@settings(deadline=None)
@given(network=networks())
def test_every_value_stands_after_those_that_it_is_computed_from(detail, network):
    graph = network.graph(detail)
    at = {stop.node: n for n, stop in enumerate(walk(graph)) if stop.kind == "value"}
    for position, n in at.items():
        assert all(at.get(i, -1) < n for i in graph.nodes[position].inputs)


@DETAILS
@settings(deadline=None)
@given(network=networks())
def test_the_walk_visits_every_node_once_in_four_phases(detail, network):
    graph = network.graph(detail)
    stops = walk(graph)
    values = [stop.node for stop in stops if stop.kind == "value"]
    slopes = [stop.node for stop in stops if stop.kind == "slope"]
    assert sorted(values) == [i for i, node in enumerate(graph.nodes) if not node.is_leaf]
    assert sorted(slopes) == [i for i, varies in enumerate(graph.varying()) if varies]
    phases = [PHASES.index(stop.phase) for stop in stops]
    assert phases == sorted(phases)
    assert set(phases) == {0, 1, 2, 3}
    assert [stop.kind for stop in stops[-2:]] == ["whole", "update"]


def test_the_hand_calculation_is_walked_layer_by_layer():
    graph = Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True).graph("neurons")
    names = [stop.name for stop in walk(graph)]
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
        for stop in walk(graphs[one]):
            node = graphs[one].nodes[stop.node] if stop.node >= 0 else None
            found = walk(graphs[other])[same_stop(stop, node, graphs[other])]
            assert found.kind == stop.kind
            assert found.name in (stop.name, node.part_of if node else "")


def test_what_is_seen_grows_by_one_with_each_step():
    graph = Network((2, 2, 1), ("tanh", "tanh")).graph("neurons")
    sizes = [sum(map(len, seen(graph, step))) for step in range(len(walk(graph)))]
    assert [b - a for a, b in zip(sizes, sizes[1:], strict=False)] == [1] * (len(sizes) - 3) + [
        0,
        0,
    ]


@PRESETS
@DETAILS
def test_every_step_can_be_reached_from_the_strip(preset, detail):
    query = f"preset={preset}&detail={detail}"
    count, reached, waiting = strip_at(query, 0).count, {0}, [0]
    while waiting:
        strip = strip_at(query, waiting.pop())
        ticks = [tick.address for phase in strip.phases for tick in phase.ticks]
        for step in {step_at(address) for address in ticks} - reached:
            reached.add(step)
            waiting.append(step)
    assert reached == set(range(count))


@PRESETS
@DETAILS
def test_the_strip_counts_every_step_once_and_marks_where_it_stands(preset, detail):
    query = f"preset={preset}&detail={detail}"
    for step in range(strip_at(query, 0).count):
        strip = strip_at(query, step)
        ticks = [tick for phase in strip.phases for tick in phase.ticks]
        assert sum(tick.count for tick in ticks) == strip.count
        assert [tick.number for tick in ticks if tick.state == "now"] == [step + 1]
        assert [phase.state for phase in strip.phases].count("now") == 1
        assert all(tick.label or tick.words for tick in ticks)


@PRESETS
def test_a_long_walk_is_folded_until_it_fits(preset):
    for detail in ("neurons", "operations"):
        strip = strip_at(f"preset={preset}&detail={detail}", 0)
        folded = [tick for phase in strip.phases for tick in phase.ticks if tick.count > 1]
        assert bool(folded) == (strip.count > MOST_TICKS)
        assert len(folded) <= MOST_GROUPS


def test_the_largest_network_by_neurons_is_folded_by_layer():
    sizes, names = ",".join("3" * 10), ",".join(["tanh"] * 9)
    strip = strip_at(f"sizes={sizes}&activations={names}&names=indexed", 0)
    assert [len(phase.ticks) for phase in strip.phases] == [14, 1, 11, 1]


def test_the_arrows_lead_one_step_or_one_phase_on():
    strip = strip_at("names=textbook", 12)
    assert (strip.at, strip.count) == (13, 30)
    assert [step_at(a) for a in (strip.first, strip.back, strip.forward, strip.last)] == [
        *(0, 11, 13, 29)
    ]
    assert (step_at(strip.phase_back), step_at(strip.phase_forward)) == (9, 29)


def test_there_is_no_way_back_from_the_first_step_nor_on_from_the_last():
    first, last = strip_at("", 0), strip_at("", 29)
    assert (first.back, first.phase_back) == ("", "")
    assert (last.forward, last.phase_forward) == ("", "")
