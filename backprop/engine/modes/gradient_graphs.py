"""The gradient as a graph: the pass back, written as more nodes of the same kind.

    Z = X @ W.T        dW = dZ.T @ X          one node for each word of each product

Products are texts in the language of their graph, so a pass back is a graph as the pass forward is
one; the tangents of its nodes are second derivatives. Its leaves are those of the function, and the
weight that arrives at the output, 1 for a loss.

Notation: dv is the gradient ∂L/∂v of a node, in the order of engine/backward.py.
"""

import ast
import math
from collections.abc import Mapping
from functools import lru_cache, partial, reduce
from typing import NamedTuple

from backprop.engine.arrays.builder import Builder as ArrayBuilder
from backprop.engine.arrays.rows import ArrayRow
from backprop.engine.arrays.trees import called
from backprop.engine.graph import Builder, Graph, Node
from backprop.engine.ops import OPS, Operation
from backprop.engine.saturation import bypasses, far_condition, is_bypassed, reading
from backprop.engine.trace import Edge, edges

WEIGHT = "·weight"  # names that nobody can type
PART = "·d"


class GradientGraph(NamedTuple):
    """A function and its gradient as one graph.

    Attributes:
        graph: all nodes of the function, then those of the pass back.
        gradients: for each parameter where its gradient stands; None where it is 0.
        value: where the function's value stands.
        nodes: for each node where its gradient stands, as far as it has one.
    """

    graph: Graph
    gradients: Mapping[str, int | None]
    value: int
    nodes: Mapping[int, int]


@lru_cache(maxsize=64)
def gradient_graph(graph: Graph) -> GradientGraph:
    """Return the gradient of a function of numbers, or of a program, as a graph.

    What a choice does not take adds 0, and what a saturated sigmoid has lost is taken from what
    enters it, as in the pass itself.
    """
    return _of_program(graph) if graph.is_program else _OfNumbers(graph).result()


SAFE = {  # 0 · ∞ where the base is 0: the limit instead; elsewhere a slope by each of them
    "power": (
        "where((x == 0) * (y == 0), 0 * x, y * x ** (y - 1))",
        "where(x == 0, 0 * y, out * log(where(x == 0, 1, x)))",
    )
}


def _of_program(graph: Graph) -> GradientGraph:
    builder = ArrayBuilder(limited=False, nodes=[*graph.nodes], line=PART)
    builder.indices |= _indices(graph)
    shape = graph.nodes[graph.output].shape
    d = {graph.output: builder.add(Node(WEIGHT, given=True, shape=shape))}
    for edge in edges(graph):
        node, row = graph.nodes[edge.later], graph.row(edge.later)
        assert isinstance(row, ArrayRow), "a program's rows are those of arrays"
        scope = dict(zip(row.inputs, node.inputs, strict=True))
        scope |= {"out": edge.later, "g": d[edge.later]}
        tree = ast.parse(_product(node.operation, row, edge), mode="eval").body
        sent = builder.position(builder.build(tree, scope), tree)
        if edge.node in d:
            sent = builder.node("add", (d[edge.node], sent), (), tree)
        d[edge.node] = sent
    gradients = {name: d.get(position) for name, position in _parameters(graph)}
    return GradientGraph(Graph(tuple(builder.nodes)), gradients, graph.output, d)


def _parameters(graph: Graph) -> list[tuple[str, int]]:
    leaves = ((node.name, i) for i, node in enumerate(graph.nodes) if node.is_variable)
    return [(name, i) for name, i in leaves if not graph.nodes[i].given]


def _product(operation: str, row: ArrayRow, edge: Edge) -> str:
    text = row.products[edge.which]
    if operation not in SAFE:
        return text
    return text.replace(row.partials[edge.which], SAFE[operation][edge.which])


def _indices(graph: Graph) -> set[int]:
    """Return the nodes that hold whole numbers."""
    found: set[int] = set()
    for node in graph.nodes:
        first = {"index": 1, "placed": 2}.get(node.operation, len(node.inputs))
        found |= {*node.inputs[first:]}
        if node.operation == "cross_entropy":
            scores, y = node.inputs
            if graph.nodes[scores].shape != graph.nodes[y].shape:
                found.add(y)
    return found


