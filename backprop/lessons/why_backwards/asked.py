"""Asking first: how many passes each way, an entry of a column and of a row, a line's tangent.

    level   1  the passes      2  and the entries      3  and a tangent on the way

The passes are asked at the first step; each further question belongs to the pass of its step. As
long as one is open, the column and the row of that pass are covered on both sides: both fill the
same matrix, and what one has filled the other would tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from backprop.lessons.why_backwards.both import Both, both_of
from backprop.lessons.why_backwards.choices import Choices
from backprop.lessons.why_backwards.filling import NOTHING, Covered
from backprop.lessons.why_backwards.questions import (
    NAMED,
    GivenArray,
    asked_at,
    can_be_asked,
    given_arrays,
    given_size,
    make_question,
)
from backprop.lessons.why_backwards.schedule import Schedule, schedule_of
from backprop.stage.choices import ChoiceError, change
from backprop.stage.links import Links
from backprop.stage.programs.typed import DRAWN, reseeded
from backprop.stage.quiz.answers import NO_ANSWERS, Answers, make_mark
from backprop.stage.quiz.arrays.answers import (
    COLUMNS,
    NO_TRIES,
    ROW_ENTRY,
    ROWS,
    TANGENT,
    UNSAID,
    Tries,
)
from backprop.stage.quiz.arrays.asking import NUMBER, AskedStep, Rung
from backprop.stage.quiz.arrays.questions import ENTRY
from backprop.stage.quiz.levels import find_level
from backprop.stage.quiz.question import Asking, Asks, Question, judge
from backprop.stage.walk.explanation import Words


@dataclass(frozen=True, eq=False)
class ModesQuestion(AskedStep):
    """Where a learner stands.

    Attributes:
        on: whether it is asked first; else nothing is covered.
        both, schedule: the program, and its steps.
        at: the step that is shown.
        level: a name of ASKED_AT.
        answers: what was said at the other steps.
        tries: what was said here before the last answer.
        rungs: the questions of the step, in order.
        answered: the rung that the last answer is for; empty for none.
    """

    on: bool
    both: Both
    schedule: Schedule
    at: int
    level: str = ""
    answers: Answers = NO_ANSWERS
    tries: Tries = NO_TRIES
    rungs: tuple[Rung, ...] = ()
    answered: str = ""

    def is_open(self, name: str) -> bool:
        """Whether a question is asked and its answer not known."""
        return any(rung.name == name and not rung.is_done for rung in self.rungs)

    @property
    def covers_passes(self) -> bool:
        """Whether the page may not say how many passes there are."""
        return self.is_open(COLUMNS) or self.is_open(ROWS)

    @property
    def covered(self) -> Covered:
        """What may not be seen of the pass."""
        if self.now is None or all(r.name in (COLUMNS, ROWS) for r in self.rungs):
            return NOTHING
        forward, reverse = self.schedule.at(self.at)
        names = frozenset((self.both.output,))
        if self.is_open(TANGENT):
            names = frozenset(line.name for line in self.both.results)
        return Covered(
            names,
            frozenset(self.both.inputs),
            reverse.number if self.is_open(ROW_ENTRY) else -1,
            forward.number if self.is_open(ENTRY) else -1,
        )

    @property
    def given(self) -> tuple[GivenArray, ...]:
        """The arrays that the open question is worked out from."""
        if self.now is None:
            return ()
        return given_arrays(self.both, self.schedule, self.at, self.now.name)

    def noted(self) -> Tries:
        """Return what has been said here with the last answer among it, as it is spelled."""
        for rung in self.rungs:
            if rung.name == self.answered and rung.last and rung.last[1].read:
                said = (rung.name, NUMBER.write(rung.last[1].read.value))
                return replace(self.tries, said=(*self.tries.said, said))
        return self.tries


def find_modes_question(choices: Choices, both: Both, schedule: Schedule, at: int) -> ModesQuestion:
    """Return where the learner stands at a step, from 0.

    Raises:
        ChoiceError: the last answer cannot be read.
    """
    quiz = choices.quiz
    typed = both.direction is not None or both.weight is not None
    if quiz.ask != "1" or choices.view or choices.by_line or typed:
        return ModesQuestion(False, both, schedule, at)
    level = min(find_level(quiz.level).name, "3")
    numbers = make_mark(*(np.asarray(value).tobytes() for value in both.values.values()))
    shape = (both.rows, both.columns, schedule)
    answers = quiz.answers.of(make_mark(shape, numbers, level))
    around = ModesQuestion(True, both, schedule, at, level, answers)
    names = asked_at(both, schedule, at, level)
    if not names:
        return around
    mark = make_mark(numbers, shape, at, level)
    same = quiz.tries.mark == mark
    if around.before and not same:
        return around
    tries = quiz.tries if same else Tries(mark)
    return _with_rungs(replace(around, tries=tries), names, quiz.answer if same else "")


def _with_rungs(question: ModesQuestion, names: Sequence[str], last: str) -> ModesQuestion:
    tries, rungs = question.tries, []
    for name in names:
        put = make_question(question.both, question.schedule, question.at, name)
        said = [(text, judge(put, text)) for rung, text in tries.said if rung == name]
        hints = sum(each == name for each in tries.hints)
        rungs.append(Rung(name, put, tuple(said), hints, name in tries.told))
    answered = ""
    for n, rung in enumerate(rungs):
        if last.strip() and not rung.is_done:
            answered = rung.name
            try:
                judgement = judge(rung.question, last)
            except ChoiceError as error:
                raise ChoiceError(error.what, hint=error.hint, at="said-last") from None
            rungs[n] = replace(rung, said=(*rung.said, (last, judgement)))
            break
    return replace(question, rungs=tuple(rungs), answered=answered)


# A class, and fresh numbers


def fresh_address(links: Links) -> str:
    """Return the address of the same program with other random numbers; empty without any."""
    program: str = links.choices.program
    if not DRAWN.search(program):
        return ""
    fresh = {"program": reseeded(program, 1), "leaf_values": "", "step": 0}
    return links.address(**{**UNSAID, **fresh})


def _stand(choices: Choices) -> tuple[Both, Schedule, int]:
    both = both_of(change(choices, direction="", weight=""))
    plain = change(choices, by_line=False)
    schedule = schedule_of(plain, both.run_forward, both.run_reverse, len(both.results))
    return both, schedule, min(choices.step, schedule.count - 1)


def _askings(choices: Choices) -> tuple[Asking, ...]:
    both, schedule, at = _stand(choices)
    titles: dict[str, Words] = {
        COLUMNS: ("How many passes forward fill J",),
        ROWS: ("How many passes in reverse fill J",),
        TANGENT: ("The tangent of a line, one entry",),
        ENTRY: ("An entry of the column",),
        ROW_ENTRY: ("An entry of the row",),
    }
    found = []
    for name, title in titles.items():
        passes = name in (COLUMNS, ROWS)
        if passes or (
            can_be_asked(both, schedule, at, name) and given_size(both, schedule, at, name) <= NAMED
        ):
            varies = not passes and bool(DRAWN.search(choices.program))
            found.append(Asking(name, title, "number", varies))
    return tuple(found)


def _question(choices: Choices, name: str) -> Question:
    both, schedule, at = _stand(choices)
    return make_question(both, schedule, at, name)


def _vary(choices: Choices, name: str, seed: int) -> Choices:
    """Return the same program with other random numbers in which the same can be asked."""
    for by in (seed + 1, seed + 20_011, seed + 40_009):
        fresh = change(choices, program=reseeded(choices.program, by), leaf_values="")
        if any(each.name == name for each in _askings(fresh)):
            return fresh
    return choices


ASKS = Asks(askings=_askings, question=_question, vary=_vary)
