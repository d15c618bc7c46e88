"""What one member answers: taken, repeated, and once it is shown, what it comes to.

It is asked for by that member alone. Until a question is shown nothing here says whether an answer
is right, be it by a word, by what is asked next, or by what is not said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from backprop.sharing.room import Answer, AskedQuestion, NotAsked, Room, read_code
from backprop.stage.choices import ChoiceError
from backprop.stage.classroom.asking import state_of, variant_for
from backprop.stage.classroom.matching import RIGHT, Outcome
from backprop.stage.classroom.shown import Shown, show
from backprop.stage.classroom.tally import JOINED, Tally
from backprop.stage.quiz.question import Question
from backprop.stage.quiz.typed_answer import read_answer
from backprop.stage.walk.explanation import Words
from backprop.web.classroom.asked import (
    WHOLE,
    asked_variant,
    matcher_of,
    question_for,
    shown,
    tally_of,
    variant_of,
)
from backprop.web.classroom.in_room import PHONE, member_of, open_rooms, room_at
from backprop.web.classroom.scenes import find_page

SAYS = {"sign": "1 of 2", "number": "2 of 2: a number, or a product"}
KEY_NAMES = {"×": "times", "÷": "divided by", "−": "minus", "+": "plus", ".": "point"}

answering = Blueprint("answering", __name__, url_prefix="/class")


@dataclass(frozen=True, slots=True)
class Mine:
    """What one member answered in one round.

    Attributes:
        round: of votes, counted from 1.
        sign: “up”, “none”, “down”, or empty.
        typed: as it was sent.
        number: what that comes to; None where it is none.
        read: the same, as it is repeated to who typed it.
        chosen: of choices, their words.
        outcomes: what it came to, once it is shown: “right”, or the slips that give it; empty
            before, and where it is no known slip's.
        is_right: the same in one word; None before it is shown.
        is_sign_alone: whether no number was sent with the sign.
        others: how many of the class came to the same, round by round; empty before it is shown.
    """

    round: int
    sign: str
    typed: str
    number: float | None
    read: str
    chosen: Words = ()
    outcomes: tuple[Outcome, ...] = ()
    is_right: bool | None = None
    is_sign_alone: bool = False
    others: tuple[int, ...] = ()


def answers_of(room: Room, asked: AskedQuestion, token: str) -> Sequence[Mine]:
    """Return what a member answered; what it came to only where that is shown."""
    matcher, mine = matcher_of(asked, variant_of(room, asked, token)), []
    for each in open_rooms().answers(room.code, asked.number, token, asked.round):
        read = matcher.match(each.sign, each.typed).read or each.typed
        alone = matcher.question.kind == "gradient" and not each.typed.strip()
        kept = Mine(
            each.round,
            each.sign,
            each.typed,
            each.number,
            read,
            _words_of(matcher.question, each.typed),
            is_sign_alone=alone,
        )
        if asked.state == "shown":
            keys = each.verdict.split(JOINED)
            outcomes = tuple(matcher.outcomes[key] for key in keys if key in matcher.outcomes)
            bars = {bar.key: bar.counts for bar in _shown_tally(room, asked).bars}
            kept = replace(
                kept,
                outcomes=outcomes,
                is_right=keys == [RIGHT],
                others=bars.get(each.verdict, ()),
            )
        mine.append(kept)
    return mine


@lru_cache(maxsize=64)
def _shown_tally(room: Room, asked: AskedQuestion) -> Tally:
    """Return the tally of a question that nobody can answer any more: each member asks for it."""
    return tally_of(room, asked)


def _words_of(question: Question, typed: str) -> Words:
    """Return the words of what was chosen; nothing where a number was typed."""
    names = [name.strip() for name in typed.split(",")]
    chosen = [each.words for each in question.options if each.name in names]
    if question.kind == "sign":
        return ()
    return tuple(x for n, each in enumerate(chosen) for x in ((", ",) if n else ()) + each)


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
    sign, typed = form.get("sign", ""), ",".join(form.getlist("answer"))
    match = matcher_of(asked, variant).match(sign, typed)
    verdict = JOINED.join(match.verdicts)
    sent = Answer(token, turn, variant, match.sign, typed, match.number, verdict, 0)
    open_rooms().answer(room.code, number, sent)
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


@answering.get("/<code>/read")
def read_back(code: str) -> Response:
    """Say how what is being typed is read, and what it comes to: never whether it is right.

    It knows of no question; what cannot be read yet is read as nothing.
    """
    read_code(code)
    try:
        read = read_answer(request.args.get("answer", ""))
    except ChoiceError:
        said = {"text": "", "value": ""}
    else:
        said = {"text": read.text, "value": "" if read.is_plain else read.result}
    response = jsonify(said)
    response.headers["Cache-Control"] = "no-store"
    return response


def _mine(room: Room, asked: AskedQuestion, token: str) -> Response:
    variant = variant_of(room, asked, token)
    mine = answers_of(room, asked, token)
    response = Response(
        render_template(
            "class/_mine.html",
            room=room,
            asked=asked,
            question=question_for(asked, variant),
            **_sent(asked, variant, mine, token),
        )
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def for_phone(room: Room, token: str = "") -> Mapping[str, Any]:
    """Return what the templates of a phone's own page need.

    Args:
        room: as it is.
        token: of the member; empty where the page is for all.
    """
    more: dict[str, Any] = {"says": "", "variant": variant_for(room.code, token) if token else ""}
    if (asked := room.question) is not None:
        variant = variant_of(room, asked, token) if token else asked_variant(room, asked)
        mine = answers_of(room, asked, token) if token else ()
        more |= {"question": question_for(asked, variant), **_sent(asked, variant, mine, token)}
        more |= _step(asked, variant, mine, token)
    return {**shown(room, PHONE), **more}


def _sent(
    asked: AskedQuestion, variant: int | None, mine: Sequence[Mine], token: str
) -> Mapping[str, Any]:
    """Return what is said of a member's answers; worked out beside the last that was wrong."""
    beside = None
    if asked.state == "shown" and token:
        wrong = [each for each in mine if not each.is_right and each.outcomes]
        key = JOINED.join(each.key for each in wrong[-1].outcomes) if wrong else ""
        beside = _beside(asked, variant, key)
    return {"mine": mine, "known": bool(token), "beside": beside}


