"""A sum or a weighted sum written out in numbers, so that what is printed adds up."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from backprop.notation.formula import Formula, Number, Operator, Row, Text
from backprop.notation.juxtaposition import APPLY, DOTS, PRODUCT, bracketed, divide, sum_of
from backprop.notation.line_breaking import broken
from backprop.notation.numerals import adds_up

TIMES = Operator("×")
MOST_TERMS = 4  # of a sum in numbers; of longer ones two, the rest, and the last


class Operand(NamedTuple):
    """A number in a term, and the pass that made it."""

    value: float
    tone: str


Summand = tuple[Operand, ...]  # one number, or the factors of a product
Right = tuple[tuple[str, Formula], ...]  # the sides of an equation, with the sign before each


def products(x: Sequence[float], tone: str, y: Sequence[float], other: str) -> list[Summand]:
    """Return the terms of x · y, and the passes that made them."""
    return [(Operand(a, tone), Operand(b, other)) for a, b in zip(x, y, strict=True)]


def alone(numbers: Sequence[float], tone: str) -> list[Summand]:
    """Return terms of one number each."""
    return [(Operand(x, tone),) for x in numbers]


def few(letters: Sequence[Formula]) -> Formula:
    """Return a sum in letters; of more than three terms the first two, dots, and the last."""
    return sum_of(letters if len(letters) <= 3 else (*letters[:2], DOTS, letters[-1]))


def sides(terms: Sequence[Summand], total: Number, last: Summand = (), share: int = 1) -> Right:
    """Return a sum in numbers, and what it gives.

    Args:
        terms: what is added up.
        total: what it gives, and the pass that made it.
        last: one more term, which is always shown.
        share: by what the sum is divided.
    """
    shown = list(terms) if len(terms) <= MOST_TERMS else [*terms[:2], terms[-1]]
    middle = terms[2:-1] if len(shown) < len(terms) else ()
    rest = [math.fsum(math.prod(each.value for each in term) for term in middle)] if middle else []
    shown += [last] if last else []
    operands = [operand for term in shown for operand in term]

    def again(*numbers: float) -> float:
        given = iter(numbers)
        kept = [math.prod(next(given) for _ in term) for term in shown]
        return math.fsum((*kept, *given)) / share

    written = adds_up([*(operand.value for operand in operands), *rest], total.exact, again)
    texts = iter(written.terms)
    parts = [_product([Number(next(texts), *operand) for operand in term]) for term in shown]
    for number in rest:
        tone = "backward" if "backward" in {operand.tone for operand in terms[0]} else "forward"
        parts.insert(2, _rest(Number(next(texts), number, tone), len(middle), len(terms[0])))
    written_out = sum_of(parts)
    if share > 1:
        written_out = divide(written_out, Number(str(share), float(share)))
    result = Number(written.result, total.exact, total.tone)
    return ("=", broken(written_out)), (written.sign, result)


def _product(numbers: Sequence[Number]) -> Formula:
    """Return numbers with × between them, negative ones in brackets."""
    if len(numbers) == 1:
        return numbers[0]
    return Row(tuple(part for x in numbers for part in (TIMES, bracketed(x, PRODUCT)))[1:])


def _rest(number: Number, count: int, factors: int) -> Formula:
    """Return the number that stands for the terms in the middle, and how many they are."""
    kind = "products" if factors > 1 else "terms"
    return Row((bracketed(number, PRODUCT), APPLY, Text(f"({count} {kind})")))
