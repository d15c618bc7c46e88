"""The door: what is asked too often is refused in words, and costs nothing."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Semaphore

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from backprop.web.answers import KeptAnswers
from backprop.web.door import REFUSED, Door, Turns, price_of
from backprop.web.limits import Limits
from tests.web.conftest import Clock

PART = {"HX-Request-Type": "partial"}
LESSON = "/lessons/small-lesson"


def spend(client, count=20, **more):
    """Ask for a step so many times; return the last answer."""
    return [client.get(f"{LESSON}?rate={n / 64}", **more) for n in range(count)][-1]


@pytest.mark.parametrize(
    ("asked", "rate", "steps"),
    [
        ("GET /lessons/network?step=2", "look", 1),
        ("HEAD /?", "look", 1),
        ("GET /lessons/network?on-paper=worksheet", "look", 4),
        ("GET /train/derivation.tex?all-steps=1", "look", 4),
        ("POST /train?playing=1", "work", 1),
        ("POST /api/network?", "work", 20),
        ("POST /api/differentiate?", "work", 5),
        ("POST /api/lessons/network?", "look", 2),
        ("OPTIONS /?", "work", 1),
    ],
)
def test_what_a_request_takes_stands_in_a_table(asked, rate, steps):
    assert price_of(asked)[2:4] == (rate, steps)


def test_who_asks_too_much_is_refused_and_others_are_not(limited):
    client = limited.test_client()
    assert spend(client).status_code == 200
    refused = client.get(f"{LESSON}?rate=9")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get(f"{LESSON}?rate=9", environ_base=elsewhere).status_code == 200
    limited.extensions["limits"].clock.now += 1
    assert client.get(f"{LESSON}?rate=9").status_code == 200


def test_a_page_says_it_in_the_look_of_the_site_and_asks_again_by_itself(limited):
    client = limited.test_client()
    spend(client)
    answer = client.get(f"{LESSON}?rate=9")
    assert "<h1>Too much is asked from the address you come from just now.</h1>" in answer.text
    assert "This page asks again by itself" in answer.text
    assert answer.headers["Refresh"] == "1"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Security-Policy" in answer.headers


def test_a_part_leaves_the_page_as_it_is(limited):
    client = limited.test_client()
    spend(client)
    part = client.get(f"{LESSON}?rate=9", headers=PART)
    assert (part.status_code, part.headers["Retry-After"]) == (429, "1")
    assert part.text.strip().startswith('<hx-partial hx-target="#store-away"')
    assert "Refresh" not in part.headers


def test_as_json_it_is_an_error_as_any_other(limited):
    client = limited.test_client()
    spend(client)
    answer = client.get(f"/api{LESSON}?rate=9")
    assert answer.status_code == 429
    assert answer.json["error"]["what"].startswith("Too much is asked")


def test_refusals_that_come_faster_than_a_person_reads_are_a_line(limited):
    client = limited.test_client()
    spend(client)
    lines = [client.get(path) for path in 3 * (LESSON, f"/api{LESSON}")]
    for line in lines[-2:]:
        assert (line.status_code, line.headers["Retry-After"]) == (429, "1")
        assert "Content-Security-Policy" in line.headers
        assert len(line.data) < 200
    words = "Too much is asked from here just now. Ask again in 1 second."
    assert lines[-1].json["error"]["what"] == lines[-2].text.strip() == words


def test_a_form_that_asks_for_more_work_than_may_be_is_refused_as_a_page_is(limited):
    limits = limited.extensions["limits"]
    limits.take("work", "127.0.0.1", 19)
    answer = limited.test_client().post(LESSON)
    assert answer.status_code == 429
    assert "Reload this page in a moment, and what you sent is sent again." in answer.text
    assert "Refresh" not in answer.headers


def test_an_answer_that_is_kept_takes_a_twentieth(limited):
    client = limited.test_client()
    client.get(LESSON)
    assert [client.get(LESSON).status_code for _ in range(300)] == [200] * 300


def test_what_a_page_needs_and_what_an_operator_asks_is_never_refused(limited):
    client = limited.test_client()
    script = re.search(r'src="(/assets/[^"]*)"', client.get(LESSON).text)[1]
    assert spend(client, 30).status_code == 429
    for path in (script, "/health", "/ready"):
        assert client.get(path).status_code == 200


def test_a_browser_alone_takes_less_than_its_address_may(limited):
    client, other = limited.test_client(), limited.test_client()
    client.set_cookie("browser", 32 * "a")
    other.set_cookie("browser", 32 * "b")
    assert spend(client, 15).status_code == 200
    refused = client.get(f"{LESSON}?rate=9")
    assert "Too much is asked from this browser just now." in refused.text
    assert other.get(f"{LESSON}?rate=9").status_code == 200


def test_who_is_refused_at_the_door_reaches_nothing_but_the_words():
    asked = []

    def application(name):
        def answer(environ, start_response):
            asked.append((name, REFUSED in environ))
            return Response()(environ, start_response)

        return answer

    client = Client(
        Door(
            application("words"),
            KeptAnswers(application("kept")),
            Limits(1, 2**30, 1, Clock(1000)),
            {},
        )
    )
    for _ in range(12):
        client.get("/")
    assert asked == [("kept", False)] * 10 + [("words", True)]


def test_who_asks_for_much_at_once_waits_for_itself_and_keeps_nobody_else_waiting():
    turns, others, begun, go = Turns(), [], Semaphore(0), Event()

    def ask(place):
        with turns.of(place, 2):
            others.append(place)
            begun.release()
            go.wait(60)

    with ThreadPoolExecutor(6) as pool:
        for _ in range(5):
            pool.submit(ask, "one that asks much")
        assert all(begun.acquire(timeout=60) for _ in range(2))
        pool.submit(ask, "another")
        assert begun.acquire(timeout=60)
        assert others == ["one that asks much", "one that asks much", "another"]
        go.set()
    assert len(others) == 6
    assert not turns._turns


def test_a_proxy_that_is_not_trusted_is_said_once_in_the_log(make, caplog):
    forwarded = {"X-Forwarded-For": "203.0.113.9"}
    for proxies, count in ((0, 1), (1, 0)):
        client = make(TRUSTED_PROXIES=proxies).test_client()
        for _ in range(2):
            client.get("/health", headers=forwarded)
        assert caplog.text.count("TRUSTED_PROXIES is 0") == count
        caplog.clear()


def test_behind_a_proxy_that_is_trusted_each_address_counts_by_itself(make):
    app = make(RATE_LIMIT=2, TRUSTED_PROXIES=1, WEB_CONCURRENCY=1)
    app.extensions["limits"].clock = Clock(1000)
    client = app.test_client()
    spend(client, 21, headers={"X-Forwarded-For": "192.0.2.9, 203.0.113.9"})
    for address, status in (("203.0.113.9", 429), ("203.0.113.8", 200)):
        answer = client.get(f"{LESSON}?rate=9", headers={"X-Forwarded-For": address})
        assert answer.status_code == status
