"""The check of a planted mistake, array by array or node by node."""

import numpy as np
import pytest

from backprop.lessons.gradient_check.bug_check import check_arrays, check_nodes
from backprop.lessons.gradient_check.planted_slip import make_setup
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.training import gradient_at
from backprop.stage.choices import read_choices
from backprop.stage.head import find_preset

PRODUCT = find_preset(PRESETS, "product").choices
SETUP = make_setup(PRESETS[0].choices)
FLAT = SETUP.flat(SETUP.parameters)
RIGHT = gradient_at(SETUP, None, FLAT)


def parts(claimed):
    return {part.name: part for part in check_arrays(SETUP, FLAT, claimed)}


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


def nodes(name, expression="(x + y) * z", previous=None, **at):
    setup = make_setup(read_choices(PRODUCT, {"expression": expression, **at}))
    slip = next(each for each in setup.slips if each.name == name)
    flat = setup.flat(setup.parameters)
    claims = gradient_at(setup, slip, flat, previous)
    return {
        row.label.plain or str(row.label): row for row in check_nodes(setup, slip, flat, claims)
    }


def test_the_nodes_stand_from_the_result_back():
    found = [*nodes("own-factor").values()]
    assert [row.variable for row in found] == [False, False, True, True, True]
    assert [row.right.shown for row in found] == ["1", "−4", "3.000", "−4", "−4.000"]


def test_where_the_slip_is_made_and_where_it_only_arrives_is_told():
    found = [*nodes("own-factor").values()]
    assert [row.made for row in found] == [False, True, True, False, False]
    assert found[1].words == "1 · (−4) = −4; the slip makes it 3"
    assert found[3].words == "3 · 1 = 3: what arrives is wrong already"


def test_a_sum_of_paths_is_written_out():
    (row,) = [r for r in nodes("assigned", "x * 2 + x * 3", x="1").values() if r.variable]
    assert row.words == "1 · 2 + 1 · 3 = 5; the slip makes it 3"


def test_a_long_sum_is_cut():
    (row,) = [r for r in nodes("assigned", "x + x + x * x", x="2").values() if r.variable]
    assert row.words == "1 · 1 + 1 · 1 + 1 · 2 + … = 6; the slip makes it 2"


def test_a_pass_that_begins_with_the_wrong_sign_says_so():
    found = [*nodes("sign").values()]
    assert found[0].words == "begins with −1, where 1 belongs"
    assert all(row.band.off for row in found)


def test_what_the_round_before_brings_is_told():
    (row,) = [
        r
        for r in nodes("not-zeroed", "x^2", previous=np.array([1.0]), x="3").values()
        if r.variable
    ]
    assert row.words == "1 · 6 = 6 in this round; what was kept makes it 7"


def test_where_there_is_no_number_there_are_no_nodes():
    setup = make_setup(read_choices(PRODUCT, {"expression": "x^2", "x": "3"}))
    nowhere = np.array([np.nan])
    assert check_nodes(setup, setup.slips[0], nowhere, nowhere) == ()
