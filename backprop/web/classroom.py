"""A class: a room is opened, joined, taught and followed.

What the lecture shows goes by plain addresses: a phone that follows opens the lesson's own page at
the lecturer's step, which is made once for all. Only what is the room's own is shown here: how to
join, what is asked, and what was answered. Each of these answers names the version it was made of,
so it is made once for all, too; what one member sent is asked for by that member alone.

Nothing that is sent before a question is shown says what is right, nor what others answered.
"""

import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import segno
from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from backprop.sharing.hub import ENDED, Hub
from backprop.sharing.room import (
    ROOM_DAYS,
    News,
    Room,
    Scene,
    member_token,
    missing_room,
    read_code,
)
from backprop.sharing.rooms import Rooms
from backprop.sharing.visits import DAY
from backprop.web.reply import ANYONES, FRESH
from backprop.web.scenes import Page, find_page
from backprop.web.stored import open_store

PHONE = "phone"
ROLES = (PHONE, "projector", "console")
SCREENS = {PHONE: "screen", "projector": "front", "console": "front"}
TEACHER = "teacher-"  # with a code: the cookie of who teaches it, its key
MEMBER = "member"  # the cookie of who has joined: a random word
MEMBER_BYTES = 16
RETRY = 1_000  # milliseconds after which a stream that was cut is opened again

classroom = Blueprint("classroom", __name__, url_prefix="/class")


def open_rooms() -> Rooms:
    """Return the rooms of this application."""
    return hub().rooms


def hub() -> Hub:
    """Return what this process knows of its rooms."""
    found: Hub = current_app.extensions["hub"]
    return found


# ------------------------------------------------------------------------ to open, to join


@classroom.get("")
def take_code() -> AnyResponse:
    """Take a code, and lead to its class."""
    if typed := request.args.get("code", ""):
        return redirect(url_for("classroom.show_phone", code=read_code(typed)), code=303)
    return page_for_one("class/code.html")


@classroom.post("")
def open_room() -> AnyResponse:
    """Open a room that shows a page; lead its teacher to the console.

    This browser is then known as the teacher's: its projector tab may say where the lecture is.
    """
    page = find_page(request.form.get("address", "/"))
    keep(page)
    code, key = open_rooms().open([scene_of(page)])
    response = redirect(url_for("console.show_console", code=code, key=key), code=303)
    remember_teacher(response, code, key)
    return response


@classroom.get("/<code>")
def show_phone(code: str) -> Response:
    """Show a member what is the room's own; anyone else, how to join."""
    room = hub().room(read_code(code))
    token = _token(room.code)
    if not token or not open_rooms().has_joined(room.code, token):
        return page_for_one("class/join.html", room=room, until=day_of(room.ends))
    return page_for_one("class/phone.html", **shown(room, "phone"))


@classroom.post("/<code>/join")
def join(code: str) -> AnyResponse:
    """Let this browser in; it is given a random word, if it has none."""
    code = read_code(code)
    word = request.cookies.get(MEMBER) or secrets.token_hex(MEMBER_BYTES)
    open_rooms().join(code, member_token(word, code))
    hub().tell()
    response = redirect(url_for("classroom.show_phone", code=code), code=303)
    _set_cookie(response, MEMBER, word, url_for("classroom.take_code"))
    return response


# ------------------------------------------------------------------------ what is told


@classroom.get("/<code>/now")
def say_now(code: str) -> Response:
    """Say where the lecture is, as JSON: made once for each version, for all."""
    room = hub().room(read_code(code))
    return _of_version(jsonify(_look(room)), room)


@classroom.get("/<code>/screen")
def show_screen(code: str) -> Response:
    """Show what is the room's own, alone: made once for each version and role, for all."""
    room, role = hub().room(read_code(code)), _role()
    page = render_template(f"class/_{SCREENS[role]}.html", **shown(room, role))
    return _of_version(Response(page), room)


@classroom.get("/<code>/strip")
def show_strip(code: str) -> Response:
    """Show what says that a tab is in a class, for the pages of lessons."""
    room = hub().room(read_code(code))
    return page_for_one("class/_strip_alone.html", **shown(room, _role()))


@classroom.get("/<code>/count")
def say_count(code: str) -> Response:
    """Say what the stream tells, once: for who is told by asking."""
    news = open_rooms().news((read_code(code),)).get(read_code(code))
    if news is None:
        raise missing_room(read_code(code))
    response = jsonify(_told(news, _role()))
    response.headers["Cache-Control"] = "no-store"
    return response


