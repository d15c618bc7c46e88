"""What a class is asked, and what it answered altogether: between a room's rows and the stage."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import segno
from flask import request, url_for
from markupsafe import Markup

from backprop.engine.errors import UnknownNameError
from backprop.sharing.hub import ENDED
from backprop.sharing.room import JOIN, AskedQuestion, Room, Scene
from backprop.sharing.rooms import Rooms
from backprop.stage.choices import Whole
from backprop.stage.classroom.asking import VARIANTS, variant_for
from backprop.stage.classroom.matching import Matcher, find_matcher
from backprop.stage.classroom.shown import show
from backprop.stage.classroom.tally import JOINED, Row, Tally, make_tally
from backprop.stage.quiz.question import Question
from backprop.web.classroom.in_room import CONSOLE, PHONE, day_of, open_rooms
from backprop.web.classroom.scenes import find_page, find_scene
from backprop.web.mount import outside, root

WHOLE = Whole(0, 1_000_000)


def matcher_of(asked: AskedQuestion, variant: int | None) -> Matcher:
    """Return what answers to a question are compared with, and the question itself."""
    page = find_page(asked.address)
    assert page.lesson is not None, "a scene without a lesson asks nothing"
    return find_matcher(page.lesson, page.choices, asked.asking, variant)


def variant_of(room: Room, asked: AskedQuestion, token: str) -> int | None:
    """Return with which numbers a member is asked; None where all have the same."""
    return variant_for(room.code, token) if asked.varied and token else None


def question_for(asked: AskedQuestion, variant: int | None) -> Question:
    """Return the question; it knows its answer, and only what is no answer of it may be sent."""
    return matcher_of(asked, variant).question


def tally_of(room: Room, asked: AskedQuestion) -> Tally:
    """Return what the class answered."""
    rows = [
        Row(each.round, tuple(each.verdict.split(JOINED)), each.sign, each.number, each.variant)
        for each in open_rooms().answers(room.code, asked.number)
    ]
    return make_tally(matcher_of(asked, None), rows, [room.joined] * asked.round)


def tally_or_none(room: Room, asked: AskedQuestion) -> Tally | None:
    """Return the same; None where the page of the question is gone, and nothing can be compared."""
    return tally_of(room, asked) if find_scene(asked.address).lesson else None


def shown(room: Room, role: str) -> Mapping[str, Any]:
    """Return what the templates of the room's own need, for all of a role.

    What was answered is among it for the console, and in front once it is shown; never for a phone.
    """
    counts = open_rooms().news((room.code,)).get(room.code, ENDED) if role != PHONE else ENDED
    asked, question, tally, beside = room.question, None, None, None
    if asked is not None:
        question = question_for(asked, asked_variant(room, asked))
        if role == CONSOLE or (role != PHONE and asked.state == "shown"):
            tally = tally_of(room, asked)
        if role != PHONE and asked.state == "shown":
            beside = show(matcher_of(asked, None), asked.opens)
    return {
        **{"room": room, "role": role, "look": look_of(room), "counts": counts},
        **{"asked": asked, "question": question, "tally": tally, "beside": beside},
        "place": find_scene(asked.address).title if asked else "",
        "until": day_of(room.ends),
        "join": f"{request.host}{root()}{url_for('classroom.take_code')}",
        "qr": draw_code(outside(url_for("classroom.show_phone", code=room.code))),
    }


def asked_variant(room: Room, asked: AskedQuestion) -> int | None:
    """Return with which numbers a phone says that it is asked; None where all have the same.

    Raises:
        UnknownNameError: no member of this room is asked with these.
    """
    said = request.args.get("variant", "")
    if not asked.varied or not said:
        return None
    variant = WHOLE.read(said, "variant")
    if variant // VARIANTS != variant_for(room.code, "") // VARIANTS:
        raise UnknownNameError("There are no such numbers in this room.", at="variant")
    return variant


@lru_cache(maxsize=64)
def draw_code(address: str) -> Markup:
    """Return the QR code of an address as SVG: black on white whatever the theme, for cameras."""
    drawn = segno.make(address, error="m").svg_inline(border=2, omitsize=True, light="#fff")
    return Markup(drawn)


def look_of(room: Room) -> Mapping[str, Any]:
    """Return what all may know of a room: its version, what stands in front, and where."""
    is_page = room.view == "page"
    page = find_scene(room.address) if is_page else None
    return {
        "version": room.version,
        "stage": room.stage,
        "view": "paused" if room.paused else room.view,
        "follow": room.follow,
        "varied": room.question is not None and room.question.varied,
        "address": page.address if page else "",
        "phone": page.phone if page else "",
        "projector": page.projector if page else "",
    }


def go_on(rooms: Rooms, room: Room) -> None:
    """Do what comes next in a lecture: ask, close, show, or the next scene."""
    if room.paused:
        rooms.set_paused(room.code, False)
    elif room.view == "soon":
        rooms.ask(room.code)
    elif room.view == "open":
        rooms.close(room.code)
    elif room.view == "closed" and room.question:
        rooms.show(room.code, tally_of(room, room.question).opens)
    elif following := _scenes_from(room, 1):
        rooms.show_scene(room.code, following[0].number)


def go_back(rooms: Rooms, room: Room) -> None:
    """Go back to the scene before, or to how to join."""
    before = _scenes_from(room, -1)
    rooms.show_scene(room.code, before[0].number if before else JOIN)


def _scenes_from(room: Room, way: int) -> tuple[Scene, ...]:
    """Return the scenes after the present one, or those before it, the nearest first."""
    numbers = [each.number for each in room.scenes]
    at = numbers.index(room.scene) if room.scene in numbers else -1
    return room.scenes[at + 1 :] if way > 0 else room.scenes[: max(at, 0)][::-1]
