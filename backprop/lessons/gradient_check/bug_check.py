"""The check of a planted mistake: of a network array by array, of a typed function node by node.

What the gradient of a node should be, what it is, and from where:

    gradient = Σ over uses k of the node   arrivingₖ · localₖ

At some nodes the slip itself makes the number wrong; at the others the line above is kept, but
what arrives is wrong already.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop.engine.differences.check import check_gradient
from backprop.engine.differences.report import Row
from backprop.engine.network import Array
from backprop.engine.slips.slip import Slip
from backprop.engine.slips.typed_pass import WrongPass, wrong_pass
from backprop.engine.trace import Term
from backprop.lessons.gradient_check.planted_slip import PlantedSlip
from backprop.lessons.gradient_check.tolerance_bands import (
    Band,
    by_trouble,
    find_band,
    row_band,
)
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import MINUS, adds_up, short
from backprop.stage.functions import function_labels
from backprop.training.function_setup import FunctionSetup
from backprop.training.setups import TrainingSetup

EVEN = 1e-3  # ratios of wrong and right that differ by less are one ratio
MOST_TERMS = 3  # of a sum that is written out


@dataclass(frozen=True, slots=True)
class Cell:
    """One entry of a gradient: a place in the picture of its array."""

    name: str
    band: str
    words: str


@dataclass(frozen=True, slots=True)
class Part:
    """One array of parameters, such as W1 or b1."""

    name: str
    rows: tuple[tuple[Cell, ...], ...]  # its entries, a row for each unit; of biases one row
    off: int  # how many of them are off
    size: int  # how many there are
    band: Band
    worst: str  # the largest relative difference
    ratio: str  # claimed ÷ by differences, where it is one for all, else from … to


def check_arrays(setup: TrainingSetup, flat: Array, claimed: Array) -> tuple[Part, ...]:
    """Return the check of a gradient that is claimed, where the parameters are `flat`."""
    parameters = setup.arrays(flat)
    at = {**parameters, "X": setup.X, "Y": setup.Y}
    rows = check_gradient(setup.network, at, setup.arrays(claimed)).rows
    names = tuple(setup.network.scalars(parameters))
    parts, first = [], 0
    for name, shape in setup.network.shapes.items():
        here = slice(first, first + int(np.prod(shape)))
        parts.append(_part(name, shape[-1], names[here], rows[here]))
        first = here.stop
    return tuple(parts)


def _part(name: str, width: int, names: tuple[str, ...], rows: tuple[Row, ...]) -> Part:
    bands = [row_band(row) for row in rows]
    cells = tuple(
        Cell(
            each,
            band.name,
            f"{each}: claimed {short(row.analytic)}, by differences {short(row.numeric)}, "
            f"relative difference {short(row.relative)}",
        )
        for each, band, row in zip(names, bands, rows, strict=True)
    )
    first = min(rows, key=by_trouble)
    return Part(
        name,
        tuple(cells[i : i + width] for i in range(0, len(cells), width)),
        sum(band.off for band in bands),
        len(cells),
        row_band(first),
        short(first.relative),
        _ratio([(row.analytic, row.numeric) for row in rows]),
    )


def _ratio(pairs: list[tuple[float, float]]) -> str:
    """Return claimed ÷ measured: one number where it is the same for all, else from … to."""
    with np.errstate(all="ignore"):
        ratios = [a / n for a, n in pairs if abs(n) > 1e-9]
    if not ratios or not np.isfinite(ratios).all():
        return "–"
    low, high = min(ratios), max(ratios)
    if high - low <= EVEN * max(abs(low), abs(high), 1e-12):
        return _three(sum(ratios) / len(ratios))
    return f"{_three(low)} … {_three(high)}"


def _three(x: float) -> str:
    if abs(x) < 5e-4:
        return "0"
    if abs(abs(x) - 1) < 5e-3:  # so near that three digits would say 1
        return f"{x:.6f}".rstrip("0").rstrip(".").replace("-", MINUS)
    return f"{x:.3g}".replace("-", MINUS) if abs(x) < 1e4 else short(x)


@dataclass(frozen=True, slots=True)
class NodeRow:
    """One node of the backward pass."""

    label: Label
    variable: bool  # whether the gradient by it is asked for, and so checked by differences
    right: Number  # its gradient, of a variable by differences
    claimed: Number  # what the pass with the slip gives
    band: Band
    made: bool  # whether the slip itself goes wrong here
    words: str  # where the number comes from; empty at a right node between


def check_nodes(
    setup: FunctionSetup, slip: Slip, flat: Array, claims: Array
) -> tuple[NodeRow, ...]:
    """Return the nodes that a gradient goes through, from the result back.

    Args:
        setup: the function.
        slip: what is planted.
        flat: the point, as one row.
        claims: the gradient by the variables, as one row; the round before may be in it.
    """
    if not np.isfinite(flat).all() or not np.isfinite(claims).all():
        return ()
    graph, label = setup.graph, function_labels(setup.graph)
    with np.errstate(all="ignore"):
        trace = setup.trace(flat)
        wrong = wrong_pass(slip, trace)
        checked = check_gradient(graph, setup.point(flat), setup.point(claims)).rows
    by_name, rows = {row.name: row for row in checked}, []
    for position in range(graph.output, -1, -1):
        name, right = graph.nodes[position].name, float(trace.gradients[position])
        claimed = wrong.gradients[position]
        row = by_name.get(name)
        if row:
            right, claimed = row.numeric, row.analytic
        elif position != graph.output and position not in wrong.terms:
            continue
        band = row_band(row) if row else find_band(_apart(right, claimed))
        rows.append(
            NodeRow(
                label=label(name),
                variable=row is not None,
                right=Number(short(right), right),
                claimed=Number(short(claimed), claimed),
                band=band,
                made=position in wrong.made,
                words=_words(slip, wrong, position, claimed, band, variable=row is not None),
            )
        )
    return tuple(rows)


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
    written = _sum(terms)
    if slip.blend and claimed != own:
        return f"{written} in this round; what was kept makes it {short(claimed)}"
    if position in wrong.made:
        return f"{written}; the slip makes it {short(own)}"
    if band.off:
        return f"{written}: what arrives is wrong already"
    return written if variable else ""


def _sum(terms: tuple[Term, ...]) -> str:
    """Return the sum that a gradient should be, written out: “−4 · 1 + 3 · 2 = 2”."""
    factors = [x for term in terms for x in (term.arriving, term.local)]
    written = adds_up(factors, terms[-1].total, _sum_of_products)
    texts = [f"({text})" if text.startswith(MINUS) else text for text in written.terms]
    parts = [f"{x} · {y}" for x, y in zip(texts[::2], texts[1::2], strict=True)][:MOST_TERMS]
    if len(terms) > MOST_TERMS:
        parts.append("…")
    return f"{' + '.join(parts)} {written.sign} {written.result}"


def _sum_of_products(*factors: float) -> float:
    return sum(x * y for x, y in zip(factors[::2], factors[1::2], strict=True))


@dataclass(frozen=True, slots=True)
class BugCheck:
    """What the check finds of a planted slip; no markup."""

    parts: tuple[Part, ...]  # array by array; of a typed function there is none, but its nodes
    nodes: tuple[NodeRow, ...]
    verdict: str
    off: int
    checked: int


@lru_cache(maxsize=32)
def check_bug(planted: PlantedSlip, *, hidden: bool) -> BugCheck:
    """Return the check of the gradient that a slip gives; `hidden`: it must not be given away."""
    setup, flat, claims = planted.setup, planted.progress.wrong, planted.claims
    parts = check_arrays(setup, flat, claims) if isinstance(setup, TrainingSetup) else ()
    typed = setup if isinstance(setup, FunctionSetup) else None
    nodes = check_nodes(typed, planted.slip, flat, claims) if typed else ()
    asked = [node for node in nodes if node.variable]
    off = sum(part.off for part in parts) + sum(node.band.off for node in asked)
    checked = sum(part.size for part in parts) + len(asked)
    verdict = _verdict(off, checked, hidden=hidden, steps=planted.progress.steps)
    return BugCheck(parts, nodes, verdict, off, checked)


def _verdict(off: int, size: int, *, hidden: bool, steps: int) -> str:
    if not off and hidden:  # that a slip needs a round would tell which it is
        where = "here" if steps else "at the start"
        return f"Nothing is off {where}. Train some steps and check again."
    if not off:
        return "Nothing is off here. Train first: this slip needs a round before it."
    return f"{off} of {size} numbers are off."
