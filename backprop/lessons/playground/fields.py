"""The variables as they can be typed and dragged; another point; the two shapes of the graph."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np

from backprop.engine.backward import differentiate
from backprop.engine.graph import Graph
from backprop.engine.trace import edges
from backprop.lessons.playground.choices import Choices, parse_as
from backprop.notation.numerals import short, signed
from backprop.stage.controls import Field, Option, Slider, number_field
from backprop.stage.links import Links
from backprop.stage.quiz.step_question import StepQuestion
from backprop.stage.walk.explanation import Labels
from backprop.stage.walk.function import FunctionAt, function_steps
from backprop.stage.walk.steps import WalkStep

LEAST_REACH = 4.0  # how far a slider goes to both sides, at least
TICKS = 200  # of a slider, to each side
TRIES = 12  # for another point


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable as it can be typed and dragged."""

    field: Field
    slider: Slider


@dataclass(frozen=True, slots=True)
class Shapes:
    """The function as a tree, and with its equal parts shared.

    Attributes:
        options: the switch between them, each with how many results it has.
        tree, shared: how many results each has.
        paths: the ways from the output back to the variables: the same in both.
    """

    options: tuple[Option, ...]
    tree: int
    shared: int
    paths: str


def make_variables(
    passes: FunctionAt, focus: str, links: Links, label: Labels
) -> tuple[tuple[Variable, Variable], ...]:
    """Return every variable: without its gradient, and with it."""
    begun = links.origin.choices.at
    variables = []
    for name, x in passes.at.items():
        state = "focus" if name == focus else ""
        address = links.address(focus=name)
        ahead = number_field(name, label(name), "", x, state=state, address=address)
        graded = replace(ahead, gradient=signed(passes.trace.gradient[name]))
        slider = _slider(ahead, x, begun.get(name, 0.0))
        variables.append((Variable(ahead, slider), Variable(graded, slider)))
    return tuple(variables)


def show_variables(
    variables: tuple[tuple[Variable, Variable], ...], question: StepQuestion
) -> tuple[Variable, ...]:
    """Return every variable at a step, without the gradients that are ahead or asked."""
    steps, now = question.steps[: question.at + 1], question.step.name
    known = {step.name for step in steps if step.kind == "slope"} - question.unknown
    shown = (graded if graded.field.name in known else ahead for ahead, graded in variables)
    return tuple(
        replace(each, field=replace(each.field, state="now")) if each.field.name == now else each
        for each in shown
    )


def _slider(typed: Field, x: float, origin: float) -> Slider:
    """Return a slider wide enough for where the page began, and for what was typed."""
    reach = max(LEAST_REACH, 2.0 ** math.ceil(math.log2(1.25 * abs(origin) or 1.0)))
    if abs(x) > reach:
        reach = 2.0 ** math.ceil(math.log2(abs(x)))
    low, high, pace = (f"{each:.12g}" for each in (-reach, reach, reach / TICKS))
    return Slider(typed.name, typed.label, typed.value, short(x), low, high, pace)


def make_shapes(choices: Choices, step: WalkStep, links: Links) -> Shapes:
    """Return the switch between tree and shared; it stays at the quantity where both have it."""
    tree, shared = (parse_as(choices, share=share) for share in (False, True))
    sizes = {False: _results(tree), True: _results(shared)}
    options = tuple(
        Option(
            f"{title}: {_counted(sizes[share], 'result')}",
            str(int(share)),
            share == choices.share,
            links.address(share=share, step=_same_step(step, graph)),
            about,
        )
        for title, share, graph, about in (
            ("Tree", False, tree, "Every operation as it was typed"),
            ("Shared", True, shared, "Equal parts are one node, computed once"),
        )
    )
    return Shapes(options, sizes[False], sizes[True], f"{paths_to_variables(tree):,}")


def _results(graph: Graph) -> int:
    return sum(not node.is_leaf for node in graph.nodes)


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _same_step(step: WalkStep, graph: Graph) -> int:
    """Return the step of another graph that is of the same kind, and of the same variable."""
    steps = function_steps(graph)
    alike = [
        n for n, each in enumerate(steps) if (each.phase, each.kind) == (step.phase, step.kind)
    ]
    named = [n for n in alike if steps[n].name == step.name and steps[n].unit == step.unit]
    leaf = [n for n in alike if step.name in graph.variables and steps[n].name == step.name]
    return (leaf or named or alike[min(step.unit, len(alike) - 1) :] or [len(steps) - 1])[0]


def paths_to_variables(graph: Graph) -> int:
    """Return how many paths lead from the output back to the variables."""
    count = [0] * len(graph)
    count[graph.output] = 1
    for edge in edges(graph):  # from the output backward
        count[edge.node] += count[edge.later]
    return sum(n for n, node in zip(count, graph.nodes, strict=True) if node.is_variable)


def next_point(graph: Graph, at: Mapping[str, float]) -> dict[str, float] | None:
    """Return the point that follows, always the same: small numbers with one decimal.

    The function and its gradient are finite there, and not all slopes are 0. Where other signs
    lead out of the function's domain, they stay.
    """
    rng = np.random.default_rng(crc32(repr(sorted(at.items())).encode()))
    for n in range(TRIES):
        sizes = rng.integers(3, 31, len(at)) / 10
        turned = rng.choice((-1.0, 1.0), len(at))
        signs = turned if n < TRIES // 2 else np.copysign(1.0, list(at.values()))
        point = dict(zip(at, (sizes * signs).tolist(), strict=True))
        trace = differentiate(graph, point)
        slopes = trace.gradient.values()
        if all(map(math.isfinite, (trace.value, *slopes))) and any(slopes) and point != at:
            return point
    return None
