"""The record of a pass: every value, every gradient, every term, immutable.

    graph, at  →  differentiate  →  Trace  →  steps: forward left to right, backward right to left

A forward step computes one node's value from its inputs. A backward step computes one node's
gradient: for each use of the node, the gradient that arrives there times the local derivative;
then the sum. The last node's backward step is the base case, ∂L/∂L = 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.array_ops import ArrayOperation
from backprop.engine.arrays.words import TYPED
from backprop.engine.compiled.rules import LETTERS, Dialect, write
from backprop.engine.graph import Graph


class Edge(NamedTuple):
    """One use of a node, along which a gradient flows back."""

    node: int  # the node that is used, and receives
    later: int  # the node that uses it, and sends
    which: int  # the number of the input that it is there


@lru_cache(maxsize=256)
def edges(graph: Graph) -> tuple[Edge, ...]:
    """Return every use that carries a gradient, in the order in which backward reads them."""
    varying, reaching, uses = graph.varying(), graph.reaching(), graph.uses()
    return tuple(
        Edge(position, later, which)
        for position in range(graph.output - 1, -1, -1)
        if varying[position]
        for later, which in uses[position]
        if reaching[later] and graph.passes(later, which)
    )


def other_factor(graph: Graph, edge: Edge) -> int | None:
    """Return the node whose value is the local derivative along an edge; None where none is.

    In a product, and in each product of a weighted sum, ∂later/∂node is the other factor.
    """
    later = graph.nodes[edge.later]
    half = len(later.inputs) // 2
    if later.operation not in ("multiply", "weighted_sum") or edge.which == 2 * half:
        return None
    return later.inputs[(edge.which + half) % (2 * half)]


@dataclass(frozen=True, slots=True)
class Term:
    """What one use of a node adds to its gradient: arriving · local = product.

    Attributes:
        edge: the use.
        arriving: ∂L/∂later, the gradient at the node that uses this one.
        local: ∂later/∂node; None for an array operation, which multiplies without forming it.
        product: what flows along the edge.
        total: the sum of the products up to this one.
    """

    edge: Edge
    arriving: Any
    local: Any
    product: Any
    total: Any


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a hand calculation.

    Attributes:
        phase: "forward" or "backward".
        node: the position of the node whose value or gradient is computed.
        name: the node's name.
        rule: the formula in letters: "w1 * x1 + b", or "g(f) * z" for a term of a gradient,
            where g(f) stands for ∂L/∂f.
        numbers: the same with the numbers plugged in.
        result: the value, or the gradient.
        terms: what each use of the node adds; empty in a forward step and at the base case.
    """

    phase: str
    node: int
    name: str
    rule: str
    numbers: str
    result: Any
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, eq=False)
class Trace:
    """A forward and a backward pass at one point; the columns are in the graph's order.

    Attributes:
        graph: the function.
        values: the value of each node.
        gradients: ∂L/∂node for each node; 0 where no parameter is involved.
        locals, products, totals: for each of `edges(graph)`, the fields of its Term.
    """

    graph: Graph
    values: tuple[Any, ...]
    gradients: tuple[Any, ...]
    locals: tuple[Any, ...]
    products: tuple[Any, ...]
    totals: tuple[Any, ...]

    def __post_init__(self) -> None:
        if not self.graph.on_arrays:
            return
        nodes = zip(self.graph.nodes, self.values, strict=True)
        computed = [value for node, value in nodes if not node.is_leaf]  # a leaf is the caller's
        found = (*computed, *self.gradients, *self.products, *self.totals)
        for entry in dict(zip(map(id, found), found, strict=True)).values():  # each once
            if isinstance(entry, np.ndarray):
                entry.setflags(write=False)

    @property
    def value(self) -> Any:
        """The function's value."""
        return self.values[-1]

    @property
    def gradient(self) -> Mapping[str, Any]:
        """∂L/∂parameter for every parameter, by name."""
        nodes = zip(self.graph.nodes, self.gradients, strict=True)
        return {n.name: g for n, g in nodes if n.is_variable and not n.given}

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every forward, then every backward step, in order."""
        return self.forward_steps + self.backward_steps

    @cached_property
    def forward_steps(self) -> tuple[Step, ...]:
        """One step for each result, left to right."""
        nodes = enumerate(self.graph.nodes)
        return tuple(self._forward(position) for position, node in nodes if not node.is_leaf)

    @cached_property
    def backward_steps(self) -> tuple[Step, ...]:
        """One step for each node that a parameter reaches, right to left."""
        varying = self.graph.varying()
        positions = range(self.graph.output, -1, -1)
        return tuple(
            self._backward(position)
            for position in positions
            if varying[position] or position == self.graph.output
        )

    @cached_property
    def terms(self) -> Mapping[int, tuple[Term, ...]]:
        """The terms of each node's gradient, by the node's position."""
        found: dict[int, list[Term]] = {position: [] for position in range(len(self.graph))}
        columns = zip(edges(self.graph), self.locals, self.products, self.totals, strict=True)
        for edge, local, product, total in columns:
            local = float(local) if isinstance(local, int) else local
            arriving = self.gradients[edge.later]
            found[edge.node].append(Term(edge, arriving, local, product, total))
        return {position: tuple(terms) for position, terms in found.items()}

    def _forward(self, position: int) -> Step:
        node, row = self.graph.nodes[position], self.graph.row(position)
        letters = dict(zip(row.inputs, map(self._letter, node.inputs), strict=True))
        numbers = dict(zip(row.inputs, map(self._number, node.inputs), strict=True))
        return Step(
            phase="forward",
            node=position,
            name=node.name,
            rule=write(row.value, letters, self._dialect, {}),
            numbers=write(row.value, numbers, self._dialect, {}),
            result=self.values[position],
        )

    def _backward(self, position: int) -> Step:
        terms = self.terms[position]
        written = [self._term(term) for term in terms]
        return Step(
            phase="backward",
            node=position,
            name=self.graph.nodes[position].name,
            rule=" + ".join(letters for letters, _ in written) or "1",
            numbers=" + ".join(numbers for _, numbers in written) or "1",
            result=self.gradients[position],
            terms=terms,
        )

    def _term(self, term: Term) -> tuple[str, str]:
        """Return a term's rule in letters, and its two factors as numbers."""
        later, row = self.graph.nodes[term.edge.later], self.graph.row(term.edge.later)
        letters = dict(zip(row.inputs, map(self._letter, later.inputs), strict=True))
        letters["out"] = later.name
        if isinstance(row, ArrayOperation):
            arriving = f"d{later.name}" if self.graph.is_program else f"g({later.name})"
            product = row.products[term.edge.which]
            rule = write(product, letters | {"g": arriving}, self._dialect, {})
            return rule, rule
        local = write(row.partials[term.edge.which], letters, LETTERS, {})
        return f"g({later.name}) * ({local})", f"({term.arriving!r}) * ({term.local!r})"

    @property
    def _dialect(self) -> Dialect:
        return TYPED if self.graph.is_program else LETTERS

    def _letter(self, position: int) -> str:
        node = self.graph.nodes[position]
        return node.name if node.number is None else f"({node.number!r})"

    def _number(self, position: int) -> str:
        found = self.values[position]
        if isinstance(found, np.ndarray):
            return self.graph.nodes[position].name
        return f"({found!r})"
