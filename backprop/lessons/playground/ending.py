"""The end of the lesson: one number sent back through (x + y)·z, and what is asked back."""

from collections.abc import Callable, Mapping
from random import Random

from backprop.drawing.scene import Scene, expression_scene
from backprop.engine.expression import parse
from backprop.engine.slips.at_node import OWN_FACTOR
from backprop.engine.slips.catalog import SIGN
from backprop.lessons.playground.presets import PRESETS
from backprop.notation.formula import Label, Number
from backprop.notation.numerals import exact, short, signed
from backprop.stage.ending import Ending
from backprop.stage.functions import function_labels
from backprop.stage.quiz.question import Choice, Question, WrongAnswer, same_to_three_digits
from backprop.stage.quiz.wrong_answers import bracketed, by_slip, slips_at, values_scene
from backprop.stage.walk.board import make_view
from backprop.stage.walk.explanation import Labels, number, phrase
from backprop.stage.walk.function import FunctionAt, function_at, function_steps

LEAST, MOST = 2, 7  # sizes of the numbers that are drawn: 0 and 1 hide slips
FORMULA = "(x + y) * z"
SIGN_APART, BACK_APART, LARGER_APART = 19, 31, 43  # of seeds: one says nothing of the next
LEVEL = 0.25  # how often an input is raised that changes nothing


def make_ending() -> Ending:
    """Return what was seen in (x + y)·z."""
    first = PRESETS[0].choices
    passes = function_at(parse(first.expression), first.at)
    label = function_labels(passes.graph)
    slopes, values = passes.trace.gradient, passes.trace.values
    total = float(values[passes.graph.output - 1])
    return Ending(
        title="One number, sent back along every edge",
        sentences=(
            phrase(
                "Forward, each node made a value of what came in: {x} + {y} = {sum}, then "
                "{sum} × {z} = {result}.",
                x=number(first.at["x"], "forward"),
                y=f"{short(first.at['y'])}",
                sum=number(total, "forward"),
                z=f"({short(first.at['z'])})",
                result=number(passes.trace.value, "forward"),
            ),
            phrase(
                "Backward, 1 began at the result; × gave each side the other’s value, so {z} got "
                "{slope} and the sum got {other}.",
                z=label("z"),
                slope=number(slopes["z"], "backward"),
                other=number(slopes["x"], "backward"),
            ),
            phrase(
                "+ passed that on as it was: {x} and {y} got {slope} each, and nothing has moved.",
                x=label("x"),
                y=label("y"),
                slope=number(slopes["x"], "backward"),
            ),
        ),
        picture=_picture(passes, label),
        caption=phrase(
            "Raise {x} by 0.01, and the result moves by 0.01 × ({slope}) = {move}.",
            x=label("x"),
            slope=short(slopes["x"]),
            move=short(0.01 * slopes["x"]),
        ),
        large=_picture(passes, label, large=True),
    )


def _picture(passes: FunctionAt, label: Labels, *, large: bool = False) -> Scene:
    steps = function_steps(passes.graph)
    view = make_view(passes, steps, len(steps) - 1)
    words = (label, short, signed, exact, lambda _: "")
    return expression_scene(passes.trace, view, *words, large=large)


def _fresh(expression: str, seed: int) -> FunctionAt:
    """Return a function at a point of small whole numbers, none of which is 0 or 1.

    No two variables have the same size, and neither a result nor a slope is 0: else slips could
    not be told apart.
    """
    graph, rng = parse(expression, share=True), Random(seed)
    while True:
        sizes = rng.sample(range(LEAST, MOST + 1), len(graph.variables))
        at = {
            n: float(rng.choice((-1, 1)) * x) for n, x in zip(graph.variables, sizes, strict=True)
        }
        passes = function_at(graph, at)
        if all(passes.trace.values) and all(passes.trace.gradient.values()):
            return passes


def _ask_sign(seed: int) -> Question:
    """Return the question which way the result goes when one of three is raised."""
    rng = Random(seed + SIGN_APART)
    name, level = rng.choice("xyz"), rng.random() < LEVEL
    passes = _fresh(FORMULA, seed + SIGN_APART)
    if level:
        opposite = {"y": -passes.at["x"]} if name == "z" else {"z": 0.0}
        passes = function_at(passes.graph, {**passes.at, **opposite})
    label, slope = function_labels(passes.graph), float(passes.trace.gradient[name])
    letters: dict[str, Label | Number] = {each: label(each) for each in "xyz"}
    factor = "{x} + {y}" if name == "z" else "{z}"
    way = (
        f"× hands {{z}} the value of {factor}"
        if name == "z"
        else f"× hands {{x}} + {{y}} the value of {factor}, and + passes it on"
    )
    right = "up" if slope > 0 else "down" if slope < 0 else "none"
    sign = phrase(f"{way}: look at its sign.", **letters)
    lever = phrase(f"{way}: look at how much it is.", **letters)
    not_0 = phrase(f"What it is multiplied by is {factor}, and that is not 0.", **letters)
    wrong = {
        "up": WrongAnswer("up", "A factor is overlooked", lever)
        if level
        else by_slip(SIGN, "up", sign),
        "down": WrongAnswer("down", "A factor is overlooked", lever)
        if level
        else by_slip(SIGN, "down", sign),
        "none": WrongAnswer("none", "A path is overlooked", not_0),
    }
    return Question(
        prompt=phrase(
            "Which way does (x + y)·z go when you raise {name} a little?", name=label(name)
        ),
        quantity=name,
        kind="sign",
        right=right,
        wrong=tuple(each for answer, each in wrong.items() if answer != right),
        explanation=phrase(f"{way}: {{slope}}.", slope=number(slope, "backward"), **letters),
        scene=values_scene(passes.trace, label),
    )


