"""What stands line below line: an equation, and a derivative as a product of columns.

    z = w₁x₁ + b                 ∂L/∂w = ∂L/∂o · ∂o/∂z · ∂z/∂w
      = 0.5 × 2 + 1                    = (o − t) · o(1 − o) · h
      = 2                              = −0.329 × 0.245 × 0.680

Each carries the same in words, for a screen reader.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from backprop.notation.formula import Formula, Number, Operator
from backprop.notation.numerals import adds_up, spoken
from backprop.notation.spoken import words


@dataclass(frozen=True, slots=True)
class Equation:
    """A quantity and what it equals, one below the other: z = w₁x₁ + b = 0.5 × 2 + 1 = 2."""

    left: Formula
    sides: tuple[tuple[str, Formula], ...]  # each with the sign before it: = or ≈
    alt: str  # the whole in words


@dataclass(frozen=True, slots=True)
class Column:
    """One factor of a product, from letters to number: ∂o/∂z, o(1 − o), 0.245."""

    lines: tuple[Formula, ...]
    points_to: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """A derivative as a product of factors in columns, one line below the other.

    Line by line: ∂L/∂w = ∂L/∂o · ∂o/∂z · ∂z/∂w;  = (o − t) · o(1 − o) · h;  = numbers.
    A sum over paths is one product a path, each with its own left side.
    """

    left: Formula
    columns: tuple[Column, ...]
    alt: str  # the whole in words


class Piece(NamedTuple):
    """One factor of a derivative, from which `product` makes a column.

    Attributes:
        letters: ∂o/∂z.
        rule: o(1 − o).
        number: its value.
        tone: “forward” for a value of the forward pass, “backward” for a gradient or a slope.
        points_to: the key of what it belongs to in the picture.
    """

    letters: Formula
    rule: Formula
    number: float
    tone: str = "backward"
    points_to: str = ""


def equation(left: Formula, *sides: tuple[str, Formula]) -> Equation:
    """Return an equation with its words."""
    sides_in_words = ", ".join(f"{words(Operator(sign))} {words(side)}" for sign, side in sides)
    return Equation(left, sides, f"{words(left)} {sides_in_words}.")


def product(left: Formula, pieces: Sequence[Piece], stands: str = "") -> Product:
    """Return a derivative as a product in columns: letters, rules, numbers, and its words.

    The numbers are printed as `adds_up` prints them with their product; `stands` is the product as
    it is printed elsewhere already.
    """
    numbers = [piece.number for piece in pieces]
    written = adds_up(numbers, math.prod(numbers), stands=stands)
    columns = tuple(
        Column((p.letters, p.rule, Number(text, p.number, p.tone)), p.points_to)
        for p, text in zip(pieces, written.terms, strict=True)
    )
    factors = " times ".join(map(spoken, written.terms))
    if len(pieces) > 1:
        is_near = "which is" if written.holds else "which is about"
        factors = (
            f"a product of {len(pieces)} factors: {factors}, {is_near} {spoken(written.result)}"
        )
    return Product(left, columns, f"{_sentence(words(left))} is {factors}.")


def _sentence(text: str) -> str:
    return text if len(text.split()[0]) == 1 else text[0].upper() + text[1:]
