"""A variable that is used twice: two paths, two products, and their sum.

A path can be switched off, to see the wrong answer that forgetting it gives.
"""

import math
from dataclasses import dataclass

from backprop.drawing.parts import Tag
from backprop.drawing.scene import Flow, Scene, View, expression_scene
from backprop.engine.differences.report import AGREES
from backprop.engine.graph import Graph
from backprop.engine.paths import Path, paths
from backprop.engine.trace import Trace
from backprop.lessons.chain_rule.choices import MOST_PATHS, Choices
from backprop.lessons.chain_rule.function import held, product_words
from backprop.notation.derivation import Equation, equation
from backprop.notation.formula import Label, Number
from backprop.notation.full_formula import whole_formula
from backprop.notation.numerals import adds_up, exact, long, short, signed
from backprop.stage.choices import ChoiceError
from backprop.stage.controls import Option
from backprop.stage.functions import function_labels, read_function
from backprop.stage.links import Links
from backprop.stage.walk.explanation import Labels
from backprop.stage.walk.function import function_at

FORKS = {
    "x * sin(x)": "a product",
    "(x + 1)(x - 1)": "two brackets",
    "x * x": "x·x",
    "x^2 * exp(-x) + x": "three ways",
    "x / (1 + x^2)": "above and below",
}


@dataclass(frozen=True, slots=True)
class PathShown:
    """One path from x to the result, its slopes and its product."""

    number: int
    nodes: tuple[Label, ...]
    product: str  # of the slopes, from the result back: 0.5 × 2 = 1
    worth: Number
    on: bool
    toggle: str
    keys: str


@dataclass(frozen=True, slots=True)
class Fork:
    """The function with its paths.

    Attributes:
        sum_: of the paths that are on, as it is printed; empty for none.
        total: that sum.
        right: the derivative, of all paths.
        nudged: the same by central differences.
        all_on: whether no path is switched off.
    """

    expression: str
    formula: Equation
    examples: tuple[Option, ...]
    scene: Scene
    label: Label
    paths: tuple[PathShown, ...]
    sum_: str
    total: Number
    right: Number
    nudged: Number
    all_on: bool
    agrees: bool
    every: str  # the address at which all paths are on
    too_many: int  # paths, where they are too many to be switched


def fork_of(choices: Choices, links: Links) -> Fork:
    """Return the function with its paths, at the page's x.

    Raises:
        ChoiceError: it cannot be read, or uses another variable than x.
    """
    graph = read_function(choices.fork, "fork")
    for name in graph.variables:
        if name != "x":
            raise ChoiceError(
                f"“{name}” cannot stand here.", hint="Write it with x alone.", at="fork"
            )
    found = function_at(graph, {"x": choices.x} if graph.variables else {})
    label = function_labels(graph)
    trace = found.trace
    listed = _paths(trace)
    off = {n for n in choices.off if n <= len(listed)}
    on = [path for n, path in enumerate(listed, 1) if n not in off]
    right = float(trace.gradient.get("x", 0.0))
    total = _sum(on) if listed else right
    nudged = found.check["x"].numeric if graph.variables else 0.0
    output = label(graph.nodes[graph.output].name)
    written = adds_up([path.product for path in on], total, "sum") if on else None
    names = [node.name for node in graph.nodes]
    return Fork(
        expression=choices.fork,
        formula=equation(output, ("=", whole_formula(graph, label))),
        examples=tuple(
            Option(text, title, text == choices.fork, links.address(fork=text, off=()))
            for text, title in FORKS.items()
        ),
        scene=_scene(trace, listed, on, label),
        label=output,
        paths=tuple(
            _shown(n, path, names, label, choices, links) for n, path in enumerate(listed, 1)
        ),
        sum_=f"{' + '.join(map(held, written.terms))} {written.sign} {written.result}"
        if written
        else "",
        total=Number(long(total), total, "backward"),
        right=Number(long(right), right, "backward"),
        nudged=Number(long(nudged), nudged),
        all_on=not off,
        agrees=_near(total, nudged),
        every=links.address(off=()),
        too_many=0 if listed or not graph.variables else _count(trace),
    )


def _sum(on: list[Path]) -> float:
    products = [path.product for path in on]
    return math.fsum(products) if all(map(math.isfinite, products)) else sum(products)


def _near(one: float, other: float) -> bool:
    if not (math.isfinite(one) and math.isfinite(other)):
        return one == other or (one != one and other != other)
    return abs(one - other) <= AGREES * max(abs(one), abs(other), 1e-7)


def _paths(trace: Trace) -> tuple[Path, ...]:
    """Return all paths of x in an order that no number changes; none where they are too many."""
    if not trace.graph.variables:
        return ()
    found = paths(trace, trace.graph.position("x"), MOST_PATHS)
    if found.count > MOST_PATHS:
        return ()
    return tuple(sorted(found.largest, key=lambda path: path.nodes))


def _count(trace: Trace) -> int:
    return paths(trace, trace.graph.position("x"), MOST_PATHS).count


def _shown(
    number: int,
    path: Path,
    names: list[str],
    label: Labels,
    choices: Choices,
    links: Links,
) -> PathShown:
    off = number in choices.off
    after = [n for n in choices.off if n != number] if off else sorted((*choices.off, number))
    edges = zip(path.nodes, path.nodes[1:], strict=False)
    return PathShown(
        number=number,
        nodes=tuple(label(names[i]) for i in path.nodes),
        product=product_words(adds_up(path.slopes[::-1], path.product)),
        worth=Number(short(path.product), path.product, "backward"),
        on=not off,
        toggle=links.address(off=tuple(after)),
        keys=" ".join(f"e-{names[a]}-{names[b]}" for a, b in edges),
    )


def _scene(trace: Trace, listed: tuple[Path, ...], on: list[Path], label: Labels) -> Scene:
    graph = trace.graph
    live = {edge for path in on for edge in zip(path.nodes, path.nodes[1:], strict=False)}
    x = graph.position("x") if graph.variables else -1
    known = frozenset(range(len(graph)))
    whole = len(on) == len(listed)
    view = View(
        phase="backward",
        now=frozenset((x,)) if x >= 0 else frozenset(),
        valued=known,
        graded=frozenset(
            i for i, varies in enumerate(graph.varying()) if varies and (whole or i != x)
        ),
        flows=tuple(Flow(a, b) for a, b in sorted(live)),
        factors={},
    )
    tags = local_tags(graph, trace, label, live if not whole else None)
    return expression_scene(trace, view, label, short, signed, exact, lambda _: "", tags)


def local_tags(
    graph: Graph,
    trace: Trace,
    label: Labels,
    live: set[tuple[int, int]] | None = None,
) -> dict[tuple[int, int], Tag]:
    """Return the local derivative of each edge, to stand on its wire.

    Where a node uses another twice, as in x·x, one wire stands for both, and carries their sum.

    Args:
        graph: the function.
        trace: of it.
        label: how names are written.
        live: the edges that count; the others are faint. All count where it is None.
    """
    sums: dict[tuple[int, int], float] = {}
    for terms in trace.terms.values():
        for term in terms:
            edge = (term.edge.node, term.edge.later)
            sums[edge] = sums.get(edge, 0.0) + float(term.local)
    tags = {}
    for (node, later), slope in sums.items():
        names = (str(label(graph.nodes[later].name)), str(label(graph.nodes[node].name)))
        title = f"local derivative of {names[0]} by {names[1]}: {exact(slope)}"
        state = "" if live is None or (node, later) in live else "off"
        tags[node, later] = Tag(short(slope), title, state)
    return tags
