"""A variable that is used twice: two paths, two products, and their sum.

A path can be switched off, to see the wrong answer that forgetting it gives.
"""

import math
from dataclasses import dataclass

from backprop.drawing.scene import Scene
from backprop.engine.differences.report import AGREES
from backprop.engine.graph import Graph
from backprop.engine.paths import Path, paths
from backprop.engine.trace import Trace
from backprop.lessons.chain_rule.choices import MOST_PATHS, Choices, toggled
from backprop.lessons.chain_rule.picture import fork_scene, path_edges
from backprop.notation.derivation import Equation, equation
from backprop.notation.formula import Label, Number
from backprop.notation.full_formula import whole_formula
from backprop.notation.numerals import adds_up
from backprop.stage.choices import ChoiceError
from backprop.stage.controls import Option
from backprop.stage.functions import function_labels, read_function
from backprop.stage.links import Links
from backprop.stage.walk.explanation import Labels, long_number, number
from backprop.stage.walk.function import FunctionAt, function_at

FORKS = {
    "x * sin(x)": "a product",
    "(x + 1)(x - 1)": "two brackets",
    "x * x": "x·x",
    "x^2 * exp(-x) + x": "three ways",
    "x / (1 + x^2)": "above and below",
}


@dataclass(frozen=True, slots=True)
class PathRow:
    """One path from x to the result, its slopes and its product."""

    number: int
    nodes: tuple[Label, ...]
    product: str  # of the slopes, from the result back: 0.5 × 2 = 1
    worth: Number
    on: bool
    toggle: str
    keys: str


@dataclass(frozen=True, slots=True)
class PathSum:
    """What the paths that are on add up to, beside the derivative."""

    printed: str  # the sum as it is printed; empty where no path is on
    total: Number
    right: Number  # the derivative, of all paths
    nudged: Number  # the same by central differences
    agrees: bool
    all_on: bool
    every: str  # the address at which all paths are on


@dataclass(frozen=True, slots=True)
class Fork:
    """The function with its paths."""

    expression: str
    formula: Equation
    examples: tuple[Option, ...]
    scene: Scene
    paths: tuple[PathRow, ...]
    too_many: int  # how many paths, where they are too many to be switched
    sum: PathSum


def make_fork(choices: Choices, links: Links) -> Fork:
    """Return the function with its paths, at the page's x.

    Raises:
        ChoiceError: it cannot be read, or uses another variable than x.
    """
    graph = _read(choices.fork)
    function = function_at(graph, {"x": choices.x} if graph.variables else {})
    label = function_labels(graph)
    listed, count = _paths(function.trace)
    on = [path for n, path in enumerate(listed, 1) if n not in choices.off]
    all_on = len(on) == len(listed)
    output = label(graph.nodes[graph.output].name)
    return Fork(
        expression=choices.fork,
        formula=equation(output, ("=", whole_formula(graph, label))),
        examples=tuple(
            Option(text, title, text == choices.fork, links.address(fork=text, off=()))
            for text, title in FORKS.items()
        ),
        scene=fork_scene(function.trace, on, label, all_on=all_on),
        paths=tuple(
            _row(n, path, graph, label, choices.off, links) for n, path in enumerate(listed, 1)
        ),
        too_many=0 if listed else count,
        sum=_sum(function, on, links.address(off=()), all_on=all_on),
    )


def _paths(trace: Trace) -> tuple[list[Path], int]:
    """Return the paths of x, none where they are too many, and their number.

    They stand in an order that no number changes.
    """
    if not trace.graph.variables:
        return [], 0
    reached = paths(trace, trace.graph.position("x"), MOST_PATHS)
    ordered = sorted(reached.largest, key=lambda path: path.nodes)
    return ordered if reached.count <= MOST_PATHS else [], reached.count


def _sum(function: FunctionAt, on: list[Path], every: str, *, all_on: bool) -> PathSum:
    right = float(function.trace.gradient.get("x", 0.0))
    nudged = function.check["x"].numeric if function.graph.variables else 0.0
    products = [path.product for path in on]
    total = right if all_on and not on else _add(products)
    printed = adds_up(products, total, "sum").printed(" + ") if on else ""
    return PathSum(
        printed=printed,
        total=long_number(total, "backward"),
        right=long_number(right, "backward"),
        nudged=long_number(nudged),
        agrees=_near(total, nudged),
        all_on=all_on,
        every=every,
    )


def _add(products: list[float]) -> float:
    return math.fsum(products) if all(map(math.isfinite, products)) else sum(products)


def _read(text: str) -> Graph:
    graph = read_function(text, "fork")
    for name in graph.variables:
        if name != "x":
            raise ChoiceError(
                f"“{name}” cannot stand here.", hint="Write it with x alone.", at="fork"
            )
    return graph


def _near(one: float, other: float) -> bool:
    if not (math.isfinite(one) and math.isfinite(other)):
        return one == other or (one != one and other != other)
    return abs(one - other) <= AGREES * max(abs(one), abs(other), 1e-7)


def _row(
    n: int, path: Path, graph: Graph, label: Labels, off: tuple[int, ...], links: Links
) -> PathRow:
    names = [node.name for node in graph.nodes]
    return PathRow(
        number=n,
        nodes=tuple(label(names[i]) for i in path.nodes),
        product=adds_up(path.slopes[::-1], path.product).printed(" × "),
        worth=number(path.product, "backward"),
        on=n not in off,
        toggle=links.address(off=toggled(off, n)),
        keys=" ".join(f"e-{names[a]}-{names[b]}" for a, b in path_edges(path)),
    )
