from pathlib import Path

import pytest
from jinja2 import StrictUndefined

from app import create_app
from backprop.lessons.catalog import LESSONS


@pytest.fixture
def nothing_said(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("STORE_LIMIT", raising=False)


def test_a_setting_that_is_passed_wins_over_the_environment(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite:///elsewhere.sqlite")
    monkeypatch.setenv("STORE_LIMIT", "5000")
    store = create_app({"DATABASE_URL": "sqlite:///here.sqlite"}).extensions["store"]
    assert (store.database_url, store.limit_bytes) == ("sqlite:///here.sqlite", 5000)


@pytest.mark.usefixtures("nothing_said")
def test_by_default_snapshots_stand_in_the_instance_folder(monkeypatch, tmp_path):
    monkeypatch.setattr("flask.Flask.auto_find_instance_path", lambda _: str(tmp_path / "instance"))
    store = create_app().extensions["store"]
    assert store.database_url == f"sqlite:///{tmp_path / 'instance' / 'snapshots.sqlite'}"
    assert (tmp_path / "instance").is_dir()


def test_making_the_application_opens_no_database(tmp_path):
    create_app({"DATABASE_URL": f"sqlite:///{tmp_path / 'store.sqlite'}"})
    assert not any(tmp_path.iterdir())


def test_an_undefined_name_in_a_template_raises():
    env = create_app({"DATABASE_URL": "sqlite://"}).jinja_env
    assert env.undefined is StrictUndefined


def test_the_lessons_are_those_of_the_catalogue():
    assert create_app({"DATABASE_URL": "sqlite://"}).config["LESSONS"] is LESSONS


def test_a_body_may_have_one_mebibyte():
    assert create_app({"DATABASE_URL": "sqlite://"}).config["MAX_CONTENT_LENGTH"] == 2**20


def test_files_are_served_by_their_digest_only():
    app = create_app({"DATABASE_URL": "sqlite://"})
    assert app.test_client().get("/static/css/base.css").status_code == 404
    assert Path(app.root_path, "static/css/base.css").is_file()


@pytest.fixture
def client(tmp_path):
    return create_app({"DATABASE_URL": f"sqlite:///{tmp_path / 'store.sqlite'}"}).test_client()


@pytest.mark.parametrize(
    "query",
    [
        "sizes=",
        "sizes=,",
        "optimizer=adam&step=29&memory=" + ",".join(["nan"] * 21),
    ],
)
def test_a_query_of_junk_is_refused_and_breaks_nothing(client, query):
    assert client.get(f"/lessons/network?{query}").status_code == 422


@pytest.mark.parametrize(
    "body",
    [b'{"w1_1_1": 1' + b"0" * 400 + b"}", b'{"w1_1_1": ' + b"[" * 400 + b"]" * 400 + b"}"],
)
def test_a_body_of_junk_is_refused_and_breaks_nothing(client, body):
    for path in ("/api/lessons/network", "/api/differentiate"):
        answer = client.post(path, data=body, content_type="application/json")
        assert answer.status_code in (400, 422)


def test_half_a_character_is_refused(client):
    body = b'{"expression": "\\ud800", "at": {}}'
    answer = client.post("/api/differentiate", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)


def test_headers_and_names_of_junk_break_nothing(client):
    junk = {"Referer": "http://[bad", "Origin": "http://[bad"}
    assert client.get("/lessons/network?step=999", headers=junk).status_code == 422
    assert client.post("/lessons/network", headers=junk).status_code == 403
    assert client.get("/assets/x/" + "a" * 5000).status_code == 404
