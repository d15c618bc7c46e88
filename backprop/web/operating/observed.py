"""What whoever runs the server can see of it: each answer is noted, for a log and for metrics.

This stands before all that answers, so that nothing passes it unseen: kept answers, refusals, and
what fails. What is noted holds nothing of a person, and nothing that was typed: no addresses but
the rules of our own, no queries, no cookies.
"""

import json
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, NamedTuple

from flask import request

Application = Callable[..., Iterable[bytes]]
Environment = dict[str, Any]

ROUTE = "backprop.route"  # in a request's environment: the rule that its address follows
KEPT = "backprop.kept"  # and whether its answer was kept
WAITS = "backprop.waits"  # and of an answer that waits for news: what tells when there is some
OTHER = "other"  # what has no name of ours: a path that no rule knows, a method
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")
REQUEST_ID = re.compile(r"[\w.-]{8,64}", re.ASCII)
WORD = re.compile(r"(?:^|; )browser=([0-9a-f]{32})(?:;|$)")  # in a request's cookies
BODILESS = ("204", "304")
STDOUT = 1


class Seen(NamedTuple):
    """A request that was answered.

    Attributes:
        method: GET and the like.
        route: the rule that its address follows, such as “/lessons/<slug>”.
        status: of the answer.
        seconds: until it could be sent; of a stream, until its end.
        size: bytes of its body.
        is_kept: whether it was computed before.
        player: of a page that plays by itself, who asks: by a word or an address, which is neither
            written nor kept; else empty.
        name: by which it can be found again in other logs.
    """

    method: str
    route: str
    status: int
    seconds: float
    size: int = 0
    is_kept: bool = False
    player: str = ""
    name: str = ""


Watcher = Callable[[Seen], None]


class Observed:
    """An application each of whose answers is noted.

    Args:
        application: answers.
        watchers: are told.
        streams: is told of a stream that begins, as 1, or ends, as −1.
        names_come: whether a proxy in front is trusted to name requests, by X-Request-ID.
    """

    def __init__(
        self,
        application: Application,
        watchers: Iterable[Watcher],
        streams: Callable[[int], None] = lambda _: None,
        *,
        names_come: bool = False,
    ) -> None:
        self.application = application
        self.watchers = tuple(watchers)
        self.streams = streams
        self.names_come = names_come

    def __call__(self, environ: Environment, start_response: Any) -> Iterable[bytes]:
        """Answer a request, as WSGI has it."""
        began, name = perf_counter(), self._name(environ)
        said: list[Any] = []  # the status, and how many bytes follow; a stream keeps no more of it

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            said[:] = status, size_of(environ, status, headers)
            return start_response(status, [*headers, ("X-Request-ID", name)], *more)

        try:
            parts = self.application(environ, start)
        except BaseException:
            self._tell(_seen(environ, name), "500", perf_counter() - began, 0)
            raise
        seen = _seen(environ, name)
        if said and said[1] is not None:
            self._tell(seen, said[0], perf_counter() - began, said[1])
            return parts
        return self._stream(parts, seen, said, began)

    def refused(self, status: int) -> None:
        """Note what could not be read as a request, and was refused before it came here."""
        for watch in self.watchers:
            watch(Seen(OTHER, OTHER, status, 0.0))

    def _stream(
        self, parts: Iterable[bytes], seen: Seen, said: list[Any], began: float
    ) -> Iterator[bytes]:
        """Pass on what has no announced length, and note it when it ends, in whatever way."""
        size = 0
        self.streams(1)
        try:
            for part in parts:
                size += len(part)
                yield part
        finally:
            self.streams(-1)
            getattr(parts, "close", lambda: None)()
            self._tell(seen, said[0] if said else "500", perf_counter() - began, size)

    def _tell(self, seen: Seen, status: str, seconds: float, size: int) -> None:
        seen = seen._replace(status=int(status[:3]), seconds=seconds, size=size)
        for watch in self.watchers:
            watch(seen)

    def _name(self, environ: Environment) -> str:
        given = environ.get("HTTP_X_REQUEST_ID", "") if self.names_come else ""
        return given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _seen(environ: Environment, name: str) -> Seen:
    """Return what a request says of what is seen; its answer's status and size are to come."""
    method = environ["REQUEST_METHOD"]
    return Seen(
        method if method in METHODS else OTHER,
        environ.get(ROUTE) or OTHER,
        status=0,
        seconds=0,
        is_kept=KEPT in environ,
        player=player_of(environ) if "playing=1" in environ.get("QUERY_STRING", "") else "",
        name=name,
    )


def size_of(environ: Environment, status: str, headers: Iterable[tuple[str, str]]) -> int | None:
    """Return how many bytes of a body are sent; None where only its end will tell."""
    if environ["REQUEST_METHOD"] == "HEAD" or status.startswith(BODILESS):
        return 0
    lengths = (word for name, word in headers if name.lower() == "content-length")
    length = next(lengths, None)
    return None if length is None else int(length)


def player_of(environ: Environment) -> str:
    """Return who plays: the word of the browser, or where it asks from and which it is."""
    if word := WORD.search(environ.get("HTTP_COOKIE", "")):
        return word[1]
    return f"{environ.get('REMOTE_ADDR', '')} {environ.get('HTTP_USER_AGENT', '')}"


def note_route() -> None:
    """Note which rule the address of a request follows."""
    if rule := request.url_rule:
        request.environ[ROUTE] = rule.rule


def write_line(seen: Seen) -> None:
    """Write a line of JSON for an answer: whole, so that those of several workers do not mix."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    line = {
        "time": now,
        "id": seen.name,
        "method": seen.method,
        "route": seen.route,
        "status": seen.status,
        "ms": round(1000 * seen.seconds, 2),
        "bytes": seen.size,
        "kept": seen.is_kept,
        "worker": os.getpid(),
    }
    with suppress(OSError):  # that nobody reads the log any more stops nobody
        os.write(STDOUT, f"{json.dumps(line)}\n".encode())
