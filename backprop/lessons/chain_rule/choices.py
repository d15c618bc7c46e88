"""What a learner can choose in the lesson on the chain rule.

Two functions, y of u and u of x; or three, where v stands between: y of u, u of v, v of x.
"""

from dataclasses import dataclass

from backprop.stage.choices import (
    Name,
    OneOf,
    Real,
    Several,
    Text,
    Whole,
    chosen,
    format_choice,
    group,
)
from backprop.stage.hiding import hide_choice, mode_choice
from backprop.stage.quiz.answers import QuizChoices
from backprop.stage.sections import more_choice

FORMULA = Text(120)
MOST_LINES = 8  # of a derivation: three derivatives, the rule, and four more
MOST_PATHS = 12  # that can be switched
FADES = ("first", "last")
SECTIONS = {"nudge": ("dx",), "forks": ("fork", "off")}  # what opens, and the choices of each
NO_ANSWERS = {f"line{i}": "" for i in range(1, MOST_LINES + 1)}


@dataclass(frozen=True)
class Exercise:
    """Which lines of the derivation are hidden or blank, and what was typed into them."""

    blank: int = chosen(Whole(0, MOST_LINES), 0)  # how many lines are to be typed
    fade: str = chosen(OneOf(("", *FADES)), "")  # which ones; not said: the last, as it once was
    closed: tuple[int, ...] = chosen(Several(Whole(1, MOST_LINES), MOST_LINES), ())
    open: tuple[int, ...] = chosen(Several(Whole(1, MOST_LINES), MOST_LINES), ())  # given up
    line1: str = chosen(FORMULA, "")
    line2: str = chosen(FORMULA, "")
    line3: str = chosen(FORMULA, "")
    line4: str = chosen(FORMULA, "")
    line5: str = chosen(FORMULA, "")
    line6: str = chosen(FORMULA, "")
    line7: str = chosen(FORMULA, "")
    line8: str = chosen(FORMULA, "")

    def answer(self, line: int) -> str:
        """Return what was typed in place of a line, counted from 1."""
        text: str = getattr(self, f"line{line}")
        return text.strip()


@dataclass(frozen=True)
class Choices:
    """Everything set on the page; the functions' fields are called as the quantities are."""

    step: int = chosen(Whole(0, 999), 0)
    preset_name: str = chosen(Name(), "", spelled="began")
    mode: str = mode_choice()
    hide: tuple[str, ...] = hide_choice(
        "transport", "strip", "presets", "asking", "function", "nudge", "forks"
    )
    body_format: int = format_choice()
    more: tuple[str, ...] = more_choice(SECTIONS)

    y: str = chosen(FORMULA, "sin(u)")
    u: str = chosen(FORMULA, "x^2")
    v: str = chosen(FORMULA, "")
    x: float = chosen(Real(-1_000, 1_000), 1.0)
    dx: float = chosen(Real(-1, 1), 0.3)

    exercise: Exercise = group(Exercise())
    quiz: QuizChoices = group(QuizChoices())

    fork: str = chosen(FORMULA, "x * sin(x)")
    off: tuple[int, ...] = chosen(Several(Whole(1, MOST_PATHS), MOST_PATHS), ())


def toggled(numbers: tuple[int, ...], number: int) -> tuple[int, ...]:
    """Return the numbers without this one, or with it where it is not among them."""
    kept = tuple(n for n in numbers if n != number)
    return kept if number in numbers else tuple(sorted((*numbers, number)))
