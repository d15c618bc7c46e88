import math
import re
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import jinja2
import pytest

from backprop.drawing.parts import Tag
from backprop.drawing.scene import Flow, Scene, View, expression_scene, network_scene
from backprop.engine.backward import differentiate
from backprop.engine.expression import parse
from backprop.engine.network import Network
from backprop.engine.trace import Trace
from backprop.web.filters import macro_functions
from backprop.web.pieces import KeptPieces

HAND = Network((2, 2, 2), ("sigmoid", "sigmoid"))
THREE = Network((2, 3), ("softmax",), "cross_entropy")
CROWD = Network((4, 8, 3), ("relu", "softmax"), "cross_entropy")
SVG = "{http://www.w3.org/2000/svg}"

environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parents[2] / "templates"),
    undefined=jinja2.StrictUndefined,
    autoescape=True,
    extensions=[KeptPieces],
)
environment.globals |= macro_functions(environment)
template = environment.get_template("_graph.svg.html")


class Letter(NamedTuple):
    letter: str
    below: str = ""
    above: str = ""
    hat: bool = False

    @property
    def italic(self) -> str:
        return self.letter

    def __str__(self) -> str:
        return f"{self.letter} {self.below}".strip()


def label(name: str) -> Letter:
    return Letter(name[0], name[1:])


def shown(x: float) -> str:
    return f"{x:.3f}"


def signed(x: float) -> str:
    return f"{x:+.3f}"


def address(name: str) -> str:
    return f"?focus={name}&step=3"


WORDS = (label, shown, signed, repr, address)


def trace_of(network: Network, detail: str = "neurons") -> Trace:
    x = [0.05, 0.1, -0.3, 0.7][: network.sizes[0]]
    y = [1.0] + [0.0] * (network.sizes[-1] - 1)
    point = network.point(network.initialize(seed=2), x, y)
    return differentiate(network.graph(detail), point)


def view_at(trace: Trace, k: int, **changes) -> View:
    """Return what is known at the k-th forward or backward step; −1 is before the first."""
    nodes, last = trace.graph.nodes, len(trace.forward_steps)
    done = trace.steps[: k + 1]
    step = trace.steps[k] if 0 <= k < len(trace.steps) else None
    leaves = {i for i, node in enumerate(nodes) if node.is_leaf}
    flows: tuple[Flow, ...] = ()
    if step and step.phase == "forward":
        flows = tuple(Flow(i, step.node) for i in nodes[step.node].inputs)
    elif step:
        flows = tuple(Flow(t.edge.node, t.edge.later, str(n)) for n, t in enumerate(step.terms, 1))
    parts = {
        "phase": step.phase if step else "forward",
        "now": frozenset([step.node] if step else []),
        "valued": frozenset({s.node for s in done[:last]} | leaves),
        "graded": frozenset(s.node for s in done[last:]),
        "flows": flows,
        "factors": {},
    }
    return View(**(parts | changes))


def scene_at(network: Network, detail: str, k: int, **changes) -> Scene:
    trace = trace_of(network, detail)
    return network_scene(network, detail, trace, view_at(trace, k, **changes), *WORDS)


def drawn(scene: Scene) -> ElementTree.Element:
    text = template.render(scene=scene)
    return ElementTree.fromstring(
        text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    )


def element(root: ElementTree.Element, id_: str) -> ElementTree.Element:
    (found,) = (each for each in root.iter() if each.get("id") == id_)
    return found


def states(root: ElementTree.Element, id_: str) -> set[str]:
    return set(element(root, id_).get("class", "").split())


def step_of(network: Network, phase: str, name: str, detail: str = "neurons") -> int:
    steps = trace_of(network, detail).steps
    return next(k for k, step in enumerate(steps) if (step.phase, step.name) == (phase, name))


ALL = [(HAND, "neurons"), (HAND, "operations"), (THREE, "neurons"), (CROWD, "neurons")]


@pytest.mark.parametrize(("network", "detail"), ALL)
def test_every_step_draws_the_same_elements_in_the_same_order(network, detail):
    def skeleton(k: int) -> list[tuple[str, str | None]]:
        return [(each.tag, each.get("id")) for each in drawn(scene_at(network, detail, k)).iter()]

    count = len(trace_of(network, detail).steps)
    first = skeleton(-1)
    assert all(skeleton(k) == first for k in range(0, count, 3))
    assert skeleton(count - 1) == first


@pytest.mark.parametrize(("network", "detail"), ALL)
def test_ids_are_unique_and_links_have_names(network, detail):
    root = drawn(scene_at(network, detail, 3))
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    links = list(root.iter(f"{SVG}a"))
    assert links
    assert all(each.get("href") for each in links)
    assert all(each.get("aria-label") or each.get("aria-hidden") for each in links)


@pytest.mark.parametrize("detail", ["neurons", "operations"])
def test_every_node_and_every_edge_can_be_pointed_at(detail):
    graph = HAND.graph(detail)
    names = [node.name for node in graph.nodes]
    pointers = {each.get("data-f") for each in drawn(scene_at(HAND, detail, -1)).iter()}
    assert {f"n-{name}" for name in names} <= pointers
    edges = {f"e-{names[i]}-{node.name}" for node in graph.nodes for i in node.inputs}
    assert edges <= pointers


