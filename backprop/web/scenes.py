"""What stands at an address of this site, for a class that is shown it: a scene, seen from above.

A scene is any page of this site. Of a lesson it says more: what it is called, and its state.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import request
from werkzeug.exceptions import HTTPException

from backprop.engine.errors import InputError
from backprop.sharing.room import LONGEST_ADDRESS
from backprop.stage.choices import ChoiceError, has_choice
from backprop.stage.lesson import Lesson
from backprop.web.filters import in_view
from backprop.web.query import known_lessons, read_state

SITE = {"/": "The first page", "/questions": "Questions of today"}
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
        title: what it is called.
        lesson: whose page it is; None where it is none's, or the end of one.
        choices: the lesson's state; None without one.
        stored: addresses in the store without which it cannot be shown.
    """

    address: str
    projector: str
    title: str
    lesson: Lesson | None = None
    choices: Any = None
    stored: tuple[str, ...] = ()


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
            return _page_of(lesson, pairs)
        if path == lesson.end:
            title = f"The end of {lesson.route or lesson.title}"
            return _plain_page(path, query, title)
    if path in SITE:
        return _plain_page(path, query, SITE[path])
    raise FOREIGN


def _split(typed: str) -> tuple[str, str]:
    """Return path and query of an address of this site."""
    try:
        parts = urlsplit(typed.strip())
    except ValueError:
        raise FOREIGN from None
    foreign = bool(parts.netloc) and parts.netloc != request.host
    if foreign or not typed.isprintable() or len(typed) > 2 * LONGEST_ADDRESS:
        raise FOREIGN
    path = parts.path.removeprefix(request.script_root) or "/"
    return (path.rstrip("/") or "/"), parts.query


def _page_of(lesson: Lesson, pairs: dict[str, str]) -> Page:
    """Return a lesson's page at a state, composed, so that what is wrong with it is said now."""
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
    return Page(address, projector, title, lesson, state.choices, state.stored)


def _plain_page(path: str, query: str, title: str) -> Page:
    kept = "&".join(part for part in query.split("&") if part and not part.startswith("mode="))
    address = f"{path}?{kept}" if kept else path
    return Page(address, in_view(address, "projector"), title)


def is_open(address: str) -> bool:
    """Whether a page can still be shown: what it was made of may be gone."""
    try:
        find_page(address)
    except (InputError, HTTPException):
        return False
    return True
