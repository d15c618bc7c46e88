"""Asking first in the lesson on arrays: where a walk begins, and other numbers.

The stage makes questions, judges and counts, and draws the arrays that are given.
"""

from backprop.engine.errors import InputError
from backprop.lessons.arrays.choices import Choices
from backprop.lessons.arrays.passes import passes_of
from backprop.stage.choices import change
from backprop.stage.links import Links
from backprop.stage.programs.passes import ProgramAt
from backprop.stage.programs.typed import DRAWN, reseeded
from backprop.stage.quiz.arrays.answers import UNSAID
from backprop.stage.quiz.arrays.asking import ArrayQuestion, find_array_question, is_asked
from backprop.stage.quiz.arrays.panel import ArrayQuiz, make_array_quiz
from backprop.stage.quiz.arrays.questions import (
    array_askings,
    ask_array,
)
from backprop.stage.quiz.arrays.subject import ArrayStep, array_step
from backprop.stage.quiz.question import Asking, Asks, Question


def question_at(choices: Choices, passes: ProgramAt, at: int) -> ArrayQuestion:
    """Return where the learner stands at a step."""
    return find_array_question(passes.trace, choices.quiz, passes.steps, at)


def make_quiz(question: ArrayQuestion, passes: ProgramAt, links: Links) -> ArrayQuiz:
    """Return what the page shows of asking first."""

    def first() -> int:
        asked = (n for n, step in enumerate(passes.steps) if is_asked(passes.trace, step))
        return next(asked, 0)

    return make_array_quiz(question, links, first, _fresh(links, first()) if question.on else "")


def _fresh(links: Links, first: int) -> str:
    """Return the address of the same program with other random numbers; empty where it has none."""
    program: str = links.choices.program
    if not DRAWN.search(program):
        return ""
    return links.address(**{**UNSAID, "program": reseeded(program, 1), "leaf_values": "",
                            "step": first})  # fmt: skip


def _step_of(choices: Choices) -> ArrayStep | None:
    passes = passes_of(choices)
    step = passes.steps[min(choices.step, len(passes.steps) - 1)]
    return array_step(passes.trace, step) if is_asked(passes.trace, step) else None


def _askings(choices: Choices) -> tuple[Asking, ...]:
    asked = _step_of(choices)
    return array_askings(asked, varies=bool(DRAWN.search(choices.program))) if asked else ()


def _question(choices: Choices, name: str) -> Question:
    asked = _step_of(choices)
    assert asked, "what is asked was offered"
    return ask_array(asked, name)


def _vary(choices: Choices, name: str, seed: int) -> Choices:
    """Return the same program with other random numbers in which the same can be asked."""
    for by in (seed + 1, seed + 20_011, seed + 40_009):
        fresh = change(choices, program=reseeded(choices.program, by), leaf_values="")
        try:
            if any(each.name == name for each in _askings(fresh)):
                return fresh
        except InputError:
            continue
    return choices


ASKS = Asks(askings=_askings, question=_question, vary=_vary)
