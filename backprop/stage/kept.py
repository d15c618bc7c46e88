"""What was made of choices is kept: a walk asks for it again at each of its steps.

    @kept_by(lambda choices: (choices.network,))
    def make_subject(choices: Choices) -> Subject: ...

What comes out must depend on nothing else of the choices, and must not be changed by anybody.

Most of a page is the same at each step, links and all, where the step is held open in them
(stage/links.py). What is made of it is given choices and links that do not know the step:

    @kept_apart_from("step")
    def make_around(choices: Choices, links: Links) -> Around: ...

As it is the very same object at each step, so is the text that a template makes of it
(web/pieces.py).
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar

from backprop.stage.choices import change, get_choice
from backprop.stage.links import Links

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


class _Key(tuple[Any, ...]):
    """What says all of a state but one field, with the choices and the links themselves."""

    made_of: tuple[Any, Links]


def kept_apart_from(
    name: str, size: int = 32
) -> Callable[[Callable[[C, Links], R]], Callable[[C, Links], R]]:
    """Return a decorator: what is made of choices and links is kept, whatever one field says.

    Args:
        name: of a plain field; the function finds it as it is at the origin.
        size: for how many states it is kept.
    """

    def decorate(make: Callable[[C, Links], R]) -> Callable[[C, Links], R]:
        find = lru_cache(maxsize=size)(lambda key: make(*key.made_of))

        @wraps(make)
        def found(choices: C, links: Links) -> R:
            apart, origin = links.apart_from(name), links.origin
            rest = apart.choices
            if choices is not links.choices:
                rest = change(choices, **{name: get_choice(rest, name)})
            begun = "" if "from" in origin.pairs else id(origin.choices)  # the key holds them
            said = (links.path, *origin.pairs.items(), begun, links.spelled(name), links.resolve)
            key = _Key((*said, repr(rest), "" if rest is apart.choices else repr(apart.choices)))
            key.made_of = rest, apart
            return find(key)

        return found

    return decorate
