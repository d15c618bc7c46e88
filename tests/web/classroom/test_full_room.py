"""A room as full as may be still answers; and a long lecture takes no more memory than a short."""

import csv
import gc
import io
import tracemalloc

import pytest
import sqlalchemy as sql

from app import create_app
from backprop.lessons.network.lesson import LESSON as NETWORK
from backprop.sharing.room import MOST_MEMBERS, MOST_QUESTIONS, MOST_SCENES, Scene
from backprop.sharing.room_rows import ANSWERS, MEMBERS, QUESTIONS, ROUNDS

pytestmark = pytest.mark.long

W6 = "/lessons/network?step=14"
ANSWERED = 100  # of the members answer each question; all of them the last
CHANGES = 500
KEPT = 500_000  # bytes of answers that are kept, here
MORE = 400_000  # bytes of what Python itself may have more after some hundred changes


@pytest.fixture
def app(database_url):
    app = create_app({"DATABASE_URL": database_url, "LESSONS": (NETWORK,)})
    app.extensions["answers"].limit = KEPT
    yield app
    app.extensions["hub"].close()
    app.extensions["store"].close()


def fill(rooms, code, now):
    """Let a room have as many members and questions as one may."""
    tokens = [f"{number:032x}" for number in range(MOST_MEMBERS)]
    numbers = range(1, MOST_QUESTIONS + 1)
    asked = {"room": code, "address": W6, "title": "w₆", "asking": "gradient", "varied": False}
    voted = {"room": code, "round": 1, "variant": None, "sign": "up", "typed": "0.0822"}
    voted |= {"number": 0.0822, "verdict": "right", "sent": now}

    def write(connection):
        members = [{"room": code, "token": each, "joined": now, "seen": now} for each in tokens]
        connection.execute(sql.insert(MEMBERS), members)
        questions = [
            {**asked, "number": n, "scene": 1 + n % MOST_SCENES, "state": "shown", "opens": ""}
            for n in numbers
        ]
        connection.execute(sql.insert(QUESTIONS), questions)
        rounds = [
            {"room": code, "question": n, "round": 1, "opened": now, "closed": now} for n in numbers
        ]
        connection.execute(sql.insert(ROUNDS), rounds)
        for n in numbers:
            few = tokens if n == MOST_QUESTIONS else tokens[:ANSWERED]
            answers = [{**voted, "question": n, "token": each} for each in few]
            connection.execute(sql.insert(ANSWERS), answers)

    rooms._database.write(write, longest=60)


def test_of_a_full_room_console_record_and_files_are_answered(app):
    rooms = app.extensions["hub"].rooms
    scene = Scene(0, W6, "w₆", "a note " * 70, "gradient")
    code, key = rooms.open([scene] * MOST_SCENES)
    fill(rooms, code, int(rooms.clock()))
    rooms.show_scene(code, 1)  # in which the last of all questions is
    client, there = app.test_client(), f"/class/{code}/console/{key}"
    page = client.get(there)
    assert page.status_code == 200
    assert page.text.count("w₆") >= MOST_SCENES
    assert client.get(f"{there}/record").status_code == 200
    text = client.get(f"{there}/answers.csv").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == (MOST_QUESTIONS - 1) * ANSWERED + MOST_MEMBERS
    assert {row["slip"] for row in rows} == {"right"}
    assert len(client.get(f"{there}/class.json").json["questions"]) == MOST_QUESTIONS
    assert client.get(f"/class/{code}/screen?for=projector").status_code == 200
    refused = app.test_client().post(f"/class/{code}/join")
    assert refused.status_code == 422
    assert f"{MOST_MEMBERS:,}" in refused.text


def test_memory_stays_flat_over_hundreds_of_changes(app):
    teacher = app.test_client()
    console = teacher.post("/class", data={"address": W6}).location
    code = console.split("/")[2]
    teacher.post(console, data={"do": "add", "address": "/lessons/network?step=3"})

    def change(count):
        for turn in range(count):
            teacher.post(console, data={"do": "scene", "scene": str(1 + turn % 2)})
            now = teacher.get(f"/class/{code}/now").json
            for path in ("now?", "screen?for=phone&", "screen?for=projector&"):
                teacher.get(f"/class/{code}/{path}version={now['version']}")
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        change(CHANGES // 2)  # by then all caches are full
        before = change(1)
        assert change(CHANGES) - before < MORE
    finally:
        tracemalloc.stop()
