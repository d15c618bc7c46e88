import contextlib
import io
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Request
from gunicorn.http.errors import InvalidChunkSize, InvalidHeader

ROOT = Path(__file__).parents[2]
FORM = "application/x-www-form-urlencoded"
UPLOAD = "multipart/form-data; boundary=x"


class Breaking(io.BytesIO):
    """A body as gunicorn reads it, until it meets what makes no sense."""

    def __init__(self, start, error):
        super().__init__(start)
        self.error = error

    def read(self, size=-1):
        if data := super().read(size):
            return data
        raise self.error


def send(client, path, body, content_type, **environ):
    """Sends a body whose end the server marks, as gunicorn does."""
    said = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": ""} | environ
    environ = {"wsgi.input": body, "wsgi.input_terminated": True} | said
    return client.post(path, environ_overrides=environ)


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/lessons/small-lesson", FORM),
        ("/lessons/small-lesson", UPLOAD),
        ("/lessons/small-lesson", "application/json"),
        ("/api/lessons/small-lesson", "application/json"),
    ],
)
@pytest.mark.parametrize("error", [InvalidChunkSize(b"zz"), InvalidHeader("x"), OSError()])
def test_a_body_that_cannot_be_read_is_the_senders_mistake(client, path, content_type, error):
    answer = send(client, path, Breaking(b"--x", error), content_type)
    assert answer.status_code == 400
    assert "What was sent broke off, or cannot be read." in answer.text


def test_a_body_that_is_shorter_than_announced_is_refused(client):
    short = send(client, "/lessons/small-lesson", io.BytesIO(b"do=next"), FORM, CONTENT_LENGTH="9")
    whole = send(client, "/lessons/small-lesson", io.BytesIO(b"do=next"), FORM, CONTENT_LENGTH="7")
    assert (short.status_code, whole.status_code) == (400, 303)


def test_a_body_whose_length_is_nonsense_is_read_as_it_comes(client):
    for length in ("", "x", "٣", "9" * 40):
        body = io.BytesIO(b"do=next")
        answer = send(client, "/lessons/small-lesson", body, FORM, CONTENT_LENGTH=length)
        assert answer.status_code < 500


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """Asks a server that was started as `make run` does, byte by byte."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    store = tmp_path_factory.mktemp("served") / "store.sqlite"
    said = {"HOST": "127.0.0.1", "PORT": str(port), "DATABASE_URL": f"sqlite:///{store}"}
    server = subprocess.Popen(
        [Path(sys.executable).with_name("gunicorn"), "--workers=1", "app:create_app()"],
        cwd=ROOT,
        env=os.environ | said,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert server.stdout is not None
    assert b"is at" in server.stdout.readline()

    def ask(*lines, body=b""):
        request = "\r\n".join((*lines, "Host: x", "Connection: close", "", "")).encode() + body
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            with connection.makefile("rb") as answer:
                return int(answer.read().split(b" ", 2)[1])

    yield ask
    server.send_signal(signal.SIGQUIT)
    server.wait()
    server.stdout.close()


CHUNKED = "Transfer-Encoding: chunked"


@pytest.mark.parametrize(
    ("path", "lines", "body"),
    [
        ("/train", (CHUNKED, f"Content-Type: {FORM}"), b"zz\r\nabc\r\n0\r\n\r\n"),
        ("/train", (CHUNKED, f"Content-Type: {UPLOAD}"), b"-5\r\nabc\r\n0\r\n\r\n"),
        ("/train", (CHUNKED, f"Content-Type: {FORM}"), b"2\r\nabcdef\r\n0\r\n\r\n"),
        ("/api/differentiate", (CHUNKED,), b"2\r\n{}\r\n0\r\nX\x01: y\r\n\r\n"),
        ("/api/differentiate", ("Content-Length: 50",), b"{}"),
        ("/train", ("Content-Length: abc",), b""),
    ],
)
def test_a_served_body_that_makes_no_sense_is_a_bad_request(ask, path, lines, body):
    assert ask(f"POST {path} HTTP/1.1", *lines, body=body) == 400


@pytest.mark.parametrize("prefix", ["/foo", "/lessons", "<script>"])
def test_no_header_says_where_the_pages_are_mounted(ask, prefix):
    for path in ("/health", "/lessons/gradient"):
        for header in ("SCRIPT_NAME", "Script-Name", "PATH_INFO", "X-Forwarded-Prefix"):
            assert ask(f"GET {path} HTTP/1.1", f"{header}: {prefix}") == 200


def test_a_file_that_breaks_off_is_closed_with_its_request(app, monkeypatch):
    opened = []

    def keep(self, *args, **options):
        opened.append(get_file_stream(self, *args, **options))
        return opened[-1]

    get_file_stream = Request._get_file_stream
    monkeypatch.setattr(Request, "_get_file_stream", keep)
    part = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + b"1,2\n" * 200
    )
    answer = send(app.test_client(), "/lessons/small-lesson", Breaking(part, OSError()), UPLOAD)
    assert answer.status_code == 400
    assert [file.closed for file in opened] == [True]
