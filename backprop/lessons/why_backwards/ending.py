"""The end of Why backwards?: what was seen, and what is asked back."""

from collections.abc import Callable, Mapping
from random import Random

from backprop.drawing.scene import Scene, expression_scene
from backprop.engine.expression import parse
from backprop.lessons.why_backwards.both import both_of
from backprop.lessons.why_backwards.presets import PRESETS
from backprop.lessons.why_backwards.questions import SLIPS
from backprop.notation.numerals import exact, short, signed
from backprop.stage.ending import Ending
from backprop.stage.functions import function_labels
from backprop.stage.quiz.question import Choice, Question, WrongAnswer
from backprop.stage.quiz.wrong_answers import bracketed, wrong_numbers
from backprop.stage.walk.board import make_view
from backprop.stage.walk.explanation import number, phrase
from backprop.stage.walk.function import function_at, function_steps

MANY_IN = "tanh(w1*x1 + w2*x2 + w3*x3)"  # six inputs, one output
POINT = {"w1": 0.5, "w2": -1.0, "w3": 0.75, "x1": 1.0, "x2": 0.5, "x3": -2.0}


def make_ending() -> Ending:
    """Return what was seen: rows, columns, and that a loss has one row."""
    both = both_of(PRESETS[1].choices)
    forward, reverse = both.columns * both.forward_work, both.rows * both.reverse_work
    return Ending(
        title="A loss has one row",
        sentences=(
            phrase(
                "A pass forward nudges one input and fills one column of the Jacobian; a pass in "
                "reverse watches one output and fills one row. Both fill the same matrix."
            ),
            phrase(
                "A loss is one output: its gradient by all {n} inputs is one pass in reverse, "
                "{reverse} multiplications, and {n} passes forward, {forward}.",
                n=str(both.columns),
                reverse=number(float(reverse), "backward"),
                forward=number(float(forward), "forward"),
            ),
            phrase(
                "With more outputs than inputs it is the other way round; and a tangent of the "
                "gradient, forward over reverse, is the curvature along a direction."
            ),
        ),
        picture=_picture(large=False),
        caption=phrase("Six inputs, one output: one pass back has all six slopes."),
        large=_picture(large=True),
    )


def _picture(*, large: bool) -> Scene:
    passes = function_at(parse(MANY_IN), POINT)
    steps, label = function_steps(passes.graph), function_labels(passes.graph)
    view = make_view(passes, steps, len(steps) - 1)
    return expression_scene(
        passes.trace, view, label, short, signed, exact, lambda _: "", large=large
    )


def _ask_passes(seed: int) -> Question:
    """Return the question how many passes one of the ways takes."""
    rng = Random(seed)
    n, m = rng.sample(range(2, 40), 2)
    forward = rng.random() < 0.5
    right, other = (n, m) if forward else (m, n)
    way = "forward" if forward else "in reverse"
    fills = "column, and there is one for each input" if forward else (
        "row, and there is one for each output")  # fmt: skip
    about = phrase("A pass {way} fills one {fills}: {right}.", way=way, fills=fills,
                   right=str(right))  # fmt: skip
    candidates = (("passes-exchanged", other), ("pass-each-entry", n * m), ("one-pass", 1))
    wrong = [
        WrongAnswer(float(answer), SLIPS[name][0], (SLIPS[name][1],), name)
        for name, answer in candidates
    ]
    return Question(
        prompt=phrase(
            "A program has {n} numbers in and {m} out. How many passes {way} give its whole "
            "Jacobian?",
            n=str(n),
            m=str(m),
            way=way,
        ),
        quantity="passes",
        kind="number",
        right=float(right),
        wrong=wrong_numbers(right, wrong),
        explanation=about,
    )


WAYS = {  # what is wanted → the way that takes fewest passes, and the reason
    "the gradient of a loss by {n} weights": (
        "reverse",
        "One output, so one row: one pass in reverse.",
    ),
    "the velocity of a point in {n} dimensions that moves with one number": (
        "forward",
        "One input, so one column: one pass forward.",
    ),
    "the slope of a loss of {n} weights along one direction, and nothing else": (
        "either",
        "One direction is one pass forward; one output is one pass in reverse.",
    ),
}
TITLES = {
    "forward": "forward",
    "reverse": "in reverse",
    "either": "one pass is enough either way",
}


def _ask_way(seed: int) -> Question:
    """Return the question which way takes fewer passes."""
    rng = Random(seed + 17)
    wanted, (right, why) = rng.choice(list(WAYS.items()))
    n = str(rng.randint(3, 60))
    about = phrase(why)
    hint = phrase("Count them: a column for each input, a row for each output.")
    return Question(
        prompt=phrase("You want {what}. Which way takes fewer passes?", what=wanted.format(n=n)),
        quantity="way",
        kind="choice",
        right=right,
        wrong=tuple(
            WrongAnswer(name, "Rows and columns are exchanged", hint)
            for name in TITLES
            if name != right
        ),
        choices=tuple(Choice(name, (title,)) for name, title in TITLES.items()),
        explanation=about,
    )


def _ask_curvature(seed: int) -> Question:
    """Return the question for tᵀHt, where H t is known."""
    rng = Random(seed + 29)
    t = [rng.choice((-2, -1, 1, 2)) for _ in range(2)]
    product = [rng.choice((-1, 1)) * rng.randint(2, 9) for _ in range(2)]
    right = sum(a * b for a, b in zip(t, product, strict=True))
    if right in (0, sum(product)):
        return _ask_curvature(seed + 1)
    said = " + ".join(f"{bracketed(a)} × {bracketed(b)}" for a, b in zip(t, product, strict=True))
    about = phrase("tᵀHt = {said} = {right}: by how much the slope along t changes along t.",
                   said=said, right=number(float(right)))  # fmt: skip
    hint = phrase("H t is how the gradient changes along t; its part along t is their product.")
    return Question(
        prompt=phrase(
            "Along t = ({t}) the gradient changes by H t = ({product}). What is the curvature "
            "tᵀHt?",
            t=", ".join(map(short, map(float, t))),
            product=", ".join(map(short, map(float, product))),
        ),
        quantity="curvature",
        kind="number",
        right=float(right),
        wrong=wrong_numbers(
            right,
            [
                WrongAnswer(float(sum(product)), "The direction is forgotten", hint),
                WrongAnswer(float(right) / 2, "Halved", phrase("The ½ stands in the series of f, "
                            "f + s·g·t + ½ s²·tᵀHt, not in the curvature.")),
                WrongAnswer(float(-right), "The sign is turned round", hint),
            ],
        ),
        explanation=about,
    )  # fmt: skip


QUESTIONS: Mapping[str, Callable[[int], Question]] = {
    "passes": _ask_passes,
    "way": _ask_way,
    "curvature": _ask_curvature,
}
