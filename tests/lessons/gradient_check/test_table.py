"""All parameters at once, and the one answer."""

from types import SimpleNamespace

import pytest

from backprop.engine.differences.report import Row
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.subject import make_subject
from backprop.lessons.gradient_check.table import (
    count_bands,
    judge,
    table_rows,
    worst_row,
)
from backprop.stage.choices import change
from backprop.stage.links import Links, Origin

HAND = PRESETS[0].choices
LINKS = Links("/lessons/gradient-check", Origin({}, HAND), HAND)


class Claimed:
    """A subject whose report says these relative differences, each in the same state."""

    def __init__(self, *relatives, **state):
        rows = (Row("w2_1_1", 1.0, 1.0 - r, r, r, **state) for r in relatives)
        self.report = SimpleNamespace(rows=tuple(rows))
        self.label = make_subject(HAND).label


def test_the_worst_stands_first():
    rows = table_rows(make_subject(HAND), "w2_1_1", LINKS)
    relatives = [row.relative.exact for row in rows]
    assert relatives == sorted(relatives, reverse=True)
    assert [row.name for row in rows if row.on] == ["w2_1_1"]
    assert rows[0].address.startswith("/lessons/gradient-check?parameter=")


def test_the_bands_are_counted():
    rows = table_rows(Claimed(1e-9, 1e-8, 0.5, 1e-3), "", LINKS)
    assert [(c.band.name, c.count) for c in count_bands(rows)] == [
        ("wrong", 1),
        ("uneasy", 1),
        ("agrees", 2),
    ]


@pytest.mark.parametrize(
    ("subject", "fits", "answer"),
    [
        (Claimed(1e-9), False, "Yes"),
        (Claimed(1e-6), False, "Yes"),
        (Claimed(0.5), False, "No"),
        (Claimed(0.5), True, "Yes, though this check says no"),
        (Claimed(1e-3), False, "No"),
        (Claimed(0.5, 1e-9, kink=True), False, "Not decided"),
        (Claimed(0.0, kink=True), False, "Not decided"),
        (Claimed(1.0, 1e-9, hidden=True), False, "Not decided"),
        (Claimed(1e-3, 1e-9, hidden=True), False, "Yes"),
        (Claimed(float("nan"), 1e-9), False, "It cannot be said"),
    ],
)
def test_there_is_one_answer(subject, fits, answer):
    verdict = judge(subject, fits)
    assert verdict.answer == answer
    assert verdict.right is (answer == "Yes")


def test_a_difference_that_only_kinks_excuse_is_said_to_be_that():
    assert "if the function has kinks" in judge(Claimed(1e-6), False).sentence


def test_a_difference_that_rounding_explains_is_said_to_be_that():
    assert "rounding alone explains" in judge(Claimed(1e-3, hidden=True), False).sentence
    assert judge(Claimed(1.0, hidden=True), False).reason == "rounding hides the difference"


def test_a_large_constant_hides_a_slope_and_that_is_counted():
    choices = change(HAND, of="expression", expression="x + 1e15", at={"x": 0.0})
    subject = make_subject(choices)
    rows = table_rows(subject, "x", LINKS)
    assert [(row.relative.exact, row.hidden, row.band.name) for row in rows] == [
        (1.0, True, "rounded")
    ]
    assert [c.band.name for c in count_bands(rows)] == ["rounded"]
    assert judge(subject, False).answer == "Not decided"


def test_the_worst_row_is_found():
    assert worst_row(Claimed(1e-9, 0.5, 1e-3)).relative == 0.5


def test_a_choice_does_not_change_the_check():
    assert make_subject(change(HAND, nudge=1e-5)).report.rows == make_subject(HAND).report.rows
