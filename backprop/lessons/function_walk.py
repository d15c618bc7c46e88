"""The walk through a typed function: every result forward, then every slope backward.

It tells itself with the same words as the walk through a network; what a formula has more of, or
less, is here: there is no loss and no update, and the walk ends when the gradient is complete.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from backprop.engine.backward import differentiate
from backprop.engine.finite_difference import Row as CheckRow
from backprop.engine.finite_difference import check_gradient
from backprop.engine.graph import Graph
from backprop.engine.trace import Trace
from backprop.lessons.round_strip import MOST_TICKS, Called, Fold, Labels
from backprop.lessons.round_walk import Stop

MOST_FOLDED = 14  # folds of one kind that stand beside each other in a strip


@dataclass(frozen=True, eq=False)
class FunctionAt:
    """A typed function at a point, differentiated there.

    Attributes:
        trace: the record of both passes.
        at: the value of each variable.
    """

    trace: Trace
    at: Mapping[str, float]

    @property
    def graph(self) -> Graph:
        """The function."""
        return self.trace.graph

    @property
    def noun(self) -> str:
        """Nothing: in a sentence the output is called by its letter."""
        return ""

    @cached_property
    def check(self) -> Mapping[str, CheckRow]:
        """The gradient beside its central finite differences."""
        return {row.name: row for row in check_gradient(self.graph, self.at).rows}


def function_at(graph: Graph, at: Mapping[str, float]) -> FunctionAt:
    """Return a function differentiated at a point.

    Raises:
        PointError: the point does not fit the function's variables.
    """
    return FunctionAt(differentiate(graph, at), at)


@lru_cache(maxsize=256)
def walk_of(graph: Graph) -> tuple[Stop, ...]:
    """Return every step: values in the graph's order, slopes from the output to the variables."""
    nodes, varying = graph.nodes, graph.varying()
    values = [i for i, node in enumerate(nodes) if not node.is_leaf]
    slopes = [i for i in reversed(range(len(nodes))) if varying[i] and not nodes[i].is_leaf]
    slopes += [i for i, node in enumerate(nodes) if varying[i] and node.is_leaf]
    return (
        *(Stop("forward", "value", i, nodes[i].name, unit=n) for n, i in enumerate(values)),
        *(Stop("backward", "slope", i, nodes[i].name, unit=n) for n, i in enumerate(slopes)),
        Stop("backward", "whole", -1, "gradient", unit=len(slopes)),
    )


def folds_for(stops: tuple[Stop, ...]) -> tuple[Fold, ...]:
    """Return how a long walk is folded: into runs, and long runs into runs again."""
    if len(stops) <= MOST_TICKS:
        return ()
    run = _run(len(stops))
    return (_runs(run),) if run <= MOST_FOLDED else (_runs(run), _runs(_run(run)))


def _run(count: int) -> int:
    """Return how many steps each run holds, so that they are at most MOST_FOLDED."""
    return max(4, -(-count // (MOST_FOLDED - 2)))


def _runs(length: int) -> Fold:
    def key(stop: Stop) -> tuple[object, ...]:
        if stop.kind == "whole":
            return (stop.kind,)
        return (stop.phase, stop.unit // length)

    return Fold(key, _called)


def _called(stop: Stop, label: Labels) -> Called:
    return label(stop.name), "…"
