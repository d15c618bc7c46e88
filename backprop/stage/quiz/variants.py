"""The same question with other numbers, drawn by a seed, so that neighbours cannot share them."""

from collections.abc import Callable, Mapping
from random import Random
from typing import TypeVar

from backprop.stage.quiz.gradient_asked import Walked
from backprop.stage.quiz.value_questions import VALUE, has_value
from backprop.stage.quiz.walk_questions import CLEARLY, LARGER, can_be_asked, right_sign

C = TypeVar("C")

MOST, TIMES = 100.0, 5.0  # a number that is easily read; and so many times that of before
TRIES = 60  # fresh numbers that are tried before the old ones stay


def fresh_numbers(
    choices: C, seed: int, draw: Callable[[C, Random], C], suits: Callable[[C], bool]
) -> C:
    """Return choices with numbers drawn by a seed that suit; the old ones where none do."""
    rng = Random(f"variant {seed}")
    for _ in range(TRIES):
        drawn = draw(choices, rng)
        if suits(drawn):
            return drawn
    return choices


def like_before(before: Walked, name: str) -> Callable[[Walked], bool]:
    """Return what tells whether the question of this name can be asked with other numbers too.

    The gradient is 0 where it was 0, else not smaller than a tenth of it or than 0.001, nor more
    than some times as large; the output is as readable. Of two, one is clearly the larger.
    """
    if name == VALUE:
        return lambda walked: has_value(walked) and _is_readable(before, walked)
    asked = before.at(before.step.name)
    was_zero, size = right_sign(asked) == "none", abs(asked.gradient)
    least, most = min(0.001, 0.1 * size), max(MOST, TIMES * size)

    def suits(walked: Walked) -> bool:
        if not (can_be_asked(walked) and _is_readable(before, walked)):
            return False
        now = walked.at(walked.step.name)
        if name.startswith(LARGER):
            other = walked.at(name.removeprefix(LARGER))
            small, large = sorted((abs(now.gradient), abs(other.gradient)))
            return large > CLEARLY * small
        zero = right_sign(now) == "none"
        return zero if was_zero else not zero and least <= abs(now.gradient) <= most

    return suits


def _is_readable(before: Walked, walked: Walked) -> bool:
    """Whether the output is not much larger than before; so it is a number, too."""
    highest = max(MOST, TIMES * abs(float(before.passes.trace.value)))
    return abs(float(walked.passes.trace.value)) <= highest


def fresh_points(
    at: Mapping[str, float], rng: Random, least: int = 2, most: int = 7
) -> dict[str, float]:
    """Return other numbers of the same sort: whole ones for whole ones, each with its sign."""

    def drawn(x: float) -> float:
        size = abs(x)
        if x == int(x) and size <= most + 5:
            return float(rng.randint(least, most)) * (-1 if x < 0 else 1)
        return round(x * rng.uniform(0.6, 1.5), 2 if size >= 0.1 else 4)

    return {name: drawn(x) for name, x in at.items()}
