"""The body of a request: read whole, or refused; as JSON where an address takes that."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import IO, Any, NoReturn

from flask import Request, abort, request

from backprop.engine.errors import InputError

JSON = "application/json"
AN_OBJECT = (
    'Send one such as {"x": 1}; NaN and infinity are the texts “NaN”, “Infinity” and “-Infinity”.'
)
Application = Callable[..., Iterable[bytes]]  # as WSGI has it: of an environment and a function


class WholeBody:
    """A body as a server reads it; that it breaks off, or cannot be read, is one kind of error.

    Args:
        stream: `wsgi.input`.
        length: how many bytes were announced; None where their end is marked otherwise.
    """

    def __init__(self, stream: IO[bytes], length: int | None) -> None:
        self._stream = stream
        self._due = length

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; none at the end.

        Raises:
            OSError: the body ends before its announced length, or its chunks make no sense. What
                reads it for Flask answers with 400 then.
        """
        try:
            data = self._stream.read(size)
        except Exception as error:  # each server has errors of its own for this
            raise OSError("The body cannot be read.") from error
        if self._due is not None:
            self._due -= len(data)
            if size and not data and self._due > 0:
                raise OSError("The body ends before its announced length.")
        return data


def read_whole(application: Application) -> Application:
    """Return the application, to which every body comes whole or not at all."""

    def with_whole_body(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        said = environ.get("CONTENT_LENGTH", "")
        length = int(said) if said.isascii() and said.isdecimal() and len(said) < 19 else None
        environ["wsgi.input"] = WholeBody(environ["wsgi.input"], length)
        return application(environ, start_response)

    return with_whole_body


class TidyRequest(Request):
    """A request with which every file that came is closed, also one that broke off."""

    def __init__(self, environ: dict[str, Any], *args: Any, **options: Any) -> None:
        super().__init__(environ, *args, **options)
        self._opened: list[IO[bytes]] = []

    def _get_file_stream(self, *args: Any, **options: Any) -> IO[bytes]:
        self._opened.append(super()._get_file_stream(*args, **options))
        return self._opened[-1]

    def close(self) -> None:
        """Close what was opened for this request."""
        super().close()
        for file in self._opened:
            file.close()


def sent_object() -> dict[str, Any]:
    """Return the JSON object that comes with a request to the interface.

    A type that says something else is refused with 415; none at all is taken for JSON.

    Raises:
        InputError: there is no body, or it is no JSON object.
    """
    if request.mimetype not in ("", JSON):
        abort(415)
    if not request.get_data():
        raise InputError("The body is missing.", hint=AN_OBJECT, at="body")
    return json_body()


def refuse_unknown(body: Mapping[str, Any], fields: Collection[str]) -> None:
    """Refuse a body with a field that is not among these.

    Raises:
        InputError: it names the first such field, and what there is.
    """
    for name in body:
        if name not in fields:
            raise InputError(
                f"“{name[:40]}” is no field here.",
                hint=f"There are {', '.join(fields)}.",
                at=name[:40],
            )


def json_body() -> dict[str, Any]:
    """Return the JSON object in the request's body.

    Raises:
        InputError: there is none.
    """
    try:
        body = json.loads(request.get_data(), parse_constant=_refuse_constant)
        json.dumps(body, ensure_ascii=False).encode()  # half a character cannot be sent back
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise InputError("The body is not a JSON object.", hint=AN_OBJECT)
    return body


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN without quotation marks is not JSON
