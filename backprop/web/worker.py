"""How a process answers: a worker of gunicorn that waits for nobody too long.

A connection costs a green thread, so thousands may be open; but whoever opens one and says nothing,
or half a request, has it for some seconds only; and whoever listens to a class costs a socket alone
from then on (`held`). A worker that is told to end finishes what it does, and closes what merely
waits. What cannot be read as a request is answered in the site's own words.

All workers come of one parent, which has loaded the application before and answered what first
visitors ask: they share that memory, and none of them has anything left to load.
"""

import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import IO, Any, NoReturn

import gevent
from flask import Flask
from gevent import monkey
from gevent.pool import Pool
from gevent.server import StreamServer
from gunicorn import http, util
from gunicorn.http import errors
from gunicorn.workers.ggevent import GeventWorker
from werkzeug.exceptions import default_exceptions
from werkzeug.test import Client

from backprop.web.operating.held import TAKING, Listeners, Waiting
from backprop.web.operating.observed import WAITS

Application = Callable[..., Iterable[bytes]]

LEFT = ("os", "signal", "time", "queue")  # what gunicorn.conf.py leaves unpatched in the parent
# Connections that are taken between two rounds of answers. gunicorn takes one: then, while much is
# asked, who is new waits longest, and after a change of workers everybody is new.
AT_ONCE = 8
FIRST = 10  # seconds that a new connection has until the head of its first request is read
BODY = 60  # seconds that a body has to arrive
HANDOVER = 2  # seconds for which a worker that ends takes new connections: others may just begin
FAREWELL = 2  # seconds after that, in which the next answer on a connection says that it closes
LINGER = 1  # seconds in which one that is refused may finish speaking, so that it hears why

OWN_FAULTS = (errors.InvalidResponseHeader, errors.InvalidResponseHeaderName)
STATUSES = {  # of what cannot be read; the rest of it is a bad request
    errors.LimitRequestLine: 414,
    errors.ExpectationFailed: 417,
    errors.LimitRequestHeaders: 431,
    errors.UnsupportedTransferCoding: 501,
}
REFUSED = (400, 500, *STATUSES.values())

LAZY = ("sympy", "scipy.optimize")  # loaded where a lesson first needs it
FIRST_ASKED = ("", "?step=1", "?mode=projector", "/end")  # of every lesson


class Worker(GeventWorker):  # type: ignore[misc]
    """A process that answers; see above."""

    sockets: list[Any]
    wsgi: Any

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._is_ending = False
        self.observed: Any = None  # what notes each answer, if the application has it
        self.places = Pool(self.worker_connections)
        self.listeners = Listeners(self.places)
        self._waiting: dict[Any, tuple[Any, gevent.Timeout]] = {}  # connections without a request

    def patch(self) -> None:
        """Patch what the parent left as it was: this process has an event loop."""
        for name in LEFT:
            getattr(monkey, f"patch_{name}")()
        self.sockets = [
            gevent.socket.socket(each.FAMILY, socket.SOCK_STREAM, fileno=each.sock.detach())
            for each in self.sockets
        ]

    def init_signals(self) -> None:
        """Let it end at once when its parent says so, and only then, from the first moment.

        A terminal's Ctrl-C reaches workers and parent, so each worker would be told twice, and
        gevent prints a traceback for the second. Open event streams would delay a gentler end, and
        no state is lost: the store is all there is, and its transactions survive this.
        """
        super().init_signals()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGQUIT, leave)

    def load_wsgi(self) -> None:
        """Load the application, which a parent has mostly done, and what is answered without it."""
        super().load_wsgi()
        self.refusals = refusals(self.wsgi)
        self.observed = getattr(self.wsgi, "extensions", {}).get("observed")
        self.wsgi = with_patience(self.wsgi)

    def is_already_handled(self, parts: Any) -> bool:
        """Whether no more of an answer is to be sent in this thread: it is held from now on."""
        return isinstance(parts, Waiting) and self.listeners.take(parts)

    def run(self) -> None:
        """Answer until it is told to end, and then until no connection is left."""
        servers = []
        for listener in self.sockets:
            server = StreamServer(listener, partial(self.handle, listener), spawn=self.places)
            server.max_accept = AT_ONCE
            server.start()
            servers.append(server)
        while self.alive:
            self.notify()
            gevent.sleep(1)
        for server in servers:
            server.close()
        until = time.monotonic() + self.cfg.graceful_timeout
        while len(self.places) and time.monotonic() < until:
            self.notify()
            gevent.sleep(0.1)
        self.listeners.end()
        for server in servers:
            server.stop(timeout=1)

    def handle(self, listener: Any, client: Any, address: Any) -> None:
        """Answer the requests of a connection, one after the other."""
        client.settimeout(TAKING)
        # A phone that went out of reach says no word of it; a proxy on a socket of Unix does.
        if hasattr(socket, "TCP_USER_TIMEOUT") and client.family != socket.AF_UNIX:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1_000 * TAKING)
        parser, name = http.get_parser(self.cfg, client, address), client.getsockname()
        seconds, request = FIRST, None
        try:
            while request := self._next_request(client, parser, seconds):
                self.handle_request(name, request, client, address)
                if client.closed:  # here: it is held elsewhere
                    break
                seconds = self.cfg.keepalive
        except (StopIteration, OSError) as error:  # it is over, or the other side is gone
            self.log.debug("A connection ends: %r", error)
        except Exception as error:
            self.handle_error(request, client, address, error)
        finally:
            util.close(client)

    def _next_request(self, client: Any, parser: Any, seconds: float) -> Any:
        """Return the next request, its head read; None where it does not come in time."""
        with gevent.Timeout(seconds, False) as limit:
            self._waiting[client] = gevent.getcurrent(), limit
            try:
                return next(parser)
            finally:
                del self._waiting[client]
        return None

    def handle_error(self, request: Any, client: Any, address: Any, error: Exception) -> None:
        """Say what is wrong with what came, or here; nobody's address or words are logged."""
        status = status_of(error)
        if status == 500:
            self.log.error("A request cannot be answered.", exc_info=error)
        if self.observed:
            self.observed.refused(status)
        with suppress(OSError), gevent.Timeout(LINGER, False):
            client.sendall(self.refusals[status])
            client.shutdown(socket.SHUT_WR)
            while client.recv(65_536):  # to close earlier would take back what was sent
                pass

    def handle_exit(self, number: int, frame: Any) -> None:
        """End, however often that is said: see `_end`."""
        if not self._is_ending:
            self._is_ending = True
            gevent.spawn(self._end)

    def _end(self) -> None:
        """Accept nothing more, finish what is under way, and close what waits for no answer.

        Each comes some seconds after the one before, so that nobody meets a closed door: gunicorn
        ends workers when it has started others, which may not yet answer; and who has a connection
        may be about to use it. `run` returns when no connection is left.
        """
        gevent.sleep(HANDOVER)
        self.alive = False
        gevent.sleep(FAREWELL)
        while True:
            self.listeners.end()
            poll = select.poll()
            for client in self._waiting:
                poll.register(client, select.POLLIN)
            spoken = {number for number, _ in poll.poll(0)}  # whose request is still answered
            for client in list(self._waiting):
                if client.fileno() not in spoken:
                    gevent.get_hub().loop.run_callback(self._end_waiting, client)
            gevent.sleep(0.1)

    def _end_waiting(self, client: Any) -> None:
        if client in self._waiting:
            thread, limit = self._waiting[client]
            thread.throw(limit)


