"""What of a page stands in the store: which browser brought it, and until when it stays.

A browser is known by a random word in a cookie, and by nothing else. The word is made by the answer
to the first form that stores something, so who only reads has none.
"""

import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Response, current_app, g, request

from backprop.sharing.leases import Holding
from backprop.sharing.store import A_YEAR, Store
from backprop.web.limits import StoredTooMuch, check_stored, count_stored

BROWSER = "browser"  # the cookie
WORD = re.compile("[0-9a-f]{32}")  # 128 random bits
A_DAY = 86_400
BEHIND = timedelta(hours=12)  # UTC−12, where a date is reached last


@dataclass(frozen=True, slots=True)
class Stay:
    """Until when what a page shows stays in the store.

    Attributes:
        until: the promise that is written now: the moment it ends, “2026-12-30T15:40:00Z”.
        date: the day on which it ends by the clock that is furthest behind, so that it holds for
            every reader; empty where less than a day is left.
        words: “at least until 30 December 2026”, or “for 59 minutes so far”.
        days: how many an opening makes of it; 0 where more is promised.
    """

    until: str
    date: str
    words: str
    days: int


def open_store() -> Store:
    """Return the store of this application; the answer is then made of what can go."""
    g.uses_store = True
    store: Store = current_app.extensions["store"]
    return store


def browser_word() -> str:
    """Return the word of this browser; empty where it has none, or one that we did not make."""
    word = request.cookies.get(BROWSER, "")
    return word if WORD.fullmatch(word) else ""


def owner_word() -> str:
    """Return the word of this browser, or a new one, for what a form stores now."""
    return browser_word() or secrets.token_hex(16)


def remember_browser(word: str) -> None:
    """Give the browser its word with this answer: something of it was stored."""
    g.browser = word


def send_word(response: Response) -> Response:
    """Set the cookie where something was stored; its year begins anew."""
    if "browser" in g:
        response.set_cookie(
            BROWSER,
            g.browser,
            max_age=A_YEAR,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
    return response


def note_opened(addresses: tuple[str, ...]) -> None:
    """Note what of the store the page that is asked for is made of."""
    g.opened = addresses


def note_size(size: int) -> None:
    """Note how many bytes of the store were read for the answer."""
    g.size = g.get("size", 0) + size


def visit_opened(response: Response) -> Response:
    """Whoever was sent a page has visited what it is made of: that is written after the answer.

    Not who asks for its head alone, nor who is refused it. Where one address was promised as much
    as may be for now, it stays as long as it was promised before.
    """
    if request.method == "GET" and response.status_code in (200, 304) and g.get("opened"):
        with suppress(StoredTooMuch):
            promise("visit", g.opened)
            open_store().visit_later(*g.opened)
    return response


def promise(budget: str, addresses: tuple[str, ...]) -> None:
    """Count what was read for the answer as promised to the address that asks.

    Args:
        budget: of which it is.
        addresses: in the store, of what is promised.

    Raises:
        StoredTooMuch: so much may not be promised to one address for now.
    """
    each = g.get("size", 0) // len(addresses)
    count_stored(budget, addresses, check_stored(budget, dict.fromkeys(addresses, each)))


def owns(address: str) -> bool:
    """Whether this browser brought what stands at an address; the answer is then for it alone."""
    g.is_private = True
    word = browser_word()
    return bool(word) and open_store().owns(address, word)


def is_private() -> bool:
    """Whether the answer depends on which browser asks."""
    return "is_private" in g


def is_of_store() -> bool:
    """Whether the answer is made of what stands in the store, and so can go."""
    return "uses_store" in g or bool(g.get("opened"))


def find_stay(addresses: tuple[str, ...]) -> Stay | None:
    """Return until when these stay; None where none of them stands, or there are none."""
    if not addresses:
        return None
    store = open_store()
    until = store.until(*addresses)
    return None if until is None else make_stay(until, int(store.clock()), store.lease_days)


def make_stay(until: int, now: int, days: int) -> Stay:
    """Return the words for a promise.

    Args:
        until: when it ends, in seconds since 1970.
        now: the time now.
        days: how many an opening makes of it.
    """
    end, left = datetime.fromtimestamp(until, UTC), until - now
    days = days if left <= days * A_DAY else 0
    stamp = f"{end:%Y-%m-%dT%H:%M:%SZ}"
    if left < A_DAY:
        return Stay(stamp, "", f"for {_span(max(left, 0))} so far", days)
    day = end - BEHIND
    date = f"{day.day} {day:%B %Y}"
    return Stay(stamp, date, f"at least until {date}", days)


def _span(seconds: int) -> str:
    """Return a time that is shorter than a day, not rounded up: “an hour”, “59 minutes”."""
    minutes, hours = seconds // 60, seconds // 3600
    if hours:
        return f"{hours} hours" if hours > 1 else "an hour"
    return "a minute" if minutes == 1 else f"{minutes} minutes" if minutes else "a moment"


@dataclass(frozen=True, slots=True)
class Held:
    """What a browser has in the store of a kind: how many, how much, and of how much."""

    title: str
    count: int
    size: str
    most: str


KINDS = {"upload": "Tables and gradients you brought", "run": "States of pages, points of runs"}


def make_held(holdings: Mapping[str, Holding]) -> tuple[Held, ...]:
    """Return what a browser has, by kind; empty where it has nothing."""
    return tuple(
        Held(title, each.bodies, _size(each.size), _size(each.share))
        for kind, title in KINDS.items()
        if (each := holdings.get(kind)) and each.bodies
    )


def _size(count: int) -> str:
    """Return a number of bytes in its unit, with a decimal where that says something."""
    for unit, size in (("MiB", 2**20), ("KiB", 2**10)):
        if count >= size:
            number = count / size
            return (
                f"{number:,.1f} {unit}" if number < 10 and count % size else f"{number:,.0f} {unit}"
            )
    return "1 byte" if count == 1 else f"{count:,} bytes"
