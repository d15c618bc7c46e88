"""Nobody takes all of it, and a class behind one router is no crowd."""

import os

import pytest

from backprop.lessons.training.actions import work
from backprop.web.door import price_of
from backprop.web.limits import A_BODY, A_KEPT, BUDGETS, CELLS, MOST, Limits, place_of
from backprop.web.settings import read_settings
from tests.web.conftest import Clock

LESSON = "/lessons/small-lesson"
RATE = read_settings({})["RATE_LIMIT"]
GIB = 2**30
LEARNERS = 500
EACH_THIRD_SECOND = LEARNERS // 3 + 1


def make_limits(workers=1, rate=RATE):
    return Limits(rate, GIB, workers, Clock(1000))


# How much is let in


@pytest.mark.parametrize(("workers", "asked"), [(2, [1]), (1, [1, A_KEPT])])
def test_a_class_of_500_behind_one_address_never_waits(workers, asked):
    """Each clicks every three seconds: on one worker half of them at the lecture's steps."""
    limits = make_limits(workers)
    for _ in range(120):
        steps = EACH_THIRD_SECOND // len(asked) * asked
        assert not any(limits.take("look", "a class", each) for each in steps)
        limits.clock.now += 1


def test_who_asks_more_than_a_class_waits():
    limits = make_limits(2)
    waits = 0
    for _ in range(60):
        waits += sum(limits.take("look", "it", 1) > 0 for _ in range(400))
        limits.clock.now += 1
    assert 60 * 400 - waits == pytest.approx(2 * RATE * (59 + 10), rel=0.01)


def test_a_class_of_500_may_ask_five_times_at_once():
    limits = make_limits(2)
    assert not any(limits.take("look", "a class", 1) for _ in range(5 * LEARNERS))


def test_who_trains_at_full_speed_never_waits():
    limits = make_limits()
    steps = price_of("POST /train?playing=1").steps + work({"do": "play", "ms": "45"})
    for _ in range(120):
        assert not any(limits.take("browser", "it", steps) for _ in range(13))
        limits.clock.now += 1


def test_what_is_refused_is_not_counted_and_a_wait_is_as_long_as_it_says():
    limits = make_limits(rate=1)
    assert limits.take("look", "it", 10) == 0
    assert [limits.take("look", "it", 5) for _ in range(3)] == [5, 5, 5]
    limits.clock.now += 5
    assert limits.take("look", "it", 5) == 0
    assert limits.take("look", "it", 99) == 10  # more than there ever is takes all


def test_all_workers_count_together():
    limits = make_limits()
    if not (child := os.fork()):
        limits.count_bytes("link", "it", 2**20)
        os._exit(0)
    os.waitpid(child, 0)
    assert limits.room("link", "it") == limits.room("link", "other") - 2**20


def test_many_addresses_take_no_more_memory_than_some():
    limits = make_limits()
    for number in range(MOST + 500):
        limits.take("look", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 1)
        limits.pay("run", [str(number)])
    assert len(limits._stored) == MOST
    assert {len(each._cells) for each in limits._counts.values()} == {CELLS}


def test_a_network_of_ipv6_is_one_address():
    assert place_of("2001:db8:1:2::1") == place_of("2001:db8:1:2:ffff::9%eth0") == "2001:db8:1:2::"
    assert place_of("2001:db8:1:3::1") != place_of("2001:db8:1:2::1")
    assert place_of("::ffff:192.0.2.1") == place_of("192.0.2.1") == "192.0.2.1"
    assert place_of("") == "unknown"


@pytest.mark.parametrize(
    ("fields", "steps"),
    [
        ({"do": "play", "ms": "45"}, 5),
        ({"do": "play", "ms": "9999999"}, 1),
        ({"do": "play", "ms": "x"}, 1),
        ({"do": "ten"}, 8),
        ({"do": "step"}, 1),
        ({}, 1),
    ],
)
def test_what_a_form_of_training_takes_is_told_by_what_it_asks(fields, steps):
    assert work(fields) == steps


