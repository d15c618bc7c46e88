"""The parts of a scene at one step: for each kind of element, its rows for the template."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from backprop.drawing.layout import Picture, number, shape_of
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
) -> list[tuple[Any, ...]]:
    """Return the rows of the nodes: what they are called, what is known of them, their state."""
    rows = []
    nodes, values, gradients = trace.graph.nodes, trace.values, trace.gradients
    now, valued, graded, factors = view.now, view.valued, view.graded, view.factors
    label, shown, signed, exact, address = words
    backward = view.phase == "backward"
    for spot, (id_, pointer, kind, place, mark, mcss, plain, full, hit, back) in zip(
        picture.spots, still.nodes, strict=True
    ):
        i = spot.node
        node = nodes[i]
        name = label(node.name)
        known = i in valued or node.is_leaf
        known_slope, is_asked = i in graded, i in view.asked
        value = shown(values[i]) if known else ASKED if is_asked else WAITING
        given = still.given[i]
        gradient = signed(gradients[i]) if known_slope else "" if node.is_leaf else WAITING
        if view.asked:
            gradient = ASKED if is_asked and known else ""
        body, half, ring, low_ring, at_label, at_value, at_gradient, at_mark, lock = (
            full if known_slope or (is_asked and known) else plain
        )
        css = kind + (" done" if known else " ahead")
        if known_slope:
            css += " graded"
        if is_asked:
            css += " asked" if known else " asked value"
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
        spoken = f"{name}: {value}" if known else f"{name}: not known yet"
        title = f"{name} = {exact(values[i])}" if known else f"{name}: not known yet"
        if known_slope:
            spoken += f", gradient {gradient}"
            title += f"\ngradient {exact(gradients[i])}"
        if is_asked:
            spoken += ", gradient asked" if known else ", and asked"
            title += "\ngradient asked" if known else ", and asked"
        if i in view.unasked:
            spoken += ", frozen"
            title += "\nfrozen: the update leaves it as it is"
        rows.append(
            (
                id_, pointer, css, place, address(node.name) if node.number is None else "",
                spoken, title, *body, half, *ring, name if node.number is None else None, *at_label,
                mark, mcss, *at_mark,
                value, *at_value, "val long" if len(value) > LONG else "val",
                gradient, *at_gradient, "grad long" if len(gradient) > LONG else "grad",
                not given, hit, back, *lock,
            )
        )  # fmt: skip
    return rows


def wire_rows(
    picture: Picture,
    still: Still,
    trace: Trace,
    view: "View",
    active: Mapping[tuple[int, int], str],
) -> list[tuple[Any, ...]]:
    """Return the rows of the wires: thick by the weight, dotted where it is negative."""
    rows = []
    thicker = THICK if picture.large else 1
    for wire, (id_, pointer) in zip(picture.wires, still.wires, strict=True):
        css = f"wire {wire.kind}"
        width = number((1.4 if wire.kind == "weak" else 2) * thicker)
        if wire.weight >= 0:
            weight = trace.values[wire.weight]
            width = _width(weight, thicker)
            css += " neg" if weight < 0 else ""
        if wire.node in view.graded and wire.later in view.graded:
            css += " graded"
        if (wire.node, wire.later) in active:
            css += " on"
        rows.append((id_, pointer, css, wire.path, width))
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
    picture: Picture, view: "View", graph: Graph, words: Writing
) -> list[tuple[Any, ...]]:
    """Return the rows of the plates, and of the frames, which have no line in the middle."""
    rows = []
    for plate in picture.plates:
        css = f"plate {plate.kind}" + (" graded" if plate.nodes[0] in view.graded else "")
        if plate.kind != "frame":
            lower = (58 if picture.large else 42) + (0 if plate.kind == "loss" else 4)
            y = plate.y + plate.height - lower
            line = f"M{number(plate.x)} {number(y)}H{number(plate.x + plate.width)}"
            css += " now" if not view.now.isdisjoint(plate.nodes) else ""
            label: Any = ""
        else:
            line, label = "", words.label(graph.nodes[plate.nodes[0]].name)
        rows.append(
            (
                plate.id, css, number(plate.x), number(plate.y), number(plate.width),
                number(plate.height), line, label, number(plate.x + 12),
                number(plate.y + (28 if picture.large else 19)),
            )
        )  # fmt: skip
    return rows


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
