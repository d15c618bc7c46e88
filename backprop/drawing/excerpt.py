"""What of a graph one gradient needs, small enough for a phone: the ways to the output, no more.

    h₁ w₅ [z₃ ~ o₁]     the quantity that is asked, what it is multiplied by, what it feeds;
       t₁      [E]      and so on to the output, row below row where one row is too narrow

Only what the local derivatives on these ways have in them stands beside: other factors, targets.
Where there is too much for a phone, rows in the middle are left out, and three dots say so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from backprop.drawing.curve import icon
from backprop.drawing.expressions import node_kind
from backprop.drawing.layout import ClassRow, Icon, NodeSpot, Picture, Plate, Wire, path
from backprop.engine.array_ops import ArrayOperation
from backprop.engine.compiled.rules import names_in
from backprop.engine.graph import Graph

WIDTH, NARROWEST = 396.0, 320.0  # of a row, and of the picture
TALLEST = 368.0  # of all rows, with the room below each
EDGE, GAP, DROP = 6.0, 16.0, 22.0  # around the picture, between neighbours, between rows
PART = 50.5  # from the middle of a capsule to that of z, and of a
CHANCE = 24.0  # for each class in the loss
DOTS = "\N{VERTICAL ELLIPSIS}"
_SIZES = {
    **{"capsule": (186.0, 62.0), "asked capsule": (186.0, 108.0)},
    **{"score": (116.0, 62.0), "asked score": (116.0, 108.0), "loss": (116.0, 60.0)},
    **{"input": (84.0, 64.0), "chip": (92.0, 26.0), "asked chip": (92.0, 42.0)},
    **{"target": (92.0, 34.0), "given": (96.0, 34.0), "constant": (50.0, 26.0)},
    **{"variable": (96.0, 56.0), "operation": (96.0, 70.0)},
}


@dataclass(frozen=True, slots=True)
class _Box:
    """A node, or a capsule of two, with what stands above it; placed by its upper left corner."""

    nodes: tuple[int, ...]
    kind: str
    width: float
    height: float
    above: tuple["_Box", ...] = ()
    x: float = 0.0
    y: float = 0.0

    @property
    def span(self) -> float:
        """The width with what stands above."""
        shelf = sum(box.width for box in self.above) + GAP / 2 * max(0, len(self.above) - 1)
        return max(self.width, shelf)

    @property
    def rise(self) -> float:
        """The height with what stands above."""
        shelf = max((box.height for box in self.above), default=0.0)
        return self.height + (shelf + GAP if shelf else 0.0)


@lru_cache(maxsize=128)
def excerpt_picture(graph: Graph, asked: tuple[int, ...]) -> Picture:
    """Return the picture of what the gradients at some nodes need, at most about 400 wide."""
    return _Excerpt(graph, asked).picture()


@lru_cache(maxsize=128)
def source_picture(graph: Graph, node: int) -> Picture:
    """Return the picture of what a node's value is computed from, and the node."""
    return _Source(graph, node).picture()


