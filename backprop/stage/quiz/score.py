"""The end of a pass that was asked: what was right, and which slip came back."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from backprop.engine.differences.rounding import is_zero
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
from backprop.stage.quiz.levels import begin_address, find_level, next_level
from backprop.stage.quiz.step_question import StepQuestion, is_asked

AT_A_NODE = (MISSED_PATH, PATHS_MULTIPLIED, NO_LOCAL, NO_ARRIVING, ADDED, BY_VALUE)
AT_A_RULE = (OWN_FACTOR, SLOPE_AT_OUT, EXPONENT_LOST, ITSELF)
IN_A_PASS = tuple(slip for slip, _ in WRONG_SLOPES.values())
OF_NUMBERS = {slip.name: slip for slip in (*AT_A_NODE, *AT_A_RULE, *IN_A_PASS)}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many answers of a pass were right.

    Attributes:
        signs, signs_right: how many signs were said, and how many of them are right.
        numbers, numbers_right: the same of numbers.
        unaided: how many gradients were right at the first try, without a hint.
        helped: how many were right in the end.
        of: how many were asked.
    """

    signs: int
    signs_right: int
    numbers: int
    numbers_right: int
    unaided: int
    helped: int
    of: int


@dataclass(frozen=True, slots=True)
class Score:
    """The sum of a pass that was asked.

    Attributes:
        counts: the answers.
        slip: the title of the slip that explains most wrong answers; empty for none.
        about: what goes wrong in it.
        times: how many it explains.
        fresh: the address where it starts again with other numbers; empty where there are none.
        again: where it starts again with the same.
        level: at which it was asked.
        onward: the next level, after a clean pass; empty after another.
        onward_title: what that is called.
    """

    counts: Counts
    slip: str
    about: str
    times: int
    fresh: str
    again: str
    level: str = ""
    onward: str = ""
    onward_title: str = ""


def make_score(question: StepQuestion, links: Links, fresh: Callable[[int], str]) -> Score | None:
    """Return the sum of a pass; None where nothing is asked, and before its end.

    `fresh`: a step → the address where it starts anew there with other numbers.
    """
    if not question.on or question.step.kind != "whole":
        return None
    trace, steps = question.passes.trace, question.steps
    asked = [n for n, step in enumerate(steps) if is_asked(trace, step)]
    zeros = frozenset(n for n in asked if is_zero(trace, steps[n].node))
    first = next(n for n, step in enumerate(steps) if step.phase == "backward")
    again = links.address(**SILENT, step=first)
    score = add_up(question.answers, asked, fresh(first), again, zeros)
    score = replace(score, level=find_level(question.level).name)
    after = next_level(question.level)
    if after is None or score.counts.unaided < score.counts.of:
        return score
    onward = begin_address(links, after.name, question.first)
    return replace(score, onward=onward, onward_title=after.title)


def add_up(
    answers: Answers,
    asked: Sequence[int],
    fresh: str,
    again: str,
    zeros: frozenset[int] = frozenset(),
) -> Score:
    """Return the sum of the answers at the steps that were asked; of `zeros` the sign says all."""
    entries = [(step, each) for step, each in answers.entries if step in asked]
    judged = [each for _, each in entries]
    signs = [each.sign for each in judged if each.sign is not None]
    numbers = [each.number for each in judged if each.number is not None]
    right = [each for step, each in entries if each.number or (each.sign and step in zeros)]
    unaided = sum(bool(each.sign) and not each.helped for each in right)
    known = SLIPS | OF_NUMBERS
    slips = Counter(each.slip for each in judged if each.slip in known)
    name, times = slips.most_common(1)[0] if slips else ("", 0)
    counts = Counts(
        signs=len(signs),
        signs_right=sum(signs),
        numbers=len(numbers),
        numbers_right=sum(numbers),
        unaided=unaided,
        helped=len(right) - unaided,
        of=len(asked),
    )
    return Score(
        counts=counts,
        slip=known[name].title if name else "",
        about=known[name].about if name else "",
        times=times,
        fresh=fresh,
        again=again,
    )
