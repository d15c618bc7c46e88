"""How a surface bends, and what that means for the learning rate, in words and numbers."""

import math
from dataclasses import dataclass

from backprop.lessons.optimizers.race import Race
from backprop.notation.formula import Number
from backprop.notation.numerals import short


@dataclass(frozen=True, slots=True)
class Bend:
    """What is known of how the surface bends.

    Attributes:
        place: where, in words: everywhere, at the lowest point, at the start.
        largest, smallest: the eigenvalues of H; None where they are not finite numbers.
        limit: 2/λ of the largest; None where it is not positive.
        ratio: of the two eigenvalues, in words; empty where one is not positive.
        sentence: what it means.
    """

    place: str
    largest: Number | None
    smallest: Number | None
    limit: Number | None
    ratio: str
    sentence: str


def bend_of(race: Race) -> Bend:
    """Return how a race's surface bends, in words."""
    bend, letter = race.bend, race.surface.letter.letter
    if bend is None:
        return Bend("", None, None, None, "", f"Here {letter} bends by no finite number.")
    limit = Number(short(bend.limit), bend.limit) if math.isfinite(bend.limit) else None
    ratio = ""
    if bend.smallest > 0:
        ratio = f"{bend.largest / bend.smallest:,.3g}"
    return Bend(
        place=_place(race),
        largest=Number(short(bend.largest), bend.largest),
        smallest=Number(short(bend.smallest), bend.smallest),
        limit=limit,
        ratio=ratio,
        sentence=_sentence(race, ratio),
    )


def _place(race: Race) -> str:
    assert race.bend is not None, "only a bend that is known has a place"
    if race.bend.even:
        return "everywhere: this is a quadratic"
    x, y = race.bend.at
    where = f"({short(x)}, {short(y)})"
    return f"at the lowest point {where}" if race.bend.lowest else f"at the start {where}"


def _sentence(race: Race, ratio: str) -> str:
    bend = race.bend
    assert bend is not None, "only a bend that is known is told"
    if bend.largest <= 0:
        return "It bends downward every way: no step size makes this a lowest point."
    if bend.smallest <= 0:
        return (
            "It bends up one way and not the other, so there is no lowest point near; 2/λ bounds "
            "the step along the way that bends up."
        )
    if bend.even:
        return (
            "At each step gradient descent multiplies the distance along each direction by "
            f"1 − η·λ. Beyond 2/λ one of them grows; the ratio {ratio} of the eigenvalues says how "
            "slow the other is at the best."
        )
    return (
        "Near that point it is almost a quadratic, so the limit holds there; further out it may "
        f"bend more. The ratio of the eigenvalues is {ratio}."
    )
