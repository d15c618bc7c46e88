"""What a learner answered so far: the lines that were pressed, the causes that were chosen."""

from dataclasses import dataclass

from backprop.lessons.find_the_bug.asking import ask_cause, ask_line
from backprop.lessons.find_the_bug.bug import Bug, make_bug
from backprop.lessons.find_the_bug.choices import Choices
from backprop.lessons.find_the_bug.program_bug import ProgramBug
from backprop.stage.choices import ChoiceError
from backprop.stage.quiz.question import Judgement, Question, judge


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered so far.

    Attributes:
        line: the question which line it is, and what the last press came to; None before one.
        tried: the wrong lines that were pressed, the last one too.
        causes: the question what is wrong with the line, once it is known.
        cause: what the last choice came to; None before one.
        blamed: the wrong causes that were chosen, the last one too.
        same: whether the chosen cause is not the planted one, but gives the same numbers.
        told: whether it was given away.
        line_told: whether its line was.
    """

    line: Question
    pressed: Judgement | None
    tried: tuple[int, ...]
    causes: Question | None
    cause: Judgement | None
    blamed: tuple[str, ...]
    same: bool
    told: bool
    line_told: bool = False

    @property
    def line_known(self) -> bool:
        """Whether the line is known: found, or given away."""
        return self.told or self.line_told or self.line_found

    @property
    def line_found(self) -> bool:
        """Whether the line was found."""
        return bool(self.pressed and self.pressed.right)

    @property
    def solved(self) -> bool:
        """Whether the cause is known, too."""
        return self.told or self.same or bool(self.cause and self.cause.right)


def read_answers(choices: Choices, example: str, bug: Bug | ProgramBug) -> Answers:
    """Return what the choices answer; of the worked case, nothing.

    Raises:
        ChoiceError: a line or a cause that there is not.
    """
    line = ask_line(bug)
    if not choices.case:
        return Answers(line, None, (), None, None, (), same=False, told=False)
    pressed = _judged(line, str(choices.line), "line") if choices.line else None
    wrong = (choices.line,) if pressed and not pressed.right else ()
    tried = tuple(sorted({*choices.tried, *wrong} - {bug.number}))
    if not (choices.told or choices.line_told or (pressed and pressed.right)):
        return Answers(line, pressed, tried, None, None, (), same=False, told=False)
    causes = ask_cause(example, bug, every=choices.names == "all")
    cause = None
    if choices.cause:  # also one that was chosen where all names were shown
        cause = _judged(ask_cause(example, bug, every=True), choices.cause, "cause")
    guess = _guess(example, choices.cause, bug) if cause and not cause.right else None
    same = _equals(guess, bug)
    wrong_cause = (choices.cause,) if cause and not cause.right and not same else ()
    blamed = tuple(dict.fromkeys((*choices.blamed, *wrong_cause)))
    given = {"told": choices.told, "line_told": choices.line_told}
    return Answers(line, pressed, tried, causes, cause, blamed, same=same, **given)


def _judged(question: Question, answer: str, at: str) -> Judgement:
    try:
        return judge(question, answer)
    except ChoiceError as error:
        raise ChoiceError(error.what, hint=error.hint, at=at) from None


def _equals(guess: Bug | ProgramBug | None, bug: Bug | ProgramBug) -> bool:
    """Whether a guess gives the same gradient as the planted one."""
    if isinstance(guess, ProgramBug) and isinstance(bug, ProgramBug):
        return guess.equals(bug)
    return isinstance(guess, Bug) and isinstance(bug, Bug) and guess.equals(bug)


def _guess(example: str, name: str, bug: Bug | ProgramBug) -> Bug | ProgramBug | None:
    """Return the cause of this name, in the line where the bug is, if it can be there."""
    if isinstance(bug, ProgramBug):
        return bug.as_cause(name)
    return make_bug(example, name, bug.layer, as_cause=True)
