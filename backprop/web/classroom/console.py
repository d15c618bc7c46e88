"""The teacher's console: scenes, questions, counts, and what comes next. Its address is secret."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from backprop.engine.errors import UnknownNameError
from backprop.sharing.rooms import Rooms
from backprop.stage.choices import Whole
from backprop.stage.classroom.asking import asking
from backprop.web.classroom.asked import shown
from backprop.web.classroom.in_room import (
    CONSOLE,
    hub,
    keep,
    open_rooms,
    page_for_one,
    remember_teacher,
    room_at,
    scene_of,
    taught_here,
    teacher_cookie,
)
from backprop.web.classroom.scenes import find_page
from backprop.web.query import is_partial

WHOLE = Whole(0, 10_000)

console = Blueprint("console", __name__, url_prefix="/class")


@console.get("/teach")
def offer_room() -> Response:
    """Offer to teach a page: in a new class, or in one that this browser teaches."""
    page = find_page(request.args.get("address", "/"))
    return page_for_one("class/teach.html", page=page, taught=taught_here())


@console.post("/teach/<code>")
def add_page(code: str) -> AnyResponse:
    """Add a page to a class that this browser teaches."""
    code = room_at(code).code
    key = request.cookies.get(teacher_cookie(code), "")
    open_rooms().check_key(code, key)
    page = find_page(request.form.get("address", "/"))
    keep(page)
    open_rooms().add_scene(code, scene_of(page))
    hub().tell()
    return redirect(url_for("console.show_console", code=code, key=key), code=303)


@console.get("/<code>/console/<key>")
def show_console(code: str, key: str) -> Response:
    """Show the teacher the scenes, what was answered, and what comes next."""
    code = _taught(code, key)
    room = hub().room(code)
    part = "class/_console.html" if is_partial() else "class/console.html"
    page = find_page(room.now.address) if room.now else None
    return page_for_one(
        part,
        **shown(room, CONSOLE),
        key=key,
        askings=asking(page.lesson, page.choices) if page and page.lesson else (),
    )


@console.post("/<code>/console/<key>")
def teach(code: str, key: str) -> AnyResponse:
    """Do what the teacher asks for, and show the console again."""
    code = _taught(code, key)
    wanted = request.form.get("do", "")
    if wanted not in DEEDS:
        raise UnknownNameError(f"“{wanted[:40]}” cannot be done in a class.", at="do")
    DEEDS[wanted](Deed(open_rooms(), code, request.form))
    hub().tell()
    return redirect(url_for("console.show_console", code=code, key=key), code=303)


@console.post("/<code>/console/<key>/projector")
def open_projector(code: str, key: str) -> AnyResponse:
    """Open the projector's view in this browser, which is known as the teacher's from now on."""
    code = _taught(code, key)
    response = redirect(url_for("classroom.show_projector", code=code), code=303)
    remember_teacher(response, code, key)
    return response


@console.post("/<code>/console/<key>/end")
def end(code: str, key: str) -> AnyResponse:
    """End the room at once: nothing of it stays."""
    open_rooms().end(_taught(code, key))
    hub().tell()
    return redirect(url_for("classroom.take_code"), code=303)


@console.post("/<code>/console/<key>/again")
def use_again(code: str, key: str) -> AnyResponse:
    """Open another room with the same scenes, and nothing that was asked or answered."""
    room = open_rooms().find(_taught(code, key))
    new, new_key = open_rooms().open(room.scenes)
    response = redirect(url_for("console.show_console", code=new, key=new_key), code=303)
    remember_teacher(response, new, new_key)
    return response


class Deed(NamedTuple):
    """What a teacher asks for: in which room, and the form that says it."""

    rooms: Rooms
    code: str
    form: Mapping[str, str]

    def number(self, name: str) -> int:
        """Return a whole number that the form names; raises ChoiceError."""
        return WHOLE.read(self.form.get(name, ""), name)


def _add(deed: Deed) -> None:
    page = find_page(deed.form.get("address", ""))
    keep(page)
    deed.rooms.add_scene(deed.code, scene_of(page))


def _change(deed: Deed) -> None:
    fields: dict[str, str | bool] = {
        name: deed.form[name] for name in ("title", "note", "asking") if name in deed.form
    }
    if "asking" in deed.form:
        fields["varied"] = deed.form.get("varied") == "1"
    deed.rooms.change_scene(deed.code, deed.number("scene"), **fields)


DEEDS: Mapping[str, Callable[[Deed], object]] = {
    "scene": lambda deed: deed.rooms.show_scene(deed.code, deed.number("scene")),
    "add": _add,
    "change": _change,
    "move": lambda deed: deed.rooms.move_scene(
        deed.code, deed.number("scene"), deed.number("place")
    ),
    "remove": lambda deed: deed.rooms.remove_scene(deed.code, deed.number("scene")),
    "ask": lambda deed: deed.rooms.ask(deed.code),
    "close": lambda deed: deed.rooms.close(deed.code),
    "show": lambda deed: deed.rooms.show(deed.code, deed.form.get("opens", "")),
    "pause": lambda deed: deed.rooms.set_paused(deed.code, True),
    "go-on": lambda deed: deed.rooms.set_paused(deed.code, False),
    "follow": lambda deed: deed.rooms.set_follow(deed.code, True),
    "free": lambda deed: deed.rooms.set_follow(deed.code, False),
}


def _taught(code: str, key: str) -> str:
    """Return the code, if this is its room's key."""
    code = room_at(code).code
    open_rooms().check_key(code, key)
    return code
