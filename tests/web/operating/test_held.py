"""Who listens is held without a green thread: hears all, in its order, and has a place."""

import logging
from collections import deque

import gevent
import pytest
from gevent import socket
from gevent.event import Event
from gunicorn.config import Config

from backprop.web import worker as serving
from backprop.web.operating import held
from backprop.web.operating.observed import WAITS
from backprop.web.worker import Worker

ASKED = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
PLACES = 2


class News:
    """An answer whose parts come when the test says so."""

    def __init__(self):
        self.parts, self.calls, self.closed = deque([b"first"]), set(), False
        self.come, self.is_waited_for = Event(), False

    def __iter__(self):
        return self

    def __next__(self):
        if not self.parts:
            self.is_waited_for = True  # by a green thread
            self.come.wait()
        part = self.parts.popleft()
        if part is None:
            raise StopIteration
        if part == b"fault":
            raise ValueError(part)
        return part

    def close(self):
        self.closed = True

    def is_due(self):
        return bool(self.parts)

    def call(self, waker):
        self.calls.add(waker)

    def add(self, *parts):
        self.parts += parts
        self.come.set()
        for call in self.calls:
            call()


@pytest.fixture
def told():
    """What is told: an answer for each who asks."""
    return []


@pytest.fixture
def worker(told):
    def answer(environ, start_response):
        told.append(News())
        environ[WAITS] = told[-1]
        start_response("200 OK", [])
        return told[-1]

    config = Config()
    config.set("worker_connections", PLACES)
    worker = Worker(1, 0, [], None, 30, config, logging.getLogger("worker"))
    worker.refusals = {500: b"HTTP/1.1 500 Fault\r\n\r\n"}
    worker.wsgi = serving.with_patience(answer)
    worker.log.access = lambda *_: None
    yield worker
    worker.listeners.end()
    worker.tmp.close()


@pytest.fixture
def listen(worker):
    """Connects, asks, and returns the connection when it has heard the first part."""
    opened = []

    def listen(asked=ASKED):
        here, there = socket.socketpair()
        opened.append(here)
        worker.places.spawn(worker.handle, None, there, ("127.0.0.1", 1))
        here.sendall(asked)
        hear(here, b"first")
        return here

    yield listen
    for each in opened:
        each.close()


def hear(here, wanted):
    """Read until something was heard; return all that came."""
    data = b""
    with gevent.Timeout(60):
        while wanted not in data and (part := here.recv(65_536)):
            data += part
    assert wanted in data
    return data


def heard_to_the_end(here):
    with gevent.Timeout(60):
        return b"".join(iter(lambda: here.recv(65_536), b""))


def wait_for(is_so):
    with gevent.Timeout(60):
        while not is_so():
            gevent.sleep(0)


def threads(worker):
    return [each for each in worker.places if isinstance(each, gevent.Greenlet)]


def test_who_listens_has_a_place_but_no_green_thread_and_hears_all_that_comes(worker, listen, told):
    here = listen()
    wait_for(lambda: not threads(worker))
    assert (len(worker.listeners), len(worker.places)) == (1, 1)
    told[0].add(b"second", b"third")
    assert hear(here, b"third\r\n") == b"6\r\nsecond\r\n5\r\nthird\r\n"
    told[0].add(b"last", None)
    assert heard_to_the_end(here) == b"4\r\nlast\r\n0\r\n\r\n"
    assert told[0].closed
    assert not told[0].is_waited_for
    assert (len(worker.listeners), len(worker.places)) == (0, 0)


def test_who_speaks_an_older_http_hears_the_same_without_chunks(listen, told):
    here = listen(b"GET / HTTP/1.0\r\n\r\n")
    told[0].add(b"second", None)
    assert heard_to_the_end(here) == b"second"


def test_where_there_is_no_second_place_for_a_moment_a_green_thread_waits(worker, listen, told):
    listen()
    wait_for(lambda: not threads(worker))
    other = listen()
    wait_for(lambda: told[1].is_waited_for)
    assert worker.places.full()
    assert len(worker.listeners) == 1
    told[1].add(b"second", None)
    assert hear(other, b"0\r\n\r\n") == b"6\r\nsecond\r\n0\r\n\r\n"


def test_who_takes_nothing_stops_nobody_and_hears_all_of_it_later(listen, told):
    slow = listen()
    much = b"x" * 4_000_000  # more than a connection holds
    told[0].add(much, b"then", None)
    wait_for(lambda: told[0].parts[0] == b"then")
    quick = listen()
    told[1].add(b"quick", None)
    hear(quick, b"quick")
    assert heard_to_the_end(slow) == b"%X\r\n%b\r\n4\r\nthen\r\n0\r\n\r\n" % (len(much), much)
    assert told[0].closed


def test_who_takes_nothing_for_long_is_let_go(worker, listen, told, monkeypatch):
    monkeypatch.setattr(held, "TAKING", 0.01)
    listen()
    told[0].add(b"x" * 4_000_000, b"never")
    wait_for(lambda: told[0].closed)
    assert len(worker.places) == 0


def test_who_is_gone_is_forgotten_when_something_is_sent(worker, listen, told):
    listen().close()
    told[0].add(b"second")
    wait_for(lambda: told[0].closed)
    wait_for(lambda: not worker.places)


def test_a_fault_in_an_answer_breaks_it_off_alone(listen, told, caplog):
    here = listen()
    told[0].add(b"fault")
    assert heard_to_the_end(here) == b""  # the end is not said: it was not whole
    assert "breaks off" in caplog.text
    assert told[0].closed
    other = listen()
    told[1].add(b"second", None)
    assert b"second" in heard_to_the_end(other)


def test_a_worker_that_ends_says_that_to_who_listens(worker, listen, told, monkeypatch):
    monkeypatch.setattr(serving, "HANDOVER", 0)
    monkeypatch.setattr(serving, "FAREWELL", 0)
    here = listen()
    worker.handle_exit(15, None)
    assert heard_to_the_end(here) == b"0\r\n\r\n"
    assert told[0].closed
