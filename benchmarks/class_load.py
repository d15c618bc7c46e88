"""A full class: 500 phones follow a lecture, are asked, and answer; 2,000 listen in two rooms.

A phone does what class.js does: it hears of a version by its stream (or asks for it every two
seconds), waits a moment drawn at random, asks what is in front, and opens that. What counts is the
time from the teacher's press until a phone has all of what is in front.

OTHER_DATABASE_URL names a PostgreSQL database to measure on beside SQLite. LOAD_MINUTES > 1 adds
changes for so long, 30 an hour and more, to see whether memory stays flat. LOAD_PHONES and
LOAD_LISTENERS make the class smaller, to see in a minute whether all of it still runs.
"""

import json
import os
import random
import re
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from statistics import quantiles
from urllib.parse import urlencode, urlsplit

import gevent
from gevent import socket
from gevent.pool import Group, Pool

from benchmarks.load import Visitor, percentile
from benchmarks.serving import Served, memory, serving
from benchmarks.timing import Row, below

PHONES = int(os.environ.get("LOAD_PHONES", "500"))
POLLING = PHONES // 5
LISTENERS = int(os.environ.get("LOAD_LISTENERS", "2000"))
CHANGES, STEPS = 6, 8
STEP, STAGE, POLL = 0.3, 1.0, 2.0  # seconds, as in class.js
ANSWERING = 5.0  # seconds in which all answer
MINUTES = float(os.environ.get("LOAD_MINUTES", "1"))
ASKED = "/lessons/network?step=14"
SCENES = (ASKED, "/lessons/network?step=3", "/lessons/chain-rule?step=2", "/playground?step=4")
ANSWERS = ("0.0822", "0.741*0.593", "-0.0822", "0.0523", "0.138", "0.082")
COOKIE = re.compile(rb"\r\nset-cookie: *([^;\r]+)", re.IGNORECASE)
LOCATION = re.compile(rb"\r\nlocation: *([^\r]+)", re.IGNORECASE)
ASK = "{method} {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n{more}\r\n{body}"
PLAIN = "HX-Request: true\r\nHX-Request-Type: partial\r\nAccept-Encoding: gzip\r\n"


