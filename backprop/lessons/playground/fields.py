"""The numbers of the playground that can be typed or dragged, and the two shapes of its graph."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from backprop.engine.graph import Graph
from backprop.engine.trace import edges
from backprop.lessons.playground.choices import Choices, function_as
from backprop.notation.formula import Label
from backprop.notation.numerals import exact, field, short, signed
from backprop.stage.controls import Option
from backprop.stage.links import Links
from backprop.stage.walk.explanation import Labels
from backprop.stage.walk.function import FunctionAt, function_steps
from backprop.stage.walk.steps import WalkStep

LEAST_REACH = 4.0  # how far a slider goes to both sides, at least
STOPS = 200  # of a slider, to each side


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable as it can be typed and dragged.

    Attributes:
        value: as an input shows it.
        shown: as a person reads it; `exact` has all digits.
        low, high, pace: where the slider begins and ends, and how fine it is.
        gradient: as the picture shows it; empty while it is not known at this step.
        state: “now” where the step is about it, “focus” where its ledger is open.
        address: where its ledger opens.
    """

    name: str
    label: Label
    value: str
    shown: str
    exact: str
    low: str
    high: str
    pace: str
    gradient: str
    state: str
    address: str


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


def variables_of(
    found: FunctionAt, choices: Choices, stops: tuple[WalkStep, ...], links: Links, label: Labels
) -> tuple[Variable, ...]:
    """Return every variable at a step.

    Args:
        found: the function at its point.
        choices: of the page.
        stops: the steps up to the one that is shown.
        links: of the state.
        label: a name → how it is written.
    """
    known = {stop.name for stop in stops if stop.kind == "slope"}
    now = stops[-1].name
    return tuple(
        Variable(
            name=name,
            label=label(name),
            value=field(x),
            shown=short(x),
            exact=exact(x),
            **_slider(x, links.origin.choices.at.get(name, 0.0)),
            gradient=signed(found.trace.gradient[name]) if name in known else "",
            state="now" if name == now else "focus" if name == choices.focus else "",
            address=links.address(focus=name),
        )
        for name, x in choices.at.items()
    )


def _slider(x: float, origin: float) -> Mapping[str, str]:
    """Return a slider's ends: wide enough for where the page began, and for what was typed."""
    reach = max(LEAST_REACH, 2.0 ** math.ceil(math.log2(1.25 * abs(origin) or 1.0)))
    if abs(x) > reach:
        reach = 2.0 ** math.ceil(math.log2(abs(x)))
    return {"low": f"{-reach:.12g}", "high": f"{reach:.12g}", "pace": f"{reach / STOPS:.12g}"}


def shapes_of(choices: Choices, stop: WalkStep, links: Links) -> Shapes:
    """Return the switch between tree and shared; it stays at the quantity where both have it."""
    tree, shared = (function_as(choices, share=share) for share in (False, True))
    sizes = {False: _results(tree), True: _results(shared)}
    options = tuple(
        Option(
            f"{title}: {_counted(sizes[share], 'result')}",
            str(int(share)),
            share == choices.share,
            links.address(share=share, step=_same_step(stop, graph)),
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


def _same_step(stop: WalkStep, graph: Graph) -> int:
    """Return the step of another graph that is of the same kind, and of the same variable."""
    stops = function_steps(graph)
    alike = [
        n for n, each in enumerate(stops) if (each.phase, each.kind) == (stop.phase, stop.kind)
    ]
    named = [n for n in alike if stops[n].name == stop.name and stops[n].unit == stop.unit]
    leaf = [n for n in alike if stop.name in graph.variables and stops[n].name == stop.name]
    return (leaf or named or alike[min(stop.unit, len(alike) - 1) :] or [len(stops) - 1])[0]


def paths_to_variables(graph: Graph) -> int:
    """Return how many paths lead from the output back to the variables."""
    count = [0] * len(graph)
    count[graph.output] = 1
    for edge in edges(graph):  # from the output backward
        count[edge.node] += count[edge.later]
    return sum(n for n, node in zip(count, graph.nodes, strict=True) if node.is_variable)
