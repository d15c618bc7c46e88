"""A function of a function, taken apart: each link with its slope, and the whole as a graph.

    y = g(u), u = f(x)        dy/dx = g′(u) · f′(x), at u = f(x)

The links are listed from the outermost, y, to the innermost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from backprop.engine.compose import compose
from backprop.engine.errors import LimitError
from backprop.engine.forward import value
from backprop.engine.graph import Graph
from backprop.lessons.chain_rule.choices import Choices
from backprop.notation.numerals import Written
from backprop.notation.symbolic.derivative import derivative
from backprop.stage.choices import ChoiceError
from backprop.stage.functions import read_function


@dataclass(frozen=True, slots=True)
class Link:
    """One function of the chain.

    Attributes:
        name: what it computes: “y”.
        of: the one variable that it may use: “u”.
        graph: the function.
        slope: its derivative by that variable, in closed form.
    """

    name: str
    of: str
    graph: Graph
    slope: Graph


@dataclass(frozen=True, eq=False)
class Chain:
    """Functions put one into the other, at a point.

    Attributes:
        links: from the outermost to the innermost; two or three.
        x: where the innermost is looked at.
    """

    links: tuple[Link, ...]
    x: float

    @cached_property
    def inner(self) -> Mapping[str, Graph]:
        """Each quantity between x and y as a function of x: u, and v where there is one."""
        found: dict[str, Graph] = {}
        for link in reversed(self.links[1:]):
            found[link.name] = compose(link.graph, found) if found else link.graph
        return found

    @cached_property
    def graph(self) -> Graph:
        """Y as a function of x, in whose graph u and v are nodes."""
        return whole_of(tuple((link.name, link.of, link.graph) for link in self.links))

    @cached_property
    def values(self) -> Mapping[str, float]:
        """The value of x, of y, and of each quantity between."""
        return self.values_at(self.x)

    def values_at(self, x: float) -> Mapping[str, float]:
        """Return the value of each quantity where x has this one."""
        found = {"x": x}
        for link in reversed(self.links):
            point = {link.of: found[link.of]} if link.graph.variables else {}
            found[link.name] = float(value(link.graph, point))
        return found

    def slope_at(self, link: Link) -> float:
        """Return the slope of a link where its variable stands now."""
        point = {link.of: self.values[link.of]} if link.slope.variables else {}
        return float(value(link.slope, point))


def chain_of(choices: Choices) -> Chain:
    """Return the functions that were typed, one in the other.

    Raises:
        ChoiceError: one of them cannot be read, or uses a variable that is not its own.
    """
    deep = bool(choices.v.strip())
    names = (("y", "u"), ("u", "v"), ("v", "x")) if deep else (("y", "u"), ("u", "x"))
    texts = {"y": choices.y, "u": choices.u, "v": choices.v}
    return Chain(tuple(_link(name, of, texts[name]) for name, of in names), choices.x)


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
    except LimitError as declined:
        raise ChoiceError(declined.what, hint=declined.hint, at=name) from None


@lru_cache(maxsize=256)
def whole_of(links: tuple[tuple[str, str, Graph], ...]) -> Graph:
    """Return the whole chain as one graph; its output is called y, results without a name q."""
    graph = links[-1][2]
    for _, of, outer in reversed(links[:-1]):
        graph = compose(outer, {of: _named(graph, of)}) if of in outer.variables else outer
    return _renamed(_named(graph, links[0][0]))


def _named(graph: Graph, name: str) -> Graph:
    """Return a graph whose last node is called by this name, if it is a result."""
    last = graph.nodes[-1]
    return graph if last.is_leaf else Graph((*graph.nodes[:-1], last._replace(name=name)))


def _renamed(graph: Graph) -> Graph:
    """Return a graph whose nameless results are q1, q2 …: v is a quantity of its own here."""
    count = 0
    nodes = []
    for node in graph.nodes:
        if node.name[:1] == "v" and node.name[1:].isdigit() and not node.is_leaf:
            count += 1
            node = node._replace(name=f"q{count}")
        nodes.append(node)
    return Graph(tuple(nodes))


def product_words(written: Written) -> str:
    """Return a product as it is printed, its result behind it: (−1) × 2 = −2."""
    return f"{' × '.join(map(held, written.terms))} {written.sign} {written.result}"


def held(term: str) -> str:
    """Return a printed number as it stands in a sum or product: a negative one in brackets."""
    return f"({term})" if term.startswith("−") else term