class Member(Visitor):
    """A browser that keeps its cookies, and can listen."""

    def __init__(self, host: str, number: int) -> None:
        super().__init__(host, number)
        self.cookies: dict[str, str] = {}
        self._parts: list[bytes] = []

    @property
    def body(self) -> bytes:
        """The body that came last; what is short is not compressed."""
        return b"".join(self._parts).partition(b"\r\n\r\n")[2]

    def _receive(self) -> bytes:
        self._parts.append(super()._receive())
        return self._parts[-1]

    def send(self, path: str, form: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """Ask, and return the status and the head; the body is kept."""
        body = "" if form is None else urlencode(form)
        typed = "Content-Type: application/x-www-form-urlencoded\r\n" if body else ""
        more = f"{PLAIN}{typed}Content-Length: {len(body)}\r\n"
        sent = self._request("GET" if form is None else "POST", path, more, body)
        self._parts.clear()
        try:
            head, status = self._exchange(sent)
        except ConnectionError:  # it was closed after half a minute of silence: as browsers do
            self.close()
            self._parts.clear()
            head, status = self._exchange(sent)
        for each in COOKIE.findall(head):
            name, _, word = each.decode().partition("=")
            self.cookies[name] = word
        return status, head

    def listen(self, path: str) -> Iterator[Mapping[str, int]]:
        """Yield what a stream tells, until it is cut."""
        source = (self.own, 0) if self.own else None
        stream = socket.create_connection(self.to, 60, source)
        stream.settimeout(None)
        stream.sendall(self._request("GET", path, "Accept: text/event-stream\r\n", ""))
        data = b""
        while part := stream.recv(4_096):
            data += part
            *lines, data = data.split(b"\n")
            for line in lines:
                if line.startswith(b"data: {"):
                    yield json.loads(line[6:])

    def _request(self, method: str, path: str, more: str, body: str) -> bytes:
        cookie = "; ".join(f"{name}={word}" for name, word in self.cookies.items())
        return ASK.format(
            method=method, path=path, host=self.host, cookie=cookie, more=more, body=body
        ).encode()


class Lecture:
    """A room, its teacher, and when each phone has seen what is in front.

    Args:
        host: “127.0.0.1:8000”.
        first: the number of its first visitor.
    """

    def __init__(self, host: str, first: int) -> None:
        self.host, self.first = host, first
        self.teacher = Member(host, first)
        _, head = self.teacher.send("/class", {"address": SCENES[0]})
        found = LOCATION.search(head)
        assert found, head
        self.console = found[1].decode()
        self.code = self.console.split("/")[2]
        for address in SCENES[1:]:
            self.do(do="add", address=address)
        self.do(do="change", scene="1", asking="gradient")
        self.pressed = 0.0
        self.seen: list[float] = []
        self.joined: list[Member] = []
        self.failed: list[str] = []
        self.followers = Group()

    def do(self, **form: str) -> None:
        """Press something on the console."""
        status, head = self.teacher.send(self.console, form)
        assert status == 200, head

    def join(self, number: int) -> None:
        """Let somebody join, and follow by a stream or by asking; the first ones ask."""
        phone = Member(self.host, number)
        status, head = phone.send(f"/class/{self.code}/join", {"join": "1"})
        if status != 303:
            self.failed.append(head.decode()[:80])
            return
        self.joined.append(phone)

    def follow(self, phone: Member, news: Callable[[Member], Iterator[Mapping[str, int]]]) -> None:
        """Go along, as class.js does, until the stream is cut."""
        version = stage = 0
        chance = random.Random(phone.own)
        for told in news(phone):
            if told["version"] == version:
                continue
            first, version = version == 0, told["version"]
            gevent.sleep(chance.random() * (STEP if told["stage"] == stage else STAGE))
            stage = told["stage"]
            self._look(phone, version)
            if not first:
                self.seen.append(time.perf_counter() - self.pressed)

    def _look(self, phone: Member, version: int) -> None:
        status, head = phone.send(f"/class/{self.code}/now?version={version}")
        found = re.search(rb'"address":\s*"([^"]*)"', phone.body)
        screen = f"/class/{self.code}/screen?for=phone&version={version}"
        path = found[1].decode() if found and found[1] else screen
        if status == 200:
            status, head = phone.send(path)
        if status != 200:
            self.failed.append(f"{status} {path} {head.decode()[:60]}")

    def streamed(self, phone: Member) -> Iterator[Mapping[str, int]]:
        """Yield what a phone is told by its stream."""
        return phone.listen(f"/class/{self.code}/news?for=phone")

    def polled(self, phone: Member) -> Iterator[Mapping[str, int]]:
        """Yield what a phone is told that asks."""
        gevent.sleep(random.random() * POLL)
        while True:
            phone.send(f"/class/{self.code}/count?for=phone")
            yield json.loads(phone.body)
            gevent.sleep(POLL)

    def told(self, change: Callable[[], None], listening: int) -> tuple[list[float], int]:
        """Change something; return after how many seconds each saw it, and how many did not."""
        self.seen.clear()
        self.pressed = time.perf_counter()
        change()
        for _ in range(100):
            gevent.sleep(0.1)
            if len(self.seen) >= listening:
                break
        return list(self.seen), listening - len(self.seen)

    def answer(self, phone: Member, number: int, turn: int, times: list[float]) -> None:
        """Answer some time within the seconds that all have."""
        gevent.sleep(random.random() * ANSWERING)
        typed = ANSWERS[number % len(ANSWERS)]
        form = {"question": "1", "round": str(turn), "sign": "up", "answer": typed}
        begun = time.perf_counter()
        try:
            status, head = phone.send(f"/class/{self.code}/answer", form)
        except OSError as error:
            status, head = 0, repr(error).encode()
        times.append(1000 * (time.perf_counter() - begun))
        if status != 200:
            self.failed.append(f"{status} answer {head.decode()[:80]}")

    @property
    def counts(self) -> Mapping[str, int]:
        """How many joined and answered, as the projector is told."""
        self.teacher.send(f"/class/{self.code}/count?for=projector")
        counts: dict[str, int] = json.loads(self.teacher.body)
        return counts


def rows() -> Iterator[Row]:
    """Measure on SQLite, and on PostgreSQL where one is named."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield from on_database("SQLite", {})
    if url := os.environ.get("OTHER_DATABASE_URL"):
        yield from on_database("PostgreSQL", {"DATABASE_URL": url})


def on_database(name: str, settings: Mapping[str, str]) -> Iterator[Row]:
    """Measure a full class, then two rooms in which many listen."""
    with serving(**settings) as served:
        host = urlsplit(served.address).netloc
        lecture = Lecture(host, 1)
        yield from full_class(f"{PHONES} phones, {name}", lecture, served)
    with serving(**settings) as served:
        yield from listeners(f"{LISTENERS:,} listeners, {name}", served)


def full_class(name: str, lecture: Lecture, served: Served) -> Iterator[Row]:
    """Let all join and follow; change scenes and steps, ask, and count."""
    pool = Pool(50)
    begun = time.perf_counter()
    pool.map(lecture.join, range(2, PHONES + POLLING + 2))
    yield Row(f"{name}: all have joined after", f"{time.perf_counter() - begun:.3g} s")
    polling, streaming = lecture.joined[:POLLING], lecture.joined[POLLING:]
    for phone in streaming:
        lecture.followers.spawn(lecture.follow, phone, lecture.streamed)
    gevent.sleep(5)
    count = len(streaming)
    yield from timed(name, "a change of scene", 2, lecture, count, CHANGES, change_scene)
    lecture.do(do="scene", scene="2")
    gevent.sleep(3)
    yield from timed(name, "a step", 1, lecture, count, STEPS, take_step)
    yield from asked(name, lecture)
    for phone in polling:
        lecture.followers.spawn(lecture.follow, phone, lecture.polled)
    gevent.sleep(5)
    slow = f"a change of scene, beside {POLLING} who ask for it"
    yield from timed(name, slow, 3, lecture, len(lecture.joined), CHANGES, change_scene)
    yield from memory_over_time(name, lecture, served)
    lecture.followers.kill()
    lost = lecture.failed
    yield Row(f"{name}: failed", f"{len(lost)}", "0", "missed" if lost else "ok")
    for each in lost[:5]:
        print("   ", each)


def change_scene(lecture: Lecture, turn: int) -> None:
    """Show another scene."""
    lecture.do(do="scene", scene=str(2 + turn % (len(SCENES) - 1)))


def take_step(lecture: Lecture, turn: int) -> None:
    """Take another step, as the projector's tab says it."""
    form = {"address": f"/lessons/network?step={5 + turn}"}
    status, head = lecture.teacher.send(f"/class/{lecture.code}/step", form)
    assert status in (200, 204), head


def timed(
    name: str,
    what: str,
    wanted: float,
    lecture: Lecture,
    count: int,
    turns: int,
    change: Callable[[Lecture, int], None],
) -> Iterator[Row]:
    """Change something some times; give after how long 99 of 100 phones have seen it."""
    times, missing = [], 0
    for turn in range(turns):
        seen, lost = lecture.told(lambda turn=turn: change(lecture, turn), count)  # type: ignore[misc]
        times += seen
        missing += lost
    yield below(f"{name}: {what}, seen by 99 %", percentile(times, 99), wanted, "s")
    yield Row(f"{name}: {what}, not seen", f"{missing}", "0", "missed" if missing else "ok")


def asked(name: str, lecture: Lecture) -> Iterator[Row]:
    """Ask, let all answer within some seconds, and count."""
    lecture.do(do="scene", scene="1")
    lecture.do(do="ask")
    gevent.sleep(3)
    times: list[float] = []
    answering = lecture.joined[POLLING:]
    workers = [
        gevent.spawn(lecture.answer, phone, number, 1, times)
        for number, phone in enumerate(answering)
    ]
    gevent.joinall(workers)
    yield below(f"{name}: an answer, 95 %", quantiles(times, n=20)[18], 300, "ms")
    begun = time.perf_counter()
    lecture.teacher.send(lecture.console)
    yield below(f"{name}: the histogram", time.perf_counter() - begun, 1, "s")
    lost = len(answering) - lecture.counts["answered"]
    yield Row(f"{name}: answers lost", f"{lost}", "0", "missed" if lost else "ok")


def memory_over_time(name: str, lecture: Lecture, served: Served) -> Iterator[Row]:
    """Go on for some minutes with a change each two seconds; give what the server's memory does."""
    sizes = [memory(served)]
    for _ in range(2):
        until = time.monotonic() + 30 * MINUTES
        turn = 0
        while time.monotonic() < until:
            change_scene(lecture, turn)
            turn += 1
            gevent.sleep(2)
        sizes.append(memory(served))
    shown = "  ".join(f"{size:.0f}" for size in sizes)
    yield Row(f"{name}: MB at the start, halfway, at the end", shown)


def listeners(name: str, served: Served) -> Iterator[Row]:
    """Let many listen in two rooms; give what they take."""
    host, begun_with = urlsplit(served.address).netloc, memory(served)
    rooms = [Lecture(host, 1), Lecture(host, 2)]
    before = memory(served)
    heard: list[float] = []

    def listen(number: int) -> None:
        phone = Member(host, 3 + number)
        for told in phone.listen(f"/class/{rooms[number % 2].code}/news?for=phone"):
            heard.append(told["version"])

    listening = Group()
    for number in range(LISTENERS):
        listening.spawn(listen, number)
        gevent.sleep(0.002)
    for _ in range(100):
        gevent.sleep(0.3)
        if len(heard) >= LISTENERS:
            break
    yield Row(
        f"{name}: are told at once",
        f"{len(heard)}",
        f"{LISTENERS}",
        "ok" if len(heard) == LISTENERS else "missed",
    )
    after = memory(served)
    yield below(f"{name}: more memory than with none in these rooms", after - before, 40, "MB")
    yield below(f"{name}: more than before there were rooms", after - begun_with, 60, "MB")
    heard.clear()
    begun = time.perf_counter()
    for room in rooms:
        room.do(do="scene", scene="2")
    while len(heard) < LISTENERS and time.perf_counter() < begun + 10:
        gevent.sleep(0.02)
    yield below(f"{name}: all are told of a change after", time.perf_counter() - begun, 1, "s")
    listening.kill()
