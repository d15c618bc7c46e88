"""A full house: 500 learners click, 20 more play, and the server runs on the same two cores.

A learner clicks each 3 seconds, on a connection and from an address of one's own (Linux has as many
as one likes). Half of them are in a lecture: all ask for the same step, which goes on every few
seconds. The other half walk with numbers of their own: no answer is kept twice.

The load comes from this process alone, by green threads that read no more of an answer than they
must; what it takes of a core is a row. LOAD_MINUTES says how long each part lasts (1).
"""

import os
import random
import re
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import quantiles
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

import gevent
from gevent import socket

from benchmarks.serving import Served, memory, processor, serving
from benchmarks.timing import Row, below
from benchmarks.training_load import DRAWING, FIRST_SLICE, next_slice

LEARNERS, PLAYERS = 500, 20
PAUSE = 3.0  # seconds between two clicks of a learner
LECTURE = 5.0  # seconds for which a lecture stays at a step
STEPS = 20
MINUTES = float(os.environ.get("LOAD_MINUTES", "1"))
SETTLING = 4.0  # seconds in which all connect, before anything counts
PATIENCE = 60.0  # seconds after which an answer has failed
LONG_ENOUGH = 10  # minutes: by then all caches are full
OWN = (  # addresses of walks: a number of one's own is put in, and the step
    "/lessons/network?w1_1_1={number}&step={step}",
    "/lessons/chain-rule?x={number}&step={step}",
    "/lessons/gradient?x={number}",
    "/playground?x={number}&step={step}",
)
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
PUSHED = re.compile(rb"\r\nhx-push-url: *([^\r]+)", re.IGNORECASE)
WORK = re.compile(rb"\r\nserver-timing: *work;dur=([\d.]+)", re.IGNORECASE)
HEAD = (
    "{method} {path} HTTP/1.1\r\nHost: {host}\r\nHX-Request: true\r\nHX-Request-Type: partial\r\n"
    "Accept-Encoding: gzip\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    "Content-Length: {length}\r\n\r\n{body}"
)


class Answer(NamedTuple):
    """What came: the status, the head, and after how many milliseconds all of it was here."""

    status: int
    head: bytes
    ms: float


