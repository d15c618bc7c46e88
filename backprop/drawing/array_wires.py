"""The wires between the cards of arrays: the way of a value forward, and of its gradient back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from backprop.engine.graph import Graph

HEADER, CAPTION = 25.0, 17.0  # of a card: above and below its map
CORRIDOR = 46.0  # between the two rows of cards


class Box(NamedTuple):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Where it ends, downwards."""
        return self.y + self.height

    def across(self, share: float) -> float:
        """Return the x that lies this share of the width from the left."""
        return self.x + share * self.width


@dataclass(frozen=True, slots=True)
class ArrayPlace:
    """Where the card of a node stands.

    Attributes:
        node: its position in the graph.
        box: the card.
        half: the height of its upper part, the value; the rest is the gradient's.
        map: width and height of the cells, in either half; 0 for a single number.
    """

    node: int
    box: Box
    half: float
    map: tuple[float, float]

    @property
    def value_y(self) -> float:
        """The middle of the cells of the value."""
        return self.box.y + (HEADER + self.half - CAPTION) / 2 if self.map[0] else self._middle(0)

    @property
    def slope_y(self) -> float:
        """The middle of the lower half."""
        return self._middle(self.half)

    def _middle(self, start: float) -> float:
        end = self.box.height if start else self.half
        return self.box.y + (start + end) / 2


@dataclass(frozen=True, slots=True)
class ArrayWire:
    """One use of a node: the way of its value forward, and of a gradient back.

    Attributes:
        node, later: the node that is used, and the one that uses it.
        ahead, back: the paths; no way back from what no gradient is asked of.
        tip, tip_back: the arrowheads at their ends.
    """

    node: int
    later: int
    ahead: str
    tip: str
    back: str = ""
    tip_back: str = ""


def route_wires(
    graph: Graph, places: Mapping[int, ArrayPlace], gap: float, ground: float
) -> tuple[ArrayWire, ...]:
    """Return the wires between the cards that have a place.

    Args:
        graph: at layers detail.
        places: of the nodes that are drawn.
        gap: between two columns of cards.
        ground: the y below all cards, where wires may run.
    """
    varying = graph.varying()
    wires = []
    for later, node in enumerate(graph.nodes):
        for i in node.inputs:
            if i in places:
                ahead, back = _way(graph, i, later)(places[i], places[later], Room(gap, ground))
                home = back if varying[i] else []
                wires.append(
                    ArrayWire(i, later, _path(ahead), _tip(ahead), _path(home), _tip(home))
                )
    return tuple(wires)


Points = list[tuple[float, float]]
Ways = tuple[Points, Points]


class Room(NamedTuple):
    """Where wires have room: the gap between two columns, and the ground below all cards."""

    gap: float
    ground: float


def _way(graph: Graph, node: int, later: int) -> Callable[[ArrayPlace, ArrayPlace, Room], Ways]:
    """Return how a wire goes from one card to another: its corners, and those of the way back."""
    leaf, inputs = graph.nodes[node].is_leaf, graph.nodes[later].inputs
    if leaf and graph.nodes[node].given:
        return _across if inputs[0] == node else _down
    if leaf and len(inputs) == 3:
        return _up if inputs[1] == node else _elbows
    if leaf:
        return _beside
    is_penalty = "L" not in (graph.nodes[node].name, graph.nodes[later].name)
    return _along if later == graph.output and is_penalty else _across


def _across(a: ArrayPlace, b: ArrayPlace, _: Room) -> Ways:
    """From card to card in a row: forward at the values, back at the gradients."""
    ahead = [(a.box.right, a.value_y), (b.box.x, b.value_y)]
    return ahead, [(b.box.x, b.slope_y), (a.box.right, a.slope_y)]


def _down(a: ArrayPlace, b: ArrayPlace, _: Room) -> Ways:
    """From Y to L, below it; no gradient is asked of Y."""
    return [(a.box.across(0.5), a.box.bottom), (b.box.across(0.5), b.box.y)], []


def _up(a: ArrayPlace, b: ArrayPlace, _: Room) -> Ways:
    """From W to Z, above it."""
    up, down = a.box.across(0.36), a.box.across(0.58)
    return [(up, a.box.y), (up, b.box.bottom)], [(down, b.box.bottom), (down, a.box.y)]


def _elbows(a: ArrayPlace, b: ArrayPlace, _: Room) -> Ways:
    """From b to Z, above it to the left."""
    start, end = a.box, b.box
    low, high = end.bottom + 0.66 * CORRIDOR, end.bottom + 0.34 * CORRIDOR
    up, into = start.across(0.36), end.across(0.78)
    down, out = start.across(0.58), end.across(0.92)
    ahead = [(up, start.y), (up, low), (into, low), (into, end.bottom)]
    return ahead, [(out, end.bottom), (out, high), (down, high), (down, start.y)]


def _beside(a: ArrayPlace, b: ArrayPlace, room: Room) -> Ways:
    """From W to a penalty, below b on the right."""
    start, end = a.box, b.box
    y, x = min(b.value_y, start.bottom - 22), start.right + 0.3 * room.gap
    ahead = [(start.right, y), (x, y), (x, b.value_y), (end.x, b.value_y)]
    y, x = min(b.slope_y, start.bottom - 10), start.right + 0.55 * room.gap
    return ahead, [(end.x, b.slope_y), (x, b.slope_y), (x, y), (start.right, y)]


def _along(a: ArrayPlace, b: ArrayPlace, room: Room) -> Ways:
    """From a penalty to the objective, along the ground."""
    start, end = a.box, b.box
    x, out, low = end.across(0.36), start.right + 0.35 * room.gap, room.ground + 8
    y = a.value_y
    ahead = [(start.right, y), (out, y), (out, low), (x, low), (x, end.bottom)]
    x, out, low = end.across(0.58), start.right + 0.65 * room.gap, room.ground + 16
    y = a.slope_y
    return ahead, [(x, end.bottom), (x, low), (out, low), (out, y), (start.right, y)]


def _path(points: Points) -> str:
    """Return a way as a path: straight pieces with rounded corners, or a curve across a gap."""
    if not points:
        return ""
    (x, y), *rest = points
    if len(points) == 2 and x != rest[0][0] and y != rest[0][1]:
        (x2, y2), middle = rest[0], (x + rest[0][0]) / 2
        return f"M{x:g} {y:g}C{middle:g} {y:g} {middle:g} {y2:g} {x2:g} {y2:g}"
    return f"M{x:g} {y:g}" + "".join(f"L{x:g} {y:g}" for x, y in rest)


def _tip(points: Points) -> str:
    """Return the arrowhead at the end of a way."""
    if not points:
        return ""
    (x0, y0), (x, y) = points[-2:]
    if abs(x - x0) >= abs(y - y0) or (len(points) == 2 and x != x0):
        back = 7 if x > x0 else -7
        return f"M{x:g} {y:g}l{-back:g} -4v8z"
    back = 7 if y > y0 else -7
    return f"M{x:g} {y:g}l-4 {-back:g}h8z"
