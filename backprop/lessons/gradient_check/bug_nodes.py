"""A planted mistake told node by node: what each gradient should be, what it is, and from where.

    gradient = Σ over uses k of the node   arrivingₖ · localₖ

At some nodes the slip itself makes the number wrong; at the others the line above is kept, but
what arrives is wrong already.
"""

from dataclasses import dataclass

import numpy as np

from backprop.engine.differences.check import check_gradient
from backprop.engine.slips.slip import Slip
from backprop.engine.slips.typed_pass import WrongPass, wrong_pass
from backprop.engine.trace import Term
from backprop.lessons.gradient_check.tolerance_bands import Band, band_of, band_of_row
from backprop.lessons.gradient_check.typed_setup import Typed
from backprop.lessons.gradient_check.work import Array
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import short
from backprop.stage.functions import function_labels

MOST_TERMS = 3  # of a sum that is written out


@dataclass(frozen=True, slots=True)
class NodeRow:
    """One node of the backward pass.

    Attributes:
        label: what it is called.
        variable: whether the gradient by it is asked for; that is checked by differences.
        right: its gradient, of a variable by differences.
        claimed: what the pass with the slip gives.
        made: whether the slip itself goes wrong here.
        words: where the number comes from; nothing at a right node between, which needs no telling.
    """

    label: Label
    variable: bool
    right: Number
    claimed: Number
    band: Band
    made: bool
    words: str


def nodes_of(typed: Typed, slip: Slip, flat: Array, claims: Array) -> tuple[NodeRow, ...]:
    """Return the nodes that a gradient goes through, from the result back.

    Args:
        typed: the function.
        slip: what is planted.
        flat: the point, as one row.
        claims: the gradient by the variables, as one row; the round before may be in it.
    """
    if not np.isfinite(flat).all() or not np.isfinite(claims).all():
        return ()
    graph, label = typed.graph, function_labels(typed.graph)
    with np.errstate(all="ignore"):
        trace = typed.trace(flat)
        wrong = wrong_pass(slip, trace)
        checked = check_gradient(graph, typed.point(flat), typed.point(claims)).rows
    rows, found = {row.name: row for row in checked}, []
    for position in range(graph.output, -1, -1):
        name, right = graph.nodes[position].name, float(trace.gradients[position])
        claimed = wrong.gradients[position]
        if name in rows:
            right, claimed = rows[name].numeric, rows[name].analytic
        elif position != graph.output and position not in wrong.terms:
            continue
        band = band_of_row(rows[name]) if name in rows else band_of(_apart(right, claimed))
        found.append(
            NodeRow(
                label=label(name),
                variable=name in rows,
                right=Number(short(right), right),
                claimed=Number(short(claimed), claimed),
                band=band,
                made=position in wrong.made,
                words=_words(slip, wrong, position, claimed, band, variable=name in rows),
            )
        )
    return tuple(found)


def _apart(a: float, b: float) -> float:
    """Return the relative difference of two numbers."""
    return 0.0 if a == b else abs(a - b) / max(abs(a), abs(b))


def _words(
    slip: Slip, wrong: WrongPass, position: int, claimed: float, band: Band, *, variable: bool
) -> str:
    """Return where the number of a node comes from."""
    terms, own = wrong.terms.get(position, ()), wrong.gradients[position]
    if not terms:
        return "begins with −1, where 1 belongs" if position in wrong.made else ""
    told = _sum(terms)
    if slip.blend and claimed != own:
        return f"{told} in this round; what was kept makes it {short(claimed)}"
    if position in wrong.made:
        return f"{told}; the slip makes it {short(own)}"
    if band.off:
        return f"{told}: what arrives is wrong already"
    return told if variable else ""


def _sum(terms: tuple[Term, ...]) -> str:
    """Return the sum that a gradient should be, written out: “−4 · 1 + 3 · 2 = 2”."""
    written = [f"{_factor(term.arriving)} · {_factor(term.local)}" for term in terms[:MOST_TERMS]]
    if len(terms) > MOST_TERMS:
        written.append("…")
    return f"{' + '.join(written)} = {short(terms[-1].total)}"


def _factor(x: float) -> str:
    return f"({short(x)})" if x < 0 else short(x)
