"""What stands in the store is shown, or refused in words: of any format, whatever is wrong with it.

`tests/reference/early/` has bodies that commits before 0.1.0 stored, named by the commit: of runs
that do not say whose memory they hold, of tables that do not say how they were read. They are never
recorded again.
"""

import json
import math
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import create_app
from backprop.sharing.errors import MissingSnapshot
from backprop.sharing.formats import FORMAT
from backprop.sharing.snapshot import address_of, from_bytes, to_bytes

FOLDER = Path(__file__).parents[1] / "reference"
RECORDED = [json.loads(path.read_text()) for path in sorted((FOLDER / "addresses").glob("*.json"))]
EARLY = [json.loads(path.read_text()) for path in sorted((FOLDER / "early").glob("*.json"))]
BODIES = {
    address_of(body.encode()): body.encode() for r in RECORDED + EARLY for body in r["bodies"]
}
PATHS = {"train": "/train", "own_gradient": "/lessons/own-gradient", "network": "/lessons/network"}
PATHS |= {"gradient_check": "/lessons/gradient-check", "optimizers": "/lessons/optimizers"}
WRONG = (
    *(None, True, -1, 10**30, 0.5, 1e308, math.nan, -math.inf, "", "x", "1e400", "nan", (), {}),
    *((1, "x"), {"x": 1}, np.zeros(0), np.full((2, 3), np.nan), np.full(5, 1e308), np.array(1.0)),
)


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """An application with every body that was recorded; a test may put others over them."""
    folder = tmp_path_factory.mktemp("formats")
    app = create_app({"DATABASE_URL": f"sqlite:///{folder / 'store.sqlite'}"})
    app.extensions["over"] = {}

    def get(address):
        found = app.extensions["over"].get(address, BODIES.get(address))
        if found is None:
            raise MissingSnapshot("It is not there.")
        return found

    app.extensions["store"].get = get
    yield app
    app.extensions["store"].close()


@pytest.fixture(scope="module")
def client(app):
    return app.test_client()


def kind_of(value):
    return value.get("lesson") or next(n for n in ("table", "gradient", "theta") if n in value)


def states_with(address):
    """Return addresses whose bodies name this one as a point of their run."""
    return [a for a, body in BODIES.items() if b'"points"' in body and address.encode() in body]


def ways_to(address, value, instead):
    """Return the addresses under which a body is read, once another stands in its place."""
    kind = kind_of(value)
    if kind == "theta":
        return [f"/train?from={a}&at={value['epoch']}" for a in states_with(address)[:1]]
    if kind in ("table", "gradient"):
        path = PATHS["train"] + "?data=own&" if kind == "table" else PATHS["own_gradient"] + "?"
        return [f"{path}own={instead}"]
    ways = [f"{PATHS[kind]}?from={instead}"]
    return [*ways, f"/train?size=20&hidden=2&overlay={instead}"] if kind == "train" else ways


def places(value, path=()):
    """Yield the way to everything in a value."""
    yield path
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, tuple) else items
    for key, item in items:
        yield from places(item, (*path, key))


def changed(value, path, how):
    """Return a value in which the item at a path is another, or is not there."""
    if not path:
        return how(value)
    key, *rest = path
    items = dict(value) if isinstance(value, dict) else dict(enumerate(value))
    items[key] = changed(items[key], rest, how)
    items = {name: item for name, item in items.items() if item is not GONE}
    return items if isinstance(value, dict) else tuple(items.values())


GONE = object()


def shorter(item):
    return item[:-1] if isinstance(item, str | tuple | np.ndarray) and np.ndim(item) else GONE


def flat(item):
    return np.ravel(item)[None] if isinstance(item, np.ndarray) else GONE


MUTATIONS = [lambda _: GONE, shorter, flat, *(lambda _, wrong=wrong: wrong for wrong in WRONG)]


def numbers(value):
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from numbers(item)


EARLY_STATES = [state for recorded in EARLY for state in recorded["states"]]


