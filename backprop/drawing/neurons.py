"""The classic picture of a network: inputs, a column of capsules for each layer, the loss.

A neuron is a capsule z | curve | a. Its weights stand before it, one below the other, each on its
wire; its bias stands below it. Where a gap holds too many weights for that, a weight stands in
the middle of its wire and shows itself only while something happens there.

    i, j   unit of the layer before, and of this one        m, n   how many there are of each
"""

from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from backprop.drawing.curve import icon
from backprop.drawing.layout import (
    ClassRow,
    Icon,
    NodeSpot,
    Picture,
    Plate,
    Wire,
    along,
    curve,
    halfway,
    path,
)
from backprop.engine.graph import Graph
from backprop.engine.network import Network
from backprop.engine.ops import OPS

MARGIN = 10.0


class _Measures(NamedTuple):
    """How large the parts are, and how far apart."""

    top: float  # room for the headings
    input: float  # widths
    capsule: float
    score: float
    chip: float  # of a weight
    half_capsule: float  # half its height
    half_chip: float
    part: float  # from the middle of a capsule to that of z, and of a
    before: float  # from a layer to the weights of the next, at least,
    apart: float  # and more for each weight
    stub: float  # of the wire from a weight to its neuron
    slot: float  # the height that a weight needs when its gradient is shown
    ports: float  # over which the wires into a neuron arrive
    pitch: float  # from neuron to neuron, with the bias between;
    crowded_pitch: float  # where no weights stand before them
    bias: float  # from a neuron down to its bias,
    aside: float  # and from the middle of a capsule to it
    inputs: float  # from input to input
    target_width: float
    target: float  # from target to target, where they stand at the right
    chance: float  # from class to class in the loss
    half_loss: float  # half its height, without classes
    loss_gap: float
    badge: float  # from a wire to its badge
    shape: float  # its height is stretched to so much of its width
    lines: float  # between the lines of a wrapped network
    reach: float  # wires go on so far to weights whose names are short
    single: float  # from one neuron alone to the weight of the next
    per_row: int  # neurons of a thin, deep network before it goes on in the next line


MEASURES = _Measures(
    top=46, input=84, capsule=186, score=116, chip=92, half_capsule=54, half_chip=13, part=50.5,
    before=52, apart=8, stub=24, slot=46, ports=64, pitch=176, crowded_pitch=158, bias=80,
    aside=50.5, inputs=92, target_width=92, target=42, chance=24, half_loss=50, loss_gap=84,
    badge=16, shape=0, lines=46, reach=0, single=4, per_row=4,
)  # fmt: skip
LARGE = _Measures(
    top=54, input=112, capsule=244, score=132, chip=160, half_capsule=72, half_chip=20, part=69,
    before=22, apart=6, stub=20, slot=80, ports=84, pitch=242, crowded_pitch=234, bias=122,
    aside=40, inputs=112, target_width=132, target=58, chance=36, half_loss=68, loss_gap=46,
    badge=24, shape=0.6, lines=108, reach=8, single=22, per_row=2,
)  # fmt: skip
CROWD = 12  # more weights than this between two layers hide until they are needed
MOST_SLOTS = 5


class _Column(NamedTuple):
    """A layer of units, placed: where their wires leave and arrive, from top to bottom."""

    nodes: tuple[int, ...]
    x: float
    ys: tuple[float, ...]
    right: float


@lru_cache(maxsize=128)
def neurons_picture(network: Network, *, large: bool = False, long_names: bool = True) -> Picture:
    """Return the picture of a network at neurons detail.

    Args:
        network: the network.
        large: draw it for a class.
        long_names: in a large one, leave room for names with something above and below.
    """
    size = LARGE if large else MEASURES
    return _Drawing(network, large, size._replace(reach=0) if long_names else size).picture()


