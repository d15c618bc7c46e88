"""A worker of the server: how long it waits for whom, and what it answers by itself."""

import io
import logging
import signal
import subprocess
import sys
from pathlib import Path

import gevent
import pytest
from gevent import socket
from gunicorn.config import Config
from gunicorn.http import errors

from backprop.web import worker as serving
from backprop.web.worker import PatientBody, Worker, first_asked, refusals, status_of, warm

ROOT = Path(__file__).parents[2]
HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy")


def say_ok(environ, start_response):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@pytest.fixture
def worker(app):
    config = Config()
    config.set("keepalive", 30)
    worker = Worker(1, 0, [], None, 30, config, logging.getLogger("worker"))
    worker.refusals = refusals(app)
    worker.wsgi = serving.with_patience(say_ok)
    worker.log.access = lambda *_: None
    yield worker
    worker.tmp.close()


@pytest.fixture
def talk(worker):
    """Sends bytes to a worker, and returns all that it answers until it closes."""

    def talk(sent):
        here, there = socket.socketpair()
        thread = gevent.spawn(worker.handle, None, there, ("127.0.0.1", 1))
        with here:
            here.sendall(sent)
            answer = b"".join(iter(lambda: here.recv(65_536), b""))
        thread.join()
        return answer

    return talk


@pytest.mark.parametrize(
    ("sent", "status", "says"),
    [
        (b"nonsense\r\n\r\n", 400, "What was sent broke off"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n", 400, "What was sent broke off"),
        (b"GET /%b HTTP/1.1\r\n\r\n" % (b"a" * 9_000), 414, "This address is too long."),
        (b"GET / HTTP/1.1\r\nA: %b\r\n\r\n" % (b"a" * 9_000), 431, "sends along is too much"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: br\r\n\r\n", 501, "cannot be answered"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", 417, "cannot be answered"),
    ],
)
def test_what_is_no_request_is_refused_in_our_words_and_headers(talk, app, sent, status, says):
    head, _, body = talk(sent).decode().partition("\r\n\r\n")
    said = dict(line.split(": ", 1) for line in head.splitlines()[1:])
    assert head.startswith(f"HTTP/1.1 {status} ")
    assert {name: said[name] for name in app.extensions["protection"]} == app.extensions[
        "protection"
    ]
    assert says in body
    assert int(said["Content-Length"]) == len(body.encode())
    assert said["Connection"] == "close"
    assert "Traceback" not in body


def test_an_error_of_a_worker_itself_is_said_without_its_traceback(talk, worker, caplog):
    def fail(*_):
        raise RuntimeError("ours alone")

    worker.wsgi = fail
    answer = talk(b"GET /?typed=secret HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert b"ours alone" not in answer
    assert "ours alone" in caplog.text
    assert "secret" not in caplog.messages[0]


def test_a_header_that_the_application_spoils_is_its_own_fault():
    assert status_of(errors.InvalidHeader("x")) == 400
    assert status_of(errors.InvalidResponseHeader("x")) == 500  # which is a kind of the first
    assert status_of(ValueError("x")) == 500


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHo"])
def test_a_connection_that_says_half_a_request_or_nothing_is_closed(talk, monkeypatch, sent):
    monkeypatch.setattr(serving, "FIRST", 0.01)
    assert talk(sent) == b""


def test_a_body_that_does_not_come_is_an_error_of_its_stream(monkeypatch):
    monkeypatch.setattr(serving, "BODY", 0.01)
    here, there = socket.socketpair()
    with here, there, pytest.raises(TimeoutError):
        PatientBody(there.makefile("rb")).read(10)


def test_a_body_that_comes_is_read_as_it_is():
    body = PatientBody(io.BytesIO(b"abcdef"))
    assert (body.read(4), body.read(), body.read()) == (b"abcd", b"ef", b"")


def test_a_worker_that_ends_answers_what_was_asked_and_closes_what_waits(worker, monkeypatch):
    monkeypatch.setattr(serving, "HANDOVER", 0)
    monkeypatch.setattr(serving, "FAREWELL", 0)
    pairs = [socket.socketpair() for _ in range(2)]
    threads = [gevent.spawn(worker.handle, None, there, ("x", 1)) for _, there in pairs]
    (silent, _), (asking, _) = pairs
    gevent.sleep(0)
    worker.handle_exit(15, None)
    worker.handle_exit(15, None)  # gunicorn says it again and again
    asking.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    gevent.joinall(threads)
    assert silent.recv(100) == b""
    assert asking.recv(100).startswith(b"HTTP/1.1 200 OK")
    for pair in pairs:
        for each in pair:
            each.close()


def test_a_terminals_ctrl_c_is_left_to_the_parent_from_the_first_moment(worker, monkeypatch):
    heard = {}
    monkeypatch.setattr(signal, "signal", heard.__setitem__)
    for name in ("siginterrupt", "set_wakeup_fd"):
        monkeypatch.setattr(signal, name, lambda *_: None)
    worker.PIPE = (0, 0)
    worker.init_signals()
    assert (heard[signal.SIGINT], heard[signal.SIGQUIT]) == (signal.SIG_IGN, serving.leave)


def test_every_lesson_is_asked_for_before_the_first_visitor_comes(app):
    asked = set(first_asked(app))
    assert {lesson.path for lesson in app.config["LESSONS"]} < asked


def test_to_warm_an_application_opens_no_database_and_keeps_no_answer(app):
    warm(app)
    assert app.extensions["answers"].size == 0
    assert app.extensions["store"]._database._engine is None


CLICKS = """
import sys
from collections import Counter
from app import create_app
from backprop.web.worker import first_asked, warm
app = create_app({"DATABASE_URL": "sqlite:///" + sys.argv[1]})
warm(app)
client, happened = app.test_client(), []
watched = ("import", "compile", "exec")
sys.addaudithook(lambda event, args: event in watched and happened.append(f"{event} {args}"[:99]))
rounds = []
for host in ("first", "second"):  # no answer to one host is kept for the other
    for address in [*first_asked(app), *(f"{each.path}?step=3" for each in app.config["LESSONS"])]:
        assert client.get(address, base_url=f"http://{host}").status_code in (200, 404), address
    rounds.append(Counter(happened))
    happened.clear()
print(*(rounds[0] - rounds[1]), sep="\\n")
"""


@pytest.mark.long
def test_the_first_click_on_every_lesson_of_a_warm_server_does_no_more_than_the_second(tmp_path):
    """Whatever is loaded or compiled by the first is so by the second, too."""
    command = [sys.executable, "-c", CLICKS, f"{tmp_path}/store.sqlite"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
