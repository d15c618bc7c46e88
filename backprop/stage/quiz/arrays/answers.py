"""What a learner has answered at a step of a program, and at those before; spelled in an address.

    tries=5f3a_s3x2_s2x3_hr_rb_tn   at the question 5f3a: the shape 3x2, then 2x3; a hint on the
                                    rule; the rule b; the number was told

The last answer stands apart, as it was typed or chosen. What was said at other steps is kept as in
every lesson: answers.py beside this package.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backprop.stage.choices import ChoiceError, Kind, Text, chosen, has_choice
from backprop.stage.quiz.answers import ANSWERS, ASK, LEVEL, NO_ANSWERS, SILENT, Answers
from backprop.stage.quiz.arrays.questions import ENTRY, RULE, SHAPE

COLUMNS, ROWS, ROW_ENTRY, TANGENT = "columns", "rows", "row-entry", "tangent"  # of both modes
LETTERS = {
    **{SHAPE: "s", RULE: "r", ENTRY: "n"},
    **{COLUMNS: "f", ROWS: "b", ROW_ENTRY: "w", TANGENT: "u"},
}
NAMES = {letter: name for name, letter in LETTERS.items()}
HINT, TOLD = "h", "t"
MOST = 24  # answers, hints and what was told, at one question
PART = re.compile(r"([srnfbwu])(-?[0-9a-z.+-]{1,24})|([ht])([srnfbwu])")


@dataclass(frozen=True, slots=True)
class Tries:
    """What has been said at the question that is open, before the last answer.

    Attributes:
        mark: of the question; empty where nothing was said.
        said: answers, each the rung and how it is spelled, in the order in which they were given.
        hints: the rungs at which a hint was opened, once for each.
        told: the rungs whose answer was told.
    """

    mark: str = ""
    said: tuple[tuple[str, str], ...] = ()
    hints: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TriesKind(Kind):
    """The spelling of Tries."""

    def read(self, text: str, name: str) -> Tries:
        """Return the value that a text spells; raises ChoiceError."""
        if not text:
            return Tries()
        mark, *parts = text.split("_")
        matches = [PART.fullmatch(part) for part in parts]
        if not re.fullmatch("[0-9a-f]{1,8}", mark) or len(parts) > MOST or not all(matches):
            raise ChoiceError("This guess cannot be read.", hint="Leave it out.", at=name)
        said: list[tuple[str, str]] = []
        hints: list[str] = []
        told: list[str] = []
        for rung, answer, what, about in (match.groups("") for match in matches if match):
            if what:
                (hints if what == HINT else told).append(NAMES[about])
            else:
                said.append((NAMES[rung], answer))
        return Tries(mark, tuple(said), tuple(hints), tuple(told))

    def write(self, value: Tries) -> str:
        """Return the text that spells a value."""
        said = (f"{LETTERS[rung]}{answer}" for rung, answer in value.said)
        hints = (f"{HINT}{LETTERS[rung]}" for rung in value.hints)
        told = (f"{TOLD}{LETTERS[rung]}" for rung in value.told)
        return "_".join((value.mark, *said, *hints, *told)) if value.mark else ""


NO_TRIES = Tries()
UNSAID: Mapping[str, Any] = {"answers": NO_ANSWERS, "tries": NO_TRIES, "answer": ""}


@dataclass(frozen=True)
class ArrayQuizChoices:
    """What is set where a program is asked first: whether it is, and what was answered."""

    ask: str = chosen(ASK, "")  # whether each step is asked before it is shown
    level: str = chosen(LEVEL, "", spelled="ask-level")  # which questions are asked
    answers: Answers = chosen(ANSWERS, NO_ANSWERS, spelled="said")  # at the steps of this walk
    tries: Tries = chosen(TriesKind(), NO_TRIES, spelled="said-here")  # at this step
    answer: str = chosen(Text(120), "", spelled="said-last")  # typed or chosen last


def unsaid(choices: Any) -> Mapping[str, Any]:
    """Return the changes after which nothing is answered, in any lesson that asks by steps."""
    return UNSAID if has_choice(choices, "tries") else {**SILENT, "target": ""}
