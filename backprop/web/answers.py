"""Answers that are kept: the same question is computed once in each worker, however many ask it.

An answer is kept if its address says everything, so that nothing of it can go: it is not made of
the store. Beside the address only a few words of a request change what is answered; they are part
of the key. Those who ask while it is being computed wait for it.

Where they are more bytes than a limit, the least recently asked go first; none sets a cookie.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Event, Lock
from typing import Any, NamedTuple

from flask import Response, request
from werkzeug.http import parse_accept_header, parse_etags, unquote_etag
from werkzeug.sansio.http import parse_cookie

from backprop.web.keeping.stored import is_of_store
from backprop.web.operating.observed import KEPT, ROUTE

Application = Callable[..., Iterable[bytes]]
Environment = dict[str, Any]

LIMIT = 64 * 2**20  # bytes of bodies and headers, in each worker
PART = 64  # an answer may be as much as this part of them
MARK = "backprop.may_be_kept"
COOKIES: Mapping[str, tuple[str, ...]] = {  # cookies that change an answer: the words that do
    "theme": ("light", "dark"),
    "ask": ("1", "1-1", "1-2", "1-3"),
}
NOT_KEPT = ("/assets/", "/fixtures/", "/health", "/ready", "/metrics")  # cheap, or of this moment
NOT_SENT = ("content-length", "content-type", "content-encoding")  # with “304 Not Modified”


class Key(NamedTuple):
    """What an answer depends on that may be kept."""

    host: str
    scheme: str
    path: str
    query: str
    part: str | None  # what htmx asks for
    words: tuple[str, ...]  # of the cookies
    compressed: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it was sent: its status, headers and body; and the rule its address follows."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    route: str = ""

    @property
    def size(self) -> int:
        """How many bytes it takes, roughly."""
        return len(self.body) + sum(len(name) + len(word) for name, word in self.headers)


def mark_kept(response: Response) -> Response:
    """Mark an answer that may be kept: it has an ETag, and is made of nothing but its address."""
    is_everybodys = "Set-Cookie" not in response.headers and not response.cache_control.no_store
    if response.get_etag()[0] and is_everybodys and not is_of_store():
        request.environ[MARK] = True
    return response


class KeptAnswers:
    """An application whose answers are kept where that may be.

    Args:
        application: makes them.
        limit: how many bytes of them.
    """

    def __init__(self, application: Application, limit: int = LIMIT) -> None:
        self.application = application
        self.limit = limit
        self.size = 0
        self.found = self.made = 0  # how often an answer was here, and was not
        self._answers: OrderedDict[Key | None, Answer] = OrderedDict()
        self._under_way: dict[Key, Event] = {}
        self._lock = Lock()

    def __call__(self, environ: Environment, start_response: Any) -> Iterable[bytes]:
        """Answer a request, as WSGI has it."""
        key = make_key(environ)
        answer = self._find(key) if key else None
        if key and not answer and environ["REQUEST_METHOD"] == "GET":
            with self._lock:
                others = self._under_way.get(key)
                if others is None:
                    self._under_way[key] = Event()
            if others is None:
                return self._make(key, environ, start_response)
            others.wait()
            answer = self._find(key)  # none where it may not be kept: then each asks for itself
        if answer is None:
            return self.application(environ, start_response)
        environ[ROUTE], environ[KEPT] = answer.route, True
        return send(answer, environ, start_response)

    def holds(self, environ: Environment) -> bool:
        """Whether the answer to a request is here."""
        return make_key(environ) in self._answers

    def _find(self, key: Key) -> Answer | None:
        with self._lock:
            if answer := self._answers.get(key):
                self._answers.move_to_end(key)
                self.found += 1
            return answer

    def _make(self, key: Key, environ: Environment, start_response: Any) -> Iterable[bytes]:
        """Let the application answer, whatever is known of it already; keep it if it says so."""
        known = environ.pop("HTTP_IF_NONE_MATCH", None)
        said: list[Any] = []
        try:
            parts = self.application(environ, lambda *words: said.extend(words[:2]))
            status, headers = said
            is_kept = environ.get(MARK) and status == "200 OK"
            if known is not None:
                environ["HTTP_IF_NONE_MATCH"] = known
            if not is_kept and not is_known(headers, environ):
                start_response(status, headers)
                return parts
            lasting = tuple(each for each in headers if each[0] != "Server-Timing")
            answer = Answer(status, lasting, b"".join(parts), environ.get(ROUTE, ""))
            getattr(parts, "close", lambda: None)()
            if is_kept:
                self._keep(key, answer)
        finally:
            with self._lock:
                self._under_way.pop(key).set()
        return send(answer, environ, start_response)

    def _keep(self, key: Key, answer: Answer) -> None:
        assert not any(name == "Set-Cookie" for name, _ in answer.headers), "It is everybody's."
        if answer.size > self.limit // PART:
            return
        with self._lock:
            self.made += 1
            self.size += answer.size
            self._answers[key] = answer
            while self.size > self.limit:
                self.size -= self._answers.popitem(last=False)[1].size


def make_key(environ: Environment) -> Key | None:
    """Return what the answer to a request depends on; None where none of its kind is kept."""
    path = environ.get("PATH_INFO", "")
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or path.startswith(NOT_KEPT):
        return None
    if "HTTP_RANGE" in environ or environ.get("CONTENT_LENGTH", "0") not in ("", "0"):
        return None
    return Key(
        host=environ.get("HTTP_HOST", ""),
        scheme=environ.get("wsgi.url_scheme", ""),
        path=path,
        query=environ.get("QUERY_STRING", ""),
        part=environ.get("HTTP_HX_REQUEST_TYPE"),
        words=_words(environ.get("HTTP_COOKIE", "")),
        compressed=_accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")),
    )


def send(answer: Answer, environ: Environment, start_response: Any) -> Iterable[bytes]:
    """Send an answer, or that the one who asks has it."""
    if is_known(answer.headers, environ):
        headers = [each for each in answer.headers if each[0].lower() not in NOT_SENT]
        start_response("304 NOT MODIFIED", headers)
        return ()
    start_response(answer.status, list(answer.headers))
    return () if environ["REQUEST_METHOD"] == "HEAD" else (answer.body,)


def is_known(headers: Iterable[tuple[str, str]], environ: Environment) -> bool:
    """Whether the one who asks says to have the answer with these headers."""
    known = environ.get("HTTP_IF_NONE_MATCH")
    tag = next((word for name, word in headers if name.lower() == "etag"), None)
    return bool(known and tag) and parse_etags(known).contains_weak(unquote_etag(tag)[0] or "")


@lru_cache(maxsize=256)
def _words(cookies: str) -> tuple[str, ...]:
    """Return the words of the cookies that change an answer; empty ones where they say no such."""
    said = parse_cookie(cookies)
    return tuple(
        said.get(name, "") if said.get(name) in words else "" for name, words in COOKIES.items()
    )


@lru_cache(maxsize=64)
def _accepts_gzip(accepted: str) -> bool:
    return parse_accept_header(accepted)["gzip"] > 0
