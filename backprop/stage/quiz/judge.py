"""What a learner's answer at a backward step comes to: right, or wrong as a known slip is.

First the way: down, not at all, up. Then, if they like, the number, compared as it is shown. A
wrong answer is looked for among the values that the catalogue's slips give at this very node. A
way is one of three only: it names a slip where no other has it, and is never counted as one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from backprop.engine.slips.at_node import WrongValue, wrong_values
from backprop.engine.slips.catalog import SIGN
from backprop.engine.slips.slip import Slip
from backprop.engine.trace import Edge, Term
from backprop.notation.numerals import short
from backprop.stage.quiz.answers import SIGNS, Guess, JudgedAnswer
from backprop.stage.quiz.rounding import is_zero
from backprop.stage.walk.steps import Passes

CLOSE = 0.005  # a relative difference that three significant digits do not show


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer, compared.

    Attributes:
        sign: whether the way is right.
        number: whether the last number is right; None where none was typed.
        slip: what explains the last wrong answer; None where nothing known does.
        missed: the uses of the node that the slip leaves out, or at which it goes wrong.
        entry: how it is noted: also a slip that was corrected since, if a number showed it.
    """

    sign: bool
    number: bool | None
    slip: Slip | None
    missed: tuple[Edge, ...]
    entry: JudgedAnswer


def sign_name(slope: float) -> str:
    """Return which way the output moves when the node is raised."""
    return SIGNS[1 + (slope > 0) - (slope < 0)]


def is_close(answer: float, to: float) -> bool:
    """Whether an answer is a number, as that is shown or to three significant digits."""
    return short(answer) == short(to) or abs(answer - to) <= CLOSE * abs(to)


def judge(found: Passes, node: int, guess: Guess, typed: float | None) -> Verdict:
    """Return what an answer comes to.

    Args:
        found: the function differentiated.
        node: the position whose gradient is asked.
        guess: the way that was said, and the numbers that were typed before.
        typed: the number that was typed last.
    """
    slope, terms = found.trace.gradients[node], found.trace.terms[node]
    wrong, zero = wrong_values(found.trace, node), is_zero(found.trace, node)
    sign = guess.sign == sign_name(slope) or (zero and guess.sign == sign_name(0))
    by_way = None if sign else _only(wrong, guess.sign)
    numbers = (*guess.tried, *(() if typed is None else (typed,)))
    fits = [is_close(x, slope) or (zero and x == 0) for x in numbers]
    by_number = [
        None if fit else _at_number(wrong, x) for x, fit in zip(numbers, fits, strict=True)
    ]
    right = None if typed is None else fits[-1]
    last = by_way if typed is None else by_number[-1]
    named = next(filter(None, by_number), None)
    return Verdict(
        sign=sign,
        number=right,
        slip=last and last.slip,
        missed=_missed(terms, last.value) if last else (),
        entry=JudgedAnswer(sign, right, named.slip.name if named else ""),
    )


def _only(wrong: Iterable[WrongValue], way: str) -> WrongValue | None:
    """Return the one slip that has a way; None where several do, for then it may be any.

    A sign turned round is one of them, and says nothing by itself: that the way is wrong is told.
    """
    found = [each for each in wrong if sign_name(each.value) == way]
    return found[0] if len(found) == 1 and found[0].slip is not SIGN else None


def _at_number(wrong: Iterable[WrongValue], number: float) -> WrongValue | None:
    """Return the likeliest slip that gives a number."""
    return next((each for each in wrong if is_close(number, each.value)), None)


def _missed(terms: tuple[Term, ...], value: float) -> tuple[Edge, ...]:
    """Return where a wrong value goes wrong: the paths that are not in it, or the only one."""
    if len(terms) == 1:
        return (terms[0].edge,)
    for term in terms:
        if is_close(value, term.product):
            return tuple(other.edge for other in terms if other is not term)
        if is_close(value, terms[-1].total - term.product):
            return (term.edge,)
    return ()
