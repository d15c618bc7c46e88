"""A network with every ×, + and σ of its own: a block for each neuron, then the loss.

In a block the products stand one below the other, each beside its weight; what comes from the
layer before runs below the weight. The sums run down, from product to product to the bias; the
activation stands beside the last. The loss is laid out as any formula.

    i, j   unit of the layer before, and of this one        m, n   how many there are of each
"""

from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from backprop.drawing.expressions import LARGE as LARGE_EXPRESSION
from backprop.drawing.expressions import MEASURES as EXPRESSION
from backprop.drawing.expressions import End, Measures, Point, arrange, connect, node_kind
from backprop.drawing.layout import NodeSpot, Picture, Plate, Wire, curve, path
from backprop.engine.graph import Graph
from backprop.engine.network import Network

MARGIN = 10.0


class _Measures(NamedTuple):
    """How large the parts of a block are, and how far apart."""

    top: float  # room for the headings
    line: float  # from product to product
    head: float  # the label of a block
    half: float  # half an operation's width
    half_high: float
    weight: float  # columns, from a block's left
    product: float
    sum: float
    activation: float
    chip: float  # half a weight's width
    above: float  # a weight stands so far above the middle of its line,
    below: float  # and what comes from the layer before so far below
    input: float  # half an input's width
    inputs: float  # from input to input
    loss: Measures
    per_row: int  # blocks of a thin, deep network before it goes on in the next line


BETWEEN = 22.0  # from block to block below
MEASURES = _Measures(
    top=44, line=84, head=26, half=48, half_high=28, weight=58, product=174, sum=296,
    activation=418, chip=46, above=14, below=17, input=42, inputs=84,
    loss=EXPRESSION._replace(column=128, line=84), per_row=3,
)  # fmt: skip
LARGE = _Measures(
    top=52, line=122, head=36, half=58, half_high=54, weight=92, product=258, sum=414,
    activation=568, chip=80, above=22, below=34, input=56, inputs=112,
    loss=LARGE_EXPRESSION._replace(column=164, line=122), per_row=2,
)  # fmt: skip


@lru_cache(maxsize=128)
def operations_picture(network: Network, *, large: bool = False) -> Picture:
    """Return the picture of a network at operations detail; large, for a class."""
    return _Drawing(network, large).picture()


