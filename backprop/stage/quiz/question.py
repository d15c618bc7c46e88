"""Asking first, at one step of a walk: what is asked, what was answered, and what stays covered.

A walk through a network and one through a typed function ask alike. Each gradient is asked but the
first, which is 1 by definition, and those that are no finite numbers. A step that is passed without
an answer is open from then on: the steps after it need its number.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from backprop.drawing.scene import View
from backprop.engine.trace import Edge, Trace
from backprop.stage.links import Links
from backprop.stage.quiz.answers import (
    Answers,
    Guess,
    JudgedAnswer,
    QuizChoices,
    leave_question,
    make_mark,
)
from backprop.stage.quiz.judge import Verdict, judge
from backprop.stage.quiz.mask import cover_explanation, cover_view
from backprop.stage.quiz.rounding import is_zero
from backprop.stage.walk.explanation import Explanation
from backprop.stage.walk.steps import Passes, WalkStep

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Question:
    """Where a learner who is asked first stands in a walk.

    Attributes:
        found: the function differentiated.
        stop: the step that is shown.
        step: its number.
        said: what was said at the other steps of this pass.
        mark: of the question, so that an answer to another one does not count.
        asked: whether the step's result is asked for.
        guess: what has been said here, with these numbers.
        typed: the number that was typed last.
        before: what was said here when the step was passed before.
        verdict: what the answer comes to; None as long as the way is open.
        unknown: the names of what has no gradient on the page yet.
    """

    found: Passes
    stop: WalkStep
    step: int
    said: Answers
    mark: str
    asked: bool
    guess: Guess
    typed: float | None
    before: JudgedAnswer | None
    verdict: Verdict | None
    unknown: frozenset[str]

    @property
    def covered(self) -> bool:
        """Whether the result of this step is covered."""
        if not self.asked or (self.before and not self.guess.sign):
            return False
        if self.verdict is None:
            return True
        if is_zero(self.found.trace, self.stop.node):  # its way says all of it
            return False
        return not (self.guess.shown or self.verdict.number)

    @property
    def rung(self) -> int:
        """How many hints are open."""
        return self.guess.rungs

    def telling(self, told: Explanation) -> Explanation:
        """Return what the step says, as far as it may."""
        return cover_explanation(told, self.rung) if self.covered else told

    def view(self, view: View) -> View:
        """Return what the picture shows, as far as it may."""
        if not self.covered:
            return view
        return cover_view(view, self.stop.node, self.rung, self.missed)

    @property
    def missed(self) -> tuple[Edge, ...]:
        """Where a wrong answer goes wrong, if a slip is known that does."""
        return self.verdict.missed if self.verdict else ()

    def onward(self, links: Links) -> Links:
        """Return the links of whoever leaves this step: what was said here is noted."""
        choices = links.choices
        said = self.said.noting(self.step, self.verdict.entry) if self.verdict else self.said
        moved = leave_question(choices, said)
        return links.at(moved) if moved != choices else links


def find_question(
    found: Passes, choices: QuizChoices, stops: Sequence[WalkStep], step: int, *apart: object
) -> Question | None:
    """Return where the learner stands; None where nobody is asked.

    Args:
        found: the function differentiated.
        choices: what is set where the page asks.
        stops: the steps of the walk.
        step: the number of the one that is shown.
        apart: what makes another pass of it, such as the example.
    """
    if choices.ask != "1":
        return None
    stop, shape = stops[step], tuple((s.kind, s.name) for s in stops)
    said = choices.answers.of(make_mark(shape, *apart))
    mark = make_mark(shape, step, found.trace.values)
    same = choices.guess.mark == mark
    guess = choices.guess if same else Guess(mark)
    typed = choices.typed if same and guess.sign else None
    asked = is_asked(found.trace, stop)
    verdict = judge(found, stop.node, guess, typed) if asked and guess.sign else None
    question = Question(
        found, stop, step, said, mark, asked, guess, typed, said.at(step), verdict, frozenset()
    )
    ahead = {each.name for each in stops[step + 1 :] if each.kind == "slope"}
    return replace(
        question, unknown=frozenset(ahead | ({stop.name} if question.covered else set()))
    )


def is_asked(trace: Trace, stop: WalkStep) -> bool:
    """Whether the result of a step is asked for: the base case is not, nor what is no number."""
    if stop.kind != "slope" or not trace.terms[stop.node]:
        return False
    slope = trace.gradients[stop.node]
    return bool(slope - slope == 0)


def cover_rows(
    question: Question | None, rows: Sequence[T], blank: Callable[[T], T]
) -> tuple[T, ...]:
    """Return the rows of a table by name, those blank whose gradient is not known yet.

    Args:
        question: where the learner stands.
        rows: each with a name.
        blank: a row → the same without its gradient.
    """
    hidden = question.unknown if question else frozenset()
    return tuple(blank(row) if row.name in hidden else row for row in rows)  # type: ignore[attr-defined]
