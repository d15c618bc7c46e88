"""The door: a request is priced before anything is computed, and refused if it is too much.

An answer that is kept costs hardly more than a refusal. A refusal is composed as any page is, in
the application's words; those that come faster than a person reads are a line.

What is let in is computed in turns: some from each address at once, the others wait for those. So
one address, however much it asks, keeps another waiting no longer than for some answers.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock, Semaphore
from typing import Any, NamedTuple

from flask import request

from backprop.web.answers import Application, Environment, KeptAnswers
from backprop.web.limits import A_KEPT, Limits, asked_too_much, in_time, place_of
from backprop.web.operating.observed import WORD

REFUSED = "backprop.refused"  # in a request's environment: the error that says so
COMPUTED = 2  # a worker computes one after the other anyway
OF_STORE = 64  # what waits for the database keeps nothing waiting that does not
UNTRUSTED = (
    "Requests come with X-Forwarded-For, and TRUSTED_PROXIES is 0: all that come through one proxy "
    "count as one address, and share its limits (RATE_LIMIT)."
)


class Price(NamedTuple):
    """What a request takes: of which rate, how many steps; by its method and address.

    Attributes:
        start: of “GET /path?query”.
        holds: texts one of which stands in it; none where any will do.
        at_once: how many such requests of one address are computed at once.
    """

    start: str
    holds: tuple[str, ...]
    rate: str
    steps: int
    at_once: int = COMPUTED


FREE = re.compile(  # no page lacks its script, and a stream that is refused does not come back
    r"\S+ /(assets/|fixtures/|health$|ready$|metrics$|class/\w+/news$)"
)
PRICES = (  # the first that fits; HEAD is as GET
    Price("POST /api/network", (), "work", 20),
    Price("POST /api/program", (), "work", 20),
    Price("POST /api/differentiate", (), "work", 5),
    Price("POST /api/", (), "look", 2, OF_STORE),
    Price("GET /class", (), "look", 1, OF_STORE),
    Price("GET ", ("?from=", "&from="), "look", 1, OF_STORE),
    Price("GET ", ("/derivation.tex?", "/export/", "?on-paper=", "&on-paper="), "look", 4),
    Price("GET ", (), "look", 1),
    Price("", (), "work", 1, OF_STORE),
)


class Turns:
    """Turns of those who ask: at most so many of one address at once; the others wait for them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._turns: dict[tuple[str, int], Semaphore] = {}
        self._asking: Counter[tuple[str, int]] = Counter()

    @contextmanager
    def of(self, place: str, at_once: int) -> Iterator[None]:
        """Wait for a turn of an address, and have it."""
        key = place, at_once
        with self._lock:
            turn = self._turns.setdefault(key, Semaphore(at_once))
            self._asking[key] += 1
        try:
            with turn:
                yield
        finally:
            with self._lock:
                self._asking[key] -= 1
                if not self._asking[key]:
                    del self._asking[key], self._turns[key]


class Door:
    """An application that is asked only what may be asked of it.

    Args:
        application: composes a refusal, in the words of its pages.
        kept: answers what is asked.
        limits: of who asks.
        headers: of a refusal that is not composed.
        warn: is told once that requests come through a proxy; None where proxies are trusted.
    """

    def __init__(
        self,
        application: Application,
        kept: KeptAnswers,
        limits: Limits,
        headers: Mapping[str, str],
        warn: Callable[[str], None] | None = None,
    ) -> None:
        self.application = application
        self.kept = kept
        self.limits = limits
        self.headers = headers
        self.warn = warn
        self.turns = Turns()

    def __call__(self, environ: Environment, start_response: Any) -> Iterable[bytes]:
        """Answer a request, or refuse it, as WSGI has it."""
        if (warn := self.warn) and "HTTP_X_FORWARDED_FOR" in environ:
            self.warn = None
            warn(UNTRUSTED)
        asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']}"
        if not self.limits.rate or FREE.match(asked.partition("?")[0]):
            return self.kept(environ, start_response)
        place = place_of(environ.get("REMOTE_ADDR", ""))
        price, is_kept = price_of(asked), self.kept.holds(environ)
        rate, steps = ("look", A_KEPT) if is_kept else (price.rate, price.steps)
        rate, wait = self._wait(environ, rate, place, steps)
        if is_kept and not wait:
            return self.kept(environ, start_response)
        if not wait:
            with self.turns.of(place, price.at_once):
                return self.kept(environ, start_response)
        if self.limits.take("refusals", place, 1):
            return self._refuse(asked, wait, start_response)
        environ[REFUSED] = asked_too_much(rate, wait)
        return self.application(environ, start_response)

    def _wait(self, environ: Environment, rate: str, place: str, steps: float) -> tuple[str, int]:
        """Return the rate that is exceeded, the narrower first, and for how many seconds."""
        word = WORD.search(environ.get("HTTP_COOKIE", ""))
        for name, key in (("browser", word[1] if word else ""), (rate, place)):
            if wait := self.limits.take(name, key, steps):
                return name, wait
        return rate, 0

    def _refuse(self, asked: str, wait: int, start_response: Any) -> Iterable[bytes]:
        """Refuse in a line what comes faster than refusals are composed."""
        what = f"Too much is asked from here just now. Ask again in {in_time(wait)}."
        is_json = " /api/" in asked[:16]
        said = json.dumps({"error": {"what": what, "hint": "", "at": None}}) if is_json else what
        headers = {
            "Content-Type": "application/json" if is_json else "text/plain; charset=utf-8",
            "Cache-Control": "no-store",
            "Retry-After": str(wait),
            **self.headers,
        }
        if asked.startswith("GET ") and not is_json:
            headers["Refresh"] = str(wait)
        start_response("429 TOO MANY REQUESTS", [*headers.items()])
        return (f"{said}\n".encode(),)


def price_of(asked: str) -> Price:
    """Return what a request takes: of “GET /questions?ask=1”."""
    asked = asked.replace("HEAD ", "GET ", 1) if asked.startswith("HEAD ") else asked
    fitting = (each for each in PRICES if asked.startswith(each.start))
    return next(
        each for each in fitting if not each.holds or any(text in asked for text in each.holds)
    )


def refuse_asked() -> None:
    """Refuse, in the application's words, what the door refused. Raises AskedTooMuch."""
    if refusal := request.environ.get(REFUSED):
        raise refusal
