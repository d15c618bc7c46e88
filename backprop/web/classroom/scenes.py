"""What stands at an address of this site, for a class that is shown it: a scene, seen from above.

A scene is any page of this site. Of a lesson it says more: what it is called, and its state.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from flask import request

from backprop.engine.errors import InputError
from backprop.sharing.errors import StoreAway
from backprop.sharing.room import LONGEST_ADDRESS
from backprop.stage.choices import ChoiceError, has_choice
from backprop.stage.kept import kept_by
from backprop.stage.lesson import Lesson
from backprop.stage.links import Links
from backprop.web.filters import in_view
from backprop.web.mount import inside, root
from backprop.web.query import known_lessons, read_state

KEPT = 256  # pages of lessons that are remembered: those of some rooms
SITE = {"/": "The first page", "/questions": "Questions of today"}
GONE = "A page that is gone"
FOREIGN = ChoiceError(
    "This is no page of this site that a class can be shown.",
    hint="Copy the address of a lesson, of its end, or of the first page.",
    at="address",
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of this site.

    Attributes:
        address: in the ordinary view.
        projector: the same, in the projector's.
        phone: the same for a phone that goes along: of a lesson that shows one part of a lecture at
            a time the projector's, which is that part; else the ordinary view.
        title: what it is called.
        lesson: whose page it is; None where it is none's, or the end of one.
        choices: the lesson's state; None without one.
        stored: addresses in the store without which it cannot be shown.
        links: around the lesson's state; None without one.
    """

    address: str
    projector: str
    phone: str
    title: str
    lesson: Lesson | None = None
    choices: Any = None
    stored: tuple[str, ...] = ()
    links: Links | None = None


def find_page(typed: str) -> Page:
    """Return the page at an address of this site, as it was copied from anywhere.

    Raises:
        ChoiceError: it is none, or none that a class can be shown.
        InputError: the lesson cannot show what it says.
    """
    path, query = _split(typed)
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    pairs.pop("mode", None)
    for lesson in known_lessons():
        if path == lesson.path:
            return _page_of(_State(lesson, pairs))
        if path == lesson.end:
            title = f"The end of {lesson.route or lesson.title}"
            return _plain_page(path, query, title)
    if path in SITE:
        return _plain_page(path, query, SITE[path])
    raise FOREIGN


def find_scene(address: str) -> Page:
    """Return the page of a scene, also where it can be shown no more: then without its lesson.

    What it was made of may be gone; a class goes on, and who opens the page is told there.
    """
    try:
        return find_page(address)
    except StoreAway:
        raise
    except InputError:
        return Page(address, in_view(address, "projector"), address, GONE)


def _split(typed: str) -> tuple[str, str]:
    """Return path and query of an address of this site."""
    try:
        parts = urlsplit(typed.strip())
    except ValueError:
        raise FOREIGN from None
    foreign = bool(parts.netloc) and parts.netloc != request.host
    if foreign or not typed.isprintable() or len(typed) > 2 * LONGEST_ADDRESS:
        raise FOREIGN
    path = inside(parts.path, root()) or "/"
    return (path.rstrip("/") or "/"), parts.query


class _State(NamedTuple):
    """A state of a lesson, as it is spelled."""

    lesson: Lesson
    pairs: Mapping[str, str]


def _spelling(state: _State) -> tuple[object, ...]:
    return state.lesson.name, state.pairs


@kept_by(_spelling, size=KEPT)
def _page_of(asked: _State) -> Page:
    """Return a lesson's page at a state, composed, so that what is wrong with it is said now."""
    lesson, pairs = asked
    state = read_state(lesson, pairs)
    board = lesson.compose(state.choices, state.links)
    views = has_choice(state.choices, "mode")
    steps = lesson.steps(board) if lesson.steps else None
    title = board.head.title
    if steps and steps.now > steps.first:
        title += f", step {steps.now}"
    if title != lesson.title:
        title = f"{lesson.title}: {title}"
    address = state.links.address()
    projector = state.links.address(mode="projector") if views else address
    phone = projector if has_choice(state.choices, "part") else address
    return Page(address, projector, phone, title, lesson, state.choices, state.stored, state.links)


def _plain_page(path: str, query: str, title: str) -> Page:
    kept = "&".join(part for part in query.split("&") if part and not part.startswith("mode="))
    address = f"{path}?{kept}" if kept else path
    return Page(address, in_view(address, "projector"), address, title)
