"""The gradients that reverse mode gives at kinks, by any convention at each of them.

At 0, relu′ may be taken as any number from 0 to 1; each choice gives another gradient. Where one
kink bends the function up and another bends it down, as in relu(x) − relu(−x) = x, only some
choices give the slope, 1: with relu′(0) = 0 reverse mode gives 0.

A choice is made by moving the input of the kink to one side, by so little that no other local
derivative changes.

Source: Griewank and Walther (2008), chapter 14; Bolte and Pauwels (2021), Conservative set valued
fields, automatic differentiation, stochastic gradient methods and deep learning.
"""

from typing import Any, NamedTuple

import numpy as np

from backprop.engine.arrays.words import fit
from backprop.engine.backward import backward
from backprop.engine.differences.slopes import (
    CHOOSING,
    COMPARING,
    HINGES,
    kink_sides,
    kinked,
    kinks_at_zero,
)
from backprop.engine.graph import Node
from backprop.engine.ops import OPS, compute
from backprop.engine.trace import Trace

CHOICES = 6  # at random, besides all to one side
SMALLEST = 1e-300  # beside a kink at 0


class ReverseSlopes(NamedTuple):
    """The least and the largest slope that the choices give, by the parameters' names."""

    low: dict[str, Any]
    high: dict[str, Any]


@np.errstate(all="ignore")
def reverse_slopes(trace: Trace) -> ReverseSlopes:
    """Return between what the gradient lies, whatever is chosen at each kink.

    Args:
        trace: of a function at a point.
    """
    graph, rng = trace.graph, np.random.default_rng(0)
    by_choice = [trace.gradient]
    for choice in range(2 + CHOICES):
        values = list(trace.values)
        for node in kinked(graph):
            x = node.inputs[0]
            if node.operation in HINGES:
                _choose_for_scores(values, trace, node, choice, rng)
                continue
            if node.operation == "floor":  # 0 on both sides: there is nothing to choose
                continue
            if node.operation in CHOOSING and node.parameters:
                values[x] = _moved_apart(node, trace, choice, rng)
                continue
            at_zero = kinks_at_zero(node.operation)
            gap = trace.values[x] if at_zero else trace.values[x] - trace.values[node.inputs[1]]
            shape = np.shape(gap if node.operation in COMPARING else trace.values[x])
            side = 1.0 - 2.0 * choice if choice < 2 else rng.choice([-1.0, 1.0], shape)
            if node.operation in COMPARING:  # its answer decides which branch is taken
                at = graph.position(node.name)
                taken = compute(OPS[node.operation], side, 0.0)
                if np.any(gap == 0):
                    chosen = np.where(gap == 0, taken, values[at])[()]
                    values[at] = chosen if graph.is_program else taken
                continue
            beside = side * SMALLEST if at_zero else np.nextafter(trace.values[x], side * np.inf)
            tied = fit(np.equal(gap, 0) * 1.0, trace.values[x]) > 0  # an entry may meet several
            moved = np.where(tied, beside, values[x])
            values[x] = moved if np.ndim(moved) else float(moved)
        gradients, _ = backward(graph, values)
        by_choice.append(
            {name: gradients.get(graph.position(name), 0.0) for name in trace.gradient}
        )
    low, high = by_choice[0], by_choice[0]
    for each in by_choice[1:]:
        low = {name: np.minimum(low[name], each[name]) for name in low}
        high = {name: np.maximum(high[name], each[name]) for name in high}
    return ReverseSlopes(dict(low), dict(high))


def _moved_apart(node: Node, trace: Trace, choice: int, rng: Any) -> Any:
    """Return what a largest is taken of, with equals moved apart: first, last or any wins."""
    x = np.asarray(trace.values[node.inputs[0]])
    order = np.arange(x.size)[:: 1 - 2 * choice] if choice < 2 else rng.permutation(x.size)
    step = np.spacing(np.maximum(1.0, np.abs(x)))
    return x + step * order.reshape(x.shape)


def _choose_for_scores(values: list[Any], trace: Trace, node: Node, choice: int, rng: Any) -> None:
    """Move the scores whose margin in a hinge is 0, by just enough to change that margin."""
    half = len(node.inputs) // 2
    for x, at in zip(node.inputs[:half], _per_score(node, trace), strict=True):
        side = 1.0 - 2.0 * choice if choice < 2 else rng.choice([-1.0, 1.0], np.shape(at))
        step = side * 4 * np.finfo(float).eps * np.maximum(1.0, np.abs(trace.values[x]))
        moved = np.where(np.equal(at, 0), values[x] + step, values[x])
        values[x] = moved if np.ndim(moved) else float(moved)


def _per_score(node: Node, trace: Trace) -> list[Any]:
    """Return the side of each input that holds scores: one array of a batch, k numbers else."""
    sides = kink_sides(node, trace.values)
    return [sides] if node.operation.startswith("batch") else [*sides]