def test_the_picture_is_a_group_with_a_title_and_a_description():
    root = drawn(scene_at(HAND, "neurons", -1))
    assert root.get("role") == "group"
    assert [child.tag.removeprefix(SVG) for child in root][:3] == ["title", "desc", "defs"]
    groups = [child.get("id") for child in root if child.tag == f"{SVG}g"]
    assert groups == ["edges", "flows", "hits", "nodes", "labels", "tags", "badges"]
    assert root.find(f"{SVG}title").text == "A 2–2–2 network"


def test_a_value_that_is_not_known_yet_stands_nowhere():
    trace = trace_of(HAND)
    text = template.render(scene=scene_at(HAND, "neurons", -1))
    for i, node in enumerate(trace.graph.nodes):
        if not node.is_leaf:
            assert shown(trace.values[i]) not in text
            assert repr(trace.values[i]) not in text


def test_a_known_value_can_be_read_with_all_its_digits():
    trace = trace_of(HAND)
    last = trace.graph.output
    root = drawn(scene_at(HAND, "neurons", len(trace.steps)))
    title = element(root, "n-L").find(f"{SVG}title").text
    assert title == f"L = {trace.values[last]!r}\ngradient {trace.gradients[last]!r}"
    assert element(root, "n-L").get("aria-label").startswith(f"L: {shown(trace.values[last])}")


def test_what_is_computed_now_is_marked_and_what_is_to_come_is_ahead():
    root = drawn(scene_at(HAND, "neurons", step_of(HAND, "forward", "z1_2")))
    assert {"done", "now"} <= states(root, "n-z1_2")
    assert "now" in states(root, "c-1_2")
    assert "ahead" in states(root, "n-a1_2")
    assert "done" in states(root, "n-z1_1")


def test_forward_flows_point_to_the_later_node_and_backward_flows_to_the_earlier():
    forward = drawn(scene_at(HAND, "neurons", step_of(HAND, "forward", "z2_1")))
    flow = element(forward, "f-a1_1-z2_1")
    assert flow.get("class") == "flow on"
    assert (flow.get("marker-start"), flow.get("marker-end")) == ("none", "url(#tip-on)")
    assert element(forward, "f-x1-z1_1").get("class") == "flow off"
    backward = drawn(scene_at(HAND, "neurons", step_of(HAND, "backward", "a1_1")))
    flow = element(backward, "f-a1_1-z2_1")
    assert (flow.get("marker-start"), flow.get("marker-end")) == ("url(#tip-back)", "none")


def test_the_lower_half_of_a_neuron_fills_in_as_gradients_come():
    k = step_of(HAND, "backward", "a2_1")
    before, after = drawn(scene_at(HAND, "neurons", k - 1)), drawn(scene_at(HAND, "neurons", k))
    assert "graded" not in states(before, "n-a2_1")
    assert "graded" in states(after, "n-a2_1")
    assert "graded" not in states(after, "n-z2_1")


def test_badges_tie_edges_and_factors_to_the_formula():
    trace = trace_of(HAND)
    at = trace.graph.position
    k = step_of(HAND, "backward", "w2_1_1")
    flows = (Flow(at("w2_1_1"), at("z2_1")),)
    scene = scene_at(HAND, "neurons", k, flows=flows, factors={at("z2_1"): "1", at("a1_1"): "2"})
    on = [badge for badge in scene.badges if "off" not in badge[1]]
    assert [badge[3] for badge in on] == ["1", "2"]
    root = drawn(scene)
    assert "factor" in states(root, "n-z2_1")
    assert "factor" in states(root, "n-a1_1")
    rings = [element(root, id_).find(f"{SVG}rect[@class='ring']") for id_ in ("n-z2_1", "n-a1_1")]
    assert float(rings[0].get("y")) > 0 > float(rings[1].get("y"))  # a gradient, and a value


def test_the_badge_of_an_activation_stands_on_its_capsule():
    at = trace_of(HAND).graph.position
    k = step_of(HAND, "backward", "z2_1")
    scene = scene_at(HAND, "neurons", k, flows=(Flow(at("z2_1"), at("a2_1"), "2"),))
    assert [badge[3] for badge in scene.badges if badge[3]] == ["2"]
    assert "on" in states(drawn(scene), "e-z2_1-a2_1")


def test_two_uses_along_one_wire_have_two_badges():
    trace = differentiate(parse("x * x"), {"x": 3.0})
    flows = (Flow(0, 1, "1"), Flow(0, 1, "2"))
    view = view_at(trace, len(trace.steps) - 1, flows=flows)
    badges = [b for b in expression_scene(trace, view, *WORDS).badges if b[3]]
    assert [badge[3] for badge in badges] == ["1", "2"]
    assert badges[0][2] != badges[1][2]


