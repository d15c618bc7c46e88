"""What the eye should see: a picture, filled in with what is known at one step.

The layout is kept for each graph; a step only formats numbers and says states. Everything is a
flat tuple of text that a template loops over. States are classes:

    done, ahead   its value is known, or not yet        graded   its gradient is known
    now, on       being computed; something moves here  factor   a factor of what is computed
    focus, fixed  opened by the learner; a frozen parameter
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from backprop.drawing.expressions import expression_picture
from backprop.drawing.layout import SHAPES, Picture, Spot, number
from backprop.drawing.neurons import neurons_picture
from backprop.drawing.operations import operations_picture
from backprop.engine.graph import Graph
from backprop.engine.network import Network
from backprop.engine.trace import Trace

BADGES = 12  # as many stand ready in every picture, so that none appears or vanishes
MOST_CHIPS = 10  # more hidden weights than this at once would cover each other
LONG = 6  # characters that fit a box at full size
WAITING = "·"


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
    """What is known at one step, and what is happening; nodes are said by their positions.

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
    """

    phase: str
    now: frozenset[int]
    valued: frozenset[int]
    graded: frozenset[int]
    flows: tuple[Flow, ...]
    factors: Mapping[int, str]
    focus: int | None = None
    unasked: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture at one step, as text; each entry of a tuple is one element's parts, in order.

    Attributes:
        kind: “neurons”, “operations” or “expression”.
        phase: the view's.
        title, description: what a screen reader says first.
        width, height: the natural size; `rem` is the width in rem.
        frames, plates: id, class, x, y, width, height, the line in the middle, label, its x, y.
        wires: id, pointer, class, path, stroke width.
        flows: id, pointer, class, path, marker at the start, marker at the end.
        nodes: id, pointer, class, transform, address, words, title, body (5), half, ring (4),
            label, its x, y, mark, its class, value, its x, y, class, gradient, its x, y, class,
            whether it has one, hit path, its transform, lock x, y.
        icons: id, pointer, class, transform, path.
        headings: id, x, y, text.
        rows: id, class, x of the label, x of the value, y, label, value, title.
        badges: id, class, transform, text.
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


class _Letter(NamedTuple):
    """A label of the scene's own: the probability of a class, ŷ with its number."""

    below: str
    letter: str = "y"
    italic: str = "𝑦"
    above: str = ""
    hat: bool = True


