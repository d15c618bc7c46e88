"""A sum that is too wide for one line, broken where a sign stands."""

from backprop.notation.formula import (
    Brackets,
    Cases,
    Factor,
    Formula,
    Fraction,
    Label,
    Lines,
    Number,
    Operator,
    Power,
    Root,
    Row,
    Text,
)
from backprop.notation.juxtaposition import APPLY, GAP, MINUS_SIGN, PLUS, SUM, strength

_WIDEST = 16.0  # em; what fits beside “z =” in a panel 350 px wide


def broken(formula: Formula, widest: float = _WIDEST) -> Formula:
    """Return a sum broken into lines no wider than this, in em; anything else as it is."""
    if _width(formula) <= widest:
        return formula
    lines: list[list[Formula]] = [[]]
    taken = 0.0
    for term in _terms(formula, widest):
        width = sum(map(_width, term))
        if lines[-1] and taken + width > widest:
            lines.append([])
            taken = 0.0
        lines[-1] += term
        taken += width
    return Lines(tuple(Row(tuple(line)) for line in lines)) if len(lines) > 1 else formula


def _terms(formula: Formula, widest: float) -> list[list[Formula]]:
    """Return the terms of a sum, each with the sign before it; the wide ones in pieces."""
    terms: list[list[Formula]] = [[]]
    for part in formula.parts if isinstance(formula, Row) else (formula,):
        if part in (PLUS, MINUS_SIGN) and terms[-1]:
            terms.append([])
        terms[-1].append(part)
    return [piece for term in terms for piece in _pieces(term, widest)]


def _pieces(term: list[Formula], widest: float) -> list[list[Formula]]:
    """Return a term in pieces: a sum in brackets is opened, one over a number stands beside 1/n."""
    *before, last = term
    if sum(map(_width, term)) <= widest:
        return [term]
    if isinstance(last, Row) and strength(last) != SUM:
        return _pieces([*before, *last.parts], widest)
    if isinstance(last, Fraction) and isinstance(last.bottom, Number):
        share = Fraction(Number("1", 1.0), last.bottom)
        return _pieces([*before, share, Brackets(last.top)], widest)
    if not isinstance(last, Brackets) or last.bars or strength(last.inside) != SUM:
        return [term]
    first, *rest = _terms(last.inside, widest)
    pieces = [[*before, Operator("("), *first], *rest]
    pieces[-1] = [*pieces[-1], Operator(")")]
    return pieces


def _width(formula: Formula) -> float:
    """Return about how wide a formula is, in em of its letters."""
    match formula:
        case Label(letter, below, above):
            return 0.58 * len(letter) + 0.42 * max(len(below), len(above))
        case Number(shown):
            return 0.56 * len(shown)
        case Text(text):
            return 0.5 * len(text)
        case Operator(sign):
            thin = 0.2 if sign in (GAP.sign, APPLY.sign) else 0.35 if sign in "()," else 0.0
            return thin or (0.65 if sign == "·" else 1.2)
        case Row(parts) | Lines(parts):
            return sum(map(_width, parts))
        case Fraction(top, bottom):
            return max(_width(top), _width(bottom)) + 0.2
        case Power(base, exponent):
            return _width(base) + 0.7 * _width(exponent)
        case Brackets(inside) | Root(inside) | Factor(inside):
            return _width(inside) + (0 if isinstance(formula, Factor) else 0.7)
        case Cases(cases, otherwise):
            widest = max(_width(part) + _width(condition) for part, condition in cases)
            return max(widest, _width(otherwise) + 3.5) + 2.0
