import json
import random
from itertools import combinations
from pathlib import Path

import pytest

from backprop.drawing.expressions import OFTEN, expression_picture
from backprop.drawing.layout import NodeSpot, Picture, number, shape_of
from backprop.drawing.neurons import neurons_picture
from backprop.drawing.operations import operations_picture
from backprop.engine.expression import parse
from backprop.engine.graph import Builder, Graph
from backprop.engine.network import Network

GOLDEN = Path(__file__).with_name("golden")

HAND = Network((2, 2, 2), ("sigmoid", "sigmoid"))
NETWORKS = {
    "2-2-2": HAND,
    "2-2-2 shared": Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True),
    "4-1": Network((4, 1), ("sigmoid",), "binary_cross_entropy"),
    "2-2-1": Network((2, 2, 1), ("relu", "sigmoid")),
    "1-3-1": Network((1, 3, 1), ("leaky_relu", "linear"), shared_biases=True),
    "4-3-3": Network((4, 3, 3), ("tanh", "softmax"), "cross_entropy"),
    "2-2": Network((2, 2), ("softmax",), "cross_entropy"),
    "3-4-2": Network((3, 4, 2), ("softplus", "sigmoid"), "binary_cross_entropy"),
    "4-8-8-3": Network((4, 8, 8, 3), ("relu", "tanh", "softmax"), "cross_entropy"),
    "2-6-6-1": Network((2, 6, 6, 1), ("relu", "relu", "linear"), "mean_squared_error"),
    "ten sigmoids": Network((1,) * 11, ("sigmoid",) * 10),
    "ten sigmoids, two inputs": Network((2, *(1,) * 10), ("sigmoid",) * 10),
}
FORMULAS = (
    "(x + y) * z",
    "x * x",
    "2 * x + 3",
    "(w * x + b - y) ** 2 / 2 + 0.1 * w ** 2",
    "sigmoid(w1 * x1 + w2 * x2 + b)",
    "x * x + x * x + sin(x) + exp(x) * x + x ** 3 - x / (1 + x) + log(x) * x",
    "max(a, b) + min(a, b) * tanh(c) - abs(a)",
    "x",
)


def pictures() -> list:
    found = [
        pytest.param(draw(network), id=f"{name} {draw.__name__}")
        for name, network in NETWORKS.items()
        for draw in (neurons_picture, operations_picture)
    ]
    found += [pytest.param(expression_picture(parse(text)), id=text) for text in FORMULAS]
    return found


def large_pictures() -> list:
    found = [
        pytest.param(draw(network, large=True), id=f"{name} {draw.__name__} large")
        for name, network in NETWORKS.items()
        for draw in (neurons_picture, operations_picture)
    ]
    short = [
        neurons_picture(NETWORKS[name], large=True, long_names=False) for name in ("2-2-2", "4-1")
    ]
    found += [pytest.param(picture, id=f"short names {i}") for i, picture in enumerate(short)]
    found += [
        pytest.param(
            expression_picture(parse(text), large=True, tagged=tagged), id=f"{text} large {tagged}"
        )
        for text in FORMULAS
        for tagged in (False, True)
    ]
    return found


def box(spot: NodeSpot, picture: Picture) -> tuple[float, float, float, float]:
    """Return where a node is drawn, at its largest: left, top, right, bottom."""
    kind = spot.kind.split()[0]
    x, y, width, height, _ = shape_of(kind, large=picture.large, graded=True).body
    return spot.x + x, spot.y + y, spot.x + x + width, spot.y + y + height


def overlap(one: tuple[float, ...], two: tuple[float, ...]) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


@pytest.mark.parametrize("picture", pictures() + large_pictures())
def test_no_two_nodes_overlap(picture: Picture):
    boxes = [box(spot, picture) for spot in picture.spots if "hides" not in spot.kind]
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]


