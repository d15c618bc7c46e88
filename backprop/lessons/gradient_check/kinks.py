"""The question where differences can judge a slope, and where a kink is in their way.

A slope is judged where no kink lies within the nudge; which places these are is computed.
"""

from dataclasses import dataclass
from random import Random

from backprop.engine.differences.slopes import graph_differences
from backprop.engine.expression import parse
from backprop.notation.numerals import brief, short
from backprop.stage.quiz.question import Question, WrongAnswer
from backprop.stage.quiz.wrong_answers import lettered
from backprop.stage.walk.explanation import Words

H_WORDS = "h\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}10⁻⁵"
MEASURED = 6  # decimals of a measured slope that are no rounding
BESIDE = 1e-6  # from the corner: the nudge reaches over it


@dataclass(frozen=True, slots=True)
class _Place:
    """A function at a place, with its slope there by both ways.

    Attributes:
        shown: what is printed.
        title: the slip of somebody who takes it for the answer.
        reason: why differences can judge the slope there, or why not.
        slope: by central differences.
        is_judged: whether no kink lies within the nudge.
    """

    shown: str
    title: str
    reason: str
    slope: float
    is_judged: bool

    @property
    def about(self) -> Words:
        """The reason, with the slopes."""
        if self.is_judged:
            return (f"{self.reason}: the differences find the slope, {short(self.slope)}.",)
        return (f"{self.reason}: the differences give {short(self.slope)}, which is the slope "
                "of neither side.",)  # fmt: skip


def _place(shown: str, text: str, x: float, title: str, reason: str) -> _Place:
    measured = graph_differences(parse(text), {"x": x})
    where = f"{int(x)}.000001" if 0 < x % 1 < 2 * BESIDE else brief(x)
    slope, is_judged = round(float(measured.slopes["x"]), MEASURED), not measured.kinks["x"]
    return _Place(f"{shown} at x = {where}", title, reason, slope, is_judged)


def _places(rng: Random) -> tuple[list[_Place], list[_Place]]:
    """Return places where a slope can be judged, and places where it cannot."""
    corner, k = rng.randint(1, 6), rng.randint(2, 5)
    away = rng.choice((0.5, 1.0, 1.5))
    relu, bent = f"{k} · relu(x − {corner})", f"{k}*relu(x - {corner})"
    tie = f"max({k}x, {k * corner})"
    size = f"|x − {corner}|"
    far, over = "A kink that is far enough", "A kink within the nudge overlooked"
    leaps = f"The nudge leaps over the corner at {corner}"
    apart = f"The corner is {brief(away)} away, and the nudge is about 10⁻⁵ wide"
    judged = [
        _place(relu, bent, corner + away, far, apart),
        _place(tie, f"max({k}*x, {k * corner})", corner + away, far, apart),
        _place(size, f"abs(x - {corner})", corner - away, far, apart),
        _place(f"{k}x²", f"{k}*x^2", float(corner), "A bend taken for a kink",
               "x² bends, but has no corner"),
        _place(f"sin({k}x)", f"sin({k}*x)", float(corner), "A wave taken for a kink",
               "A sine is smooth"),
    ]  # fmt: skip
    hidden = [
        _place(relu, bent, corner + BESIDE, over, leaps),
        _place(size, f"abs(x - {corner})", corner + BESIDE, over, leaps),
        _place(tie, f"max({k}*x, {k * corner})", float(corner), "A tie overlooked",
               f"At x = {corner} both are {k * corner}, and there is the corner"),
    ]  # fmt: skip
    return judged, hidden


def ask_kink(seed: int) -> Question:
    """Return the question at which of four places differences can judge the slope, or cannot."""
    rng = Random(seed)
    judged, hidden = _places(rng)
    is_sought = rng.random() < 0.5  # a place where they can
    ones, others = (judged, hidden) if is_sought else (hidden, judged)
    sought, others = rng.choice(ones), rng.sample(others, 3)
    right, wrong, choices = lettered(
        (sought.shown,),
        (((each.shown,), WrongAnswer("", each.title, each.about)) for each in others),
    )
    return Question(
        prompt=(
            f"At which of these can differences with {H_WORDS} {'' if is_sought else 'not '}judge "
            "the slope?",
        ),
        quantity="kink",
        kind="choice",
        right=right,
        wrong=wrong,
        choices=choices,
        explanation=sought.about,
    )
