"""The forward pass as generated code: a graph becomes one line for each operation.

In the code, `v7` is the value of node 7. Constants stand in it as numbers, variables come in as
the arguments. The same lines run on floats and on NumPy columns (one entry per point).
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from backprop.engine.compiled.common_subexpressions import straight
from backprop.engine.compiled.rules import Dialect, compiled
from backprop.engine.graph import Graph
from backprop.engine.ops import template
from backprop.engine.saturation import reading


def value_name(graph: Graph, position: int, dialect: Dialect) -> str:
    """Return how the code names a node's value: a constant is its number."""
    number = graph.nodes[position].number
    if number is None:
        return f"v{position}"
    return ((number == 0 and dialect.zero) or dialect.number).format(number)


def forward_lines(graph: Graph, dialect: Dialect) -> list[str]:
    """Return the code of a forward pass: `leaves` is unpacked, then one line per operation."""
    variables = [f"v{i}" for i, node in enumerate(graph.nodes) if node.is_variable]
    lines = [f"{', '.join(variables)}, = leaves"] if variables else []
    for position, node in enumerate(graph.nodes):
        if node.is_leaf:
            continue
        row, nodes = reading(graph, position)
        inputs = [value_name(graph, i, dialect) for i in nodes]
        code = template(row.code, row.inputs, dialect).format(*inputs)
        lines.append(f"v{position} = {code}")
    return lines


def finished(graph: Graph, lines: list[str]) -> list[str]:
    """Return the lines of a pass as they are run: over arrays nothing is computed twice."""
    return [lines[0], *map(str, straight(lines[1:]))] if graph.on_arrays else lines


@lru_cache(maxsize=256)
def values_pass(graph: Graph, dialect: Dialect) -> Callable[..., Any]:
    """Return the pass that gives every node's value, as a tuple."""
    found = ", ".join(value_name(graph, i, dialect) for i in range(len(graph)))
    lines = [*finished(graph, forward_lines(graph, dialect)), f"return ({found},)"]
    return compiled("forward", "leaves", lines, dialect)
