"""Values, left to right: a graph becomes straight-line code, one line per node.

In the code, `v7` is the value of node 7. Constants stand in it as numbers, variables come in as
the arguments. The same lines run on floats and on NumPy columns (one entry per point).
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from operator import itemgetter
from typing import Any

import numpy as np

from backprop.engine.errors import PointError
from backprop.engine.graph import Graph
from backprop.engine.ops import template
from backprop.engine.rules import ARRAYS, FLOATS, Dialect, compiled
from backprop.engine.straight import straight

IMPOSSIBLE = (
    OverflowError,
    ZeroDivisionError,
    ValueError,
)  # what Python floats raise for ∞ and NaN


def value_name(graph: Graph, position: int, dialect: Dialect) -> str:
    """Return how the code names a node's value: a constant is its number."""
    number = graph.nodes[position].number
    return f"v{position}" if number is None else dialect.number.format(number)


def forward_lines(graph: Graph, dialect: Dialect) -> list[str]:
    """Return the code of a forward pass: `leaves` is unpacked, then one line per operation."""
    variables = [f"v{i}" for i, node in enumerate(graph.nodes) if node.is_variable]
    lines = [f"{', '.join(variables)}, = leaves"] if variables else []
    for position, node in enumerate(graph.nodes):
        if node.is_leaf:
            continue
        row = graph.row(position)
        inputs = [value_name(graph, i, dialect) for i in node.inputs]
        code = template(row.code, row.inputs, dialect).format(*inputs)
        lines.append(f"v{position} = {code}")
    return lines


def finished(graph: Graph, lines: list[str]) -> list[str]:
    """Return the lines of a pass as they are run: over arrays nothing is computed twice."""
    return [lines[0], *map(str, straight(lines[1:]))] if graph.on_arrays else lines


@lru_cache(maxsize=256)
def _evaluator(graph: Graph, dialect: Dialect) -> Callable[..., Any]:
    found = ", ".join(value_name(graph, i, dialect) for i in range(len(graph)))
    lines = [*finished(graph, forward_lines(graph, dialect)), f"return ({found},)"]
    return compiled("forward", "leaves", lines, dialect)


@lru_cache(maxsize=256)
def _reader(graph: Graph) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Return the function that picks a graph's variables from a point, in order."""
    names = graph.variables
    if len(names) > 1:
        return itemgetter(*names)
    return lambda at: tuple(at[name] for name in names)


def leaves_at(graph: Graph, at: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the values of the graph's variables at a point, in the graph's order.

    Raises:
        PointError: the point leaves a variable out, or names one that is not there.
    """
    if len(at) != len(graph.variables) or not all(map(at.__contains__, graph.variables)):
        raise _misfit(graph, at)
    return _reader(graph)(at)


def _misfit(graph: Graph, at: Mapping[str, Any]) -> PointError:
    for name in graph.variables:
        if name not in at:
            return PointError(f"“{name}” has no value.", hint=f"Say one, as in {name}=1.", at=name)
    extra = next(name for name in at if name not in graph.variables)
    names = ", ".join(graph.variables)
    hint = f"There are {names}." if names else "There are no variables."
    return PointError(f"There is no variable “{extra}” here.", hint=hint, at=extra)


def run(make: Callable[[Graph, Dialect], Any], graph: Graph, at: Mapping[str, Any]) -> Any:
    """Run a pass: on floats if it can; one that raises is computed again in NumPy's arithmetic."""
    leaves = leaves_at(graph, at)
    if graph.on_arrays:
        with np.errstate(all="ignore"):
            return make(graph, ARRAYS)(leaves)
    try:
        return make(graph, FLOATS)(map(float, leaves))
    except IMPOSSIBLE:
        with np.errstate(all="ignore"):
            return _as_floats(make(graph, ARRAYS)(map(np.float64, leaves)))


def _as_floats(found: Any) -> Any:
    return tuple(_as_floats(x) if isinstance(x, tuple) else float(x) for x in found)


def values(graph: Graph, at: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the value of every node at a point, in the graph's order.

    Numbers stay Python floats; where they overflow or are undefined they become ±∞ and NaN.

    Raises:
        PointError: the point does not fit the graph's variables.
    """
    return run(_evaluator, graph, at)  # type: ignore[no-any-return]


def value(graph: Graph, at: Mapping[str, Any]) -> Any:
    """Return the function's value at a point."""
    return values(graph, at)[-1]


def columns(graph: Graph, at: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the value of every node at many points at once: columns, one entry per point.

    Args:
        graph: a function of numbers (not of arrays).
        at: for each variable a number, or a column of them; all columns are equally long.
    """
    with np.errstate(all="ignore"):
        return _evaluator(graph, ARRAYS)(leaves_at(graph, at))  # type: ignore[no-any-return]
