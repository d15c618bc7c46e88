"""The sections of a page that open: closed at first, so that its core fits one screen.

A lesson says in its choices which sections there are, and which choices each of them holds:

    SECTIONS = {"surface": (), "matrix": ("problem",)}
    more: tuple[str, ...] = more_choice(SECTIONS)

An address opens a section by its name (show-more=surface,matrix), or by a choice that the section
holds. What a person opens or closes is remembered by their browser (static/js/more.js).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from backprop.stage.choices import OneOf, Several, chosen, get_choice
from backprop.stage.walk.explanation import Words

Holds = Mapping[str, tuple[str, ...]]  # name of a section → names of the choices in it
MOST = 20


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a page that opens.

    Attributes:
        name: in an address, and in the id of its element: more-NAME.
        title: what it is called.
        inside: what is inside, in a few words; may be empty.
        open: whether the page is sent with it open.
    """

    name: str
    title: Words
    inside: Words
    open: bool


def more_choice(holds: Holds) -> Any:
    """Return the dataclass field for the sections that an address opens by name."""
    return chosen(Several(OneOf(holds), MOST), (), spelled="show-more")


def make_sections(
    choices: Any,
    first: Any,
    holds: Holds,
    titles: Mapping[str, tuple[Words, Words]],
    also: Collection[str] = (),
) -> Mapping[str, Section]:
    """Return the sections of a page by name.

    Args:
        choices: what the page shows; its `more` opens sections by name.
        first: the choices of a first visit: a section that holds another choice is open.
        holds: the choices that each section holds.
        titles: the title of each section on this page, and what is inside.
        also: sections that are open for a reason of the page's own.
    """
    opened = {*choices.more, *also}
    opened |= {name for name, held in holds.items() if _differs(choices, first, held)}
    return {
        name: Section(name, title, inside, name in opened)
        for name, (title, inside) in titles.items()
    }


def _differs(choices: Any, first: Any, names: tuple[str, ...]) -> bool:
    return any(get_choice(choices, name) != get_choice(first, name) for name in names)
