"""A network with every ×, + and σ of its own: a block for each neuron, then the loss.

In a block the products stand one below the other, each beside its weight; what comes from the
layer before runs below the weight. The sums run down, from product to product to the bias; the
activation stands beside the last. The loss is laid out as any formula.

    i, j   unit of the layer before, and of this one        m, n   how many there are of each
"""

from functools import lru_cache
from itertools import pairwise

from backprop.drawing.expressions import End, Point, arrange, connect, node_kind
from backprop.drawing.layout import NodeSpot, Picture, Plate, Wire, curve, path
from backprop.engine.graph import Graph
from backprop.engine.network import Network

MARGIN = 10.0
TOP = 44.0
LINE = 84.0  # from product to product
HEAD = 26.0  # the label of a block
HALF, HALF_HIGH = 48.0, 28.0  # half an operation's size
WEIGHT, PRODUCT, SUM, ACTIVATION = 58.0, 174.0, 296.0, 418.0  # columns, from a block's left
BETWEEN = 22.0  # from block to block below
LOSS_COLUMN, LOSS_LINE = 128.0, 84.0
PER_ROW = 3  # blocks of a thin, deep network before it goes on in the next line


@lru_cache(maxsize=128)
def operations_picture(network: Network) -> Picture:
    """Return the picture of a network at operations detail."""
    return _Drawing(network).picture()


class _Drawing:
    """Draws one network; lives only inside `operations_picture`."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.graph: Graph = network.graph("operations")
        self.at = {node.name: i for i, node in enumerate(self.graph.nodes)}
        self.spots: list[NodeSpot] = []
        self.wires: list[Wire] = []
        self.plates: list[Plate] = []
        self.headings: list[tuple[str, float, float]] = []
        sizes = network.sizes
        self.thin = max(sizes[1:]) == 1 and network.depth > PER_ROW + 1
        self.per_row = PER_ROW if self.thin else network.depth
        heights = [n * self._block(m) for m, n in pairwise(sizes)]
        self.tall = max(*heights, sizes[0] * 84.0)

    def _block(self, m: int) -> float:
        return HEAD + LINE * (m + 1) + 8 + BETWEEN

    def picture(self) -> Picture:
        """Place everything, column by column."""
        sizes, top, widest = self.network.sizes, TOP, 0.0
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
        return Picture(width, height, spots, wires, (), tuple(self.plates), tuple(self.headings))

    def _inputs(self) -> list[tuple[int, Point]]:
        """Place the inputs; return each with the point that its wires leave from."""
        n = self.network.sizes[0]
        pitch = min(max(84.0, self.tall / n), 200.0)
        first = TOP + self.tall / 2 - pitch * (n - 1) / 2
        x = MARGIN + 42
        self.headings.append(("inputs" if n > 1 else "input", x, TOP - 16))
        ends = []
        for i in range(n):
            node, y = self.at[f"x{i + 1}"], first + pitch * i
            self.spots.append(NodeSpot(node, "input", x, y))
            ends.append((node, (x + 42, y)))
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
        y = top + HEAD + LINE * (i + 0.5) + 17
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
        data += path("H", left + PRODUCT - HALF)
        weight = self.at[f"w{layer}_{j + 1}_{i + 1}"]
        self.wires.append(Wire(node, product, data, left, y, weight))

    def _neuron(self, layer: int, j: int, m: int, left: float, top: float) -> tuple[int, Point]:
        """Place one neuron; return its result with the point that its wires leave from."""
        name = f"{layer}_{j + 1}"
        rows = [top + HEAD + LINE * (i + 0.5) for i in range(m + 1)]
        z = self.at[f"z{name}"]
        last = self.at.get(f"a{name}", z)
        right = left + (SUM if last == z else ACTIVATION)
        height = HEAD + LINE * (m + 1) + 8
        frame = (left, top, right + HALF + 12 - left, height)
        self.plates.append(Plate(f"c-{name}", "frame", (last, z), *frame))
        for i in range(m):
            w, p = self.at[f"w{name}_{i + 1}"], self.at[f"p{name}_{i + 1}"]
            self._leaf(w, p, left + WEIGHT, rows[i] - 14, left + PRODUCT - HALF, 0)
            self.spots.append(NodeSpot(p, "operation", left + PRODUCT, rows[i]))
        self._sums(name, m, left, rows)
        bias = self.at["b" + (f"{layer}_1" if self.network.shared_biases else name)]
        copy = j if self.network.shared_biases else 0
        self._leaf(bias, z, left + WEIGHT, rows[m], left + SUM - HALF, copy)
        if last != z:
            self.spots.append(NodeSpot(last, "operation", right, rows[m]))
            data = path("M", left + SUM + HALF, rows[m], "H", right - HALF)
            self.wires.append(Wire(z, last, data, right - 61, rows[m] - 16))
        return last, (right + HALF, rows[m])

    def _leaf(self, node: int, later: int, x: float, y: float, goal: float, copy: int) -> None:
        self.spots.append(NodeSpot(node, "chip leaf", x, y, copy))
        data = path("M", x + 46, y, "H", goal)
        self.wires.append(Wire(node, later, data, (x + 46 + goal) / 2, y - 16, kind="weak"))

    def _sums(self, name: str, m: int, left: float, rows: list[float]) -> None:
        """Place the sums, each below the last; the first product turns down into them."""
        x, total, y = left + SUM, self.at[f"p{name}_1"], rows[0]
        down = path("M", left + PRODUCT + HALF, y, "H", x - 12, "a", 12, 12, "0 0 1", 12, 12)
        for i in range(1, m + 1):
            into = self.at[f"s{name}_{i + 1}" if i < m else f"z{name}"]
            self.spots.append(NodeSpot(into, "operation", x, rows[i]))
            data = down + path("V", rows[i] - HALF_HIGH)
            self.wires.append(Wire(total, into, data, x + 16, rows[i] - HALF_HIGH - 12))
            if i < m:
                p, end = self.at[f"p{name}_{i + 1}"], x - HALF
                across = path("M", left + PRODUCT + HALF, rows[i], "H", end)
                self.wires.append(Wire(p, into, across, end - 14, rows[i] - 16))
            total, down = into, path("M", x, rows[i] + HALF_HIGH)

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
        level = [y - places[i, 0][1] * LOSS_LINE for i, (_, y) in outputs]
        shift = max(sum(level) / len(level), top + 42 - min(ys) * LOSS_LINE)
        columns = [x for key, (x, _) in places.items() if key[0] not in results]
        left = outputs[0][1][0] + 96 - min(columns) * LOSS_COLUMN

        def at(point: Point) -> Point:
            return left + point[0] * LOSS_COLUMN, shift + point[1] * LOSS_LINE

        for (i, _), point in sorted(places.items()):
            if i not in results:
                self.spots.append(NodeSpot(i, node_kind(self.graph, i), *at(point)))
        self.wires += connect(self.graph, places, bends, ends, at, dict(outputs))
        right = max(at(point)[0] for point in points)
        self.headings.append(("loss", (left + min(columns) * LOSS_COLUMN + right) / 2, top - 16))
        return right + HALF, max(at(point)[1] for point in points) + 36
