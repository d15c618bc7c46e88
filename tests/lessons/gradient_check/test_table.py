"""All parameters at once, and the one answer."""

import pytest

from backprop.engine.differences.report import Row
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.subject import make_subject
from backprop.lessons.gradient_check.table import (
    count_bands,
    judge,
    show_table,
    table_rows,
)
from backprop.lessons.gradient_check.tolerance_bands import by_trouble
from backprop.stage.choices import change
from backprop.stage.links import Links, Origin

HAND = PRESETS[0].choices
LINKS = Links("/lessons/gradient-check", Origin({}, HAND), HAND)


def claimed(*relatives, **state):
    """Return the rows of a check that found these relative differences, the worst first."""
    rows = (Row("w2_1_1", 1.0, 1.0 - r, r, r, **state) for r in relatives)
    return sorted(rows, key=by_trouble)


def test_the_worst_stands_first():
    table = show_table(make_subject(HAND), "w2_1_1", LINKS)
    relatives = [row.relative.exact for row in table.rows]
    assert relatives == sorted(relatives, reverse=True)
    assert [row.name for row in table.rows if row.on] == ["w2_1_1"]
    assert table.rows[0].address.startswith("/lessons/gradient-check?parameter=")


def test_the_bands_are_counted():
    rows = table_rows(make_subject(HAND), claimed(1e-9, 1e-8, 0.5, 1e-3), "", LINKS)
    assert [(c.band.name, c.count, c.words) for c in count_bands(rows)] == [
        ("wrong", 1, "wrong"),
        ("uneasy", 1, "uneasy"),
        ("agrees", 2, "agree"),
    ]


@pytest.mark.parametrize(
    ("rows", "fits", "answer"),
    [
        (claimed(1e-9), False, "Yes"),
        (claimed(1e-6), False, "Yes"),
        (claimed(0.5), False, "No"),
        (claimed(0.5), True, "Yes, though this check says no"),
        (claimed(1e-3), False, "No"),
        (claimed(0.5, 1e-9, kink=True), False, "Not decided"),
        (claimed(0.0, kink=True), False, "Not decided"),
        (claimed(1.0, 1e-9, hidden=True), False, "Not decided"),
        (claimed(1e-3, 1e-9, hidden=True), False, "Yes"),
        (claimed(float("nan"), 1e-9), False, "It cannot be said"),
    ],
)
def test_there_is_one_answer(rows, fits, answer):
    verdict = judge(rows, fits)
    assert verdict.answer == answer
    assert verdict.right is (answer == "Yes")


def test_a_difference_that_only_kinks_excuse_is_said_to_be_that():
    assert "if the function has kinks" in judge(claimed(1e-6), False).sentence


def test_a_difference_that_rounding_explains_is_said_to_be_that():
    assert "rounding alone explains" in judge(claimed(1e-3, hidden=True), False).sentence
    assert judge(claimed(1.0, hidden=True), False).reason == "rounding hides the difference"


def test_a_large_constant_hides_a_slope_and_that_is_counted():
    choices = change(HAND, of="expression", expression="x + 1e15", at={"x": 0.0})
    table = show_table(make_subject(choices), "x", LINKS)
    assert [(row.relative.exact, row.hidden, row.band.name) for row in table.rows] == [
        (1.0, True, "rounded")
    ]
    assert [c.band.name for c in table.counted] == ["rounded"]
    assert table.verdict.answer == "Not decided"


def test_a_choice_does_not_change_the_check():
    assert make_subject(change(HAND, nudge=1e-5)).report.rows == make_subject(HAND).report.rows
