"""What makes a number that is not finite: where NaN or ∞ begins in a pass, and why.

A pass never raises; it carries ±∞ and NaN on. So the place where a reader meets one is seldom the
place where it was made. Here the pass is read again, in the order in which it was computed, up to
the first number that is NaN (or, if none is, infinite) and that the asked number depends on.
"""

import math
from dataclasses import dataclass
from typing import Any

from backprop.engine.graph import Graph
from backprop.engine.trace import Edge, Trace, edges

KINDS = (  # why a number is not finite
    *("given", "overflow", "log of 0", "log of a negative number", "root of a negative number"),
    *("division by 0", "0 / 0", "power of a negative number", "outside"),
    *("∞ − ∞", "0 · ∞", "∞ / ∞", "of ∞", "infinite slope"),
)


@dataclass(frozen=True, slots=True)
class Cause:
    """Where a number that is not finite was made, and how.

    Attributes:
        kind: one of KINDS.
        node: the position of the node whose value or gradient it is.
        edge: in the backward pass, the use that made it; None in the forward pass.
        number: the number that was made.
        source: the cause of the ∞ that it was made of; None where it was made of numbers.
    """

    kind: str
    node: int
    edge: Edge | None
    number: float
    source: "Cause | None" = None


def cause_of_value(trace: Trace, position: int) -> Cause | None:
    """Return why the value of a node is not finite; None where it is.

    Args:
        trace: the passes, of numbers.
        position: the node.
    """
    number = trace.values[position]
    if math.isfinite(number):
        return None
    numbers = ((i, float(trace.values[i])) for i in sorted(_ancestors(trace.graph, position)))
    nan = math.isnan(number)
    return next(_value_cause(trace, i, x) for i, x in numbers if _is_nan_or_infinite(x, nan=nan))


def cause_of_gradient(trace: Trace, position: int) -> Cause | None:
    """Return why the gradient at a node is not finite; None where it is.

    Args:
        trace: the passes, of numbers.
        position: the node.
    """
    number = trace.gradients[position]
    if math.isfinite(number):
        return None
    return _first_in_gradients(trace, position, nan=math.isnan(number))


def first_cause(trace: Trace) -> Cause | None:
    """Return why the first number of a pass is not finite, values before gradients."""
    count = len(trace.graph)
    values = (cause_of_value(trace, i) for i in range(count))
    slopes = (cause_of_gradient(trace, i) for i in reversed(range(count)))
    return next((cause for cause in (*values, *slopes) if cause), None)


def _ancestors(graph: Graph, position: int) -> frozenset[int]:
    """Return a node and everything that it is computed from."""
    ancestors, waiting = {position}, [position]
    while waiting:
        new = set(graph.nodes[waiting.pop()].inputs) - ancestors
        ancestors |= new
        waiting += new
    return frozenset(ancestors)


def _descendants(graph: Graph, position: int) -> frozenset[int]:
    """Return a node and everything that depends on it."""
    descendants = {position}
    for later, node in enumerate(graph.nodes):
        if descendants.intersection(node.inputs):
            descendants.add(later)
    return frozenset(descendants)


def _is_nan_or_infinite(x: float, *, nan: bool) -> bool:
    """Whether a number is NaN, if that is looked for, or else not finite."""
    return math.isnan(x) if nan else not math.isfinite(x)


def _value_cause(trace: Trace, position: int, x: float) -> Cause:
    node = trace.graph.nodes[position]
    inputs = [float(trace.values[i]) for i in node.inputs]
    source = next((i for i in node.inputs if not math.isfinite(trace.values[i])), None)
    before = None if source is None else cause_of_value(trace, source)
    return Cause(_kind(node.operation, inputs, x), position, None, x, before)


def _kind(operation: str, inputs: list[float], x: float) -> str:
    """Return how an operation made a number that is not finite of its inputs."""
    if not operation:
        return "given"
    if not all(map(math.isfinite, inputs)):
        return _of_infinities(operation, inputs)
    if operation in ("log", "xlogy", "binary_cross_entropy"):
        return "log of 0" if math.isinf(x) else "log of a negative number"
    if operation == "sqrt":
        return "root of a negative number"
    if operation == "divide" and inputs[1] == 0:
        return "0 / 0" if inputs[0] == 0 else "division by 0"
    if operation == "power" and inputs[0] == 0:
        return "division by 0"
    if operation == "power" and math.isnan(x):
        return "power of a negative number"
    return "outside" if math.isnan(x) else "overflow"


def _of_infinities(operation: str, inputs: list[float]) -> str:
    """Return how NaN is made where ∞ is among the inputs."""
    if operation in ("add", "subtract", "sum", "logsumexp"):
        return "∞ − ∞"
    if operation in ("multiply", "xlogy") and 0 in inputs:
        return "0 · ∞"
    if operation == "divide":
        return "∞ / ∞"
    if operation == "weighted_sum":
        half = len(inputs) // 2
        pairs = zip(inputs[:half], inputs[half:-1], strict=True)
        return "0 · ∞" if any(math.isnan(a * b) for a, b in pairs) else "∞ − ∞"
    return "of ∞"


def _first_in_gradients(trace: Trace, position: int, *, nan: bool) -> Cause:
    """Return the cause of the first such number among the gradients down to a node."""
    above = _descendants(trace.graph, position)
    columns = zip(edges(trace.graph), trace.locals, trace.products, trace.totals, strict=True)
    return next(
        _gradient_cause(trace, edge, tuple(map(float, numbers)))
        for edge, *numbers in columns
        if edge.node in above and any(_is_nan_or_infinite(float(x), nan=nan) for x in numbers)
    )


def _gradient_cause(trace: Trace, edge: Edge, numbers: tuple[float, ...]) -> Cause:
    """Return why a local derivative, its product, or the sum of products is not finite."""
    local, product, total = numbers
    values, later = trace.values, trace.graph.nodes[edge.later]
    near = (*later.inputs, edge.later)
    source = next((i for i in near if not math.isfinite(values[i])), None)
    before: Any = None if source is None else cause_of_value(trace, source)
    if math.isnan(local):
        return Cause("of ∞" if source is not None else "0 / 0", edge.node, edge, local, before)
    if math.isnan(product):
        arriving = cause_of_gradient(trace, edge.later)
        steep = Cause("infinite slope", edge.node, edge, local, before)
        return Cause("0 · ∞", edge.node, edge, product, arriving or steep)
    if math.isinf(local):
        return Cause("infinite slope", edge.node, edge, local, before)
    if math.isnan(total):
        steep = _first_in_gradients(trace, edge.node, nan=False)
        return Cause("∞ − ∞", edge.node, edge, total, before or steep)
    arriving = cause_of_gradient(trace, edge.later)
    return arriving or Cause("overflow", edge.node, edge, total, before)
