"""The bands of a relative difference."""

import math

import pytest

from backprop.engine.finite_difference import Row
from backprop.lessons.check_bands import (
    CROSSED,
    HAPPY,
    KINKS,
    UNEASY,
    UNKNOWN,
    WRONG,
    band_of,
    by_trouble,
)


@pytest.mark.parametrize(
    ("relative", "band"),
    [
        (0.0, HAPPY),
        (1e-7, HAPPY),
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
    assert band_of(relative) is band


def test_across_a_kink_only_agreement_says_something():
    assert band_of(0.5, kink=True) is CROSSED
    assert band_of(0.0, kink=True) is HAPPY


def test_what_is_no_number_comes_first_and_then_the_largest():
    rows = [Row(str(r), 1.0, 1.0, 0.0, r) for r in (1e-9, math.nan, 0.5)]
    assert [row.name for row in sorted(rows, key=by_trouble)] == ["nan", "0.5", "1e-09"]