def leave(*_: Any) -> NoReturn:
    """End at once."""
    os._exit(0)


def status_of(error: Exception) -> int:
    """Return the status for what could not be read as a request; 500 for any other error."""
    if not isinstance(error, errors.ParseException) or isinstance(error, OWN_FAULTS):
        return 500
    return next((code for kind, code in STATUSES.items() if isinstance(error, kind)), 400)


def refusals(application: Any) -> dict[int, bytes]:
    """Return, by status, what is answered to what cannot be read: heads and pages as ever."""
    found: dict[int, bytes] = application.extensions.setdefault("refusals", {})
    if not found:
        found |= {status: _refusal(application, status) for status in REFUSED}
    return found


def _refusal(application: Any, status: int) -> bytes:
    """Return an answer with which a connection ends, as bytes."""
    if not isinstance(application, Flask):  # that of tests
        return b"HTTP/1.1 %d Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" % status
    from backprop.web.problems import refuse_request  # which brings all lessons

    with application.test_request_context("/"):
        response = application.process_response(refuse_request(default_exceptions[status]()))
    response.headers["Connection"] = "close"
    head = "".join(f"{name}: {word}\r\n" for name, word in response.headers.items())
    return f"HTTP/1.1 {response.status}\r\n{head}\r\n".encode("latin-1") + response.get_data()


class PatientBody:
    """A body that must arrive within some time of its first reading.

    Args:
        stream: `wsgi.input`, as gunicorn makes it.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._until = 0.0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; none at the end.

        Raises:
            TimeoutError: they do not come.
        """
        now = time.monotonic()
        self._until = self._until or now + BODY
        with gevent.Timeout(max(self._until - now, 0), TimeoutError):
            return self._stream.read(size)


def with_patience(application: Application) -> Application:
    """Return the application, for which no body takes too long to arrive.

    An answer that waits for news says so; see `held`.
    """

    def patient(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["wsgi.input"] = PatientBody(environ["wsgi.input"])
        parts = application(environ, start_response)
        if WAITS not in environ:
            return parts
        return Waiting(parts, environ[WAITS], start_response.__self__)  # a method of the response

    return patient


def can_be_warmed(application: Any) -> bool:
    """Whether there is anything to warm: in some tests' applications there is not."""
    return isinstance(application, Flask)


def warm(application: Any) -> None:
    """Answer what first visitors ask, so that all is loaded and every cache has begun.

    Nothing of it touches the store, and none of it is kept.

    Args:
        application: see `can_be_warmed`.
    """
    refusals(application)
    for name in LAZY:
        import_module(name)
    client = Client(application.extensions["answers"].application)
    for address in first_asked(application):
        client.get(address)


def first_asked(application: Flask) -> Iterator[str]:
    """Yield the addresses whose answers make each lesson's code and layouts ready."""
    yield from ("/", "/questions")
    for lesson in application.config["LESSONS"]:
        for rest in FIRST_ASKED:
            yield f"{lesson.path}{rest}"