def test_off_sets_no_limits(make):
    limits = make(RATE_LIMIT="off").extensions["limits"]
    assert not any(limits.take("look", "it", 1) for _ in range(10_000))
    limits.check_room("run", "it", 2**40)
    limits.count_bytes("run", "it", 2**40)


# What is put into the store


def put(client, seed):
    """Send a form that stores two states."""
    return client.post(LESSON, data={"w1": str(seed), "count": "2"})


def fill(app, budget):
    """Leave an address no room in a budget."""
    app.extensions["limits"].count_bytes(budget, "127.0.0.1", GIB)


@pytest.mark.parametrize(("budget", "part"), [("run", 4), ("upload", 4), ("visit", 2), ("link", 2)])
def test_one_address_cannot_fill_a_share_in_the_time_of_its_budget(budget, part):
    limits, stored = make_limits(8), 0
    for _ in range(60):
        room = limits.room(budget, "it")
        limits.count_bytes(budget, "it", room)
        stored += room
        limits.clock.now += BUDGETS[budget].seconds / 60
    assert stored < GIB / part * 0.8


def test_each_of_a_class_can_keep_a_few_states_and_bring_a_table():
    limits = make_limits()
    for budget, size in (("link", 6 * 8_192), ("upload", 64_000), ("visit", 30 * 8_192)):
        for _ in range(LEARNERS):
            limits.check_room(budget, "a class", size)
            limits.count_bytes(budget, "a class", size)


def test_who_has_stored_too_much_is_refused_and_nothing_was_stored(limited):
    fill(limited, "run")
    answer = put(limited.test_client(), 1)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Too much was stored from the address you come from." in answer.text
    assert limited.extensions["store"].sizes()["run"].bodies == 0
    assert "Set-Cookie" not in answer.headers


def test_a_page_whose_address_is_long_goes_on_from_it_where_nothing_may_be_stored(limited):
    fill(limited, "run")
    many = {"count": "400"} | {f"w{n}": f"{n}.125" for n in range(1, 401)}
    answer = limited.test_client().get(LESSON, query_string=many)
    assert answer.status_code == 200
    assert "w400=400.125" in answer.text


def test_no_link_is_promised_and_no_visit_prolongs_beyond_what_an_address_may(limited):
    client, store = limited.test_client(), limited.extensions["store"]
    there = put(client, 1).location
    for budget in ("visit", "link"):
        fill(limited, budget)
    assert client.get(there).status_code == 200
    store.flush()
    assert store.sizes()["kept"].bodies == 0
    refused = client.post(there.replace("?", "/keep?"), headers={"Accept": "application/json"})
    assert refused.status_code == 429
    assert refused.json["error"]["hint"].startswith("This page keeps working.")
    limited.extensions["limits"].clock.now += 86_400
    assert client.post(there.replace("?", "/keep?")).status_code == 200
    assert store.sizes()["kept"].bodies == 1


def test_what_a_class_brings_together_counts_once(limited):
    limits = limited.extensions["limits"]
    put(limited.test_client(), 1)
    before = limits.room("run", "127.0.0.1")
    put(limited.test_client(), 1)
    assert limits.room("run", "127.0.0.1") == before


def test_a_run_that_plays_takes_no_more_room_than_it_lets_go_of(limited, monkeypatch):
    client, limits = limited.test_client(), limited.extensions["limits"]
    before = limits.room("run", "127.0.0.1")
    monkeypatch.setattr(limited.extensions["store"], "release", lambda *_: 2)
    put(client, 2)
    assert limits.room("run", "127.0.0.1") == before
    monkeypatch.setattr(limited.extensions["store"], "release", lambda *_: 0)
    put(client, 3)
    assert limits.room("run", "127.0.0.1") == before - 2 * A_BODY
