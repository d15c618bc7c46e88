"""Closed forms: the derivative of a graph as a graph again, in the variables alone.

Each operation's row states its partial derivatives as text; along the graph they are multiplied
and added by the chain rule, in letters instead of numbers, and SymPy tidies the result:

    ∂v/∂x  =  Σ over inputs k of v   (the row's partial by k, written out in x) · ∂k/∂x

SymPy is given graphs, never text, and is imported on first use. A call of it cannot be interrupted,
so what would take long is refused beforehand: see `cost`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from backprop.engine.compiled.rules import names_in
from backprop.engine.compose import part
from backprop.engine.errors import LimitError
from backprop.engine.graph import Builder, Graph
from backprop.engine.ops import ArrayOperation, Operation

MOST_WORK = 700  # nodes that are handed to SymPy for one derivative
MOST_DEEP = 60  # operations inside each other: SymPy calls itself for each
MOST_NODES = 150  # of a closed form that is shown
HUGE = 10**12


@dataclass(frozen=True, slots=True)
class Cost:
    """What a closed form would cost to compute, estimated by counting.

    Attributes:
        nodes: of the function, written out as a tree.
        work: of the derivative, before anything cancels.
        depth: how many operations stand inside each other.
    """

    nodes: int
    work: int
    depth: int


def cost(graph: Graph, name: str) -> Cost:
    """Return what the closed form of a derivative would take; counts beyond 10¹² stay there."""
    nodes, works, depths = [0] * len(graph), [0] * len(graph), [0] * len(graph)
    for position, node in enumerate(graph.nodes):
        if node.is_leaf:
            nodes[position], works[position] = 1, int(node.name == name)
            continue
        row = _row(graph, position)
        nodes[position] = min(HUGE, 1 + sum(nodes[i] for i in node.inputs))
        kinds = [_kind(graph.nodes[i].operation) for i in node.inputs]
        deeper = [kind == "" or kind != _kind(node.operation) for kind in kinds]
        depths[position] = max(map(int.__add__, deeper, (depths[i] for i in node.inputs)))
        sizes = dict(zip(row.inputs, (nodes[i] for i in node.inputs), strict=True))
        sizes["out"] = nodes[position]
        for text, i in zip(row.partials, node.inputs, strict=True):
            if works[i]:
                local = sum(sizes.get(used, 1) for used in names_in(text))
                works[position] = min(HUGE, works[position] + works[i] + local + 1)
    return Cost(nodes[-1], works[-1], depths[-1])


def affordable(graph: Graph, names: Sequence[str], work: int = MOST_WORK) -> frozenset[str]:
    """Return those variables, from the first on, whose closed forms together take no more work."""
    within, spent = [], 0
    for name in names:
        spent += cost(graph, name).work
        if spent <= work:
            within.append(name)
    return frozenset(within)


def _kind(operation: str) -> str:
    """Return what a chain of an operation becomes one of; empty where it stays a chain."""
    return {"add": "sum", "subtract": "sum", "multiply": "product"}.get(operation, "")


@lru_cache(maxsize=1024)
def derivative(graph: Graph, name: str) -> Graph:
    """Return ∂graph/∂name in closed form, a function of those variables that are left in it.

    Raises:
        LimitError: it would be too long, or its numbers too large, to be written out.
    """
    counted = cost(graph, name)
    if counted.depth > MOST_DEEP:
        raise LimitError(
            f"No closed form here: {counted.depth} operations stand inside each other.",
            hint=f"Up to {MOST_DEEP} are written out.",
        )
    if max(counted.work, counted.nodes) > MOST_WORK:
        raise LimitError(
            "No closed form here: it would be too long.",
            hint=f"Up to {MOST_WORK} parts are worked on.",
        )
    from backprop.notation.symbolic.algebra import derivative_expression
    from backprop.notation.symbolic.algebra_graph import to_graph

    return _within(to_graph(derivative_expression(graph, name)))


@lru_cache(maxsize=1024)
def tidied(graph: Graph) -> Graph:
    """Return a function in a shorter form, where one is found in a few bounded steps.

    Raises:
        LimitError: it is too long, or its numbers too large, to be written out.
    """
    _refuse_large(graph)
    from backprop.notation.symbolic.algebra import tidy, to_expression
    from backprop.notation.symbolic.algebra_graph import to_graph

    return _within(to_graph(tidy(to_expression(graph))))


@lru_cache(maxsize=1024)
def are_same(one: Graph, other: Graph) -> bool:
    """Whether two functions are shown to be equal by algebra; False where that stays open.

    Raises:
        LimitError: one of them is too long to be worked on.
    """
    for graph in (one, other):
        _refuse_large(graph)
    from backprop.notation.symbolic.algebra import is_zero, to_expression

    return is_zero(to_expression(one, written_out=True) - to_expression(other, written_out=True))


def split_terms(graph: Graph) -> tuple[Graph, ...]:
    """Return the terms of the outermost sum, in order; one that is taken away with its minus.

    A function that is no sum is its own single term.
    """
    terms: list[Graph] = []
    waiting = [(graph.output, False)]
    while waiting:
        position, minus = waiting.pop()
        node = graph.nodes[position]
        if node.operation in ("add", "subtract"):
            first, second = node.inputs
            waiting += [(second, minus != (node.operation == "subtract")), (first, minus)]
        else:
            term = part(graph, position)
            terms.append(negative(term) if minus else term)
    return tuple(terms)


def negative(graph: Graph) -> Graph:
    """Return −f."""
    return combined("negate", graph)


def combined(operation: str, *graphs: Graph) -> Graph:
    """Return an operation of several functions, such as their product."""
    builder = Builder()
    builder.node(operation, [copy_into(builder, graph) for graph in graphs])
    return builder.graph()


def copy_into(builder: Builder, graph: Graph) -> int:
    """Add a function's nodes to a builder; return where its result stands."""
    at: list[int] = []
    for node in graph.nodes:
        if node.number is not None:
            at.append(builder.constant(node.number))
        elif node.is_leaf:
            at.append(builder.leaf(node.name, given=node.given))
        else:
            at.append(builder.node(node.operation, (at[i] for i in node.inputs)))
    return at[-1]


def _refuse_large(graph: Graph) -> None:
    counted = cost(graph, "")
    if counted.nodes > MOST_WORK or counted.depth > MOST_DEEP:
        raise LimitError("This is too long to be worked on by algebra.")


def _within(graph: Graph) -> Graph:
    if len(graph) > MOST_NODES:
        raise LimitError(
            f"The closed form has {len(graph)} parts: too long to be read.",
            hint=f"Up to {MOST_NODES} are shown.",
        )
    return graph


def _row(graph: Graph, position: int) -> Operation:
    row = graph.row(position)
    assert not isinstance(row, ArrayOperation), "a closed form is of numbers"
    return row


def operands_by_name(graph: Graph, position: int, inputs: Any) -> Mapping[str, Any]:
    """Return what stands for each name in the texts of a node's row."""
    row = _row(graph, position)
    return dict(zip(row.inputs, (inputs[i] for i in graph.nodes[position].inputs), strict=True))
