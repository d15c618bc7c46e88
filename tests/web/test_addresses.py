"""An address made today opens the same numbers in every later version.

`tests/reference/addresses/` has a list of addresses for each version that added some, and beside it
what they showed and the bodies they need, recorded when the list was made. New addresses come as a
new list: write VERSION.txt, then `python scripts/record_addresses.py VERSION` (its head says how).
What stands there is never recorded again: if a test fails here, the change breaks links that people
have, and it is the change that must give way.

Nothing here depends on where in a board a number stands, nor on words: what an address says must be
read as the same choices, and every number that was shown must still be among those shown.
"""

import json
from bisect import bisect_left
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from app import create_app
from backprop.sharing.snapshot import address_of, from_bytes, to_bytes
from backprop.web.query import known_lessons, read_snapshot
from scripts.record_addresses import step_of

FOLDER = Path(__file__).parents[1] / "reference" / "addresses"
VERSIONS = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}
BODIES = [body.encode() for version in VERSIONS.values() for body in version["bodies"]]
STATES = [
    pytest.param(state, id=f"{version}-{state['address'][:90]}")
    for version, recorded in VERSIONS.items()
    for state in recorded["states"]
]
FORMS = [param for param in STATES if "form" in param.values[0]]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """An application whose store has every body that was recorded."""
    folder = tmp_path_factory.mktemp("addresses")
    app = create_app({"DATABASE_URL": f"sqlite:///{folder / 'store.sqlite'}"})
    app.extensions["store"].put_all(BODIES)
    yield app
    app.extensions["store"].close()


@pytest.fixture(scope="module")
def client(app):
    return app.test_client()


def is_close(a, b):
    return abs(a - b) <= 1e-12 * max(abs(a), abs(b))


def floats(value):
    """Yield every number of a board that is no whole one by type."""
    if isinstance(value, float):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from floats(item)


def lost(numbers, board):
    """Return the numbers that no number of the board equals, but for their last digits."""
    shown = sorted(floats(board))

    def is_shown(number):
        i = bisect_left(shown, number)
        return any(is_close(number, other) for other in shown[max(0, i - 1) : i + 1])

    return [number for number in numbers if not is_shown(number)]


@pytest.mark.parametrize("state", STATES)
def test_an_address_of_an_older_version_opens_the_same_numbers(client, state):
    answer = client.get(f"/api{state['address']}")
    assert answer.status_code == 200
    assert answer.json["pairs"] == state["pairs"]
    assert lost(state["numbers"], answer.json["board"]) == []
    assert step_of(answer.json["board"]) == state.get("step", [])


@pytest.mark.parametrize("state", FORMS)
def test_a_form_of_an_older_version_leads_to_the_same_numbers(client, state):
    start = urlsplit(state["start"])
    pairs = dict(parse_qsl(start.query, keep_blank_values=True)) | state["form"]
    answer = client.post(start.path, data=pairs)
    assert answer.status_code == 303
    there = answer.headers["Location"]
    assert urlsplit(there).path == urlsplit(state["address"]).path
    if there != state["address"]:  # the body differs, if only in a last digit
        assert lost(state["numbers"], client.get(f"/api{there}").json["board"]) == []


def test_a_state_that_was_stored_is_stored_again_bit_for_bit(app):
    with app.test_request_context():
        lessons = {lesson.name: lesson for lesson in known_lessons()}
        found = [(body, from_bytes(body)) for body in BODIES]
        states = [(body, lessons[value["lesson"]]) for body, value in found if "lesson" in value]
        assert {lesson.name for _, lesson in states} >= {"network", "train", "gradient_check"}
        for body, lesson in states:
            assert lesson.body(read_snapshot(lesson, address_of(body))) == body


def test_every_body_that_was_stored_is_still_the_one_spelling_of_its_value():
    assert len(BODIES) > 30
    for body in BODIES:
        assert to_bytes(from_bytes(body)) == body


def test_a_lesson_that_has_addresses_stays(app):
    held = {urlsplit(param.values[0]["address"]).path for param in STATES}
    assert held <= {lesson.path for lesson in app.config["LESSONS"]}


def test_a_number_that_changed_in_its_tenth_digit_would_be_seen():
    board = {"anywhere": [{"number": 0.12345678901234}]}
    assert lost([0.12345678901234], board) == []
    assert lost([0.12345678911234], board) == [0.12345678911234]
