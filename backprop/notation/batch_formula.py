"""How a value or a gradient of a batch is computed, in letters, each array above its shape."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backprop.engine.ops import Operation
from backprop.engine.trace import Term, Trace
from backprop.notation.array_formula import FormulaPart, Shapes, split_formula, whole_part
from backprop.notation.formula import (
    Brackets,
    Formula,
    Fraction,
    Number,
    Operator,
    Row,
    Text,
    partial,
)
from backprop.notation.names import label_of
from backprop.notation.printer import constant, rule_formula
from backprop.notation.spoken import words

ENTRYWISE = "⊙"
_DISTANCE = re.compile(r"squared_distance\((\w+), (\w+)\)")
_SQUARE = re.compile(r"\b([A-Z]) \* \1\b")


@dataclass(frozen=True, slots=True)
class Shaped:
    """A formula in parts, side by side, each with its shape below."""

    lines: tuple[tuple[FormulaPart, ...], ...]  # one for each summand
    aside: tuple[Formula, Formula] | None  # a function's slope and its rule: σ′(Z) and A(1 − A)
    aloud: str  # the formula in words


def shaped_value(trace: Trace, position: int) -> Shaped:
    """Return how a node's value is computed, with shapes."""
    graph = trace.graph
    node, row = graph.nodes[position], graph.row(position)
    letters = [_letter(trace, i) for i in node.inputs]
    text = row.value
    if isinstance(row, Operation) and row.activates:
        text = f"{row.name}({row.inputs[0]})"
    formula = rule_formula(_spelled(text), dict(zip(row.inputs, letters, strict=True)))
    return _shaped(trace, label_of(node.name), tuple(split_formula(formula, _shapes(trace))))


def shaped_slope(trace: Trace, position: int) -> Shaped:
    """Return how a node's gradient is computed from those of the nodes that use it, with shapes."""
    left = _slope(trace, position)
    terms = trace.terms[position]
    if not terms:
        return _shaped(trace, left, [FormulaPart(Number("1", 1.0))])
    lines: list[list[FormulaPart]] = []
    aside = None
    for term in terms:
        pieces = [FormulaPart(None, "+")] if lines else []
        row = trace.graph.row(term.edge.later)
        if isinstance(row, Operation) and row.activates:
            pieces += [_piece(trace, _slope(trace, term.edge.later)), FormulaPart(None, ENTRYWISE)]
            aside = _aside(trace, term, row)
            pieces.append(_piece(trace, aside[0]))
        else:
            pieces += split_formula(_passed_back(trace, term), _shapes(trace))
        lines.append(pieces)
    return _shaped(trace, left, *lines, aside=aside)


def _shaped(
    trace: Trace,
    left: Formula,
    *right: Sequence[FormulaPart],
    aside: tuple[Formula, Formula] | None = None,
) -> Shaped:
    first, *rest = right
    lines = ((_piece(trace, left), FormulaPart(None, "="), *first), *map(tuple, rest))
    return Shaped(lines, aside, " ".join(map(_line_aloud, lines)))


_SIGNS = {ENTRYWISE: "times, entry by entry,", "Σ": "the sum over the rows of"}


def _line_aloud(pieces: Sequence[FormulaPart]) -> str:
    """Return a line in words, with “times” between arrays that stand side by side."""
    spoken: list[str] = []
    for before, piece in zip((None, *pieces), pieces, strict=False):
        if before and before.formula and piece.formula:
            spoken.append("times")
        spoken.append(_aloud(piece))
    return " ".join(spoken)


def _aloud(piece: FormulaPart) -> str:
    if piece.formula is None:
        return _SIGNS.get(piece.sign) or words(Operator(piece.sign))
    shape = f" ({piece.shape.replace('×', 'by')})" if piece.shape else ""
    return f"{words(piece.formula).rstrip(',')}{shape}"


def _piece(trace: Trace, formula: Formula) -> FormulaPart:
    return whole_part(formula, _shapes(trace))


def _slope(trace: Trace, position: int) -> Fraction:
    """Return ∂L/∂node."""
    graph = trace.graph
    return partial(label_of(graph.nodes[graph.output].name), label_of(graph.nodes[position].name))


def _letter(trace: Trace, position: int) -> Formula:
    node = trace.graph.nodes[position]
    return label_of(node.name) if node.number is None else constant(node.number)


def _passed_back(trace: Trace, term: Term) -> Formula:
    """Return what one use sends back, in letters: ∂L/∂Z W."""
    graph, later = trace.graph, term.edge.later
    row, node = graph.row(later), graph.nodes[later]
    arriving = Number("1", 1.0) if later == graph.output else _slope(trace, later)
    if isinstance(row, Operation):  # a sum hands on what arrives
        return arriving
    names: dict[str, Formula] = {
        name: _letter(trace, i) for name, i in zip(row.inputs, node.inputs, strict=True)
    }
    return rule_formula(_spelled(row.products[term.edge.which]), names | {"g": arriving})


def _aside(trace: Trace, term: Term, row: Operation) -> tuple[Formula, Formula]:
    """Return the slope of an activation, by name and by its rule: σ′(Z), A(1 − A)."""
    node = trace.graph.nodes[term.edge.later]
    inside = _letter(trace, node.inputs[0])
    names: dict[str, Formula] = {row.inputs[0]: inside, "out": label_of(node.name)}
    return slope_at(row, inside), rule_formula(row.partials[term.edge.which], names, fold=True)


def slope_at(row: Operation, inside: Formula) -> Row:
    """Return the slope of an activation by its name: σ′(Z)."""
    called = rule_formula(f"{row.name}({row.inputs[0]})", {row.inputs[0]: inside})
    name = called.parts[0] if isinstance(called, Row) else None
    assert isinstance(name, Text), "an activation is called by its name"
    return Row((Text(f"{name.text}′"), Brackets(inside)))


def _spelled(text: str) -> str:
    """Return a rule's text in operations that have a notation."""
    text = text.replace("margins(A, Y)", "A - total(Y * A) + 1").replace("row_total(", "total(")
    return _SQUARE.sub(r"\1 ** 2", _DISTANCE.sub(r"total((\1 - \2) ** 2, None)", text))


def _shapes(trace: Trace) -> Shapes:
    nodes = zip(trace.graph.nodes, trace.values, strict=True)
    return {node.name: np.shape(value) for node, value in nodes if node.number is None}
