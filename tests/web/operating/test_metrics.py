"""What Prometheus is told, by one process; and by several, of which some end: see the server."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from backprop.web.operating.metrics import Players

LESSON = "/lessons/small-lesson"


def read(text):
    """Return the samples of a text by name and labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith("_bucket")
    }


@pytest.fixture
def client(make):
    return make(METRICS=1, RATE_LIMIT="off").test_client()


def samples(client):
    return read(client.get("/metrics").text)


def test_there_are_none_where_they_are_not_set(make):
    assert make().test_client().get("/metrics").status_code == 404


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "Via"])
def test_who_comes_through_a_proxy_is_not_told(client, name):
    assert client.get("/metrics", headers={name: "1.2.3.4"}).status_code == 404


def test_requests_are_counted_by_rule_and_class_of_status(client):
    for path in (f"{LESSON}?step=1", f"{LESSON}?step=1", f"{LESSON}?rate=x", "/nope", "/no/such"):
        client.get(path)
    found = samples(client)
    count = "backprop_request_seconds_count"
    assert found[count, "/lessons/<slug>", "2xx"] == 2
    assert found[count, "/lessons/<slug>", "4xx"] == 1
    assert found[count, "other", "4xx"] == 2
    assert found["backprop_request_seconds_sum", "/lessons/<slug>", "2xx"] > 0
    assert samples(client)[count, "/metrics", "2xx"] == 1


def test_no_label_is_what_somebody_typed(client):
    for path in ("/carla", "/lessons/carla", f"{LESSON}?x=carla", "/assets/carla/carla"):
        client.open(path, method="CARLA")
        client.get(path)
    assert "carla" not in client.get("/metrics").text.lower()


def test_kept_answers_are_counted(client):
    sizes = [len(client.get(f"{LESSON}?step=1").data) for _ in range(3)]
    found = samples(client)
    assert (found["backprop_kept_hits_total",], found["backprop_kept_misses_total",]) == (2, 1)
    assert found["backprop_kept_bytes",] == client.application.extensions["answers"].size > sizes[0]
    assert found["backprop_response_bytes_total",] == sum(sizes)


def test_pages_that_play_are_counted(client):
    for browser in ("one", "another", "one"):
        client.get(f"{LESSON}?step=1&playing=1", headers={"User-Agent": browser})
    client.get(f"{LESSON}?step=1", headers={"User-Agent": "a third"})
    client.set_cookie("browser", "a" * 32)
    for browser in ("fourth", "its telephone"):
        client.get(f"{LESSON}?step=1&playing=1", headers={"User-Agent": browser})
    found = samples(client)
    assert found["backprop_playing_requests_total",] == 5
    assert found["backprop_players",] == 3


def test_as_many_are_said_to_play_as_do_though_some_share_a_place(monkeypatch):
    now = [1_000_000.0]
    monkeypatch.setattr("backprop.web.operating.metrics.time.time", lambda: now[0])
    players = Players()
    assert players.count() == 0
    for number in range(2_000):
        players.note(f"browser {number}")
    assert players.count() == pytest.approx(2_000, rel=0.1)
    now[0] += 9
    for number in range(500):
        players.note(f"browser {number}")
    now[0] += 9
    assert players.count() == pytest.approx(500, rel=0.1)


def test_what_the_store_holds_is_told(client):
    client.post(LESSON, data={"do": "next"})
    found = samples(client)
    assert found["backprop_store_up",] == 1
    assert found["backprop_store_snapshots", "run"] == 2  # where it was, and where it is
    assert found["backprop_store_bytes", "run"] > 0
    assert found["backprop_store_limit_bytes", "kept"] == 2**29


def test_that_the_store_is_away_is_told(make):
    away = make(METRICS=1, DATABASE_URL="sqlite:////nowhere/store.sqlite").test_client()
    found = samples(away)
    assert found["backprop_store_up",] == 0
    assert ("backprop_store_snapshots", "run") not in found
