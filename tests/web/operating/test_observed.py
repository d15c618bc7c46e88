"""What is noted of each answer: with nothing of a person in it, and nothing that was typed."""

import json
import re

import pytest

from backprop.web.operating.observed import Observed

SECRET = "carla"
PERSON = {"Cookie": f"browser={SECRET}; theme=dark", "X-Forwarded-For": SECRET, "Referer": SECRET}
PERSON |= {"User-Agent": SECRET, "X-Request-ID": f"{SECRET}-1234567"}


@pytest.fixture
def lines(capfd):
    """Gives the lines that were written since."""
    return lambda: [json.loads(line) for line in capfd.readouterr().out.splitlines()]


@pytest.fixture
def client(make):
    return make(ACCESS_LOG=1).test_client()


def test_each_answer_is_a_line_with_its_rule_its_status_and_its_size(client, lines):
    page = client.get("/lessons/small-lesson?step=2")
    kept = client.get("/lessons/small-lesson?step=2")
    client.head("/lessons/small-lesson?step=3")
    client.get("/favicon.ico")
    client.post("/lessons/ending")
    found = lines()
    assert [(each["method"], each["route"], each["status"]) for each in found] == [
        ("GET", "/lessons/<slug>", 200),
        ("GET", "/lessons/<slug>", 200),
        ("HEAD", "/lessons/<slug>", 200),
        ("GET", "/favicon.ico", 302),
        ("POST", "/lessons/<slug>", 405),
    ]
    assert [each["kept"] for each in found[:3]] == [False, True, False]
    assert [each["bytes"] for each in found[:3]] == [len(page.data), len(page.data), 0]
    assert [each["id"] for each in found[:2]] == [
        answer.headers["X-Request-ID"] for answer in (page, kept)
    ]
    assert page.headers["X-Request-ID"] != kept.headers["X-Request-ID"]
    assert all(each["ms"] >= 0 and each["worker"] > 0 for each in found)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", found[0]["time"])


@pytest.mark.parametrize(
    "path",
    [
        f"/{SECRET}",
        f"/lessons/{SECRET}?x={SECRET}",
        f"/lessons/small-lesson?focus={SECRET}&from={SECRET}",
        f"/assets/0/{SECRET}",
        f"/lessons/small-lesson/sums/{SECRET}",
        f"//{SECRET}//x",
    ],
)
def test_nothing_that_was_typed_and_nothing_of_a_person_is_written(client, capfd, path):
    client.get(path, headers=PERSON)
    client.open(path, method=SECRET.upper(), headers=PERSON, data=SECRET)
    said = capfd.readouterr().out
    assert len(said.splitlines()) == 2
    assert SECRET not in said.lower()
    assert "127.0.0.1" not in said


def test_what_fails_is_a_line_too(client, lines):
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    client.get("/lessons/small-lesson?focus=crash")
    assert [each["status"] for each in lines()] == [500]


def test_a_trusted_proxy_names_requests(make, lines):
    client = make(ACCESS_LOG=1, TRUSTED_PROXIES=1).test_client()
    client.get("/health", headers={"X-Request-ID": "abc-123456"})
    client.get("/health", headers={"X-Request-ID": "abc 123456"})
    names = [each["id"] for each in lines()]
    assert names[0] == "abc-123456" != names[1]


def test_a_stream_is_noted_when_it_ends_even_if_nobody_listens_any_more():
    def endless(_, start_response):
        start_response("200 OK", [])
        while True:
            yield b"abc"

    seen, open_streams = [], []
    observed = Observed(endless, [seen.append], open_streams.append)
    parts = observed({"REQUEST_METHOD": "GET"}, lambda *_: None)
    assert (next(parts), next(parts)) == (b"abc", b"abc")
    assert (seen, open_streams) == ([], [1])
    parts.close()
    assert [(each.status, each.size) for each in seen] == [(200, 6)]
    assert open_streams == [1, -1]


def test_a_program_that_breaks_is_noted_and_its_error_passes():
    def broken(*_):
        raise ZeroDivisionError

    seen = []
    with pytest.raises(ZeroDivisionError):
        Observed(broken, [seen.append])({"REQUEST_METHOD": "GET"}, None)
    assert [each.status for each in seen] == [500]


def test_nothing_is_noted_where_nobody_asked_for_it(make):
    app = make()
    assert "observed" not in app.extensions
    assert "X-Request-ID" not in app.test_client().get("/health").headers
