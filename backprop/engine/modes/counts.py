"""What a pass costs in multiplications, line by line, counted from the graph's rows.

    values       x @ y: rows · inner · columns; of letters (einsum) the product of all their sizes;
                 entry by entry: one an entry; what adds, moves, compares or chooses: none
    tangents     for each use, t times the slope: as many as J has non-zeros to multiply with
    cotangents   for each use, g times the slope: J and its transpose have the same non-zeros

So one pass forward along a direction and one pass back cost the same, and a whole Jacobian costs
one of them times N, or times M. A function such as tanh counts as one an entry; its slope, 1 − a²,
is made once from the value and not counted; softmax and its kin count as their rows say, about
five an entry.
"""

import ast
from collections.abc import Collection
from math import prod
from typing import NamedTuple

from backprop.engine.arrays.rows import ENTRYWISE, ArrayRow
from backprop.engine.arrays.texts import line_of
from backprop.engine.graph import Graph
from backprop.engine.modes.passes import forward_edges
from backprop.engine.modes.rows import LINEAR
from backprop.engine.ops import Operation
from backprop.engine.program import Program
from backprop.engine.trace import Edge

WITHOUT = (  # what entry by entry only adds, compares or chooses
    *("add", "subtract", "negate", "less", "less_equal", "greater", "greater_equal", "equal"),
    *("not_equal", "where", "maximum", "minimum", "max", "min", "abs", "sign", "step", "floor"),
    *("relu", "sum"),
)
BY_WORK = (
    *("matmul", "einsum", "softmax", "log_softmax", "logsumexp", "cross_entropy"),
    *("standardize", "deviation", "var"),
)


class Work(NamedTuple):
    """The multiplications of a line, or of all of them.

    Attributes:
        line: its name.
        values: of its value.
        tangents: of its tangent, where the values are known.
        cotangents: of what it sends back, where the values are known.
    """

    line: str
    values: int
    tangents: int
    cotangents: int


def work(graph: Graph, moved: Collection[str] | None = None) -> tuple[Work, ...]:
    """Return the multiplications of each line; of a graph of numbers, of each node.

    Args:
        graph: a function of numbers, or a program.
        moved: the leaves that have a direction, and by which slopes are asked; without it all
            parameters.
    """
    names = frozenset(graph.parameters if moved is None else moved)
    reaching = graph.reaching()
    found: dict[str, list[int]] = {}
    for position, node in enumerate(graph.nodes):
        if not node.is_leaf:
            sums = found.setdefault(_line(graph, position), [0, 0, 0])
            sums[0] += _of_value(graph, position)
    for edge in forward_edges(graph, names):
        sums, count = found[_line(graph, edge.later)], _of_edge(graph, edge)
        sums[1] += count
        sums[2] += count * reaching[edge.later]
    return tuple(Work(line, *sums) for line, sums in found.items())


def total_work(graph: Graph, moved: Collection[str] | None = None) -> Work:
    """Return the multiplications of whole passes; arguments as `work`."""
    lines = work(graph, moved)
    return Work(
        graph.nodes[graph.output].name,
        sum(each.values for each in lines),
        sum(each.tangents for each in lines),
        sum(each.cotangents for each in lines),
    )


def _line(graph: Graph, position: int) -> str:
    if isinstance(graph, Program):
        return line_of(graph, position)
    return graph.nodes[position].name


def _of_value(graph: Graph, position: int) -> int:
    row, operation = graph.row(position), graph.nodes[position].operation
    if not isinstance(row, ArrayRow):
        signs = (ast.Mult, ast.Div, ast.Pow)
        terms = sum(isinstance(each, signs) for each in ast.walk(ast.parse(row.value)))
        return 0 if operation in WITHOUT else terms if len(row.inputs) > 1 else 1
    if operation in BY_WORK:
        return row.work * max(len(row.inputs) - 1, 1) if operation == "einsum" else row.work
    computes = operation in ENTRYWISE and operation not in WITHOUT
    return prod(row.shape) if computes or operation in ("mean", "power_of") else 0


def _of_edge(graph: Graph, edge: Edge) -> int:
    """Return the multiplications of t, or g, with the slope along one use."""
    row, operation = graph.row(edge.later), graph.nodes[edge.later].operation
    if not isinstance(row, ArrayRow):
        assert isinstance(row, Operation), "layers are read as a program first"
        return int(row.partials[edge.which] not in ("1", "-1"))
    if operation in (*LINEAR, *BY_WORK):
        return _of_value(graph, edge.later)
    scales = "* " in row.products[edge.which]
    return max(prod(row.shape), prod(row.shapes[edge.which])) if scales else 0
