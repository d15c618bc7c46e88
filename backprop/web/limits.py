"""Nobody takes all of it: how much one address, and one browser, may ask for in each worker.

What a request takes is counted in steps of a walk (some 6 ms of processor), before anything is
computed: a page is one, an answer that is kept a twentieth, work that a form asks for more. What is
put into the store is counted in bytes. Every count has a rate and a burst (the generic cell rate
algorithm): in any time T, at most burst + rate · T.

An address is that of the machine the request comes from; of IPv6 it is the network, the first 64
bits. A class behind one router has one address together: the rates are for that. They are said for
the whole server, and each worker takes its part:

    of a rate     2 / (workers + 1): all on one worker still get most, and all together get less
                  than twice as much, however many workers there are
    of the bytes  1 / workers: over an hour they are spread evenly
"""

import json
import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock
from typing import Any, NamedTuple

from flask import current_app, request
from throttled.rate_limiter import per_duration
from throttled.rate_limiter.gcra import GCRARateLimiter
from throttled.store import MemoryStore

from backprop.engine.errors import InputError
from backprop.sharing.store import BODY_LIMIT
from backprop.sharing.visits import DAY

Application = Callable[..., Iterable[bytes]]
Environment = dict[str, Any]

STEP = 20  # parts of a step: the unit in which all is counted, so that a kept answer is one
KEPT = 1
BURST = 10  # seconds of its rate that may be asked for at once
MOST = 20_000  # addresses, or browsers, of which a worker remembers what they asked for
A_BODY = 4_096  # bytes that a body takes at least, with its rows and their indexes
HOUR = 3_600
REFUSED = "backprop.refused"  # in a request's environment: for how many seconds


class Rate(NamedTuple):
    """How much of something may be asked for: a part of RATE_LIMIT, by what, and who is meant."""

    part: float
    by: str = "address"
    who: str = "the address you come from"


class Budget(NamedTuple):
    """How many bytes may be put in a time: a part of STORE_LIMIT, half of it at once."""

    part: float
    seconds: int


class Price(NamedTuple):
    """What a request takes: of which rate, how many steps; by its method and address."""

    asked: re.Pattern[str]
    rate: str
    steps: int


RATES: Mapping[str, Rate] = {
    "look": Rate(1),
    "work": Rate(1),
    "browser": Rate(0.5, "browser", "this browser"),  # one that trains takes a third of RATE_LIMIT
    "refusals": Rate(0.05),  # that are composed as pages; the others are a line
}
BUDGETS: Mapping[str, Budget] = {
    "run": Budget(3 / 16, HOUR),  # three quarters of the share of runs, each held for an hour
    "upload": Budget(1 / 16, DAY),  # a quarter of its share
    "visit": Budget(1 / 4, DAY),  # a half of the share of what is kept
    "link": Budget(1 / 16, DAY),  # and an eighth of it
}
FREE = re.compile(r"\S+ /(assets/|fixtures/|health$|ready$|metrics$)")  # no page lacks its script
PRICES = (  # the first that fits
    Price(re.compile(r"POST /api/network"), "work", 10),
    Price(re.compile(r"POST /api/"), "look", 2),
    Price(re.compile(r"(?!GET|HEAD)"), "work", 2),
    Price(re.compile(r".*(/derivation\.tex|[?&]on-paper=)"), "look", 4),
    Price(re.compile(r""), "look", 1),
)
WORD = re.compile(r"(?:^|; )browser=([0-9a-f]{32})(?:;|$)")


class AskedTooMuch(InputError):
    """More was asked for than one address or one browser may have just now.

    Attributes:
        retry_after: seconds until it would be answered.
    """

    def __init__(self, what: str, hint: str, retry_after: int) -> None:
        super().__init__(what, hint=hint)
        self.retry_after = retry_after


class StoredTooMuch(AskedTooMuch):
    """More was put into the store from one address than may be for now."""


class Limits:
    """What this worker has been asked for, by address and by browser.

    Args:
        rate: steps a second that one address may ask for; 0 for no limits at all.
        store_limit: bytes that the store may hold.
        workers: of how many this is one.
    """

    def __init__(self, rate: int, store_limit: int, workers: int = 1) -> None:
        self.rate = rate
        self.refused = 0  # how often it was
        self._stored: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = Lock()
        share = 2 / (workers + 1)
        self._rates = {
            name: _limiter(each.part * share * rate * STEP, 1, BURST)
            for name, each in RATES.items()
        }
        self._budgets = {
            name: _limiter(each.part / workers * store_limit / 2, each.seconds, 1, BODY_LIMIT)
            for name, each in BUDGETS.items()
        }

    def take(self, rate: str, key: str, parts: int) -> int:
        """Count parts of a step; return for how many seconds to wait where they are too many.

        What is refused is not counted.
        """
        if not self.rate or not key:
            return 0
        found = self._rates[rate].limit(key, min(parts, self._rates[rate].quota.burst))
        if not found.limited:
            return 0
        self.refused += 1
        return max(1, ceil(found.state.retry_after))

    def check_room(self, budget: str, key: str, size: int) -> None:
        """Refuse so many bytes from an address if they are too many.

        Raises:
            StoredTooMuch: they are.
        """
        if self.rate and (wait := self._wait(budget, key, size)):
            self.refused += 1
            raise StoredTooMuch(
                "Too much was stored from the address you come from.",
                f"This page keeps working. There is room for this in {_span(wait)}.",
                wait,
            )

    def _wait(self, budget: str, key: str, size: int) -> int:
        limiter = self._budgets[budget]
        missing = min(size, limiter.quota.burst) - limiter.peek(key).remaining
        return ceil(missing * limiter.quota.emission_interval) if missing > 0 else 0

    def count_bytes(self, budget: str, key: str, size: int) -> None:
        """Count bytes that were put from an address."""
        if self.rate and size:
            limiter = self._budgets[budget]
            limiter.limit(key, min(size, limiter.peek(key).remaining))

    def unpaid(self, budget: str, sizes: Mapping[str, int]) -> int:
        """Return how many bytes of these bodies count: what somebody put a while ago does not.

        Args:
            budget: of which they are.
            sizes: of the bodies, by their addresses in the store.
        """
        total = 0
        with self._lock:
            for address, size in sizes.items():
                if (budget, address) not in self._stored:
                    total += max(size, A_BODY)
        return total

    def pay(self, budget: str, addresses: Iterable[str]) -> None:
        """Note that these bodies have been counted: a class that brings one table, brings one."""
        with self._lock:
            for address in addresses:
                self._stored[budget, address] = None
                self._stored.move_to_end((budget, address))
            while len(self._stored) > MOST:
                self._stored.popitem(last=False)


