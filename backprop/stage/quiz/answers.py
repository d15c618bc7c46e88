"""What a learner who is asked first has answered, here and before; spelled in an address.

    guess=5f3a_up_2_shown_0.35   at the question 5f3a: “up”, two hints open, the number shown,
                                 0.35 typed before
    said=1c0e_9-12_13n_14x.sign  in the pass 1c0e: 9 to 12 the right sign, 13 with its number,
                                 14 the wrong sign, as the slip “sign” has it

The words of an address that are not short have a hyphen, so that no variable of a function that
somebody typed can be called like them.

A question and a pass have a mark, so that nothing said of other numbers is taken for an answer.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from zlib import crc32

from backprop.stage.choices import ChoiceError, Kind, Name, OneOf, Real, change, chosen
from backprop.stage.quiz.typed_answer import AnswerKind, TypedAnswer

C = TypeVar("C")
SIGNS = ("down", "none", "up")
RUNGS = 3  # of the ladder of hints: which factors, their values, the product
MOST_TRIED = 4  # numbers that can be typed at one question
LONGEST = 600  # characters of a record; what is older is only known to be answered

ASK = OneOf(("", "0", "1"))  # nothing said, off, on: what is said goes before what is remembered
LEVEL = OneOf(("", "1", "2", "3", "4"))  # of levels.py; nothing said is the third
NUMBER = Real(-1e12, 1e12)


def make_mark(*parts: object) -> str:
    """Return a short word that stands for these, and differs where they differ."""
    return f"{crc32(repr(parts).encode()):x}"


@dataclass(frozen=True, slots=True)
class Guess:
    """What has been said at the question that is open.

    Attributes:
        mark: of the question; empty where nothing was said.
        sign: one of SIGNS; empty as long as it is open.
        rungs: how many hints are open.
        shown: whether the number was uncovered; without a sign: by who presents it.
        tried: the numbers typed before the last.
    """

    mark: str = ""
    sign: str = ""
    rungs: int = 0
    shown: bool = False
    tried: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class GuessKind(Kind):
    """The spelling of a Guess."""

    def read(self, text: str, name: str) -> Guess:
        """Return the value that a text spells; raises ChoiceError."""
        if not text:
            return Guess()
        mark, sign, rungs, *rest = (*text.split("_"), "", "")
        tried = tuple(part for part in rest if part and part != "shown")
        if (
            not re.fullmatch("[0-9a-f]{1,8}", mark)
            or sign not in ("", *SIGNS)
            or rungs not in ("", *map(str, range(RUNGS + 1)))
            or len(tried) >= MOST_TRIED
        ):
            raise ChoiceError("This guess cannot be read.", hint="Leave it out.", at=name)
        numbers = tuple(NUMBER.read(part, name) for part in tried)
        return Guess(mark, sign, int(rungs or 0), "shown" in rest, numbers)

    def write(self, value: Guess) -> str:
        """Return the text that spells a value."""
        if not value.mark:
            return ""
        parts = (value.mark, value.sign, str(value.rungs), *(["shown"] if value.shown else []))
        return "_".join((*parts, *map(NUMBER.write, value.tried)))


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """What was said at one step, judged.

    Attributes:
        sign: whether the sign was right; None where only that it was answered is still known.
        number: whether the number was; None where none was typed.
        slip: the name of the slip that explains it; empty for none.
        helped: whether a hint was open, or another number was tried before.
    """

    sign: bool | None = None
    number: bool | None = None
    slip: str = ""
    helped: bool = False


LETTERS: Mapping[tuple[bool | None, bool | None, bool], str] = {
    (True, None, False): "",
    (True, None, True): "g",
    (True, True, False): "n",
    (True, True, True): "h",
    (True, False, False): "m",
    (False, None, False): "x",
    (False, True, False): "y",
    (False, False, False): "z",
    (None, None, False): "s",
}  # what is not right needs no word of help
MEANINGS = {letter: pair for pair, letter in LETTERS.items()}
PART = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?([nmxyzsgh]?)(?:\.([a-z0-9-]{1,40}))?")


@dataclass(frozen=True, slots=True)
class Answers:
    """What was said in a pass, step by step.

    Attributes:
        mark: of the pass.
        entries: by the number of the step.
    """

    mark: str = ""
    entries: tuple[tuple[int, JudgedAnswer], ...] = ()

    def of(self, mark: str) -> "Answers":
        """Return what was said in the pass of this mark: nothing, if it was another."""
        return self if self.mark == mark else Answers(mark)

    def at(self, step: int) -> JudgedAnswer | None:
        """Return what was said at a step."""
        return dict(self.entries).get(step)

    def noting(self, step: int, entry: JudgedAnswer) -> "Answers":
        """Return the record with this step, too; the oldest is forgotten where it grows long."""
        entries = dict(self.entries) | {step: entry}
        noted = _in_order(self.mark, entries)
        for old in sorted(entries):
            if len(ANSWERS.write(noted)) < LONGEST:
                break
            entries[old] = JudgedAnswer()
            noted = _in_order(self.mark, entries)
        return noted


def _in_order(mark: str, entries: Mapping[int, JudgedAnswer]) -> Answers:
    return Answers(mark, tuple((step, entries[step]) for step in sorted(entries)))


@dataclass(frozen=True, slots=True)
class AnswersKind(Kind):
    """The spelling of Answers: steps that follow each other and were answered alike, as one."""

    def read(self, text: str, name: str) -> Answers:
        """Return the value that a text spells; raises ChoiceError."""
        if not text:
            return Answers()
        mark, *parts = text.split("_")
        matches = [PART.fullmatch(part) for part in parts]
        if len(text) > LONGEST or not re.fullmatch("[0-9a-f]{1,8}", mark) or not all(matches):
            raise ChoiceError("What was said cannot be read.", hint="Leave it out.", at=name)
        entries: dict[int, JudgedAnswer] = {}
        for first, last, letter, slip in (match.groups("") for match in matches if match):
            sign, number, helped = MEANINGS[letter]
            entry = JudgedAnswer(sign, number, slip, helped)
            entries |= dict.fromkeys(range(int(first), int(last or first) + 1), entry)
        return _in_order(mark, entries)

    def write(self, value: Answers) -> str:
        """Return the text that spells a value."""
        if not value.entries:
            return ""
        runs: list[tuple[int, int, JudgedAnswer]] = []
        for step, entry in value.entries:
            if runs and runs[-1][1:] == (step - 1, entry):
                runs[-1] = (runs[-1][0], step, entry)
            else:
                runs.append((step, step, entry))
        return "_".join((value.mark, *(_spelled(*run) for run in runs)))


def _spelled(first: int, last: int, entry: JudgedAnswer) -> str:
    steps = f"{first}-{last}" if last > first else f"{first}"
    slip = f".{entry.slip}" if entry.slip else ""
    helped = entry.helped and entry.sign is True and entry.number is not False
    return f"{steps}{LETTERS[entry.sign, entry.number, helped]}{slip}"


ANSWERS = AnswersKind()
NO_ANSWERS, NO_GUESS = Answers(), Guess()
GUESS = GuessKind()
TYPED = AnswerKind()
SILENT: Mapping[str, Any] = {"answers": NO_ANSWERS, "guess": NO_GUESS, "typed": None}


@dataclass(frozen=True)
class QuizChoices:
    """What is set where a page asks first: whether it does, and what was answered."""

    ask: str = chosen(ASK, "")  # whether each gradient is asked before it is shown
    level: str = chosen(LEVEL, "", spelled="ask-level")  # how much is shown before the answer
    target: str = chosen(Name(), "", spelled="ask-of")  # whose gradient is asked from scratch
    answers: Answers = chosen(ANSWERS, NO_ANSWERS, spelled="said")  # of this pass
    guess: Guess = chosen(GUESS, NO_GUESS)  # at this step
    typed: TypedAnswer | None = chosen(TYPED, None)  # what was typed last


def leave_question(choices: C, answers: Answers) -> C:
    """Return the choices with no question open, and these answers noted."""
    return change(choices, **{**SILENT, "answers": answers if answers.entries else NO_ANSWERS})