class _Words(NamedTuple):
    """How names, numbers and addresses are written; notation and the lesson know."""

    label: Callable[[str], Any]
    shown: Callable[[float], str]
    signed: Callable[[float], str]
    exact: Callable[[float], str]
    address: Callable[[str], str]


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
    """
    picture = neurons_picture(network) if detail == "neurons" else operations_picture(network)
    title = f"A {'–'.join(map(str, network.sizes))} network"
    words = _Words(label, shown, signed, exact, address)
    return _scene(detail, title, picture, trace, view, words)


def expression_scene(
    trace: Trace,
    view: View,
    label: Callable[[str], Any],
    shown: Callable[[float], str],
    signed: Callable[[float], str],
    exact: Callable[[float], str],
    address: Callable[[str], str],
) -> Scene:
    """Return any graph of scalars at one step; the arguments are those of `network_scene`."""
    words = _Words(label, shown, signed, exact, address)
    picture = expression_picture(trace.graph)
    return _scene("expression", "The graph of a formula", picture, trace, view, words)


def _scene(
    kind: str, title: str, picture: Picture, trace: Trace, view: View, words: _Words
) -> Scene:
    graph = trace.graph
    still = _still(picture, graph)
    active = {(flow.node, flow.later): flow.badge for flow in view.flows}
    marks: dict[tuple[int, int], list[str]] = {}
    for flow in view.flows:
        if flow.badge:
            marks.setdefault((flow.node, flow.later), []).append(flow.badge)
    backward = view.phase == "backward"
    sending = frozenset(flow.later for flow in view.flows) if backward else frozenset()
    awake = _awake(picture, active, view)
    plates = _plates(picture, view, graph, words)
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
        tuple(_wires(picture, still, trace, view, active)),
        tuple(_flows(picture, still, active, backward)),
        tuple(_nodes(picture, still, trace, view, words, sending, awake)),
        tuple(_icons(picture, still, view, active)),
        still.headings,
        tuple(_rows(picture, trace, view, words)),
        tuple(_badges(picture, view, marks, sending)),
    )


class _Still(NamedTuple):
    """The parts of a scene that no step changes, as text."""

    names: tuple[str, ...]
    given: tuple[bool, ...]  # inputs, targets and constants: nothing asks for their gradient
    nodes: tuple[tuple[Any, ...], ...]
    wires: tuple[tuple[str, str], ...]
    icons: tuple[tuple[str, str, str], ...]
    headings: tuple[tuple[str, str, str, str], ...]


@lru_cache(maxsize=128)
def _still(picture: Picture, graph: Graph) -> _Still:
    names = tuple(node.name for node in graph.nodes)
    varying = graph.varying()
    paths = {wire.weight: wire.hit for wire in picture.wires if wire.hit}
    wires = []
    for wire in picture.wires:
        pointer = f"e-{names[wire.node]}-{names[wire.later]}"
        wires.append((_id(pointer, wire.copy), pointer))
    icons = []
    for icon in picture.icons:
        pointer = f"e-{names[icon.node]}-{names[icon.later]}"
        icons.append((pointer, pointer, _move(icon.x, icon.y)))
    headings = tuple(
        (f"h-{i}", number(x), number(y), text) for i, (text, x, y) in enumerate(picture.headings, 1)
    )
    nodes = tuple(_still_node(spot, graph, paths.get(spot.node, "")) for spot in picture.spots)
    given = tuple(not each for each in varying)
    return _Still(names, given, nodes, tuple(wires), tuple(icons), headings)


def _still_node(spot: Spot, graph: Graph, hit: str) -> tuple[Any, ...]:
    node = graph.nodes[spot.node]
    pointer = f"n-{node.name}"
    mark = "" if node.is_leaf or spot.kind != "operation" else graph.row(spot.node).symbol
    kind = spot.kind.split()[0]
    return (
        _id(pointer, spot.copy),
        pointer,
        f"node {spot.kind}",
        _move(spot.x, spot.y),
        mark,
        "mark long" if len(mark) > 2 else "mark",
        _texts(kind),
        _texts(f"{kind}-graded") if f"{kind}-graded" in SHAPES else _texts(kind),
        hit,
        _move(-spot.x, -spot.y) if hit else "",
    )


@lru_cache(maxsize=64)
def _texts(kind: str) -> tuple[Any, ...]:
    """Return a shape as text: body, half, rings at the value and at the gradient, positions."""
    shape = SHAPES[kind]
    return (
        tuple(map(number, shape.body)),
        shape.half,
        tuple(map(number, shape.ring)),
        tuple(map(number, shape.low_ring)),
        tuple(map(number, shape.symbol)),
        tuple(map(number, shape.value)),
        tuple(map(number, shape.gradient)),
        (number(shape.body[0] + 6), number(shape.body[1] - 3)),
    )


def _id(pointer: str, copy: int) -> str:
    return f"{pointer}-{copy}" if copy else pointer


def _move(x: float, y: float) -> str:
    return f"translate({number(x)} {number(y)})"


def _awake(picture: Picture, active: Mapping[tuple[int, int], str], view: View) -> frozenset[int]:
    """Return the weights that something happens to, so that their chips show themselves."""
    found = {
        wire.weight
        for wire in picture.wires
        if wire.weight >= 0
        and ((wire.node, wire.later) in active or (wire.weight, wire.later) in active)
    }
    return frozenset(found if len(found) <= MOST_CHIPS else ()) | view.now


def _nodes(
    picture: Picture,
    still: _Still,
    trace: Trace,
    view: View,
    words: _Words,
    sending: frozenset[int],
    awake: frozenset[int],
) -> list[tuple[Any, ...]]:
    found = []
    nodes, values, gradients = trace.graph.nodes, trace.values, trace.gradients
    now, valued, graded, factors = view.now, view.valued, view.graded, view.factors
    label, shown, signed, exact, address = words
    backward = view.phase == "backward"
    for spot, (id_, pointer, kind, move, mark, mcss, plain, full, hit, back) in zip(
        picture.spots, still.nodes, strict=True
    ):
        i = spot.node
        node = nodes[i]
        name = label(node.name)
        known = i in valued or node.is_leaf
        known_slope = i in graded
        value = shown(values[i]) if known else WAITING
        given = still.given[i]
        gradient = signed(gradients[i]) if known_slope else "" if node.is_leaf else WAITING
        body, half, ring, low_ring, at_label, at_value, at_gradient, lock = (
            full if known_slope else plain
        )
        css = kind + (" done" if known else " ahead")
        if known_slope:
            css += " graded"
        if i in now:
            css += " now"
        if i in factors:
            css += " factor"
            ring = low_ring if i in sending else ring
        elif i in now and backward:
            ring = low_ring
        if i in awake:
            css += " on"
        if i == view.focus:
            css += " focus"
        if i in view.unasked:
            css += " fixed"
        said = f"{name}: {value}" if known else f"{name}: not known yet"
        title = f"{name} = {exact(values[i])}" if known else f"{name}: not known yet"
        if known_slope:
            said += f", gradient {gradient}"
            title += f"\ngradient {exact(gradients[i])}"
        if i in view.unasked:
            said += ", frozen"
            title += "\nfrozen: the update leaves it as it is"
        found.append(
            (
                id_, pointer, css, move, address(node.name) if node.number is None else "",
                said, title, *body, half, *ring, name, *at_label, mark, mcss,
                value, *at_value, "val long" if len(value) > LONG else "val",
                gradient, *at_gradient, "grad long" if len(gradient) > LONG else "grad",
                not given, hit, back, *lock,
            )
        )  # fmt: skip
    return found


def _wires(
    picture: Picture,
    still: _Still,
    trace: Trace,
    view: View,
    active: Mapping[tuple[int, int], str],
) -> list[tuple[Any, ...]]:
    found = []
    for wire, (id_, pointer) in zip(picture.wires, still.wires, strict=True):
        css, width = f"wire {wire.kind}", "1.4" if wire.kind == "weak" else "2"
        if wire.weight >= 0:
            weight = trace.values[wire.weight]
            width = _width(weight)
            css += " neg" if weight < 0 else ""
        if wire.node in view.graded and wire.later in view.graded:
            css += " graded"
        if (wire.node, wire.later) in active:
            css += " on"
        found.append((id_, pointer, css, wire.path, width))
    return found


def _width(weight: float) -> str:
    """Return how thick the wire of a weight is: by its size, up to a bound."""
    size = abs(weight)
    return f"{min(1.4 + 2.2 * size, 6.5):.2f}" if size == size else "1.4"


def _flows(
    picture: Picture,
    still: _Still,
    active: Mapping[tuple[int, int], str],
    backward: bool,
) -> list[tuple[Any, ...]]:
    markers = ("url(#tip-back)", "none") if backward else ("none", "url(#tip-on)")
    found = []
    for wire, (id_, pointer) in zip(picture.wires, still.wires, strict=True):
        on = (wire.node, wire.later) in active
        tips = markers if on else ("none", "none")
        found.append((f"f{id_[1:]}", pointer, f"flow {'on' if on else 'off'}", wire.path, *tips))
    return found


def _icons(
    picture: Picture, still: _Still, view: View, active: Mapping[tuple[int, int], str]
) -> list[tuple[Any, ...]]:
    found = []
    for icon, (id_, pointer, move) in zip(picture.icons, still.icons, strict=True):
        css = "act on" if (icon.node, icon.later) in active else "act"
        if icon.node in view.graded and icon.later in view.graded:
            css += " graded"
        found.append((id_, pointer, css, move, icon.path))
    return found


def _plates(picture: Picture, view: View, graph: Graph, words: _Words) -> list[tuple[Any, ...]]:
    found = []
    for plate in picture.plates:
        css = f"plate {plate.kind}" + (" graded" if plate.nodes[0] in view.graded else "")
        if plate.kind != "frame":
            y = plate.y + plate.height - (42 if plate.kind == "loss" else 46)
            line = f"M{number(plate.x)} {number(y)}H{number(plate.x + plate.width)}"
            css += " now" if not view.now.isdisjoint(plate.nodes) else ""
            label: Any = ""
        else:
            line, label = "", words.label(graph.nodes[plate.nodes[0]].name)
        found.append(
            (
                plate.id, css, number(plate.x), number(plate.y), number(plate.width),
                number(plate.height), line, label, number(plate.x + 12), number(plate.y + 19),
            )
        )  # fmt: skip
    return found


def _rows(picture: Picture, trace: Trace, view: View, words: _Words) -> list[tuple[Any, ...]]:
    """Return the probabilities of the classes, exp(zⱼ) / Σ exp(z), once all scores are known."""
    if not picture.rows:
        return []
    known = all(row.node in view.valued for row in picture.rows)
    scores = [trace.values[row.node] for row in picture.rows]
    found = []
    for row, chance in zip(picture.rows, _softmax(scores), strict=True):
        text = words.shown(chance) if known else WAITING
        title = f"The probability that softmax gives class {row.number + 1}"
        title += f": {words.exact(chance)}" if known else ""
        css = "chance" if known else "chance ahead"
        at = (number(row.x - 42), number(row.x + 44), number(row.y))
        found.append((f"p-{row.number + 1}", css, *at, _Letter(str(row.number + 1)), text, title))
    return found


def _softmax(scores: list[float]) -> list[float]:
    import numpy as np

    with np.errstate(all="ignore"):
        e = np.exp(np.array(scores) - max(scores))
        found: list[float] = (e / e.sum()).tolist()
    return found


def _badges(
    picture: Picture,
    view: View,
    marks: Mapping[tuple[int, int], list[str]],
    sending: frozenset[int],
) -> list[tuple[Any, ...]]:
    places: list[tuple[float, float, str]] = []
    for wire in picture.wires if marks else ():
        several = marks.get((wire.node, wire.later), [])
        for k, text in enumerate(several):  # x·x uses x twice along one wire
            places.append((wire.x + 24 * (k - (len(several) - 1) / 2), wire.y, text))
    for icon in picture.icons if marks else ():
        for text in marks.get((icon.node, icon.later), []):
            places.append((icon.x, icon.y - 40, text))
    for spot in picture.spots if view.factors else ():
        text = view.factors.get(spot.node, "")
        shape = SHAPES[spot.kind.split()[0]]
        x, y = shape.badge
        if spot.node in sending:
            x, y = x or 26, shape.body[1] + shape.body[3]
        places += [(spot.x + x, spot.y + y, text)] if text else []
    places.sort(key=lambda place: (len(place[2]), place[2]))
    places = places[:BADGES]
    shown = [(f"badge-{i}", "badge", _move(x, y), text) for i, (x, y, text) in enumerate(places, 1)]
    rest = range(len(places) + 1, BADGES + 1)
    return shown + [(f"badge-{i}", "badge off", "translate(0 0)", "") for i in rest]


def _description(graph: Graph, view: View, words: _Words) -> str:
    """Return in words what is known and what happens now."""
    names = [str(words.label(graph.nodes[i].name)) for i in sorted(view.now)[:4]]
    results = sum(not node.is_leaf for node in graph.nodes)
    known = sum(not graph.nodes[i].is_leaf for i in view.valued)
    said = "From left to right: inputs, results, and the last result at the right. "
    said += f"{known} of {results} results and {len(view.graded)} gradients are known. "
    if not names:
        return said.strip()
    what = "gradient of " if view.phase == "backward" else ""
    return said + f"Now: {view.phase}, {what}{' and '.join(names)}."
