"""A class is asked while workers and their parents are killed: no answer that was acknowledged is
lost, none counts twice, and who listens hears the lecture again without a touch."""

import csv
import http.client
import io
import os
import signal
from collections import defaultdict
from contextlib import closing, suppress
from random import Random
from threading import Event, Thread

import pytest

from backprop.sharing.database import Database
from backprop.sharing.room import Scene, member_token
from backprop.sharing.rooms import Rooms
from tests.kit.in_class import PATIENCE, Listener, send_answer
from tests.kit.server import Server

APPLICATION = "tests.kit.bare_class:Application()"
ASKED = Scene(0, "/lessons/network?step=14", "How much does w₆ matter?", "", "gradient")
PHONES = 4


class Phone:
    """A member who answers without pause; each answer is sent until it is acknowledged or refused.

    Attributes:
        sent: by round, what was sent after the last answer that was acknowledged, with that.
        acknowledged: by round, how many answers were.
    """

    def __init__(self, lecture, number):
        self.lecture, self.number = lecture, number
        self.word = f"{number:032x}"
        self.token = member_token(self.word, lecture.code)
        self.sent = defaultdict(list)
        self.acknowledged = defaultdict(int)
        self.thread = Thread(target=self.answer)

    def answer(self):
        count = 0
        while not self.lecture.over.is_set():
            count += 1
            typed, turn = f"0.{self.number}{count:05}", self.lecture.turn
            while not self.send(typed, turn) and not self.lecture.over.is_set():
                self.lecture.up.wait()

    def send(self, typed, turn):
        """Return whether the server has said what became of an answer."""
        self.sent[turn].append(typed)
        with suppress(OSError, http.client.HTTPException):
            status, said = send_answer(self.lecture.port, self.lecture.code, self.word, turn, typed)
            if status == 200:
                self.sent[turn] = [typed]
                self.acknowledged[turn] += 1
                self.lecture.progress.set()
            elif status not in (422, 503):
                self.lecture.wrong.append((status, said))
            return status != 503
        return False


class Lecture:
    """A room, whose teacher is a machine of its own, and those who answer in it.

    Attributes:
        turn: the round that is open.
        wrong: answers that no server should give.
    """

    def __init__(self, rooms, port):
        self.rooms, self.port = rooms, port
        self.code, self.key = rooms.open([ASKED])
        self.up, self.over, self.progress = Event(), Event(), Event()
        self.wrong, self.turn = [], 1
        rooms.show_scene(self.code, 1)
        rooms.ask(self.code)
        self.phones = [Phone(self, number) for number in range(1, PHONES + 1)]
        for phone in self.phones:
            rooms.join(self.code, phone.token)

    def __enter__(self):
        self.up.set()
        for phone in self.phones:
            phone.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.up.set()
        for phone in self.phones:
            phone.thread.join()

    def ask_again(self):
        """Close the round under way, and open the next."""
        self.rooms.close(self.code)
        self.rooms.ask(self.code)
        self.turn += 1

    def wait(self):
        """Wait until one more answer is acknowledged."""
        self.progress.clear()
        assert self.progress.wait(PATIENCE)


def kill_in_turns(server, lecture, kills, chance):
    """Kill so many processes, of which every seventh or so is the parent; ask again meanwhile."""
    while kills > 0:
        lecture.wait()
        if chance.random() < 0.3:
            lecture.ask_again()
        workers = server.workers()
        if kills % 7 == 3 or not workers:
            lecture.up.clear()
            server.kill()
            server.start()
            lecture.up.set()
        else:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(workers), signal.SIGKILL)
        kills -= 1


def check(lecture):
    """Compare what stands with what was promised."""
    kept = lecture.rooms.answers(lecture.code, 1)
    stands = {(each.token, each.round): each.typed for each in kept}
    assert len(stands) == len(kept)  # none counts twice
    for phone in lecture.phones:
        for turn, sent in phone.sent.items():
            mine = stands.pop((phone.token, turn), None)
            assert mine in sent or (mine is None and not phone.acknowledged[turn])
    assert stands == {}
    return kept


def run(url, kills, seed, application):
    """Kill a server that often while a class answers and listens; return how often it answered."""
    database = Database(url)
    rooms = Rooms(database)
    with (
        Server(*application, DATABASE_URL=url, RATE_LIMIT="off") as server,
        Lecture(rooms, server.port) as lecture,
        Listener(server.port, lecture.code, "phone") as phone,
        Listener(server.port, lecture.code, "projector") as projector,
    ):
        phone.hear(lambda told: told)
        kill_in_turns(server, lecture, kills, Random(seed))
        lecture.wait()
        lecture.over.set()
        rooms.close(lecture.code)
        version = rooms.find(lecture.code).version
        for each in (phone, projector):  # whatever was cut has come back
            each.hear(lambda told: told["version"] == version)
        for each in lecture.phones:
            each.thread.join()
        kept = check(lecture)
        last = sum(each.round == lecture.turn for each in kept)
        projector.hear(lambda told: told["answered"] == last)
        assert set(phone.told[-1]) == {"version", "stage"}
        assert lecture.wrong == []
        if not application:
            check_file(server, lecture, kept)
    database.close()
    return sum(sum(each.acknowledged.values()) for each in lecture.phones)


def check_file(server, lecture, kept):
    """Compare the file that the teacher saves with what stands."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    with closing(connection):
        connection.request("GET", f"/class/{lecture.code}/console/{lecture.key}/answers.csv")
        text = connection.getresponse().read().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["token"], row["round"], row["answer"]) for row in rows] == [
        (each.token, str(each.round), each.typed) for each in kept
    ]


@pytest.mark.parametrize(
    ("database_url", "kills"),
    [("sqlite", 8), ("postgresql", 8)],
    indirect=["database_url"],
    ids=["sqlite", "postgresql"],
)
def test_no_answer_that_was_acknowledged_is_lost_by_a_kill_and_streams_come_back(
    database_url, kills
):
    run(database_url, kills, 18, [APPLICATION])


@pytest.mark.long
def test_no_answer_that_was_acknowledged_is_lost_by_two_hundred_kills(database_url):
    """Of the whole application; what the teacher saves is what stands."""
    run(database_url, 200, 18, [])
