"""The walk through a typed function: every result forward, then every slope backward.

It tells itself with the same words as the walk through a network; what a formula has more of, or
less, is here: there is no loss and no update, and the walk ends when the gradient is complete.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from backprop.engine.backward import differentiate
from backprop.engine.differences.check import check_gradient
from backprop.engine.differences.report import Row as CheckRow
from backprop.engine.graph import Graph
from backprop.engine.trace import Trace
from backprop.stage.walk.backward_step import explain_base_case, explain_gradient
from backprop.stage.walk.explanation import (
    Explanation,
    Labels,
    Words,
    number,
    output_label,
    overflow_words,
)
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


def function_folds(stops: tuple[WalkStep, ...]) -> tuple[Fold, ...]:
    """Return how a long walk is folded: into runs, and long runs into runs again."""
    if len(stops) <= MOST_TICKS:
        return ()
    run = _run(len(stops))
    return (_runs(run),) if run <= MOST_FOLDED else (_runs(run), _runs(_run(run)))


def _run(count: int) -> int:
    """Return how many steps each run holds, so that they are at most MOST_FOLDED."""
    return max(4, -(-count // (MOST_FOLDED - 2)))


def _runs(length: int) -> Fold:
    def key(stop: WalkStep) -> tuple[object, ...]:
        if stop.kind == "whole":
            return (stop.kind,)
        return (stop.phase, stop.unit // length)

    return Fold(key, _called)


def _called(stop: WalkStep, label: Labels) -> TickName:
    return label(stop.name), "…"


def explain_function_step(found: FunctionAt, stop: WalkStep, label: Labels) -> Explanation:
    """Return what a step of the walk says."""
    if stop.kind == "value":
        return explain_value(found, stop, label)
    if stop.kind == "whole":
        return _tell_whole(found, label)
    return (
        explain_gradient(found, stop, label)
        if found.trace.terms[stop.node]
        else explain_base_case(found, label)
    )


def _tell_whole(found: FunctionAt, label: Labels) -> Explanation:
    slopes = found.trace.gradient.values()
    length = sum(g * g for g in slopes) ** 0.5
    one = "This is the gradient: one slope for each variable. It says how the result would move."
    none = "No variable stands here, so there is nothing to move, and no gradient."
    return Explanation(
        phase="backward",
        headline=("Backpropagation ends here.",),
        lede=(one if slopes else none,),
        equation=None,
        products=(),
        local=None,
        result_words=("length of the gradient",),
        result=number(length, "backward") if slopes else None,
        lines=(),
        sentence=_after_whole(found, label) if slopes else (),
    )


def _after_whole(found: FunctionAt, label: Labels) -> Words:
    """Return what the gradient is, and whether finite differences confirm it."""
    slopes, whole = found.trace.gradient, output_label(found, label)
    odd = [row for row in found.check.values() if not row.agrees()]
    if not odd:
        several = f"{len(slopes)} slopes" if len(slopes) > 1 else "One slope"
        return (
            "It points where ",
            whole,
            " rises most steeply, and its length is that slope, to first order. "
            f"{several} for one pass back; finite differences needed {2 * len(slopes)} passes "
            "forward, and agree.",
        )
    if not all(x - x == 0 for x in (*found.trace.values, *slopes.values())):
        return overflow_words(found, label)
    return (
        "Finite differences give another slope at ",
        label(odd[0].name),
        ": a kink, a jump or a pole lies within the nudge, which sees both of its sides.",
    )
