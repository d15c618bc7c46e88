"""The end of the lesson: 3x² + 2xy + y² in three sentences, and what is asked back.

Notation:
    f = a·x² + b·xy + c·y²      g = (2ax + by, bx + 2cy), its gradient
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from backprop.engine.backward import gradient
from backprop.engine.expression import parse
from backprop.engine.forward import value
from backprop.engine.slips.catalog import SIGN
from backprop.lessons.gradient.place import Place, make_place
from backprop.lessons.gradient.presets import PRESETS
from backprop.lessons.gradient.step import make_step, rise_after
from backprop.notation.formula import Number
from backprop.notation.names import label_of
from backprop.notation.numerals import adds_up, brief, short
from backprop.stage.choices import change
from backprop.stage.ending import Ending
from backprop.stage.links import Links, Origin
from backprop.stage.plane import Chart
from backprop.stage.quiz.question import Question, WrongAnswer
from backprop.stage.quiz.wrong_answers import bracketed, by_slip, lettered, wrong_numbers
from backprop.stage.walk.explanation import Words, number, phrase

SHORT_STEP = 0.1


def make_ending() -> Ending:
    """Return what was seen of the tilted bowl at (1, 2), and a unit step in x."""
    choices = PRESETS[0].choices
    place = make_place(choices)
    gx, gy = (number(g, "backward") for g in place.gradient)
    steep = adds_up(place.gradient, place.steepness, math.hypot)
    full, little = (make_place(change(choices, length=t)) for t in (1.0, SHORT_STEP))
    return Ending(
        title="A promise to first order",
        sentences=(
            phrase(
                f"At ({_comma(place.point)}) the gradient of {PRESETS[0].title} is "
                "({gx}, {gy}): one slope for each variable, the other held.",
                gx=gx,
                gy=gy,
            ),
            phrase(
                "It points up the steepest way, and its length is that slope: "
                f"√({steep.terms[0]}² + {steep.terms[1]}²) {steep.sign} {{length}}.",
                length=Number(steep.result, place.steepness, "backward"),
            ),
            phrase(
                f"It holds to first order: a step of 1 in {{x}} promises {{promise}} and gives "
                f"{{rise}}; a step of {brief(SHORT_STEP)} promises {{small}} and gives {{less}}.",
                x=label_of("x"),
                promise=number(full.slope, "backward"),
                rise=number(rise_after(full, 1.0), "forward"),
                small=number(SHORT_STEP * little.slope, "backward"),
                less=_brief(rise_after(little, SHORT_STEP)),
            ),
        ),
        picture=_picture(full),
        caption=(
            "A longer and longer step in ",
            label_of("x"),
            ": what the slope promises is straight, what the function does is not.",
        ),
    )


def _brief(x: float) -> Number:
    """Return a computed number without zeros at its end."""
    return Number(brief(x), x, "forward")


def _comma(numbers: tuple[float, ...]) -> str:
    return ", ".join(map(short, numbers))


def _picture(place: Place) -> Chart:
    choices = place.choices
    step = make_step(place, Links("", Origin({}, choices), choices))
    rows = tuple((t.length.shown, t.predicted.shown, t.true.shown) for t in step.tried)
    return Chart(step.figure, step.alt, ("length of the step", "promised", "true"), rows)


@dataclass(frozen=True, slots=True)
class _Bowl:
    """A quadratic function at a whole point, with its value and gradient there."""

    a: int
    b: int
    c: int
    point: tuple[float, float]
    value: float
    slopes: tuple[float, float]

    @property
    def printed(self) -> str:
        """The function as a textbook prints it."""
        first, second, third = (
            f"{'' if abs(k) == 1 else abs(k)}{letters}"
            for k, letters in ((self.a, "x²"), (self.b, "xy"), (self.c, "y²"))
        )
        return f"{first} {'+' if self.b > 0 else '−'} {second} + {third}"

    @property
    def given(self) -> tuple[tuple[Words, Number], ...]:
        """The two slopes."""
        names = (label_of("x"), label_of("y"))
        return tuple(
            (("∂f/∂", name), number(g, "backward"))
            for name, g in zip(names, self.slopes, strict=True)
        )


def _fresh(seed: int) -> _Bowl:
    """Return a function with two slopes that are not 0 and differ in size."""
    rng = Random(seed)
    while True:
        a, c = rng.randint(1, 4), rng.randint(1, 4)
        b = rng.choice((-3, -2, -1, 1, 2, 3))
        point = {name: float(rng.choice((-3, -2, -1, 1, 2, 3))) for name in "xy"}
        f, slopes = gradient(parse(f"{a}x^2 + ({b})*x*y + {c}y^2"), point)
        gx, gy = (float(slopes[name]) for name in "xy")
        if gx and gy and abs(gx) != abs(gy):
            return _Bowl(a, b, c, (point["x"], point["y"]), float(f), (gx, gy))


def _at(bowl: _Bowl) -> str:
    return f"f = {bowl.printed}, at ({_comma(bowl.point)})"


def _dot(slopes: tuple[float, float], way: tuple[float, float]) -> str:
    """Return a slope along a direction as it is worked out: 10 · 1 + 6 · (−2)."""
    (gx, gy), (ux, uy) = slopes, way
    return f"{short(gx)} · {bracketed(ux)} + {bracketed(gy)} · {bracketed(uy)}"


def _ask_unit(seed: int) -> Question:
    """Return the question what a unit step promises, and what it gives."""
    bowl = _fresh(seed)
    (x, y), (gx, gy) = bowl.point, bowl.slopes
    graph = parse(f"{bowl.a}x^2 + ({bowl.b})*x*y + {bowl.c}y^2")
    after = float(value(graph, {"x": x + 1, "y": y}))
    rise = after - bowl.value

    def says(promise: float, gives: float) -> Words:
        return (f"it promises {short(promise)} and gives {short(gives)}",)

    why = (
        f"The slope along x promises {short(gx)}; the function goes from {short(bowl.value)} to "
        f"{short(after)}, by {short(rise)}. The x² in it has bent."
    )
    wrong = (
        (
            says(gx, gx),
            "The promise taken for the rise",
            f"{short(gx)} is the slope at the start; f goes from {short(bowl.value)} to "
            f"{short(after)}, and does not keep to it.",
        ),
        (
            says(rise, rise),
            "The rise taken for the slope",
            f"{short(rise)} is what the whole step gives; what promises is the slope at its start.",
        ),
        (
            says(rise, gx),
            "Promise and rise exchanged",
            f"{short(gx)} is a slope at one point, and no difference of two values of f.",
        ),
        (
            says(gy, rise),
            "The slope of the other variable",
            f"{short(gy)} is the slope along y; this step goes along x.",
        ),
    )
    right, slips, choices = lettered(
        says(gx, rise),
        ((words, WrongAnswer("", title, (about,))) for words, title, about in wrong),
    )
    return Question(
        prompt=(f"{_at(bowl)}: what does a step of 1 in x promise, and what does it give?",),
        quantity="step.x",
        kind="choice",
        right=right,
        wrong=slips,
        choices=choices,
        explanation=(why,),
        given=(
            *bowl.given,
            ((f"f({_comma((x, y))})",), number(bowl.value, "forward")),
            ((f"f({_comma((x + 1, y))})",), number(after, "forward")),
        ),
    )


def _ask_length(seed: int) -> Question:
    """Return the question how steep the function is in the steepest direction."""
    bowl = _fresh(seed + 17)
    gx, gy = bowl.slopes
    steep = adds_up([gx, gy], math.hypot(gx, gy), math.hypot)
    terms = [f"({term})²" if term.startswith("−") else f"{term}²" for term in steep.terms]
    whole = f"√({' + '.join(terms)}) {steep.sign} {steep.result}"
    largest = max(gx, gy, key=abs)
    wrong = (
        WrongAnswer(
            abs(gx) + abs(gy),
            "The slopes are added",
            (
                f"The way along the two sides, {short(abs(gx))} + {short(abs(gy))} = "
                f"{short(abs(gx) + abs(gy))}, is longer than the way across, which is asked.",
            ),
        ),
        WrongAnswer(gx + gy, "The slopes are added", ("They are at right angles to each other.",)),
        WrongAnswer(
            abs(largest),
            "The largest slope alone",
            (f"Between the axes it is steeper than {short(abs(largest))} along one of them.",),
        ),
        WrongAnswer(
            gx**2 + gy**2,
            "The root is forgotten",
            (f"{short(gx**2 + gy**2)} is the square of the length.",),
        ),
        WrongAnswer(bowl.value, "The value, not the slope", ("f says how high, not how steep.",)),
    )  # fmt: skip
    return Question(
        prompt=(f"{_at(bowl)}: how steep is it in the steepest direction?",),
        quantity="length",
        kind="number",
        right=math.hypot(gx, gy),
        wrong=wrong_numbers(math.hypot(gx, gy), wrong),
        explanation=(f"The length of the gradient: {whole}.",),
        given=bowl.given,
    )


def _ask_level(seed: int) -> Question:
    """Return the question along which direction the function stays level."""
    bowl = _fresh(seed + 29)
    gx, gy = bowl.slopes

    def along(ux: float, uy: float) -> Words:
        return (f"({short(ux)}, {short(uy)})",)

    def slope(ux: float, uy: float) -> str:
        return f"{_dot((gx, gy), (ux, uy))} = {short(gx * ux + gy * uy)}"

    wrong = (
        ((gx, gy), "Up the steepest way"),
        ((-gx, -gy), "Down the steepest way"),
        ((gx, -gy), "The gradient mirrored"),
        ((gy, gx), "The slopes exchanged"),
    )
    right, slips, choices = lettered(
        along(-gy, gx),
        (
            (along(*u), WrongAnswer("", title, (f"There f changes: {slope(*u)}, not 0.",)))
            for u, title in wrong
            if gx * u[0] + gy * u[1]
        ),
    )
    return Question(
        prompt=(f"{_at(bowl)}: along which direction does it stay level, to first order?",),
        quantity="level",
        kind="choice",
        right=right,
        wrong=slips,
        choices=choices,
        explanation=(f"At right angles to the gradient: {slope(-gy, gx)}.",),
        given=bowl.given,
    )


def _ask_sign(seed: int) -> Question:
    """Return the question which way the function goes along a direction."""
    bowl, rng = _fresh(seed + 43), Random(seed)
    gx, gy = bowl.slopes
    while True:
        ux, uy = rng.choice((-2, -1, 1, 2)), rng.choice((-2, -1, 1, 2))
        slope = gx * ux + gy * uy
        if slope:
            break
    counts = f"Each slope counts as far as you go its way: {_dot((gx, gy), (ux, uy))}"
    sum_ = (f"{counts}.",)
    right, reverse = ("up", "down") if slope > 0 else ("down", "up")
    return Question(
        prompt=(
            f"{_at(bowl)}: which way does it go at first, if you leave along "
            f"({short(float(ux))}, {short(float(uy))})?",
        ),
        quantity="slope",
        kind="sign",
        right=right,
        wrong=(
            by_slip(SIGN, reverse, sum_),
            WrongAnswer("none", "A level direction, which this is not", sum_),
        ),
        explanation=(f"{counts} = {short(slope)}.",),
        given=bowl.given,
    )


QUESTIONS: Mapping[str, Callable[[int], Question]] = {
    "unit": _ask_unit,
    "length": _ask_length,
    "level": _ask_level,
    "sign": _ask_sign,
}