class _Excerpt:
    """Draws one; lives only inside `excerpt_picture`."""

    def __init__(self, graph: Graph, asked: tuple[int, ...]) -> None:
        self.graph, self.asked = graph, frozenset(asked)
        self.on_way = _ways(graph, asked)
        self.needed = self._needed()
        self.placed: dict[int, _Box] = {}
        self.dots: list[tuple[str, float, float]] = []

    def picture(self) -> Picture:
        """Place the rows one below the other, and join them."""
        rows = self._fitted(self._rows())
        widest = max(_width(row) for row in rows if row)
        wide, y = max(widest, NARROWEST) + 2 * EDGE, EDGE
        for row in rows:
            if not row:
                self.dots.append((DOTS, wide / 2, y + 12))
                y += 24
                continue
            tall = max(box.rise for box in row)
            width = _width(row)
            x = EDGE + (wide - 2 * EDGE - width) / 2
            for box in row:
                self._place(box, x, y + tall)
                x += box.span + GAP
            y += tall + DROP
        spots, plates, icons, classes = self._spots()
        return Picture(
            wide,
            y - DROP + EDGE,
            tuple(spots),
            tuple(self._wires()),
            tuple(icons),
            tuple(plates),
            tuple(self.dots),
            tuple(classes),
        )

    def _needed(self) -> dict[int, tuple[int, ...]]:
        """Return, for each node on a way, what else the slopes to it have in them."""
        needed: dict[int, tuple[int, ...]] = {}
        for later in self.on_way:
            row, inputs = self.graph.row(later), self.graph.nodes[later].inputs
            assert not isinstance(row, ArrayOperation), "a node is a number here"
            names = dict(zip(row.inputs, inputs, strict=True))
            used = {
                names[name]
                for which, node in enumerate(inputs)
                if node in self.on_way or node in self.asked
                for name in names_in(row.partials[which])
                if name in names
            }
            scores = "softmax" in row.value or row.name == "cross_entropy"
            hidden = {i for i in used if scores and not self.graph.nodes[i].is_leaf}
            needed[later] = tuple(sorted(used - set(self.on_way) - self.asked - hidden))
        return needed

    def _rows(self) -> list[list[_Box]]:
        """Return the boxes in rows, from the quantity asked to the output."""
        ranks = self._ranks()
        rows: list[list[_Box]] = []
        row: list[_Box] = []
        for rank in sorted(set(ranks.values())):
            level = [node for node in ranks if ranks[node] == rank]
            boxes = [self._box(node) for node in level]
            group = [box for each in boxes for box in (*self._before(each), each)]
            if len(boxes) > 1:  # several ways: what they are multiplied by stands above each
                group = [self._with_all_above(each) for each in boxes]
            if row and (len(boxes) > 1 or _width([*row, *group]) > WIDTH):
                rows.append(row)
                row = []
            for box in group:
                if row and _width([*row, box]) > WIDTH:
                    rows.append(row)
                    row = []
                row.append(box)
            if len(boxes) > 1:
                rows.append(row)
                row = []
        rows = [*rows, row] if row else rows
        return [_beside(row[0]) if len(row) == 1 else row for row in rows]

    def _fitted(self, rows: list[list[_Box]]) -> list[list[_Box]]:
        """Return the rows without some in the middle, where they are too high together."""
        kept = list(rows)

        def height() -> float:
            return sum(max((box.rise for box in row), default=2.0) + DROP for row in kept)

        while height() > TALLEST and len([row for row in kept if row]) > 2:
            full = [n for n, row in enumerate(kept) if row]
            at = full[-2]
            kept[at : at + 1] = [] if [] in kept else [[]]
        return kept

    def _ranks(self) -> dict[int, int]:
        """Return how far each node on a way is from what is asked; z and a of a capsule are one."""
        ranks = dict.fromkeys(sorted(self.asked), 0)
        for node in self.on_way:
            inputs = [i for i in self.graph.nodes[node].inputs if i in ranks]
            ranks[node] = max(ranks[i] for i in inputs) + 1
        joined = {self._partner(node) for node in ranks} & set(ranks)
        return {node: rank for node, rank in ranks.items() if node not in joined}

    def _partner(self, node: int) -> int:
        """Return the z of an a, with which it stands in one capsule; −1 where there is none."""
        each = self.graph.nodes[node]
        if each.is_leaf or len(each.inputs) != 1:
            return -1
        row, before = self.graph.row(node), each.inputs[0]
        activated = not isinstance(row, ArrayOperation) and row.activates
        summed = self.graph.nodes[before].operation == "weighted_sum"
        return before if activated and summed else -1

    def _kind(self, node: int) -> str:
        each, graph = self.graph.nodes[node], self.graph
        if not self._is_network():
            return node_kind(graph, node)
        if each.is_leaf:
            letters = {"x": "input", "y": "target"}
            return letters.get(each.name[0], "chip") if each.number is None else "constant"
        if node == graph.output:
            return "loss"
        return "score" if each.operation == "weighted_sum" else "operation"

    def _is_network(self) -> bool:
        return any(other.operation == "weighted_sum" for other in self.graph.nodes)

    def _box(self, node: int) -> _Box:
        z, own = self._partner(node), node in self.on_way or node in self.asked
        nodes, kind = ((z, node), "capsule") if z >= 0 and own else ((node,), self._kind(node))
        kind = "input" if z >= 0 and not own else kind
        is_asked = not self.asked.isdisjoint(nodes) and f"asked {kind}" in _SIZES
        width, height = _SIZES[f"asked {kind}" if is_asked else kind]
        box = _Box(nodes, kind, width, height + CHANCE * len(self._classes(node)))
        needed = [i for each in nodes for i in self.needed.get(each, ())]
        return replace(box, above=tuple(self._box(i) for i in needed if not self._leads(i, box)))

    def _leads(self, node: int, box: _Box) -> bool:
        """Whether a node that a box needs stands before it: a factor of what comes in."""
        first = self.graph.nodes[box.nodes[0]]
        return first.operation == "weighted_sum" and node not in self.asked

    def _before(self, box: _Box) -> Iterable[_Box]:
        """Return what stands before a box in its row: a weight, or what the asked one multiplies.

        The factor of what is asked stands before it; so it is no part of the row of what follows.
        """
        z = box.nodes[0]
        if not self.asked.isdisjoint(box.nodes):
            uses = [later for later in self.on_way if self.asked & {*self._inputs(later)}]
            leads = [i for later in uses for i in self.needed[later] if self._is_leaf_asked()]
            boxes = (self._box(i) for i in dict.fromkeys(leads))
            return [each for each in boxes if self._feeds_sum(each, uses)]
        if self._is_leaf_asked() and self.asked & {*self._inputs(z)}:
            return ()
        return [self._box(i) for i in self.needed.get(z, ()) if self._leads(i, box)]

    def _is_leaf_asked(self) -> bool:
        return all(self.graph.nodes[i].is_leaf for i in self.asked)

    def _feeds_sum(self, box: _Box, uses: Sequence[int]) -> bool:
        sums = [i for i in uses if self.graph.nodes[i].operation == "weighted_sum"]
        return any(box.nodes[-1] in self._inputs(i) for i in sums)

    def _inputs(self, node: int) -> tuple[int, ...]:
        return self.graph.nodes[node].inputs

    def _with_all_above(self, box: _Box) -> _Box:
        return replace(box, above=(*box.above, *self._before(box)))

    def _classes(self, node: int) -> tuple[int, ...]:
        """Return the scores whose shares stand in the loss: those of softmax."""
        row = self.graph.row(node) if not self.graph.nodes[node].is_leaf else None
        if row is None or row.name != "cross_entropy" or node != self.graph.output:
            return ()
        inputs = self._inputs(node)
        return inputs[: len(inputs) // 2]

    def _place(self, box: _Box, x: float, bottom: float) -> None:
        """Place a box, and what stands above it, over a line."""
        here = replace(box, x=x + (box.span - box.width) / 2, y=bottom - box.height)
        shelf = sum(each.width for each in box.above) + GAP / 2 * max(0, len(box.above) - 1)
        at = x + (box.span - shelf) / 2
        for each in box.above:
            self._place(replace(each, above=()), at, here.y - GAP)
            at += each.width + GAP / 2
        for node in box.nodes:
            self.placed[node] = here

    def _spots(self) -> tuple[list[NodeSpot], list[Plate], list[Icon], list[ClassRow]]:
        spots: list[NodeSpot] = []
        plates: list[Plate] = []
        icons: list[Icon] = []
        classes: list[ClassRow] = []
        for node, box in self.placed.items():
            x, y = box.x + box.width / 2, box.y + box.height / 2
            if box.kind in ("capsule", "score", "loss") and node == box.nodes[-1]:
                name = self.graph.nodes[node].name
                corner = (box.x, box.y, box.width, box.height)
                plates.append(Plate(f"c-{name}", box.kind, box.nodes, *corner))
            if box.kind == "capsule":
                side = 1 if node == box.nodes[1] else -1
                kind = "activation" if side > 0 else "sum"
                spots.append(NodeSpot(node, kind, x + side * PART, box.y + 54))
                if side > 0:
                    row = self.graph.row(node)
                    assert not isinstance(row, ArrayOperation), "a node is a number here"
                    icons.append(Icon(box.nodes[0], node, x, box.y + 40, icon(row)))
            elif box.kind in ("score", "loss"):
                scores = self._classes(node)
                classes += [
                    ClassRow(score, n, x, box.y + CHANCE * (n + 0.8))
                    for n, score in enumerate(scores)
                ]
                top = 50 if box.kind == "loss" else 54
                spots.append(NodeSpot(node, box.kind, x, box.y + CHANCE * len(scores) + top))
            elif box.kind == "operation":
                spots.append(NodeSpot(node, box.kind, x, y + 7))
            else:
                spots.append(NodeSpot(node, box.kind, x, y))
        return spots, plates, icons, classes

    def _wires(self) -> Iterable[Wire]:
        """Yield the wires between what is placed."""
        for later, box in self.placed.items():
            for node in dict.fromkeys(self._inputs(later)):
                source = self.placed.get(node)
                if source is None or source == box:
                    continue
                if node not in (*self.on_way, *self.asked, *self.needed.get(later, ())):
                    continue
                yield self._wire(node, later, source, box)

    def _wire(self, node: int, later: int, source: _Box, box: _Box) -> Wire:
        level = abs(source.y + source.height / 2 - box.y - box.height / 2) < 60
        if level and source.x + source.width <= box.x:
            y1, y2 = source.y + source.height / 2, box.y + box.height / 2
            x1, x2 = source.x + source.width, box.x
            middle = (x1 + x2) / 2
            data = path("M", x1, y1, "C", middle, y1, middle, y2, x2, y2)
            return Wire(node, later, data, middle, (y1 + y2) / 2)
        side = PART if source.kind == "capsule" else 0.0
        into = -PART if box.kind == "capsule" else 0.0
        x1, x2 = source.x + source.width / 2 + side, box.x + box.width / 2 + into
        y1, y2 = source.y + source.height, box.y
        middle = (y1 + y2) / 2
        data = path("M", x1, y1, "C", x1, middle, x2, middle, x2, y2)
        return Wire(node, later, data, (x1 + x2) / 2, middle)


class _Source(_Excerpt):
    """Draws what a value is computed from; lives only inside `source_picture`."""

    def __init__(self, graph: Graph, node: int) -> None:
        super().__init__(graph, (node,))
        self.node, self.on_way = node, ()
        self.needed = {node: self._inputs(node)}

    def _rows(self) -> list[list[_Box]]:
        inputs = self._inputs(self.node)
        half = len(inputs) // 2
        paired = self.graph.nodes[self.node].operation == "weighted_sum" or half > 1
        boxes = [self._box(i) for i in dict.fromkeys(inputs)]
        if paired:  # a weight above what it multiplies, a target above its output; then the bias
            upper, lower = inputs[:half], inputs[half : 2 * half]
            boxes = [
                replace(self._box(i), above=(self._box(w),))
                for w, i in zip(upper, lower, strict=True)
            ]
            boxes += [self._box(i) for i in inputs[2 * half :]]
        rows: list[list[_Box]] = [[]]
        for box in boxes:
            if rows[-1] and _width([*rows[-1], box]) > WIDTH:
                rows.append([])
            rows[-1].append(box)
        return [*rows, [self._box(self.node)]]

    def _box(self, node: int) -> _Box:
        kind = self._kind(node)
        kind = "input" if kind in ("score", "loss", "operation") and self._is_network() else kind
        return _Box((node,), kind, *_SIZES[kind])


def _ways(graph: Graph, asked: Sequence[int]) -> tuple[int, ...]:
    """Return the nodes that some follow from, on the ways to the output, in the graph's order."""
    reached = set(asked)
    for position in range(min(asked) + 1, len(graph)):
        if not reached.isdisjoint(graph.nodes[position].inputs):
            reached.add(position)
    reaching = graph.reaching()
    return tuple(i for i in sorted(reached) if i not in asked and reaching[i])


def _beside(box: _Box) -> list[_Box]:
    """Return a box that is alone in its row, with what stood above it at its sides instead."""
    sides, alone = box.above, replace(box, above=())
    if not 0 < len(sides) <= 4:
        return [box]
    half = (len(sides) + 1) // 2
    pairs = [pair for pair in (sides[:half], sides[half:]) if pair]
    stacked = [replace(pair[0], above=(*pair[0].above, *pair[1:])) for pair in pairs]
    row = [stacked[0], alone, *stacked[1:]]
    return row if _width(row) <= WIDTH and max(b.rise for b in row) < box.rise else [box]


def _width(row: Sequence[_Box]) -> float:
    return sum(box.span for box in row) + GAP * (len(row) - 1)
