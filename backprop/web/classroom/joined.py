"""A class: a room is opened, joined, taught and followed.

What the lecture shows goes by plain addresses: a phone that follows opens the lesson's own page at
the lecturer's step, which is made once for all. Only what is the room's own is shown here: how to
join, what is asked, and what was answered. Each of these answers names the version it was made of,
so it is made once for all, too; what one member sent is asked for by that member alone.

Nothing that is sent before a question is shown says what is right, nor what others answered.
"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from backprop.sharing.hub import Stream, spell
from backprop.sharing.room import (
    ROOM_DAYS,
    MissingRoom,
    Room,
    member_token,
    missing_room,
    read_code,
)
from backprop.web.classroom.answered import for_phone
from backprop.web.classroom.asked import go_back, go_on, look_of, shown
from backprop.web.classroom.in_room import (
    PHONE,
    PROJECTOR,
    asks_first,
    day_of,
    done,
    hub,
    keep,
    member_of,
    new_word,
    of_version,
    open_rooms,
    page_for_one,
    remember_member,
    remember_teacher,
    role_asked_for,
    room_at,
    scene_of,
    teacher_cookie,
)
from backprop.web.classroom.scenes import find_page
from backprop.web.operating.observed import WAITS

SCREENS = {PHONE: "screen", PROJECTOR: "front"}

classroom = Blueprint("classroom", __name__, url_prefix="/class")


@classroom.get("")
def take_code() -> AnyResponse:
    """Take a code, and lead to its class."""
    if typed := request.args.get("code", ""):
        return redirect(url_for("classroom.show_phone", code=read_code(typed)), code=303)
    return _ask_for_code()


def _ask_for_code(typed: str = "", problem: MissingRoom | None = None) -> Response:
    response = page_for_one("class/code.html", typed=typed, problem=problem, days=ROOM_DAYS)
    if problem:
        response.status_code = 404
    return response


@classroom.post("")
def open_room() -> AnyResponse:
    """Open a room that shows a page; lead its teacher to the console.

    This browser is then known as the teacher's: its projector tab may say where the lecture is.
    """
    page = find_page(request.values.get("address", "/"))
    keep(page)
    code, key = open_rooms().open([scene_of(page, asks=asks_first())])
    response = redirect(url_for("console.show_console", code=code, key=key), code=303)
    remember_teacher(response, code, key)
    return response


@classroom.get("/<code>")
def show_phone(code: str) -> Response:
    """Show a member what is the room's own; anyone else, how to join."""
    room = room_at(code)
    token = member_of(room.code)
    if not token or not open_rooms().has_joined(room.code, token):
        return page_for_one("class/join.html", room=room, until=day_of(room.ends))
    return page_for_one("class/phone.html", **for_phone(room, token))


@classroom.post("/join")
def join_by_code() -> AnyResponse:
    """Let this browser into the class whose code is typed; ask again where there is none."""
    typed = request.form.get("code", "")
    try:
        return join(typed)
    except MissingRoom as problem:
        return _ask_for_code(typed, problem)


@classroom.post("/<code>/join")
def join(code: str) -> AnyResponse:
    """Let this browser in; it is given a random word, if it has none."""
    code = room_at(code).code
    word = new_word()
    open_rooms().join(code, member_token(word, code))
    hub().tell()
    response = redirect(url_for("classroom.show_phone", code=code), code=303)
    remember_member(response, word)
    return response


@classroom.get("/<code>/now")
def say_now(code: str) -> Response:
    """Say where the lecture is, as JSON: made once for each version, for all."""
    room = room_at(code)
    return of_version(jsonify(look_of(room)), room)


@classroom.get("/<code>/screen")
def show_screen(code: str) -> Response:
    """Show what is the room's own, alone: made once for each version and role, for all."""
    room, role = room_at(code), _open_role()
    page = render_template(f"class/_{SCREENS[role]}.html", **_for_all(room, role))
    return of_version(Response(page), room)


def _open_role() -> str:
    """Return for whom something is asked, by anybody: what the console knows is its own."""
    return PHONE if role_asked_for() == PHONE else PROJECTOR


def _for_all(room: Room, role: str) -> Mapping[str, Any]:
    return for_phone(room) if role == PHONE else shown(room, role)


@classroom.get("/<code>/strip")
def show_strip(code: str) -> Response:
    """Show what says that a tab is in a class, for the pages of lessons."""
    room = room_at(code)
    return page_for_one("class/_strip_alone.html", **_for_all(room, _open_role()))


@classroom.get("/<code>/count")
def say_count(code: str) -> Response:
    """Say what the stream tells, once: for who is told by asking."""
    code = room_at(code).code
    news = open_rooms().news((code,)).get(code)
    if news is None:
        raise missing_room(code)
    response = jsonify(spell(news, _is_told_counts()))
    response.headers["Cache-Control"] = "no-store"
    return response


@classroom.get("/<code>/news")
def tell_news(code: str) -> Response:
    """Tell of changes as they come: a version, and how many joined and answered.

    A phone is not told these: not even how many answered, before it is shown.
    """
    code = room_at(code).code
    lines = hub().stream(code, counted=_is_told_counts())
    request.environ[WAITS] = lines
    response = Response(_Encoded(lines), mimetype="text/event-stream", direct_passthrough=True)
    response.headers |= {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return response


class _Encoded:
    """Lines as bytes: nothing of the answer that they are sent in need be kept until they end."""

    __slots__ = ("_lines",)

    def __init__(self, lines: Stream) -> None:
        self._lines = lines

    def __iter__(self) -> "_Encoded":
        return self

    def __next__(self) -> bytes:
        return next(self._lines).encode()

    def close(self) -> None:
        self._lines.close()


def _is_told_counts() -> bool:
    return role_asked_for() != PHONE


@classroom.get("/<code>/projector")
def show_projector(code: str) -> Response:
    """Show in front what is the room's own."""
    room = room_at(code)
    return page_for_one("class/projector.html", **shown(room, PROJECTOR))


@classroom.post("/<code>/step")
def note_step(code: str) -> AnyResponse:
    """Note where the lecture is: the teacher's projector says so."""
    code = room_at(code).code
    open_rooms().check_key(code, request.cookies.get(teacher_cookie(code), ""))
    page = find_page(request.form.get("address", ""))
    open_rooms().step(code, page.address)
    hub().tell()
    return done()


@classroom.post("/<code>/press")
def press(code: str) -> AnyResponse:
    """Do what a presenter's remote asks for in front: go on, go back, or open a bar."""
    code = room_at(code).code
    open_rooms().check_key(code, request.cookies.get(teacher_cookie(code), ""))
    room, form = room_at(code), request.form
    if "opens" in form:
        open_rooms().show(code, form["opens"])
    elif form.get("do") == "back":
        go_back(open_rooms(), room)
    else:
        go_on(open_rooms(), room)
    hub().tell()
    if "HX-Request-Type" in request.headers:
        return done()
    return redirect(url_for("classroom.show_projector", code=code), code=303)
