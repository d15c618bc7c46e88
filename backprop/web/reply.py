"""A board as a page, a fragment or JSON; alone knows the headers by which htmx is told things.

htmx 4 asks for a part with `HX-Request-Type: partial`; going back in history it asks for the whole
page. The answer to a part says the canonical address in `HX-Push-Url`; live.js makes that a
replacement while a gesture (a drag, typing, playing) goes on, for only when an answer arrives is it
known whether the gesture has an entry of its own already.
"""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from flask import Response, jsonify, make_response, render_template, request

from backprop.stage.hiding import hidden_parts
from backprop.stage.lesson import File
from backprop.stage.links import Links
from backprop.stage.paper import Sheet
from backprop.stage.prepared import Prepared
from backprop.web.filters import below, on_paper
from backprop.web.framed import make_card
from backprop.web.keeping.stored import Stay, find_stay, is_of_store, is_private
from backprop.web.mount import root
from backprop.web.query import (
    LONGEST_PRINTED,
    ResponseOptions,
    State,
    is_partial,
    printed_address,
)

FRESH = {"Cache-Control": "private, no-cache"}
ANYONES = {"Cache-Control": "public, no-cache"}  # may be kept, and is asked for by its ETag


def reply(state: State, board: Any, options: ResponseOptions) -> Response:
    """Dress a board as the request asks: the lab alone, or the whole page around it.

    Of a lesson that a script plays, only what changes is sent while it does.

    Args:
        state: what the request describes.
        board: what is shown of it.
        options: how the request wants to be answered.
    """
    alone = options.playing and state.lesson.staged
    part = "_frame.html" if alone else "_partial.html"
    shown = _shown(state.links, board) | {
        "lesson": state.lesson,
        "options": options,
        "hidden": hidden_parts(state.choices),
        "ignored": state.ignored,
        "lost": state.lost,
        "stay": None if alone else find_stay(state.stored),
    }
    if not options.partial:
        shown["card"] = make_card(state.lesson, board, state.links)
    return _dress("lesson.html", part, shown, partial=options.partial)


def reply_asking(page: str, links: Links, board: Any, **more: Any) -> Response:
    """Dress a board that asks back: the lab alone, or the whole page around it.

    Args:
        page: the template of the page; its lab stands in course/_<page>.
        links: around the state that is shown.
        board: what is shown.
        more: what the templates need beside it.
    """
    shown = _shown(links, board) | {"body": f"course/_{page}", **more}
    return _dress(page, "course/_partial.html", shown, partial=is_partial())


def reply_prepared(state: State, board: Any, prepared: Prepared) -> Response:
    """Dress the form that prepares a link: alone, for the page it was opened on, or as a page."""
    partial = is_partial()
    page = "_prepare.html" if partial else "prepare.html"
    shown = {
        "lesson": state.lesson,
        "title": board.head.title,
        "prepared": prepared,
        "page": state.links.address(),
        "stay": find_stay(state.stored),
    }
    response = make_response(render_template(page, **shown))
    _say_whose(response, partial=partial)
    if partial:
        response.headers["HX-Push-Url"] = "false"
    response.vary.add("HX-Request-Type")
    return response


def reply_on_paper(
    sheet: Sheet, here: str, options: ResponseOptions, state: State | None = None
) -> Response:
    """Dress a sheet as a page that is for paper; the address below is asked for by paper.js.

    Args:
        sheet: what is handed out.
        here: the address that it was made of.
        options: whether as a worksheet or as a solution, and whether with all steps.
        state: of the lesson that it shows; None where it is of its end.
    """
    printed, stored = (printed_address(state), state.stored) if state else (here, ())
    is_short = state is None or (len(printed) <= LONGEST_PRINTED and not stored)
    shown = {
        "sheet": sheet,
        "here": here,
        "foot": f"{request.host}{root()}{printed}",
        "keep": "" if is_short else on_paper(below(printed, "keep"), options.paper),
        "stay": find_stay(stored),
        "form": options.paper,
        "all_steps": options.all_steps,
        "place": "lesson" if state else "end",
    }
    return _dress("paper/sheet.html", "paper/sheet.html", shown, partial=False)


