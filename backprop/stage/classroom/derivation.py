"""A right derivation beside a wrong one: factor below factor, with a hole where one is missing.

    gradient = (B₁ + B₂ + …) · f₁ · f₂ · …

B are what the ways back bring to the last fork before the quantity, f the local derivatives from
there on; without a fork there are factors alone, from the output back. All numbers of a table have
as many digits as it takes for each line to give its result as printed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from backprop.notation.formula import Formula, Number, partial
from backprop.notation.numerals import agrees, as_answer, as_factor, read_printed
from backprop.stage.classroom.derivation_parts import (
    WIDEST,
    Column,
    Part,
    evaluate,
    last_parts,
    narrowed,
    only_result,
    whole_parts,
)
from backprop.stage.classroom.slip_line import Signs
from backprop.stage.quiz.gradient_asked import GradientAsked
from backprop.stage.quiz.gradient_slips import GradientSlip

FEWEST, MOST_DIGITS = 3, 12  # decimals of a factor; of those inside a way, up to two more
UNCLOSED = (6, 6)  # where a line holds with none of them


@dataclass(frozen=True, slots=True)
class Cell:
    """A number in a line of a derivation.

    Attributes:
        number: as it is printed; None for a hole: the factor, or the way, is left out.
        changed: whether it is another one than in the right line.
        inner: of a way back, the numbers that it is the product of: what arrives, and the local
            derivative; None for one that is left out.
        sign: between these two: × or +.
    """

    number: Number | None
    changed: bool = False
    inner: tuple[Number | None, ...] = ()
    sign: str = "×"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a derivation.

    Attributes:
        before: what is printed before each cell, and last before the result: “(”, “+”, “) ×”, “=”;
            ≈ where the digits do not suffice; empty before the first, and where there is nothing
            to combine.
        cells: one for each column.
        result: what the line gives.
    """

    before: tuple[str, ...]
    cells: tuple[Cell, ...]
    result: Number


@dataclass(frozen=True, slots=True)
class Derivation:
    """A gradient worked out, right and wrong.

    Attributes:
        left: the gradient in letters.
        columns: what the numbers are.
        right: the line that is right.
        wrong: the same line with a slip; None where only the right one is shown.
    """

    left: Formula
    columns: tuple[Column, ...]
    right: Line
    wrong: Line | None


def derive(asked: GradientAsked, slip: GradientSlip | None = None) -> Derivation:
    """Return how a gradient is worked out, and how it comes to a wrong number by a slip."""
    for parts, signs in (
        whole_parts(asked, slip),
        last_parts(asked, slip),
        only_result(asked, slip),
    ):
        value = asked.gradient if slip is None else slip.value
        plain = Signs(factors=("×",) * len(signs.factors))
        fits = _near(evaluate([p.right for p in parts], parts, plain), asked.gradient)
        fits = fits and _near(evaluate([p.wrong for p in parts], parts, signs), value)
        parts, signs = narrowed(asked, parts, signs)
        if fits and len(parts) <= WIDEST:
            break
    return _printed(asked, slip, parts, signs)


def _printed(
    asked: GradientAsked, slip: GradientSlip | None, parts: list[Part], signs: Signs
) -> Derivation:
    """Return both lines, with the fewest digits at which each gives its result as printed."""
    plain = Signs(factors=("×",) * len(signs.factors))
    goals: list[_Goal] = [(plain, [p.right for p in parts], asked.gradient)]
    if slip:
        goals.append((signs, [p.wrong for p in parts], slip.value))
    tried = ((d, d + more) for d in range(FEWEST, MOST_DIGITS + 1) for more in range(3))
    digits = next((each for each in tried if _hold(parts, goals, each)), UNCLOSED)
    right = _line(parts, plain, asked.gradient, digits, wrong=False)
    wrong = _line(parts, signs, slip.value, digits, wrong=True) if slip else None
    left = partial(asked.output, asked.own)
    return Derivation(left, tuple(part.column for part in parts), right, wrong)


_Digits = tuple[int, int]  # of the cells, and of what stands inside them
_Goal = tuple[Signs, list[float | None], float]


def _hold(parts: Sequence[Part], goals: Sequence[_Goal], digits: _Digits) -> bool:
    return all(
        _holds(parts, signs, numbers, x, digits, wrong=n > 0)
        for n, (signs, numbers, x) in enumerate(goals)
    )


def _holds(
    parts: Sequence[Part],
    signs: Signs,
    numbers: Sequence[float | None],
    result: float,
    digits: _Digits,
    *,
    wrong: bool,
) -> bool:
    """Whether a line gives its result as printed, where its numbers have so many digits."""
    shown = [None if x is None else read_printed(_write(x, digits[0])) for x in numbers]
    if all(x is None for x in shown) and not signs.first:
        return True
    inner = (part.wrong_inner if wrong else part.inner for part in parts)
    pairs = zip(numbers, inner, strict=True)
    if not all(_way_holds(x, each, signs.inner, digits) for x, each in pairs if each):
        return False
    return agrees(evaluate(shown, parts, signs), as_answer(result))


def _way_holds(
    x: float | None, inner: tuple[float | None, float | None], sign: str, digits: _Digits
) -> bool:
    """Whether what a way brings is, as printed, what its two numbers give."""
    if x is None:
        return True
    shown = [read_printed(_write(each, digits[1])) for each in inner if each is not None]
    again = math.fsum(shown) if sign == "+" else math.prod(shown)
    return agrees(again, _write(x, digits[0]))


def _write(x: float, digits: int) -> str:
    return as_factor(x, digits, 15)


def _line(
    parts: Sequence[Part], signs: Signs, result: float, digits: _Digits, *, wrong: bool
) -> Line:
    numbers = [part.wrong if wrong else part.right for part in parts]
    holds = _holds(parts, signs, numbers, result, digits, wrong=wrong)
    cells = tuple(
        _cell(part, x, digits, signs, wrong=wrong) for part, x in zip(parts, numbers, strict=True)
    )
    none = all(x is None for x in numbers) and not signs.first
    before = ("",) * len(parts) if none else _before(parts, signs)
    sign = "" if none else "=" if holds else "≈"
    return Line((*before, sign), cells, Number(as_answer(result), result, "backward"))


def _before(parts: Sequence[Part], signs: Signs) -> tuple[str, ...]:
    """Return what is printed before each cell."""
    ways = sum(part.is_way for part in parts)
    bracketed = 1 < ways < len(parts)
    texts = [("(" if bracketed else "") if n == 0 else signs.ways for n in range(ways)]
    for n, sign in enumerate(signs.factors):
        first = n == 0 and not ways
        texts.append(signs.first if first else f") {sign}" if bracketed and n == 0 else sign)
    return tuple(texts)


def _cell(part: Part, x: float | None, digits: _Digits, signs: Signs, *, wrong: bool) -> Cell:
    tone = part.wrong_tone if wrong else part.tone
    number = None if x is None else Number(_write(x, digits[0]), x, tone)
    inner = part.wrong_inner if wrong else part.inner
    tones = ("backward", "forward")
    shown = tuple(
        None if y is None else Number(_write(y, digits[1]), y, tone)
        for y, tone in zip(inner or (), tones, strict=False)
    )
    return Cell(number, wrong and part.changed, shown, signs.inner if wrong else "×")


def _near(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-7, abs_tol=1e-12) or not (
        math.isfinite(a) or math.isfinite(b)
    )
