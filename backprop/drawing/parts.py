"""The parts of a scene at one step: for each kind of element, its rows for the template."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from backprop.drawing.layout import Picture, Plate, number, shape_of
from backprop.drawing.still import Still, move
from backprop.engine.graph import Graph
from backprop.engine.trace import Trace

if TYPE_CHECKING:
    from backprop.drawing.scene import View

BADGES = 12  # as many stand ready in every picture, so that none appears or vanishes
MOST_CHIPS = 10  # more hidden weights than this at once would cover each other
LONG = 6  # characters that fit a box at full size
BADGE, TAG, THICK = 1.5, 2.25, 1.5  # how much larger each is in a large picture
WAITING = "·"
ASKED = "?"
NODE_CLASSES = (" graded", " asked", " now", " factor", " on", " focus", " fixed")

Row = tuple[Any, ...]
Drawn = dict[tuple[Any, ...], Row]  # the rows that were made of one walk before, by their state


class Writing(NamedTuple):
    """How names, numbers and addresses are written; notation and the lesson know."""

    label: Callable[[str], Any]
    shown: Callable[[float], str]
    signed: Callable[[float], str]
    exact: Callable[[float], str]
    address: Callable[[str], str]


class Letter(NamedTuple):
    """A label of the scene's own: the probability of a class, ŷ with its number."""

    below: str
    letter: str = "y"
    italic: str = "𝑦"
    above: str = ""
    hat: bool = True


class Tag(NamedTuple):
    """What stands on a wire: a number, what it is in words, and its state (“off”: faint)."""

    text: str
    title: str
    state: str = ""


def awake(picture: Picture, active: Mapping[tuple[int, int], str], view: "View") -> frozenset[int]:
    """Return the weights that something happens to, so that their chips show themselves."""
    weights = {
        wire.weight
        for wire in picture.wires
        if wire.weight >= 0
        and ((wire.node, wire.later) in active or (wire.weight, wire.later) in active)
    }
    return frozenset(weights if len(weights) <= MOST_CHIPS else ()) | view.now


def node_rows(
    picture: Picture,
    still: Still,
    trace: Trace,
    view: "View",
    words: Writing,
    sending: frozenset[int],
    awake: frozenset[int],
    drawn: Drawn,
) -> list[Row]:
    """Return the rows of the nodes: what they are called, what is known of them, their state."""
    rows = []
    nodes, now, valued, graded, factors = (
        trace.graph.nodes, view.now, view.valued, view.graded, view.factors,
    )  # fmt: skip
    backward = view.phase == "backward"
    for n, spot in enumerate(picture.spots):
        i = spot.node
        factor = i in factors
        state = NodeState(
            i in valued or nodes[i].is_leaf,
            i in graded,
            i in view.asked if view.asked else None,
            i in now,
            factor,
            i in sending if factor else backward and i in now,
            i in awake,
            i == view.focus,
            i in view.unasked,
        )
        row = drawn.get((n, state))
        if row is None:
            row = drawn[n, state] = _node_row(i, still.nodes[n], still, trace, words, state)
        rows.append(row)
    return rows


class NodeState(NamedTuple):
    """What a step says of a node, beside its numbers."""

    known: bool
    graded: bool
    asked: bool | None  # whether its gradient is, or else its value; None where nothing is
    now: bool
    factor: bool
    low: bool  # its ring is round its gradient
    on: bool
    focus: bool
    fixed: bool


