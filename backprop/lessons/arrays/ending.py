"""The end of the lesson on arrays: what was seen in a dense layer, and what is asked back."""

from collections.abc import Callable, Mapping
from random import Random

from backprop.drawing.scene import Scene, expression_scene
from backprop.engine.arrays.shapes import shape_text
from backprop.engine.expression import parse
from backprop.lessons.arrays.asked_back import ask_batch, ask_rule
from backprop.lessons.arrays.passes import passes_of
from backprop.lessons.arrays.presets import PRESETS
from backprop.notation.numerals import exact, short, signed
from backprop.stage.ending import Ending
from backprop.stage.functions import function_labels
from backprop.stage.quiz.question import Choice, Question, WrongAnswer
from backprop.stage.walk.board import make_view
from backprop.stage.walk.explanation import number, phrase
from backprop.stage.walk.function import function_at, function_steps

SHARED = "(x1*w + b)^2 + (x2*w + b)^2"  # two examples share w and b
POINT = {"x1": 1.0, "x2": -2.0, "w": 0.5, "b": 0.25}


def make_ending() -> Ending:
    """Return what was seen in a dense layer on a batch."""
    passes = passes_of(PRESETS[0].choices)
    gradient = passes.trace.gradient
    return Ending(
        title="Each line sends one line back",
        sentences=(
            phrase(
                "Forward, each line made an array of those above it; the last is one number, "
                "{loss}.",
                loss=number(float(passes.trace.value), "forward"),
            ),
            phrase(
                "Backward, each use of a name sent back an array of that name’s own shape: "
                "dW = dZ.T @ A has the shape of W, and its first entry is {first}.",
                first=number(float(gradient["W"][0, 0]), "backward"),
            ),
            phrase(
                "What four rows shared got the sum of four: the first entry of db is {first}.",
                first=number(float(gradient["b"][0]), "backward"),
            ),
        ),
        picture=_picture(large=False),
        caption=phrase("The same with two numbers: w and b are used twice, and get two terms."),
        large=_picture(large=True),
    )


def _picture(*, large: bool) -> Scene:
    passes = function_at(parse(SHARED), POINT)
    steps, label = function_steps(passes.graph), function_labels(passes.graph)
    view = make_view(passes, steps, len(steps) - 1)
    return expression_scene(
        passes.trace, view, label, short, signed, exact, lambda _: "", large=large
    )


SENT = {  # what is sent back → the array whose shape it has, and one that it is taken for
    "dZ.T @ A": ("W", "A"),
    "dZ @ W": ("A", "W"),
    "fit(dZ, b)": ("b", "Z"),
    "dH * (1 - H ** 2)": ("Z", "b"),
}


def _ask_shape(seed: int) -> Question:
    """Return the question which array has the shape of what a line sends back."""
    rng = Random(seed)
    n, k, m = rng.sample(range(2, 9), 3)
    shapes = {"A": (n, k), "W": (m, k), "b": (m,), "Z": (n, m)}
    text, (right, taken) = rng.choice(list(SENT.items()))
    names = list(shapes)
    rng.shuffle(names)
    said = {name: shape_text(shape) for name, shape in shapes.items()}
    about = phrase(
        "{sent} is {shape}. What is sent back is added to the gradient of a name entry by entry, "
        "so it has the shape of that name.",
        sent=text,
        shape=said[right],
    )
    return Question(
        prompt=phrase(
            "A is {A}, W is {W}, b is {b}; Z = A @ W.T + b is {Z}, and H = tanh(Z). Which of them "
            "has the shape of {sent}?",
            sent=text,
            **said,
        ),
        quantity=text.partition("(")[0],
        kind="choice",
        right=right.lower(),
        wrong=tuple(
            WrongAnswer(
                name.lower(),
                "A factor’s shape taken for the product’s" if name == taken else "Another array",
                about,
            )
            for name in names
            if name != right
        ),
        choices=tuple(Choice(name.lower(), (name, f", {said[name]}")) for name in names),
        explanation=about,
    )


QUESTIONS: Mapping[str, Callable[[int], Question]] = {
    "shape": _ask_shape,
    "rule": ask_rule,
    "batch": ask_batch,
}
