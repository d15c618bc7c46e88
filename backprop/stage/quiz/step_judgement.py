"""What a learner's answer at a backward step comes to: right, or wrong as a known slip is.

First the sign: down, not at all, up. Then, if they like, the number, by the one rule of
question.py. What the factors give as they are printed is right, too, for nobody can know more from
the page; where that is far off, it is said. A wrong answer is looked for among the values that the
catalogue's slips give at this very node, and a number then among those that they give if they are
made in the whole pass: so what is asked here may be wrong because of a slope that was left out
before. A sign is one of three only: it names a slip where no other has it, and is never counted as
one.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from backprop.engine.differences.rounding import is_zero
from backprop.engine.slips.at_node import WrongValue, wrong_values
from backprop.engine.slips.catalog import SIGN
from backprop.engine.slips.slip import Slip
from backprop.engine.slips.typed_pass import whole_values
from backprop.engine.trace import Edge, Term, Trace
from backprop.notation.numerals import read_printed, short
from backprop.stage.quiz.answers import NUMBER, SIGNS, Guess, JudgedAnswer
from backprop.stage.quiz.question import is_given, is_right, is_right_as_typed
from backprop.stage.quiz.typed_answer import TypedAnswer, read_answer

MOST_OFF = 0.1  # relatively: what factors as they are printed may be, and count as right


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
        as_printed: whether the last number is not exact, but what the printed factors give.
    """

    sign: bool
    number: bool | None
    slip: Slip | None
    missed: tuple[Edge, ...]
    judged: JudgedAnswer
    also: tuple[Slip, ...] = ()
    as_printed: bool = False


def sign_name(slope: float) -> str:
    """Return the name of a gradient's sign: how the output moves when the node is raised."""
    return SIGNS[1 + (slope > 0) - (slope < 0)]


def printed_values(terms: Iterable[Term]) -> Iterator[float]:
    """Yield what a gradient comes to from what is printed: from its factors, and its products."""
    terms = tuple(terms)
    yield sum(_printed(float(term.arriving)) * _printed(float(term.local)) for term in terms)
    if len(terms) > 1:
        yield sum(_printed(float(term.product)) for term in terms)


def _printed(x: float) -> float:
    return read_printed(short(x))


def judge_step(trace: Trace, node: int, guess: Guess, typed: TypedAnswer | None) -> Verdict:
    """Return what an answer comes to: the sign and earlier numbers of a guess, the last number."""
    slope, terms = trace.gradients[node], trace.terms[node]
    wrong, zero = wrong_values(trace, node), is_zero(trace, node)
    sign = guess.sign == sign_name(slope) or (zero and guess.sign == sign_name(0))
    before = [read_answer(NUMBER.write(x)) for x in guess.tried]
    numbers = [*before, *([] if typed is None else [typed])]
    whole = whole_values(trace, node) if numbers else ()
    known = [each.value for each in (*wrong, *whole)]
    fits = [is_right(x, slope, known) or (zero and x.value == 0) for x in numbers]
    as_printed = typed is not None and not fits[-1] and _is_as_printed(typed, terms, known)
    if as_printed and typed is not None:
        fits[-1] = abs(typed.value - slope) <= MOST_OFF * abs(slope)
    slips = [
        [] if fit else _by_number(wrong, whole, x) for x, fit in zip(numbers, fits, strict=True)
    ]
    if as_printed:
        slips[-1] = []
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
        as_printed=as_printed,
    )


def _by_sign(wrong: Iterable[WrongValue], sign: str) -> list[WrongValue]:
    """Return the one slip that has a sign; none where several do, for then it may be any.

    A sign turned round is one of them, and says nothing by itself.
    """
    fits = [each for each in wrong if sign_name(each.value) == sign]
    return fits if len(fits) == 1 and fits[0].slip is not SIGN else []


def _by_number(
    here: Iterable[WrongValue], whole: Iterable[WrongValue], number: TypedAnswer
) -> list[WrongValue]:
    """Return the likeliest slip that gives a number here, else all that do in the whole pass."""
    first = next((each for each in here if is_given(number, each.value)), None)
    return [first] if first else [each for each in whole if is_given(number, each.value)]


def _is_as_printed(number: TypedAnswer, terms: Iterable[Term], wrong: Iterable[float]) -> bool:
    """Whether a number is what the printed factors give, and no slip gives one that is nearer."""
    fits = [x for x in printed_values(terms) if is_right_as_typed(number, x)]
    off = min((abs(number.value - x) for x in fits), default=math.inf)
    return math.isfinite(off) and all(off <= abs(number.value - x) for x in wrong)


def _missed(terms: tuple[Term, ...], value: float) -> tuple[Edge, ...]:
    """Return where a wrong value goes wrong: the paths that are not in it, or the only one."""
    if len(terms) == 1:
        return (terms[0].edge,)
    for term in terms:
        if _same(value, float(term.product)):
            return tuple(other.edge for other in terms if other is not term)
        if _same(value, float(terms[-1].total - term.product)):
            return (term.edge,)
    return ()


def _same(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-15)