def _node_row(
    i: int, part: tuple[Any, ...], still: Still, trace: Trace, words: Writing, state: NodeState
) -> Row:
    label, shown, signed, exact, address = words
    id_, pointer, kind, place, mark, mcss, plain, full, hit, back = part
    node = trace.graph.nodes[i]
    name = label(node.name)
    value = shown(trace.values[i]) if state.known else ASKED if state.asked else WAITING
    half_asked = state.asked and state.known  # the gradient; else it is the value that is
    given = still.given[i]
    gradient = signed(trace.gradients[i]) if state.graded else "" if node.is_leaf else WAITING
    if state.asked is not None:
        gradient = ASKED if half_asked else ""
    body, half, ring, low_ring, at_label, at_value, at_gradient, at_mark, lock = (
        full if state.graded or half_asked else plain
    )
    if state.low:
        ring = low_ring
    css = f"{kind} {'done' if state.known else 'ahead'}"
    for is_so, word in zip(state[1:5] + state[6:], NODE_CLASSES, strict=True):
        css += word if is_so else ""
    css += " value" if state.asked and not state.known else ""
    spoken = f"{name}: {value}" if state.known else f"{name}: not known yet"
    title = f"{name} = {exact(trace.values[i])}" if state.known else f"{name}: not known yet"
    if state.graded:
        spoken += f", gradient {gradient}"
        title += f"\ngradient {exact(trace.gradients[i])}"
    if state.asked:
        spoken += ", gradient asked" if state.known else ", and asked"
        title += "\ngradient asked" if state.known else ", and asked"
    if state.fixed:
        spoken += ", frozen"
        title += "\nfrozen: the update leaves it as it is"
    return (
        id_, pointer, css, place, address(node.name) if node.number is None else "",
        spoken, title, *body, half, *ring, name if node.number is None else None, *at_label,
        mark, mcss, *at_mark,
        value, *at_value, "val long" if len(value) > LONG else "val",
        gradient, *at_gradient, "grad long" if len(gradient) > LONG else "grad",
        not given, hit, back, *lock,
    )  # fmt: skip


def wire_rows(
    picture: Picture,
    still: Still,
    trace: Trace,
    view: "View",
    active: Mapping[tuple[int, int], str],
    drawn: Drawn,
) -> list[Row]:
    """Return the rows of the wires: thick by the weight, dotted where it is negative."""
    rows = []
    thicker = THICK if picture.large else 1
    for wire, (id_, pointer) in zip(picture.wires, still.wires, strict=True):
        graded = wire.node in view.graded and wire.later in view.graded
        on = (wire.node, wire.later) in active
        row = drawn.get((id_, graded, on))
        if row is None:
            css = f"wire {wire.kind}"
            width = number((1.4 if wire.kind == "weak" else 2) * thicker)
            if wire.weight >= 0:
                weight = trace.values[wire.weight]
                width = _width(weight, thicker)
                css += " neg" if weight < 0 else ""
            css += (" graded" if graded else "") + (" on" if on else "")
            row = drawn[id_, graded, on] = (id_, pointer, css, wire.path, width)
        rows.append(row)
    return rows


def _width(weight: float, thicker: float) -> str:
    """Return how thick the wire of a weight is: by its size, up to a bound."""
    size = abs(weight)
    return f"{thicker * min(1.4 + 2.2 * size, 6.5):.2f}" if size == size else "1.4"


def flow_rows(
    picture: Picture,
    still: Still,
    active: Mapping[tuple[int, int], str],
    backward: bool,
) -> list[tuple[Any, ...]]:
    """Return the rows of the flows, one over each wire; those where something moves are on."""
    markers = ("url(#tip-back)", "none") if backward else ("none", "url(#tip-on)")
    rows = []
    for wire, (id_, pointer) in zip(picture.wires, still.wires, strict=True):
        on = (wire.node, wire.later) in active
        tips = markers if on else ("none", "none")
        rows.append((f"f{id_[1:]}", pointer, f"flow {'on' if on else 'off'}", wire.path, *tips))
    return rows


def icon_rows(
    picture: Picture, still: Still, view: "View", active: Mapping[tuple[int, int], str]
) -> list[tuple[Any, ...]]:
    """Return the rows of the activations inside capsules."""
    rows = []
    for icon, (id_, pointer, place) in zip(picture.icons, still.icons, strict=True):
        css = "act on" if (icon.node, icon.later) in active else "act"
        if icon.node in view.graded and icon.later in view.graded:
            css += " graded"
        rows.append((id_, pointer, css, place, icon.path))
    return rows


def plate_rows(
    picture: Picture, view: "View", graph: Graph, words: Writing, drawn: Drawn
) -> list[Row]:
    """Return the rows of the plates, and of the frames, which have no line in the middle."""
    rows = []
    for plate in picture.plates:
        graded = plate.nodes[0] in view.graded
        now = plate.kind != "frame" and not view.now.isdisjoint(plate.nodes)
        row = drawn.get((plate.id, graded, now))
        if row is None:
            row = drawn[plate.id, graded, now] = _plate_row(
                plate, graph, words, large=picture.large, graded=graded, now=now
            )
        rows.append(row)
    return rows