def _ask_back(seed: int) -> Question:
    """Return the question what arrives at an input of (x + y)·z."""
    name = Random(seed + BACK_APART).choice(("x", "y", "z"))
    return _ask_gradient(FORMULA, name, seed + BACK_APART)


def _ask_twice(seed: int) -> Question:
    """Return the question for the gradient of what is used twice."""
    return _ask_gradient("a * (a + b)", "a", seed)


def _ask_gradient(expression: str, name: str, seed: int) -> Question:
    passes = _fresh(expression, seed)
    label, trace = function_labels(passes.graph), passes.trace
    at = passes.graph.position(name)
    output = label(passes.graph.nodes[passes.graph.output].name)
    terms = [
        f"{short(float(term.arriving))} × {bracketed(float(term.local))}"
        for term in trace.terms[at]
    ]
    wrong = (*_own_side(passes, label, at), *slips_at(trace, at))
    return Question(
        prompt=phrase("What is ∂{f}/\N{WORD JOINER}∂{x}?", f=output, x=label(name)),
        quantity=name,
        kind="number",
        right=float(trace.gradients[at]),
        wrong=wrong,
        explanation=phrase(
            f"{' + '.join(terms)} = {{slope}}: what arrives, times the local derivative"
            f"{', added over both uses' if len(terms) > 1 else ''}.",
            slope=number(float(trace.gradients[at]), "backward"),
        ),
        scene=values_scene(trace, label),
    )


def _own_side(passes: FunctionAt, label: Labels, at: int) -> tuple[WrongAnswer, ...]:
    """Return the slip of a term of a factor: that factor's own value, not the other's."""
    trace, graph = passes.trace, passes.graph
    if len(trace.terms[at]) > 1:
        return ()
    factor = trace.terms[at][0].edge.later
    value, right = float(trace.values[factor]), float(trace.gradients[at])
    if factor == graph.output or same_to_three_digits(value, right):
        return ()
    about = phrase(
        "{factor} = {value} is this side of ×. What × hands over is the value of the other side.",
        factor=label(graph.nodes[factor].name),
        value=number(value, "forward"),
    )
    return (by_slip(OWN_FACTOR, value, about),)


def _ask_larger(seed: int) -> Question:
    """Return the question which input moves the result more."""
    rng = Random(seed + LARGER_APART)
    while True:
        passes = _fresh(FORMULA, rng.randrange(10**6))
        slopes = {name: abs(passes.trace.gradient[name]) for name in ("x", "z")}
        if slopes["x"] != slopes["z"]:
            break
    label = function_labels(passes.graph)
    right, other = sorted(slopes, key=lambda name: slopes[name], reverse=True)
    total = passes.trace.gradient["z"]
    why = phrase(
        "By {x} the slope is {z}, which is {lever}; by {z} it is {x} + {y}, which is {sum}. The "
        "larger in size moves it further.",
        **{name: label(name) for name in "xyz"},
        lever=number(passes.at["z"], "forward"),
        sum=number(total, "forward"),
    )
    compare = phrase(
        "By {x} the slope is {z}, by {z} it is {x} + {y}. Compare how large they are.",
        **{name: label(name) for name in "xyz"},
    )
    larger_value = abs(passes.at[other]) > abs(passes.at[right])
    slip = (
        by_slip(OWN_FACTOR, other, compare)
        if larger_value
        else WrongAnswer(other, "The slopes compared the wrong way round", compare)
    )
    return Question(
        prompt=phrase("Which moves (x + y)·z further when you raise it a little?"),
        quantity="x.z",
        kind="larger",
        right=right,
        wrong=(slip,),
        choices=tuple(Choice(name, (label(name),)) for name in ("x", "z")),
        explanation=why,
        scene=values_scene(passes.trace, label),
    )


QUESTIONS: Mapping[str, Callable[[int], Question]] = {
    "sign": _ask_sign,
    "back": _ask_back,
    "twice": _ask_twice,
    "larger": _ask_larger,
}