class _Drawing:
    """Draws one network; lives only inside `neurons_picture`."""

    def __init__(self, network: Network, large: bool, size: _Measures) -> None:
        self.network = network
        self.large, self.size = large, size
        self.thin = max(network.sizes[1:]) == 1 and network.depth > self.size.per_row + 1
        self.per_row = self.size.per_row if self.thin else network.depth
        self.graph: Graph = network.graph("neurons")
        self.at = {node.name: i for i, node in enumerate(self.graph.nodes)}
        self.spots: list[NodeSpot] = []
        self.wires: list[Wire] = []
        self.icons: list[Icon] = []
        self.plates: list[Plate] = []
        self.headings: list[tuple[str, float, float]] = []
        self.rows: list[ClassRow] = []
        sizes = network.sizes
        self.pitches = [0.0] + [self._pitch(layer) for layer in range(1, network.depth + 1)]
        self.tall = max(n * p for n, p in zip(sizes[1:], self.pitches[1:], strict=True))
        least = 0.0 if self.thin else self.size.shape * self._width() - self.size.top
        self.tall = max(self.tall, sizes[0] * self.size.inputs, self._loss_height() + 20, least)
        self.line = self.tall + self.size.lines  # from one line of a wrapped network to the next

    def picture(self) -> Picture:
        """Place everything, column by column."""
        depth = self.network.depth
        left, lines, widest = MARGIN, 0, 0.0
        column = self._inputs()
        left = column.right
        for layer in range(1, depth + 1):
            wrapped = layer > 1 and (layer - 1) % self.per_row == 0
            if wrapped:
                widest, left, lines = max(widest, left), MARGIN + 4, lines + 1
            column = self._layer(layer, column, left, self.size.top + lines * self.line, wrapped)
            left = column.right
        right = self._loss(column, self.size.top + lines * self.line)
        lowest = max(spot.y for spot in self.spots) + self.size.slot / 2 + 1  # with a gradient
        height = max(self.size.top + lines * self.line + self.tall, lowest)
        return Picture(
            max(widest, right) + MARGIN,
            height,
            tuple(self.spots),
            tuple(self.wires),
            tuple(self.icons),
            tuple(self.plates),
            tuple(self.headings),
            tuple(self.rows),
            self.large,
        )

    def _width(self) -> float:
        """Return about how wide the picture is."""
        size, sizes = self.size, self.network.sizes
        gaps = sum(
            size.before + size.apart * min(m * n, 9) + size.chip + size.stub + size.capsule
            for m, n in pairwise(sizes)
        )
        return 2 * MARGIN + size.input + gaps + size.loss_gap + size.score

    def crowded(self, layer: int) -> bool:
        """Whether the weights into a layer hide."""
        m, n = self.network.sizes[layer - 1 : layer + 1]
        return m > MOST_SLOTS or m * n > CROWD

    def _pitch(self, layer: int) -> float:
        if self.crowded(layer):
            return self.size.crowded_pitch
        return max(self.size.pitch, self.network.sizes[layer - 1] * self.size.slot + 18)

    def _loss_height(self) -> float:
        k = self.network.sizes[-1]
        box = 2 * self.size.half_loss
        box += self.size.chance * k if self.network.activations[-1] == "softmax" else 0
        return max(box + (72 * 2 if k < 3 and not self.thin else 0), k * self.size.target)

    def _ys(self, n: int, pitch: float, top: float) -> tuple[float, ...]:
        """Return the middles of n things, spread over the height of a line."""
        pitch = max(pitch, min(self.tall / n, pitch * (1.5 if self.large else 1.3)))
        first = top + self.tall / 2 - pitch * (n - 1) / 2
        return tuple(first + pitch * i for i in range(n))

    def _inputs(self) -> _Column:
        n = self.network.sizes[0]
        nodes = tuple(self.at[f"x{i}"] for i in range(1, n + 1))
        x = MARGIN + self.size.input / 2
        ys = self._ys(n, self.size.inputs, self.size.top - 8)
        if n == self.network.sizes[1]:
            ys = self._ys(n, self.pitches[1], self.size.top - 14)
        self.spots += [NodeSpot(node, "input", x, y) for node, y in zip(nodes, ys, strict=True)]
        self.headings.append(("inputs" if n > 1 else "input", x, self.size.top - 32))
        return _Column(nodes, x, ys, MARGIN + self.size.input)

    def _layer(
        self, layer: int, before: _Column, left: float, top: float, wrapped: bool
    ) -> _Column:
        m, n = self.network.sizes[layer - 1 : layer + 1]
        activation = self.network.activations[layer - 1]
        single = activation in ("linear", "softmax")
        width = self.size.score if single else self.size.capsule
        if self.crowded(layer):
            left += 150 + 5.0 * max(m, n)
        else:
            wires = (
                self.size.single
                if m == n == 1
                else self.size.before + self.size.apart * min(m * n, 9)
            )
            left += wires + self.size.chip + self.size.stub
        x = left + width / 2
        ys = self._ys(n, self.pitches[layer], top - 14)
        names = [f"{layer}_{j}" for j in range(1, n + 1)]
        for name, y in zip(names, ys, strict=True):
            self._neuron(name, x, y, width, single, activation)
        self._biases(layer, x - (0 if single else self.size.aside), ys)
        for j, y in enumerate(ys):
            for i in range(m):
                self._weight(layer, before, i, j, left, y, wrapped)
        last = layer == self.network.depth
        which = f" {layer}" if self.network.depth > 2 else ""
        self.headings.append(("output layer" if last else f"hidden layer{which}", x, top - 32))
        letter = "z" if single else "a"
        return _Column(tuple(self.at[letter + name] for name in names), x, ys, left + width)

    def _neuron(
        self, name: str, x: float, y: float, width: float, single: bool, activation: str
    ) -> None:
        z = self.at[f"z{name}"]
        box = (x - width / 2, y - self.size.half_capsule, width, 2 * self.size.half_capsule)
        if single:
            self.plates.append(Plate(f"c-{name}", "capsule", (z,), *box))
            self.spots.append(NodeSpot(z, "score", x, y))
            return
        a = self.at[f"a{name}"]
        self.plates.append(Plate(f"c-{name}", "capsule", (z, a), *box))
        part = self.size.part
        self.spots += [NodeSpot(z, "sum", x - part, y), NodeSpot(a, "activation", x + part, y)]
        self.icons.append(Icon(z, a, x, y - 14, icon(OPS[activation])))

    def _biases(self, layer: int, x: float, ys: tuple[float, ...]) -> None:
        if not self.network.shared_biases:
            for j, y in enumerate(ys, 1):
                self._bias(f"b{layer}_{j}", x, y + self.size.bias)
                self._bias_wire(f"b{layer}_{j}", f"z{layer}_{j}", x, y + self.size.bias, y)
            return
        k = (len(ys) - 1) // 2  # the neuron below which the one bias of the layer stands
        y = ys[0] + self.size.bias if len(ys) == 1 else (ys[k] + ys[k + 1]) / 2
        self._bias(f"b{layer}_1", x, y)
        for j, end in enumerate(ys, 1):
            self._bias_wire(f"b{layer}_1", f"z{layer}_{j}", x, y, end)

    def _bias(self, name: str, x: float, y: float) -> None:
        self.spots.append(NodeSpot(self.at[name], "chip bias", x, y))

    def _bias_wire(self, bias: str, z: str, x: float, start: float, end: float) -> None:
        side = 1 if end < start else -1  # above the bias, or below it
        goal = end + side * self.size.half_capsule
        data = path("M", x, start - side * self.size.half_chip, "V", goal)
        middle = goal + side * 11
        self.wires.append(
            Wire(self.at[bias], self.at[z], data, x - self.size.badge, middle, kind="weak")
        )

    def _weight(
        self, layer: int, before: _Column, i: int, j: int, left: float, y: float, wrapped: bool
    ) -> None:
        m, n = self.network.sizes[layer - 1 : layer + 1]
        w = self.at[f"w{layer}_{j + 1}_{i + 1}"]
        a, z = before.nodes[i], self.at[f"z{layer}_{j + 1}"]
        x1 = before.right
        y1 = before.ys[i] + (j - (n - 1) / 2) * min(14, 56 / n)
        port = y + (i - (m - 1) / 2) * min(self.size.slot, self.size.ports / max(m - 1, 1))
        if self.crowded(layer):
            ends = (x1, y1, left, port)
            data = path("M", x1, y1) + curve(*ends)
            self.spots.append(NodeSpot(w, "chip hides", *along(*ends, 0.5)))
            self.wires.append(Wire(a, z, data, *along(*ends, 0.76), w, "crowd", hit=data))
            self.wires.append(Wire(w, z, halfway(*ends), *along(*ends, 0.9), kind="stub"))
            return
        slot = y + (i - (m - 1) / 2) * self.size.slot
        chip = left - self.size.stub - self.size.chip / 2
        right = chip + self.size.chip / 2
        into = curve(right, slot, left, port)
        start, goal = path("M", x1, y1), chip - self.size.chip / 2 + self.size.reach
        past = path("M", right, slot) if self.large else path("H", right)
        if wrapped:
            lane = y - self.line / 2 + 12
            data = start + path(
                "h", 4, "a", 12, 12, "0 0 1", 12, 12, "V", lane - 12, "a", 12, 12,
                "0 0 1", -12, 12,
                "H", goal - 2, "a", 12, 12, "0 0 0", -12, 12, "V", slot - 12,
                "a", 12, 12, "0 0 0", 12, 12,
            ) + past  # fmt: skip
            hit = ""  # it leads round other neurons
        else:
            hit = start + curve(x1, y1, goal, slot)
            data = hit + past
        self.spots.append(NodeSpot(w, "chip", chip, slot))
        self.wires.append(Wire(a, z, data + into, (x1 + goal) / 2, (y1 + slot) / 2, w, hit=hit))
        stub = path("M", right, slot) + into
        above = (slot + port) / 2 - self.size.badge
        self.wires.append(Wire(w, z, stub, left - self.size.stub / 2, above, kind="stub"))

    def _loss(self, outputs: _Column, top: float) -> float:
        """Place the loss, its targets and, for softmax, the probabilities; return its right end."""
        k, node = len(outputs.nodes), self.graph.output
        softmax = self.network.activations[-1] == "softmax"
        extra = self.size.chance * k if softmax else 0.0
        left, middle = outputs.right + self.size.loss_gap, top - 14 + self.tall / 2
        width = self.size.score
        x, half = left + width / 2, self.size.half_loss + extra / 2
        self.plates.append(Plate("c-loss", "loss", (node,), left, middle - half, width, 2 * half))
        self.spots.append(NodeSpot(node, "loss", x, middle + extra / 2))
        self.headings.append(("loss", x, top - 32))
        if softmax:
            first = middle - half + 0.8 * self.size.chance
            self.rows += [
                ClassRow(z, j, x, first + self.size.chance * j) for j, z in enumerate(outputs.nodes)
            ]
        for j, (output, y) in enumerate(zip(outputs.nodes, outputs.ys, strict=True)):
            port = middle + (j - (k - 1) / 2) * min(32, (2 * half - 44) / max(k - 1, 1))
            data = path("M", outputs.right, y) + curve(outputs.right, y, left, port)
            self.wires.append(Wire(output, node, data, (outputs.right + left) / 2, (y + port) / 2))
        if k > 2 or self.thin:
            return self._targets_right(k, x, middle, half)
        beyond = self.size.half_chip + 4  # half a target's height
        for j in range(k):
            side = -1 if j == 0 else 1
            y = middle + side * (half + 39 + beyond)
            target = self.at[f"y{j + 1}"]
            self.spots.append(NodeSpot(target, "target", x, y))
            data = path("M", x, y - side * beyond, "V", middle + side * half)
            self.wires.append(
                Wire(target, node, data, x + self.size.badge, y - side * (19 + beyond), kind="weak")
            )
        return left + width

    def _targets_right(self, k: int, x: float, middle: float, half: float) -> float:
        right, target = x + self.size.score / 2, self.size.target_width
        pitch = self.size.target
        for j in range(k):
            y = middle + (j - (k - 1) / 2) * pitch
            port = middle + (j - (k - 1) / 2) * min(pitch, (2 * half - 44) / max(k - 1, 1))
            node = self.at[f"y{j + 1}"]
            self.spots.append(NodeSpot(node, "target", right + 46 + target / 2, y))
            data = path("M", right + 46, y) + curve(right + 46, y, right, port)
            self.wires.append(Wire(node, self.graph.output, data, right + 23, y - 16, kind="weak"))
        return right + 46 + target