@pytest.mark.parametrize("picture", pictures() + large_pictures())
def test_nodes_stand_inside_the_picture(picture: Picture):
    for spot in picture.spots:
        left, top, right, bottom = box(spot, picture)
        assert left >= 0
        assert top >= 0
        assert right <= picture.width
        assert bottom <= picture.height


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
@pytest.mark.parametrize("detail", ["neurons", "operations"])
def test_every_node_and_every_edge_is_drawn(network, detail):
    draw = {"neurons": neurons_picture, "operations": operations_picture}[detail]
    check_whole(draw(network), network.graph(detail))


@pytest.mark.parametrize("text", FORMULAS)
def test_every_part_of_a_formula_is_drawn(text):
    check_whole(expression_picture(parse(text)), parse(text))


def check_whole(picture: Picture, graph: Graph) -> None:
    edges = {(i, later) for later, node in enumerate(graph.nodes) for i in node.inputs}
    assert {spot.node for spot in picture.spots} == set(range(len(graph)))
    assert {(e.node, e.later) for e in picture.wires + picture.icons} == edges


GOLDENS = {
    "neurons": lambda: neurons_picture(HAND),
    "operations": lambda: operations_picture(HAND),
    "expression": lambda: expression_picture(parse("(w * x + b - y) ** 2 / 2")),
}


@pytest.mark.parametrize("name", GOLDENS)
def test_the_same_graph_gives_the_same_picture(name):
    picture = json.loads(json.dumps(GOLDENS[name]()._asdict()))
    golden = GOLDEN / f"{name}.json"
    assert picture == json.loads(golden.read_text())


def test_operands_stand_in_the_order_of_the_formula():
    graph = parse("(x + y) * z")
    heights = {graph.nodes[s.node].name: s.y for s in expression_picture(graph).spots}
    assert heights["x"] < heights["y"] < heights["z"]


def test_a_leaf_that_is_used_very_often_is_drawn_beside_each_use():
    builder = Builder()
    x = builder.leaf("x")
    total = builder.node("exp", [x])
    for _ in range(OFTEN):
        total = builder.node("multiply", [total, x])
    drawn = [spot for spot in expression_picture(builder.graph()).spots if spot.node == x]
    assert [spot.copy for spot in drawn] == list(range(1, OFTEN + 2))


def test_a_leaf_without_uses_is_drawn():
    builder = Builder()
    builder.leaf("idle")
    builder.node("exp", [builder.leaf("x")])
    assert len(expression_picture(builder.graph()).spots) == 3


def tangled(size: int, leaves: int, reach: int, seed: int) -> Graph:
    """Return a graph whose nodes use random nodes at most `reach` before them."""
    rng = random.Random(seed)
    builder = Builder()
    nodes = [builder.leaf(f"x{i}") for i in range(leaves)]
    while len(nodes) < size:
        pair = [nodes[-rng.randint(1, min(reach, len(nodes)))] for _ in "xy"]
        nodes.append(builder.node("add", pair))
    return builder.graph()


def ladder(size: int) -> Graph:
    """Return a chain each of whose nodes uses the chain's start again."""
    builder = Builder()
    start = at = builder.node("exp", [builder.leaf("x")])
    for _ in range(size):
        at = builder.node("add", [at, start])
    return builder.graph()


HARD = {
    f"{leaves} leaves, reach {reach}": tangled(200, leaves, reach, seed=1)
    for leaves in (2, 10, 60)
    for reach in (3, 20, 200)
} | {"ladder": ladder(198)}


@pytest.mark.parametrize("graph", HARD.values(), ids=HARD)
def test_any_graph_within_the_limits_is_laid_out_clearly(graph: Graph):
    picture = expression_picture.__wrapped__(graph)
    check_whole(picture, graph)
    boxes = sorted(box(spot, picture) for spot in picture.spots)
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]


@pytest.mark.parametrize(("x", "text"), [(1.0, "1"), (-0.04, "0"), (2.25, "2.2"), (-3.5, "-3.5")])
def test_coordinates_are_short(x, text):
    assert number(x) == text
