"""The end of the lesson: sin x² in three sentences, and what is asked back.

Notation:
    s₁, s₂   the slopes of the outer and of the inner function, each where its own variable stands
"""

from collections.abc import Callable, Mapping
from random import Random

import numpy as np

from backprop.engine.expression import parse
from backprop.engine.slips.slip import Slip
from backprop.lessons.chain_rule.choices import Choices
from backprop.lessons.chain_rule.function import Chain, make_chain
from backprop.lessons.chain_rule.picture import chain_scene
from backprop.lessons.chain_rule.slips import (
    ADDED,
    AT_X,
    INNER,
    OUTER,
    OUTER_PLAIN,
    wrong_derivatives,
)
from backprop.notation.names import label_of
from backprop.notation.numerals import adds_up, brief, short
from backprop.stage.ending import Ending
from backprop.stage.functions import function_labels
from backprop.stage.quiz.question import Question, WrongAnswer
from backprop.stage.quiz.wrong_answers import (
    bracketed,
    by_slip,
    lettered,
    multiplied,
    slips_at,
    values_scene,
    wrong_numbers,
)
from backprop.stage.walk.explanation import Words, number, phrase
from backprop.stage.walk.function import function_at, function_steps

NUDGE = 0.01
RAISED = {2: "²", 3: "³"}


def make_ending() -> Ending:
    """Return what was seen in y = sin(u), u = x² at x = 1."""
    chain = make_chain(Choices())
    outer, inner = _slopes(chain)
    function = function_at(chain.graph, {"x": chain.x})
    steps = function_steps(chain.graph)
    x, y, u = (label_of(name) for name in "xyu")
    whole = adds_up([outer, inner], outer * inner)
    first, second = (number(slope, "backward") for slope in (outer, inner))
    return Ending(
        title="Slopes multiply along a path",
        sentences=(
            phrase(
                "{y} = sin({u}) sees {u} alone: where {u} is {at}, its slope is {slope}.",
                y=y,
                u=u,
                at=number(chain.values["u"], "forward"),
                slope=first,
            ),
            phrase(
                "{u} = {x}² sees {x} alone: where {x} is {at}, its slope is {slope}.",
                u=u,
                x=x,
                at=number(chain.x, "forward"),
                slope=second,
            ),
            phrase(
                f"A nudge of {{x}} passes both: d{{y}}/d{{x}} = {whole.printed(' × ')}.", x=x, y=y
            ),
        ),
        picture=chain_scene(function, steps, len(steps) - 1),
        caption=phrase("On each edge stands its own slope; their product is what {x} gets.", x=x),
        large=chain_scene(function, steps, len(steps) - 1, large=True),
    )


def _slopes(chain: Chain) -> tuple[float, float]:
    outer, inner = (chain.evaluate(link.slope) for link in chain.links)
    return outer, inner


def _fresh(seed: int) -> tuple[Chain, int, str]:
    """Return a power of a straight line at a whole x, the power, and the line as it is printed."""
    rng = Random(seed)
    while True:
        power, a, b, x = (
            rng.choice((2, 3)),
            rng.randint(2, 5),
            rng.randint(-4, 5),
            rng.randint(-2, 3),
        )
        u = a * x + b
        if b and x and u not in (0, 1, -1, x, -x):
            sign = "+" if b > 0 else "−"
            line = f"{a}x {'+' if b > 0 else '-'} {abs(b)}"
            choices = Choices(y=f"u^{power}", u=line, x=float(x))
            return make_chain(choices), power, f"{a}{{x}} {sign} {abs(b)}"


def _prompt(chain: Chain, power: int, line: str, asked: str) -> Words:
    return phrase(
        f"{{y}} = {{u}}{RAISED[power]}, {{u}} = {line}. {asked} {{x}} = {short(chain.x)}?",
        **{name: label_of(name) for name in "yux"},
    )


def _why(chain: Chain, power: int) -> Words:
    outer, inner = _slopes(chain)
    return phrase(
        f"The outer slope is {power}{{u}}{'' if power == 2 else RAISED[2]} at {{u}} = "
        f"{short(chain.values['u'])}, which is {short(outer)}; the inner one is {short(inner)}: "
        f"{multiplied(outer, inner)} = {short(outer * inner)}.",
        u=label_of("u"),
    )


