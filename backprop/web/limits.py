"""Nobody takes all of it: how much one address, and one browser, may ask for and store.

What a request takes is counted in steps of a walk (some 6 ms of processor), before anything is
computed: a page is one, an answer that is kept a twentieth, work that a form asks for more. What is
put into the store is counted in bytes. All is counted by the generic cell rate algorithm: in any
time T, at most burst + rate · T.

An address is that of the machine the request comes from; of IPv6 it is the network, the first 64
bits. A class behind one router has one address together: the rates are for that.

The counts stand in memory that all workers share, as far as they are forked from the process that
made the application. There are so many cells and no more; two addresses that meet in one cell have
its limit together, which nobody can choose.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from math import ceil
from mmap import mmap
from threading import Lock
from typing import NamedTuple

from flask import current_app, request

from backprop.engine.errors import InputError
from backprop.sharing.store import BODY_LIMIT
from backprop.sharing.visits import DAY

A_KEPT = 1 / 20  # of a step, that an answer takes which is kept
BURST = 10  # seconds of its rate that may be asked for at once
CELLS = 2**16  # for each count: 512 KiB
MOST = 20_000  # addresses, or bodies, that a worker remembers
A_BODY = 4_096  # bytes that a body takes at least, with its rows and their indexes
HOUR = 3_600


class Rate(NamedTuple):
    """How much may be asked for: a part of RATE_LIMIT, of each worker or in all.

    Attributes:
        who: is meant, as a refusal says it.
        hint: what explains it.
    """

    part: float
    in_all: bool = False
    who: str = "the address you come from"
    hint: str = "All who come from there, such as a class, share what it may ask for."


class Budget(NamedTuple):
    """How many bytes may be put in a time: a part of STORE_LIMIT, half of it at once."""

    part: float
    seconds: int


RATES: Mapping[str, Rate] = {
    "look": Rate(1),
    "work": Rate(1),
    "browser": Rate(0.75, in_all=True, who="this browser", hint=""),  # to train takes 80
    "refusals": Rate(0.05, in_all=True),  # that are composed; the others are a line
}
BUDGETS: Mapping[str, Budget] = {
    "run": Budget(3 / 16, HOUR),  # three quarters of the share of runs, each held for an hour
    "upload": Budget(1 / 16, DAY),  # a quarter of its share
    "visit": Budget(1 / 4, DAY),  # a half of the share of what is kept
    "link": Budget(1 / 16, DAY),  # and an eighth of it
}


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


class Count:
    """How much of one thing each has had.

    A cell holds the time at which all that was taken has been made up for.

    Args:
        per_second: how much is made up for in a second.
        burst: how much may be taken at once.
    """

    def __init__(self, per_second: float, burst: float) -> None:
        self.interval = 1 / per_second
        self.burst = burst
        self._cells = memoryview(mmap(-1, 8 * CELLS)).cast("d")

    def room(self, key: str, now: float) -> float:
        """Return how much may be taken at this time."""
        return self.burst - max(self._cells[hash(key) % CELLS] - now, 0) / self.interval

    def take(self, key: str, amount: float, now: float) -> float:
        """Take an amount; return for how many seconds to wait, where it is too much, instead.

        Of what is more than a burst, the burst is taken.
        """
        amount = min(amount, self.burst)
        if (missing := amount - self.room(key, now)) > 0:
            return missing * self.interval
        cell = hash(key) % CELLS
        self._cells[cell] = max(self._cells[cell], now) + amount * self.interval
        return 0


class Limits:
    """What has been asked for, by address and by browser.

    Args:
        rate: steps a second that one address may ask of each worker; 0 for no limits at all.
        store_limit: bytes that the store may hold.
        workers: how many there are.
        clock: the time now, in seconds, the same for all workers.
    """

    def __init__(
        self,
        rate: int,
        store_limit: int,
        workers: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.rate = rate
        self.clock = clock
        self._stored: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = Lock()
        self._counts: dict[str, Count] = {}
        for name, each in RATES.items() if rate else ():
            steps = each.part * rate * (1 if each.in_all else workers)
            self._counts[name] = Count(steps, BURST * steps)
        for name, budget in BUDGETS.items() if rate else ():
            size = max(budget.part * store_limit / 2, BODY_LIMIT)
            self._counts[name] = Count(size / budget.seconds, size)

    def take(self, rate: str, key: str, steps: float) -> int:
        """Count steps; return for how many seconds to wait, where they are too many, instead."""
        if not self.rate or not key:
            return 0
        return ceil(self._counts[rate].take(key, steps, self.clock()))

    def room(self, budget: str, key: str) -> int:
        """Return how many bytes may be put from an address now."""
        return int(self._counts[budget].room(key, self.clock()))

    def check_room(self, budget: str, key: str, size: int) -> None:
        """Refuse so many bytes from an address if they are too many.

        Raises:
            StoredTooMuch: they are.
        """
        if not self.rate:
            return
        count = self._counts[budget]
        missing = min(size, count.burst) - count.room(key, self.clock())
        if missing > 0:
            wait = ceil(missing * count.interval)
            raise StoredTooMuch(
                "Too much was stored from the address you come from.",
                f"This page keeps working. There is room for this in {in_time(wait)}.",
                wait,
            )

    def count_bytes(self, budget: str, key: str, size: int) -> None:
        """Count bytes that were put from an address, as far as there is room for them."""
        if self.rate:
            self._counts[budget].take(key, min(size, self.room(budget, key)), self.clock())

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


def take_work(steps: int) -> None:
    """Count work that a form asks for, beyond that of any form.

    Raises:
        AskedTooMuch: it is more than the address may have just now.
    """
    limits = _limits()
    if steps and (wait := limits.take("work", _place(), steps)):
        raise asked_too_much("work", wait)


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


def asked_too_much(rate: str, wait: int) -> AskedTooMuch:
    """Return the error for who asked more than a rate, and has to wait so many seconds."""
    _, _, who, hint = RATES[rate]
    hint = f"{hint} Try again in {in_time(wait)}.".lstrip()
    return AskedTooMuch(f"Too much is asked from {who} just now.", hint, wait)


def in_time(seconds: int) -> str:
    """Return a time in words, not rounded down: “1 second”, “5 minutes”, “3 hours”."""
    for size, unit in ((HOUR, "hour"), (60, "minute"), (1, "second")):
        if seconds > 2 * size or size == 1:
            count = ceil(seconds / size)
            return f"{count} {unit}{'s' if count > 1 else ''}"
    raise AssertionError("A second has one second at least.")
