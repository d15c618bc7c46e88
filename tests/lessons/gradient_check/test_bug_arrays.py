"""The check of a wrong gradient, array by array."""

import numpy as np
import pytest

from backprop.lessons.gradient_check.bug_arrays import parts_of
from backprop.lessons.gradient_check.bug_setups import bench_of
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.training import gradient_at

BENCH = bench_of(PRESETS[0].choices)
FLAT = BENCH.flat(BENCH.parameters)
RIGHT = gradient_at(BENCH, None, FLAT)


def parts(claimed):
    return {part.name: part for part in parts_of(BENCH, FLAT, claimed)}


def test_a_right_gradient_has_nothing_off():
    found = parts(RIGHT)
    assert [part.off for part in found.values()] == [0, 0, 0, 0]
    assert {part.ratio for part in found.values()} == {"1"}
    assert [len(row) for row in found["W2"].rows] == [2, 2]
    assert [len(row) for row in found["b1"].rows] == [1]


def test_one_wrong_entry_is_shown_where_it_stands():
    wrong = RIGHT.copy()
    wrong[1] *= 3  # w1_1_2
    found = parts(wrong)
    assert found["W1"].off == 1
    assert found["W1"].rows[0][1].band == "wrong"
    assert found["W1"].rows[0][1].words.startswith("w1_1_2: claimed ")
    assert found["W1"].ratio == "1 … 3"
    assert found["W1"].band.name == "wrong"


@pytest.mark.parametrize(
    ("factor", "ratio"), [(2, "2"), (-1, "−1"), (0, "0"), (1.0008, "1.0008"), (12345, "1.23·10⁴")]
)
def test_one_factor_for_all_is_one_ratio(factor, ratio):
    assert parts(factor * RIGHT)["W2"].ratio == ratio


def test_without_numbers_there_is_no_ratio():
    assert parts(RIGHT * np.nan)["W1"].ratio == "–"
    assert parts(RIGHT * np.nan)["W1"].band.name == "unknown"
