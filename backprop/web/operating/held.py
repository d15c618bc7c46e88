"""Answers that wait for news, held without a green thread.

Who listens to a class hears nothing most of the time. A green thread that waits with it, and the
request it came by, are some tens of kilobytes; a class has hundreds of listeners. So a worker keeps
of such a connection its socket and what tells its answer, and one green thread sends to all of them
what is due. A connection that is held still has its place among those that a worker may have.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Protocol

import gevent
from gevent import monkey
from gevent.event import Event
from gevent.pool import Pool
from gevent.socket import wait_write

TICK = 0.25  # seconds between two looks at who is due a sign of life
AT_ONCE = 50  # who are sent something before others have their turn
TAKING = 120  # seconds that one has to take what is sent
LAST = b"0\r\n\r\n"  # the end of an answer in chunks

LOG = logging.getLogger(__name__)


class Due(Protocol):
    """What tells when the next part of an answer is there."""

    def is_due(self) -> bool:
        """Whether it is there."""

    def call(self, waker: Callable[[], object]) -> None:
        """Let something be called when it is."""


class Waiting(Iterator[bytes]):
    """An answer whose parts may have to be waited for.

    Attributes:
        parts: as an application returned them.
        due: tells when the next is there.
        response: that of gunicorn, which sends its head and first parts.
    """

    def __init__(self, parts: Any, due: Due, response: Any) -> None:
        self.parts, self.due, self.response = parts, due, response
        self.rest = iter(parts)

    def __next__(self) -> bytes:
        """Return the next part, as soon as it is there."""
        part: bytes = next(self.rest)
        return part

    def close(self) -> None:
        """Say that no more of it is wanted."""
        close(self.parts)


class Held:
    """A connection to which an answer goes on: its socket, and what is to come.

    Args:
        answer: whose head and first parts are sent. Its connection is nobody else's from now on.
    """

    __slots__ = ("_due", "_in_chunks", "_parts", "_rest", "is_behind", "socket")

    def __init__(self, answer: Waiting) -> None:
        number = answer.response.sock.detach()
        self.socket = monkey.get_original("socket", "socket")(fileno=number)
        self.socket.setblocking(False)
        self.is_behind = False  # it has not taken yet what was sent
        self._due, self._parts, self._rest = answer.due, answer.parts, answer.rest
        self._in_chunks = answer.response.chunked

    def is_due(self) -> bool:
        """Whether there is something to send, and it would be taken."""
        return not self.is_behind and self._due.is_due()

    def next(self) -> bytes | None:
        """Return what is to be sent next, None at the end; raises what the application does."""
        part = next(self._rest, None)
        return b"%X\r\n%b\r\n" % (len(part), part) if part and self._in_chunks else part

    def send(self, data: bytes) -> bytes:
        """Send at once what is taken; return the rest. Raises OSError where nobody is there."""
        try:
            return data[self.socket.send(data) :]
        except BlockingIOError:
            return data

    def close(self) -> None:
        """End it: in so many words, if all that was sent is whole."""
        with suppress(OSError):
            if self._in_chunks and not self.is_behind:
                self.socket.send(LAST)
        self.socket.close()
        close(self._parts)


class Listeners:
    """All who are held in a worker.

    Args:
        places: of connections; each that is held has one.
    """

    def __init__(self, places: Pool) -> None:
        self.places = places
        self._held: set[Held] = set()
        self._news = Event()
        self._thread: gevent.Greenlet | None = None

    def __len__(self) -> int:
        """Return how many are held."""
        return len(self._held)

    def take(self, answer: Waiting) -> bool:
        """Send what is there of an answer, and hold it where more has to be waited for.

        Returns whether it is held. If not, it has ended, or there is no place: then it goes on as
        any answer does. Raises OSError where nobody is there, and what the application does.
        """
        try:
            for part in answer:
                answer.response.write(part)
                if not answer.due.is_due():
                    break
            else:
                return False
        except BaseException:
            answer.close()
            raise
        if self.places.full():
            return False
        answer.due.call(self._news.set)
        held = Held(answer)
        self.places.add(held)
        self._held.add(held)
        if not self._thread:  # there is none, or it has ended
            self._thread = gevent.spawn(self._send_what_is_due)
        return True

    def end(self) -> None:
        """End all: who listens will do so elsewhere."""
        for each in list(self._held):
            self._end(each)

    def _end(self, held: Held) -> None:
        if held in self._held:
            self._held.remove(held)
            self.places.discard(held)
            held.close()

    def _send_what_is_due(self) -> None:
        while self._held:
            self._news.wait(TICK)
            self._news.clear()
            count = 0
            for each in list(self._held):
                while each in self._held and each.is_due():
                    self._go_on(each)
                    count += 1
                    if count % AT_ONCE == 0:
                        gevent.sleep(0)

    def _go_on(self, held: Held) -> None:
        try:
            part = held.next()
            if part is None:
                self._end(held)
            elif rest := held.send(part):
                held.is_behind = True
                gevent.spawn(self._send_slowly, held, rest)
        except OSError:
            self._end(held)
        except Exception:
            LOG.exception("An answer that was waited for breaks off.")
            held.is_behind = True  # what follows will never come
            self._end(held)

    def _send_slowly(self, held: Held, rest: bytes) -> None:
        """Send what is not taken at once, to who takes it in some time."""
        try:
            with gevent.Timeout(TAKING, TimeoutError):
                while rest:
                    wait_write(held.socket.fileno())
                    rest = held.send(rest)
        except OSError:
            self._end(held)
        held.is_behind = False


def close(parts: Any) -> None:
    """Close what an application has returned, as WSGI has it."""
    getattr(parts, "close", lambda: None)()
