"""What a gradient is made of, and which of it a typed expression has: (B₁ + B₂) × f₂ × f₁.

From a weight on, a quantity has one use after the other, each with a local derivative f, until one
has several: the fork. Over each use of the fork one branch B brings a gradient back, a product of
factors of its own: ∂E/∂o × σ′ × weight. A typed expression is compared with these: each of its
factors, and each run of factors that stand side by side, is looked for among them, by size. A sign
that is turned, and a factor of a branch that is missing, are said with the part.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from math import prod

from backprop.engine.forward import values
from backprop.engine.graph import Graph
from backprop.engine.trace import Edge, Term, Trace
from backprop.notation.numerals import MINUS
from backprop.stage.quiz.question import is_right, same_to_three_digits
from backprop.stage.quiz.typed_answer import TypedAnswer

NEAR = 0.01  # a relative difference that factors read off a picture may have
MOST_BRANCHES = 6  # of a fork of which parts are looked for
LONGEST_RUN = 8  # typed factors that together may be one of the gradient’s
HOLE = "▢"  # stands for a factor that is missing in a part
TURNED = ", with its sign turned"
WITHIN = "in "  # a factor that was typed together with the one before it
ELSEWHERE = " (belongs on another way)"
TOTAL = -1  # the number of all branches together
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
        factors: whose product the value is, from the output back; of a branch that forks again,
            the first is what arrives there.
    """

    edge: Edge
    end: int
    value: float
    edges: tuple[tuple[int, int], ...]
    factors: tuple[float, ...] = ()


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
        branches: by the branch's number; the whole sum under −1. A factor that is missing in one
            is a ▢.
        common: by the number of the local derivative.
        rest: what is none of them.
        turned: whether a part has the wrong sign.
    """

    branches: Mapping[int, str] = field(default_factory=dict)
    common: Mapping[int, str] = field(default_factory=dict)
    rest: tuple[str, ...] = ()
    turned: bool = False


def find_factors(trace: Trace, node: int) -> Factors:
    """Return what the gradient at a node is made of; sums, which change nothing, are left out."""
    common: list[Term] = []
    at, output = node, trace.graph.output
    while at != output and len(terms := trace.terms[at]) == 1:
        common.append(terms[0])
        at = terms[0].edge.later
    telling = tuple(term for term in reversed(common) if not only_passes(trace, term))
    if at == output:
        return Factors((), telling or tuple(common[:1]))
    terms = trace.terms[at]
    ways = [tuple(_edges(trace, term.edge)) for term in terms]
    passed = Counter(node for way in ways for node in {later for _, later in way})
    branches = tuple(
        Branch(term.edge, _end(trace, way, passed), float(term.product), way, _own(trace, term))
        for term, way in zip(terms, ways, strict=True)
    )
    return Factors(branches, telling)


def _own(trace: Trace, term: Term) -> tuple[float, ...]:
    """Return the factors of a branch, from the output back."""
    factors = [] if only_passes(trace, term) else [float(term.local)]
    at = term.edge.later
    while at != trace.graph.output and len(terms := trace.terms[at]) == 1:
        if not only_passes(trace, terms[0]):
            factors.append(float(terms[0].local))
        at = terms[0].edge.later
    if at != trace.graph.output:
        factors.append(float(trace.gradients[at]))
    return tuple(reversed(factors)) or (float(term.product),)


def only_passes(trace: Trace, term: Term) -> bool:
    """Whether a use hands a gradient on as it is: that of a term of a sum."""
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
    """A factor: the node it is, its value, and as it was typed."""

    node: int
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class _Fit:
    """What of a product is known: the factors of one branch, and those from the fork on.

    Attributes:
        branch: its number; None where it has no factor of any.
        had: the positions of the factors that it has, the branch's first.
        own: its factors of the branch, as they were typed.
        common: by the number of the local derivative, as typed.
        rest: the parts that are none.
        turned: the position of a factor whose sign is turned; None where there is none, or where
            those of two cancel.
    """

    branch: int | None
    had: frozenset[int]
    own: tuple[str, ...]
    common: Mapping[int, str]
    rest: tuple[_Part, ...]
    turned: int | None

    @property
    def rank(self) -> tuple[int, int, bool]:
        """The larger, the better it fits."""
        return -len(self.rest), len(self.had), self.turned is None


def read_back(answer: TypedAnswer, factors: Factors) -> ReadBack | None:
    """Return which parts of a gradient a typed expression has.

    None where it is right, but is not made of these parts: a right number lacks nothing.
    """
    read = _Matcher(_Reader(answer), factors).read()
    whole = prod(float(term.local) for term in factors.common)
    whole *= factors.total if factors.branches else 1
    if not is_right(answer, whole):
        return read
    filled = TOTAL in read.branches or len(read.branches) == len(factors.branches)
    lacks = any(HOLE in text for text in read.branches.values())
    complete = filled and not lacks and len(read.common) == len(factors.common)
    texts = (*read.branches.values(), *read.common.values())
    one = len(texts) > 1 and len({text.removeprefix(WITHIN) for text in texts}) == 1
    return None if read.rest or read.turned or one or not complete else read


def near(a: float, b: float) -> bool:
    """Whether a typed part is one of the gradient’s, as it may be read off a picture."""
    return abs(a - b) <= NEAR * abs(b)


class _Matcher:
    """Compares a typed expression with the parts of a gradient; lives only inside `read_back`."""

    def __init__(self, reader: "_Reader", factors: Factors) -> None:
        self.reader = reader
        self.common = tuple(float(term.local) for term in factors.common)
        self.ways: dict[int, tuple[float, ...]] = {
            n: branch.factors for n, branch in enumerate(factors.branches)
        }
        if self.ways:
            self.ways[TOTAL] = (factors.total,)

    def read(self) -> ReadBack:
        """Return what of the whole expression is known."""
        parts = self.reader.parts(len(self.reader.graph) - 1)
        fits: list[_Fit] = []
        for part in list(parts):
            if part.node >= 0 and not fits and (split := self._split(part)):
                fits = split
                parts.remove(part)
        own = self._fit(parts, [] if fits else list(self.ways))
        branches: dict[int, str] = {}
        common = dict(own.common)
        for fit in fits:
            common = {**fit.common, **common}
        rest = [part.text for fit in (*fits, own) for part in fit.rest]
        for fit in (*fits, own):
            if fit.branch is not None:
                needed = common if fits else {}
                lacking = sum(n not in fit.common and n not in own.common for n in needed)
                branches[fit.branch] = self._text(fit, lacking)
        turned = any(fit.turned is not None for fit in (*fits, own))
        return ReadBack(branches, common, tuple(rest), turned)

    def _text(self, fit: _Fit, lacking: int) -> str:
        """Return what was typed for a branch: with a hole for each factor that is missing."""
        size = len(self.ways[fit.branch]) if fit.branch is not None else 0
        holes = size - sum(n < size for n in fit.had) + lacking
        turned = fit.turned is not None and fit.turned < size
        return " × ".join((*fit.own, *[HOLE] * holes)) + TURNED * turned

    def _split(self, part: _Part) -> list[_Fit]:
        """Return what the terms of a sum are, one branch each; none where it is one factor."""
        terms = self.reader.terms(part.node)
        if len(terms) < 2 or not self.ways or 1 in map(self.reader.signed, terms):
            return []
        free = [n for n in self.ways if n != TOTAL]
        fits = []
        for term in terms:
            fit = self._fit(self.reader.parts(term), free)
            if fit.branch is None and not fit.had:
                whole = _Part(-1, self.reader.signed(term), self.reader.spell(term))
                fit = self._fit([whole], [])
            free = [n for n in free if n != fit.branch]
            fits.append(fit)
        if all(fit.own for fit in fits):
            return fits
        every = {*self.common, *(x for way in self.ways.values() for x in way)}
        one = any(near(part.value, x) for x in every)
        return [] if one or not any(fit.had for fit in fits) else fits

    def _fit(self, parts: list[_Part], branches: list[int]) -> _Fit:
        """Return what of a product is known, by the branch that fits best, or by none."""
        fits = [self._fitted(parts, None, runs_first=runs_first) for runs_first in (False, True)]
        for n in branches:
            fits += [self._fitted(parts, n, runs_first=first) for first in (False, True)]
        known = [fit for fit in fits if fit.branch is None or fit.own]
        best = max(known, key=lambda fit: fit.rank)
        others = [x for n, way in self.ways.items() if n != best.branch for x in way]
        if best.branch in (None, TOTAL):
            return best
        rest = tuple(
            replace(part, text=part.text + ELSEWHERE)
            if any(near(abs(part.value), abs(x)) for x in others)
            else part
            for part in best.rest
        )
        return replace(best, rest=rest)

    def _fitted(self, parts: list[_Part], branch: int | None, *, runs_first: bool) -> _Fit:
        way = self.ways[branch] if branch is not None else ()
        wanted, left = (*way, *self.common), list(enumerate(parts))
        had: dict[int, str] = {}
        own: dict[int, str] = {}
        turned: list[int] = []
        sizes = range(1, min(LONGEST_RUN, len(parts)) + 1)
        for size in (*reversed(sizes),) if runs_first else sizes:
            start = 0
            while start + size <= len(left):
                run = left[start : start + size]
                number = prod(part.value for _, part in run)
                if not (found := _find(wanted, had, number, most=1 if size > 1 else len(wanted))):
                    start += 1
                    continue
                text = " × ".join(part.text for _, part in run)
                first, *others = found
                had |= {first: text} | dict.fromkeys(others, f"{WITHIN}{text}")
                if first < len(way):
                    own[run[0][0]] = text
                if (number < 0) != (prod(wanted[n] for n in found) < 0):
                    turned.append(first)
                del left[start : start + size]
        at = turned[0] if len(turned) % 2 else None
        if at is not None and at >= len(way):
            had[at] += TURNED
        common = {n - len(way): text for n, text in had.items() if n >= len(way)}
        in_order = tuple(own[first] for first in sorted(own))
        rest = tuple(part for _, part in left)
        return _Fit(branch if own else None, frozenset(had), in_order, common, rest, at)


def _find(
    wanted: Sequence[float], had: Mapping[int, str], number: float, most: int
) -> tuple[int, ...]:
    """Return the fewest factors side by side, none had already, whose product has this size."""
    for size in range(1, most + 1):
        runs = [tuple(range(at, at + size)) for at in range(len(wanted) - size + 1)]
        free = [run for run in runs if not any(n in had for n in run)]
        fits = [run for run in free if near(abs(number), abs(prod(wanted[n] for n in run)))]
        if fits:
            return min(fits, key=lambda run: abs(abs(number) - abs(prod(wanted[n] for n in run))))
    return ()


class _Reader:
    """Reads the tree of a typed expression; lives only inside `_Matcher`."""

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