def _limiter(amount: float, seconds: int, burst: int, least: int = 1) -> GCRARateLimiter:
    """Return a limiter of so much in so many seconds, and a burst of so many times that."""
    each = max(least, int(amount))
    quota = per_duration(timedelta(seconds=seconds), each, burst * each)
    return GCRARateLimiter(quota, MemoryStore(options={"MAX_SIZE": MOST}))


class Door:
    """An application that is asked only what may be asked of it.

    Args:
        application: composes a refusal, in the words of its pages.
        kept: answers what is asked.
        limits: of who asks.
        is_kept: whether the answer to a request is there already.
        headers: of a refusal that is not composed.
    """

    def __init__(
        self,
        application: Application,
        kept: Application,
        limits: Limits,
        is_kept: Callable[[Environment], bool],
        headers: Mapping[str, str],
    ) -> None:
        self.application = application
        self.kept = kept
        self.limits = limits
        self.is_kept = is_kept
        self.headers = headers

    def __call__(self, environ: Environment, start_response: Any) -> Iterable[bytes]:
        """Answer a request, or refuse it, as WSGI has it."""
        asked = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']}"
        if not self.limits.rate or FREE.match(asked.partition("?")[0]):
            return self.kept(environ, start_response)
        place = place_of(environ.get("REMOTE_ADDR", ""))
        rate, parts = ("look", KEPT) if self.is_kept(environ) else price_of(asked)
        wait, who = self._wait(environ, rate, place, parts)
        if not wait:
            return self.kept(environ, start_response)
        if self.limits.take("refusals", place, STEP):
            return self._refuse(asked, wait, start_response)
        environ[REFUSED] = AskedTooMuch(*_words(who), wait)
        return self.application(environ, start_response)

    def _wait(self, environ: Environment, rate: str, place: str, parts: int) -> tuple[int, str]:
        """Return for how many seconds to wait, and by whose doing; the narrower comes first."""
        word = WORD.search(environ.get("HTTP_COOKIE", ""))
        for name, key in (("browser", word[1] if word else ""), (rate, place)):
            if wait := self.limits.take(name, key, parts):
                return wait, RATES[name].who
        return 0, ""

    def _refuse(self, asked: str, wait: int, start_response: Any) -> Iterable[bytes]:
        """Refuse in a line what comes faster than refusals are composed."""
        what = f"Too much is asked from here just now. Ask again in {_span(wait)}."
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
    """Return of which rate a request takes how many parts: of “GET /questions?ask=1”."""
    price = next(each for each in PRICES if each.asked.match(asked))
    return price.rate, STEP * price.steps


@lru_cache(maxsize=MOST)
def place_of(address: str) -> str:
    """Return as what an address counts: IPv6 by the network, the first 64 bits."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address or "unknown"
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))


def refuse_asked() -> None:
    """Refuse, in the application's words, what the door refused. Raises AskedTooMuch."""
    if refusal := request.environ.get(REFUSED):
        raise refusal


def take_work(steps: int) -> None:
    """Count work that a form asks for, beyond that of any form.

    Raises:
        AskedTooMuch: it is more than the address may have just now.
    """
    wait = _limits().take("work", _place(), STEP * steps) if steps else 0
    if wait:
        raise AskedTooMuch(*_words(RATES["work"].who), wait)


def check_stored(budget: str, sizes: Mapping[str, int]) -> int:
    """Return how many bytes of these bodies count, if they may be put.

    Raises:
        StoredTooMuch: they are more than may be put from this address for now.
    """
    limits = _limits()
    size = limits.unpaid(budget, sizes)
    limits.check_room(budget, _place(), size)
    return size


def count_stored(budget: str, addresses: Iterable[str], size: int) -> None:
    """Count bytes that were put from this address; the same bodies count once."""
    limits = _limits()
    limits.count_bytes(budget, _place(), size)
    limits.pay(budget, addresses)


def _limits() -> Limits:
    limits: Limits = current_app.extensions["limits"]
    return limits


def _place() -> str:
    return place_of(request.remote_addr or "")


def _words(who: str) -> tuple[str, str]:
    what = f"Too much is asked from {who} just now."
    return what, "What is shown stays. Try again in a moment."


def _span(seconds: int) -> str:
    """Return a time in words, not rounded down: “1 second”, “5 minutes”, “3 hours”."""
    for size, unit in ((HOUR, "hour"), (60, "minute"), (1, "second")):
        if seconds > 2 * size or size == 1:
            count = ceil(seconds / size)
            return f"{count} {unit}{'s' if count > 1 else ''}"
    raise AssertionError("A second has one second at least.")
