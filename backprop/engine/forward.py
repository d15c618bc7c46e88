"""The forward pass: every value, left to right.

A graph lists its nodes so that each stands after those that it is computed from. So one loop finds
every value: when it comes to a node, the node's inputs are known.

    graph of (x + y) · z      x = -2   y = 5   z = -4   v1 = x + y = 3   v2 = v1 · z = -12

`forward` is this loop. (The logarithm of a sigmoid also reads what entered the sigmoid: see
saturation.py.) The functions below it give the same numbers, many times faster, by code that is
generated for the graph (compiled/forward.py). That code computes in Python's floats, which raise
where NumPy gives ∞ or NaN; a pass that raises is computed again by the loop.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from backprop.engine.arrays.words import PROGRAMS
from backprop.engine.compiled.forward import values_pass
from backprop.engine.compiled.rules import ARRAYS, FLOATS, Dialect
from backprop.engine.errors import PointError
from backprop.engine.graph import Graph
from backprop.engine.ops import IMPOSSIBLE, compute
from backprop.engine.saturation import reading


def forward(graph: Graph, at: Mapping[str, Any]) -> list[Any]:
    """Return the value of every node at a point, in the graph's order.

    Args:
        graph: the function.
        at: a float for each of its variables; an array, if it is a function of arrays.
    """
    values: list[Any] = []
    for position, node in enumerate(graph.nodes):
        if node.is_variable:
            values.append(at[node.name])
        elif node.is_leaf:
            values.append(node.number)
        else:
            row, inputs = reading(graph, position)  # earlier nodes: their values are known
            values.append(compute(row, *(values[i] for i in inputs)))
    return values


def values(graph: Graph, at: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the value of every node at a point, in the graph's order.

    Numbers stay Python floats; where they overflow or are undefined they become ±∞ and NaN.

    Raises:
        PointError: the point does not fit the graph's variables.
    """
    return tuple(run(values_pass, forward, graph, at))


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
        return values_pass(graph, ARRAYS)(leaves_at(graph, at))  # type: ignore[no-any-return]


def run(
    make: Callable[[Graph, Dialect], Callable[..., Any]],
    plain: Callable[[Graph, Mapping[str, float]], Any],
    graph: Graph,
    at: Mapping[str, Any],
) -> Any:
    """Return the result of a pass at a point.

    Args:
        make: gives the compiled pass of a graph.
        plain: computes the same, never raising; asked where the compiled pass raises.
        graph: the function.
        at: a value for each of its variables.

    Raises:
        PointError: the point does not fit the graph's variables.
    """
    leaves = leaves_at(graph, at)
    if graph.on_arrays:
        with np.errstate(all="ignore"):
            return make(graph, PROGRAMS if graph.is_program else ARRAYS)(leaves)
    try:
        return make(graph, FLOATS)(map(float, leaves))
    except IMPOSSIBLE:
        return plain(graph, dict(zip(graph.variables, map(float, leaves), strict=True)))


def leaves_at(graph: Graph, at: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the values of the graph's variables at a point, in the graph's order.

    Raises:
        PointError: the point leaves a variable out, or names one that is not there.
    """
    if tuple(at) == graph.variables:  # in order: nothing is looked up
        return tuple(at.values())
    if len(at) != len(graph.variables) or not all(map(at.__contains__, graph.variables)):
        raise _misfit(graph, at)
    return tuple(map(at.__getitem__, graph.variables))


def _misfit(graph: Graph, at: Mapping[str, Any]) -> PointError:
    for name in graph.variables:
        if name not in at:
            return PointError(f"“{name}” has no value.", hint=f"Say one, as in {name}=1.", at=name)
    extra = next(name for name in at if name not in graph.variables)
    names = ", ".join(graph.variables)
    hint = f"There are {names}." if names else "There are no variables."
    return PointError(f"There is no variable “{extra}” here.", hint=hint, at=extra)