def reply_page(page: str, **shown: Any) -> Response:
    """Dress what is no board: a page of the site.

    Args:
        page: its template.
        shown: what that needs.
    """
    return _dress(page, page, shown, partial=False)


def _shown(links: Links, board: Any) -> dict[str, Any]:
    """Return what every template that shows a board needs."""
    mode = getattr(links.choices, "mode", "")
    return {
        "board": board,
        "choices": links.choices,
        "links": links,
        "here": links.address(),
        "mode": mode if mode == "projector" else "",
        "framed": mode == "embed",
        "projector": projector_address(links),
    }


def _dress(page: str, part: str, shown: Mapping[str, Any], *, partial: bool) -> Response:
    """Return the page, or the part of it, with the headers that say which it is."""
    text, links = render_template(part if partial else page, **shown).encode(), shown.get("links")
    response = make_response(links.fill_page(text) if links else text)
    _say_whose(response, partial=partial)
    if partial:
        response.headers["HX-Push-Url"] = links.fill(shown["here"]) if links else shown["here"]
    response.vary.add("HX-Request-Type")
    response.add_etag(weak=True)
    return response.make_conditional(request)  # type: ignore[return-value]


def _say_whose(response: Response, *, partial: bool) -> None:
    """Say who may keep an answer: anyone, or the browser for which it was composed.

    What stands in the store somebody put there, so what is made of it is for the one who asks.
    """
    response.headers.update(ANYONES if partial and not is_of_store() else FRESH)
    if is_private():
        response.vary.add("Cookie")


def reply_kept(address: str, stay: Stay | None) -> Response:
    """Say where a state stands and until when, as JSON; one that its address says needs no date."""
    until, words = (stay.until, stay.words) if stay else (None, "")
    response = jsonify(address=address, until=until, words=words)
    response.headers["Cache-Control"] = "no-store"
    return response


def send_file(file: File) -> Response:
    """Send a file to be kept under its name."""
    response = Response(file.text, mimetype=file.mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers.update(FRESH if is_of_store() else ANYONES)
    response.add_etag(weak=True)
    return response.make_conditional(request)  # type: ignore[return-value]


def projector_address(links: Links) -> str:
    """Return the address of this state in the other view; empty where a page has one view."""
    if not hasattr(links.choices, "mode"):
        return ""
    return links.address(mode="" if links.choices.mode == "projector" else "projector")


def refuse(page: str, part: str, status: int, **shown: Any) -> Response:
    """Say what is wrong: beside what stands there, which stays, or as a page of its own."""
    partial = is_partial()
    text = render_template(part if partial else page, status=status, **shown)
    response = make_response(text, status)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("HX-Request-Type")
    if partial:
        response.headers["HX-Push-Url"] = "false"
    return response


def plain(value: Any) -> Any:
    """Return a value in JSON's types: NaN, ±∞ as texts, arrays as lists, dataclasses as objects."""
    match value:
        case Links():
            return value.address()
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else _name_of(value)
        case np.generic():
            return plain(value.item())
        case np.ndarray():
            is_plain = value.dtype.kind in "iub" or np.isfinite(value).all()
            return value.tolist() if is_plain else plain(value.tolist())
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case tuple() if hasattr(value, "_asdict"):
            return plain(value._asdict())
        case list() | tuple() | frozenset():
            return [plain(item) for item in value]
    assert dataclasses.is_dataclass(value), f"A board holds a {type(value).__name__}."
    names = (field.name for field in dataclasses.fields(value) if not field.name.startswith("_"))
    return {name: plain(getattr(value, name)) for name in names}


def _name_of(number: float) -> str:
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
