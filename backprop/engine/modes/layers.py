"""Graphs of layers as programs: the same function of a batch in the language of arrays.

A network at layers detail has rows in NumPy's words (engine/array_ops.py), of which only gradients
are asked. In the language each is one line, of words whose products are lines again; so tangents
and second derivatives of a network are those of a program. All nodes keep their names.

Notation: A activations, W weights, b bias, Z scores or logits, Y targets, as in array_ops.py.
"""

import ast
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from backprop.engine.arrays.builder import Builder
from backprop.engine.arrays.rows import number_text
from backprop.engine.arrays.shapes import Shape
from backprop.engine.errors import ShapeError
from backprop.engine.forward import leaves_at
from backprop.engine.graph import Graph, Node

LINES = {  # what a row says in the language: {0}, {1} … are its inputs, {n} the examples
    "affine": "{0} @ {1}.T + {2}",
    "affine_shared_bias": "{0} @ {1}.T + {2}",
    "batch_half_squared_error": "sum(({0} - {1}) ** 2) / (2 * {n})",
    "batch_mean_squared_error": "mean(({0} - {1}) ** 2)",
    "batch_binary_cross_entropy": (  # 0 · log 0 is 0
        "-mean({1} * log(where({1} == 0, 1, {0})) + (1 - {1}) * log(where({1} == 1, 1, 1 - {0})))"
    ),
    "batch_cross_entropy": "cross_entropy({0}, {1})",
    "batch_huber": (
        "mean(where(abs({0} - {1}) > 1, abs({0} - {1}) - 0.5, 0.5 * ({0} - {1}) ** 2))"
    ),
    "batch_multiclass_hinge": (
        "mean((1 - {1}) * relu({0} - sum({1} * {0}, axis=1, keepdims=True) + 1))"
    ),
    "l1_penalty": "{1} * sum(abs({0}))",
    "l2_penalty": "0.5 * {1} * sum({0} ** 2)",
}
OF_LOGITS = "mean(softplus({0}) - {1} * {0})"  # cross-entropy of σ(z): no digit of σ is lost


def read_as_program(graph: Graph, at: Mapping[str, Any]) -> tuple[Graph, dict[str, Any]]:
    """Return a graph of layers in the language of arrays, and the point as its floats.

    Raises:
        PointError: the point does not fit the graph's variables.
        ShapeError: the batch has no example, or shapes do not fit.
    """
    leaves = [np.asarray(value, float) for value in leaves_at(graph, at)]
    for name, value in zip(graph.variables, leaves, strict=True):
        if not value.size:
            what = f"“{name}” has no entries: nothing moves, and nothing flows back."
            raise ShapeError(what, hint="Give at least one example.", at=name)
    shapes = tuple(value.shape for value in leaves)
    return _read(graph, shapes), dict(zip(graph.variables, leaves, strict=True))


@lru_cache(maxsize=64)
def _read(graph: Graph, shapes: tuple[Shape, ...]) -> Graph:
    builder, left = Builder(limited=False), iter(shapes)
    for position, node in enumerate(graph.nodes):
        if node.is_variable:
            builder.add(Node(node.name, given=node.given, shape=next(left)))
        elif not node.is_leaf:
            builder.compute_line(node.name, ast.parse(_line(graph, position), mode="eval").body)
    return Graph(tuple(builder.nodes))


def _line(graph: Graph, position: int) -> str:
    """Return what a node computes, as a line of the language."""
    operation, inputs = graph.nodes[position][1:3]
    names = [_name(graph.nodes[i]) for i in inputs]
    if operation == "batch_binary_cross_entropy":
        output = graph.nodes[inputs[0]]
        if output.operation == "sigmoid":
            return OF_LOGITS.format(graph.nodes[output.inputs[0]].name, names[1])
    if operation == "sum":
        return " + ".join(names)
    if operation not in LINES:
        return f"{operation}({names[0]})"
    return LINES[operation].format(*names, n=f"len({names[0]})")


def _name(node: Node) -> str:
    return node.name if node.number is None else number_text(node.number)
