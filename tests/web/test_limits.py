"""Nobody takes all of it, and a class behind one router is no crowd."""

import re
from types import SimpleNamespace

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from backprop.web.limits import (
    A_BODY,
    BUDGETS,
    MOST,
    PRICES,
    REFUSED,
    STEP,
    Door,
    Limits,
    place_of,
    price_of,
)
from backprop.web.settings import read_settings

PART = {"HX-Request-Type": "partial"}
LESSON = "/lessons/small-lesson"
RATE = read_settings({})["RATE_LIMIT"]
GIB = 2**30
LEARNERS = 500


@pytest.fixture(autouse=True)
def time(monkeypatch):
    """The time of the limits, in seconds, which stands still until it is moved."""
    time = SimpleNamespace(now=1000.0)
    monkeypatch.setattr("throttled.utils.now_mono_f", lambda: time.now)
    return time


@pytest.fixture
def limited(make):
    """An application that takes two steps a second from an address, twenty at once."""
    return make(RATE_LIMIT=2, STORE_LIMIT=64 * 2**20)


def spend(client, count=20, **more):
    """Ask for a step so many times; return the last answer."""
    return [client.get(f"{LESSON}?rate={n / 64}", **more) for n in range(count)][-1]


def seconds_of_a_class(limits, time, learners, seconds, parts):
    """Let a class behind one address click, each every three seconds; return how many wait."""
    waits = 0
    for _ in range(seconds):
        for _ in range(learners // 3 + 1):
            waits += limits.take("look", "198.51.100.7", parts) > 0
        time.now += 1
    return waits


@pytest.mark.parametrize("workers", [1, 2])
def test_a_class_of_500_behind_one_address_is_never_told_to_wait(time, workers):
    limits = Limits(RATE, GIB, workers)
    learners = LEARNERS if workers == 1 else LEARNERS * 0.7  # of which one worker has most
    assert seconds_of_a_class(limits, time, int(learners), 120, STEP) == 0


def test_a_class_of_500_may_ask_twice_at_once():
    limits = Limits(RATE, GIB, 2)
    assert not any(limits.take("look", "a class", STEP) for _ in range(2 * LEARNERS))


@pytest.mark.parametrize("workers", [1, 2, 4, 16, 64])
def test_all_workers_together_let_one_address_have_less_than_twice_the_rate(time, workers):
    limits = Limits(RATE, GIB, workers)
    while not limits.take("look", "it", STEP):
        pass
    time.now += 100
    got = 0
    for _ in range(100):
        time.now += 1
        while not limits.take("look", "it", STEP):
            got += 1
    assert workers * got / 100 < 2 * RATE + 10 * RATE / 100 * workers


def test_who_asks_too_much_is_refused_and_others_are_not(limited, time):
    client = limited.test_client()
    assert spend(client).status_code == 200
    refused = client.get(f"{LESSON}?rate=9")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get(f"{LESSON}?rate=9", environ_base=elsewhere).status_code == 200
    time.now += 1
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


def test_a_part_leaves_the_page_as_it_is_and_json_is_an_error_as_any_other(limited):
    client = limited.test_client()
    spend(client)
    part = client.get(f"{LESSON}?rate=9", headers=PART)
    assert (part.status_code, part.headers["Retry-After"]) == (429, "1")
    assert part.text.strip().startswith('<hx-partial hx-target="#store-away"')
    assert "Refresh" not in part.headers
    json = client.get(f"/api{LESSON}?rate=9")
    assert json.status_code == 429
    assert json.json["error"]["what"].startswith("Too much is asked")


def test_refusals_that_come_faster_than_a_person_reads_are_a_line(limited):
    client = limited.test_client()
    spend(client)
    for _ in range(3):
        lines = [client.get(path) for path in (LESSON, f"/api{LESSON}")]
    for line in lines:
        assert (line.status_code, line.headers["Retry-After"]) == (429, "1")
        assert "Content-Security-Policy" in line.headers
        assert len(line.data) < 200
    assert lines[1].json["error"]["what"] == (
        "Too much is asked from here just now. Ask again in 1 second."
    )


def test_an_answer_that_is_kept_takes_a_twentieth(limited):
    client = limited.test_client()
    client.get(LESSON)
    assert [client.get(LESSON).status_code for _ in range(300)] == [200] * 300
    assert limited.extensions["limits"].refused == 0


def test_what_a_page_needs_and_what_an_operator_asks_is_never_refused(limited):
    client = limited.test_client()
    page = client.get(LESSON).text
    script = re.search(r'src="(/assets/[^"]*)"', page)[1]
    spend(client, 30)
    for path in (script, "/health"):
        assert client.get(path).status_code == 200


def test_a_browser_alone_takes_half_of_what_its_address_may(limited):
    client, other = limited.test_client(), limited.test_client()
    client.set_cookie("browser", 32 * "a")
    other.set_cookie("browser", 32 * "b")
    assert spend(client, 10).status_code == 200
    refused = client.get(f"{LESSON}?rate=9")
    assert "Too much is asked from this browser just now." in refused.text
    assert other.get(f"{LESSON}?rate=9").status_code == 200


def test_a_network_of_ipv6_is_one_address():
    assert place_of("2001:db8:1:2::1") == place_of("2001:db8:1:2:ffff::9%eth0") == "2001:db8:1:2::"
    assert place_of("2001:db8:1:3::1") != place_of("2001:db8:1:2::1")
    assert place_of("::ffff:192.0.2.1") == place_of("192.0.2.1") == "192.0.2.1"
    assert place_of("") == "unknown"


def test_many_addresses_take_no_more_memory_than_some():
    limits = Limits(RATE, GIB)
    store = limits._rates["look"]._store
    for number in range(MOST + 500):
        limits.take("look", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 1)
        limits.pay("run", [str(number)])
    assert len(store._backend.get_client()) == len(store._backend.expire_info) == MOST
    assert len(limits._stored) == MOST


@pytest.mark.parametrize(
    ("asked", "rate", "steps"),
    [
        ("GET /lessons/network?step=2", "look", 1),
        ("HEAD /?", "look", 1),
        ("GET /lessons/network?on-paper=worksheet", "look", 4),
        ("GET /train/derivation.tex?all-steps=1", "look", 4),
        ("POST /train?playing=1", "work", 2),
        ("POST /lessons/network/keep?", "work", 2),
        ("POST /api/network?", "work", 10),
        ("POST /api/lessons/network?", "look", 2),
        ("OPTIONS /?", "work", 2),
    ],
)
def test_what_a_request_takes_stands_in_a_table(asked, rate, steps):
    assert price_of(asked) == (rate, STEP * steps)
    assert PRICES[-1].asked.match("")


def test_whoever_is_refused_at_the_door_reaches_nothing_but_the_words():
    asked = []

    def application(name):
        def answer(environ, start_response):
            asked.append((name, REFUSED in environ))
            return Response()(environ, start_response)

        return answer

    door = Door(application("words"), application("kept"), Limits(1, GIB), lambda _: False, {})
    client = Client(door)
    for _ in range(12):
        client.get("/")
    assert asked == [("kept", False)] * 10 + [("words", True)]
    assert not Door(
        application(""), application(""), Limits(0, GIB), lambda _: 1 / 0, {}
    ).limits.rate


# What is put into the store


def put(client, seed):
    """Send a form that stores two states."""
    return client.post(LESSON, data={"w1": str(seed), "count": "2"})


def fill(app, budget):
    """Leave an address no room in a budget."""
    limits = app.extensions["limits"]
    limits.count_bytes(budget, "127.0.0.1", GIB)


def test_who_has_stored_too_much_is_refused_and_nothing_was_stored(limited):
    client = limited.test_client()
    fill(limited, "run")
    answer = put(client, 1)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Too much was stored from the address you come from." in answer.text
    assert limited.extensions["store"].sizes()["run"].bodies == 0
    assert "Set-Cookie" not in answer.headers


def test_a_page_whose_address_is_long_goes_on_from_it_where_nothing_may_be_stored(limited):
    client = limited.test_client()
    fill(limited, "run")
    many = {"count": "400"} | {f"w{n}": f"{n}.125" for n in range(1, 401)}
    answer = client.get(LESSON, query_string=many)
    assert answer.status_code == 200
    assert "w400=400.125" in answer.text


def test_no_link_is_promised_and_no_visit_prolonged_beyond_what_an_address_may(limited, time):
    client, store = limited.test_client(), limited.extensions["store"]
    there = put(client, 1).location
    for budget in ("visit", "link"):
        fill(limited, budget)
    assert client.get(there).status_code == 200
    store.flush()
    assert store.sizes()["kept"].bodies == 0
    answer = client.post(there.replace("?", "/keep?"), headers={"Accept": "application/json"})
    assert answer.status_code == 429
    assert answer.json["error"]["hint"].startswith("This page keeps working.")
    time.now += 86_400
    assert client.post(there.replace("?", "/keep?")).status_code == 200
    client.get(there)
    store.flush()
    assert store.sizes()["kept"].bodies == 1


def test_what_a_class_brings_together_counts_once(limited):
    client = limited.test_client()
    limits = limited.extensions["limits"]
    put(client, 1)
    before = limits._budgets["run"].peek("127.0.0.1").remaining
    limited.test_client().post(LESSON, data={"w1": "1", "count": "2"})
    assert limits._budgets["run"].peek("127.0.0.1").remaining == before


@pytest.mark.parametrize(
    ("budget", "share"), [("run", 4), ("upload", 4), ("visit", 2), ("link", 2)]
)
@pytest.mark.parametrize("workers", [1, 2, 8])
def test_one_address_cannot_fill_a_share_in_the_time_of_its_budget(time, budget, share, workers):
    limits = Limits(RATE, GIB, workers)
    stored = 0
    for _ in range(60):
        room = limits._budgets[budget].peek("it").remaining
        limits.count_bytes(budget, "it", room)
        stored += room
        time.now += BUDGETS[budget].seconds / 60
    assert workers * stored < GIB / share * 0.8


def test_each_of_a_class_can_keep_a_few_states_and_bring_a_table():
    limits = Limits(RATE, GIB, 2)
    half = LEARNERS // 2
    for budget, size in (("link", 3 * 2 * A_BODY), ("upload", 50_000), ("visit", 25 * 2 * A_BODY)):
        for _ in range(half):
            limits.check_room(budget, "a class", size)
            limits.count_bytes(budget, "a class", size)


def test_a_run_that_plays_takes_no_more_room_than_it_lets_go_of(make, monkeypatch):
    app = make(RATE_LIMIT=100)
    client, limits = app.test_client(), app.extensions["limits"]
    put(client, 1)
    store = app.extensions["store"]
    before = limits._budgets["run"].peek("127.0.0.1").remaining
    monkeypatch.setattr(store, "release", lambda *_: 2)
    put(client, 2)
    assert limits._budgets["run"].peek("127.0.0.1").remaining == before
    monkeypatch.setattr(store, "release", lambda *_: 0)
    put(client, 3)
    assert limits._budgets["run"].peek("127.0.0.1").remaining == before - 2 * A_BODY


def test_off_sets_no_limits(make):
    limits = make(RATE_LIMIT="off").extensions["limits"]
    assert not any(limits.take("look", "it", STEP) for _ in range(10_000))
    limits.check_room("run", "it", 2**40)
