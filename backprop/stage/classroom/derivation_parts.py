"""The parts of a gradient as they stand beside each other: ways back to a fork, then factors.

Each has its number in the right line and in that of a slip. Neighbours in which nothing changes are
drawn together where there are too many for one line.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from backprop.engine.slips.at_node import ADDED, BY_VALUE, OWN_FACTOR
from backprop.engine.slips.catalog import BEFORE_ACTIVATION, TRANSPOSED
from backprop.engine.slips.typed_pass import wrong_pass
from backprop.engine.trace import Term, other_factor
from backprop.notation.formula import Formula, Text, partial
from backprop.notation.juxtaposition import multiply
from backprop.notation.steps import local_formula
from backprop.stage.classroom.slip_line import Signs, SlipLine, find_chain, local_by, planted, same
from backprop.stage.quiz.gradient_asked import GradientAsked
from backprop.stage.quiz.gradient_slips import GradientSlip
from backprop.stage.quiz.read_back import find_factors, only_passes
from backprop.stage.walk.explanation import Words

WIDEST = 5  # parts beside each other
FORWARD = (BEFORE_ACTIVATION.name, OWN_FACTOR.name, BY_VALUE.name, TRANSPOSED.name)  # take a value


@dataclass(frozen=True, slots=True)
class Column:
    """What stands above the numbers of a column.

    Attributes:
        letters: the factor: ∂o₁/∂z₃; of a way back, what arrives times its local derivative.
        rule: what it is: o₁(1 − o₁); None where the letters say all.
        way: “by way of o₁” where the column is a way of several; else empty.
    """

    letters: Formula
    rule: Formula | None
    way: Words = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A way back, or a factor: its letters, and the numbers in the right and in the wrong line.

    A wrong number that is None is left out. `inner`, of a way: what arrives and its slope there.
    """

    column: Column
    right: float
    wrong: float | None
    tone: str = "backward"
    wrong_tone: str = "backward"
    is_way: bool = False
    inner: tuple[float, float] | None = None
    wrong_inner: tuple[float | None, float | None] | None = None
    ends: tuple[int, int] = (-1, -1)  # of a factor: the node behind it, and the one before
    count: int = 1  # of the ways that it is

    @property
    def changed(self) -> bool:
        """Whether the wrong line has another number here, or none."""
        return self.wrong is None or not same(self.wrong, self.right)


def whole_parts(asked: GradientAsked, slip: GradientSlip | None) -> tuple[list[Part], Signs]:
    """Return the whole way back: the fork's ways, then each factor."""
    trace = asked.passes.trace
    factors, chain = find_factors(trace, asked.node), find_chain(trace, asked.node)
    fork = chain[0].edge.later if chain else asked.node
    ways = trace.terms[fork] if factors.branches else ()
    wrong = SlipLine(asked, slip, ways, chain)
    kept = [
        (n, term)
        for n, term in enumerate(chain)
        if not only_passes(trace, term) or wrong.changes(n) or (len(chain) == 1 and not ways)
    ]
    parts = [_way(asked, term, k, wrong) for k, term in enumerate(ways)]
    ends = [branch.end for branch in factors.branches]
    for n, part in enumerate(parts):
        words: Words = ("by way of ", asked.label(trace.graph.nodes[ends[n]].name))
        parts[n] = replace(part, column=replace(part.column, way=words))
    parts += [_factor(asked, term, n, wrong) for n, term in kept]
    signs = wrong.signs
    return parts, replace(signs, factors=tuple(wrong.sign_before(n) for n, _ in kept))


def last_parts(asked: GradientAsked, slip: GradientSlip | None) -> tuple[list[Part], Signs]:
    """Return the last step alone: what arrives at each use, times the local derivative."""
    trace = asked.passes.trace
    terms = trace.terms[asked.node]
    passed = wrong_pass(planted(slip.slip), trace) if slip and slip.whole else None
    added = slip is not None and slip.slip.name == ADDED.name
    parts = []
    for n, term in enumerate(terms):
        arriving = passed.gradients[term.edge.later] if passed else float(term.arriving)
        local = float(term.local)
        if slip and (other := local_by(slip.slip, trace, term)) is not None:
            local = other
        part = _way(asked, term, n, None)
        if slip:
            wrong = arriving + local if added else arriving * local
            part = replace(part, wrong=wrong, wrong_inner=(arriving, local))
        parts.append(part)
    return parts, Signs(inner="+" if added else "×")


