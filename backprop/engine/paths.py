"""The paths of a gradient: every way from a node to the loss, one product each.

The chain rule says ∂L/∂v is the sum, over all paths from v to L, of the product of the local
derivatives along the path. Backpropagation never lists the paths: it adds them up as it goes,
node by node. Their number grows exponentially with depth; so only the largest are listed, and
the rest is one sum.
"""

import heapq
import math
from dataclasses import dataclass

from backprop.engine.trace import Term, Trace

MOST = 20


@dataclass(frozen=True, slots=True)
class Path:
    """One way from a node to the loss; from the node's own use to the loss's input.

    Attributes:
        nodes: the positions on the way, the node itself first, the loss last.
        slopes: the local derivative between each two of them.
        product: the product of the slopes, what this path adds to the gradient.
    """

    nodes: tuple[int, ...]
    slopes: tuple[float, ...]
    product: float


@dataclass(frozen=True, slots=True)
class Paths:
    """All paths of a node: the largest by magnitude, and the rest as one sum.

    Attributes:
        largest: at most `most` paths, the largest product first.
        count: how many paths there are in all.
        rest: the gradient less what the listed paths add up to; 0 when all are listed.
        gradient: the sum over all paths.
    """

    largest: tuple[Path, ...]
    count: int
    rest: float
    gradient: float


def paths(trace: Trace, position: int, most: int = MOST) -> Paths:
    """Return the paths from a node to the loss.

    The largest are found without listing all: the best of a node go through the best of the
    nodes that use it. A slope that is NaN counts as the largest of all.
    """
    output = trace.graph.output
    best: dict[int, list[Path]] = {output: [Path((output,), (), 1.0)]}
    count = {output: 1}
    reach = _uses(trace, position)
    for node in sorted(reach, reverse=True):
        candidates = [
            Path((node, *path.nodes), (term.local, *path.slopes), term.local * path.product)
            for term in reach[node]
            for path in best.get(term.edge.later, ())
        ]
        best[node] = heapq.nlargest(most, candidates, key=_size)
        count[node] = sum(count.get(term.edge.later, 0) for term in reach[node])
    gradient = float(trace.gradients[position])
    largest = tuple(best[position])
    listed = count[position] == len(largest)
    rest = 0.0 if listed else gradient - sum(path.product for path in largest)
    return Paths(largest, count[position], rest, gradient)


def _uses(trace: Trace, position: int) -> dict[int, tuple[Term, ...]]:
    """Return the terms of every node that is reached from a position, but the output's."""
    found: dict[int, tuple[Term, ...]] = {}
    waiting = [position]
    while waiting:
        node = waiting.pop()
        if node not in found and node != trace.graph.output:
            found[node] = trace.terms[node]
            waiting += [term.edge.later for term in found[node]]
    return found


def _size(path: Path) -> float:
    return math.inf if math.isnan(path.product) else abs(path.product)
