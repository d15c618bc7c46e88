"""What a saturated sigmoid has lost, taken from what enters it.

σ(40) is 1 − 4e-18, of which float64 keeps 1. So 1 − ŷ would be 0, its logarithm −∞, and the printed
factors ∂L/∂ŷ · σ′(z) would be ∞ · 0 where the slope is 1. The nodes and their rules stay; but

    1 − σ(z) = σ(−z)        ln σ(z) = −softplus(−z)        ln(1 − σ(z)) = −softplus(z)

so a node that takes the complement or the logarithm of a sigmoid reads z beside its inputs
(`reading`), and every printed factor is right. Beyond |z| = 709 a factor itself leaves float64. So
what flows on to z is then the sum, over all that uses σ(z), of the gradient arriving there times
one factor that was multiplied out on paper (`bypasses`):

    L = ln σ(z)       ∂L/∂σ · σ′(z)  =  1/σ(z) · σ(z)(1 − σ(z))  =  σ(−z)

In the same way v · ln w passes v/w on to w = 0, and 0 where v is 0, as 0 · ln 0 is taken to be 0.

All this is done where |z| > 6: below, at most three digits are lost, and every number stays what
the printed rules give, to the last bit.

Notation, besides that of ops.py:
    z   what enters the sigmoid       w   what enters a logarithm
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.array_ops import (
    BATCH_CROSS_ENTROPY_OF_LOGITS,
    ArrayOperation,
)
from backprop.engine.families import cross_entropy_of_logits, find_operation, slope_by_logit
from backprop.engine.graph import Graph
from backprop.engine.ops import LOG, MULTIPLY, SUBTRACT, XLOGY, Operation, calculate


class Reading(NamedTuple):
    """How a node is computed.

    Attributes:
        row: its operation; where it reads more than its inputs, with kernels in the rule's place.
        nodes: the positions of the nodes that stand for the row's inputs.
    """

    row: Operation | ArrayOperation
    nodes: tuple[int, ...]


class Factor(NamedTuple):
    """What an arriving gradient is multiplied by; over arrays the text is the product, with g.

    Attributes:
        text: as in a row.
        names: what it calls its inputs.
        nodes: the positions of the nodes that stand for them.
        out: the position of the node that stands for `out`.
    """

    text: str
    names: tuple[str, ...]
    nodes: tuple[int, ...]
    out: int = 0


class Bypass(NamedTuple):
    """What one use of a node sends to the node's own input, past the gradient at the node.

    Attributes:
        later: the node that uses it.
        factors: what the gradient there is multiplied by; none where `later` is a complement: then
            the sum of its own bypasses is sent.
    """

    later: int
    factors: tuple[Factor, ...]


SATURATED = "abs({}) > 6"  # 1 − σ(6) is 0.0025


class _Logit(NamedTuple):
    """A node whose value is σ(u), where u is z or −z."""

    z: int
    sign: str  # "" or "-"

    @property
    def u(self) -> str:
        """Return u as it stands in a text."""
        return f"({self.sign}z)"

    @property
    def minus_u(self) -> str:
        """Return −u as it stands in a text."""
        return "z" if self.sign else "(-z)"


def reading(graph: Graph, position: int) -> Reading:
    """Return how a node that is no leaf is computed."""
    special = _readings(graph).get(position)
    return special or Reading(graph.row(position), graph.nodes[position].inputs)


def loss_of_one(graph: Graph, loss: str, p: int, y: int) -> tuple[Operation, tuple[int, ...]]:
    """Return the loss of one output by itself, and the nodes that it reads.

    Args:
        graph: the function.
        loss: its name; of a batch that without “batch_”.
        p: the position of the output; for the cross-entropy of a sigmoid its logit is read, too.
        y: the position of the target.
    """
    logit = _logits(graph).get(p)
    if logit and loss == "binary_cross_entropy":
        return cross_entropy_of_logits(2, {0: logit.sign}, SATURATED), (p, y, logit.z)
    row = find_operation(loss, 2)
    assert isinstance(row, Operation), "the loss of one output is an operation on numbers"
    return row, (p, y)


def sent_back(
    graph: Graph, position: int, product: Any, gradients: Mapping[int, Any], values: Sequence[Any]
) -> Any:
    """Return what a node sends to its input: the product, or past its gradient where that is far.

    Args:
        graph: the function.
        position: the node.
        product: the gradient there times its slope.
        gradients: ∂L/∂v at each node v that uses it.
        values: the value of every node.
    """
    if not is_bypassed(graph, position):
        return product
    x = values[graph.nodes[position].inputs[0]]
    far = calculate(far_condition(graph, position).format("x"), ("x",), (x,))
    if graph.on_arrays:
        return np.where(far, _past_gradient(graph, position, gradients, values), product)
    return _past_gradient(graph, position, gradients, values) if far else product


def _past_gradient(
    graph: Graph, position: int, gradients: Mapping[int, Any], values: Sequence[Any]
) -> Any:
    """Return what flows past the gradient at a node: the sum of its bypasses."""
    total = None
    for later, factors in bypasses(graph)[position]:
        product = gradients[later] if factors else _past_gradient(graph, later, gradients, values)
        for text, names, nodes, out in factors:
            at = (values[out], *(values[i] for i in nodes))
            if graph.on_arrays:
                product = calculate(text, ("g", "out", *names), (product, *at))
            else:
                product = product * calculate(text, ("out", *names), at)
        total = product if total is None else total + product
    return total


def is_bypassed(graph: Graph, position: int) -> bool:
    """Whether what a node sends to its input may flow past its gradient.

    A complement has bypasses for the sigmoid's sake; itself it sends −g.
    """
    return position in bypasses(graph) and graph.nodes[position].operation != "subtract"


def far_condition(graph: Graph, position: int) -> str:
    """Return the condition on which it does, a format string in the node's input."""
    return "{} == 0" if graph.nodes[position].operation == "log" else SATURATED