class _Drawing:
    """Draws one network; lives only inside `operations_picture`."""

    def __init__(self, network: Network, large: bool) -> None:
        self.network = network
        self.large, self.size = large, LARGE if large else MEASURES
        self.graph: Graph = network.graph("operations")
        self.at = {node.name: i for i, node in enumerate(self.graph.nodes)}
        self.spots: list[NodeSpot] = []
        self.wires: list[Wire] = []
        self.plates: list[Plate] = []
        self.headings: list[tuple[str, float, float]] = []
        sizes = network.sizes
        self.thin = max(sizes[1:]) == 1 and network.depth > self.size.per_row + 1
        self.per_row = self.size.per_row if self.thin else network.depth
        heights = [n * self._block(m) for m, n in pairwise(sizes)]
        self.tall = max(*heights, sizes[0] * self.size.inputs)

    def _block(self, m: int) -> float:
        return self.size.head + self.size.line * (m + 1) + 8 + BETWEEN

    def picture(self) -> Picture:
        """Place everything, column by column."""
        sizes, top, widest = self.network.sizes, self.size.top, 0.0
        before = self._inputs()
        for layer in range(1, self.network.depth + 1):
            m, n = sizes[layer - 1 : layer + 1]
            left = before[0][1][0] + 44 + 6 * min(m * n, 10)
            wrapped = layer > 1 and (layer - 1) % self.per_row == 0
            if wrapped:
                widest, left, top = max(widest, left), MARGIN + 24, top + self.tall + 42
            before = self._layer(layer, before, left, top, wrapped)
        right, bottom = self._loss(before, top)
        width = max(widest, right) + MARGIN
        height = max(top + self.tall, bottom) + 4
        spots, wires = tuple(self.spots), tuple(self.wires)
        plates, headings = tuple(self.plates), tuple(self.headings)
        return Picture(width, height, spots, wires, (), plates, headings, large=self.large)

    def _inputs(self) -> list[tuple[int, Point]]:
        """Place the inputs; return each with the point that its wires leave from."""
        n = self.network.sizes[0]
        pitch = min(max(self.size.inputs, self.tall / n), 200.0)
        first = self.size.top + self.tall / 2 - pitch * (n - 1) / 2
        x = MARGIN + self.size.input
        self.headings.append(("inputs" if n > 1 else "input", x, self.size.top - 16))
        ends = []
        for i in range(n):
            node, y = self.at[f"x{i + 1}"], first + pitch * i
            self.spots.append(NodeSpot(node, "input", x, y))
            ends.append((node, (x + self.size.input, y)))
        return ends

    def _layer(
        self,
        layer: int,
        before: list[tuple[int, Point]],
        left: float,
        top: float,
        wrapped: bool,
    ) -> list[tuple[int, Point]]:
        n, depth = self.network.sizes[layer], self.network.depth
        pitch = self._block(len(before))
        pitch = max(pitch, min(self.tall / n, pitch * 1.25))
        first = top + self.tall / 2 - pitch * n / 2
        ends = []
        for j in range(n):
            block_top = first + pitch * j + (pitch - self._block(len(before))) / 2
            for i, (node, start) in enumerate(before):
                self._arrive(layer, i, j, node, start, left, block_top, wrapped, n)
            ends.append(self._neuron(layer, j, len(before), left, block_top))
        which = f" {layer}" if depth > 2 else ""
        middle = left + (ends[0][1][0] - left) / 2
        text = "output layer" if layer == depth else f"hidden layer{which}"
        self.headings.append((text, middle, top - 16))
        return ends

    def _arrive(
        self, layer: int, i: int, j: int, node: int, start: Point, left: float, top: float,
        wrapped: bool, n: int,
    ) -> None:  # fmt: skip
        """Draw what comes from the layer before into a product, below the product's weight."""
        y = top + self.size.head + self.size.line * (i + 0.5) + self.size.below
        x1, y1 = start[0], start[1] + (j - (n - 1) / 2) * min(14, 40 / n)
        product = self.at[f"p{layer}_{j + 1}_{i + 1}"]
        data = path("M", x1, y1)
        if wrapped:
            lane, edge = top - 38, left - 12
            data += path(
                "h", 6, "a", 12, 12, "0 0 1", 12, 12, "V", lane - 12, "a", 12, 12,
                "0 0 1", -12, 12, "H", edge, "a", 12, 12, "0 0 0", -12, 12, "V", y - 12,
                "a", 12, 12, "0 0 0", 12, 12,
            )  # fmt: skip
        else:
            data += curve(x1, y1, left, y)
        data += path("H", left + self.size.product - self.size.half)
        weight = self.at[f"w{layer}_{j + 1}_{i + 1}"]
        self.wires.append(Wire(node, product, data, left, y, weight))

    def _neuron(self, layer: int, j: int, m: int, left: float, top: float) -> tuple[int, Point]:
        """Place one neuron; return its result with the point that its wires leave from."""
        name = f"{layer}_{j + 1}"
        rows = [top + self.size.head + self.size.line * (i + 0.5) for i in range(m + 1)]
        z = self.at[f"z{name}"]
        last = self.at.get(f"a{name}", z)
        right = left + (self.size.sum if last == z else self.size.activation)
        height = self.size.head + self.size.line * (m + 1) + 8
        frame = (left, top, right + self.size.half + 12 - left, height)
        self.plates.append(Plate(f"c-{name}", "frame", (last, z), *frame))
        for i in range(m):
            w, p = self.at[f"w{name}_{i + 1}"], self.at[f"p{name}_{i + 1}"]
            self._leaf(
                w,
                p,
                left + self.size.weight,
                rows[i] - self.size.above,
                left + self.size.product - self.size.half,
                0,
            )
            self.spots.append(NodeSpot(p, "operation", left + self.size.product, rows[i]))
        self._sums(name, m, left, rows)
        bias = self.at["b" + (f"{layer}_1" if self.network.shared_biases else name)]
        copy = j if self.network.shared_biases else 0
        self._leaf(
            bias, z, left + self.size.weight, rows[m], left + self.size.sum - self.size.half, copy
        )
        if last != z:
            self.spots.append(NodeSpot(last, "operation", right, rows[m]))
            data = path(
                "M", left + self.size.sum + self.size.half, rows[m], "H", right - self.size.half
            )
            self.wires.append(Wire(z, last, data, (left + self.size.sum + right) / 2, rows[m] - 16))
        return last, (right + self.size.half, rows[m])

    def _leaf(self, node: int, later: int, x: float, y: float, goal: float, copy: int) -> None:
        self.spots.append(NodeSpot(node, "chip leaf", x, y, copy))
        data = path("M", x + self.size.chip, y, "H", goal)
        self.wires.append(
            Wire(node, later, data, (x + self.size.chip + goal) / 2, y - 16, kind="weak")
        )

    def _sums(self, name: str, m: int, left: float, rows: list[float]) -> None:
        """Place the sums, each below the last; the first product turns down into them."""
        x, total, y = left + self.size.sum, self.at[f"p{name}_1"], rows[0]
        down = path(
            "M",
            left + self.size.product + self.size.half,
            y,
            "H",
            x - 12,
            "a",
            12,
            12,
            "0 0 1",
            12,
            12,
        )
        for i in range(1, m + 1):
            into = self.at[f"s{name}_{i + 1}" if i < m else f"z{name}"]
            self.spots.append(NodeSpot(into, "operation", x, rows[i]))
            data = down + path("V", rows[i] - self.size.half_high)
            self.wires.append(Wire(total, into, data, x + 16, rows[i] - self.size.half_high - 12))
            if i < m:
                p, end = self.at[f"p{name}_{i + 1}"], x - self.size.half
                across = path("M", left + self.size.product + self.size.half, rows[i], "H", end)
                self.wires.append(Wire(p, into, across, end - 14, rows[i] - 16))
            total, down = into, path("M", x, rows[i] + self.size.half_high)

    def _loss(self, outputs: list[tuple[int, Point]], top: float) -> Point:
        """Place the loss; return its right end and its bottom."""
        results = {node for node, _ in outputs}
        ends: tuple[End, ...] = tuple(
            (i, later, 0)
            for later, node in enumerate(self.graph.nodes)
            if node.part_of == "L" or later == self.graph.output
            for i in dict.fromkeys(node.inputs)
        )
        places, bends = arrange(self.graph, ends, whole=False)
        points = [*places.values(), *(p for chain in bends.values() for p in chain)]
        ys = [y for _, y in points]
        level = [y - places[i, 0][1] * self.size.loss.line for i, (_, y) in outputs]
        shift = max(
            sum(level) / len(level), top + self.size.line / 2 - min(ys) * self.size.loss.line
        )
        columns = [x for key, (x, _) in places.items() if key[0] not in results]
        left = outputs[0][1][0] + 96 - min(columns) * self.size.loss.column

        def at(point: Point) -> Point:
            return left + point[0] * self.size.loss.column, shift + point[1] * self.size.loss.line

        for (i, _), point in sorted(places.items()):
            if i not in results:
                self.spots.append(NodeSpot(i, node_kind(self.graph, i), *at(point)))
        self.wires += connect(self.graph, places, bends, ends, at, dict(outputs), self.size.loss)
        right = max(at(point)[0] for point in points)
        self.headings.append(
            ("loss", (left + min(columns) * self.size.loss.column + right) / 2, top - 16)
        )
        return right + self.size.half, max(
            at(point)[1] for point in points
        ) + self.size.line / 2 - 6
