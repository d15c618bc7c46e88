"""Composition and decomposition of functions: y = g(u) and u = f(x) become y = g(f(x)).

A quantity that is put in place of a variable keeps that variable's name, so that it is called the
same in the text, in the picture and in the derivation.
"""

import re
from collections.abc import Mapping, Sequence

from backprop.engine.forward import values
from backprop.engine.graph import Builder, Graph, Node

NUMBERED = re.compile(r"v\d+")  # a result that nobody named


def compose(outer: Graph, inner: Mapping[str, Graph]) -> Graph:
    """Return a function with other functions in place of some of its variables, all at once.

    Args:
        outer: g, a function of numbers.
        inner: for a variable of g, the function that takes its place. A variable of the same
            name in there is another one: it stays, and the result has a name of its own. Results
            that have names keep them, the first of two with the same.
    """
    builder = Builder()
    kept = [name for name in outer.variables if name not in inner]
    free = {*kept, *(name for graph in inner.values() for name in graph.variables)}
    places: dict[str, int] = {}
    for name, graph in inner.items():
        places[name] = _put(builder, graph, {}, "" if name in free else name)
    output = _put(builder, outer, places, "")
    return part(builder.graph(), output)


def part(graph: Graph, position: int) -> Graph:
    """Return the function that one node of a graph computes: the node, and what it needs."""
    needed = [False] * position + [True]
    for i in range(position, -1, -1):
        for earlier in graph.nodes[i].inputs if needed[i] else ():
            needed[earlier] = True
    at: dict[int, int] = {}
    nodes: list[Node] = []
    for i, node in enumerate(graph.nodes[: position + 1]):
        if needed[i]:
            at[i] = len(nodes)
            nodes.append(node._replace(inputs=tuple(at[k] for k in node.inputs)))
    return Graph(tuple(nodes))


def hold(graph: Graph, at: Mapping[str, float], free: Sequence[str]) -> Graph:
    """Return a function of some of the variables, all others held at their numbers.

    What the free variables do not reach is computed now and stands in the result as a number.

    Args:
        graph: a function of numbers.
        at: for each of its variables a number; those of the free ones are not used.
        free: the variables that stay.
    """
    found, builder = values(graph, at), Builder()
    places: list[int] = []
    moves: list[bool] = []
    for position, node in enumerate(graph.nodes):
        moves.append(node.name in free or any(moves[i] for i in node.inputs))
        if not moves[position]:
            places.append(-1)  # a number, put in where it is used
            continue
        inputs = [places[i] if moves[i] else builder.constant(float(found[i])) for i in node.inputs]
        own = builder.node(node.operation, inputs, node.name) if inputs else builder.leaf(node.name)
        places.append(own)
    return builder.graph() if moves[-1] else _constant(float(found[-1]))


def _constant(number: float) -> Graph:
    builder = Builder()
    builder.constant(number)
    return builder.graph()


def mean(graphs: Sequence[Graph], name: str) -> Graph:
    """Return the mean of functions of the same variables, as a function of that name.

    The functions themselves are called by the name and their number: L_1, L_2 …
    """
    builder = Builder()
    terms = [_put(builder, graph, {}, f"{name}_{i}") for i, graph in enumerate(graphs, 1)]
    total = builder.running_sum(terms, f"{name}_sum", "")
    builder.node("divide", (total, builder.constant(float(len(graphs)))), name)
    return builder.graph()


def _put(builder: Builder, graph: Graph, places: Mapping[str, int], name: str) -> int:
    """Add a graph's nodes; return where its result stands, which is called by the name."""
    at: list[int] = []
    for position, node in enumerate(graph.nodes):
        if node.number is not None:
            at.append(builder.constant(node.number))
        elif node.is_leaf and node.name in places:
            at.append(places[node.name])
        elif node.is_leaf:
            at.append(builder.leaf(node.name, given=node.given))
        else:
            nameless = NUMBERED.fullmatch(node.name) or builder.has(node.name)
            own = "" if nameless else node.name
            called = name if position == graph.output and name else own
            at.append(builder.node(node.operation, (at[i] for i in node.inputs), called))
    return at[-1]
