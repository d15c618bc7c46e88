"""Asking first at one step of a program: what is asked, what was answered, what stays covered.

Each line's value is asked, and what each use sends back. The rungs follow each other: a rung is
done when it is right, or was told; what is asked stays covered until all of them are.

    level   1  the shape       2  the shape, the rule       3  the shape, the rule, an entry
            4  an entry alone, from values: no rule is shown, and no cell is lit
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from backprop.engine.trace import Trace
from backprop.stage.choices import ChoiceError, Real, change
from backprop.stage.links import Links
from backprop.stage.quiz.answers import NO_ANSWERS, Answers, JudgedAnswer, make_mark
from backprop.stage.quiz.arrays.answers import (
    NO_TRIES,
    UNSAID,
    ArrayQuizChoices,
    Tries,
)
from backprop.stage.quiz.arrays.questions import ENTRY, RULE, SHAPE, ask_array, rungs_of
from backprop.stage.quiz.arrays.subject import ArrayStep, array_step, can_be_asked
from backprop.stage.quiz.levels import SCRATCH, find_level
from backprop.stage.quiz.question import Judgement, Question, judge
from backprop.stage.quiz.reply import Record
from backprop.stage.walk.steps import WalkStep

ASKED_AT: Mapping[str, tuple[str, ...]] = {
    **{"1": (SHAPE,), "2": (SHAPE, RULE)},
    **{"3": (SHAPE, RULE, ENTRY), SCRATCH: (ENTRY,)},
}
HINTS = {SHAPE: 1, RULE: 1, ENTRY: 2}
NUMBER = Real(-1e12, 1e12)
MOST_SCALAR = 16  # entries that a line's number is made of, to be asked


@dataclass(frozen=True, slots=True)
class Rung:
    """One of the questions at a step.

    Attributes:
        name: shape, rule or entry.
        question: that is put; it knows its answer.
        said: the answers, in order, each as it is spelled, with what it comes to.
        hints: how many are open.
        told: whether the answer was told.
    """

    name: str
    question: Question
    said: tuple[tuple[str, Judgement], ...] = ()
    hints: int = 0
    told: bool = False

    @property
    def is_right(self) -> bool:
        """Whether one of its answers is right."""
        return any(judgement.right for _, judgement in self.said)

    @property
    def is_done(self) -> bool:
        """Whether its answer is known."""
        return self.told or self.is_right

    @property
    def last(self) -> tuple[str, Judgement] | None:
        """The last answer."""
        return self.said[-1] if self.said else None


class AskedStep:
    """Where a learner stands whose steps have several questions each: what the answers come to."""

    on: bool
    at: int
    level: str
    answers: Answers
    tries: Tries
    rungs: tuple[Rung, ...]

    @property
    def before(self) -> JudgedAnswer | None:
        """What was said here when the step was passed before."""
        return self.answers.at(self.at)

    @property
    def now(self) -> Rung | None:
        """The question that is open; None where all are done, or none is asked."""
        return next((rung for rung in self.rungs if not rung.is_done), None)

    @property
    def judged(self) -> JudgedAnswer | None:
        """What the answers here come to; None where none was given."""
        if not any(rung.said or rung.told for rung in self.rungs):
            return None
        wrong = [judged for rung in self.rungs for _, judged in rung.said if not judged.right]
        slip = next((s.slip for judged in wrong for s in judged.slips if s.slip), "")
        if self.now or any(rung.told for rung in self.rungs):
            return JudgedAnswer(False, slip=slip)
        helped = bool(wrong) or any(rung.hints for rung in self.rungs)
        return JudgedAnswer(True, True, slip, helped)

    @property
    def record(self) -> Record | None:
        """How the answers count, once they do."""
        judged = self.judged
        if judged is None or self.now:
            return None
        result = "missed" if not judged.sign else "helped" if judged.helped else "unaided"
        return Record(make_mark(self.tries.mark, self.level), "step", result)

    def leave(self, links: Links) -> Links:
        """Return the links to the other steps: what was said here is noted in them."""
        if not self.on:
            return links
        answers, judged = self.answers, self.judged
        if judged:
            answers = answers.noting(self.at, judged)
        after = change(links.choices, **{**UNSAID, "answers": answers})
        return links.at(after) if after != links.choices else links


@dataclass(frozen=True, eq=False)
class ArrayQuestion(AskedStep):
    """Where a learner stands in a walk through a program.

    Attributes:
        on: whether it is asked first; else nothing is covered.
        trace: both passes.
        steps: of the walk.
        at: the number of the step that is shown.
        level: a name of ASKED_AT.
        answers: what was said at the other steps.
        tries: what was said here before the last answer.
        asked: the step; None where nothing is asked at it.
        rungs: its questions, in order.
        answered: the rung that the last answer is for; empty for none.
    """

    on: bool
    trace: Trace
    steps: Sequence[WalkStep]
    at: int
    level: str = ""
    answers: Answers = NO_ANSWERS
    tries: Tries = NO_TRIES
    asked: ArrayStep | None = None
    rungs: tuple[Rung, ...] = ()
    answered: str = ""

    @property
    def step(self) -> WalkStep:
        """The step that is shown."""
        return self.steps[self.at]

    @property
    def covered(self) -> bool:
        """Whether the result of this step is covered."""
        return self.now is not None

    def is_done(self, name: str) -> bool:
        """Whether a rung is answered, or nothing is asked that it would tell."""
        return not self.covered or any(rung.is_done for rung in self.rungs if rung.name == name)

    @property
    def shape_is_covered(self) -> bool:
        """Whether the shape of what is asked may not be seen."""
        return self.covered and any(r.name == SHAPE and not r.is_done for r in self.rungs)

    @property
    def unknown_shapes(self) -> frozenset[str]:
        """The lines whose shapes may not be seen: they are asked here, or later on the way."""
        if not self.on or SHAPE not in ASKED_AT[self.level]:
            return frozenset()
        ahead = {step.name for step in self.steps[self.at + 1 :] if step.kind == "value"}
        own = self.step.kind == "value" and self.shape_is_covered
        return frozenset(ahead | ({self.step.name} if own else set()))


def find_array_question(
    trace: Trace, choices: ArrayQuizChoices, steps: Sequence[WalkStep], at: int
) -> ArrayQuestion:
    """Return where the learner stands at a step, counted from 0.

    Raises:
        ChoiceError: the last answer cannot be read.
    """
    if choices.ask != "1":
        return ArrayQuestion(False, trace, steps, at)
    level = find_level(choices.level).name
    shape = tuple((step.kind, step.name, step.sender) for step in steps)
    answers = choices.answers.of(make_mark(shape, _numbers(trace), level))
    around = ArrayQuestion(True, trace, steps, at, level, answers)
    if not is_asked(trace, steps[at]):
        return around
    asked = array_step(trace, steps[at])
    mark = make_mark(asked.mark, level)
    same = choices.tries.mark == mark
    if around.before and not same:
        return around
    tries = choices.tries if same else Tries(mark)
    return _with_rungs(replace(around, tries=tries, asked=asked), choices.answer if same else "")


def _with_rungs(question: ArrayQuestion, last: str) -> ArrayQuestion:
    asked, tries = question.asked, question.tries
    assert asked, "something is asked"
    rungs = []
    for name in rungs_of(asked, ASKED_AT[question.level]):
        put = ask_array(asked, name)
        said = [(text, _judge(put, text)) for rung, text in tries.said if rung == name]
        hints = sum(each == name for each in tries.hints)
        rungs.append(Rung(name, put, tuple(said), hints, name in tries.told))
    answered = ""
    for n, rung in enumerate(rungs):
        if last.strip() and not rung.is_done:
            answered = rung.name
            rungs[n] = replace(rung, said=(*rung.said, (last, _judge(rung.question, last))))
            break
    return replace(question, rungs=tuple(rungs), answered=answered)


def _judge(question: Question, answer: str) -> Judgement:
    """Return what an answer comes to; a shape may be typed as well as chosen.

    Raises:
        ChoiceError: it cannot be read.
    """
    try:
        return judge(
            replace(question, choices=()) if question.kind == "shape" else question, answer
        )
    except ChoiceError as error:
        raise ChoiceError(error.what, hint=error.hint, at="said-last") from None


def noted(question: ArrayQuestion) -> Tries:
    """Return what has been said here with the last answer among it, as an address spells it."""
    tries = question.tries
    for rung in question.rungs:
        if rung.name == question.answered and rung.last:
            return replace(tries, said=(*tries.said, (rung.name, _spelled(rung))))
    return tries


def _spelled(rung: Rung) -> str:
    assert rung.last, "there is an answer"
    text, judgement = rung.last
    if judgement.read:
        return NUMBER.write(judgement.read.value)
    if rung.name == SHAPE:
        lengths = "".join(sign if sign.isdigit() else " " for sign in text).split()
        return "x".join(lengths)
    return text.strip()


def is_asked(trace: Trace, step: WalkStep) -> bool:
    """Whether a step is asked: it has numbers to find, and not a number of very many."""
    if not can_be_asked(trace, step):
        return False
    asked = array_step(trace, step)
    if asked.shape or asked.is_use:
        return True
    return sum(_entries(asked, name) for name in asked.operands) <= MOST_SCALAR


def _entries(asked: ArrayStep, name: str) -> int:
    return int(np.size(asked.run.arrays[name]))


@lru_cache(maxsize=64)
def _numbers(trace: Trace) -> str:
    return make_mark(*(np.asarray(value).tobytes() for value in trace.values))
