"""What a class answered, to keep: rows that no program takes for formulas, and JSON."""

import csv
import io
import json

import pytest

from backprop.lessons.network.lesson import LESSON as NETWORK
from backprop.sharing.room import Answer, AskedQuestion, Room, Round, Scene
from backprop.stage.choices import change
from backprop.stage.classroom.matching import find_matcher
from backprop.stage.classroom.record import AskedRecord, guarded, make_record, write_answers
from backprop.stage.classroom.tally import Row, make_tally

W5 = change(NETWORK.defaults, step=14)
ASKED = AskedQuestion(
    *(1, 2, "/lessons/network?step=14", "A round", "gradient"),
    *(False, "shown", "", (Round(10, 70),)),
)
ROOM = Room("BCDFGH", 9, 9, 2, "", True, False, 99, "", 3, (Scene(2, "/", "A", "n"),), (ASKED,))


def answer(token, sign, typed, number, verdict, variant=None):
    return Answer(token, 1, variant, sign, typed, number, verdict, 5)


ANSWERS = (
    answer("aa", "up", "0.741*0.593", 0.439413, "no-output-slope"),
    answer("bb", "down", "-0.0822", -0.0822, "sign"),
    answer("cc", "", "-0.1*0.2", -0.02, "other"),
    answer("dd", "up", "", None, "none"),
)


def matcher(variant):
    return find_matcher(NETWORK, W5, "gradient", variant)


@pytest.fixture(scope="module")
def record():
    rows = [Row(each.round, (each.verdict,), each.sign, each.number) for each in ANSWERS]
    return AskedRecord(ASKED, ANSWERS, make_tally(matcher(None), rows, [4]), matcher)


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_each_answer_is_a_row_with_its_slip_by_name(record):
    rows = rows_of(write_answers([record]))
    sign = next(row for row in rows if row["token"] == "bb")
    assert sign == {
        **{"token": "bb", "question": "1", "asked": "How much does w₅ matter?", "round": "1"},
        **{"sign": "negative", "answer": "-0.0822", "number": "-0.0822"},
        **{"slip": "The sign is turned round", "seconds": "5"},
    }
    assert [row["slip"] for row in rows][-2:] == ["another answer", "the sign alone"]


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        *((x, x) for x in ("-0.0822", "+.5", "-4e-3", "-12.", "0.741*0.593", "No σ′", "", "−3")),
        *((x, f"'{x}") for x in ("-0.1*0.2", "=1+1", "+1+1", "@SUM(A1)", "\t=1", "-", "--1")),
        ("＝1", "'＝1"),
    ],
)
def test_a_cell_is_never_a_formula_and_a_negative_number_stays_one(cell, kept):
    assert guarded(cell) == kept


def test_a_product_that_begins_with_a_minus_is_guarded_in_its_row(record):
    (row,) = (row for row in rows_of(write_answers([record])) if row["token"] == "cc")
    assert (row["answer"], row["number"]) == ("'-0.1*0.2", "-0.02")


def test_all_that_a_room_holds_is_json(record):
    made = json.loads(json.dumps(make_record(ROOM, [record])))
    (question,) = made["questions"]
    assert made["scenes"][0]["note"] == "n"
    assert question["rounds"] == [{"opened": 10, "closed": 70}]
    assert question["counts"][0]["key"] == "right"
    assert question["counts"][0]["number"] == pytest.approx(0.0821670406)
    assert {each["token"] for each in question["answers"]} >= {"bb", "cc", "dd"}
    assert made["code"] == "BCDFGH"


def test_of_a_page_that_is_gone_the_answers_stay_as_they_were_sent():
    gone = AskedRecord(ASKED, ANSWERS[1:2], None, None)
    (row,) = rows_of(write_answers([gone]))
    assert (row["asked"], row["slip"]) == ("A round", "sign")
    assert make_record(ROOM, [gone])["questions"][0]["counts"] == []
