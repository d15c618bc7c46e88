"""What a form on a page asks of a lesson, and where that leads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backprop.stage.links import Links


@dataclass(frozen=True, slots=True)
class FormRequest:
    """What a form asks of a lesson.

    Attributes:
        pairs: its fields, those of the state among them.
        links: of the state it was sent from.
        files: what was sent with it, by field.
        salt: a word that nobody else is given.
    """

    pairs: Mapping[str, str]
    links: Links
    files: Mapping[str, bytes]
    salt: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """Where a lesson goes on.

    Attributes:
        choices: of the next state of this lesson, or a Way to a state of another.
        bodies: what is to stand in the store for it.
        released: addresses of bodies that it put earlier and needs no more.
        deleted: addresses of bodies that are to go at once, whoever kept them.
    """

    choices: Any
    bodies: tuple[bytes, ...] = ()
    released: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


Action = Callable[[Any, FormRequest], Transition]
