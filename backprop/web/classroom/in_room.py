"""What every answer of a class needs: the room, who asks, and for how long the answer holds."""

import secrets
from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from backprop.sharing.hub import Hub
from backprop.sharing.room import (
    ROOM_DAYS,
    MissingRoom,
    NotAsked,
    Room,
    Scene,
    member_token,
    read_code,
)
from backprop.sharing.rooms import Rooms
from backprop.sharing.visits import DAY
from backprop.stage.classroom.asking import ask, asking
from backprop.stage.classroom.record import plain
from backprop.stage.quiz.question import Asking
from backprop.web.classroom.scenes import Page
from backprop.web.keeping.stored import open_store
from backprop.web.limits import AskedTooMuch, check_tries, count_try
from backprop.web.reply import ANYONES, FRESH

PHONE, PROJECTOR, CONSOLE = ROLES = ("phone", "projector", "console")
TEACHER = "teacher-"  # with a code: the cookie of who teaches it, its key
MEMBER = "member"  # the cookie of who has joined: a random word
MEMBER_BYTES = 16
CODES = "codes"  # that were wrong


def open_rooms() -> Rooms:
    """Return the rooms of this application."""
    return hub().rooms


def hub() -> Hub:
    """Return what this process knows of its rooms."""
    found: Hub = current_app.extensions["hub"]
    return found


def room_at(code: str) -> Room:
    """Return the room of a code, as it was typed or linked.

    Who comes from where too many codes were wrong is not told whether this one is right, unless it
    is a member.

    Raises:
        MissingRoom: there is none.
        AskedTooMuch: too many codes were wrong.
    """
    code = read_code(code)
    try:
        check_tries(CODES)
    except AskedTooMuch:
        token = member_of(code)
        if not token or not open_rooms().has_joined(code, token):
            raise
    try:
        return hub().room(code)
    except MissingRoom:
        count_try(CODES)
        raise


def member_of(code: str) -> str:
    """Return the word of this browser in a room; empty where it has joined none."""
    word = request.cookies.get(MEMBER, "")
    return member_token(word, code) if word else ""


def teacher_cookie(code: str) -> str:
    """Return the name of the cookie of who teaches a class."""
    return f"{TEACHER}{code}"


def taught_here() -> tuple[str, ...]:
    """Return the codes of the classes that this browser teaches, and that stand."""
    codes = [name.removeprefix(TEACHER) for name in request.cookies if name.startswith(TEACHER)]
    return tuple(open_rooms().news(codes)) if codes else ()


def remember_member(response: AnyResponse, word: str) -> None:
    """Give the browser its word: it has joined a class."""
    set_cookie(response, MEMBER, word)


def new_word() -> str:
    """Return the word of this browser, or a new one."""
    return request.cookies.get(MEMBER) or secrets.token_hex(MEMBER_BYTES)


def remember_teacher(response: AnyResponse, code: str, key: str) -> None:
    """Let this browser's projector tab say where the lecture is."""
    set_cookie(response, teacher_cookie(code), key)


def set_cookie(response: AnyResponse, name: str, word: str) -> None:
    """Set a cookie that goes to the pages of classes alone, and lasts as long as one."""
    response.set_cookie(
        name,
        word,
        path=url_for("classroom.take_code"),
        max_age=ROOM_DAYS * DAY,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def role_asked_for() -> str:
    """Return for whom something is asked: a phone, if it does not say."""
    role = request.args.get("for", "")
    return role if role in ROLES else PHONE


def page_for_one(template: str, **shown: Any) -> Response:
    """Dress a page that is somebody's own: a member's, or the teacher's."""
    response = make_response(render_template(template, **shown))
    response.headers.update(FRESH)
    response.vary.add("Cookie")
    return response


def of_version(response: Response, room: Room) -> Response:
    """Let an answer be kept that was made of the version which its address names."""
    if request.args.get("version") == str(room.version):
        response.headers.update(ANYONES)
        response.add_etag(weak=True)
        return response.make_conditional(request)  # type: ignore[return-value]
    response.headers["Cache-Control"] = "no-store"
    return response


def done() -> Response:
    """Return an answer with nothing in it."""
    response = Response(status=204)
    response.headers["Cache-Control"] = "no-store"
    return response


def scene_of(page: Page, *, asks: bool = False) -> Scene:
    """Return a scene that shows a page, or first asks what is to be found there.

    The room numbers it.

    Raises:
        NotAsked: nothing can be asked about this page.
    """
    if not asks:
        return Scene(0, page.address, page.title)
    if page.lesson is None or not (askings := askings_of(page)):
        raise NotAsked(
            "Nothing can be asked about this page.", hint="Add it as it is, or choose a lesson’s."
        )
    question = ask(page.lesson, page.choices, askings[0].name)
    return Scene(0, page.address, plain(question.prompt), asking=askings[0].name)


def asks_first() -> bool:
    """Whether a form wants that a page is asked about before it is seen."""
    return request.form.get("first") == "1"


def askings_of(page: Page) -> tuple[Asking, ...]:
    """Return what can be asked about a page; nothing where it is no lesson's."""
    return asking(page.lesson, page.choices) if page.lesson else ()


def keep(page: Page) -> None:
    """Promise for a year what a page is made of, if it stands in the store."""
    if page.stored:
        open_store().keep(*page.stored)


def day_of(seconds: int) -> str:
    """Return a day as it is read: 30 December 2026."""
    day = datetime.fromtimestamp(seconds, UTC)
    return f"{day.day} {day:%B %Y}"
