"""What a gradient is made of, and which of it a typed expression has: (B₁ + B₂) × f₂ × f₁.

From a weight on, a quantity has one use after the other, each with a local derivative f, until one
has several: the fork. Over each use of the fork one branch B brings a gradient back. A typed
expression is compared with these parts: each of its factors, and each run of factors that stand
side by side, is looked for among them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import prod

from backprop.engine.forward import values
from backprop.engine.graph import Graph
from backprop.engine.trace import Edge, Term, Trace
from backprop.notation.numerals import MINUS
from backprop.stage.quiz.question import same_to_three_digits
from backprop.stage.quiz.typed_answer import TypedAnswer

NEAR = 0.01  # a relative difference that factors read off a picture may have
MOST_BRANCHES = 6  # of a fork of which parts are looked for
SUMS = ("add", "subtract")
SPELLED = {"add": " + ", "subtract": f" {MINUS} ", "multiply": " × ", "divide": "/", "power": "^"}


@dataclass(frozen=True, slots=True)
class Branch:
    """What comes back over one use of the fork.

    Attributes:
        edge: the use.
        end: the last quantity on its way that is on no other’s: it names the branch.
        value: the gradient that it brings.
        edges: all edges of its paths.
    """

    edge: Edge
    end: int
    value: float
    edges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Factors:
    """What a gradient is made of.

    Attributes:
        branches: over the fork; none where there is one path only.
        common: the local derivatives from the fork, or the output, back to the quantity.
    """

    branches: tuple[Branch, ...]
    common: tuple[Term, ...]

    @property
    def total(self) -> float:
        """What all branches bring together."""
        return sum(branch.value for branch in self.branches)

    def missing(self, value: float) -> tuple[Branch, ...]:
        """Return the branches without which the others give a value; none where that fits none."""
        count, rest = len(self.branches), prod(float(term.local) for term in self.common)
        if not 1 < count <= MOST_BRANCHES:
            return ()
        for size in range(1, count):
            for had in combinations(self.branches, size):
                if same_to_three_digits(value, rest * sum(branch.value for branch in had)):
                    return tuple(each for each in self.branches if each not in had)
        return ()


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Which parts of a gradient a typed expression has, as they were typed.

    Attributes:
        branches: by the branch's number; the whole sum under −1.
        common: by the number of the local derivative.
        rest: what is none of them.
    """

    branches: Mapping[int, str] = field(default_factory=dict)
    common: Mapping[int, str] = field(default_factory=dict)
    rest: tuple[str, ...] = ()


def find_factors(trace: Trace, node: int) -> Factors:
    """Return what the gradient at a node is made of; sums, which change nothing, are left out."""
    common: list[Term] = []
    at, output = node, trace.graph.output
    while at != output and len(terms := trace.terms[at]) == 1:
        common.append(terms[0])
        at = terms[0].edge.later
    telling = tuple(term for term in reversed(common) if not _only_passes(trace, term))
    if at == output:
        return Factors((), telling or tuple(common[:1]))
    terms = trace.terms[at]
    ways = [tuple(_edges(trace, term.edge)) for term in terms]
    passed = Counter(node for way in ways for node in {later for _, later in way})
    branches = tuple(
        Branch(term.edge, _end(trace, way, passed), float(term.product), way)
        for term, way in zip(terms, ways, strict=True)
    )
    return Factors(branches, telling)


def _only_passes(trace: Trace, term: Term) -> bool:
    operation = trace.graph.nodes[term.edge.later].operation
    return float(term.local) == 1 and operation in (*SUMS, "weighted_sum")


def _end(trace: Trace, way: Iterable[tuple[int, int]], passed: Mapping[int, int]) -> int:
    """Return the last node of a branch that is on no other; one that is part of none, if any is.

    `passed`: by how many branches each node is passed.
    """
    way = tuple(way)
    own = sorted(later for _, later in way if passed[later] == 1) or [way[0][1]]
    nodes = trace.graph.nodes
    names = {node.name for node in nodes}
    whole = [i for i in own if nodes[i].part_of not in names]
    return (whole or own)[-1]


def _edges(trace: Trace, first: Edge) -> Iterator[tuple[int, int]]:
    """Yield every edge on the way from one use to the output."""
    yield first[:2]
    reached, pending = {first.later}, [first.later]
    while pending:
        at = pending.pop()
        for term in trace.terms.get(at, ()) if at != trace.graph.output else ():
            yield term.edge[:2]
            if term.edge.later not in reached:
                reached.add(term.edge.later)
                pending.append(term.edge.later)


@dataclass(frozen=True, slots=True)
class _Part:
    """A factor, or a run of factors: the node it is, its value, and as it was typed."""

    node: int
    value: float
    text: str


def read_back(answer: TypedAnswer, factors: Factors) -> ReadBack:
    """Return which parts of a gradient a typed expression has."""
    reader = _Reader(answer)
    branches: dict[int, str] = {}
    common: dict[int, str] = {}
    root = len(answer.graph) - 1
    terms = reader.terms(root)
    if len(terms) > 1 and not near(answer.value, factors.total):
        rest: list[str] = []  # a sum of whole paths: the factors that they share stand in each
        for term in terms:
            left = _match(reader, reader.parts(term), factors, branches, common)
            rest += [part.text for part in left]
        return ReadBack(branches, common, tuple(rest))
    left = _match(reader, reader.parts(root), factors, branches, common)
    return ReadBack(branches, common, tuple(part.text for part in left))


