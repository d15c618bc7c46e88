"""Second derivatives, forward over reverse: how the gradient turns along a direction.

    H t = lim (∇L(x + h·t) − ∇L(x)) / h        one tangent pass over the gradient's own graph

H has N² entries and is never made: one product costs a few passes, whatever N. Along the direction
the function bends by tᵀ H t / ‖t‖².

Source: Pearlmutter, Fast exact multiplication by the Hessian (1994).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from backprop.engine.arrays.shapes import Shape, shape_text
from backprop.engine.errors import LimitError, ShapeError
from backprop.engine.graph import Graph
from backprop.engine.modes.gradient_graphs import WEIGHT, gradient_graph
from backprop.engine.modes.jacobians import ENTRIES, FORWARD, PASSES, Jacobian, sides
from backprop.engine.modes.layers import read_as_program
from backprop.engine.modes.tangents import directions, run_tangents


@dataclass(frozen=True, eq=False)
class HessianProduct:
    """The gradient, and how it turns along a direction.

    Attributes:
        value: the function's value.
        gradient: ∂L/∂parameter, by name.
        direction: the tangent t of each leaf that moves, by name.
        product: H t, how fast each entry of the gradient changes, by name.
    """

    value: Any
    gradient: Mapping[str, Any]
    direction: Mapping[str, Any]
    product: Mapping[str, Any]

    @property
    def slope(self) -> float:
        """∇Lᵀ t: how fast the value changes along the direction."""
        return _inner(self.gradient, self.direction)

    @property
    def curvature(self) -> float:
        """TᵀH t / ‖t‖²: how the value bends along the direction; NaN of one without length."""
        length = _inner(self.direction, self.direction)
        return _inner(self.product, self.direction) / length if length else float("nan")


def _inner(a: Mapping[str, Any], b: Mapping[str, Any]) -> float:
    return float(sum(np.sum(np.multiply(a[name], b[name])) for name in b if name in a))


def hvp(graph: Graph, at: Mapping[str, Any], direction: Mapping[str, Any]) -> HessianProduct:
    """Return the gradient of a number, and the Hessian–vector product H t, by one pass.

        result.product["W"], result.curvature

    Args:
        graph: a function of numbers, of layers, or a program; its output is a number.
        at: a value for each of its variables.
        direction: for some of the leaves a tangent of their shape; the others do not move.

    Costs about as much as six passes of the values, whatever the number of leaves. At a kink, as
    that of relu, the slope is held as the gradient takes it, so the kink itself adds nothing.

    Raises:
        ShapeError: the output is an array.
        PointError: the point or the direction does not fit the graph's leaves.
    """
    graph, at = _of_a_number(graph, at)
    ways = directions(graph, direction)
    whole = gradient_graph(graph)
    asked, positions, shapes = _asked(graph)
    values, tangents = run_tangents(whole.graph, {**at, WEIGHT: 1.0}, ways, positions)
    nothing = dict.fromkeys(shapes, 0.0)  # where a leaf is not read
    slopes, turned = (dict(zip(asked, found, strict=False)) for found in (values, tangents))
    gradient, product = (
        {name: _filled(each, shapes[name]) for name, each in {**nothing, **found}.items()}
        for found in (slopes, turned)
    )
    return HessianProduct(values[-1], gradient, ways, product)


@lru_cache(maxsize=64)
def _asked(graph: Graph) -> tuple[tuple[str, ...], tuple[int, ...], Mapping[str, Shape]]:
    """Return the parameters that have a gradient, where these and the value stand, and shapes."""
    whole = gradient_graph(graph)
    places = {name: place for name, place in whole.gradients.items() if place is not None}
    leaves = (node for node in graph.nodes if node.is_variable and not node.given)
    shapes = {node.name: node.shape or () for node in leaves}
    return tuple(places), (*places.values(), whole.value), shapes


def _filled(entries: Any, shape: Shape) -> Any:
    if not shape:
        return float(entries)
    return entries if np.shape(entries) == shape else np.broadcast_to(entries, shape)


def _of_a_number(graph: Graph, at: Mapping[str, Any]) -> tuple[Graph, Mapping[str, Any]]:
    if graph.on_arrays and not graph.is_program:
        graph, at = read_as_program(graph, at)
    output = graph.nodes[graph.output]
    if output.shape:
        what = f"The output, {output.name}, is {shape_text(output.shape)}, and a Hessian is that of"
        raise ShapeError(f"{what} a number.", hint=f"Add a line such as L = sum({output.name}).")
    return graph, at


def hessian(
    graph: Graph, at: Mapping[str, Any], by: str | Collection[str] | None = None
) -> Jacobian:
    """Return the Hessian ∂²L/∂xₐ∂x_b [N, N] of a number: the Jacobian of its gradient.

    Args:
        graph: a function of numbers, of layers, or a program; its output is a number.
        at: a value for each of its variables.
        by: one leaf or several; without it all of which a gradient is asked.

    Takes N tangent passes over the gradient's graph, each a column.

    Raises:
        ShapeError: the output is an array.
        PointError: there is no slope by a leaf.
        LimitError: more than 4,096 entries: 64 rows and columns.
    """
    graph, at = _of_a_number(graph, at)
    found = sides(graph, at, by)
    n = found.inputs.size
    if n * n > ENTRIES or n > PASSES:
        what = f"The Hessian is {n}×{n}: {n * n:,} entries."
        raise LimitError(what, hint=f"At most {ENTRIES:,} are possible: take one leaf, or fewer.")
    columns = []
    for number in range(n):
        product = hvp(found.graph, found.at, found.inputs.one_hot(number)).product
        columns.append(np.concatenate([np.ravel(product[name]) for name in found.inputs.names]))
    return Jacobian(np.stack(columns, axis=1), found.inputs, found.inputs, FORWARD, n)
