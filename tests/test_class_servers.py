"""A class on two machines with one database: what is done at one is told by the other, and an
answer counts wherever it is given. And what a stream is like: its head, and its end."""

import http.client
from contextlib import ExitStack, closing

import pytest

from app import create_app
from backprop.lessons.network.lesson import LESSON as NETWORK
from backprop.sharing.room import member_token
from tests.kit.in_class import PATIENCE, Listener, send_answer
from tests.kit.server import Server

APPLICATION = "tests.kit.bare_class:Application()"
W6 = "/lessons/network?step=14"
WORDS = [f"{number:032x}" for number in range(3)]


class Teacher:
    """Who teaches a class at one of the machines, and what is told there."""

    def __init__(self, app):
        self.client = app.test_client()
        self.at = self.client.post("/class", data={"address": W6}).location
        self.code = self.at.split("/")[2]
        self.do("change", scene="1", asking="gradient")

    def do(self, word, **fields):
        assert self.client.post(self.at, data={"do": word, **fields}).status_code == 303

    def now(self):
        return self.client.get(f"/class/{self.code}/now").json

    def counts(self):
        return self.client.get(f"/class/{self.code}/count?for=projector").json


def join(app, teacher, word):
    student = app.test_client()
    student.set_cookie("member", word, path="/class")
    assert student.post(f"/class/{teacher.code}/join").status_code == 303
    return student


def test_what_is_done_at_one_machine_is_told_and_counted_at_the_other(database_url):
    app = create_app({"DATABASE_URL": database_url, "LESSONS": (NETWORK,)})
    with ExitStack() as open_till_the_end:
        there = open_till_the_end.enter_context(Server(APPLICATION, DATABASE_URL=database_url))
        teacher = Teacher(app)

        def listen(role):
            return open_till_the_end.enter_context(Listener(there.port, teacher.code, role))

        phone, projector = listen("phone"), listen("projector")
        projector.hear(lambda told: told["joined"] == 0)
        students = [join(app, teacher, word) for word in WORDS]
        projector.hear(lambda told: told["joined"] == len(WORDS))
        teacher.do("scene", scene="1")
        teacher.do("ask")
        phone.hear(lambda told: told["version"] == teacher.now()["version"])

        here = teacher.client.get(f"/class/{teacher.code}/news?for=projector").response
        assert send_answer(there.port, teacher.code, WORDS[0], 1, "0.0822")[0] == 200
        assert next(line for line in here if b'"answered": 1' in line)
        here.close()
        form = {"question": "1", "round": "1", "sign": "up", "answer": "0.0822"}
        students[1].post(f"/class/{teacher.code}/answer", data=form)
        projector.hear(lambda told: told["answered"] == 2)
        assert send_answer(there.port, teacher.code, WORDS[1], 1, "0.1")[0] == 200  # once more
        assert teacher.counts()["answered"] == 2
        teacher.do("close")
        assert send_answer(there.port, teacher.code, WORDS[2], 1, "0.0822")[0] == 422
        kept = app.extensions["hub"].rooms.answers(teacher.code, 1)
        assert {each.token: each.typed for each in kept} == {
            member_token(WORDS[0], teacher.code): "0.0822",
            member_token(WORDS[1], teacher.code): "0.1",
        }

        now = phone.hear(lambda told: told["version"] == teacher.now()["version"])
        late = listen("phone")
        late.hear(lambda told: told)
        assert late.told == [now]
        assert all(set(told) == {"version", "stage"} for told in (*phone.told, *late.told))
        teacher.client.post(f"{teacher.at}/end")
        for each in (phone, projector, late):
            each.hear_the_end()
    app.extensions["hub"].close()
    app.extensions["store"].close()


def ask(server, path):
    """Return what is answered at a path."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    with closing(connection):
        connection.request("GET", path)
        return connection.getresponse().read().decode()


def test_who_leaves_without_a_word_is_forgotten_at_a_sign_of_life(tmp_path):
    url = f"sqlite:///{tmp_path}/store.sqlite"
    app = create_app({"DATABASE_URL": url, "LESSONS": (NETWORK,)})
    teacher = Teacher(app)
    said = {"DATABASE_URL": url, "SIGN_OF_LIFE": "0.05", "WEB_CONCURRENCY": "1"}
    with Server(APPLICATION, **said) as server:
        everybody = [Listener(server.port, teacher.code, "phone") for _ in range(5)]
        with ExitStack() as listening:
            for each in everybody:
                listening.enter_context(each)
                each.hear(lambda told: told)
            assert ask(server, "/listeners") == "5"
        asked = 0
        while ask(server, "/listeners") != "0":
            asked += 1
            assert asked < 5000
    app.extensions["store"].close()


def test_a_stream_is_neither_kept_nor_compressed_nor_held_back(tmp_path):
    app = create_app({"DATABASE_URL": f"sqlite:///{tmp_path}/s.sqlite", "LESSONS": (NETWORK,)})
    teacher = Teacher(app)
    heads = {"Accept-Encoding": "gzip", "Accept": "text/event-stream"}
    for _ in range(2):
        answer = teacher.client.get(f"/class/{teacher.code}/news", headers=heads)
        assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Accel-Buffering"] == "no"
        assert not {"Content-Encoding", "Content-Length", "ETag", "Set-Cookie"} & {*answer.headers}
        lines = answer.response
        assert next(lines) == b"retry: 1000\n\n"
        assert b'"version"' in next(lines)
        assert app.extensions["hub"].listeners == 1
        answer.close()
        assert app.extensions["hub"].listeners == 0
    app.extensions["store"].close()


@pytest.mark.long
def test_two_servers_of_the_whole_application_teach_one_class(database_url):
    """What is asked at one is answered at the other, by turns; each tells all of it."""
    said = {"DATABASE_URL": database_url, "RATE_LIMIT": "off"}
    app = create_app({**said, "LESSONS": (NETWORK,)})
    teacher = Teacher(app)
    with Server(**said) as here, Server(**said) as there:
        for word in WORDS:
            join(app, teacher, word)
        teacher.do("scene", scene="1")
        with (
            Listener(here.port, teacher.code, "projector") as first,
            Listener(there.port, teacher.code, "projector") as second,
        ):
            for turn in range(1, 11):
                teacher.do("ask")
                for number, word in enumerate(WORDS):
                    server = (here, there)[(number + turn) % 2]
                    status = send_answer(server.port, teacher.code, word, turn, f"0.{turn}")[0]
                    assert status == 200
                for each in (first, second):
                    each.hear(lambda told: told["answered"] == len(WORDS))
                teacher.do("close")
    kept = app.extensions["hub"].rooms.answers(teacher.code, 1)
    assert [each.typed for each in kept] == [f"0.{turn}" for turn in range(1, 11) for _ in WORDS]
    app.extensions["store"].close()
