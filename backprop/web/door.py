"""The door: a request is priced before anything is computed, and refused if it is too much.

An answer that is kept costs hardly more than a refusal. A refusal is composed as any page is, in
the application's words; those that come faster than a person reads are a line.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from flask import request

from backprop.web.answers import Application, Environment, KeptAnswers
from backprop.web.limits import (
    A_KEPT,
    RATES,
    AskedTooMuch,
    Limits,
    in_time,
    place_of,
    refusal_words,
)

REFUSED = "backprop.refused"  # in a request's environment: the error that says so
UNTRUSTED = (
    "Requests come with X-Forwarded-For, and TRUSTED_PROXIES is 0: all that come through one proxy "
    "count as one address, and share its limits (RATE_LIMIT)."
)


class Price(NamedTuple):
    """What a request takes: of which rate, how many steps; by its method and address."""

    asked: re.Pattern[str]
    rate: str
    steps: int


FREE = re.compile(r"\S+ /(assets/|fixtures/|health$|ready$|metrics$)")  # no page lacks its script
PRICES = (  # the first that fits
    Price(re.compile(r"POST /api/network"), "work", 10),
    Price(re.compile(r"POST /api/"), "look", 2),
    Price(re.compile(r"(?!GET|HEAD)"), "work", 1),
    Price(re.compile(r".*(/derivation\.tex|[?&]on-paper=)"), "look", 4),
    Price(re.compile(r""), "look", 1),
)
WORD = re.compile(r"(?:^|; )browser=([0-9a-f]{32})(?:;|$)")


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

    def __call__(self, environ: Environment, start_response: Any) -> Iterable[bytes]:
        """Answer a request, or refuse it, as WSGI has it."""
        if (warn := self.warn) and "HTTP_X_FORWARDED_FOR" in environ:
            self.warn = None
            warn(UNTRUSTED)
        asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']}"
        if not self.limits.rate or FREE.match(asked.partition("?")[0]):
            return self.kept(environ, start_response)
        place = place_of(environ.get("REMOTE_ADDR", ""))
        rate, steps = ("look", A_KEPT) if self.kept.holds(environ) else price_of(asked)
        wait, who = self._wait(environ, rate, place, steps)
        if not wait:
            return self.kept(environ, start_response)
        self.limits.refused += 1
        if self.limits.take("refusals", place, 1):
            return self._refuse(asked, wait, start_response)
        environ[REFUSED] = AskedTooMuch(*refusal_words(who), wait)
        return self.application(environ, start_response)

    def _wait(self, environ: Environment, rate: str, place: str, steps: float) -> tuple[int, str]:
        """Return for how many seconds to wait, and by whose doing; the narrower comes first."""
        word = WORD.search(environ.get("HTTP_COOKIE", ""))
        for name, key in (("browser", word[1] if word else ""), (rate, place)):
            if wait := self.limits.take(name, key, steps):
                return wait, RATES[name].who
        return 0, ""

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


def price_of(asked: str) -> tuple[str, int]:
    """Return of which rate a request takes how many steps: of “GET /questions?ask=1”."""
    price = next(each for each in PRICES if each.asked.match(asked))
    return price.rate, price.steps


def refuse_asked() -> None:
    """Refuse, in the application's words, what the door refused. Raises AskedTooMuch."""
    if refusal := request.environ.get(REFUSED):
        raise refusal
