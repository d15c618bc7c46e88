"""What a check answers: right, wrong, or that it cannot be judged, and why.

A difference quotient proves a slope right, or wrong, or nothing. What proves nothing must not pass
for either: so a number that is not finite, a function that varies between two calls, a slope that
rounding hides and a kink where reverse mode follows a convention have an answer of their own.
"""

from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """The verdict on a number of a gradient, or on a whole gradient."""

    RIGHT = "right"
    WRONG = "wrong"
    OPEN = "cannot be judged"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer; where there is none, the reason why.

    Attributes:
        answer: one of the three.
        because: of what cannot be judged, the reason: the end of a sentence, without its full stop.
    """

    answer: Answer
    because: str = ""

    def __str__(self) -> str:
        """Return it as it is read: “cannot be judged, because a value is not finite”."""
        return f"{self.answer}, because {self.because}" if self.because else str(self.answer)


RIGHT, WRONG = Verdict(Answer.RIGHT), Verdict(Answer.WRONG)


def cannot_be_judged(because: str) -> Verdict:
    """Return the third answer, with its reason."""
    return Verdict(Answer.OPEN, because)


NOT_FINITE = "a value is not finite"
ROUNDING = "rounding hides the slope: the nudge moves the function by less than it is rounded to"
TURNS = "the function turns within every nudge that is wider than its rounding"
CROSSED = "a nudge crossed a kink, and measures the slope of neither side"

CONVENTION = "at a kink reverse mode follows a convention, and gives another number than the slope"
LEAPS = "the function moves in leaps nearby, which hide a slope if they are its rounding"
JUMPS = "the function jumps here"
