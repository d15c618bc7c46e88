"""All parameters at once, and the one answer."""

import math
from dataclasses import replace

import pytest

from backprop.engine.differences.report import Row
from backprop.engine.differences.verdict import CONVENTION, ROUNDING, TURNS, Answer
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
    checked = [*claimed(0.5, 1e-3, answer=Answer.WRONG), *claimed(1e-9, 1e-8)]
    rows = table_rows(make_subject(HAND), checked, "", LINKS)
    assert [(c.band.name, c.count, c.words) for c in count_bands(rows)] == [
        ("wrong", 1, "wrong"),
        ("uneasy", 1, "wrong by little"),
        ("agrees", 2, "right"),
    ]


def unjudged(because, relative=1.0):
    return claimed(relative, answer=Answer.OPEN, because=because)


@pytest.mark.parametrize(
    ("rows", "answer", "words"),
    [
        (claimed(1e-9), "Right", "share no code, and they agree"),
        (claimed(1e-6), "Right", "if the function has kinks"),
        (claimed(1.0, kink=True), "Right", "between those of its two sides"),
        (claimed(1e-3, hidden=True), "Right", "Rounding alone explains"),
        (claimed(0.5), "Right", "h is to blame"),
        (claimed(0.5, answer=Answer.WRONG), "Wrong", "look at the worst row"),
        (unjudged(ROUNDING), "Cannot be judged", "nudge more"),
        (unjudged(TURNS), "Cannot be judged", "however small the nudge is"),
        (unjudged("the function is ∞", math.nan), "Cannot be judged", "Move the point first"),
        (unjudged(CONVENTION), "Cannot be judged", "reverse mode gives 1 and the differences 0"),
    ],
)
def test_there_is_one_of_three_answers_and_it_is_explained(rows, answer, words):
    verdict = judge(rows)
    assert verdict.answer == answer
    assert words in verdict.sentence
    assert verdict.right is (answer == "Right")
    if answer == "Cannot be judged":
        assert verdict.reason == f"because {rows[0].because}"


def test_a_large_constant_hides_a_slope_and_that_is_counted():
    choices = change(HAND, of="expression", expression="x + 1e15", at={"x": 0.0})
    table = show_table(make_subject(choices), "x", LINKS)
    assert [(row.relative.exact, row.because, row.band.name) for row in table.rows] == [
        (1.0, ROUNDING, "rounded")
    ]
    assert [c.band.name for c in table.counted] == ["rounded"]
    assert table.some_hidden
    assert table.verdict.answer == "Cannot be judged"


@pytest.mark.parametrize(
    ("text", "x", "answer"),
    [
        ("relu(x) + 5", 0.0, "Right"),
        ("abs(x)", 0.0, "Right"),
        ("relu(x) - relu(-x)", 0.0, "Cannot be judged"),
        ("x^2 + relu(x - 1)", 1.000001, "Right"),
        ("exp(x)", 1000.0, "Cannot be judged"),
    ],
)
def test_a_function_at_a_kink_or_beyond_has_its_answer(text, x, answer):
    choices = change(HAND, of="expression", expression=text, at={"x": x})
    assert show_table(make_subject(choices), "x", LINKS).verdict.answer == answer


def test_a_choice_does_not_change_the_check():
    assert make_subject(change(HAND, nudge=1e-5)).report.rows == make_subject(HAND).report.rows


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("sqrt(x^2 + y^2)", {"x": 0.0, "y": 0.0}, "infinitely steep where v 3 = 0"),
        ("1/(1 + exp(-x))", {"x": -1000.0}, "write f as sigmoid(x), which does not overflow"),
        ("log(x)", {"x": 0.0}, "the logarithm of 0 is −∞"),
    ],
)
def test_a_slope_that_is_not_finite_is_explained_by_what_made_it(text, at, words):
    subject = replace(make_subject(change(HAND, of="expression", expression=text)), point=at)
    verdict = show_table(subject, "x", LINKS).verdict
    assert verdict.answer == "Cannot be judged"
    assert words in verdict.sentence
    assert verdict.sentence.endswith("Move the point first.")
