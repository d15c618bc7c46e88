"""Asking first in the layers: of each step of the walk one array, or what one use sends back.

A step of the walk may be several of the program: all uses of an array, or the lines between the
outputs and the loss. The first that can be asked is; all of them stay covered until it is answered.
Asked is what fits the limits of a program that is typed, as it would be on the page of arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from backprop.lessons.training.layers.reading import BatchProgram
from backprop.stage.links import Links
from backprop.stage.quiz.arrays.answers import ArrayQuizChoices
from backprop.stage.quiz.arrays.asking import ArrayQuestion, find_array_question, is_asked
from backprop.stage.quiz.arrays.given import AskedArrays, show_asked
from backprop.stage.quiz.arrays.panel import ArrayQuiz, make_array_quiz
from backprop.stage.walk.steps import WalkStep

LOSS = "L"
NOT_ASKED = "told"  # the kind of a step that is shown at once


@dataclass(frozen=True, eq=False)
class LayersAsked:
    """Where a learner stands in the layers.

    Attributes:
        question: at the step, as in any walk through a program.
        unknown: the lines whose shapes may not be seen.
    """

    question: ArrayQuestion
    unknown: frozenset[str]

    @property
    def covered(self) -> bool:
        """Whether what the step computes is covered."""
        return self.question.covered

    def arrays(self) -> AskedArrays | None:
        """Return the arrays beside the questions; None where nothing is covered."""
        return show_asked(self.question)

    def panel(self, links: Links) -> ArrayQuiz:
        """Return what the page shows of asking first.

        Args:
            links: of the state, with what was said at this step in them.
        """
        steps, trace = self.question.steps, self.question.trace

        def first() -> int:
            return next((n for n, step in enumerate(steps) if is_asked(trace, step)), 0)

        return make_array_quiz(self.question, links, first, "")


def ask_layers(program: BatchProgram, choices: ArrayQuizChoices, at: int) -> LayersAsked:
    """Return where a learner stands at a step of the walk, counted from 0.

    Raises:
        ChoiceError: the last answer cannot be read.
    """
    passes, groups = program.passes, program.groups
    if choices.ask != "1":
        off = ArrayQuestion(False, passes.trace, passes.steps, at)
        return LayersAsked(replace(off, steps=_asked_steps(program)), frozenset())
    question = find_array_question(passes.trace, choices, _asked_steps(program), at)
    first, end = groups[at]
    ahead = _values(passes.steps[end:])
    if not question.unknown_shapes and not question.shape_is_covered:
        return LayersAsked(question, frozenset())
    own = _values(passes.steps[first:end]) if question.shape_is_covered else frozenset()
    return LayersAsked(question, ahead | own)


def _values(steps: Sequence[WalkStep]) -> frozenset[str]:
    return frozenset(step.name for step in steps if step.kind == "value")


def _asked_steps(program: BatchProgram) -> tuple[WalkStep, ...]:
    """Return, for each step of the walk, the step of the program that is asked at it."""
    return tuple(_asked(program, first, end) for first, end in program.groups)


def _asked(program: BatchProgram, first: int, end: int) -> WalkStep:
    """Return the first that can be asked; the loss is not: it may stand above, as the run's."""
    steps, trace = program.passes.steps[first:end], program.passes.trace
    for step in steps:
        is_loss = step.kind == "value" and step.name == LOSS
        if not is_loss and is_asked(trace, step):
            return step
    last = steps[-1]
    return last if last.kind == "whole" else replace(last, kind=NOT_ASKED)
