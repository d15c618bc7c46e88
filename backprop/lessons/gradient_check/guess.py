"""A guess at a hidden mistake, and what it is answered with."""

from dataclasses import dataclass

import numpy as np

from backprop.engine.slips.slip import Slip
from backprop.lessons.gradient_check.choices import Choices
from backprop.lessons.gradient_check.training import course_on, gradient_at
from backprop.lessons.gradient_check.typed_setup import Typed
from backprop.lessons.gradient_check.work import Array
from backprop.stage.training_setup import TrainingSetup


@dataclass(frozen=True, slots=True)
class Reply:
    """What a guess is answered with."""

    right: bool
    what: str
    why: str


def reply_to(
    choices: Choices,
    bench: TrainingSetup | Typed,
    slip: Slip,
    slips: tuple[Slip, ...],
    claims: Array,
) -> Reply | None:
    """Return what the guess is answered with; a slip that gives the same numbers counts."""
    guess = next((each for each in slips if each.name == choices.planted.guess), None)
    if guess is None:
        return None
    if guess is slip:
        return Reply(True, "That is it.", slip.about)
    course = course_on(bench, slip, choices.course)
    would = gradient_at(bench, guess, course.wrong, course.previous)
    if np.allclose(would, claims, rtol=1e-9, atol=1e-15):
        return Reply(True, "Here that is the same.", f"It was planted as: {slip.title}.")
    right = gradient_at(bench, None, course.wrong)
    return Reply(False, "Not that one.", _why_not(bench, right, would, claims))


def _why_not(bench: TrainingSetup | Typed, right: Array, would: Array, claims: Array) -> str:
    """Return a difference that can be seen between a guess and what is found."""
    names = tuple(bench.parameters)
    found = {name: _is_off(bench, right, claims, name) for name in names}
    guessed = {name: _is_off(bench, right, would, name) for name in names}
    for name, off in found.items():
        if guessed[name] and not off:
            return f"It would make {name} wrong, and here {name} is right."
        if off and not guessed[name]:
            return f"It would leave {name} right, and here {name} is wrong."
    if isinstance(bench, Typed):
        return "It would be wrong by the same variables, but with other numbers."
    return "It would be wrong in the same arrays, but by other factors: look at the ratios."


def _is_off(bench: TrainingSetup | Typed, right: Array, other: Array, name: str) -> bool:
    a, b = bench.arrays(right)[name], bench.arrays(other)[name]
    return not np.allclose(a, b, rtol=1e-6, atol=1e-12)
