"""What a learner's answer at a backward step comes to: right, or wrong as a known slip is.

First the sign: down, not at all, up. Then, if they like, the number, compared as it is shown. A
wrong answer is looked for among the values that the catalogue's slips give at this very node, and a
number then among those that they give if they are made in the whole pass: so what is asked here may
be wrong because of a slope that was left out before. A sign is one of three only: it names a slip
where no other has it, and is never counted as one.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from backprop.engine.differences.rounding import is_zero
from backprop.engine.slips.at_node import WrongValue, wrong_values
from backprop.engine.slips.catalog import SIGN
from backprop.engine.slips.slip import Slip
from backprop.engine.slips.typed_pass import whole_values
from backprop.engine.trace import Edge, Term, Trace
from backprop.stage.quiz.answers import SIGNS, Guess, JudgedAnswer
from backprop.stage.quiz.question import is_right, same_to_three_digits
from backprop.stage.quiz.typed_answer import TypedAnswer

CLOSE = 0.005  # a relative difference that three significant digits do not show
LEAST_SHOWN = 0.001  # from here up three decimals are shown, and no power of ten
NEAR = 0.001  # the same for slips of the whole pass: there are many, and no number is guessed at


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer, compared.

    Attributes:
        sign: whether the sign is right.
        number: whether the last number is right; None where none was typed.
        slip: what explains the last wrong answer; None where nothing known does.
        missed: the uses of the node that the slip leaves out, or at which it goes wrong.
        judged: how it is noted: also a slip that was corrected since, if a number showed it.
        also: others that give the same number, of those that are made in the whole pass.
    """

    sign: bool
    number: bool | None
    slip: Slip | None
    missed: tuple[Edge, ...]
    judged: JudgedAnswer
    also: tuple[Slip, ...] = ()


def sign_name(slope: float) -> str:
    """Return the name of a gradient's sign: how the output moves when the node is raised."""
    return SIGNS[1 + (slope > 0) - (slope < 0)]


def is_close(answer: float, to: float) -> bool:
    """Whether an answer is a number, to three significant digits or exactly as it is shown."""
    if same_to_three_digits(answer, to) or abs(answer - to) <= CLOSE * abs(to):
        return True
    return abs(to) >= LEAST_SHOWN and math.isclose(answer, round(to, 3))


def is_near(answer: float, to: float) -> bool:
    """Whether an answer is what a slip of the whole pass gives: nearer than chance explains."""
    return abs(answer - to) <= NEAR * abs(to)


def judge_step(trace: Trace, node: int, guess: Guess, typed: TypedAnswer | None) -> Verdict:
    """Return what an answer comes to: the sign and earlier numbers of a guess, the last number."""
    slope, terms = trace.gradients[node], trace.terms[node]
    wrong, zero = wrong_values(trace, node), is_zero(trace, node)
    sign = guess.sign == sign_name(slope) or (zero and guess.sign == sign_name(0))
    numbers = (*guess.tried, *(() if typed is None else (typed.value,)))
    fits = [is_close(x, slope) or (zero and x == 0) for x in numbers]
    if typed is not None:
        fits[-1] = fits[-1] or is_right(typed, slope)
    slips = [
        _by_number(trace, node, wrong, x) for x, fit in zip(numbers, fits, strict=True) if not fit
    ]
    last = [] if sign else _by_sign(wrong, guess.sign)
    if typed is not None:
        last = [] if fits[-1] else slips[-1]
    named = next(filter(None, slips), [])
    number = None if typed is None else fits[-1]
    here = bool(last) and last[0] in wrong
    return Verdict(
        sign=sign,
        number=number,
        slip=last[0].slip if last else None,
        missed=_missed(terms, last[0].value) if here else (),
        judged=JudgedAnswer(
            sign,
            number,
            named[0].slip.name if named else "",
            helped=bool(guess.rungs or guess.tried),
        ),
        also=tuple(each.slip for each in last[1:]),
    )


def _by_sign(wrong: Iterable[WrongValue], sign: str) -> list[WrongValue]:
    """Return the one slip that has a sign; none where several do, for then it may be any.

    A sign turned round is one of them, and says nothing by itself.
    """
    fits = [each for each in wrong if sign_name(each.value) == sign]
    return fits if len(fits) == 1 and fits[0].slip is not SIGN else []


def _by_number(
    trace: Trace, node: int, wrong: Iterable[WrongValue], number: float
) -> list[WrongValue]:
    """Return the likeliest slip that gives a number here, else all that do in the whole pass."""
    here = next((each for each in wrong if is_close(number, each.value)), None)
    if here:
        return [here]
    whole = whole_values(trace, node)
    return [each for each in whole if is_near(number, each.value)]


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
