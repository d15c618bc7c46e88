"""The end of a pass that was asked: what was right, and which slip came back."""

from collections import Counter
from collections.abc import Sequence
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
from backprop.stage.quiz.answers import Answers
from backprop.stage.quiz.question import Question, is_asked
from backprop.stage.walk.steps import WalkStep

AT_A_NODE = (MISSED_PATH, PATHS_MULTIPLIED, NO_LOCAL, NO_ARRIVING, ADDED, BY_VALUE)
AT_A_RULE = (OWN_FACTOR, SLOPE_AT_OUT, EXPONENT_LOST, ITSELF)
OF_NUMBERS = {slip.name: slip for slip in (*AT_A_NODE, *AT_A_RULE)}


@dataclass(frozen=True, slots=True)
class Score:
    """The sum of a pass.

    Attributes:
        ways, ways_right: how many ways were said, and how many of them are right.
        numbers, numbers_right: the same of numbers.
        of: how many gradients were asked.
        slip: the title of the slip that explains most wrong answers; empty for none.
        about: what goes wrong in it.
        times: how many it explains.
        fresh: the address where it starts again with other numbers; empty where there are none.
        again: where it starts again with the same.
    """

    ways: int
    ways_right: int
    numbers: int
    numbers_right: int
    of: int
    slip: str
    about: str
    times: int
    fresh: str
    again: str


def make_score(said: Answers, steps: Sequence[int], fresh: str, again: str) -> Score:
    """Return the sum of a pass.

    Args:
        said: what was said in it.
        steps: the numbers of the steps that were asked.
        fresh: where it starts anew with other numbers.
        again: where it does with the same.
    """
    entries = [entry for step, entry in said.entries if step in steps]
    ways = [entry.sign for entry in entries if entry.sign is not None]
    numbers = [entry.number for entry in entries if entry.number is not None]
    known = SLIPS | OF_NUMBERS
    slips = Counter(entry.slip for entry in entries if entry.slip in known)
    name, times = slips.most_common(1)[0] if slips else ("", 0)
    return Score(
        ways=len(ways),
        ways_right=sum(ways),
        numbers=len(numbers),
        numbers_right=sum(numbers),
        of=len(steps),
        slip=known[name].title if name else "",
        about=known[name].about if name else "",
        times=times,
        fresh=fresh,
        again=again,
    )


def first_backward_step(stops: Sequence[WalkStep]) -> int:
    """Return the number of the first backward step."""
    return next(n for n, stop in enumerate(stops) if stop.phase == "backward")


def asked_steps(question: Question, stops: Sequence[WalkStep]) -> tuple[int, ...]:
    """Return the numbers of the steps whose results are asked for."""
    return tuple(n for n, stop in enumerate(stops) if is_asked(question.found.trace, stop))