@pytest.mark.parametrize("state", EARLY_STATES, ids=lambda state: state["address"][-12:])
def test_what_was_stored_before_the_first_version_opens_the_same_numbers(client, state):
    answer = client.get(f"/api{state['address']}")
    assert answer.status_code == 200
    shown = np.array(list(numbers(answer.json["board"])))
    for number in state["numbers"]:
        assert np.abs(shown - number).min() <= 1e-12 * abs(number)
    path, pairs = urlsplit(state["address"]).path, dict(parse_qsl(urlsplit(state["address"]).query))
    assert client.post(path, data=pairs | {"do": "step"}).status_code == 303  # it goes on


def test_every_lesson_with_runs_has_bodies_of_the_present_format():
    found = [from_bytes(body) for body in BODIES.values()]
    present = {kind_of(value) for value in found if value.get("format") == FORMAT}
    assert present == {*PATHS, "theta", "table", "gradient"}


def body_of(kind):
    """Return a body of a kind, the newest; its address first."""
    every = [(address, from_bytes(body)) for address, body in BODIES.items()]
    return next(each for each in reversed(every) if kind_of(each[1]) == kind)


def left_out(client, ways):
    """Whether runs that would be compared with are left out, and nothing else happens."""
    boards = [client.get(f"/api{way}").json["board"] for way in ways]
    return all(board["charts"]["overlays"] == [] for board in boards)


KINDS = [*PATHS, "theta", "table", "gradient"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_later_version_stored_is_refused_as_such_or_left_out(app, client, kind):
    address, value = body_of(kind)
    later = to_bytes({**value, "format": FORMAT + 1})
    app.extensions["over"] = {address: later, address_of(later): later}
    way, *beside = ways_to(address, value, address_of(later))
    answer = client.get(f"/api{way}")
    if kind == "theta":  # a point of a run gives way to the one before it
        assert answer.status_code == 200
    else:
        assert answer.status_code == 422
        assert answer.json["error"]["what"] == "This was stored by a later version of this program."
    assert left_out(client, beside)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_gone_is_said_to_be_or_left_out(app, client, kind):
    address, value = body_of(kind)
    app.extensions["over"] = {address: None}
    way, *beside = ways_to(address, value, "0" * 64)
    answer = client.get(f"/api{way}")
    words = {"table": "The table is gone.", "gradient": "The gradient that was brought is gone."}
    if kind == "theta":
        assert answer.status_code == 200
    else:
        assert answer.status_code == 404
        assert answer.json["error"]["what"] == words.get(kind, "This state is gone.")
        assert client.get(way).status_code == 404
    assert left_out(client, beside)


def test_a_point_that_cannot_be_taken_back_any_more_and_a_run_left_behind_are_said_to_be(client):
    drawn = "/train?data=drawn&drawn=0,0,0,1,1,1&hidden=2"
    for back in ("0" * 64, body_of("table")[0], body_of("network")[0]):
        pairs = dict(parse_qsl(urlsplit(drawn).query)) | {"do": "undo", "back": back}
        answer = client.post("/train", data=pairs)
        assert answer.status_code == 422
        assert "What was there before cannot be taken back" in answer.text
    for path in (PATHS["network"], PATHS["gradient_check"]):
        text = client.get(f"{path}?came={'0' * 64}").text
        assert f'href="/train?from={"0" * 64}"' in text


@given(
    address=st.sampled_from(sorted(BODIES)),
    place=st.integers(0, 10**6),
    how=st.sampled_from(MUTATIONS),
)
@settings(max_examples=25)
def test_whatever_is_wrong_with_what_is_stored_it_is_shown_or_refused_in_words(
    app, address, place, how
):
    value = from_bytes(BODIES[address])
    every = list(places(value))
    value_now = changed(value, every[1 + place % (len(every) - 1)], how)
    instead = address_of(to_bytes(value_now))
    over = address if kind_of(value) == "theta" else instead
    app.extensions["over"] = {over: to_bytes(value_now)}
    client = app.test_client()
    for way in ways_to(address, value, instead):
        answer = client.get(f"/api{way}")
        assert answer.status_code in (200, 404, 422), way
        if answer.status_code != 200:
            assert answer.json["error"]["what"].endswith((".", "”.")), answer.json
        path, query = urlsplit(way).path, dict(parse_qsl(urlsplit(way).query))
        do = {"/train": "step", PATHS["network"]: "next", PATHS["gradient_check"]: "step"}
        if answer.status_code == 200 and path in do:
            form = client.post(path, data=query | {"do": do[path]})
            assert form.status_code in (303, 404, 422), way