class Visitor:
    """One browser: a connection that is kept, from an address of its own.

    Args:
        host: “127.0.0.1:8000”.
        number: which visitor this is.
    """

    def __init__(self, host: str, number: int) -> None:
        self.host = host
        name, _, port = host.partition(":")
        self.to = name, int(port)
        self.own = f"127.1.{number // 250}.{number % 250 + 1}" if sys.platform == "linux" else ""
        self._socket: socket.socket | None = None

    def ask(self, path: str, form: dict[str, str] | None = None) -> Answer:
        """Ask, and return what was answered.

        Raises:
            OSError: nothing was.
        """
        body = urlencode(form) if form else ""
        method = "POST" if form else "GET"
        sent = HEAD.format(method=method, path=path, host=self.host, length=len(body), body=body)
        start = time.perf_counter()
        head, status = self._exchange(sent.encode())
        return Answer(status, head, 1000 * (time.perf_counter() - start))

    def _exchange(self, sent: bytes) -> tuple[bytes, int]:
        if self._socket is None:
            source = (self.own, 0) if self.own else None
            self._socket = socket.create_connection(self.to, PATIENCE, source)
        self._socket.sendall(sent)
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._receive()
        head = data[: end + 2]
        length = LENGTH.search(head)
        left = (int(length[1]) if length else 0) - (len(data) - end - 4)
        while left > 0:
            left -= len(self._receive())
        if b"\r\nConnection: close\r\n" in head:
            self.close()
        return head, int(head[9:12])

    def _receive(self) -> bytes:
        assert self._socket is not None
        data: bytes = self._socket.recv(65_536)
        if not data:
            raise ConnectionResetError("The server closed the connection.")
        return data

    def close(self) -> None:
        """Leave; whoever asks again connects again."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None


@dataclass
class Crowd:
    """All who visit, and how long they wait; nothing counts until `counts` is set."""

    host: str
    counts: bool = False
    over: bool = False
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def ask(self, kind: str, who: Visitor, path: str, form: dict[str, str] | None = None) -> Answer:
        """Ask, and note how long it took; an answer of status 0 is none."""
        try:
            answer = who.ask(path, form)
        except OSError as error:
            answer = Answer(0, repr(error).encode(), 0)
            who.close()
        if answer.status not in (200, 303):
            self.failed[kind].append(f"{answer.status} {answer.head[:200]!r} {path}")
        elif self.counts:
            self.times[kind].append(answer.ms)
        return answer

    def follow(self, number: int) -> None:
        """Follow a lecture: at each click, the step at which it is."""
        who, chance = Visitor(self.host, number), random.Random(number)
        gevent.sleep(PAUSE * chance.random())
        while not self.over:
            step = int(time.monotonic() / LECTURE) % STEPS
            self.ask("lecture", who, f"/lessons/network?step={step}")
            gevent.sleep(PAUSE)

    def walk(self, number: int) -> None:
        """Walk through lessons with numbers that nobody else has."""
        who, chance = Visitor(self.host, number), random.Random(number)
        gevent.sleep(PAUSE * chance.random())
        at = number
        while not self.over:
            mine = f"{chance.uniform(-2, 2):.6f}"
            for step in range(1, STEPS, 4):
                path = OWN[at % len(OWN)].format(number=mine, step=step)
                self.ask("own numbers", who, path)
                gevent.sleep(PAUSE)
                if self.over or "{step}" not in OWN[at % len(OWN)]:
                    break
            at += 1

    def play(self, number: int) -> None:
        """Play training, as the page does."""
        who, ms = Visitor(self.host, number), FIRST_SLICE
        pairs, passing = {"preset": "circles", "seed": str(number + 1)}, "0"
        while not self.over:
            form = {**pairs, "do": "play", "ms": str(round(ms)), "passing": passing}
            answer = self.ask("slice", who, "/train?playing=1", form)
            pushed, work = PUSHED.search(answer.head), WORK.search(answer.head)
            if not pushed or not work:
                gevent.sleep(1)
                continue
            pairs, passing = dict(parse_qsl(urlsplit(pushed[1].decode()).query)), "1"
            ms, pause = next_slice(ms, answer.ms - float(work[1]))
            gevent.sleep(max(DRAWING, pause))


def rows() -> Iterator[Row]:
    """Measure the learners alone, then the players beside them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 4 * LEARNERS), hard), hard))
    limits = {} if sys.platform == "linux" else {"RATE_LIMIT": "off"}  # all from one address
    with serving(**limits) as served:
        crowd = Crowd(urlsplit(served.address).netloc)
        start(crowd.follow, range(LEARNERS // 2))
        start(crowd.walk, range(LEARNERS // 2, LEARNERS))
        yield from part(crowd, served, f"{LEARNERS} learners", 300)
        start(crowd.play, range(LEARNERS, LEARNERS + PLAYERS))
        yield from part(crowd, served, f"… and {PLAYERS} who play", 500)
        crowd.over = True


def start(behave: Callable[[int], None], numbers: range) -> None:
    """Let visitors come, each in a green thread."""
    for number in numbers:
        gevent.spawn(behave, number)


def part(crowd: Crowd, served: Served, name: str, wanted: float) -> Iterator[Row]:
    """Let some minutes pass; give the rows of what was waited for, and what it took."""
    gevent.sleep(SETTLING)
    crowd.times.clear()
    crowd.failed.clear()
    crowd.counts = True
    before = [memory(served)]
    spent, used, begun = time.process_time(), processor(served), time.monotonic()
    gevent.sleep(30 * MINUTES)
    before.append(memory(served))
    gevent.sleep(30 * MINUTES)
    passed = time.monotonic() - begun
    load = (time.process_time() - spent) / passed
    served_load = (processor(served) - used) / passed
    crowd.counts = False
    clicks = [ms for kind, each in crowd.times.items() if kind != "slice" for ms in each]
    yield Row(f"{name}: clicks a second", f"{len(clicks) / passed:.3g}")
    yield below(f"{name}: a click, 99 %", percentile(clicks, 99), wanted, "ms")
    for kind, times in sorted(crowd.times.items()):
        shown = "  ".join(f"{percentile(times, part):.3g}" for part in (50, 95, 99))
        yield Row(f"{name}: {kind}, 50, 95 and 99 % in ms ({len(times)})", shown)
    lost = [each for errors in crowd.failed.values() for each in errors]
    yield Row(f"{name}: failed", f"{len(lost)}", "0", "missed" if lost else "ok")
    for each in lost[:5]:
        print("   ", each)
    yield from memory_rows(name, [*before, memory(served)])
    yield Row(f"{name}: what the server takes of a core", f"{served_load:.0%}")
    yield Row(f"{name}: what this process takes of a core", f"{load:.0%}")


def percentile(times: list[float], part: int) -> float:
    """Return the time that so many of a hundred do not exceed."""
    return quantiles(times, n=100)[part - 1] if len(times) > 1 else float("nan")


def memory_rows(name: str, sizes: list[float]) -> Iterator[Row]:
    """Give what all processes of the server have in memory; after long enough it is flat."""
    shown = "  ".join(f"{size:.0f}" for size in sizes)
    yield Row(f"{name}: MB at the start, halfway, at the end", shown)
    if MINUTES >= LONG_ENOUGH:
        yield below(f"{name}: at the end, against halfway", sizes[2] / sizes[1], 1.1)