def test_a_negative_weight_is_dotted_and_a_large_one_thick():
    trace = trace_of(HAND)
    wires = {wire[0]: wire for wire in scene_at(HAND, "neurons", -1).wires}
    weights = [(f"w1_{j}_{i}", f"e-x{i}-z1_{j}") for i in (1, 2) for j in (1, 2)]
    found = sorted(
        (abs(trace.values[trace.graph.position(w)]), float(wires[edge][4])) for w, edge in weights
    )
    assert all(one[1] < two[1] for one, two in pairwise(found))
    for w, edge in weights:
        negative = trace.values[trace.graph.position(w)] < 0
        assert ("neg" in wires[edge][2].split()) == negative


def test_what_is_not_a_number_is_drawn_all_the_same():
    trace = differentiate(parse("w * x"), {"w": math.nan, "x": math.inf})
    scene = expression_scene(trace, view_at(trace, len(trace.steps)), *WORDS)
    assert "nan" in template.render(scene=scene)
    parameters = HAND.initialize(seed=1)
    parameters["W1"][0, 0] = math.nan
    broken = differentiate(HAND.graph(), HAND.point(parameters, [1, 2], [0, 1]))
    view = view_at(broken, len(broken.steps))
    wires = network_scene(HAND, "neurons", broken, view, *WORDS).wires
    assert "nan" not in {wire[4] for wire in wires}


def test_softmax_shows_the_probability_of_each_class_once_all_scores_are_known():
    early = scene_at(THREE, "neurons", 0)
    assert {row[6] for row in early.rows} == {"·"}
    late = scene_at(THREE, "neurons", 2)
    assert sum(float(row[6]) for row in late.rows) == pytest.approx(1, abs=2e-3)
    assert "probability" in late.rows[0][7]


def test_hidden_weights_show_themselves_while_something_happens_to_them():
    root = drawn(scene_at(CROWD, "neurons", step_of(CROWD, "forward", "z1_3")))
    assert {"hides", "on"} <= states(root, "n-w1_3_1")
    assert "on" not in states(root, "n-w1_2_1")
    assert element(root, "n-w1_2_1").find(f"{SVG}path[@class='hit']") is not None


def test_more_hidden_weights_than_have_room_stay_hidden():
    trace = trace_of(CROWD)
    flows = tuple(
        Flow(i, later) for later, node in enumerate(trace.graph.nodes[:60]) for i in node.inputs
    )
    scene = scene_at(CROWD, "neurons", 3, flows=flows, now=frozenset())
    assert not [node for node in scene.nodes if "hides" in node[2] and "on" in node[2].split()]


def test_a_frozen_parameter_says_so_and_the_opened_node_is_marked():
    at = trace_of(HAND).graph.position
    frozen = frozenset([at("b1_1")])
    root = drawn(scene_at(HAND, "neurons", 0, unasked=frozen, focus=at("w1_1_1")))
    assert "fixed" in states(root, "n-b1_1")
    assert "frozen" in element(root, "n-b1_1").get("aria-label")
    assert "focus" in states(root, "n-w1_1_1")


def test_a_constant_is_no_link():
    trace = differentiate(parse("2 * x"), {"x": 3.0})
    root = drawn(expression_scene(trace, view_at(trace, -1), *WORDS))
    tags = {each.get("id"): each.tag for each in root.iter() if each.get("id", "").startswith("n-")}
    assert tags["n-x"] == f"{SVG}a"
    assert [tag for id_, tag in tags.items() if id_.startswith("n-#")] == [f"{SVG}g"]


def test_the_description_says_what_happens_now():
    k = step_of(HAND, "backward", "w2_1_1")
    said = scene_at(HAND, "neurons", k).description
    assert said.endswith("Now: backward, gradient of w 2_1_1.")
    assert "Now" not in scene_at(HAND, "neurons", -1).description


def test_minus_signs_survive_the_template():
    text = template.render(scene=scene_at(HAND, "neurons", -1))
    assert re.search(r'x="-\d', text)
    assert len(re.findall(r"translate\(0 0\)", text)) >= 12


def test_a_tag_stands_on_the_wire_of_its_edge():
    trace = differentiate(parse("(x + y) * z"), {"x": -2.0, "y": 5.0, "z": -4.0})
    tags = {(3, 4): Tag("-4", "the slope of the product by the sum", "on")}
    scene = expression_scene(trace, view_at(trace, 3), *WORDS, tags)
    (row,) = scene.tags
    wire = next(each for each in scene.wires if each[0] == row[0].replace("t-", "e-"))
    assert row[1] == wire[1]
    assert row[2] == "tag on"
    assert row[6:] == ("-4", "the slope of the product by the sum")
    texts = drawn(scene).findall(f".//{SVG}g[@id='tags']//{SVG}text")
    assert [each.text for each in texts] == ["-4"]


def test_without_tags_their_group_is_there_and_empty():
    trace = differentiate(parse("x * y"), {"x": 1.0, "y": 2.0})
    root = drawn(expression_scene(trace, view_at(trace, 0), *WORDS))
    assert len(root.find(f"{SVG}g[@id='tags']")) == 0
