"""Joining two formulas into one, as a textbook writes it: o₁(1 − o₁).

Products stand side by side where that reads well, with · between letters that would run together
and × between numbers; brackets stand only where they are needed.
"""

from collections.abc import Sequence

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
    Row,
    Text,
)
from backprop.notation.numerals import MINUS

SUM, PRODUCT, POWER, ATOM = range(4)  # how tightly a formula binds
APPLY, GAP = Operator("\u2061"), Operator("\u2009")
PLUS, MINUS_SIGN, _DOT, _TIMES = Operator("+"), Operator(MINUS), Operator("·"), Operator("×")
DOTS = Operator("⋯")
_LOOSE = frozenset(f"+{MINUS}=≈⋯<≤>≥≠")  # signs that bind as + does


def add(x: Formula, y: Formula) -> Formula:
    """Return x + y; a minus after the sign stands in brackets: x + (−y)."""
    loose = _first(y) == MINUS_SIGN or isinstance(y, Cases) or _is_negative(y)
    right = (Brackets(y),) if loose else _parts(y, SUM)
    return Row((*_parts(_bare(x), SUM), PLUS, *right))


def subtract(x: Formula, y: Formula) -> Formula:
    """Return x − y; a sum that is taken away stands in brackets."""
    return Row((*_parts(_bare(x), SUM), MINUS_SIGN, bracketed(y, PRODUCT)))


def sum_of(terms: Sequence[Formula]) -> Formula:
    """Return x + y + z, of one term or more."""
    total = terms[0]
    for term in terms[1:]:
        total = add(total, term)
    return total


def multiply(x: Formula, y: Formula) -> Formula:
    """Return xy, x·y or 2 × 3; a minus at the front stands before the whole."""
    if (inside := _negated(x)) is not None:
        return negate(multiply(inside, y))
    left, right = bracketed(x, PRODUCT), bracketed(y, PRODUCT)
    between = _between(left, right)
    return Row((*_parts(left, PRODUCT), *between, *_parts(right, PRODUCT)))


def divide(x: Formula, y: Formula) -> Formula:
    """Return x over y; a minus of x stands before the fraction."""
    if (inside := _negated(x)) is not None:
        return negate(divide(_unwrapped(inside), y))
    if isinstance(x, Fraction) and isinstance(y, Number):
        return Fraction(x.top, multiply(y, x.bottom))
    return Fraction(x, y)


def negate(x: Formula) -> Formula:
    """Return −x."""
    return Row((MINUS_SIGN, bracketed(x, PRODUCT)))


def power(x: Formula, y: Formula) -> Formula:
    """Return x raised to y; in brackets if something stands above x already."""
    inside = x.inside if isinstance(x, Factor) else x
    above = isinstance(inside, Label) and inside.above  # the exponent would stand on it
    return Power(Brackets(x) if above else bracketed(x, ATOM), y)


def strength(formula: Formula) -> int:
    """Return how tightly a formula binds: SUM, PRODUCT, POWER or ATOM."""
    match formula:
        case Factor(inside):
            return strength(inside)
        case Number(shown):
            return SUM if shown[0] in f"{MINUS}+" else PRODUCT if "·" in shown else ATOM
        case Row(parts):
            loose = any(isinstance(part, Operator) and part.sign in _LOOSE for part in parts)
            return SUM if loose else PRODUCT
        case Cases() | Lines():
            return SUM
        case Fraction():
            return PRODUCT
        case Power():
            return POWER
        case _:
            return ATOM


def bracketed(formula: Formula, least: int) -> Formula:
    """Return a formula, in brackets if it binds less tightly than this."""
    return Brackets(formula) if strength(formula) < least else formula


def _parts(formula: Formula, like: int) -> tuple[Formula, ...]:
    """Return the parts of a row that binds like this, else the formula alone."""
    flat = isinstance(formula, Row) and strength(formula) == like
    return formula.parts if flat and isinstance(formula, Row) else (formula,)


def _between(left: Formula, right: Formula) -> tuple[Formula, ...]:
    """Return what stands between two factors: nothing, a little room, · or ×."""
    last = left.parts[-1] if isinstance(left, Row) else left
    first = _first(right)
    after, before = _inside(last), _inside(first)
    both = isinstance(after, Number) and isinstance(before, Number)
    if both or _is_plugged(last) or _is_plugged(first):
        return (_TIMES,)
    if isinstance(before, Number | Fraction) or _ends_bare(left) or _is_word(after, before):
        return (_DOT,)
    crowded = isinstance(before, Text) or any(
        isinstance(label, Label) and (label.above or label.hat) for label in (after, before)
    )
    return (GAP,) if crowded and not isinstance(before, Brackets) else ()


def _negated(formula: Formula) -> Formula | None:
    """Return x of −x."""
    match formula:
        case Row((Operator(sign), inside)) if sign == MINUS:
            return inside
    return None


def _is_negative(formula: Formula) -> bool:
    first = _first(formula)
    inside = first.inside if isinstance(first, Factor) else first
    return isinstance(inside, Number) and inside.shown[0] == MINUS


def _first(formula: Formula) -> Formula:
    match formula:
        case Row(parts):
            return _first(parts[0])
        case Power(base):
            return _first(base)
        case _:
            return formula


def _inside(formula: Formula) -> Formula:
    return formula.inside if isinstance(formula, Factor) else formula


def _is_plugged(formula: Formula) -> bool:
    """Whether it is a number that stands for a quantity, in brackets or not."""
    inside = formula.inside if isinstance(formula, Brackets) else formula
    return isinstance(inside, Factor) and isinstance(inside.inside, Number)


def _ends_bare(formula: Formula) -> bool:
    """Whether it ends in a function without brackets: what follows would seem its argument."""
    return isinstance(formula, Row) and APPLY in formula.parts[-2:-1]


def _is_word(*formulas: Formula) -> bool:
    return any(isinstance(each, Label) and len(each.letter) > 1 for each in formulas)


def _bare(x: Formula) -> Formula:
    return Brackets(x) if isinstance(x, Cases) else x


def _unwrapped(x: Formula) -> Formula:
    return x.inside if isinstance(x, Brackets) and not x.bars else x
