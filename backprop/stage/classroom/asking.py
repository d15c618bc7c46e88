"""What a class can be asked about a state of a lesson; the same for all, or varied.

What is asked is kept as a name beside the address of the state. “back-…” asks one of the lesson's
questions back, which have numbers of their own.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from backprop.engine.errors import UnknownNameError
from backprop.stage.kept import kept_by
from backprop.stage.lesson import Lesson
from backprop.stage.quiz.asked_back import LAST_SEED
from backprop.stage.quiz.question import Asking, Question

BACK = "back-"
VARIANTS = 20  # that a room has of a question
_APART = 4_999  # rooms whose variants begin at other seeds
SAME = 1  # the seed of a question back that is the same for all
KEPT = 128  # questions that are kept: some rooms, each with its variants


def asking(lesson: Lesson, choices: Any) -> tuple[Asking, ...]:
    """Return what can be asked about a state: what its step has, then the lesson's questions back.

    Each has a name for `ask`, a title in the field's words, how it is answered, and whether there
    are variants with other numbers.
    """
    own = lesson.asks.askings(choices) if lesson.asks else ()
    return (*own, *(_back(lesson, name) for name in lesson.questions))


def _back(lesson: Lesson, name: str) -> Asking:
    question = _ask(Place(lesson, None, f"{BACK}{name}", None))
    return Asking(f"{BACK}{name}", question.prompt, question.kind, varies=True)


def ask(lesson: Lesson, choices: Any, name: str, variant: int | None = None) -> Question:
    """Return the question of this name about a state; it is made once, and kept for a while.

    Args:
        lesson: whose state it is.
        choices: the state.
        name: one of those of `asking`.
        variant: of the numbers, from 0 to 99,999; None as they stand there.

    Raises:
        UnknownNameError: this cannot be asked there.
    """
    return _ask(Place(lesson, choices, name, variant))


def state_of(lesson: Lesson, choices: Any, name: str, variant: int | None) -> Any:
    """Return the choices of the state that a question is about, with the numbers of a variant.

    Args:
        lesson: whose state it is.
        choices: the state.
        name: what is asked there.
        variant: of the numbers; None as they stand there.
    """
    if variant is None or not lesson.asks or not lesson.asks.vary:
        return choices
    varies = {each.name for each in lesson.asks.askings(choices) if each.varies}
    return lesson.asks.vary(choices, name, variant) if name in varies else choices


def variant_for(room: str, token: str) -> int:
    """Return which variant of a room's questions one of its members gets: one of 20."""
    drawn = [
        int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
        for text in (room, f"{room} {token}")
    ]
    return drawn[0] % _APART * VARIANTS + drawn[1] % VARIANTS


@dataclass(frozen=True, eq=False, slots=True)
class Place:
    """Where a question stands: a state of a lesson, what is asked there, and which variant."""

    lesson: Lesson
    choices: Any
    name: str
    variant: int | None


def find_place(place: Place) -> tuple[object, ...]:
    """Return what a question depends on; one that is asked back has nothing of the state."""
    back = place.name.startswith(BACK)
    return place.lesson.name, None if back else place.choices, place.name, place.variant


@kept_by(find_place, size=KEPT)
def _ask(place: Place) -> Question:
    lesson, name, variant = place.lesson, place.name, place.variant
    if name.startswith(BACK):
        make = lesson.questions.get(name.removeprefix(BACK))
        if make:
            return make(SAME if variant is None else variant % (LAST_SEED + 1))
    elif lesson.asks:
        choices = place.choices
        known = {each.name: each for each in lesson.asks.askings(choices)}
        if name in known:
            return lesson.asks.question(state_of(lesson, choices, name, variant), name)
    raise UnknownNameError(
        f"“{name[:40]}” cannot be asked here.", hint="Choose what the page offers.", at="asking"
    )
