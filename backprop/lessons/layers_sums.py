"""A long sum in few numbers: the first terms, the rest as one number, the last; it adds up."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from backprop.lessons.layers_entry import Entry
from backprop.notation.formula import Formula, Number, Operator, Row, Text
from backprop.notation.joins import APPLY, DOTS, PRODUCT, bracketed, divide, sum_of
from backprop.notation.numerals import adds_up
from backprop.notation.wide import broken

TIMES = Operator("×")
MOST_TERMS = 4  # of a sum in numbers; of longer ones two, the rest, and the last


class Piece(NamedTuple):
    """A number in a term, and the pass that made it."""

    value: float
    tone: str


Term = tuple[Piece, ...]  # one number, or the factors of a product
Right = tuple[tuple[str, Formula], ...]  # the sides of an equation, with the sign before each


def products(x: Sequence[float], tone: str, y: Sequence[float], other: str) -> list[Term]:
    """Return the terms of x · y, and the passes that made them."""
    return [(Piece(a, tone), Piece(b, other)) for a, b in zip(x, y, strict=True)]


def alone(numbers: Sequence[float], tone: str) -> list[Term]:
    """Return terms of one number each."""
    return [(Piece(x, tone),) for x in numbers]


def few(letters: Sequence[Formula]) -> Formula:
    """Return a sum in letters; of more than three terms the first two, dots, and the last."""
    return sum_of(letters if len(letters) <= 3 else (*letters[:2], DOTS, letters[-1]))


def sides(terms: Sequence[Term], entry: Entry, last: Term = (), share: int = 1) -> Right:
    """Return a sum in numbers, and the entry that it gives.

    Args:
        terms: what is added up.
        entry: what it gives.
        last: one more term, which is always shown.
        share: by what the sum is divided.
    """
    shown = list(terms) if len(terms) <= MOST_TERMS else [*terms[:2], terms[-1]]
    middle = terms[2:-1] if len(shown) < len(terms) else ()
    rest = (
        [math.fsum(math.prod(piece.value for piece in term) for term in middle)] if middle else []
    )
    shown += [last] if last else []
    pieces = [piece for term in shown for piece in term]

    def again(*numbers: float) -> float:
        given = iter(numbers)
        kept = [math.prod(next(given) for _ in term) for term in shown]
        return math.fsum((*kept, *given)) / share

    written = adds_up([*(piece.value for piece in pieces), *rest], entry.number, again)
    texts = iter(written.terms)
    parts = [_product([Number(next(texts), *piece) for piece in term]) for term in shown]
    for number in rest:
        tone = "backward" if "backward" in {piece.tone for piece in terms[0]} else "forward"
        parts.insert(2, _rest(Number(next(texts), number, tone), len(middle), len(terms[0])))
    total = sum_of(parts)
    if share > 1:
        total = divide(total, Number(str(share), float(share)))
    return ("=", broken(total)), (written.sign, Number(written.result, entry.number, entry.tone))


def _product(numbers: Sequence[Number]) -> Formula:
    """Return numbers with × between them, negative ones in brackets."""
    if len(numbers) == 1:
        return numbers[0]
    return Row(tuple(part for x in numbers for part in (TIMES, bracketed(x, PRODUCT)))[1:])


def _rest(number: Number, count: int, factors: int) -> Formula:
    """Return the number that stands for the terms in the middle, and how many they are."""
    kind = "products" if factors > 1 else "terms"
    return Row((bracketed(number, PRODUCT), APPLY, Text(f"({count} {kind})")))