@classroom.get("/<code>/news")
def tell_news(code: str) -> Response:
    """Tell of changes as they come: a version, and how many joined and answered.

    A phone is not told these: not even how many answered, before it is shown.
    """
    role, told_by = _role(), hub()
    room = told_by.room(read_code(code))

    def lines() -> Iterator[str]:
        yield f"retry: {RETRY}\n\n"
        with told_by.listening(room.code) as news:
            told: Mapping[str, int] = {}
            for each in news:
                fields = _told(each, role) if each else told
                yield f"data: {json.dumps(fields)}\n\n" if each and fields != told else ":\n\n"
                told = fields
        yield "event: ended\ndata:\n\n"

    response = Response(lines(), mimetype="text/event-stream")
    response.headers |= {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return response


def _told(news: News, role: str) -> Mapping[str, int]:
    fields = {"version": news.version, "stage": news.stage}
    if role == "phone":
        return fields
    return {**fields, "joined": news.joined, "answered": news.answered}


def _role() -> str:
    """Return for whom something is asked: a phone, if it does not say."""
    role = request.args.get("for", "")
    return role if role in ROLES else PHONE


def shown(room: Room, role: str) -> Mapping[str, Any]:
    """Return what the templates of the room's own need."""
    counts = open_rooms().news((room.code,)).get(room.code, ENDED) if role != PHONE else ENDED
    return {
        "room": room,
        "role": role,
        "look": _look(room),
        "counts": counts,
        "join": f"{request.host}{url_for('classroom.take_code')}",
        "qr": draw_code(url_for("classroom.show_phone", code=room.code, _external=True)),
    }


@lru_cache(maxsize=64)
def draw_code(address: str) -> Markup:
    """Return the QR code of an address as SVG: black on white whatever the theme, for cameras."""
    drawn = segno.make(address, error="m").svg_inline(border=2, omitsize=True, light="#fff")
    return Markup(drawn)


def _look(room: Room) -> Mapping[str, Any]:
    """Return what all may know of a room: its version, what stands in front, and where."""
    is_page = room.view == "page"
    page = find_page(room.address) if is_page else None
    return {
        "version": room.version,
        "stage": room.stage,
        "view": "paused" if room.paused else room.view,
        "follow": room.follow,
        "address": page.address if page else "",
        "projector": page.projector if page else "",
    }


# ------------------------------------------------------------------------ the lecture


@classroom.get("/<code>/projector")
def show_projector(code: str) -> Response:
    """Show in front what is the room's own."""
    room = hub().room(read_code(code))
    return page_for_one("class/projector.html", **shown(room, "projector"))


@classroom.post("/<code>/step")
def note_step(code: str) -> AnyResponse:
    """Note where the lecture is: the teacher's projector says so."""
    code = read_code(code)
    open_rooms().check_key(code, request.cookies.get(teacher_cookie(code), ""))
    page = find_page(request.form.get("address", ""))
    open_rooms().step(code, page.address)
    hub().tell()
    return _done()


# ------------------------------------------------------------------------ answers and cookies


def scene_of(page: Page) -> Scene:
    """Return a scene that shows a page; the room numbers it."""
    return Scene(0, page.address, page.title)


def keep(page: Page) -> None:
    """Promise for a year what a page is made of, if it stands in the store."""
    if page.stored:
        open_store().keep(*page.stored)


def page_for_one(template: str, **shown: Any) -> Response:
    """Dress a page that is somebody's own: a member's, or the teacher's."""
    response = make_response(render_template(template, **shown))
    response.headers.update(FRESH)
    response.vary.add("Cookie")
    return response


def _of_version(response: Response, room: Room) -> Response:
    """Let an answer be kept that was made of the version which its address names."""
    if request.args.get("version") == str(room.version):
        response.headers.update(ANYONES)
        response.add_etag(weak=True)
        return response.make_conditional(request)  # type: ignore[return-value]
    response.headers["Cache-Control"] = "no-store"
    return response


def _done() -> Response:
    response = Response(status=204)
    response.headers["Cache-Control"] = "no-store"
    return response


def _token(code: str) -> str:
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


def remember_teacher(response: AnyResponse, code: str, key: str) -> None:
    """Let this browser's projector tab say where the lecture is."""
    _set_cookie(response, teacher_cookie(code), key, url_for("classroom.take_code"))


def _set_cookie(response: AnyResponse, name: str, word: str, path: str) -> None:
    response.set_cookie(
        name,
        word,
        path=path,
        max_age=ROOM_DAYS * DAY,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def day_of(seconds: int) -> str:
    """Return a day as it is read: 30 December 2026."""
    day = datetime.fromtimestamp(seconds, UTC)
    return f"{day.day} {day:%B %Y}"