def _ask_factors(seed: int) -> Question:
    """Return the question which product the derivative is."""
    chain, power, line = _fresh(seed)
    outer, inner = _slopes(chain)
    at_x = power * chain.x ** (power - 1)
    y, u = chain.values["y"], chain.values["u"]
    sum_ = f"{short(outer)} + {bracketed(inner)}"
    wrong: tuple[tuple[str, Slip, str], ...] = (
        (multiplied(at_x, inner), AT_X, f"{short(at_x)} is its slope where u is {short(chain.x)}."),
        (short(outer), INNER, "One factor is missing."),
        (sum_, ADDED, f"{sum_} = {short(outer + inner)} is a sum."),
        (
            multiplied(y, inner),
            OUTER_PLAIN,
            f"{short(y)} is u{RAISED[power]} itself, where u is {short(u)}.",
        ),
    )
    right, slips, choices = lettered(
        (multiplied(outer, inner),),
        (((text,), by_slip(slip, "", (f"{slip.about} {here}",))) for text, slip, here in wrong),
    )
    return Question(
        prompt=_prompt(chain, power, line, "Which product is the derivative at"),
        quantity="x",
        kind="choice",
        right=right,
        wrong=slips,
        choices=choices,
        explanation=_why(chain, power),
    )


def _ask_derivative(seed: int) -> Question:
    """Return the question for the derivative as a number."""
    chain, power, line = _fresh(seed + 31)
    outer, inner = _slopes(chain)
    here = f" Here the outer slope is {short(outer)}, the inner one {short(inner)}."
    wrong = wrong_derivatives(chain, np.array([chain.x]))
    return Question(
        prompt=_prompt(chain, power, line, "What is the derivative at"),
        quantity="x",
        kind="number",
        right=outer * inner,
        wrong=wrong_numbers(
            outer * inner,
            (
                by_slip(each.slip, float(each.values[0]), (f"{each.slip.about}{here}",))
                for each in wrong
            ),
        ),
        explanation=_why(chain, power),
    )


def _ask_fork(seed: int) -> Question:
    """Return the question for the derivative where x has two ways to the result."""
    rng = Random(seed)
    a, b = rng.randint(2, 5), rng.randint(2, 6)
    x = float(rng.choice((-3, -2, 2, 3, 4)))
    x = x if x + b else x - 1
    graph = parse(f"({a}x) * (x + {b})")
    trace = function_at(graph, {"x": x}).trace
    at, right = graph.position("x"), trace.gradient["x"]
    by_first, by_second = a * (x + b), a * x
    why = (
        f"By the first factor {multiplied(a, x + b)} = {short(by_first)}, by the second "
        f"{multiplied(1, a * x)} = {short(by_second)}; what paths bring is added: "
        f"{short(by_first)} + {bracketed(by_second)} = {short(right)}."
    )
    return Question(
        prompt=phrase(
            f"{{f}} = {a}{{x}} · ({{x}} + {b}): {{x}} has two ways to it. What is d{{f}}/d{{x}} at "
            f"{{x}} = {short(x)}?",
            f=function_labels(graph)(graph.nodes[graph.output].name),
            x=label_of("x"),
        ),
        quantity="x",
        kind="number",
        right=right,
        wrong=slips_at(trace, at),
        explanation=(why,),
        scene=values_scene(trace, function_labels(graph)),
    )


def _ask_nudge(seed: int) -> Question:
    """Return the question what a nudge of x does to y."""
    chain, power, line = _fresh(seed + 67)
    outer, inner = _slopes(chain)
    right = NUDGE * outer * inner
    step = brief(NUDGE)
    wrong = (
        by_slip(INNER, NUDGE * outer, (f"First {step} becomes {step} × {bracketed(inner)} in u.",)),
        by_slip(
            OUTER, NUDGE * inner, (f"That is how far u moves; y moves {short(outer)} × that.",)
        ),
        WrongAnswer(
            outer * inner,
            "The slope taken for the rise",
            (f"{short(outer * inner)} is for each unit of x; x moves by {step} only.",),
        ),
        WrongAnswer(-right, "The sign is turned round", ("The size is right.",), "sign"),
    )
    return Question(
        prompt=phrase(
            f"{{y}} = {{u}}{RAISED[power]}, {{u}} = {line}, {{x}} = {short(chain.x)}. Raise {{x}} "
            f"by {step}: how far does its slope say that {{y}} moves?",
            **{name: label_of(name) for name in "yux"},
        ),
        quantity="dy",
        kind="number",
        right=right,
        wrong=wrong_numbers(right, wrong),
        explanation=(f"{multiplied(outer, inner)} × {step} = {short(right)}.",),
    )


QUESTIONS: Mapping[str, Callable[[int], Question]] = {
    "factors": _ask_factors,
    "derivative": _ask_derivative,
    "fork": _ask_fork,
    "nudge": _ask_nudge,
}
