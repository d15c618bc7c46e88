"""The codes of classes cannot be tried by the thousand; who is in a class is not troubled by it."""

import pytest

from app import create_app
from backprop.web.limits import TRIES

TRIED = TRIES["codes"].at_once


@pytest.fixture
def client(tmp_path):
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    app = create_app({"DATABASE_URL": url, "RATE_LIMIT": 100_000})
    app.extensions["limits"].clock = lambda: 1_000.0
    yield app.test_client()
    app.extensions["store"].close()


@pytest.fixture
def code(client):
    opened = client.post("/class", data={"address": "/lessons/network"})
    return opened.headers["Location"].split("/")[2]


def codes():
    letters = "BCDFGHJKMNPRTWXYZ"
    for n in range(TRIED):
        yield "BBB" + letters[n // 289] + letters[n // 17 % 17] + letters[n % 17]


def test_who_was_wrong_too_often_is_not_told_whether_a_code_is_right(client, code):
    client.post(f"/class/{code}/join")
    for wrong in codes():
        assert client.get(f"/class/{wrong}").status_code == 404
    assert client.get(f"/class/{code}").status_code == 200  # a member is not troubled
    stranger = client.application.test_client()
    ways = [
        stranger.get(f"/class/{code}"),
        stranger.get(f"/class/{code}/now"),
        stranger.get(f"/class/{code}/news"),
        stranger.get(f"/class/{code}/console/key"),
        stranger.post(f"/class/{code}/join"),
        stranger.post(f"/class/{code}/press"),
        stranger.get("/class/BBBBBB"),
    ]
    assert [way.status_code for way in ways] == [429] * len(ways)
    assert "A code is tried again in" in ways[0].text
    assert int(ways[0].headers["Retry-After"]) > 0


def test_a_code_that_is_wrong_or_unknown_is_refused_in_a_sentence(client):
    for typed in ("HKMTRW", "HKM", "", "<b>", "HKMTR1"):
        answer = client.get("/class", query_string={"code": typed})
        if answer.status_code == 303:
            answer = client.get(answer.headers["Location"])
        assert answer.status_code in (200, 404), typed
        assert "Traceback" not in answer.text
