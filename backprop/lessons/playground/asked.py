"""What can be asked about a typed function: the gradient of its step, there and at other points."""

from random import Random

from backprop.lessons.playground.choices import Choices, parse_function
from backprop.stage.choices import change
from backprop.stage.quiz.gradient_asked import Walked
from backprop.stage.quiz.question import Asks
from backprop.stage.quiz.variants import fresh_numbers, fresh_points, like_before
from backprop.stage.quiz.walk_questions import ask_in_walk, askings_at, walk_function
from backprop.stage.walk.function import function_at


def walk_through(choices: Choices) -> Walked:
    """Return the walk through the function at its step."""
    return walk_function(function_at(parse_function(choices), choices.at), choices.step)


def vary(choices: Choices, name: str, seed: int) -> Choices:
    """Return the same function at another point."""
    suits = like_before(walk_through(choices), name)
    return fresh_numbers(choices, seed, _drawn, lambda each: suits(walk_through(each)))


def _drawn(choices: Choices, rng: Random) -> Choices:
    return change(choices, at=fresh_points(choices.at, rng))


ASKS = Asks(
    askings=lambda choices: askings_at(walk_through(choices), varies=bool(choices.at)),
    question=lambda choices, name: ask_in_walk(walk_through(choices), name),
    vary=vary,
)
