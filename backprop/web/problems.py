"""Errors → a status, and a kind page, a message beside the field, or JSON."""

from http import HTTPStatus
from urllib.parse import quote, urlsplit

from flask import Flask, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException

from backprop.engine.errors import InputError, UnknownNameError
from backprop.sharing.errors import MissingSnapshot, NotYours, OverQuota, StoreAway
from backprop.sharing.formats import LOST
from backprop.sharing.room import MissingRoom, NotTheTeacher
from backprop.stage.lesson import Lesson
from backprop.web.keeping.gone import WayOn, ways_on
from backprop.web.limits import AskedTooMuch
from backprop.web.mount import inside, root
from backprop.web.query import is_partial, view_asked_for
from backprop.web.reply import refuse

QUESTIONS = "/questions"
A_MINUTE = 60  # seconds for which a page waits and asks again by itself; so in static/js/, too
ADDRESSED = ("lesson", "preset")  # what an address names; elsewhere a name is part of an input
OUR_WORDS = {
    400: ("What was sent broke off, or cannot be read.", "Send it again."),
    403: ("This came from another site.", "Go to the page here, and do it there."),
    404: ("There is no page at this address.", "The first page lists what there is."),
    405: ("This address does not take that kind of request.", ""),
    413: ("What was sent is too large.", "At most 1 MiB (1,048,576 bytes) is possible."),
    415: ("The body is of another type.", "Send JSON, as Content-Type: application/json."),
    414: ("This address is too long.", ""),
    431: ("What your browser sends along is too much.", "Delete this site’s cookies; try again."),
    500: ("Something went wrong here, not with you.", "Try again; if it happens again, tell us."),
}


def register(app: Flask) -> None:
    """Answer every error of this application in its own voice."""
    app.register_error_handler(InputError, refuse_input)
    app.register_error_handler(HTTPException, refuse_request)


def status_of(error: InputError) -> int:
    """Return 404 for what an address names and is not there, 422 for most of the rest.

    What another browser brought is forbidden; the store that cannot be used is out of service; who
    asks too much is told so.
    """
    if isinstance(error, NotYours | NotTheTeacher):
        return HTTPStatus.FORBIDDEN
    if isinstance(error, StoreAway):
        return HTTPStatus.SERVICE_UNAVAILABLE
    if isinstance(error, AskedTooMuch):
        return HTTPStatus.TOO_MANY_REQUESTS
    missing = isinstance(error, MissingSnapshot | MissingRoom) or (
        isinstance(error, UnknownNameError) and error.at in ADDRESSED
    )
    return HTTPStatus.NOT_FOUND if missing else HTTPStatus.UNPROCESSABLE_ENTITY


def refuse_input(error: InputError) -> Response:
    """Answer an input that cannot be used, in the words that it brings.

    Where it passes in a moment, a page asks again by itself; a form would not be sent with it.
    """
    response = answer(error, status_of(error))
    if isinstance(error, StoreAway):
        current_app.logger.warning("%s", error.in_full)
    if isinstance(error, StoreAway | AskedTooMuch):
        response.headers["Retry-After"] = str(error.retry_after)
        if passes(error) and request.method == "GET" and not is_partial():
            response.headers["Refresh"] = str(error.retry_after)
    return response


def passes(error: InputError) -> bool:
    """Whether the same request is answered in a moment: it is asked again until then."""
    return isinstance(error, StoreAway | AskedTooMuch) and error.retry_after <= A_MINUTE


def refuse_request(error: HTTPException) -> Response:
    """Answer what Flask refuses; the details of our own mistakes stay in the log."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    what, hint = OUR_WORDS.get(status, ("This request cannot be answered.", ""))
    response = answer(InputError(what, hint=hint), status)
    for name in ("Allow", "Retry-After"):
        if value := error.get_response().headers.get(name):
            response.headers[name] = value
    return response


def answer(problem: InputError, status: int) -> Response:
    """Say what is wrong: as JSON where that is asked for, else beside the field or as a page."""
    if request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json":
        error = {"what": problem.what, "hint": problem.hint, "at": problem.at}
        ways = [{"title": way.title, "address": way.address} for way in _ways_on(problem)]
        response = jsonify(error=error | ({"ways": ways} if ways else {}))
        response.status_code = status
        return response
    return refuse(
        "problem.html",
        "_problem.html",
        int(status),
        problem=problem,
        ways=_ways_on(problem),
        start=_start_of(problem),
        back=_way_back(),
        view=view_asked_for(),
        is_away=passes(problem),
        is_over=isinstance(problem, OverQuota),
        asks_again=passes(problem) and request.method == "GET",
    )


def _ways_on(problem: InputError) -> tuple[WayOn, ...]:
    """Return where to go on from a state that is gone, or that cannot be read."""
    return ways_on(request.path.removeprefix("/api")) if isinstance(problem, LOST) else ()


def _lesson_at(path: str) -> Lesson | None:
    """Return the lesson whose address this is, if it is one's."""
    lessons: tuple[Lesson, ...] = current_app.config["LESSONS"]
    return next((lesson for lesson in lessons if lesson.path == path), None)


def _start_of(problem: InputError) -> tuple[str, str] | None:
    """Return what the page at this address is called, and where it begins; None if there is none.

    The questions of a later day begin with the same questions, if it is not these that are wrong.
    """
    if lesson := _lesson_at(request.path):
        return lesson.title, lesson.path
    if lesson := _lesson_ending_at(request.path):
        return f"The end of {lesson.route or lesson.title}", lesson.end
    if request.path == QUESTIONS:
        asked = "" if problem.at == "ask" else request.args.get("ask", "")
        return "Questions of today", f"{QUESTIONS}?ask={quote(asked, ',')}" if asked else QUESTIONS
    return None


def _lesson_ending_at(path: str) -> Lesson | None:
    lessons: tuple[Lesson, ...] = current_app.config["LESSONS"]
    return next((each for each in lessons if each.end == path), None) if path else None


def _way_back() -> str:
    """Return the page here that the visitor comes from; empty when it is not known."""
    try:
        came_from = urlsplit(request.referrer or "")
    except ValueError:  # a browser sends none such
        return ""
    path = inside(came_from.path, root())
    back = f"{path}?{came_from.query}" if came_from.query else path
    ours = path == QUESTIONS or _lesson_at(path) is not None or _lesson_ending_at(path) is not None
    known = came_from.netloc == request.host and ours
    return back if known and back != request.full_path.removesuffix("?") else ""
