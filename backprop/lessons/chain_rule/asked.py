"""What can be asked about a chain: the gradient of its step, and its lines, in numbers."""

import math
from random import Random

import numpy as np

from backprop.drawing.scene import Scene, View, expression_scene
from backprop.lessons.chain_rule.choices import Choices
from backprop.lessons.chain_rule.function import Chain, Link, make_chain
from backprop.lessons.chain_rule.slips import Wrong, wrong_derivatives, wrong_links
from backprop.notation.formula import Number
from backprop.notation.names import label_of
from backprop.notation.numerals import adds_up, exact, field, short, signed
from backprop.stage.choices import change
from backprop.stage.quiz.gradient_asked import Walked
from backprop.stage.quiz.question import Asking, Asks, Question
from backprop.stage.quiz.variants import fresh_numbers, fresh_points, like_before
from backprop.stage.quiz.walk_questions import ask_in_walk, askings_at, walk_function
from backprop.stage.quiz.wrong_answers import by_slip, wrong_numbers
from backprop.stage.walk.explanation import Words, number, phrase
from backprop.stage.walk.function import FunctionAt, function_at

LINE = "line-"  # and the number of a line of the derivation
WHOLE = "product"  # dy/dx, as the product of the lines


def walk_through(choices: Choices) -> Walked:
    """Return the walk through the chain at its step."""
    return walk_function(_function(make_chain(choices)), choices.step, label_of)


def _function(chain: Chain) -> FunctionAt:
    return function_at(chain.graph, {"x": chain.x} if chain.graph.variables else {})


def askings(choices: Choices) -> tuple[Asking, ...]:
    """Return what can be asked: at a gradient what a walk asks, then each line as a number."""
    chain = make_chain(choices)
    lines = [
        Asking(
            f"{LINE}{n}", ("Line ", str(n), ": ", *_quotient(link.name, link.of)), "number", True
        )
        for n, link in enumerate(reversed(chain.links), 1)
        if _is_number(chain.evaluate(link.slope))
    ]
    if len(lines) == len(chain.links):
        lines.append(Asking(WHOLE, (*_quotient("y", "x"), ", or its product"), "number", True))
    return (*askings_at(walk_through(choices), varies=bool(chain.graph.variables)), *lines)


def ask(choices: Choices, name: str) -> Question:
    """Return the question of this name."""
    chain = make_chain(choices)
    if name == WHOLE:
        return _ask_whole(chain)
    if name.startswith(LINE):
        return _ask_link(chain, chain.links[-int(name.removeprefix(LINE))])
    return ask_in_walk(walk_through(choices), name)


def _is_number(x: float) -> bool:
    return math.isfinite(x)


def _ask_whole(chain: Chain) -> Question:
    """Return the question for dy/dx as a number, or as the product of the links' slopes."""
    slopes = [chain.evaluate(link.slope) for link in chain.links]
    right = math.prod(slopes)
    words = adds_up(slopes, right).printed(" × ")
    return _question(
        chain,
        "y",
        "x",
        right,
        wrong_derivatives(chain, np.array([chain.x])),
        (f"The slopes of the links, multiplied: {words}.",),
    )


def _ask_link(chain: Chain, link: Link) -> Question:
    """Return the question for the slope of one link, where its own variable stands."""
    right, place = chain.evaluate(link.slope), chain.values[link.of]
    why = phrase(
        "{of} stands at {place}, and there the slope of {name} is {right}.",
        of=label_of(link.of),
        place=number(place, "forward"),
        name=label_of(link.name),
        right=number(right, "backward"),
    )
    return _question(
        chain, link.name, link.of, right, wrong_links(link, {link.of: np.array([place])}), why
    )


def _question(
    chain: Chain, of: str, by: str, right: float, wrong: tuple[Wrong, ...], why: Words
) -> Question:
    answers = [by_slip(each.slip, float(each.values[0])) for each in wrong]
    return Question(
        prompt=phrase("How large is {slope}?", slope=_quotient(of, by)),
        quantity=f"{of}.{by}",
        kind="number",
        right=right,
        wrong=wrong_numbers(right, answers),
        explanation=why,
        scene=_picture(chain),
        given=(((label_of("x"),), Number(field(chain.x), chain.x, "forward")),),
        lede=phrase(
            "At {x} = " + field(chain.x) + ", as a number or as a product.", x=label_of("x")
        ),
    )


def _quotient(of: str, by: str) -> Words:
    return ("d", label_of(of), "/\N{WORD JOINER}d", label_of(by))


def _picture(chain: Chain) -> Scene:
    """Return the graph with its values, and no slope."""
    function = _function(chain)
    nodes = frozenset(range(len(function.graph)))
    view = View("asked", frozenset(), nodes, frozenset(), (), {})
    words = (label_of, short, signed, exact, lambda _: "")
    return expression_scene(function.trace, view, *words, large=True)


def vary(choices: Choices, name: str, seed: int) -> Choices:
    """Return the same functions at another x."""
    if name == WHOLE or name.startswith(LINE):
        return fresh_numbers(choices, seed, _drawn, lambda each: _has_answer(each, name))
    suits = like_before(walk_through(choices), name)
    return fresh_numbers(choices, seed, _drawn, lambda each: suits(walk_through(each)))


def _has_answer(choices: Choices, name: str) -> bool:
    right = ask(choices, name).right
    return isinstance(right, float) and math.isfinite(right) and abs(right) > 0.001


def _drawn(choices: Choices, rng: Random) -> Choices:
    return change(choices, x=fresh_points({"x": choices.x}, rng, least=1)["x"])


ASKS = Asks(askings, ask, vary)