class _OfNumbers:
    """Collects the gradient graph of a function of numbers."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.builder = Builder(share=True, kept={node.name for node in graph.nodes})
        self.places: dict[int, int] = {}

    def result(self) -> GradientGraph:
        """Return the graph: the function's nodes, then for each use what it sends back."""
        for position, node in enumerate(self.graph.nodes):
            self.places[position] = self.copied(position, node)
        weight = self.builder.leaf(WEIGHT, given=True)
        self.d = {self.graph.output: weight}
        self.taken: dict[int, int | None] = {self.graph.output: None}
        for edge in edges(self.graph):
            sent, taken = self.sent(edge)
            if edge.node in self.d:
                sent = self.builder.node("add", (self.d[edge.node], sent))
                before = self.taken[edge.node]
                taken = None if None in (before, taken) else self.node("max", before, taken)
            self.d[edge.node], self.taken[edge.node] = sent, taken
        gradients = {name: self.d.get(position) for name, position in _parameters(self.graph)}
        value = self.places[self.graph.output]
        return GradientGraph(self.builder.graph(), gradients, value, self.d)

    def node(self, operation: str, *inputs: int | None) -> int:
        """Return the position of a new result."""
        assert None not in inputs, "what is always taken is not asked for"
        return self.builder.node(operation, (i for i in inputs if i is not None))

    def copied(self, position: int, node: Node) -> int:
        """Add a node of the function: by its own operation, or by what a saturated one reads."""
        if node.is_variable:
            return self.builder.leaf(node.name, given=node.given)
        if node.number is not None:
            return self.builder.constant(node.number)
        row, nodes = reading(self.graph, position)
        if len(nodes) > len(node.inputs) and _is_known(row.code):
            return self.text(row.code, row.inputs, nodes, position)
        inputs = (self.places[i] for i in node.inputs)
        return self.builder.node(node.operation, inputs, node.name)

    def sent(self, edge: Edge) -> tuple[int, int | None]:
        """Return what one use sends back, and the condition on which it does; None for always."""
        row, nodes = reading(self.graph, edge.later)
        assert isinstance(row, Operation), "layers are read as a program first"
        slope = SAFE.get(row.name, row.partial_codes)[edge.which]
        if not _is_known(slope):
            slope = row.partials[edge.which]
        sent = self.times(self.d[edge.later], slope, row.inputs, nodes, edge.later)
        if is_bypassed(self.graph, edge.later):
            x = self.graph.nodes[edge.later].inputs[0]
            far = self.text(far_condition(self.graph, edge.later).format("x"), ("x",), (x,), x)
            sent = self.node("where", far, self.past(edge.later), sent)
        taken, flow = self.taken[edge.later], row.flow(edge.which)
        if flow not in ("True", "False"):
            here = self.text(flow, row.inputs, nodes, edge.later)
            taken = here if taken is None else self.node("multiply", taken, here)
        if flow == "False":
            return self.builder.constant(0.0), self.builder.constant(0.0)
        if taken is not None:
            sent = self.node("where", taken, sent, self.builder.constant(0.0))
        return sent, taken

    def past(self, position: int) -> int:
        """Return what a node sends to its input past its own gradient: the sum of its bypasses."""
        total: int | None = None
        for later, factors in bypasses(self.graph)[position]:
            sent = self.d[later] if factors else self.past(later)
            for text, letters, nodes, out in factors:
                sent = self.times(sent, text, letters, nodes, out)
            total = sent if total is None else self.node("add", total, sent)
        assert total is not None, "a bypass has a use"
        return total

    def times(
        self, d: int, text: str, letters: tuple[str, ...], nodes: tuple[int, ...], out: int
    ) -> int:
        """Return what arrives, times a slope."""
        if text == "1":
            return d
        return self.node("multiply", d, self.text(text, letters, nodes, out))

    def text(self, text: str, letters: tuple[str, ...], nodes: tuple[int, ...], out: int) -> int:
        """Add the nodes of a rule's text."""
        scope = {letter: self.places[i] for letter, i in zip(letters, nodes, strict=True)}
        if out in self.places:  # else it is the text of the node itself
            scope["out"] = self.places[out]
        return self.build(ast.parse(text, mode="eval").body, scope)

    def build(self, tree: ast.expr, scope: Mapping[str, int]) -> int:
        """Add the nodes of an expression in a rule's letters."""
        match tree:
            case ast.Name(id=name):
                return self.builder.constant(math.pi) if name == "pi" else scope[name]
            case ast.Constant(value=number):
                assert isinstance(number, int | float), "a rule holds numbers"
                return self.builder.constant(float(number))
            case ast.UnaryOp(operand=operand):
                return self.node("negate", self.build(operand, scope))
            case ast.BinOp(left=left, op=op, right=right):
                return self.node(
                    BETWEEN[type(op)], self.build(left, scope), self.build(right, scope)
                )
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self.node(
                    BETWEEN[type(op)], self.build(left, scope), self.build(right, scope)
                )
        assert isinstance(tree, ast.Call), f"a rule may not hold {ast.unparse(tree)}"
        word, inputs = called(tree), [self.build(each, scope) for each in tree.args]
        if word in REPEATED:
            return reduce(partial(self.node, REPEATED[word]), inputs)
        return self.node(word, *inputs)


REPEATED = {"largest": "max", "max": "max", "min": "min"}  # of any number of numbers
BETWEEN: Mapping[type[ast.AST], str] = {
    **{ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"},
    **{ast.Pow: "power", ast.Lt: "less", ast.LtE: "less_equal", ast.Gt: "greater"},
    **{ast.GtE: "greater_equal", ast.Eq: "equal", ast.NotEq: "not_equal"},
}


@lru_cache(maxsize=512)
def _is_known(text: str) -> bool:
    """Whether a text calls only what can be a node."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    words = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
    return words <= {*OPS, *REPEATED}
