"""Members of a class, as browsers are: they answer, and open a stream again that is cut."""

import http.client
import json
import socket
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from threading import Condition, Event, Thread
from urllib.parse import urlencode

PATIENCE = 120  # seconds after which something hangs
RETRY = 0.05  # seconds; browsers take the stream's own word

Told = Mapping[str, int]


def send_answer(port: int, code: str, word: str, turn: int, typed: str) -> tuple[int, str]:
    """Answer the first question of a class; return the status, and what is said.

    Args:
        port: of the server.
        code: of the class.
        word: of the member.
        turn: the round of votes.
        typed: a number.

    Raises:
        OSError, HTTPException: nothing was said.
    """
    form = {"question": "1", "round": str(turn), "sign": "up", "answer": typed}
    heads = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"member={word}",
        "HX-Request-Type": "partial",
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with closing(connection):
        connection.request("POST", f"/class/{code}/answer", urlencode(form), heads)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


class Listener:
    """A thread that listens until it leaves.

    Attributes:
        told: what it was told, in its order.
        heads: of the answer that came last.
        has_ended: whether the stream said that the class has.

    Args:
        port: of the server.
        code: of the class.
        role: “phone”, “projector”.
    """

    def __init__(self, port: int, code: str, role: str) -> None:
        self.port, self.path = port, f"/class/{code}/news?for={role}"
        self.told: list[Told] = []
        self.heads: Mapping[str, str] = {}
        self.has_ended = False
        self._changed, self._over = Condition(), Event()
        self._socket: socket.socket | None = None
        self._thread = Thread(target=self._listen)

    def __enter__(self) -> "Listener":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Leave without a word."""
        self._over.set()
        if self._socket:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def hear(self, wanted: Callable[[Told], object]) -> Told:
        """Wait until the last that was told is what is wanted; return it."""
        with self._changed:
            is_so = self._changed.wait_for(lambda: self.told and wanted(self.told[-1]), PATIENCE)
        assert is_so, self.told[-3:]
        return self.told[-1]

    def hear_the_end(self) -> None:
        """Wait until the stream has said that the class has ended."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.has_ended, PATIENCE)

    def _listen(self) -> None:
        while not self._over.is_set() and not self.has_ended:
            with suppress(OSError, http.client.HTTPException):
                self._follow()
            self._over.wait(RETRY)

    def _follow(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with closing(connection):
            connection.connect()
            self._socket = connection.sock
            connection.request("GET", self.path, headers={"Accept": "text/event-stream"})
            answer = connection.getresponse()
            self.heads = dict(answer.getheaders())
            while answer.status == 200 and (line := answer.readline()):
                with self._changed:
                    if line.startswith(b"data: {"):
                        self.told.append(json.loads(line[6:]))
                    self.has_ended |= line == b"event: ended\n"
                    self._changed.notify_all()
