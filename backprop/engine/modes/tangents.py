"""Forward mode: how fast each node moves when the leaves move along a direction.

    t(v) = J t      t(v)ₒ = Σ over the leaves' entries a   ∂vₒ/∂xₐ · tₐ

A tangent runs with its value, left to right, and has its shape. One pass gives what a direction
does to every node; a whole Jacobian takes one for each entry of the leaves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from backprop.engine.arrays.shapes import shape_text
from backprop.engine.arrays.words import PROGRAMS
from backprop.engine.compiled.rules import ARRAYS, FLOATS
from backprop.engine.errors import PointError
from backprop.engine.forward import leaves_at
from backprop.engine.graph import Graph, Node
from backprop.engine.modes.layers import read_as_program
from backprop.engine.modes.passes import tangent_pass
from backprop.engine.ops import IMPOSSIBLE
from backprop.engine.program import Program

ALL = ()  # of the nodes: all are asked for


@dataclass(frozen=True, eq=False)
class Tangents:
    """A pass forward along a direction; the columns are in the graph's order.

    Attributes:
        graph: the function; one of layers is read as a program.
        direction: the tangent of each leaf that moves, by name.
        values: the value of each node.
        tangents: how fast it moves, shaped like it; a plain 0 where the direction does not reach.
    """

    graph: Graph
    direction: Mapping[str, Any]
    values: tuple[Any, ...]
    tangents: tuple[Any, ...]

    def __post_init__(self) -> None:
        for column in (self.values, self.tangents):
            for position in _results(self.graph):  # a leaf is the caller's
                if type(column[position]) is np.ndarray:
                    column[position].setflags(write=False)

    @property
    def value(self) -> Any:
        """The output: that of the last node."""
        return self.values[-1]

    @property
    def tangent(self) -> Any:
        """The Jacobian–vector product J t, shaped like the output."""
        return self._whole(self.graph.output)

    def of(self, name: str) -> Any:
        """Return the tangent of a line, or of any node, by its name.

        Raises:
            PointError: there is none of this name.
        """
        return self._whole(self.graph.position(name))

    def _whole(self, position: int) -> Any:
        shape, tangent = self.graph.nodes[position].shape, self.tangents[position]
        return np.broadcast_to(tangent, shape) if shape and np.ndim(tangent) == 0 else tangent


def jvp(graph: Graph, at: Mapping[str, Any], direction: Mapping[str, Any]) -> Tangents:
    """Return the value and the Jacobian–vector product J t, by one pass forward.

        result.value, result.tangent        result.of("Z"): the tangent of a line

    Args:
        graph: a function of numbers, of layers, or a program; its output may be an array.
        at: a value for each of its variables.
        direction: for some of the leaves a tangent of their shape; the others do not move. What is
            given may move too, an index never.

    Costs about as much as two to three passes of the values alone, whatever the number of leaves
    and outputs; nothing is kept for a way back. At a kink or a tie the slope is the gradient's.
    Where a slope is ∞ or NaN the tangent is so too; what a choice does not take is dropped.

    Raises:
        PointError: the point or the direction does not fit the graph's leaves.
    """
    if graph.on_arrays and not graph.is_program:
        graph, at = read_as_program(graph, at)
    ways = directions(graph, direction)
    return Tangents(graph, ways, *run_tangents(graph, at, ways, ALL))


def directions(graph: Graph, direction: Mapping[str, Any]) -> dict[str, Any]:
    """Return a direction with every tangent as it is computed with, in the graph's order.

    Raises:
        PointError: a leaf is not there, cannot move, or has another shape.
    """
    leaves = _leaves(graph)
    for name in direction:
        if name not in leaves:
            what = f"There is no leaf “{name}” that could move."
            raise PointError(what, hint=f"There are {', '.join(leaves) or 'none'}.", at=name)
    return {
        name: _fitted(graph, node, direction[name])
        for name, node in leaves.items()
        if name in direction
    }


@lru_cache(maxsize=256)
def _results(graph: Graph) -> tuple[int, ...]:
    return tuple(position for position, node in enumerate(graph.nodes) if node.operation)


@lru_cache(maxsize=256)
def _leaves(graph: Graph) -> Mapping[str, Node]:
    return {node.name: node for node in graph.nodes if node.is_variable}


def _fitted(graph: Graph, node: Node, given: Any) -> Any:
    """Return the tangent of a leaf as floats of its shape."""
    try:
        tangent = np.asarray(given, float)
    except (TypeError, ValueError):
        what = f"The direction of “{node.name}” is no array of numbers."
        raise PointError(what, at=node.name) from None
    if isinstance(graph, Program) and graph.statements[node.name].kind == "index":
        what = f"“{node.name}” is an index: whole numbers do not move."
        raise PointError(what, hint="Leave it out of the direction.", at=node.name)
    shape = node.shape or ()
    if tangent.shape != shape:
        found, wanted = shape_text(tangent.shape), shape_text(shape)
        what = f"The direction of “{node.name}” is {found}, and “{node.name}” is {wanted}."
        raise PointError(what, hint="A tangent has the shape of what moves.", at=node.name)
    return tangent if graph.on_arrays else float(tangent)


def run_tangents(
    graph: Graph, at: Mapping[str, Any], ways: Mapping[str, Any], asked: tuple[int, ...]
) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return the values and tangents of the nodes that are asked for, or of all.

    Args:
        graph: a function of numbers, or a program.
        at: a value for each of its variables.
        ways: the tangent of each leaf that moves, in the graph's order.
        asked: positions of nodes; none for all.

    Raises:
        PointError: the point does not fit the graph's variables.
    """
    leaves, moved = leaves_at(graph, at), _names(tuple(ways))
    if graph.is_program:
        with np.errstate(all="ignore"):
            return tangent_pass(graph, moved, PROGRAMS, asked)(leaves, ways.values())  # type: ignore[no-any-return]
    try:
        return tangent_pass(graph, moved, FLOATS, asked)(map(float, leaves), ways.values())  # type: ignore[no-any-return]
    except IMPOSSIBLE:
        with np.errstate(all="ignore"):
            values, tangents = tangent_pass(graph, moved, ARRAYS, asked)(
                map(np.float64, leaves), map(np.float64, ways.values())
            )
    return tuple(map(float, values)), tuple(map(float, tangents))


@lru_cache(maxsize=256)
def _names(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(names)