def only_result(asked: GradientAsked, slip: GradientSlip | None) -> tuple[list[Part], Signs]:
    """Return the right line, and of the wrong one its result alone."""
    parts, signs = whole_parts(asked, None)
    return [replace(p, wrong=None, wrong_inner=None) if slip else p for p in parts], signs


def _way(asked: GradientAsked, term: Term, k: int, wrong: SlipLine | None) -> Part:
    """Return one way back to the fork."""
    graph = asked.passes.graph
    later = asked.label(graph.nodes[term.edge.later].name)
    local = local_formula(graph, term.edge.later, term.edge.which, asked.label)
    letters: Formula = multiply(partial(asked.output, later), local)
    if term.edge.later == graph.output:
        letters = local
    arriving, slope = float(term.arriving), float(term.local)
    value, inner = wrong.way(k) if wrong else (arriving * slope, (arriving, slope))
    return Part(
        Column(letters, None, ("by way of ", later)),
        arriving * slope,
        value,
        is_way=True,
        inner=(arriving, slope),
        wrong_inner=inner,
    )


def _factor(asked: GradientAsked, term: Term, n: int, wrong: SlipLine) -> Part:
    """Return one factor: a local derivative."""
    graph = asked.passes.graph
    own, later = (asked.label(graph.nodes[i].name) for i in term.edge[:2])
    rule = local_formula(graph, term.edge.later, term.edge.which, asked.label)
    tone = "forward" if other_factor(graph, term.edge) is not None else "backward"
    value = wrong.factor(n)
    takes = wrong.name in FORWARD and value is not None and not same(value, float(term.local))
    return Part(
        Column(partial(later, own), rule),
        float(term.local),
        value,
        tone,
        "forward" if takes else tone,
        ends=(term.edge.later, term.edge.node),
    )


def evaluate(numbers: Sequence[float | None], parts: Sequence[Part], signs: Signs) -> float:
    """Return what a line gives; NaN where nothing is left in it."""
    ways = [x for x, part in zip(numbers, parts, strict=True) if part.is_way and x is not None]
    total: float | None = None
    if ways:
        total = math.fsum(ways) if signs.ways == "+" else math.prod(ways)
    if signs.first:
        total = 1.0
    factors = [x for x, part in zip(numbers, parts, strict=True) if not part.is_way]
    for x, sign in zip(factors, signs.factors, strict=True):
        if x is not None:
            total = x if total is None else total + x if sign == "+" else total * x
    return math.nan if total is None else total


def narrowed(asked: GradientAsked, parts: list[Part], signs: Signs) -> tuple[list[Part], Signs]:
    """Return the parts with neighbours drawn together where there are too many for one line.

    Factors that follow each other are one derivative, ∂z₉/∂z₁; ways, one sum.
    """
    joined, before = list(parts), list(signs.factors)
    while len(joined) > WIDEST:
        ways = sum(part.is_way for part in joined)
        pairs = [
            n
            for n in range(ways, len(joined) - 1)
            if before[n + 1 - ways] == "×" and (before[n - ways] == "×" or n == ways)
        ] or [n for n in range(ways - 1) if ways > 2]
        alike = [n for n in pairs if joined[n].changed == joined[n + 1].changed is False]
        gone = [n for n in pairs if joined[n].wrong is joined[n + 1].wrong is None]
        some = alike or gone or pairs
        if not some:
            break
        n = some[0]
        if joined[n].is_way:
            joined[n : n + 2] = [_ways_together(joined[n], joined[n + 1], signs)]
        else:
            joined[n : n + 2] = [_together(asked, joined[n], joined[n + 1])]
            del before[n + 1 - ways]
    return joined, replace(signs, factors=tuple(before))


def _together(asked: GradientAsked, one: Part, other: Part) -> Part:
    """Return two factors as one derivative."""
    graph = asked.passes.graph
    ends = (one.ends[0], other.ends[1])
    top, bottom = (asked.label(graph.nodes[i].name) for i in ends)
    kept = [x for x in (one.wrong, other.wrong) if x is not None]
    return Part(
        Column(partial(top, bottom), None),
        one.right * other.right,
        math.prod(kept) if kept else None,
        ends=ends,
    )


def _ways_together(one: Part, other: Part, signs: Signs) -> Part:
    """Return two ways as one number."""
    count = one.count + other.count
    kept = [x for x in (one.wrong, other.wrong) if x is not None]
    combined = math.fsum(kept) if signs.ways == "+" else math.prod(kept)
    return Part(
        Column(Text(f"{count} ways"), None, ("together",)),
        one.right + other.right,
        combined if kept else None,
        is_way=True,
        count=count,
    )
