from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import pytest

from backprop.stage.links import Links, Origin
from backprop.web.query import State
from backprop.web.reply import plain, projector_address

LESSON = "/lessons/small-lesson"


def test_a_page_stands_whole_around_the_lab(client):
    answer = client.get(f"{LESSON}?step=3")
    assert answer.text.startswith("<!doctype html>")
    assert "<title>Step 3 · A small lesson · backprop, slowly</title>" in answer.text
    assert 'id="lab"' in answer.text
    assert 'id="main"' in answer.text
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "HX-Request-Type" in answer.headers["Vary"]
    assert "HX-Push-Url" not in answer.headers


def test_a_part_is_the_lab_and_what_of_the_frame_depends_on_it(part):
    answer = part(f"{LESSON}?step=3&w1=0.5")
    assert "<html" not in answer.text
    assert 'id="main"' not in answer.text
    assert answer.text.count('id="lab"') == 1
    assert 'hx-target="#tools"' in answer.text
    assert "step=3&amp;mode=projector" in answer.text
    assert "HX-Request-Type" in answer.headers["Vary"]


def test_a_part_says_the_canonical_address(part):
    answer = part(f"{LESSON}?step=3&w1=0.5&rate=0,5&playing=1&speed=2")
    assert answer.headers["HX-Push-Url"] == f"{LESSON}?step=3"


def test_a_part_may_be_kept_and_is_asked_for_by_its_etag(client, part):
    first = part(LESSON)
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = part(LESSON, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(LESSON, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_lesson_without_a_lab_of_its_own_is_sent_by_its_one_template(part):
    assert 'id="lab"' in part("/lessons/ending").text


def test_going_back_in_history_asks_for_the_whole_page(client):
    headers = {"HX-Request-Type": "full", "HX-History-Restore-Request": "true"}
    assert client.get(LESSON, headers=headers).text.startswith("<!doctype html>")


def test_while_playing_the_part_holds_the_next_tick(part):
    assert 'id="tick"' not in part(LESSON).text
    assert "load delay:50ms" in part(f"{LESSON}?playing=1&speed=2").text
    assert 'id="tick"' not in part(f"{LESSON}?playing=1&step=9").text


def test_the_mode_of_the_address_stands_on_the_root(client):
    text = client.get(f"{LESSON}?mode=projector&step=2").text
    assert '<html lang="en" data-mode="projector">' in text
    assert f'href="{LESSON}?step=2"' in text


def test_a_word_that_hides_nothing_is_left_out_of_the_address_and_the_page_says_so(client, part):
    text = client.get(f"{LESSON}?hide=strip,everything,charts&step=2").text
    notice = text.partition('id="notice"')[2].partition("</div>")[0]
    assert "“everything”" in notice
    assert "“strip”" not in notice
    assert f'href="{LESSON}?step=2&amp;hide=strip,charts"' in notice
    assert "“" not in client.get(f"{LESSON}?hide=strip").text.partition('id="notice"')[2][:40]
    assert "everything" not in part(f"{LESSON}?hide=everything").text


@dataclass(frozen=True)
class Empty:
    pass


def test_a_lesson_with_one_view_has_no_way_to_another():
    links = Links("/lessons/x", Origin({}, Empty()), Empty())
    assert projector_address(State(None, Empty(), links)) == ""


@dataclass(frozen=True)
class Thing:
    numbers: tuple[float, ...]
    _private: int = 0


@pytest.mark.parametrize(
    ("value", "json"),
    [
        (
            Thing((1.5, float("nan"), float("inf"), float("-inf"))),
            {"numbers": [1.5, "NaN", "Infinity", "-Infinity"]},
        ),
        (np.array([[1.0, np.nan]]), [[1.0, "NaN"]]),
        (np.float64(2.0), 2.0),
        (np.int64(3), 3),
        ({1: None, "x": True}, {"1": None, "x": True}),
        (namedtuple("Point", "x y")(1, "a"), {"x": 1, "y": "a"}),
        (Links("/lessons/x", Origin({"preset": "a"}, Empty()), Empty()), "/lessons/x?preset=a"),
        ([frozenset(["a"])], [["a"]]),
    ],
)
def test_a_value_becomes_plain(value, json):
    assert plain(value) == json


def test_what_has_no_json_is_a_programmers_mistake():
    with pytest.raises(AssertionError, match="A board holds a object"):
        plain(object())
