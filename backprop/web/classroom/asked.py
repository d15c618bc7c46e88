"""What a class is asked and what it answered: between the rows of a room and the stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import segno
from flask import Blueprint, Response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from backprop.sharing.hub import ENDED
from backprop.sharing.room import JOIN, Answer, AskedQuestion, NotAsked, Room, Scene
from backprop.sharing.rooms import Rooms
from backprop.stage.choices import Whole
from backprop.stage.classroom.asking import variant_for
from backprop.stage.classroom.matching import Matcher, Outcome, find_matcher
from backprop.stage.classroom.tally import JOINED, Row, Tally, make_tally
from backprop.stage.quiz.question import Question
from backprop.web.classroom.in_room import (
    CONSOLE,
    PHONE,
    day_of,
    hub,
    member_of,
    open_rooms,
    room_at,
)
from backprop.web.classroom.scenes import find_page
from backprop.web.mount import outside, root

WHOLE = Whole(0, 1_000_000)

answering = Blueprint("answering", __name__, url_prefix="/class")


@dataclass(frozen=True, slots=True)
class Mine:
    """What one member answered in one round.

    Attributes:
        round: of votes, counted from 1.
        sign: “up”, “none”, “down”, or empty.
        read: what was typed, as it is repeated to who typed it.
        outcomes: what it came to, once it is shown: “right”, or the slips that give it; empty
            before, and where it is no known slip's.
        is_right: the same in one word; None before it is shown.
    """

    round: int
    sign: str
    read: str
    outcomes: tuple[Outcome, ...] = ()
    is_right: bool | None = None


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


def answers_of(room: Room, asked: AskedQuestion, token: str) -> Sequence[Mine]:
    """Return what a member answered; what it came to only where that is shown."""
    variant = variant_of(room, asked, token)
    matcher, mine = matcher_of(asked, variant), []
    for each in open_rooms().answers(room.code, asked.number, token):
        read = matcher.match(each.sign, each.typed).read or each.typed
        if asked.state != "shown":
            mine.append(Mine(each.round, each.sign, read))
            continue
        keys = each.verdict.split(JOINED)
        outcomes = tuple(matcher.outcomes[key] for key in keys if key in matcher.outcomes)
        mine.append(Mine(each.round, each.sign, read, outcomes, keys == ["right"]))
    return mine


@answering.post("/<code>/answer")
def answer(code: str) -> AnyResponse:
    """Take an answer; say what was sent, and nothing of what it comes to."""
    room = room_at(code)
    token = member_of(room.code)
    form = request.form
    number, turn = (WHOLE.read(form.get(name, ""), name) for name in ("question", "round"))
    asked = room.question
    if asked is None or asked.number != number or asked.state != "open" or asked.round != turn:
        raise NotAsked("This question is closed.", hint="Your answer came after it was.")
    variant = variant_of(room, asked, token)
    sign, typed = form.get("sign", ""), form.get("answer", "")
    match = matcher_of(asked, variant).match(sign, typed)
    verdict = JOINED.join(match.verdicts)
    sent = Answer(token, turn, variant, match.sign, typed, match.number, verdict, 0)
    open_rooms().answer(room.code, number, sent)
    hub().tell()
    if "HX-Request-Type" not in request.headers:
        return redirect(url_for("classroom.show_phone", code=room.code), code=303)
    return _mine(room, asked, token)


@answering.get("/<code>/mine")
def show_mine(code: str) -> Response:
    """Show a member what it sent, and once it is shown, what that comes to."""
    room = room_at(code)
    token = member_of(room.code)
    if room.question is None:
        raise NotAsked("Nothing is asked now.")
    return _mine(room, room.question, token)


def _mine(room: Room, asked: AskedQuestion, token: str) -> Response:
    mine = answers_of(room, asked, token)
    question = question_for(asked, variant_of(room, asked, token))
    shown = {"room": room, "asked": asked, "question": question, "mine": mine}
    response = Response(render_template("class/_mine.html", **shown))
    response.headers["Cache-Control"] = "no-store"
    return response


def shown(room: Room, role: str, token: str = "") -> Mapping[str, Any]:
    """Return what the templates of the room's own need.

    What was answered is among it for the console, and for others once it is shown.

    Args:
        room: as it is.
        role: for whom it is.
        token: of the member; empty where it is for all.
    """
    counts = open_rooms().news((room.code,)).get(room.code, ENDED) if role != PHONE else ENDED
    asked, question, tally = room.question, None, None
    mine: Sequence[Mine] = ()
    if asked is not None:
        variant = variant_of(room, asked, token) if token else asked_variant(asked)
        question = question_for(asked, variant)
        if role == CONSOLE or asked.state == "shown":
            tally = tally_of(room, asked)
        mine = answers_of(room, asked, token) if token else ()
    return {
        **{"room": room, "role": role, "look": look_of(room), "counts": counts},
        **{"asked": asked, "question": question, "tally": tally, "mine": mine},
        "until": day_of(room.ends),
        "join": f"{request.host}{root()}{url_for('classroom.take_code')}",
        "qr": draw_code(outside(url_for("classroom.show_phone", code=room.code))),
    }


def asked_variant(asked: AskedQuestion) -> int | None:
    """Return with which numbers a phone says that it is asked; None where all have the same."""
    said = request.args.get("variant", "")
    return WHOLE.read(said, "variant") if asked.varied and said else None


@lru_cache(maxsize=64)
def draw_code(address: str) -> Markup:
    """Return the QR code of an address as SVG: black on white whatever the theme, for cameras."""
    drawn = segno.make(address, error="m").svg_inline(border=2, omitsize=True, light="#fff")
    return Markup(drawn)


def look_of(room: Room) -> Mapping[str, Any]:
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
