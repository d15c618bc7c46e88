import pytest

from backprop.engine.errors import InputError, UnknownNameError
from backprop.sharing.errors import MissingSnapshot
from backprop.sharing.snapshot import SnapshotError, to_bytes
from backprop.stage.choices import ChoiceError
from backprop.stage.quiz.asked_back import AskingChoices
from backprop.web.body import json_body
from backprop.web.query import (
    LONGEST_ADDRESS,
    find_lesson,
    open_store,
    put_snapshot,
    read_asking,
    read_response_options,
    read_state,
    request_pairs,
)

MANY = {"count": "400"} | {f"w{i}": f"{i}.125" for i in range(1, 401)}


@pytest.fixture
def asked(app):
    """Asks for an address, and lets the test read the request."""
    contexts = []

    def ask(*args, **kwargs):
        contexts.append(app.test_request_context(*args, **kwargs))
        contexts[-1].push()

    yield ask
    for context in reversed(contexts):
        context.pop()


def test_a_lesson_is_found_by_the_end_of_its_address(asked, lesson):
    asked("/")
    assert find_lesson("small-lesson") is lesson


def test_an_unknown_lesson_is_named(asked):
    asked("/")
    with pytest.raises(UnknownNameError, match="no lesson “chess”") as caught:
        find_lesson("chess")
    assert caught.value.at == "lesson"


def test_the_last_word_on_a_field_wins(asked):
    asked("/?w1=1&w1=2&step=3")
    assert request_pairs() == {"w1": "2", "step": "3"}


def test_a_form_wins_over_the_address(asked):
    asked("/?w1=1&step=3", method="POST", data={"w1": ["4", "5"]})
    assert request_pairs() == {"w1": "5", "step": "3"}


def test_a_json_body_spells_the_same_fields(asked):
    body = {"step": 3, "rate": 0.25, "loud": True, "hide": ["strip", "charts"], "focus": "w1"}
    asked("/", method="POST", json=body)
    assert request_pairs() == {
        "step": "3",
        "rate": "0.25",
        "loud": "1",
        "hide": "strip,charts",
        "focus": "w1",
    }


def test_an_object_is_no_value(asked):
    asked("/", method="POST", json={"step": {}})
    with pytest.raises(ChoiceError, match="“step” is neither a text nor a number"):
        request_pairs()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 100_000, b'{"x": NaN}', b"\xff"])
def test_what_is_not_a_json_object_is_refused(asked, body):
    asked("/", method="POST", data=body)
    with pytest.raises(InputError, match="not a JSON object"):
        json_body()


def test_fields_override_the_defaults(asked, lesson):
    asked("/")
    state = read_state(lesson, {"step": "3", "w2": "0,25", "nonsense": "1"})
    assert (state.choices.step, state.choices.weights) == (3, {"w1": 0.5, "w2": 0.25})
    assert state.links.address() == "/lessons/small-lesson?step=3&w2=0.25"


def test_a_preset_is_an_origin(asked, lesson):
    asked("/")
    state = read_state(lesson, {"preset": "loud", "rate": "3"})
    assert state.choices.loud
    assert state.links.address() == "/lessons/small-lesson?preset=loud&rate=3"


def test_a_snapshot_is_an_origin(asked, lesson):
    asked("/")
    stored = put_snapshot(lesson, read_state(lesson, {"step": "3", "w1": "7"}).choices)
    state = read_state(lesson, {"from": stored, "step": "4"})
    assert (state.choices.step, state.choices.weights["w1"]) == (4, 7.0)
    assert state.links.address() == f"/lessons/small-lesson?from={stored}&step=4"


def test_a_snapshot_holds_what_differs_from_the_defaults(asked, lesson):
    asked("/")
    stored = put_snapshot(lesson, read_state(lesson, {"preset": "loud"}).choices)
    pairs = {"loud": "1", "rate": "2", "w1": "1", "w2": "-1"}
    assert open_store().get(stored) == to_bytes({"lesson": "small_lesson", "pairs": pairs})


def test_two_origins_are_refused(asked, lesson):
    asked("/")
    with pytest.raises(ChoiceError, match="a preset and a snapshot"):
        read_state(lesson, {"preset": "loud", "from": "0" * 64})


def test_a_missing_snapshot_is_named(asked, lesson):
    asked("/")
    with pytest.raises(MissingSnapshot):
        read_state(lesson, {"from": "0" * 64})


@pytest.mark.parametrize("value", [{"lesson": "chess", "pairs": {}}, {"columns": ["x"]}, 3])
def test_a_snapshot_of_something_else_is_refused(asked, lesson, value):
    asked("/")
    stored = open_store().put(to_bytes(value))
    with pytest.raises(SnapshotError, match="not made in the lesson “A small lesson”"):
        read_state(lesson, {"from": stored})


def test_a_state_that_is_too_long_for_an_address_goes_into_the_store(asked, lesson):
    asked("/")
    state = read_state(lesson, MANY)
    address = state.links.address()
    assert len(address) < LONGEST_ADDRESS
    assert address.startswith("/lessons/small-lesson?from=")
    assert read_state(lesson, {"from": address[-64:]}).choices == state.choices


def test_without_room_in_the_store_a_page_keeps_its_long_address(make, lesson):
    with make(STORE_LIMIT=10).test_request_context("/"):
        state = read_state(lesson, MANY)
    assert "w400=400.125" in state.links.address()


def test_response_options_are_no_part_of_an_address(asked, lesson):
    asked("/", headers={"HX-Request-Type": "partial"})
    pairs = {"step": "2", "playing": "1", "speed": "2,5"}
    options = read_response_options(lesson, pairs)
    assert (options.playing, options.speed, options.partial) == (True, 2.5, True)
    assert read_state(lesson, pairs).links.address() == "/lessons/small-lesson?step=2"


def test_by_default_nothing_plays_and_the_whole_page_is_asked_for(asked, lesson):
    asked("/")
    options = read_response_options(lesson, {})
    assert (options.playing, options.speed, options.partial) == (False, 1.0, False)


def test_what_says_that_a_form_was_sent_is_read_beside_an_answer_too(app):
    with app.test_request_context("/?answer=1&check=1"):
        assert read_asking(AskingChoices(), "/end")[1].address() == "/end?answer=1"
    with app.test_request_context("/?answer=1&check=null"), pytest.raises(ChoiceError) as caught:
        read_asking(AskingChoices(), "/end")
    assert caught.value.at == "check"
