"""Errors → a status, and a kind page, a message beside the field, or JSON."""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException

from backprop.engine.errors import InputError, UnknownNameError
from backprop.sharing.store import MissingSnapshot
from backprop.stage.lesson import Lesson
from backprop.web.reply import refuse

ADDRESSED = ("lesson", "preset")  # what an address names; elsewhere a name is part of an input
OUR_WORDS = {
    403: ("This came from another site.", "Go to the page here, and do it there."),
    404: ("There is no page at this address.", "The first page lists what there is."),
    405: ("This address does not take that kind of request.", ""),
    413: ("What was sent is too large.", "At most 1 MiB (1,048,576 bytes) is possible."),
    414: ("This address is too long.", ""),
    500: ("Something went wrong here, not with you.", "Try again; if it happens again, tell us."),
}


def register(app: Flask) -> None:
    """Answer every error of this application in its own voice."""
    app.register_error_handler(InputError, refuse_input)
    app.register_error_handler(HTTPException, refuse_request)


def status_of(error: InputError) -> int:
    """Return 404 for what an address names and is not there, 422 for the rest."""
    missing = isinstance(error, MissingSnapshot) or (
        isinstance(error, UnknownNameError) and error.at in ADDRESSED
    )
    return HTTPStatus.NOT_FOUND if missing else HTTPStatus.UNPROCESSABLE_ENTITY


def refuse_input(error: InputError) -> Response:
    """Answer an input that cannot be used, in the words that it brings."""
    return answer(error, status_of(error))


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
    """Say what is wrong: as JSON under /api, else beside the field or as a page."""
    if request.path.startswith("/api/"):
        error = {"what": problem.what, "hint": problem.hint, "at": problem.at}
        response = jsonify(error=error)
        response.status_code = status
        return response
    return refuse(
        "problem.html",
        "_problem.html",
        int(status),
        problem=problem,
        lesson=_lesson_at(request.path),
        back=_way_back(),
    )


def _lesson_at(path: str) -> Lesson | None:
    """Return the lesson whose address this is, if it is one's."""
    lessons: tuple[Lesson, ...] = current_app.config["LESSONS"]
    return next((lesson for lesson in lessons if lesson.path == path), None)


def _way_back() -> str:
    """Return the page here that the visitor comes from; empty when it is not known."""
    try:
        came_from = urlsplit(request.referrer or "")
    except ValueError:  # a browser sends none such
        return ""
    back = f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path
    known = came_from.netloc == request.host and _lesson_at(came_from.path) is not None
    return back if known and back != request.full_path.removesuffix("?") else ""