@lru_cache(maxsize=256)
def bypasses(graph: Graph) -> Mapping[int, tuple[Bypass, ...]]:
    """Return the bypasses of each node that has some: sigmoids, complements and logarithms."""
    result: dict[int, tuple[Bypass, ...]] = {}
    if not _readings(graph):
        return result
    logits, uses = _logits(graph), graph.uses()
    reaching, varying = graph.reaching(), graph.varying()
    for position in range(graph.output - 1, -1, -1):
        is_logarithm = graph.nodes[position].operation == "log"
        if not varying[position] or not (is_logarithm or position in logits):
            continue
        reached = [use for use in uses[position] if reaching[use[0]]]
        short = [_multiplied_out(graph, position, *use) for use in reached]
        complements = [later in result and later in logits for later, _ in reached]
        if not any((*short, *complements)) or (graph.on_arrays and not all(short)):
            continue
        result[position] = tuple(
            Bypass(later, ())
            if complement
            else Bypass(later, (factor,) if factor else _factors(graph, position, later, which))
            for (later, which), factor, complement in zip(reached, short, complements, strict=True)
        )
    return result


@lru_cache(maxsize=256)
def _logits(graph: Graph) -> Mapping[int, _Logit]:
    """Return the sigmoids of a graph, and what is 1 minus one of them."""
    logits: dict[int, _Logit] = {}
    for position, (operation, inputs) in enumerate(node[1:3] for node in graph.nodes):
        if operation == "sigmoid":
            logits[position] = _Logit(inputs[0], "")
        elif operation == "subtract" and inputs[1] in logits and _is_one(graph, inputs[0]):
            z, sign = logits[inputs[1]]
            logits[position] = _Logit(z, "" if sign else "-")
    return logits


@lru_cache(maxsize=256)
def _readings(graph: Graph) -> Mapping[int, Reading]:
    """Return those nodes that read more than their inputs."""
    return dict(_find_readings(graph))


