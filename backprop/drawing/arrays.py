"""Where the arrays of a graph stand: cards left to right, parameters below, wires between them.

    X → Z1 → A1 → Z2 → A2 → L   the chain; below each Z its W, and b to the right of W
                         Y      above L; penalties below the b of their layer, the objective last

Lengths are in sixteenths of a rem, so that a picture grows with the letters. A card has two halves:
the value above, the gradient below; each holds a map, a rectangle of cells.
"""

from dataclasses import dataclass
from functools import lru_cache

from backprop.drawing.array_wires import (
    CAPTION,
    CORRIDOR,
    HEADER,
    ArrayPlace,
    ArrayWire,
    Box,
    route_wires,
)
from backprop.engine.graph import Graph

Shape = tuple[int, ...]

ROOM = 916.0  # the width that cards share before a picture scrolls
NARROWEST, WIDEST = 86.0, 132.0
TOP = 26.0  # for the headings
PAD, NUMBER = 6.0, 26.0  # around a map; the height of a number that stands alone
CELL, THIN, SLENDER = 16.0, 12.0, 3.0  # the largest cell, the thinnest map, its longest side


@dataclass(frozen=True, slots=True)
class ArrayLayout:
    """A picture of arrays: its size, its cards in the graph's order, its wires, its headings.

    Attributes:
        headings: of each group of cards, the node it begins with and the x of its middle.
    """

    width: float
    height: float
    places: tuple[ArrayPlace, ...]
    wires: tuple[ArrayWire, ...]
    headings: tuple[tuple[int, float], ...]


@lru_cache(maxsize=64)
def lay_out_arrays(graph: Graph, shapes: tuple[Shape, ...]) -> ArrayLayout:
    """Return where everything stands.

    Args:
        graph: at layers detail.
        shapes: of each node, as it is shown; () for a number.
    """
    columns = _columns(graph)
    width, gap = _measures(max(columns.values()) + 1)
    cards = {i: _card(graph, i, shapes[i], width) for i in range(len(graph)) if _is_drawn(graph, i)}
    loss = graph.position("L")
    corner = {i: (columns[i] * (width + gap), TOP) for i in _chain(graph)}
    target = next(i for i in graph.nodes[loss].inputs if graph.nodes[i].given)
    corner[target] = corner[loss]
    corner[loss] = (corner[loss][0], TOP + sum(cards[target][:2]) + CORRIDOR - 18)
    if graph.output != loss:
        corner[graph.output] = (columns[graph.output] * (width + gap), corner[loss][1])
    below = max(y + sum(cards[i][:2]) for i, (_, y) in corner.items()) + CORRIDOR
    floors: dict[int, float] = {}
    for i in sorted(cards, key=lambda i: not graph.nodes[i].is_leaf):
        if i not in corner:
            y = floors.get(columns[i], below)
            corner[i] = (columns[i] * (width + gap), y)
            floors[columns[i]] = y + sum(cards[i][:2]) + 18
    places = {
        i: ArrayPlace(i, Box(*corner[i], width, upper + lower), upper, cells)
        for i, (upper, lower, cells) in cards.items()
    }
    ground = max(place.box.bottom for place in places.values())
    wires = route_wires(graph, places, gap, ground)
    bus = 20.0 if graph.output != loss else 0.0
    right = max(place.box.right for place in places.values())
    return ArrayLayout(right, ground + bus, tuple(places.values()), wires, _headings(graph, places))


def _is_drawn(graph: Graph, position: int) -> bool:
    return graph.nodes[position].number is None


def _chain(graph: Graph) -> list[int]:
    """Return the inputs, and every result on the way from them to the loss."""
    chain = [0]
    for i in range(graph.position("L") + 1):
        if chain[-1] in graph.nodes[i].inputs:
            chain.append(i)
    return chain


def _columns(graph: Graph) -> dict[int, int]:
    """Return the column of each node that is drawn: b and penalties right of their W."""
    column = {node: column for column, node in enumerate(_chain(graph))}
    loss = column[graph.position("L")]
    for i, node in enumerate(graph.nodes):
        if i in column and node.inputs:
            leaves = [k for k in node.inputs if graph.nodes[k].is_leaf and k not in column]
            column |= {k: column[i] + (n > 0) for n, k in enumerate(leaves)}
    for i, node in enumerate(graph.nodes):
        if i not in column and _is_drawn(graph, i):
            last = i == graph.output or not node.inputs
            column[i] = loss + 1 if last else column[node.inputs[0]] + 1
    return column


def _measures(columns: int) -> tuple[float, float]:
    """Return the width of a card, and of the gap between two."""
    gap = 28.0 if columns <= 8 else 24.0
    share = (ROOM - gap * (columns - 1)) / columns
    return min(max(share, NARROWEST), WIDEST), gap


def _card(
    graph: Graph, position: int, shape: Shape, width: float
) -> tuple[float, float, tuple[float, float]]:
    """Return the heights of a card's halves, and the size of its maps."""
    graded = graph.varying()[position]
    if not shape:
        return HEADER + NUMBER, NUMBER + PAD if graded else 0.0, (0.0, 0.0)
    is_parameter = graph.nodes[position].is_leaf and not graph.nodes[position].given
    cells = _map(shape, width - 2 * PAD - 2, min(max(0.86 * width, 80.0), 94.0), is_parameter)
    upper = HEADER + cells[1] + CAPTION + PAD
    return upper, PAD + cells[1] + CAPTION + PAD if graded else 0.0, cells


def _map(shape: Shape, width: float, height: float, is_parameter: bool) -> tuple[float, float]:
    """Return the size of a map that fits, with cells that are squares or not too slender.

    The rows of a batch are equally high in all its arrays.
    """
    rows, columns = shape if len(shape) == 2 else (1, shape[0])
    across, down = min(CELL, width / columns), min(CELL, height / rows)
    across = min(across, SLENDER * down)
    if is_parameter:
        down = min(down, SLENDER * across)
    return max(across * columns, THIN), max(down * rows, THIN)


def _headings(graph: Graph, places: dict[int, ArrayPlace]) -> tuple[tuple[int, float], ...]:
    """Return the node that each group begins with, and where the group has its middle."""
    headings: list[tuple[int, float]] = []
    for i in _chain(graph):
        node, box = graph.nodes[i], places[i].box
        if node.name.startswith("A"):
            first, x = headings.pop()
            headings.append((first, (x + box.across(0.5)) / 2))
        else:
            headings.append((i, box.across(0.5)))
    if graph.output not in [i for i, _ in headings]:
        headings.append((graph.output, places[graph.output].box.across(0.5)))
    return tuple(headings)
