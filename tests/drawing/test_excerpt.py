"""What of a graph a gradient needs, small enough for a phone."""

from itertools import combinations

import pytest

from backprop.drawing.excerpt import DOTS, TALLEST, WIDTH, excerpt_picture
from backprop.drawing.layout import shape_of
from backprop.engine.expression import parse
from backprop.engine.network import Network

CLASSIC = Network((2, 2, 2), ("sigmoid", "sigmoid"), "half_squared_error", shared_biases=True)
GRAPHS = {
    "classic": CLASSIC.graph("neurons"),
    "softmax": Network((4, 3, 3), ("tanh", "softmax"), "cross_entropy").graph("neurons"),
    "deep": Network((1,) * 11, ("sigmoid",) * 10, "half_squared_error").graph("neurons"),
    "wide": Network((8, 8, 2), ("relu", "linear"), "mean_squared_error").graph("neurons"),
    "operations": CLASSIC.graph("operations"),
    "formula": parse("(x + y) * z + sigmoid(x * y) / exp(z)"),
}
ASKED = [
    pytest.param(graph, node, id=f"{name}-{graph.nodes[node].name}")
    for name, graph in GRAPHS.items()
    for node in range(len(graph))
    if graph.varying()[node] and node != graph.output
][::4]


def names(picture, graph):
    return {graph.nodes[spot.node].name for spot in picture.spots}


def excerpt(name, node):
    graph = GRAPHS[name]
    return excerpt_picture(graph, (graph.position(node),)), graph


def test_a_weight_needs_what_it_multiplies_and_the_way_to_the_loss():
    assert names(*excerpt("classic", "w2_1_1")) == {
        *("w2_1_1", "a1_1", "z2_1", "a2_1", "y1", "L"),
    }


def test_a_unit_that_is_used_twice_needs_both_ways_with_their_weights():
    assert names(*excerpt("classic", "a1_1")) == {
        *("z1_1", "a1_1", "w2_1_1", "z2_1", "a2_1", "w2_2_1", "z2_2", "a2_2", "y1", "y2", "L"),
    }


def test_a_bias_needs_no_factor():
    assert names(*excerpt("classic", "b2_1")) == {
        *("b2_1", "z2_1", "a2_1", "z2_2", "a2_2", "y1", "y2", "L"),
    }


def test_of_a_formula_the_other_side_of_a_product_is_needed():
    graph = parse("(x + y) * z")
    picture = excerpt_picture(graph, (graph.position("x"),))
    assert {"x", "z"} <= names(picture, graph)
    assert "y" not in names(picture, graph)


def test_softmax_shows_the_share_of_each_class():
    picture, _ = excerpt("softmax", "w2_1_1")
    assert len(picture.rows) == 3


def test_of_a_long_way_the_middle_is_left_out_and_dots_say_so():
    picture, graph = excerpt("deep", "w1_1_1")
    assert [text for text, _, _ in picture.headings] == [DOTS]
    assert {"w1_1_1", "L"} <= names(picture, graph)


def corners(picture):
    """The rectangle that each node takes, without the line around it."""
    plates = {node: plate for plate in picture.plates for node in plate.nodes}
    for spot in picture.spots:
        if spot.node in plates:
            plate = plates[spot.node]
            yield plate.id, (plate.x, plate.y, plate.x + plate.width, plate.y + plate.height)
        else:
            x, y, width, height, _ = shape_of(spot.kind.split()[0], large=False).body
            left, top = spot.x + x, spot.y + y
            yield str(spot.node), (left + 1, top + 1, left + width - 1, top + height - 1)


@pytest.mark.parametrize(("graph", "node"), ASKED)
def test_an_excerpt_fits_a_phone_and_nothing_overlaps(graph, node):
    picture = excerpt_picture(graph, (node,))
    assert picture.width <= WIDTH + 12.1
    assert picture.height <= TALLEST + 12.1
    assert {node, graph.output} <= {spot.node for spot in picture.spots}
    boxes = dict(corners(picture)).values()
    for left, top, right, bottom in boxes:
        assert 0 <= left < right <= picture.width
        assert 0 <= top < bottom <= picture.height
    for one, other in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart
