"""Reverse mode for an output of any shape: what each node contributes to Σ weight · output.

    g(v) = Jᵀ w      g(v)ₐ = Σ over the output's entries o   wₒ · ∂yₒ/∂vₐ

It is backpropagation as ever: the weight is what arrives at the output, and of a loss it is 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from backprop.engine.arrays.shapes import shape_text
from backprop.engine.backward import plain_record
from backprop.engine.compiled.backward import weighted_pass
from backprop.engine.compiled.rules import Dialect
from backprop.engine.errors import PointError
from backprop.engine.forward import run
from backprop.engine.graph import Graph
from backprop.engine.modes.layers import read_as_program
from backprop.engine.trace import Trace


@dataclass(frozen=True, eq=False)
class Cotangents:
    """A pass forward and one back from a weight of the output.

    Attributes:
        weight: what arrives at the output, of its shape.
        trace: the record of both passes; its graph is the function.
    """

    weight: Any
    trace: Trace

    @property
    def value(self) -> Any:
        """The output: that of the last node."""
        return self.trace.value

    @property
    def gradient(self) -> Mapping[str, Any]:
        """The vector–Jacobian product Jᵀ w, as one array for each parameter, by name."""
        nodes = enumerate(self.trace.graph.nodes)
        leaves = ((i, node) for i, node in nodes if node.is_variable and not node.given)
        return {node.name: self._whole(i) for i, node in leaves}

    def of(self, name: str) -> Any:
        """Return the gradient of Σ weight · output by a line, or by any node.

        Raises:
            PointError: there is none of this name.
        """
        return self._whole(self.trace.graph.position(name))

    def _whole(self, position: int) -> Any:
        shape = self.trace.graph.nodes[position].shape or ()
        found = self.trace.gradients[position]
        return np.broadcast_to(found, shape) if shape else found


def vjp(graph: Graph, at: Mapping[str, Any], weight: Any) -> Cotangents:
    """Return the value and the vector–Jacobian product Jᵀ w, by one pass back.

        result.value, result.gradient["W"]        result.of("Z"): the gradient of a line

    Args:
        graph: a function of numbers, of layers, or a program; its output may be an array.
        at: a value for each of its variables.
        weight: what each entry of the output counts, of its shape; 1 for a loss.

    Costs about as much as two to three passes of the values alone, whatever the number of leaves;
    all that the products name is kept until the way back.

    Raises:
        PointError: the point does not fit the graph's leaves, or the weight its output.
    """
    if graph.on_arrays and not graph.is_program:
        graph, at = read_as_program(graph, at)
    arriving = _fitted(graph, weight)

    def make(graph: Graph, dialect: Dialect) -> partial[Any]:
        return partial(weighted_pass(graph, dialect), arriving)

    record = run(make, partial(plain_record, weight=arriving), graph, at)
    return Cotangents(arriving, Trace(graph, *record))


def _fitted(graph: Graph, weight: Any) -> Any:
    """Return a weight as floats of the output's shape."""
    output = graph.nodes[graph.output]
    try:
        found = np.array(weight, float)
    except (TypeError, ValueError):
        what = "The weight of the output is no array of numbers."
        raise PointError(what, at=output.name) from None
    shape = output.shape or ()
    if found.shape != shape:
        what = f"The weight is {shape_text(found.shape)}, and “{output.name}” is"
        hint = "A weight has the shape of the output: one number for each of its entries."
        raise PointError(f"{what} {shape_text(shape)}.", hint=hint, at=output.name)
    return found if shape else float(found)