def _plate_row(
    plate: Plate, graph: Graph, words: Writing, *, large: bool, graded: bool, now: bool
) -> Row:
    css = f"plate {plate.kind}" + (" graded" if graded else "") + (" now" if now else "")
    line, label = "", ""
    if plate.kind != "frame":
        lower = (58 if large else 42) + (0 if plate.kind == "loss" else 4)
        y = plate.y + plate.height - lower
        line = f"M{number(plate.x)} {number(y)}H{number(plate.x + plate.width)}"
    else:
        label = words.label(graph.nodes[plate.nodes[0]].name)
    return (
        plate.id, css, number(plate.x), number(plate.y), number(plate.width),
        number(plate.height), line, label, number(plate.x + 12),
        number(plate.y + (28 if large else 19)),
    )  # fmt: skip


def row_rows(picture: Picture, trace: Trace, view: "View", words: Writing) -> list[tuple[Any, ...]]:
    """Return the probabilities of the classes, exp(zⱼ) / Σ exp(z), once all scores are known."""
    if not picture.rows:
        return []
    known = all(row.node in view.valued for row in picture.rows)
    scores = [trace.values[row.node] for row in picture.rows]
    rows = []
    for row, chance in zip(picture.rows, _softmax(scores), strict=True):
        text = words.shown(chance) if known else WAITING
        title = f"The probability that softmax gives class {row.number + 1}"
        title += f": {words.exact(chance)}" if known else ""
        css = "chance" if known else "chance ahead"
        left, right = (-58, 60) if picture.large else (-42, 44)
        at = (number(row.x + left), number(row.x + right), number(row.y))
        rows.append((f"p-{row.number + 1}", css, *at, Letter(str(row.number + 1)), text, title))
    return rows


def _softmax(scores: list[float]) -> list[float]:
    with np.errstate(all="ignore"):
        e = np.exp(np.array(scores) - max(scores))
        shares: list[float] = (e / e.sum()).tolist()
    return shares


def badge_rows(
    picture: Picture,
    view: "View",
    marks: Mapping[tuple[int, int], list[str]],
    sending: frozenset[int],
) -> list[tuple[Any, ...]]:
    """Return the rows of the badges: on edges and beside factors, the rest in reserve."""
    places: list[tuple[float, float, str]] = []
    scale = BADGE if picture.large else 1
    for wire in picture.wires if marks else ():
        several = marks.get((wire.node, wire.later), [])
        for k, text in enumerate(several):  # x·x uses x twice along one wire
            apart = 24 * scale * (k - (len(several) - 1) / 2)
            places.append((wire.x + apart, wire.y, text))
    for icon in picture.icons if marks else ():
        for text in marks.get((icon.node, icon.later), []):
            places.append((icon.x, icon.y - (58 if picture.large else 40), text))
    for spot in picture.spots if view.factors else ():
        text = view.factors.get(spot.node, "")
        shape = shape_of(spot.kind.split()[0], large=picture.large)
        x, y = shape.badge
        if spot.node in sending:
            x, y = x or 26, shape.body[1] + shape.body[3]
        places += [(spot.x + x, spot.y + y, text)] if text else []
    places.sort(key=lambda place: (len(place[2]), place[2]))
    places = places[:BADGES]
    shown = [
        (f"badge-{i}", "badge", move(x, y, scale), text) for i, (x, y, text) in enumerate(places, 1)
    ]
    rest = range(len(places) + 1, BADGES + 1)
    return shown + [(f"badge-{i}", "badge off", "translate(0 0)", "") for i in rest]


def tag_rows(
    picture: Picture, still: Still, tags: Mapping[tuple[int, int], Tag]
) -> tuple[tuple[str, ...], ...]:
    """Return the rows of what stands on wires, a little before their middle."""
    rows = []
    for wire, (id_, pointer) in zip(picture.wires, still.wires, strict=True):
        tag = tags.get((wire.node, wire.later))
        if tag is None:
            continue
        half = 5 + 3.7 * len(tag.text)
        css = f"tag {tag.state}".strip()
        place = move(wire.x, wire.y, TAG if picture.large else 1)
        rows.append(
            (
                f"t{id_[1:]}",
                pointer,
                css,
                place,
                number(-half),
                number(2 * half),
                tag.text,
                tag.title,
            )
        )
    return tuple(rows)