def _find_readings(graph: Graph) -> Iterator[tuple[int, Reading]]:
    if graph.is_program:
        return  # its rows are those of arrays
    logits = _logits(graph)
    for position, (operation, inputs) in enumerate(node[1:3] for node in graph.nodes):
        last = logits.get(inputs[-1]) if inputs else None
        far = SATURATED.format("z")
        if operation == "subtract" and position in logits:
            own = logits[position]
            kernel = f"where({far}, sigmoid({own.u}), x - y)"
            yield position, _reading(SUBTRACT, inputs, "z", own.z, kernel)
        elif operation == "subtract" and (z := _entering_tanh(graph, inputs)) is not None:
            kernel = "rare(y > 0.999, x - y, tanh_slope(z, tanh(z)))"
            yield position, _reading(SUBTRACT, inputs, "z", z, kernel)
        elif operation == "log" and last:
            kernel = f"where({far}, -softplus({last.minus_u}), log(x))"
            yield position, _reading(LOG, inputs, "z", last.z, kernel)
        elif operation == "xlogy" and last:
            logarithm = f"where({far}, -softplus({last.minus_u}), log(y))"
            row = replace(XLOGY, partial_kernels=(logarithm, XLOGY.partial_codes[1]))
            kernel = (
                f"where({far}, where(x == 0, 0 * x, -x * softplus({last.minus_u})), xlogy(x, y))"
            )
            yield position, _reading(row, inputs, "z", last.z, kernel)
        elif operation == "multiply" and (log := _plain_logarithm(graph, inputs, logits)):
            w, other = log
            kernel = f"where(w == 0, where({other} == 0, 0 * w, x * y), x * y)"
            yield position, _reading(MULTIPLY, inputs, "w", w, kernel)
        elif operation == "binary_cross_entropy":
            outputs = enumerate(inputs[: len(inputs) // 2])
            known = {k: logits[p] for k, p in outputs if p in logits}
            signs = {k: logit.sign for k, logit in known.items()}
            row = cross_entropy_of_logits(len(inputs), signs, SATURATED)
            if known:
                yield position, Reading(row, (*inputs, *(logit.z for logit in known.values())))
        elif operation == "batch_binary_cross_entropy" and inputs[0] in logits:
            z = logits[inputs[0]].z
            yield position, Reading(BATCH_CROSS_ENTROPY_OF_LOGITS, (*inputs, z))


def _reading(row: Operation, inputs: tuple[int, ...], name: str, also: int, code: str) -> Reading:
    """Return the reading of one node more, that the kernel calls by this name."""
    kernels = row.partial_codes
    row = replace(row, inputs=(*row.inputs, name), kernel=code, partial_kernels=kernels)
    return Reading(row, (*inputs, also))


def _is_one(graph: Graph, position: int) -> bool:
    return graph.nodes[position].number == 1


def _entering_tanh(graph: Graph, inputs: tuple[int, ...]) -> int | None:
    """Return z where the inputs are 1 and tanh(z)²."""
    operation, factors = graph.nodes[inputs[1]][1:3]
    square = operation == "power" and graph.nodes[factors[1]].number == 2
    if not _is_one(graph, inputs[0]) or not (square or operation == "multiply"):
        return None
    tanh = graph.nodes[factors[0]]
    same = square or factors[0] == factors[1] or graph.nodes[factors[1]][1:3] == tanh[1:3]
    return tanh.inputs[0] if same and tanh.operation == "tanh" else None


def _plain_logarithm(
    graph: Graph, inputs: tuple[int, ...], logits: Mapping[int, _Logit]
) -> tuple[int, str] | None:
    """Return w, and the name of the other factor, where one of two factors is ln w.

    A logarithm that reads a logit is finite: there no product is 0 · ∞.
    """
    for position, other in zip(inputs, "yx", strict=True):
        node = graph.nodes[position]
        if node.operation == "log" and node.inputs[0] not in logits:
            return node.inputs[0], other
    return None


def _multiplied_out(graph: Graph, position: int, later: int, which: int) -> Factor | None:
    """Return ∂later/∂z or ∂later/∂w in one, for uses after which the factors can be 0 and ∞."""
    operation, inputs = graph.nodes[later][1:3]
    logit, half = _logits(graph).get(position), len(inputs) // 2
    if not logit:
        if operation != "multiply" or (other := inputs[1 - which]) == position:
            return None
        w = graph.nodes[position].inputs[0]
        return Factor("where(v == 0, 0 * v, v / w)", ("v", "w"), (other, w))
    z, sign = logit
    if operation == "log":
        return Factor(f"{sign}sigmoid({logit.minus_u})", ("z",), (z,))
    if operation == "xlogy" and which == 1:
        return Factor(f"{sign}v * sigmoid({logit.minus_u})", ("v", "z"), (inputs[0], z))
    if operation == "binary_cross_entropy" and which < half:
        return Factor(slope_by_logit(half, sign), ("z", "y"), (z, inputs[which + half]))
    if operation == "batch_binary_cross_entropy" and not which:
        return Factor("error_of_logit(Z, Y, g)", ("Z", "Y"), (z, inputs[1]))
    return None


def _factors(graph: Graph, position: int, later: int, which: int) -> tuple[Factor, ...]:
    """Return the local derivatives of a use of a node, and of the node by what is below it."""
    row, nodes = reading(graph, later)
    own, below = reading(graph, position)
    assert isinstance(row, Operation), "of arrays there is one use"
    assert isinstance(own, Operation), "a sigmoid or a logarithm"
    after = Factor(row.partial_codes[which], row.inputs, nodes, later)
    logit = _logits(graph).get(position)
    if logit and own.name == "subtract":
        return after, Factor(f"{logit.sign}sigmoid(z) * sigmoid(-z)", ("z",), (logit.z,))
    return after, Factor(own.partial_codes[0], own.inputs, below, position)
