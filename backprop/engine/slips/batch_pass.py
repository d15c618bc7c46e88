"""The pass of a network over a batch, with some of its rules replaced by wrong ones.

A backward pass is a list of rules, one for each use of a node: g · ∂later/∂node. A slip writes
another text in some of their places, and everything else, the order and the sums, stays as it is.
The places are called:

    loss               from the loss to the outputs; “scores” is the one with softmax in it
    output activation  through the activation of the last layer
    hidden activation  through one before it
    activation         through both; “sigmoid”, “tanh” … through those alone
    activations        from a layer's Z to the activations that enter it
    weights, bias      from a layer's Z to its W and b;  “shared bias” where its units share one
    penalty            from a penalty to its W;  “l2_penalty” from that one alone

“hidden activation 2” is the same in layer 2 only: that of the node that receives, Z2, A2, W2 or b2.
A text is written in the letters of the operation (array_ops.py, ops.py), g and out, and in:

    RIGHT    the right text; RIGHT(x=out) is the printed one, with out in the place of its x
    F        the activation itself: F(out) is a of a
    STEP     the learning rate
    W_SLOPE  the gradient of this use's W, which is complete by then
    ENTERED  what entered the activation whose result A is
    BEHIND, BEHIND_IN  the activation of the next layer and what enters it, where that layer is as
             wide as this one or has one unit; else this one's own
    BEFORE, BEFORE_IN  the same of the layer before
    EXAMPLES how many there are
    L1, L2   the strengths of the penalties

A text is compiled once, for all networks; a pass takes over what its rules leave as it is.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import groupby
from operator import add
from typing import Any

import numpy as np

from backprop.engine import forward
from backprop.engine.array_ops import ArrayOperation
from backprop.engine.compiled.rules import ARRAYS, compiled, names_in, write
from backprop.engine.graph import Graph
from backprop.engine.network import Array, Network
from backprop.engine.ops import WORDS, Operation
from backprop.engine.saturation import reading
from backprop.engine.trace import Edge, edges

Rules = tuple[tuple[str, str], ...]  # pairs of a place and its text

AFFINE = {
    "affine": ("activations", "weights", "bias"),
    "affine_shared_bias": ("activations", "weights", "shared bias"),
}
LETTERS = (
    *("g", "out", "STEP", "W_SLOPE", "ENTERED", "EXAMPLES", "L1", "L2"),
    *("BEHIND", "BEHIND_IN", "BEFORE", "BEFORE_IN"),
)


@dataclass(frozen=True, slots=True)
class Use:
    """A use of a node, on the way back.

    Attributes:
        edge: the use.
        places: by which a rule finds it, the narrowest first.
        row: the operation that uses the node.
        nodes: the positions of what the operation takes, by its letters, and of some words.
    """

    edge: Edge
    places: tuple[str, ...]
    row: Operation | ArrayOperation
    nodes: Mapping[str, int]


class BatchPass:
    """A forward pass over a batch, from which passes go back by other rules.

    Args:
        network: any.
        at: W1, b1, …, X and Y, as `Network.batch` returns them.
    """

    def __init__(self, network: Network, at: Mapping[str, Any]) -> None:
        self.graph = network.graph("layers")
        self.values = forward.values(self.graph, at)
        self.places = {name: self.graph.position(name) for name in self.graph.parameters}
        self.numbers = {"L1": network.l1, "L2": network.l2, "EXAMPLES": float(len(at["X"]))}
        self._sent: dict[Edge, Any] = {}  # along each use, by the right rules, once they were asked
        self._right: list[Any] = []  # the gradient of each node by them

    def gradient(self, rules: Rules = (), learning_rate: float = 0.0) -> dict[str, Array]:
        """Return the gradient that a pass back gives with these rules in place of its own.

        Args:
            rules: for a place, its text; the other places keep theirs. No pair: the right gradient,
                whose parts later passes take over: an array that they leave as it is, is the same.
            learning_rate: what STEP is.
        """
        slopes = self._slopes(rules, learning_rate)
        return {name: slopes[k] for name, k in self.places.items()}

    def node_gradients(self, rules: Rules = (), learning_rate: float = 0.0) -> dict[str, Any]:
        """Return the same for the nodes between, too: Z1 and A1 beside W1 and b1."""
        slopes = self._slopes(rules, learning_rate)
        return {self.graph.nodes[k].name: slopes[k] for k, _ in find_uses(self.graph)}

    def _slopes(self, rules: Rules, learning_rate: float) -> list[Any]:
        """Return the gradient of each node that a gradient reaches, by its position."""
        self.numbers["STEP"] = learning_rate
        texts, sent = _texts(self.graph, rules), dict(self._sent)
        slopes: list[Any] = list(self._right) or [0.0] * self.graph.output + [1.0]
        changed = [not sent] * len(self.graph)
        with np.errstate(all="ignore"):
            for node, uses in find_uses(self.graph):
                new = [use for use in uses if changed[use.edge.later] or use.edge in texts]
                changed[node] = bool(new)
                if new:
                    sent |= {use.edge: self._product(use, texts, slopes) for use in new}
                    slopes[node] = reduce(add, (sent[use.edge] for use in uses))
        if not rules:
            self._sent, self._right = sent, slopes
        return slopes

    def _product(self, use: Use, texts: Mapping[Edge, str], slopes: list[Any]) -> Any:
        """Return what one use sends back, by its text or by the right one."""
        rule, names = _rule(texts.get(use.edge, "RIGHT"), use.row, use.edge.which)
        return rule(*(self._word(name, use, slopes) for name in names))

    def _word(self, name: str, use: Use, slopes: list[Any]) -> Any:
        """Return what a name in a text stands for."""
        if name in self.numbers:
            return self.numbers[name]
        if name == "g":
            return slopes[use.edge.later]
        if name == "W_SLOPE":
            return slopes[use.nodes["W"]]
        array, out = self.values[use.nodes[name]], self.values[use.edge.later]
        if name.startswith("BE") and array.shape not in (out.shape, (len(out), 1)):
            return self.values[use.nodes["x" if name.endswith("IN") else "out"]]
        return array


def gradient_by(
    rules: Rules, network: Network, at: Mapping[str, Any], learning_rate: float
) -> dict[str, Array]:
    """Return the gradient that a pass over a batch gives with these rules in place of its own."""
    return BatchPass(network, at).gradient(rules, learning_rate)


def find_place(graph: Graph, edge: Edge) -> str:
    """Return which of the places in the module's head a use is; “sum” is that of an objective."""
    later = graph.nodes[edge.later]
    if later.operation in AFFINE:
        return AFFINE[later.operation][edge.which]
    if later.operation.startswith("batch_"):
        return "scores" if later.operation == "batch_cross_entropy" else "loss"
    if later.operation.endswith("_penalty"):
        return "penalty"
    if later.operation == "sum":
        return "sum"
    loss = graph.nodes[graph.position("L")]
    return "output activation" if edge.later == loss.inputs[0] else "hidden activation"


