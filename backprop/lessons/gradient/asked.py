"""What can be asked about a gradient at a point: each of its partial derivatives."""

from random import Random

from backprop.lessons.gradient.choices import Choices
from backprop.lessons.gradient.place import make_place
from backprop.stage.choices import change
from backprop.stage.quiz.gradient_asked import Walked
from backprop.stage.quiz.question import Asking, Asks, Question
from backprop.stage.quiz.variants import fresh_numbers, fresh_points, like_before
from backprop.stage.quiz.walk_questions import ask_in_walk, walk_askings, walk_function
from backprop.stage.walk.function import function_at, function_steps

BY = "--by-"  # before the variable, in the name of what is asked of its partial derivative


def walk_to(choices: Choices, variable: str) -> Walked:
    """Return the walk through the function at the step that gives a partial derivative."""
    place = make_place(choices)
    passes = function_at(place.graph, place.at)
    steps = function_steps(place.graph)
    at = next(n for n, step in enumerate(steps) if (step.kind, step.name) == ("slope", variable))
    return walk_function(passes, at)


def askings(choices: Choices) -> tuple[Asking, ...]:
    """Return what can be asked: of each partial derivative its sign and number, and a comparison.

    Two are compared once.
    """
    listed: list[Asking] = []
    compared: set[frozenset[str]] = set()
    for variable in make_place(choices).names:
        for each in walk_askings(walk_to(choices, variable)):
            pair = frozenset((variable, each.name.partition("-")[2]))
            if each.kind == "larger" and pair in compared:
                continue
            compared |= {pair}
            listed.append(Asking(f"{each.name}{BY}{variable}", each.title, each.kind, each.varies))
    return tuple(listed)


def ask(choices: Choices, name: str) -> Question:
    """Return the question of this name."""
    own, _, variable = name.rpartition(BY)
    return ask_in_walk(walk_to(choices, variable), own)


def vary(choices: Choices, name: str, seed: int) -> Choices:
    """Return the same function at another point."""
    own, _, variable = name.rpartition(BY)
    suits = like_before(walk_to(choices, variable), own)
    return fresh_numbers(choices, seed, _drawn, lambda each: suits(walk_to(each, variable)))


def _drawn(choices: Choices, rng: Random) -> Choices:
    return change(choices, at=fresh_points(choices.at, rng))


ASKS = Asks(askings, ask, vary)
