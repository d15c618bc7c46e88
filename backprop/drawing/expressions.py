"""Any graph of scalars: operands at the left, the result at the right, layer by layer.

Layers and their order come from fast-sugiyama. A leaf that is used very often is drawn again
beside each use; a graph whose long edges would make that slow gets a closed form instead: each
node in the column of its depth.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from fast_sugiyama import from_edges

from backprop.drawing.layout import NodeSpot, Picture, Wire, along, curve, path
from backprop.engine.graph import Graph

OFTEN = 6  # a leaf with more uses than this is copied
MOST_CROSSED = 1100  # columns that all edges cross together, up to which the search is quick


class Measures(NamedTuple):
    """How large nodes are, and how far apart."""

    column: float  # from node to node
    line: float
    top: float  # the middle of the first line
    half: float  # half a node's width
    constant: float  # half a constant's
    apart: float  # wires that arrive at one node


MEASURES = Measures(156, 92, 44, 48, 25, 18)
LARGE = Measures(156, 122, 58, 58, 44, 30)
LARGE_TAGGED = LARGE._replace(column=240)


@lru_cache(maxsize=128)
def expression_picture(graph: Graph, *, large: bool = False, tagged: bool = False) -> Picture:
    """Return the picture of a graph of scalars.

    Args:
        graph: the graph.
        large: draw it for a class.
        tagged: leave room for numbers on the wires of a large one.
    """
    m = (LARGE_TAGGED if tagged else LARGE) if large else MEASURES
    copies, ends = _copied(graph)
    depth = _depths(graph)
    crossed = sum(depth[later] - depth[node] for node, later, copy in ends if not copy)
    if crossed > MOST_CROSSED:
        return _picture(graph, _by_depth(graph, depth, ends, copies), {}, ends, m, large)
    return _picture(graph, *arrange(graph, ends), ends, m, large)


Key = tuple[int, int]  # a node, and the number of its copy; 0 for the node itself
End = tuple[int, int, int]  # an edge: earlier node, later node, copy of the earlier one
Point = tuple[float, float]  # in columns and lines, before they are stretched
Places = dict[Key, Point]
Bends = dict[End, list[Point]]


def _copied(graph: Graph) -> tuple[Mapping[int, int], tuple[End, ...]]:
    """Return how many copies each leaf has, and the edges, each once."""
    uses = graph.uses()
    copies: dict[int, int] = {}
    ends: list[End] = []
    for later, node in enumerate(graph.nodes):
        for i in dict.fromkeys(node.inputs):
            often = graph.nodes[i].is_leaf and len({use for use, _ in uses[i]}) > OFTEN
            copies[i] = copies.get(i, 0) + 1 if often else 0
            ends.append((i, later, copies[i]))
    return copies, tuple(ends)


def _depths(graph: Graph) -> list[int]:
    columns: list[int] = []
    for node in graph.nodes:
        columns.append(1 + max((columns[i] for i in node.inputs), default=-1))
    return columns


def arrange(graph: Graph, ends: tuple[End, ...], *, whole: bool = True) -> tuple[Places, Bends]:
    """Return places in units of columns and lines, and where long edges bend.

    Args:
        graph: whose nodes they are.
        ends: the edges to draw.
        whole: place the nodes without edges too.
    """
    numbers: dict[Key, int] = {}
    for node, later, copy in ends:
        numbers.setdefault((node, copy), len(numbers))
        numbers.setdefault((later, 0), len(numbers))
    keys = list(numbers)
    edges = [(numbers[node, copy], numbers[later, 0]) for node, later, copy in ends]
    places: Places = {}
    bends: Bends = {}
    top = 0.0
    pieces: Any = (
        from_edges(edges, vertex_spacing=1, dummy_vertices=True, dummy_size=0.3) if edges else ()
    )
    for spots, width, height, drawn in sorted(pieces, key=lambda each: min(each[0])[0]):
        at = {n: (height - y, top + x) for n, (x, y) in spots}
        places |= {keys[n]: point for n, point in at.items() if n < len(keys)}
        chains = _chains(drawn, len(keys))
        for end, edge in zip(ends, edges, strict=True):
            if edge in chains:
                bends[end] = [at[n] for n in chains[edge]]
        top += width + 1
    for i in range(len(graph) if whole else 0):
        if (i, 0) not in places and (i, 1) not in places:
            places[i, 0] = (0.0, top)
            top += 1
    _in_order(graph, places, bends)
    return places, bends


def _chains(drawn: list[tuple[int, int]], count: int) -> dict[tuple[int, int], list[int]]:
    """Return, for each edge that passes vertices which are no nodes, those vertices in order."""
    onward = {start: goal for start, goal in drawn if start >= count}
    chains = {}
    for start, goal in drawn:
        if start < count <= goal:
            chain = [goal]
            while onward[chain[-1]] >= count:
                chain.append(onward[chain[-1]])
            chains[start, onward[chain[-1]]] = chain
    return chains


def _in_order(graph: Graph, places: Places, bends: Bends) -> None:
    """Put an operand that is used only here, and that is a leaf, on its side of the other one."""
    uses = graph.uses()
    taken = {point for chain in bends.values() for point in chain} | set(places.values())
    for later, node in enumerate(graph.nodes):
        if len(node.inputs) != 2 or not {(i, 0) for i in node.inputs} <= places.keys():
            continue
        x, y = places[later, 0]
        for k, (one, other) in enumerate((node.inputs, node.inputs[::-1])):
            mine = places[one, 0]
            lone = graph.nodes[one].is_leaf and len(uses[one]) == 1 and mine[0] == x - 1
            if not lone or (mine[1] < places[other, 0][1]) == (k == 0):
                continue
            goal = (mine[0], 2 * y - mine[1])
            if all(abs(p[0] - goal[0]) > 0.5 or abs(p[1] - goal[1]) >= 1 for p in taken):
                places[one, 0] = goal
                taken = taken - {mine} | {goal}


def _by_depth(
    graph: Graph, depth: list[int], ends: tuple[End, ...], copies: Mapping[int, int]
) -> Places:
    """Return places by a closed form: the column is the depth, the line the order."""
    column: dict[Key, float] = {(i, 0): depth[i] for i in range(len(graph)) if not copies.get(i, 0)}
    for node, later, copy in ends:
        if copy or (graph.nodes[node].is_leaf and not copy):
            column[node, copy] = min(column.get((node, copy), len(graph)), depth[later] - 1)
    filled: dict[float, int] = {}
    places: Places = {}
    for key, x in sorted(column.items()):
        places[key] = (x, float(filled.get(x, 0)))
        filled[x] = filled.get(x, 0) + 1
    return places


def _picture(
    graph: Graph,
    places: Places,
    bends: Bends,
    ends: tuple[End, ...],
    m: Measures,
    large: bool,
) -> Picture:
    points = [*places.values(), *(point for chain in bends.values() for point in chain)]
    left, top = min(x for x, _ in points), min(y for _, y in points)

    def at(point: Point) -> Point:
        return m.half + 12 + (point[0] - left) * m.column, m.top + (point[1] - top) * m.line

    spots = tuple(
        NodeSpot(i, node_kind(graph, i), *at(point), copy)
        for (i, copy), point in sorted(places.items())
    )
    wires = connect(graph, places, bends, ends, at, {}, m)
    right = max(s.x for s in spots) + m.half + 12
    bottom = max(at(point)[1] for point in points) + m.top - 6 + (6 if large else 0)
    return Picture(right, bottom, spots, tuple(wires), large=large)


def connect(
    graph: Graph,
    places: Places,
    bends: Bends,
    ends: tuple[End, ...],
    at: Callable[[Point], Point],
    doors: Mapping[int, Point],
    m: Measures,
) -> list[Wire]:
    """Return the wires between places; they arrive one above the other, without crossing.

    Args:
        graph: whose nodes they join.
        places: as `arrange` gives them.
        bends: likewise.
        ends: the edges.
        at: columns and lines → where that is drawn.
        doors: where the wires of nodes leave that are drawn elsewhere; they pass their places.
        m: how large the nodes are.
    """
    arriving: dict[int, list[tuple[float, End]]] = {}
    for end in ends:
        source = bends[end][-1] if end in bends else places[end[0], end[2]]
        arriving.setdefault(end[1], []).append((source[1], end))
    wires = []
    for later, several in arriving.items():
        several.sort()
        for k, (_, end) in enumerate(several):
            shift = (k - (len(several) - 1) / 2) * min(m.apart, 2.4 * m.apart / len(several))
            x, y = at(places[end[0], end[2]])
            if end[0] in doors:
                stops = [doors[end[0]], (x, y)]
            else:
                stops = [
                    (x + (m.constant if node_kind(graph, end[0]) == "constant" else m.half), y)
                ]
            x, y = at(places[later, 0])
            stops += [*map(at, bends.get(end, [])), (x - m.half, y + shift)]
            data = path("M", *stops[0])
            for one, two in pairwise(stops):
                data += curve(*one, *two)
            wires.append(
                Wire(end[0], later, data, *along(*stops[-2], *stops[-1], 0.5), copy=end[2])
            )
    return wires


def node_kind(graph: Graph, i: int) -> str:
    """Return the shape in which a node is drawn."""
    node = graph.nodes[i]
    if not node.is_leaf:
        return "operation"
    if node.number is not None:
        return "constant"
    return "given" if node.given else "variable"
