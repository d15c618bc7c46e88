"""Along which edges nothing flows back, as code: what a choice does not take, a gradient skips.

    where(c, x, y)   passes its gradient to x if c is not 0, to y if it is, and never to c

What stands behind a branch that is not taken may be √ of a negative number: its slope is NaN, and
0 · NaN would be NaN. So such an edge carries 0 whatever its slope, and so does every edge from
which only such edges lead to the result. (The plain loop in engine/backward.py does the same.)

In the code `k7` says whether anything flows to node 7; where that is always so it is not asked.
"""

from functools import lru_cache
from typing import NamedTuple

from backprop.engine.array_ops import ArrayOperation
from backprop.engine.compiled.forward import value_name
from backprop.engine.compiled.rules import FLOATS
from backprop.engine.graph import Graph
from backprop.engine.ops import template
from backprop.engine.trace import Edge, edges

ALWAYS, NEVER = "True", "False"


class Ways(NamedTuple):
    """When a gradient flows along each edge.

    Attributes:
        conditions: of each edge, as code.
        lines: of each node where it is not always or never so, the line that finds its `k`.
    """

    conditions: dict[Edge, str]
    lines: dict[int, list[str]]


@lru_cache(maxsize=256)
def ways(graph: Graph) -> Ways:
    """Return when a gradient flows along each edge of a graph; of arrays it always does."""
    result = Ways({}, {})
    reached = {graph.output: ALWAYS}
    arriving: dict[int, list[str]] = {}
    for edge in edges(graph):
        result.conditions[edge] = here = _both(reached[edge.later], _flow(graph, edge))
        several = arriving.setdefault(edge.node, [])
        several.append(here)
        reached[edge.node] = _any(several)
        if reached[edge.node] not in (ALWAYS, NEVER):
            result.lines[edge.node] = [f"k{edge.node} = {reached[edge.node]}"]
            reached[edge.node] = f"k{edge.node}"
        else:
            result.lines.pop(edge.node, None)
    return result


def _flow(graph: Graph, edge: Edge) -> str:
    row = graph.row(edge.later)
    if graph.on_arrays or isinstance(row, ArrayOperation):
        return ALWAYS
    text = row.flow(edge.which)
    if text in (ALWAYS, NEVER):
        return text
    names = [value_name(graph, i, FLOATS) for i in graph.nodes[edge.later].inputs]
    return template(text, row.inputs, FLOATS).format(*names)


def _both(one: str, other: str) -> str:
    if NEVER in (one, other):
        return NEVER
    return " and ".join(each for each in (one, other) if each != ALWAYS) or ALWAYS


def _any(conditions: list[str]) -> str:
    if ALWAYS in conditions:
        return ALWAYS
    return " or ".join(each for each in dict.fromkeys(conditions) if each != NEVER) or NEVER
