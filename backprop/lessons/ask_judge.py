"""What a learner's answer at a backward step comes to: right, or wrong as a known slip is.

First the way: down, not at all, up. Then, if they like, the number, compared as it is shown. A
wrong answer is looked for among the values that the catalogue's slips give at this very node.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from backprop.engine.slips import Slip
from backprop.engine.slips_network import SIGN
from backprop.engine.slips_node import WrongValue, wrong_values
from backprop.engine.trace import Edge, Term
from backprop.lessons.ask_choices import SIGNS, Entry, Guess
from backprop.lessons.round_passes import Passes
from backprop.notation.numerals import short

CLOSE = 0.005  # a relative difference that three significant digits do not show


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer, compared.

    Attributes:
        sign: whether the way is right.
        number: whether the last number is right; None where none was typed.
        slip: what explains the last wrong answer; None where nothing known does.
        missed: the uses of the node that the slip leaves out, or at which it goes wrong.
        entry: how it is noted: also a slip that was corrected since.
    """

    sign: bool
    number: bool | None
    slip: Slip | None
    missed: tuple[Edge, ...]
    entry: Entry


def way_of(slope: float) -> str:
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
    wrong = wrong_values(found.trace, node)
    sign = guess.sign == way_of(slope)
    turned = [each for each in wrong if each.slip is not SIGN]  # of a way alone it explains nothing
    by_way = None if sign else _first(turned, lambda value: way_of(value) == guess.sign)
    numbers = (*guess.tried, *(() if typed is None else (typed,)))
    by_number = [_at_number(wrong, x) if not is_close(x, slope) else None for x in numbers]
    right = None if typed is None else is_close(typed, slope)
    last = by_way if typed is None else by_number[-1]
    named = next(filter(None, (*by_number, by_way)), None)
    return Verdict(
        sign=sign,
        number=right,
        slip=last and last.slip,
        missed=_missed(terms, last.value) if last else (),
        entry=Entry(sign, right, named.slip.name if named else ""),
    )


def _first(wrong: Iterable[WrongValue], matches: Callable[[float], bool]) -> WrongValue | None:
    """Return the likeliest slip that matches."""
    return next((each for each in wrong if matches(each.value)), None)


def _at_number(wrong: Iterable[WrongValue], number: float) -> WrongValue | None:
    return _first(wrong, lambda value: is_close(number, value))


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
