"""How large the numbers are whose rounding reaches a function: of a pass over its graph.

A difference of two values is blurred by the rounding of every node between, not of the result
alone: each was rounded by a share of its value, and that reaches the function as any nudge does.
"""

from typing import Any

import numpy as np

from backprop.engine.trace import Trace

WITH_SCORES = ("cross_entropy", "batch_cross_entropy")


def size_of(trace: Trace) -> float:
    """Return Σ |∂f/∂v · v| over the nodes: how much their rounding can move the function."""
    columns = zip(trace.gradients, trace.values, strict=True)
    if not trace.graph.on_arrays:
        return float(sum(abs(g * v) for g, v in columns))
    with np.errstate(all="ignore"):
        return sum(float(np.sum(np.abs(_products(g, v)))) for g, v in columns)


def _products(gradients: Any, values: Any) -> Any:
    """Return g · v, 0 where g is: a score of −∞ behind a mask moves nothing."""
    return np.where(np.equal(gradients, 0), 0.0, np.multiply(gradients, values))


def size_within(trace: Trace) -> float:
    """Return how large the scores are of which the loss of a softmax is what is left."""
    size = 0.0
    for node, slope in zip(trace.graph.nodes, trace.gradients, strict=True):
        if node.operation in WITH_SCORES:
            scores = [np.abs(trace.values[x]).max() for x in node.inputs[: len(node.inputs) // 2]]
            size += float(np.abs(slope)) * float(max(scores))
    return size
