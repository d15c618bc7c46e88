"""Asking first, at one step of a walk: what is asked, what was answered, and what stays covered.

A walk through a network and one through a typed function ask alike. Each gradient is asked but the
first, which is 1 by definition, and those that are no finite numbers. A step that is passed without
an answer is open from then on: the steps after it need its number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from backprop.drawing.scene import View
from backprop.engine.differences.rounding import is_zero
from backprop.engine.trace import Edge, Trace
from backprop.stage.links import Links
from backprop.stage.quiz import mask
from backprop.stage.quiz.answers import (
    NO_ANSWERS,
    NO_GUESS,
    RUNGS,
    Answers,
    Guess,
    JudgedAnswer,
    QuizChoices,
    leave_question,
    make_mark,
)
from backprop.stage.quiz.levels import SCRATCH, find_level
from backprop.stage.quiz.reply import Record
from backprop.stage.quiz.scratch import ScratchQuestion, find_scratch, target_address
from backprop.stage.quiz.step_judgement import Verdict, judge_step
from backprop.stage.quiz.typed_answer import TypedAnswer
from backprop.stage.walk.explanation import Explanation
from backprop.stage.walk.steps import Passes, WalkStep

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class StepQuestion:
    """Where a learner stands in a walk that can be asked.

    Attributes:
        on: whether each gradient is asked before it is shown; else nothing is covered.
        passes: the function differentiated.
        steps: of the walk.
        at: the number of the step that is shown.
        answers: what was said at the other steps of this pass.
        guess: what has been said here, with these numbers.
        typed: what was typed last.
        verdict: what the answer comes to; None as long as the sign is open.
        level: how much is shown before the answer; a name of levels.py, empty where none is said.
        scratch: the one gradient that is asked from scratch; None where the steps are asked.
    """

    on: bool
    passes: Passes
    steps: Sequence[WalkStep]
    at: int
    answers: Answers = NO_ANSWERS
    guess: Guess = NO_GUESS
    typed: TypedAnswer | None = None
    verdict: Verdict | None = None
    level: str = ""
    scratch: ScratchQuestion | None = None

    @property
    def step(self) -> WalkStep:
        """The step that is shown."""
        return self.steps[self.at]

    @property
    def asked(self) -> bool:
        """Whether the result of this step is asked for."""
        return self.on and is_asked(self.passes.trace, self.step)

    @property
    def rung(self) -> int:
        """How many rungs of the ladder of hints are open: by the level, and by what was asked."""
        return min(RUNGS, find_level(self.level).rung + self.guess.rungs)

    @property
    def first(self) -> int:
        """The number of the first step that is asked; of the backward pass where none is."""
        trace, steps = self.passes.trace, self.steps
        asked = (n for n, step in enumerate(steps) if is_asked(trace, step))
        backward = (n for n, step in enumerate(steps) if step.phase == "backward")
        return next(asked, next(backward))

    @property
    def record(self) -> Record | None:
        """How the answer counts, once it does; unaided: right at the first try, without a hint."""
        if not self.asked or self.verdict is None or self.before is not None:
            return None
        guess, verdict = self.guess, self.verdict
        zero = is_zero(self.passes.trace, self.step.node)
        if guess.shown or (zero and not verdict.sign):
            result = "missed"
        elif not (verdict.number or zero):
            return None
        else:
            result = "helped" if guess.rungs or guess.tried or not verdict.sign else "unaided"
        return Record(make_mark(guess.mark, self.level), "step", result)

    @property
    def before(self) -> JudgedAnswer | None:
        """What was said here when the step was passed before."""
        return self.answers.at(self.at)

    @property
    def covered(self) -> bool:
        """Whether the result of this step is covered."""
        if not self.asked or (self.before and not self.guess.sign):
            return False
        if self.verdict is None:
            return not self.guess.shown
        if is_zero(self.passes.trace, self.step.node):  # its sign says all of it
            return False
        return not (self.guess.shown or self.verdict.number)

    @property
    def unknown(self) -> frozenset[str]:
        """The names of what has no gradient on the page yet."""
        if not self.on:
            return frozenset()
        if self.scratch:
            return frozenset(step.name for step in self.steps if step.kind == "slope")
        ahead = {step.name for step in self.steps[self.at + 1 :] if step.kind == "slope"}
        return frozenset(ahead | ({self.step.name} if self.covered else set()))

    @property
    def missed(self) -> tuple[Edge, ...]:
        """Where a wrong answer goes wrong, if a slip is known that does."""
        return self.verdict.missed if self.verdict else ()

    def cover_explanation(self, explanation: Explanation) -> Explanation:
        """Return the explanation of the step, with its unanswered result hidden."""
        return mask.cover_explanation(explanation, self.rung) if self.covered else explanation

    def cover_view(self, view: View) -> View:
        """Return what the picture shows, without the number that is asked."""
        if self.scratch:
            return mask.cover_all(view, self.scratch.node, self.scratch.way)
        if not self.covered:
            return view
        return mask.cover_view(view, self.step.node, self.rung, self.missed)

    def shows_factors(self, name: str) -> bool:
        """Whether the local derivatives of a quantity may be shown, for its gradient is known.

        Those of the step that is asked may, from the second rung of the ladder on; a single one
        that leads to the output is the gradient itself.
        """
        if name not in self.unknown:
            return True
        if self.step.name != name or self.rung < 2:
            return False
        terms = self.passes.trace.terms[self.step.node]
        return len(terms) > 1 or terms[0].edge.later != self.passes.graph.output

    def open_address(self, links: Links, name: str) -> str:
        """Return where a quantity in the picture leads: to its ledger, or to being asked."""
        if self.scratch and name in self.passes.graph.parameters:
            return target_address(self.scratch, links, name)
        return links.address(focus=name)

    def leave(self, links: Links) -> Links:
        """Return the links to the other steps: what was said here is noted in them."""
        if not self.on:
            return links
        answers = self.scratch.noted if self.scratch else self.answers
        if self.verdict:
            answers = answers.noting(self.at, self.verdict.judged)
        after = leave_question(links.choices, answers)
        return links.at(after) if after != links.choices else links


def find_step_question(
    passes: Passes, choices: QuizChoices, steps: Sequence[WalkStep], at: int, *apart: object
) -> StepQuestion:
    """Return where the learner stands at a step, counted from 0.

    What makes another pass of the same walk, such as the example, is `apart`.
    """
    if choices.ask != "1":
        return StepQuestion(False, passes, steps, at)
    if choices.level == SCRATCH and passes.graph.parameters:
        ready = max(n for n, step in enumerate(steps) if step.kind == "value")
        scratch = find_scratch(passes, choices)
        return StepQuestion(True, passes, steps, ready, level=SCRATCH, scratch=scratch)
    shape = tuple((s.kind, s.name) for s in steps)
    mark = make_mark(shape, at, passes.trace.values)
    same = choices.guess.mark == mark
    guess = choices.guess if same else Guess(mark)
    typed = choices.typed if same and guess.sign else None
    asked = bool(guess.sign) and is_asked(passes.trace, steps[at])
    verdict = judge_step(passes.trace, steps[at].node, guess, typed) if asked else None
    answers = choices.answers.of(make_mark(shape, *apart))
    return StepQuestion(True, passes, steps, at, answers, guess, typed, verdict, choices.level)


def is_asked(trace: Trace, step: WalkStep) -> bool:
    """Whether the result of a step is asked for: the base case is not, nor what is no number."""
    if step.kind != "slope" or not trace.terms[step.node]:
        return False
    slope = trace.gradients[step.node]
    return bool(slope - slope == 0)
