"""What was made of choices is kept: a walk asks for it again at each of its steps.

    @kept_by(lambda choices: (choices.network,))
    def make_subject(choices: Choices) -> Subject: ...

What comes out must depend on nothing else of the choices, and must not be changed by anybody.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar

C = TypeVar("C")
R = TypeVar("R")


class _Spelling(str):
    """How the parts of choices are spelled, with the choices themselves.

    As numbers −0 and 0 are one, and so are 1 and True; as they are spelled, they are not.
    """

    choices: Any


def kept_by(
    parts: Callable[[C], tuple[Any, ...]], size: int = 32
) -> Callable[[Callable[[C], R]], Callable[[C], R]]:
    """Return a decorator: what a function made of choices is kept for the last few of them.

    Args:
        parts: of the choices, all that the function looks at; no arrays.
        size: how many are kept.
    """

    def decorate(make: Callable[[C], R]) -> Callable[[C], R]:
        find = lru_cache(maxsize=size)(lambda spelling: make(spelling.choices))

        @wraps(make)
        def found(choices: C) -> R:
            spelling = _Spelling(repr(parts(choices)))
            spelling.choices = choices
            return find(spelling)

        return found

    return decorate
