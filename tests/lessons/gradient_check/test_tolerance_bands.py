"""The bands of a relative difference."""

import math

import pytest

from backprop.engine.differences.report import Row
from backprop.engine.differences.verdict import ROUNDING, Answer
from backprop.lessons.gradient_check.tolerance_bands import (
    AGREES,
    HIDDEN,
    KINKS,
    NARROWER,
    OPEN,
    SIDES,
    UNEASY,
    UNKNOWN,
    WRONG,
    by_trouble,
    find_band,
    row_band,
)


@pytest.mark.parametrize(
    ("relative", "band"),
    [
        (0.0, AGREES),
        (1e-7, AGREES),
        (1.1e-7, KINKS),
        (9.9e-5, KINKS),
        (1e-4, UNEASY),
        (1e-2, UNEASY),
        (0.011, WRONG),
        (2.0, WRONG),
        (math.nan, UNKNOWN),
    ],
)
def test_a_difference_lies_in_its_band(relative, band):
    assert find_band(relative) is band


@pytest.mark.parametrize(
    ("relative", "state", "band"),
    [
        (1.0, {"answer": Answer.WRONG}, WRONG),
        (5e-5, {"answer": Answer.WRONG}, UNEASY),  # of a tolerance that was chosen
        (1.0, {"answer": Answer.OPEN, "because": ROUNDING}, OPEN),
        (math.nan, {"answer": Answer.OPEN, "because": "of NaN"}, UNKNOWN),
        (1.0, {"kink": True}, SIDES),
        (1e-9, {"kink": True}, AGREES),
        (1.0, {"hidden": True}, HIDDEN),
        (1.0, {}, NARROWER),
    ],
)
def test_a_row_has_the_band_of_its_answer(relative, state, band):
    assert row_band(Row("x", 1.0, 0.0, 1.0, relative, **state)) is band


def test_what_is_wrong_comes_first_then_what_cannot_be_judged_and_the_largest_of_each():
    rows = [
        Row("small", 1.0, 1.0, 0.0, 1e-9),
        Row("large", 1.0, 1.0, 0.0, 1e-5),
        Row("open", 1.0, 1.0, 1.0, 1.0, answer=Answer.OPEN),
        Row("nan", 1.0, 1.0, 0.0, math.nan, answer=Answer.OPEN),
        Row("wrong", 1.0, 0.5, 0.5, 0.5, answer=Answer.WRONG),
    ]
    names = [row.name for row in sorted(rows, key=by_trouble)]
    assert names == ["wrong", "nan", "open", "large", "small"]
