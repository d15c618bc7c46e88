"""The hub: who listens to a room is told what is new of it, whoever changed it."""

from threading import Event

import pytest

from backprop.sharing import hub as listening
from backprop.sharing.database import Database
from backprop.sharing.errors import StoreAway
from backprop.sharing.hub import Hub
from backprop.sharing.room import ROOM_DAYS, Answer, Scene
from backprop.sharing.rooms import Rooms
from backprop.sharing.visits import DAY

SOON = 0.01  # seconds between two looks, and two signs of life
WALK = Scene(0, "/lessons/network?step=3", "A walk")
ASKED = Scene(0, "/lessons/network?step=20", "How much does w₅ matter?", "Ask it.", "number")


@pytest.fixture
def rooms(tmp_path, clock):
    database = Database(f"sqlite:///{tmp_path}/store.sqlite")
    yield Rooms(database, clock)
    database.close()


@pytest.fixture
def code(rooms):
    return rooms.open((WALK, ASKED))[0]


@pytest.fixture
def hub(rooms):
    hub = Hub(rooms, SOON, SOON)
    yield hub
    hub.close()


def test_a_hub_hears_what_another_machine_changed_and_tells_no_more_than_numbers(database_url):
    """Two hubs on two connections to one database stand for two machines."""
    databases = Database(database_url), Database(database_url)
    here, there = map(Rooms, databases)
    code, _ = here.open((WALK, ASKED))
    hub = Hub(there, pause=0.01)
    with hub.listening(code) as news:
        first = next(news)
        begun = here.find(code).version
        assert (first.version, first.joined) == (begun, 0)
        here.join(code, "anne")
        assert next(news).joined == 1
        here.show_scene(code, 1)
        shown = next(news)
        assert (shown.version, shown.stage) == (begun + 1, begun + 1)
        assert hub.room(code).scene == 1
        assert hub.room(code) is hub.room(code)  # read once for a version
        here.end(code)
        assert list(news) == []
    assert hub.listeners == 0
    hub.close()
    for database in databases:
        database.close()


def test_a_listener_is_given_a_sign_of_life_where_nothing_changes(hub, code):
    with hub.listening(code) as news:
        assert any(next(news) is None for _ in range(20))


def test_who_does_not_listen_to_the_counts_is_told_and_woken_by_none_of_them(rooms, code):
    hub = Hub(rooms, SOON)
    with hub.listening(code) as counted, hub.listening(code, counted=False) as alone:
        first = next(alone)
        assert (first.joined, first.answered) == (0, 0)
        next(counted)
        for number in range(1, 4):
            rooms.join(code, f"member {number}")
            assert next(counted).joined == number  # the hub has looked
        rooms.show_scene(code, 2)
        assert next(alone).version == first.version + 1
        rooms.ask(code)
        rooms.answer(code, 1, Answer("member 1", 1, None, "up", "0.1", 0.1, "other", 0))
        while next(counted).answered == 0:
            pass
        rooms.end(code)
        told = list(alone)
        assert [(each.joined, each.answered) for each in told] == [(0, 0)] * len(told)
        assert hub.listeners == 2
    assert hub.listeners == 0
    hub.close()


def test_a_stream_is_spelled_as_events_and_says_that_the_room_has_ended(hub, rooms, code):
    lines = hub.stream(code, counted=False)
    assert next(lines) == "retry: 1000\n\n"
    version, alive = rooms.find(code).version, "event: alive\ndata:\n\n"
    told = next(line for line in lines if line != alive)
    assert told == f'data: {{"version": {version}, "stage": {version}}}\n\n'
    assert next(lines) == alive
    rooms.end(code)
    assert [line for line in lines if line != alive] == ["event: ended\ndata:\n\n"]
    assert hub.listeners == 0


def test_a_room_that_ends_by_its_date_ends_for_who_listens(hub, code, clock):
    with hub.listening(code) as news:
        assert next(each for each in news if each)
        clock.now += ROOM_DAYS * DAY + 1
        assert [each for each in news if each] == []


def test_a_stream_outlives_the_database_and_tells_what_was_missed(cluster):
    cluster.clear()
    database = Database(cluster.url)
    rooms = Rooms(database)
    code, _ = rooms.open((WALK,))
    hub = Hub(rooms, SOON, SOON)
    with hub.listening(code) as news:
        while next(news) is None:
            pass
        with cluster.stopped():
            assert [next(news) for _ in range(5)] == [None] * 5
        rooms.show_scene(code, 1)
        told = next(each for each in news if each)
        assert told.version == rooms.find(code).version
    hub.close()
    database.close()


def test_a_fault_in_one_look_leaves_no_class_without_news(rooms, monkeypatch, caplog):
    code, _ = rooms.open((WALK,))
    look, faults = rooms.news, [ValueError("once")]

    def fail_once(codes):
        if faults:
            raise faults.pop()
        return look(codes)

    monkeypatch.setattr(rooms, "news", fail_once)
    hub = Hub(rooms, pause=SOON)
    with hub.listening(code) as news:
        assert next(each for each in news if each).version == rooms.find(code).version
    hub.close()
    assert "could not be looked at" in caplog.text


def test_a_fault_that_stays_is_said_once_and_no_kind_of_fault_ends_the_looking(
    rooms, monkeypatch, caplog
):
    code, _ = rooms.open((WALK,))
    look, faults = (
        rooms.news,
        [ValueError("stays"), KeyError("x"), MemoryError(), StoreAway("away")] * 3,
    )

    def fail(codes):
        if faults:
            raise faults.pop()
        return look(codes)

    monkeypatch.setattr(rooms, "news", fail)
    hub = Hub(rooms, pause=SOON)
    with hub.listening(code) as news:
        assert next(each for each in news if each).version == rooms.find(code).version
    hub.close()
    assert caplog.text.count("could not be looked at") == 1


def test_who_listens_hears_even_if_there_was_no_thread_for_who_came_before(rooms, monkeypatch):
    code, _ = rooms.open((WALK,))
    hub = Hub(rooms, pause=SOON)

    def fail(**_):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(listening, "Thread", fail)
        with pytest.raises(RuntimeError), hub.listening(code):
            pass
    assert hub.listeners == 0
    with hub.listening(code) as news:
        assert next(each for each in news if each).version == rooms.find(code).version
    hub.close()


def test_a_stream_says_when_its_next_event_is_there_and_calls_who_wants_to_know(rooms):
    code, _ = rooms.open((WALK,))
    hub, called = Hub(rooms, SOON), Event()
    stream = hub.stream(code, counted=False)
    assert stream.is_due()  # the first ones may have to be waited for
    next(stream), next(stream)
    stream.call(called.set)
    assert not stream.is_due()
    rooms.show_scene(code, 1)
    assert called.wait(60)
    assert stream.is_due()
    assert f'"version": {rooms.find(code).version}' in next(stream)
    assert not stream.is_due()
    stream.close()
    assert hub.listeners == 0
    hub.sign_of_life = 0
    silent = hub.stream(code)
    next(silent), next(silent)
    assert silent.is_due()
    assert next(silent) == listening.ALIVE
    silent.close()
    hub.close()
