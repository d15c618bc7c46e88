"""Which of some numbers change when something is exchanged: each is computed before and after.

Nothing here knows what changes: a number does if it differs afterwards, beyond rounding.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from backprop.notation.formula import Number
from backprop.stage.quiz.question import Choice, Question, WrongAnswer
from backprop.stage.walk.explanation import Words

NOTHING = "nothing"  # the choice that none of the numbers changes
ROUNDING = 1e-6  # relative: closer numbers are one


@dataclass(frozen=True, slots=True)
class Watched:
    """A number that may change.

    Attributes:
        name: of the choice.
        words: what it is: “the slope ∂L/∂w”.
        before, after: the exchange.
        stays: the slip of somebody who takes it for changed.
        changes: the slip of somebody who takes it for unchanged.
    """

    name: str
    words: Words
    before: Number
    after: Number
    stays: str
    changes: str

    @property
    def is_changed(self) -> bool:
        """Whether the number differs afterwards."""
        return not math.isclose(self.before.exact, self.after.exact, rel_tol=ROUNDING)

    @property
    def about(self) -> Words:
        """What becomes of it, in a sentence."""
        first, *rest = self.words
        words = (f"{first[:1].upper()}{first[1:]}" if isinstance(first, str) else first, *rest)
        if self.is_changed:
            return (*words, " goes from ", self.before, " to ", self.after, ".")
        return (*words, " is ", self.before, " as before.")


def ask_changes(prompt: Words, quantity: str, watched: Iterable[Watched], why: Words) -> Question:
    """Return the question which of some numbers change.

    Args:
        prompt: what is exchanged, and the question.
        quantity: what is asked for, named as addresses do.
        watched: the numbers, before and after.
        why: the reason, said with what each number becomes.
    """
    numbers = tuple(watched)
    changed = [each for each in numbers if each.is_changed]
    right = frozenset(each.name for each in changed) or frozenset({NOTHING})
    explanation = why
    for each in changed:
        explanation += (" ", *each.about)
    wrong = [
        WrongAnswer(each.name, each.changes if each.is_changed else each.stays, each.about)
        for each in numbers
    ]
    if changed:
        wrong.append(WrongAnswer(NOTHING, "A change overlooked", changed[0].about))
    return Question(
        prompt=prompt,
        quantity=quantity,
        kind="several",
        right=right,
        wrong=tuple(wrong),
        choices=(
            *(Choice(each.name, each.words, each.before) for each in numbers),
            Choice(NOTHING, ("none of these",)),
        ),
        explanation=explanation,
    )