@lru_cache(maxsize=64)
def find_uses(graph: Graph) -> tuple[tuple[int, tuple[Use, ...]], ...]:
    """Return each node that a gradient reaches with its uses, in the order of the way back."""
    uses_back = (
        Use(edge, _places(graph, edge), reading(graph, edge.later).row, _nodes(graph, edge))
        for edge in edges(graph)
    )
    return tuple(
        (node, tuple(uses)) for node, uses in groupby(uses_back, lambda use: use.edge.node)
    )


@lru_cache(maxsize=1024)
def _texts(graph: Graph, rules: Rules) -> Mapping[Edge, str]:
    """Return the uses that have another text by these rules."""
    instead, texts = dict(rules), {}
    for _, uses in find_uses(graph):
        for use in uses:
            text = next((instead[place] for place in use.places if place in instead), "RIGHT")
            if text != "RIGHT":
                texts[use.edge] = text
    return texts


def _places(graph: Graph, edge: Edge) -> tuple[str, ...]:
    place, operation = find_place(graph, edge), graph.nodes[edge.later].operation
    wider = {"scores": "loss", "hidden activation": "activation", "output activation": "activation"}
    names = dict.fromkeys((place, operation, wider.get(place, place)))
    layer = graph.nodes[edge.node].name[1:]
    return (*(f"{name} {layer}" for name in names), *names)


def _nodes(graph: Graph, edge: Edge) -> Mapping[str, int]:
    (row, nodes), inputs = reading(graph, edge.later), graph.nodes[edge.later].inputs
    positions = {"out": edge.later} | dict(zip(row.inputs, nodes, strict=True))
    positions["ENTERED"] = _entered(graph, inputs[0])
    if isinstance(row, Operation):
        behind = next((later for later, _ in graph.uses()[edge.later]), edge.later)
        positions["BEHIND_IN"] = behind if graph.nodes[behind].operation in AFFINE else edge.later
        activated = (later for later, _ in graph.uses()[positions["BEHIND_IN"]])
        after = next(activated, edge.later)
        bent = isinstance(graph.row(after), Operation)
        positions["BEHIND"] = after if bent else positions["BEHIND_IN"]
        positions["BEFORE"] = graph.nodes[edge.node].inputs[0]
        positions["BEFORE_IN"] = _entered(graph, positions["BEFORE"])
        positions["x"] = edge.node
    return positions


def _entered(graph: Graph, position: int) -> int:
    """Return what entered the activation that a node is the result of; the node if of none."""
    node = graph.nodes[position]
    return node.inputs[0] if node.operation and node.operation not in AFFINE else position


@lru_cache(maxsize=4096)
def _rule(
    text: str, row: Operation | ArrayOperation, which: int
) -> tuple[Callable[..., Any], tuple[str, ...]]:
    """Return a text as a function of the names that stand in it, and these names."""
    if isinstance(row, ArrayOperation):
        right = printed = row.product_codes[which]
    else:
        right, printed = (f"g * ({each[which]})" for each in (row.partial_codes, row.partials))
    written = _Right(right, printed).visit(ast.parse(text, mode="eval").body)
    named = write(ast.unparse(written), {"F": row.name}, ARRAYS, WORDS)
    code = write(named, {}, ARRAYS, WORDS)
    names = tuple(sorted(names_in(code) & {*LETTERS, *row.inputs}))
    return compiled("slip", ", ".join(names), [f"return {code}"], ARRAYS), names


class _Right(ast.NodeTransformer):
    """Writes the right text where RIGHT stands; the printed one, with the names that it says."""

    def __init__(self, right: str, printed: str) -> None:
        self.right, self.printed = right, printed

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.parse(self.right, mode="eval").body if node.id == "RIGHT" else node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id == "RIGHT":
            names = {each.arg: ast.unparse(each.value) for each in node.keywords if each.arg}
            return ast.parse(write(self.printed, names, ARRAYS, WORDS), mode="eval").body
        return self.generic_visit(node)
