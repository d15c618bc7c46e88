"""Whether the process answers, and whether its store does: for a proxy or an orchestrator."""

import sqlalchemy as sql

from backprop.sharing.errors import StoreAway
from backprop.web.operating.health import Readiness


def test_a_process_says_that_it_answers_whatever_the_store_does(make):
    answer = make(DATABASE_URL="sqlite:////nowhere/store.sqlite").test_client().get("/health")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_it_is_ready_where_the_database_is_reached(make, database_url):
    answer = make(DATABASE_URL=database_url).test_client().get("/ready")
    assert (answer.status_code, answer.json) == (200, {"status": "ready"})


def test_without_a_database_it_is_not_ready_and_says_so(make):
    answer = make(DATABASE_URL="sqlite:////nowhere/store.sqlite").test_client().get("/ready")
    assert answer.status_code == 503
    assert answer.json == {"status": "away", "what": "The store cannot be reached."}
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"


def test_with_the_schema_of_another_version_it_is_not_ready(make):
    app = make()
    store = app.extensions["store"]
    store.prepare()
    later = sql.text("UPDATE alembic_version SET version_num = '9999'")
    store.database.write(lambda connection: connection.execute(later))
    assert app.test_client().get("/ready").json["what"].startswith("Another version")


class Slow:
    """A store that asks others while it is asked."""

    def __init__(self):
        self.readiness = Readiness(self)
        self.found = []
        self.is_away = False

    def check(self, _):
        self.found.append(self.readiness.fault())
        if self.is_away:
            raise StoreAway("Away.")


def test_while_one_looks_others_are_told_what_was_found_last(monkeypatch):
    now = iter(range(0, 1000, 10))
    monkeypatch.setattr("backprop.web.operating.health.time.monotonic", lambda: next(now))
    store = Slow()
    assert store.readiness.fault() is None
    assert [fault.what for fault in store.found] == ["The store was not reached yet."]
    store.is_away = True
    assert store.readiness.fault().what == "Away."
    assert store.found[1] is None


def test_who_asks_a_moment_later_is_told_the_same(monkeypatch):
    monkeypatch.setattr("backprop.web.operating.health.time.monotonic", lambda: 5.0)
    store = Slow()
    assert store.readiness.fault() is store.readiness.fault() is None
    assert len(store.found) == 1
