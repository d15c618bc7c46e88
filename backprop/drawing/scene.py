"""What the eye should see: a picture, filled in with what is known at one step.

The layout is kept for each graph; a step only formats numbers and says states. Everything is a
flat tuple of text that a template loops over. States are classes:

    done, ahead   its value is known, or not yet        graded   its gradient is known
    now, on       being computed; something moves here  factor   a factor of what is computed
    focus, fixed  opened by the learner; a frozen parameter
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from backprop.drawing.excerpt import excerpt_picture, source_picture
from backprop.drawing.expressions import expression_picture
from backprop.drawing.layout import Picture, number
from backprop.drawing.neurons import neurons_picture
from backprop.drawing.operations import operations_picture
from backprop.drawing.parts import (
    Drawn,
    Tag,
    Writing,
    awake,
    badge_rows,
    flow_rows,
    icon_rows,
    node_rows,
    plate_rows,
    row_rows,
    tag_rows,
    wire_rows,
)
from backprop.drawing.still import still_parts
from backprop.engine.graph import Graph
from backprop.engine.network import Network
from backprop.engine.trace import Trace

EDGE = 8.0  # what is left below the lowest plate
NO_TAGS: Mapping[tuple[int, int], Tag] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Flow:
    """Something that moves along an edge: forward node → later, backward later → node.

    Attributes:
        node: the position of the earlier node.
        later: the position of the node that uses it.
        badge: “1”, “2” … ties it to a column of the formula; empty for none.
    """

    node: int
    later: int
    badge: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What is known at one step, and what is happening; nodes are given by their positions.

    Attributes:
        phase: “forward”, “loss”, “backward” or “update”.
        now: the nodes that are being computed.
        valued: the nodes whose value is known and shown; leaves are always known.
        graded: the nodes whose gradient is known and shown.
        flows: the edges along which something moves.
        factors: the badge of each node that is a factor now: by its gradient, if a backward flow
            leaves it, and by its value otherwise.
        focus: the node that a learner has opened.
        unasked: frozen parameters.
        asked: the nodes whose gradient is asked, or whose value where that is not known: “?” stands
            in its place. No other node has a gradient then.
    """

    phase: str
    now: frozenset[int]
    valued: frozenset[int]
    graded: frozenset[int]
    flows: tuple[Flow, ...]
    factors: Mapping[int, str]
    focus: int | None = None
    unasked: frozenset[int] = frozenset()
    asked: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture at one step, as text; each entry of a tuple is one element's parts, in order.

    Attributes:
        kind: “neurons”, “operations”, “expression” or “excerpt”.
        phase: the view's.
        title, description: what a screen reader says first.
        width, height: the natural size; `rem` and `tall` are both in rem, `left` where it begins.
        large: whether it is drawn for a class, with letters as big as its nodes allow.
        frames, plates: id, class, x, y, width, height, the line in the middle, label, its x, y.
        wires: id, pointer, class, path, stroke width.
        flows: id, pointer, class, path, marker at the start, marker at the end.
        nodes: id, pointer, class, transform, address, words, title, body (5), half, ring (4),
            label, its x, y, mark, its class, x, y, value, its x, y, class, gradient, its x, y,
            class, whether it has one, hit path, its transform, lock x, y.
        icons: id, pointer, class, transform, path.
        headings: id, x, y, text.
        rows: id, class, x of the label, x of the value, y, label, value, title.
        badges: id, class, transform, text.
        hits: id, pointer, path, address: where a wire can be pressed for its weight’s ledger.
        tags: id, pointer, class, transform, half and whole width, text, title: what stands on a
            wire, such as the local derivative along it.
    """

    kind: str
    phase: str
    title: str
    description: str
    width: str
    height: str
    rem: str
    frames: tuple[tuple[Any, ...], ...]
    plates: tuple[tuple[Any, ...], ...]
    wires: tuple[tuple[Any, ...], ...]
    flows: tuple[tuple[Any, ...], ...]
    nodes: tuple[tuple[Any, ...], ...]
    icons: tuple[tuple[Any, ...], ...]
    headings: tuple[tuple[Any, ...], ...]
    rows: tuple[tuple[Any, ...], ...]
    badges: tuple[tuple[Any, ...], ...]
    hits: tuple[tuple[str, str, str, str], ...]
    tags: tuple[tuple[str, ...], ...] = ()
    left: str = "0"
    tall: str = ""
    large: bool = False
    _again: bool = False

    @property
    def again(self) -> bool:
        """Whether its rows may come again at another step, as the very same ones."""
        return self._again


def cropped(scene: Scene, left: float) -> Scene:
    """Return what of a picture lies right of x = left, in its own units; drawn larger, it fits."""
    width = float(scene.width) - left
    middles = (float(node[3].removeprefix("translate(").split()[0]) for node in scene.nodes)
    inside = tuple(node for node, x in zip(scene.nodes, middles, strict=True) if x > left)
    return replace(
        scene, left=number(left), width=number(width), rem=f"{width / 16:.2f}", nodes=inside
    )


def lowered(scene: Scene) -> Scene:
    """Return a picture of neurons without the room below its lowest plate."""
    height = max(float(plate[3]) + float(plate[5]) for plate in scene.plates) + EDGE
    return replace(scene, height=number(height), tall=f"{height / 16:.2f}")


def network_scene(
    network: Network,
    detail: str,
    trace: Trace,
    view: View,
    label: Callable[[str], Any],
    shown: Callable[[float], str],
    signed: Callable[[float], str],
    exact: Callable[[float], str],
    address: Callable[[str], str],
    *,
    large: bool = False,
    drawn: Drawn | None = None,
) -> Scene:
    """Return a network at one step.

    Args:
        network: whose graph at `detail` the trace records.
        detail: “neurons” or “operations”.
        trace: the values and gradients.
        view: which of them are known.
        label: a node's name → letter, below, above, hat; in words by str().
        shown: a value as it stands in a box.
        signed: a gradient as it stands in a box.
        exact: a number with all its digits.
        address: a node's name → where it opens.
        large: draw it for a class.
        drawn: the rows of earlier steps, and those of this one from now on: of the same trace, with
            the same words. A row that is as it was is the very same one.
    """
    if detail == "neurons":
        named = large and any(label(node.name).above for node in network.graph(detail).nodes)
        picture = neurons_picture(network, large=large, long_names=named or not large)
    else:
        picture = operations_picture(network, large=large)
    title = f"A {'–'.join(map(str, network.sizes))} network"
    words = Writing(label, shown, signed, exact, address)
    return _scene(detail, title, picture, trace, view, words, drawn)


def expression_scene(
    trace: Trace,
    view: View,
    label: Callable[[str], Any],
    shown: Callable[[float], str],
    signed: Callable[[float], str],
    exact: Callable[[float], str],
    address: Callable[[str], str],
    tags: Mapping[tuple[int, int], Tag] = NO_TAGS,
    *,
    large: bool = False,
    drawn: Drawn | None = None,
) -> Scene:
    """Return any graph of scalars at one step; the arguments are those of `network_scene`.

    Beside them `tags`: what stands on the edge from an earlier to a later node.
    """
    words = Writing(label, shown, signed, exact, address)
    picture = expression_picture(trace.graph, large=large, tagged=large and bool(tags))
    scene = _scene("expression", "The graph of a formula", picture, trace, view, words, drawn)
    return replace(scene, tags=tag_rows(picture, still_parts(picture, trace.graph), tags))


def excerpt_scene(
    trace: Trace,
    view: View,
    label: Callable[[str], Any],
    shown: Callable[[float], str],
    signed: Callable[[float], str],
    exact: Callable[[float], str],
) -> Scene:
    """Return what of a graph the gradients need that are asked, small enough for a phone.

    Where a value is asked, it is what that is computed from. The arguments are those of
    `network_scene`; nothing in it leads anywhere.
    """
    asked = tuple(sorted(view.asked))
    known = view.asked <= view.valued or trace.graph.nodes[asked[0]].is_leaf
    picture = excerpt_picture(trace.graph, asked) if known else source_picture(trace.graph, *asked)
    words = Writing(label, shown, signed, exact, lambda _: "")
    scene = _scene("excerpt", "What the question needs", picture, trace, view, words)
    low = {  # with no half below
        plate.id for plate in picture.plates if view.asked.isdisjoint(plate.nodes)
    }
    bare = ((*plate[:6], "", *plate[7:]) if plate[0] in low else plate for plate in scene.plates)
    return replace(scene, plates=tuple(bare))


def _scene(
    kind: str,
    title: str,
    picture: Picture,
    trace: Trace,
    view: View,
    words: Writing,
    drawn: Drawn | None = None,
) -> Scene:
    graph, again = trace.graph, drawn is not None
    drawn = {} if drawn is None else drawn
    fixed = still_parts(picture, graph)
    active = {(flow.node, flow.later): flow.badge for flow in view.flows}
    marks: dict[tuple[int, int], list[str]] = {}
    for flow in view.flows:
        if flow.badge:
            marks.setdefault((flow.node, flow.later), []).append(flow.badge)
    backward = view.phase == "backward"
    sending = frozenset(flow.later for flow in view.flows) if backward else frozenset()
    shows = awake(picture, active, view)
    hits = drawn.get(("hits",))
    if hits is None:
        where = fixed.hits
        hits = tuple((id_, key, path, words.address(name)) for id_, key, path, name in where)
        drawn["hits",] = hits
    plates = plate_rows(picture, view, graph, words, drawn)
    return Scene(
        kind,
        view.phase,
        title,
        _description(graph, view, words),
        number(picture.width),
        number(picture.height),
        f"{picture.width / 16:.2f}",
        tuple(plate for plate in plates if not plate[6]),
        tuple(plate for plate in plates if plate[6]),
        tuple(wire_rows(picture, fixed, trace, view, active, drawn)),
        tuple(flow_rows(picture, fixed, active, backward)),
        tuple(node_rows(picture, fixed, trace, view, words, sending, shows, drawn)),
        tuple(icon_rows(picture, fixed, view, active)),
        fixed.headings,
        tuple(row_rows(picture, trace, view, words)),
        tuple(badge_rows(picture, view, marks, sending)),
        hits,
        tall=f"{picture.height / 16:.2f}",
        large=picture.large,
        _again=again,
    )


def _description(graph: Graph, view: View, words: Writing) -> str:
    """Return in words what is known and what happens now."""
    names = [str(words.label(graph.nodes[i].name)) for i in sorted(view.now)[:4]]
    results = sum(not node.is_leaf for node in graph.nodes)
    known = sum(not graph.nodes[i].is_leaf for i in view.valued)
    text = "From left to right: inputs, results, and the last result at the right. "
    text += f"{known} of {results} results and {len(view.graded)} gradients are known. "
    if view.asked:
        asked = (str(words.label(graph.nodes[i].name)) for i in sorted(view.asked))
        if view.asked <= view.valued:
            return f"{text}Asked: how much {' or '.join(asked)} matters."
        return f"{text}Asked: how large {' or '.join(asked)} is."
    if not names:
        return text.strip()
    what = "gradient of " if view.phase == "backward" else ""
    return text + f"Now: {view.phase}, {what}{' and '.join(names)}."
