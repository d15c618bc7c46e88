"""Whether a gradient is 0 as far as floating-point numbers can tell: what is left is rounding.

At x = 1.5707963267948966 the slope of sin(x) comes out as 6·10⁻¹⁷, for no double is π/2. A size
alone does not tell this: the slope of exp(−40) is smaller, and every digit of it is right. So
both passes are bounded again, to first order: how far can each number be off?

    value      e(out) = Σ |∂out/∂x| · e(x)  +  ε·|out|           ε·|x| for what is no integer
    gradient   e(g) = Σ over uses  e(arriving)·|local| + |arriving|·e(local) + ε·|sum so far|
    local      e(local) = Σ |∂local/∂x| · e(x) + |∂local/∂out| · ε·|out| + ε·|local|

Source: Higham, Accuracy and Stability of Numerical Algorithms (2002), section 3.3, running error
analysis; ε is twice the unit roundoff, which leaves room for what is of second order.
"""

import math
import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from backprop.engine.array_ops import ArrayOperation
from backprop.engine.ops import Operation
from backprop.engine.trace import Trace

EPSILON = sys.float_info.epsilon
NUDGE = 2.0**-26  # √ε: what is small; the step by which a local derivative is differentiated


def is_zero(trace: Trace, node: int) -> bool:
    """Whether the gradient at a node is 0, or no further from it than rounding may have put it.

    Args:
        trace: the right pass, of numbers.
        node: the position.
    """
    slope, most = abs(float(trace.gradients[node])), max(map(_size, trace.gradients))
    small = slope <= NUDGE * most  # far from it a bound may be wide: sin(1e300) is any number
    return slope == 0 or (small and slope <= _bounds(trace)[node] < math.inf)


@lru_cache(maxsize=64)
def _bounds(trace: Trace) -> tuple[float, ...]:
    """Return how far each gradient may be off."""
    graph, values = trace.graph, [0.0] * len(trace.graph)
    slopes: list[list[float]] = [[] for _ in values]  # of each local derivative of a node
    for position, node in enumerate(graph.nodes):
        out = float(trace.values[position])
        if node.is_leaf:
            values[position] = 0.0 if out.is_integer() else EPSILON * abs(out)
            continue
        row, x = graph.row(position), [float(trace.values[i]) for i in node.inputs]
        assert not isinstance(row, ArrayOperation), "a node is a number here"
        off = [values[i] for i in node.inputs]
        here = _locals(row, out, x)
        values[position] = sum(map(_spread, here, off)) + EPSILON * abs(out)
        slopes[position] = _of_locals(row, out, x, off, here)
    bounds = [0.0] * len(values)
    for position in range(graph.output - 1, -1, -1):
        for term in trace.terms[position]:
            local = slopes[term.edge.later][term.edge.which]
            bounds[position] += (
                _spread(term.local, bounds[term.edge.later])
                + _spread(term.arriving, local)
                + EPSILON * abs(float(term.total))
            )
    return tuple(bounds)


def _of_locals(
    row: Operation, out: float, x: Sequence[float], off: Sequence[float], here: Sequence[float]
) -> list[float]:
    """Return how far each local derivative of a node may be off.

    Args:
        row: what the node does.
        out: its value.
        x: its inputs.
        off: how far each of them may be off.
        here: the local derivatives.
    """
    lost = 1 + EPSILON if math.isfinite(out) else 1
    rounded = _locals(row, out * lost, x)
    errors = [_size(a - b) + EPSILON * _size(b) for a, b in zip(rounded, here, strict=True)]
    for k, far in enumerate(off):
        step = NUDGE * abs(x[k])
        if far and step:
            moved = [*x[:k], x[k] * (1 + NUDGE), *x[k + 1 :]]
            there = _locals(row, float(row.evaluate(*moved)), moved)
            for n, (a, b) in enumerate(zip(there, here, strict=True)):
                errors[n] += _size(a - b) * far / step
    return errors


def _locals(row: Operation, out: float, x: Sequence[float]) -> list[float]:
    return [float(each) for each in row.local_derivatives(out, *x)]


def _spread(factor: Any, far: float) -> float:
    """Return how far a product is off whose other factor is."""
    return _size(factor) * far if far else 0.0


def _size(x: Any) -> float:
    """Return how large a number is; 0 where it is none, as beyond the edge of a domain."""
    return abs(float(x)) if math.isfinite(x) else 0.0
