"""A function of a function, taken apart: each link with its slope, and the whole as a graph.

    y = g(u), u = f(x)        dy/dx = g′(u) · f′(x), at u = f(x)

The links are listed from the outermost, y, to the innermost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import count

import numpy as np
from numpy.typing import NDArray

from backprop.engine.compose import NUMBERED, compose
from backprop.engine.errors import LimitError
from backprop.engine.forward import columns, value
from backprop.engine.graph import Graph, Node
from backprop.lessons.chain_rule.choices import Choices
from backprop.notation.symbolic.derivative import derivative
from backprop.stage.choices import ChoiceError
from backprop.stage.functions import read_function

Column = NDArray[np.float64]  # values at many points


@dataclass(frozen=True, slots=True)
class Link:
    """One function of the chain."""

    name: str  # what it computes: “y”
    of: str  # the one variable that it may use: “u”
    graph: Graph
    slope: Graph  # its derivative by that variable, in closed form


@dataclass(frozen=True, eq=False)
class Chain:
    """Functions put one into the other, at a point."""

    links: tuple[Link, ...]  # from the outermost to the innermost; two or three
    x: float

    @cached_property
    def inner(self) -> Mapping[str, Graph]:
        """Each quantity between x and y as a function of x: u, and v where there is one."""
        inner: dict[str, Graph] = {}
        for link in reversed(self.links[1:]):
            inner[link.name] = compose(link.graph, inner) if inner else link.graph
        return inner

    @cached_property
    def graph(self) -> Graph:
        """Y as a function of x, in whose graph u and v are nodes."""
        return _join(self.links)

    @cached_property
    def values(self) -> Mapping[str, float]:
        """The value of x, of y, and of each quantity between."""
        return self.values_at(self.x)

    def values_at(self, x: float) -> Mapping[str, float]:
        """Return the value of each quantity where x has this one."""
        values = {"x": x}
        for link in reversed(self.links):
            values[link.name] = _evaluate(link.graph, values)
        return values

    def columns_at(self, x: Column) -> Mapping[str, Column]:
        """Return the values of each quantity at many points."""
        values = {"x": x}
        for link in reversed(self.links):
            values[link.name] = column(link.graph, values)
        return values

    def evaluate(self, graph: Graph) -> float:
        """Return the value of a function of some of the quantities, such as a link’s slope."""
        return _evaluate(graph, self.values)


def _evaluate(graph: Graph, at: Mapping[str, float]) -> float:
    return float(value(graph, {name: at[name] for name in graph.variables}))


def column(graph: Graph, at: Mapping[str, Column]) -> Column:
    """Return a function's values at many points, as a column also where it is constant."""
    size = len(next(iter(at.values())))
    values = columns(graph, {name: at[name] for name in graph.variables})[-1]
    return np.broadcast_to(np.asarray(values, float), (size,))


def make_chain(choices: Choices) -> Chain:
    """Return the functions that were typed, one in the other.

    Raises:
        ChoiceError: one of them cannot be read, or uses a variable that is not its own.
    """
    deep = bool(choices.v.strip())
    names = ("yu", "uv", "vx") if deep else ("yu", "ux")
    return Chain(tuple(_link(*pair, getattr(choices, pair[0])) for pair in names), choices.x)


@lru_cache(maxsize=512)
def _link(name: str, of: str, text: str) -> Link:
    graph = read_function(text, name)
    for other in graph.variables:
        if other != of:
            hint = f"Write it with {of}."
            if (name, other) == ("u", "v"):
                hint = "Write it with x; or say below what v is, and the chain is three deep."
            elif (name, other) == ("u", "x"):
                hint = "Write it with v, which is a function of x; or leave v empty."
            raise ChoiceError(f"“{other}” cannot stand in {name} here.", hint=hint, at=name)
    try:
        return Link(name, of, graph, derivative(graph, of))
    except LimitError as refused:
        raise ChoiceError(refused.what, hint=refused.hint, at=name) from None


@lru_cache(maxsize=256)
def _join(links: tuple[Link, ...]) -> Graph:
    """Return the whole chain as one graph; its output is called y, results without a name q."""
    graph = links[-1].graph
    for link in reversed(links[:-1]):
        graph = compose(link.graph, {link.of: graph}) if link.graph.variables else link.graph
    numbers = count(1)

    def rename(node: Node) -> Node:
        if node.is_leaf:
            return node
        if node is graph.nodes[-1]:
            return node._replace(name=links[0].name)
        is_nameless = NUMBERED.fullmatch(node.name)  # v1 and so on; v is a quantity of its own
        return node._replace(name=f"q{next(numbers)}") if is_nameless else node

    return Graph(tuple(map(rename, graph.nodes)))
