"""Each slope three times: from a closed form, by the backward pass, and by nudging.

    ∂f/∂x in letters, and its value  |  the chain rule, with numbers  |  (f(x + d) − f(x − d)) / 2d

Three roads that share nothing but the function come to the same number.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from backprop.engine.differences.report import AGREES, Row
from backprop.engine.differences.verdict import (
    RIGHT,
    WRONG,
    Verdict,
    cannot_be_judged,
)
from backprop.engine.errors import InputError
from backprop.engine.forward import value
from backprop.engine.graph import Graph
from backprop.notation.formula import Formula, Fraction, Label, Number, partial
from backprop.notation.full_formula import whole_formula
from backprop.notation.numerals import short
from backprop.notation.symbolic.derivative import cost, derivative
from backprop.stage.walk.explanation import Labels, Words, long_number, output_label
from backprop.stage.walk.function import FunctionAt
from backprop.stage.walk.not_finite import no_value_words

NEAR = 1e-9  # a relative difference that rounding alone makes between two exact roads
MOST = 12
MOST_WORK = 6_000  # parts worked on, times variables: what one request may take (`symbolic.cost`)


@dataclass(frozen=True, slots=True)
class Proof:
    """One variable's slope by three roads.

    Attributes:
        label, name: the variable's.
        slope: ∂f/∂x.
        closed: the slope in letters; None where there is none.
        why: why there is no closed form, as a sentence; empty where there is one.
        symbolic: the value of the closed form at the point.
        reverse: what the backward pass gives.
        central: what nudging gives.
        verdict: whether all of them come to the same, as far as differences can judge.
        relative: how far the two furthest lie apart, as it is shown; a dash where one of them is
            not finite.
        note: why roads that part are right all the same; else empty.
        reason: why they cannot be compared; else empty.
    """

    label: Label
    name: str
    slope: Fraction
    closed: Formula | None
    why: str
    symbolic: Number | None
    reverse: Number
    central: Number
    verdict: Verdict
    relative: str
    note: str
    reason: Words

    @property
    def agrees(self) -> bool:
        """Whether all roads come to the same."""
        return self.verdict == RIGHT


@dataclass(frozen=True, slots=True)
class Proofs:
    """Every slope by three roads.

    Attributes:
        rows: the slopes that are known at this step.
        reasons: why some cannot be compared, each with the slopes that it is true of.
        waiting: those whose rows are covered until they are answered.
        unproved: how many variables there are for which no closed form was looked for.
    """

    rows: tuple[Proof, ...]
    reasons: tuple[tuple[tuple[Fraction, ...], Words], ...]
    waiting: tuple[Fraction, ...]
    unproved: int


def make_proofs(passes: FunctionAt, label: Labels, unknown: frozenset[str]) -> Proofs:
    """Return every slope by three roads, but for those that are unknown on the page yet."""
    proofs = prove(passes, label)
    rows = tuple(proof for proof in proofs if proof.name not in unknown)
    reasons = dict.fromkeys(proof.reason for proof in rows if proof.reason)
    return Proofs(
        rows=rows,
        reasons=tuple(
            (tuple(proof.slope for proof in rows if proof.reason == reason), reason)
            for reason in reasons
        ),
        waiting=tuple(proof.slope for proof in proofs if proof.name in unknown),
        unproved=sum(proof.closed is None and not proof.why for proof in proofs),
    )


@lru_cache(maxsize=64)
def prove(passes: FunctionAt, label: Labels, most: int = MOST) -> tuple[Proof, ...]:
    """Return the slope by each variable, three times.

    Closed forms are looked for by the first `most` variables, and by fewer where that would take
    too long; by the others there is none, and no reason why.
    """
    whole = output_label(passes, label)
    asked = _affordable(passes.graph, most)
    return tuple(
        _proof(passes, passes.check[name], label, whole, closed=name in asked)
        for name in passes.graph.parameters
    )


@lru_cache(maxsize=1024)
def _affordable(graph: Graph, most: int) -> frozenset[str]:
    """Return the variables by which a closed form is looked for."""
    names = graph.parameters
    each = min(len(names), MOST)  # a longer closed form has more letters in it, too
    works = accumulate(cost(graph, name).work * each for name in names[:most])
    within = (name for name, work in zip(names, works, strict=False) if work <= MOST_WORK)
    return frozenset((*names[: min(most, 1)], *within))


def _proof(passes: FunctionAt, row: Row, label: Labels, whole: Label, *, closed: bool) -> Proof:
    graph, why = _closed(passes.graph, row.name) if closed else (None, "")
    roads = [row.analytic, row.numeric]
    symbolic = None
    if graph is not None:
        symbolic = float(value(graph, {name: passes.at[name] for name in graph.variables}))
    exact = 0.0
    if symbolic is not None and not _same(symbolic, row.analytic):
        exact = _apart(symbolic, row.analytic)
    apart = max(row.relative, exact)
    verdict = row.verdict if exact <= AGREES else WRONG
    if exact == math.inf and math.isfinite(row.analytic):
        verdict = cannot_be_judged("as it is written, a part of the closed form is not finite here")
    return Proof(
        label=label(row.name),
        name=row.name,
        slope=partial(whole, label(row.name)),
        closed=None if graph is None else whole_formula(graph, label),
        why=why,
        symbolic=None if symbolic is None else long_number(symbolic),
        reverse=long_number(row.analytic, "backward"),
        central=long_number(row.numeric),
        verdict=verdict,
        relative=short(apart) if all(map(math.isfinite, (*roads, apart))) else "–",
        note="at a kink" if row.agrees() and row.kink and row.relative > AGREES else "",
        reason=_reason(passes, verdict, row, label),
    )


def _reason(passes: FunctionAt, verdict: Verdict, row: Row, label: Labels) -> Words:
    if not (math.isfinite(passes.trace.value) and math.isfinite(row.analytic)):
        return no_value_words(passes.trace, row.name, label)
    return (f"It cannot be judged, because {verdict.because}.",) if verdict.because else ()


@lru_cache(maxsize=1024)
def _closed(graph: Graph, name: str) -> tuple[Graph | None, str]:
    """Return the closed form, or why there is none."""
    try:
        return derivative(graph, name), ""
    except InputError as error:
        return None, str(error)


def _same(one: float, other: float) -> bool:
    """Whether two numbers are one but for rounding; NaN is NaN, and ∞ is ∞."""
    if one != one or other != other:
        return one != one and other != other
    return one == other or _apart(one, other) <= NEAR


def _apart(one: float, other: float) -> float:
    largest = max(abs(one), abs(other))
    apart = abs(one - other) / largest if largest else 0.0
    return apart if apart == apart else math.inf
