"""Answers that are kept: computed once, for everybody to whom the same is answered."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from werkzeug.test import Client, EnvironBuilder
from werkzeug.wrappers import Request, Response

from backprop.web.answers import MARK, KeptAnswers, make_key

ETAG = {"ETag": 'W/"x"', "Content-Type": "text/plain"}


class Asked:
    """An application that counts what it is asked, and answers so many bytes."""

    def __init__(self, *, is_kept=True, status=200, size=10):
        self.asked, self.is_kept, self.status, self.size = [], is_kept, status, size

    def __call__(self, environ, start_response):
        request = Request(environ)
        self.asked.append(request.full_path)
        if self.is_kept:
            environ[MARK] = True
        answer = Response(self.size * b"x", self.status, ETAG)
        answer.make_conditional(request)
        return answer(environ, start_response)


def open_kept(application, limit=10_000):
    kept = KeptAnswers(application, limit)
    return kept, Client(kept)


def test_the_same_question_is_computed_once():
    asked = Asked()
    kept, client = open_kept(asked)
    answers = [client.get("/lesson?step=1") for _ in range(3)]
    assert {(answer.status_code, answer.data) for answer in answers} == {(200, 10 * b"x")}
    assert len(asked.asked) == 1
    assert (kept.made, kept.found) == (1, 2)
    client.get("/lesson?step=2")
    assert len(asked.asked) == 2


def test_who_has_the_answer_is_told_so_whether_it_is_kept_or_not():
    for is_kept in (True, False):
        _, client = open_kept(Asked(is_kept=is_kept))
        for _ in range(2):
            answer = client.get("/", headers={"If-None-Match": '"x"'})
            assert (answer.status_code, answer.data) == (304, b"")
            assert answer.headers["ETag"] == 'W/"x"'
            assert "Content-Type" not in answer.headers
        assert client.get("/", headers={"If-None-Match": '"y"'}).data == 10 * b"x"


def test_who_asks_for_the_head_gets_no_body_and_makes_nobody_else_get_none():
    asked = Asked()
    _, client = open_kept(asked)
    for _ in range(2):
        head = client.head("/")
        assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", "10")
        assert client.get("/").data == 10 * b"x"
    assert len(asked.asked) == 2


@pytest.mark.parametrize("asked", [Asked(is_kept=False), Asked(status=404), Asked(size=200)])
def test_what_may_not_be_kept_is_asked_for_each_time(asked):
    """An answer of another status, and one that is large beside the limit, is not kept either."""
    kept, client = open_kept(asked, limit=6_400)
    bodies = {client.get("/").data for _ in range(3)}
    assert len(bodies) == 1
    assert len(asked.asked) == 3
    assert kept.size == 0


def test_the_answers_that_were_least_recently_asked_for_go_first():
    asked = Asked(size=10)
    kept, client = open_kept(asked, limit=64 * 200)
    for number in range(200):
        client.get(f"/?n={number}")
        client.get("/?n=0")
    assert kept.size <= kept.limit
    assert asked.asked.count("/?n=0") == 1
    client.get("/?n=1")
    assert asked.asked.count("/?n=1") == 2


def test_those_who_ask_meanwhile_wait_for_the_one_answer():
    entered, go = Event(), Event()

    class Slow(Asked):
        def __call__(self, environ, start_response):
            entered.set()
            go.wait(30)
            return super().__call__(environ, start_response)

    asked = Slow()
    _, client = open_kept(asked)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(client.get, "/")
        entered.wait(30)
        others = [pool.submit(client.get, "/") for _ in range(7)]
        go.set()
        assert {each.result().data for each in (first, *others)} == {10 * b"x"}
    assert len(asked.asked) == 1


def test_a_mistake_keeps_nobody_waiting():
    def fails(*_):
        raise ValueError

    _, client = open_kept(fails)
    for _ in range(2):
        with pytest.raises(ValueError):  # noqa: PT011
            client.get("/")


def key(path="/", **more):
    return make_key(EnvironBuilder(path, **more).get_environ())


def test_what_an_answer_depends_on_is_told_apart_and_nothing_else():
    same = key("/?x=1")
    assert same == key("/?x=1", headers={"Cookie": "theme=pink; browser=aa; ask=9", "Referer": "/"})
    others = [
        key("/?x=2"),
        key("/y?x=1"),
        key("/?x=1", headers={"Cookie": "theme=dark"}),
        key("/?x=1", headers={"Cookie": "ask=1-2"}),
        key("/?x=1", headers={"HX-Request-Type": "partial"}),
        key("/?x=1", headers={"Accept-Encoding": "gzip"}),
        key("/?x=1", headers={"Host": "elsewhere"}),
        key("/?x=1", base_url="https://localhost"),
    ]
    assert len({same, *others}) == 9
    assert key("/?x=1", headers={"Accept-Encoding": "br, gzip;q=0"}) == same


def test_forms_parts_and_files_are_not_kept():
    assert key(method="POST") is None
    assert key("/assets/x/a.js") is None
    assert key(headers={"Range": "bytes=0-9"}) is None
    assert key(method="HEAD") == key()


# In the application


def test_a_page_and_its_part_and_its_json_are_each_computed_once(app, client):
    kept = app.extensions["answers"]
    for _ in range(3):
        page = client.get("/lessons/small-lesson?step=2")
        part = client.get("/lessons/small-lesson?step=2", headers={"HX-Request-Type": "partial"})
        json = client.get("/api/lessons/small-lesson?step=2")
    assert (kept.made, kept.found) == (3, 6)
    assert page.data != part.data
    assert json.json["board"]["step"] == 2
    for answer in (page, part, json):
        again = client.get(
            answer.request.full_path,
            headers={
                "If-None-Match": answer.headers["ETag"],
                **({"HX-Request-Type": "partial"} if answer is part else {}),
            },
        )
        assert (again.status_code, again.data) == (304, b"")


def test_what_is_stored_is_asked_for_each_time_and_gone_when_it_is_deleted(app, client):
    there = client.post("/lessons/small-lesson", data={"w1": "3"}).location
    for _ in range(2):
        assert client.get(there).status_code == 200
    assert app.extensions["answers"].size == 0
    store = app.extensions["store"]
    store.remove([lease.address for lease in store.list()])
    assert client.get(there).status_code == 404


def test_a_theme_is_a_page_of_its_own_and_choosing_one_is_never_kept(client):
    light = client.get("/")
    for _ in range(2):
        chosen = client.get("/look?theme=dark&back=/")
        assert "theme=dark" in chosen.headers["Set-Cookie"]
    dark = client.get("/")
    assert 'data-theme="dark"' in dark.text
    assert light.data != dark.data
