"""The end of a pass that was asked: what was right, and which slip came back."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backprop.engine.slips.at_node import (
    ADDED,
    BY_VALUE,
    EXPONENT_LOST,
    ITSELF,
    MISSED_PATH,
    NO_ARRIVING,
    NO_LOCAL,
    OWN_FACTOR,
    PATHS_MULTIPLIED,
    SLOPE_AT_OUT,
)
from backprop.engine.slips.catalog import SLIPS
from backprop.engine.slips.wrong_slopes import WRONG_SLOPES
from backprop.stage.links import Links
from backprop.stage.quiz.answers import SILENT, Answers
from backprop.stage.quiz.step_question import StepQuestion, is_asked

AT_A_NODE = (MISSED_PATH, PATHS_MULTIPLIED, NO_LOCAL, NO_ARRIVING, ADDED, BY_VALUE)
AT_A_RULE = (OWN_FACTOR, SLOPE_AT_OUT, EXPONENT_LOST, ITSELF)
IN_A_PASS = tuple(slip for slip, _ in WRONG_SLOPES.values())
OF_NUMBERS = {slip.name: slip for slip in (*AT_A_NODE, *AT_A_RULE, *IN_A_PASS)}


@dataclass(frozen=True, slots=True)
class Score:
    """The sum of a pass that was asked.

    Attributes:
        signs, signs_right: how many signs were said, and how many of them are right.
        numbers, numbers_right: the same of numbers.
        of: how many gradients were asked.
        slip: the title of the slip that explains most wrong answers; empty for none.
        about: what goes wrong in it.
        times: how many it explains.
        fresh: the address where it starts again with other numbers; empty where there are none.
        again: where it starts again with the same.
    """

    signs: int
    signs_right: int
    numbers: int
    numbers_right: int
    of: int
    slip: str
    about: str
    times: int
    fresh: str
    again: str


def make_score(question: StepQuestion, links: Links, fresh: Callable[[int], str]) -> Score | None:
    """Return the sum of a pass; None where nothing is asked, and before its end.

    `fresh`: a step → the address where it starts anew there with other numbers.
    """
    if not question.on or question.step.kind != "whole":
        return None
    trace, steps = question.passes.trace, question.steps
    asked = [n for n, step in enumerate(steps) if is_asked(trace, step)]
    first = next(n for n, step in enumerate(steps) if step.phase == "backward")
    again = links.address(**SILENT, step=first)
    return add_up(question.answers, asked, fresh(first), again)


def add_up(answers: Answers, asked: Sequence[int], fresh: str, again: str) -> Score:
    """Return the sum of the answers at the steps that were asked."""
    judged = [each for step, each in answers.entries if step in asked]
    signs = [each.sign for each in judged if each.sign is not None]
    numbers = [each.number for each in judged if each.number is not None]
    known = SLIPS | OF_NUMBERS
    slips = Counter(each.slip for each in judged if each.slip in known)
    name, times = slips.most_common(1)[0] if slips else ("", 0)
    return Score(
        signs=len(signs),
        signs_right=sum(signs),
        numbers=len(numbers),
        numbers_right=sum(numbers),
        of=len(asked),
        slip=known[name].title if name else "",
        about=known[name].about if name else "",
        times=times,
        fresh=fresh,
        again=again,
    )
