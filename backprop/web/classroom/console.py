"""The teacher's console: scenes, questions, counts, and what comes next. Its address is secret.

Whatever is refused there is said on the console itself, which stays as it is.
"""

import json
import secrets
from dataclasses import replace
from functools import lru_cache
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from backprop.engine.errors import InputError
from backprop.sharing.errors import StoreAway
from backprop.sharing.hub import ENDED
from backprop.sharing.room import (
    AskedQuestion,
    MissingRoom,
    NotTheTeacher,
    Room,
    Round,
    Scene,
    read_code,
)
from backprop.stage.classroom.desk import Desk, make_desk
from backprop.stage.classroom.lecture import LectureError, read_lecture, write_lecture
from backprop.stage.classroom.record import AskedRecord, make_record, write_answers
from backprop.web.classroom.asked import draw_code, look_of, matcher_of, question_for, tally_or_none
from backprop.web.classroom.deeds import Deed, check_asking, do
from backprop.web.classroom.in_room import (
    CONSOLE,
    askings_of,
    asks_first,
    day_of,
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
from backprop.web.classroom.scenes import Page, find_page, find_scene
from backprop.web.mount import outside, root
from backprop.web.problems import refuse_input
from backprop.web.query import is_partial, known_lessons

NOT_FOR_THE_CONSOLE = (NotTheTeacher, MissingRoom, StoreAway)  # without a room there is none
HERE = "/<code>/console/<key>"
EDITED = "edit-scene"  # the number of the scene that is edited
KEPT = "kept"  # says that a form keeps what was edited: it is put away, unless that is refused

console = Blueprint("console", __name__, url_prefix="/class")


# ------------------------------------------------------------------------ a class is opened


@console.get("/teach")
def offer_room() -> Response:
    """Offer to teach a page: in a new class, or in one that this browser teaches."""
    return _offer(find_page(request.args.get("address", "/")))


@console.post("/teach")
def open_lecture() -> AnyResponse:
    """Open a class with the scenes of a file, or of a text that was pasted."""
    sent = request.files.get("file")
    text = sent.read().decode("utf-8-sig", "replace") if sent and sent.filename else ""
    scenes = read_lecture(text or request.form.get("lecture", ""), _complete)
    return _open(scenes)


@console.post("/teach/<code>")
def add_page(code: str) -> AnyResponse:
    """Add a page to a class that this browser teaches."""
    code = room_at(code).code
    key = request.cookies.get(teacher_cookie(code), "")
    open_rooms().check_key(code, key)
    page = find_page(request.values.get("address", "/"))
    scene = scene_of(page, asks=asks_first())
    keep(page)
    open_rooms().add_scene(code, scene)
    hub().tell()
    return redirect(url_for("console.show_console", code=code, key=key), code=303)


def _page_or_first(address: str) -> Page:
    """Return the page at an address; the first page where it is none: something else is refused."""
    try:
        return find_page(address)
    except InputError:
        return find_page("/")


def _offer(page: Page, said: InputError | None = None) -> Response:
    text = request.form.get("lecture", "")
    lessons = () if page.lesson else known_lessons()
    shown = {"page": page, "taught": taught_here(), "said": said, "lecture": text}
    shown |= {"found": bool(askings_of(page))}
    return page_for_one("class/teach.html", lessons=lessons, **shown)


def _open(scenes: tuple[Scene, ...]) -> AnyResponse:
    code, key = open_rooms().open(scenes)
    response = redirect(url_for("console.show_console", code=code, key=key), code=303)
    remember_teacher(response, code, key)
    return response


def _complete(scene: Scene) -> Scene:
    """Return a scene of a file with what its page says; raises what is wrong with it."""
    page = find_page(scene.address)
    if scene.asking:
        check_asking(page, scene.asking)
    keep(page)
    return replace(scene, address=page.address, title=scene.title or page.title)


# ------------------------------------------------------------------------------ the console


@console.get(HERE)
def show_console(code: str, key: str) -> Response:
    """Show the teacher the scenes, what was answered, and what comes next."""
    return _show(_taught(code, key), key)


@console.post(HERE)
def teach(code: str, key: str) -> AnyResponse:
    """Do what the teacher asks for, and show the console again."""
    code = _taught(code, key)
    do(request.form.get("do", ""), Deed(open_rooms(), code, request.form))
    hub().tell()
    if is_partial():
        return _show(code, key)
    return redirect(url_for("console.show_console", code=code, key=key), code=303)


@console.errorhandler(InputError)
def say_there(problem: InputError) -> Response:
    """Say on the page itself what is refused there."""
    if request.endpoint == "console.open_lecture" and isinstance(problem, LectureError):
        response = _offer(_page_or_first(request.values.get("address", "/")), problem)
    elif request.endpoint == "console.teach" and not isinstance(problem, NOT_FOR_THE_CONSOLE):
        there = request.view_args or {}
        response = _show(read_code(there["code"]), there["key"], problem)
    else:
        return refuse_input(problem)
    response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY  # also where what was sent is not there
    return response


def _show(code: str, key: str, said: InputError | None = None) -> Response:
    room, partial = hub().room(code), is_partial()
    word = request.values.get("console", "") if partial else secrets.token_hex(8)
    part = "class/_console.html" if partial else "class/console.html"
    counts = open_rooms().news((code,)).get(code, ENDED)
    room = replace(room, joined=counts.joined)  # which is as old as its version
    desk = {"room": room, "page": _page_in_front(room), "desk": _desk(room)}
    edited = None if said is None and KEPT in request.form else _edited(room)
    own = outside(url_for("console.show_console", code=code, key=key))
    response = page_for_one(
        part,
        **{**desk, "key": key, "word": word if word.isalnum() else "", "said": said},
        **{"role": CONSOLE, "look": look_of(room), "until": day_of(room.ends)},
        **{"own": own, "own_qr": draw_code(own)},
        edited=edited,
        may_ask=askings_of(find_scene(edited.address)) if edited else (),
        sent=counts.answered,  # by whoever sent anything, also the sign alone of a number
        join=f"{request.host}{root()}{url_for('classroom.take_code')}",
    )
    if request.cookies.get(teacher_cookie(code)) != key:
        remember_teacher(response, code, key)
    return response


def _edited(room: Room) -> Scene | None:
    """Return the scene that is edited in the list; it need not be the present one."""
    number = request.values.get(EDITED, "")
    return next((scene for scene in room.scenes if str(scene.number) == number), None)


def _desk(room: Room) -> Desk:
    """Return what lies before the teacher of a room."""
    asked, page = room.question, _page_in_front(room)
    tally = tally_or_none(room, asked) if asked else None
    return make_desk(
        room,
        askings_of(page) if page else (),
        (question_for(asked, None), tally) if asked and tally else None,
        lambda shown: _share(room.code, shown.number, shown.rounds),
        int(open_rooms().clock()),
    )


def _page_in_front(room: Room) -> Page | None:
    """Return the page in front, or the one that is asked about; None while it is how to join."""
    if room.now is None:
        return None
    asked = room.question if room.view in ("open", "closed", "shown") else None
    return find_scene(asked.address if asked else room.address or room.now.address)


@lru_cache(maxsize=512)
def _share(code: str, number: int, rounds: tuple[Round, ...]) -> int | None:
    """Return how many per cent were right in the last round of a question, which is closed."""
    room = open_rooms().find(code)
    assert rounds == room.asked(number).rounds, "rounds that are closed do not change"
    tally = tally_or_none(room, room.asked(number))
    return tally.right[-1] if tally else None


@console.post(f"{HERE}/projector")
def open_projector(code: str, key: str) -> AnyResponse:
    """Open the projector's view in this browser, which is known as the teacher's from now on."""
    code = _taught(code, key)
    response = redirect(url_for("classroom.show_projector", code=code), code=303)
    remember_teacher(response, code, key)
    return response


# -------------------------------------------------------------------------------- afterwards


@console.get(f"{HERE}/record")
def show_record(code: str, key: str) -> Response:
    """Show all that was asked, and what was answered."""
    room = hub().room(_taught(code, key))
    shown = {"room": room, "key": key, "until": day_of(room.ends)}
    return page_for_one("class/record.html", records=_records(room), **shown)


@console.get(f'{HERE}/<any("answers.csv", "class.json", "lecture.txt"):name>')
def save_file(code: str, key: str, name: str) -> Response:
    """Give a file to keep: the answers, all of the class, or its lecture to open again."""
    room = open_rooms().find(_taught(code, key))
    if name == "lecture.txt":
        text, kind = write_lecture(room.scenes), "text/plain"
    elif name == "answers.csv":
        text, kind = "\ufeff" + write_answers(_records(room)), "text/csv"  # so Excel reads σ as σ
    else:
        record = make_record(room, _records(room))
        text, kind = json.dumps(record, ensure_ascii=False, indent=1), "application/json"
    response = Response(text, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{code}-{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _records(room: Room) -> list[AskedRecord]:
    def record(asked: AskedQuestion) -> AskedRecord:
        tally = tally_or_none(room, asked)
        answers = open_rooms().answers(room.code, asked.number)
        matcher = (lambda variant: matcher_of(asked, variant)) if tally else None
        return AskedRecord(asked, answers, tally, matcher)

    return [record(each) for each in room.questions]


@console.get(f"{HERE}/end")
def ask_to_end(code: str, key: str) -> Response:
    """Ask once more whether a class is to end."""
    room = hub().room(_taught(code, key))
    return page_for_one("class/end.html", room=room, key=key, until=day_of(room.ends))


@console.post(f"{HERE}/end")
def end(code: str, key: str) -> Response:
    """End the room at once: nothing of it stays."""
    code = _taught(code, key)
    open_rooms().end(code)
    hub().tell()
    response = page_for_one("class/ended.html", code=code)
    response.delete_cookie(teacher_cookie(code), path=url_for("classroom.take_code"))
    return response


@console.post(f"{HERE}/again")
def use_again(code: str, key: str) -> AnyResponse:
    """Open another room with the same scenes, and nothing that was asked or answered."""
    return _open(open_rooms().find(_taught(code, key)).scenes)


def _taught(code: str, key: str) -> str:
    """Return the code, if this is its room's key."""
    code = room_at(code).code
    open_rooms().check_key(code, key)
    return code
