"""Where the arrays of a graph stand, and the wires between them."""

import re
from itertools import combinations

import pytest

from backprop.drawing.arrays import ROOM, lay_out_arrays
from backprop.engine.network import Network

NETWORKS = {
    "2-8-8-1": (Network((2, 8, 8, 1), ("tanh", "tanh", "sigmoid"), "binary_cross_entropy"), 10),
    "64-32-10": (Network((64, 32, 10), ("relu", "softmax"), "cross_entropy"), 32),
    "2-1 one example": (Network((2, 1), ("sigmoid",)), 1),
    "2-1 linear": (Network((2, 1), ("linear",), shared_biases=True), 4),
    "64-128-64-10": (Network((64, 128, 64, 10), ("relu", "relu", "linear")), 64),
    "twelve layers": (Network((2, *(6,) * 11, 1), ("tanh",) * 12), 10),
    "l2": (Network((2, 8, 1), ("tanh", "sigmoid"), l2=0.01), 10),
    "l1 and l2": (Network((2, 1, 1), ("tanh", "linear"), l1=0.1, l2=0.01), 10),
}


def shapes_of(network, rows):
    """Return the shape of each node, as the engine would."""
    found, widths = [], {"X": network.sizes[0], "Y": network.sizes[-1]}
    for node in network.graph("layers").nodes:
        layered = node.name[0] in "ZA" and node.name[1:].isdigit()
        widths[node.name] = network.sizes[int(node.name[1:])] if layered else widths.get(node.name)
        width = widths[node.name]
        found.append(network.shapes.get(node.name) or ((rows, width) if width else ()))
    return tuple(found)


@pytest.fixture(params=NETWORKS.values(), ids=NETWORKS)
def case(request):
    network, rows = request.param
    graph = network.graph("layers")
    return graph, lay_out_arrays(graph, shapes_of(network, rows))


def points(path):
    """Return the corners of a path, the first and the last exactly."""
    return [tuple(map(float, pair)) for pair in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


def test_no_two_cards_overlap(case):
    _, drawn = case
    for one, two in combinations([place.box for place in drawn.places], 2):
        beside = one.right < two.x or two.right < one.x
        assert beside or one.bottom < two.y or two.bottom < one.y


def test_every_card_and_every_wire_lies_within_the_picture(case):
    _, drawn = case
    for place in drawn.places:
        assert place.box.x >= 0
        assert place.box.right <= drawn.width
        assert place.box.bottom <= drawn.height
    for wire in drawn.wires:
        for x, y in (*points(wire.ahead), *points(wire.back)):
            assert 0 <= x <= drawn.width
            assert 0 <= y <= drawn.height


def test_every_quantity_but_constants_has_a_card(case):
    graph, drawn = case
    named = [i for i, node in enumerate(graph.nodes) if node.number is None]
    assert sorted(place.node for place in drawn.places) == named


def test_a_map_fits_its_card(case):
    _, drawn = case
    for place in drawn.places:
        width, height = place.map
        assert width < place.box.width
        assert height < place.half


def test_every_use_of_a_quantity_has_a_wire(case):
    graph, drawn = case
    uses = {
        (i, later)
        for later, node in enumerate(graph.nodes)
        for i in node.inputs
        if graph.nodes[i].number is None
    }
    assert {(wire.node, wire.later) for wire in drawn.wires} == uses


def test_only_where_a_gradient_is_asked_is_there_a_way_back(case):
    graph, drawn = case
    for wire in drawn.wires:
        assert bool(wire.back) is graph.varying()[wire.node]
        assert bool(wire.tip_back) is bool(wire.back)


def test_a_wire_begins_and_ends_at_its_cards(case):
    _, drawn = case
    boxes = {place.node: place.box for place in drawn.places}
    for wire in drawn.wires:
        (x, y), (x2, y2) = points(wire.ahead)[0], points(wire.ahead)[-1]
        for box, a, b in ((boxes[wire.node], x, y), (boxes[wire.later], x2, y2)):
            assert box.x - 0.01 <= a <= box.right + 0.01
            assert box.y - 0.01 <= b <= box.bottom + 0.01


def test_the_rows_of_a_batch_are_equally_high_in_all_its_arrays(case):
    graph, drawn = case
    heights = {
        place.map[1]
        for place in drawn.places
        if place.map[0] and (graph.nodes[place.node].inputs or graph.nodes[place.node].given)
    }
    assert len(heights) == 1


def test_four_layers_fit_without_scrolling():
    network, rows = NETWORKS["2-8-8-1"]
    assert lay_out_arrays(network.graph("layers"), shapes_of(network, rows)).width <= ROOM


def test_the_same_graph_has_the_same_picture():
    network, rows = NETWORKS["64-32-10"]
    graph, shapes = network.graph("layers"), shapes_of(network, rows)
    assert lay_out_arrays.__wrapped__(graph, shapes) == lay_out_arrays.__wrapped__(graph, shapes)
