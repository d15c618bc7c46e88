"""No request makes the server fail, or say a script back.

Each is made of its number: what fails is printed as a command for a shell, and
`Hostile(app, SEED, depth).request(number)` makes it again.
"""

import gzip
import json

import pytest
from werkzeug.test import run_wsgi_app

from app import create_app
from tests.kit.hostile import Hostile, reflected

SEED = 16


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz")
    app = create_app({"DATABASE_URL": f"sqlite:///{folder / 'store.sqlite'}"})
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    app.extensions["store"].close()


def faults(app, request):
    """Return what is wrong with the answer to a request."""
    chunks, status, headers = run_wsgi_app(app.wsgi_app, request.environ(), buffered=True)
    body = b"".join(chunks)
    if headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    kind = headers.get("Content-Type", "")
    if int(status[:3]) >= 500:
        yield status
    if "html" in kind or "svg" in kind:
        yield from (f"says back {mark}" for mark in reflected(body.decode()))
    if "json" in kind and body:
        json.loads(body, parse_constant=lambda name: pytest.fail(f"{name} is no JSON: {request}"))
    there = headers.get("Location", "/")
    if there.startswith(("//", "/\\")) or not there.startswith("/"):
        yield f"leads to {there}"
    if "X-Injected" in headers:
        yield "a header came from the request"


def ask_all(app, numbers, depth):
    hostile = Hostile(app, SEED, depth)
    wrong = []
    for number in numbers:
        request = hostile.request(number)
        if found := list(faults(app, request)):
            wrong.append(f"{', '.join(found)}\n    {request}")
    assert not wrong, "\n".join(wrong[:20])


def test_no_request_of_3000_makes_the_server_fail_or_says_a_script_back(app):
    ask_all(app, range(3_000), depth=0.05)


@pytest.mark.long
def test_no_request_of_100000_makes_the_server_fail_or_says_a_script_back(app):
    ask_all(app, range(3_000, 103_000), depth=0.5)


def test_a_request_is_the_same_each_time_it_is_made(app):
    one, other = Hostile(app, SEED), Hostile(app, SEED)
    for number in (1, 500, 99_999):
        assert one.request(number) == other.request(number)
        assert str(one.request(number)).startswith(f"request {number}: curl -gsiX ")
