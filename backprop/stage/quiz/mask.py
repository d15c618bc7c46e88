"""Covering a result: the same explanation and picture, without the number that is asked.

The ladder of hints uncovers the way to it, a rung at a time:

    0  nothing: neither how many ways there are, nor the factors
    1  the factors in letters
    2  their values
    3  what each way comes to; of a single one the size, so that the sign is still the learner's
"""

import math
from collections.abc import Iterable
from dataclasses import replace

from backprop.drawing.scene import Flow, View
from backprop.engine.trace import Edge
from backprop.notation.derivation import Column, Equation, Product, equation
from backprop.notation.formula import (
    Brackets,
    Formula,
    Fraction,
    Label,
    Number,
    Operator,
    Row,
    Text,
)
from backprop.notation.numerals import MINUS
from backprop.notation.spoken import words
from backprop.stage.walk.explanation import Explanation, Reason


def _blank(part: Formula) -> Formula:
    """Return a part whose numbers are covered, each by a question mark, as high as it is."""
    match part:
        case Number():
            return Number("?", math.nan, part.tone)
        case Row(parts):
            return Row(tuple(_blank(each) for each in parts))
        case Fraction(top, bottom):
            return Fraction(_blank(top), _blank(bottom))
        case Brackets(inside):
            return replace(part, inside=_blank(inside))
        case Operator() | Label() | Text():
            return part
    return Number("?", math.nan, "forward")


def cover_explanation(explanation: Explanation, rung: int) -> Explanation:
    """Return the explanation of a backward step without its result; `rung` hints are open."""
    ends_here = not explanation.products  # the local derivative is the gradient itself
    several = len(explanation.products) > 1
    return replace(
        explanation,
        products=tuple(
            _cover_product(each, rung, several=several) for each in explanation.products
        ),
        local=explanation.local and _cover_local(explanation.local, rung, ends_here=ends_here),
        result=None,
        lines=_products(explanation) if rung > 2 else (),
        sentence=(),
        check=None,
    )


def _cover_product(shown: Product, rung: int, *, several: bool) -> Product:
    """Return a product with its letters; its numbers only from the second rung on."""
    factors_left = len(shown.columns) > 1 or several  # else the one factor is the result
    if rung > 1 and factors_left:
        numbers = (column.lines[-1] for column in shown.columns)
        factors = " times ".join(words(number) for number in numbers)
    else:
        factors = "a product of factors" if len(shown.columns) > 1 else "one factor"
    columns = tuple(
        Column(_cover_lines(column.lines, rung if factors_left else 1), column.points_to)
        for column in shown.columns
    )
    return Product(shown.left, columns, f"{words(shown.left)} is {factors}.")


def _cover_lines(lines: tuple[Formula, ...], rung: int) -> tuple[Formula, ...]:
    if rung > 1:
        return lines
    letters = (_blank(line) if isinstance(line, Number) else line for line in lines[:-1])
    return (*letters, _blank(lines[-1]))


def _cover_local(shown: Equation, rung: int, *, ends_here: bool) -> Equation:
    """Return the local derivative: in letters, then with numbers; as a result it stays covered."""
    if rung > 1 and not ends_here:
        return shown
    open_ = len(shown.sides) - 1 if rung > 1 else 1
    sides = (
        (sign, _blank(side) if n >= open_ or isinstance(side, Number) else side)
        for n, (sign, side) in enumerate(shown.sides)
    )
    return equation(shown.left, *sides)


def _products(explanation: Explanation) -> tuple[Reason, ...]:
    """Return what each way adds; of a single way, how large the product is, without its sign."""
    if len(explanation.products) > 1 or explanation.result is None:
        return explanation.lines
    shown, size = explanation.result.shown.removeprefix(MINUS), abs(explanation.result.exact)
    return (Reason(("The product, without its sign",), Number(shown, size, "backward")),)


def cover_all(view: View, node: int, way: Iterable[tuple[int, int]]) -> View:
    """Return what the picture shows where one gradient is asked from scratch: values alone.

    `way`: the edges of the paths that are in the answer.
    """
    flows = tuple(Flow(*edge) for edge in way)
    now = frozenset((node,))
    return replace(view, phase="backward", now=now, graded=frozenset(), flows=flows, factors={})


def cover_view(view: View, node: int, rung: int, missed: Iterable[Edge]) -> View:
    """Return what the picture shows: no gradient at the node; what moves, from the first rung on.

    Where a wrong answer left uses out (`missed`), those are shown.
    """
    places = tuple(Flow(edge.node, edge.later, "?") for edge in missed)
    hidden = replace(view, graded=view.graded - {node})
    if places:
        return replace(hidden, flows=places, factors={})
    return hidden if rung else replace(hidden, flows=(), factors={})