@lru_cache(maxsize=256)
def _beside(asked: AskedQuestion, variant: int | None, key: str) -> Shown:
    """Return the right line beside that of a slip; many members have made the same."""
    return show(matcher_of(asked, variant), key)


def _step(
    asked: AskedQuestion, variant: int | None, mine: Sequence[Mine], token: str
) -> Mapping[str, Any]:
    """Return at which step of answering a phone stands, and what it is filled with there.

    Without scripts each step is a page: first the way, which is sent alone, then the number.
    """
    question = question_for(asked, variant)
    now = next((each for each in mine if each.round == asked.round), None)
    again = request.args.get("again", "")
    first = "choice"
    if question.kind in ("sign", "gradient"):
        first = "sign"
    elif question.kind == "number" or (question.kind == "shape" and not question.options):
        first = "number"
    if asked.state != "open":
        at = str(asked.state)
    elif now is None or again:
        at = first
    else:
        # Of a zero the sign is all there is, be it right or not: that is not told.
        at = "number" if now.is_sign_alone and now.sign != "none" else "sent"
    return {
        "at": at,
        "says": SAYS.get(at, "") if token and question.kind == "gradient" else "",
        "way": now.sign if now else "",
        "typed": now.typed if now and again else "",
        "right": matcher_of(asked, variant).outcomes[RIGHT] if asked.state == "shown" else None,
        "step": _address(asked, variant) if asked.state == "shown" else "",
        "names": KEY_NAMES,
    }


def _address(asked: AskedQuestion, variant: int | None) -> str:
    """Return where a question stands, with the numbers that it was asked with."""
    page = find_page(asked.address)
    if variant is None or page.lesson is None or page.links is None:
        return asked.address
    choices = state_of(page.lesson, page.choices, asked.asking, variant)
    return page.links.at(choices).address()
