"""What takes part in a step: the arrays that it computes, those that it reads, and the wires."""

from dataclasses import dataclass

from backprop.engine.graph import Graph
from backprop.engine.ops import Operation
from backprop.engine.rules import names_in
from backprop.engine.trace import Trace
from backprop.lessons.layers_walk import Stop

Half = tuple[int, str]  # a node's “value” or “slope”


@dataclass(frozen=True, slots=True)
class Flow:
    """What takes part in a step.

    Attributes:
        now: what is computed.
        read: what it is computed from.
        ahead, back: the wires along which it moves, (node, later node).
    """

    now: frozenset[Half]
    read: frozenset[Half]
    ahead: frozenset[tuple[int, int]]
    back: frozenset[tuple[int, int]]


def flow_of(trace: Trace, stop: Stop) -> Flow:
    """Return what takes part in a step."""
    graph = trace.graph
    now = frozenset((i, stop.kind) for i in stop.nodes)
    if stop.kind == "value":
        wires = frozenset(
            (i, later)
            for later in stop.nodes
            for i in graph.nodes[later].inputs
            if graph.nodes[i].number is None
        )
        return Flow(now, frozenset((i, "value") for i, _ in wires), wires, frozenset())
    terms = [term for i in stop.nodes for term in trace.terms[i]]
    read = {(term.edge.later, "slope") for term in terms}
    for term in terms:
        read |= {(i, "value") for i in _used(graph, term.edge.later, term.edge.which)}
    back = frozenset((term.edge.node, term.edge.later) for term in terms)
    return Flow(now, frozenset(read), frozenset(), back)


def _used(graph: Graph, later: int, which: int) -> set[int]:
    """Return the nodes whose values stand in the rule of a gradient: what a use sends back."""
    row = graph.row(later)
    text = row.partials[which] if isinstance(row, Operation) else row.products[which]
    point = dict(zip(row.inputs, graph.nodes[later].inputs, strict=True)) | {"out": later}
    sizes = {f"len({name})" for name in row.inputs} | {f"{name}.size" for name in row.inputs}
    for size in sizes:  # the number of rows is not a value
        text = text.replace(size, "1")
    used = {point[name] for name in names_in(text) if name in point}
    return {i for i in used if graph.nodes[i].number is None}
