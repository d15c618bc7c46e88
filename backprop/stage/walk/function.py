"""The walk through a typed function: every result forward, then every slope backward.

Its steps are explained as those of a network are. There is no loss and no update: the walk ends
when the gradient is complete.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from backprop.engine.backward import differentiate
from backprop.engine.differences.check import check_gradient
from backprop.engine.differences.report import Row as CheckRow
from backprop.engine.graph import Graph
from backprop.engine.trace import Trace
from backprop.stage.walk.backward_step import explain_gradient, explain_whole
from backprop.stage.walk.explanation import Explanation, Labels
from backprop.stage.walk.forward_step import explain_value
from backprop.stage.walk.steps import WalkStep
from backprop.stage.walk.strip import MOST_TICKS, Fold, TickName

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
def function_steps(graph: Graph) -> tuple[WalkStep, ...]:
    """Return every step: values in the graph's order, slopes from the output to the variables."""
    nodes, varying = graph.nodes, graph.varying()
    values = [i for i, node in enumerate(nodes) if not node.is_leaf]
    slopes = [i for i in reversed(range(len(nodes))) if varying[i] and not nodes[i].is_leaf]
    slopes += [i for i, node in enumerate(nodes) if varying[i] and node.is_leaf]
    return (
        *(WalkStep("forward", "value", i, nodes[i].name, unit=n) for n, i in enumerate(values)),
        *(WalkStep("backward", "slope", i, nodes[i].name, unit=n) for n, i in enumerate(slopes)),
        WalkStep("backward", "whole", -1, "gradient", unit=len(slopes)),
    )


def function_folds(steps: Sequence[WalkStep]) -> tuple[Fold, ...]:
    """Return how a long walk is folded: into runs, and long runs into runs again."""
    if len(steps) <= MOST_TICKS:
        return ()
    run = _run(len(steps))
    return (_runs(run),) if run <= MOST_FOLDED else (_runs(run), _runs(_run(run)))


def _run(count: int) -> int:
    """Return how many steps each run holds, so that they are at most MOST_FOLDED."""
    return max(4, -(-count // (MOST_FOLDED - 2)))


def _runs(length: int) -> Fold:
    def key(step: WalkStep) -> tuple[object, ...]:
        if step.kind == "whole":
            return (step.kind,)
        return (step.phase, step.unit // length)

    return Fold(key, _called)


def _called(step: WalkStep, label: Labels) -> TickName:
    return label(step.name), "…"


def explain_function_step(passes: FunctionAt, step: WalkStep, label: Labels) -> Explanation:
    """Return the explanation of a step of the walk."""
    if step.kind == "value":
        return explain_value(passes, step, label)
    if step.kind == "slope":
        return explain_gradient(passes, step, label)
    one = "This is the gradient: one slope for each variable. It says how the result would move."
    none = "No variable stands here, so there is nothing to move, and no gradient."
    lede = one if passes.trace.gradient else none
    return explain_whole(passes, label, lede, "a kink or a jump")
