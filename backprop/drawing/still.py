"""The parts of a scene that no step changes, as text: ids, pointers, places, shapes."""

from functools import lru_cache
from typing import Any, NamedTuple

from backprop.drawing.layout import NodeSpot, Picture, number, shape_of
from backprop.engine.graph import Graph


class Still(NamedTuple):
    """The parts of a scene that no step changes, as text."""

    names: tuple[str, ...]
    given: tuple[bool, ...]  # inputs, targets and constants: nothing asks for their gradient
    nodes: tuple[tuple[Any, ...], ...]
    wires: tuple[tuple[str, str], ...]
    icons: tuple[tuple[str, str, str], ...]
    headings: tuple[tuple[str, str, str, str], ...]
    hits: tuple[tuple[str, str, str, str], ...]  # id, key, path, and the weight that it leads to


@lru_cache(maxsize=128)
def still_parts(picture: Picture, graph: Graph) -> Still:
    """Return the parts of a picture that stay as they are."""
    names = tuple(node.name for node in graph.nodes)
    varying = graph.varying()
    paths = {wire.weight: wire.hit for wire in picture.wires if wire.kind == "crowd"}
    hits = tuple(
        (
            _id(f"hit-{names[w.node]}-{names[w.later]}", w.copy),
            f"e-{names[w.node]}-{names[w.later]}",
            w.hit or w.path,
            names[w.weight if w.weight >= 0 else w.node],
        )
        for w in picture.wires
        if w.kind not in ("crowd", "stub") and graph.nodes[w.node].number is None
    )
    wires = []
    for wire in picture.wires:
        pointer = f"e-{names[wire.node]}-{names[wire.later]}"
        wires.append((_id(pointer, wire.copy), pointer))
    icons = []
    for icon in picture.icons:
        pointer = f"e-{names[icon.node]}-{names[icon.later]}"
        icons.append((pointer, pointer, move(icon.x, icon.y, 1.1 if picture.large else 1)))
    headings = tuple(
        (f"h-{i}", number(x), number(y), text) for i, (text, x, y) in enumerate(picture.headings, 1)
    )
    nodes = tuple(
        _still_node(spot, graph, paths.get(spot.node, ""), picture.large) for spot in picture.spots
    )
    given = tuple(not each for each in varying)
    return Still(names, given, nodes, tuple(wires), tuple(icons), headings, hits)


def _still_node(spot: NodeSpot, graph: Graph, hit: str, large: bool) -> tuple[Any, ...]:
    node = graph.nodes[spot.node]
    pointer = f"n-{node.name}"
    mark = "" if node.is_leaf or spot.kind != "operation" else graph.row(spot.node).symbol
    kind = spot.kind.split()[0]
    return (
        _id(pointer, spot.copy),
        pointer,
        f"node {spot.kind}",
        move(spot.x, spot.y),
        mark,
        "mark long" if len(mark) > 2 else "mark",
        _texts(kind, large, False),
        _texts(kind, large, True),
        hit,
        move(-spot.x, -spot.y) if hit else "",
    )


@lru_cache(maxsize=64)
def _texts(kind: str, large: bool, graded: bool) -> tuple[Any, ...]:
    """Return a shape as text: body, half, rings at the value and at the gradient, positions."""
    shape = shape_of(kind, large=large, graded=graded)
    return (
        tuple(map(number, shape.body)),
        shape.half,
        tuple(map(number, shape.ring)),
        tuple(map(number, shape.low_ring)),
        tuple(map(number, shape.symbol)),
        tuple(map(number, shape.value)),
        tuple(map(number, shape.gradient)),
        tuple(map(number, shape.mark)),
        (number(shape.body[0] + 6), number(shape.body[1] - 3)),
    )


def _id(pointer: str, copy: int) -> str:
    return f"{pointer}-{copy}" if copy else pointer


def move(x: float, y: float, scale: float = 1) -> str:
    """Return the transform that puts an element in its place, and draws it larger."""
    place = f"translate({number(x)} {number(y)})"
    return place if scale == 1 else f"{place} scale({scale})"