def near(a: float, b: float) -> bool:
    """Whether a typed part is one of the gradient’s, as it may be read off a picture."""
    return abs(a - b) <= NEAR * abs(b)


def _match(
    reader: "_Reader",
    parts: list[_Part],
    factors: Factors,
    branches: dict[int, str],
    common: dict[int, str],
) -> list[_Part]:
    """Note what of the parts is known, and return the others."""
    locals_ = {n: float(term.local) for n, term in enumerate(factors.common)}
    sums = {n: branch.value for n, branch in enumerate(factors.branches)}
    if sums:
        sums[-1] = factors.total
    for part in list(parts):
        inner = reader.terms(part.node) if part.node >= 0 else []
        fits = [_first(sums, reader.signed(term)) for term in inner] if len(inner) > 1 else []
        if any(fit is not None for fit in fits):
            parts.remove(part)
            for term, fit in zip(inner, fits, strict=True):
                if fit is None:
                    parts.append(_Part(-1, reader.signed(term), reader.spell(term)))
                else:
                    branches[fit] = reader.spell(term)
    used = {n for n in common if n in locals_}
    _take(parts, {n: x for n, x in locals_.items() if n not in used}, common, longest=1)
    repeated = {n: x for n, x in locals_.items() if n in used}
    _take(parts, repeated, {}, longest=1)
    _take(parts, {n: x for n, x in sums.items() if n not in branches}, branches)
    _take(parts, {n: x for n, x in locals_.items() if n not in common}, common)
    return parts


def _take(
    parts: list[_Part], wanted: Mapping[int, float], into: dict[int, str], longest: int = 8
) -> None:
    """Move runs of parts whose product is a wanted number, the shortest first."""
    for n, number in wanted.items():
        runs = (
            (start, start + size)
            for size in range(1, min(longest, len(parts)) + 1)
            for start in range(len(parts) - size + 1)
        )
        for start, end in runs:
            run = parts[start:end]
            if near(prod(part.value for part in run), number):
                into[n] = " × ".join(part.text for part in run)
                del parts[start:end]
                break


def _first(wanted: Mapping[int, float], number: float) -> int | None:
    return next((n for n, x in wanted.items() if near(number, x)), None)


class _Reader:
    """Reads the tree of a typed expression; lives only inside `read_back`."""

    def __init__(self, answer: TypedAnswer) -> None:
        self.graph: Graph = answer.graph
        self.values: Sequence[float] = [float(x) for x in values(self.graph, {})]
        constants = [i for i, node in enumerate(self.graph.nodes) if node.number is not None]
        self.texts = dict(zip(constants, answer.numbers, strict=True))

    def terms(self, node: int) -> list[int]:
        """Return the terms of a sum, from left to right; one to be subtracted as ~its position."""
        each = self.graph.nodes[node]
        if each.operation not in SUMS:
            return [node]
        left, right = each.inputs
        sign = self.terms(right) if each.operation == "add" else [~right]
        return [*self.terms(left), *sign]

    def signed(self, term: int) -> float:
        """Return the value of a term."""
        return self.values[term] if term >= 0 else -self.values[~term]

    def parts(self, term: int) -> list[_Part]:
        """Return the factors of a product, from left to right."""
        if term < 0:
            first, *rest = self.parts(~term)
            return [_Part(-1, -first.value, f"{MINUS}{first.text}"), *rest]
        each = self.graph.nodes[term]
        if each.operation == "multiply":
            return [part for i in each.inputs for part in self.parts(i)]
        if each.operation == "divide":
            top, bottom = each.inputs
            under = _Part(-1, _inverse(self.values[bottom]), f"1/{self.spell(bottom, tight=True)}")
            plain = self.graph.nodes[top].number is not None
            return [self.part(term)] if plain else [*self.parts(top), under]
        if each.operation == "negate":
            return self.parts(~each.inputs[0])
        return [self.part(term)]

    def part(self, node: int) -> _Part:
        return _Part(node, self.values[node], self.spell(node, tight=True))

    def spell(self, term: int, *, tight: bool = False) -> str:
        """Return a part as it was typed; a sum in brackets where it is a factor."""
        if term < 0:
            return f"{MINUS}{self.spell(~term, tight=True)}"
        node = self.graph.nodes[term]
        if node.number is not None:
            sign = MINUS if node.number < 0 else ""
            return f"{sign}{self.texts[term].removeprefix('-')}"
        if node.operation in SPELLED:
            inner = node.operation not in SUMS
            left, right = (self.spell(i, tight=inner) for i in node.inputs)
            text = f"{left}{SPELLED[node.operation]}{right}"
            return f"({text})" if tight and not inner else text
        inside = self.spell(node.inputs[0], tight=node.operation == "negate")
        return f"{MINUS}{inside}" if node.operation == "negate" else f"{node.operation}({inside})"


def _inverse(x: float) -> float:
    return 1 / x if x else float("inf")
