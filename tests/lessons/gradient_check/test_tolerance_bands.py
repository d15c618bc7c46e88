"""The bands of a relative difference."""

import math

import pytest

from backprop.engine.differences.report import Row
from backprop.lessons.gradient_check.tolerance_bands import (
    AGREES,
    CROSSED,
    HIDDEN,
    KINKS,
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


@pytest.mark.parametrize("relative", [0.0, 1e-6, 0.5])
def test_across_a_kink_neither_difference_nor_agreement_says_something(relative):
    assert find_band(relative, kink=True) is CROSSED
    assert find_band(relative, kink=True, hidden=True) is CROSSED


@pytest.mark.parametrize(
    ("relative", "band"), [(1e-9, AGREES), (1e-5, KINKS), (1.1e-4, HIDDEN), (1.0, HIDDEN)]
)
def test_what_rounding_hides_does_not_agree(relative, band):
    assert find_band(relative, hidden=True) is band
    assert not band.off


def test_a_row_has_the_band_of_its_numbers():
    assert row_band(Row("x", 1.0, 0.0, 1.0, 1.0, hidden=True)) is HIDDEN
    assert row_band(Row("x", 1.0, 0.0, 1.0, 1.0, kink=True)) is CROSSED
    assert row_band(Row("x", 1.0, 0.0, 1.0, 1.0)) is WRONG


def test_what_is_no_number_comes_first_and_then_the_largest():
    rows = [Row(str(r), 1.0, 1.0, 0.0, r) for r in (1e-9, math.nan, 0.5)]
    assert [row.name for row in sorted(rows, key=by_trouble)] == ["nan", "0.5", "1e-09"]


def test_what_is_accused_comes_before_what_rounding_hides():
    rows = [Row("hidden", 1.0, 0.0, 1.0, 1.0, hidden=True), Row("wrong", 1.0, 0.5, 0.5, 0.5)]
    assert [row.name for row in sorted(rows, key=by_trouble)] == ["wrong", "hidden"]
