"""Claimed ÷ measured, as it is written."""

import pytest

from backprop.engine.differences.check import check_gradient
from backprop.lessons.find_the_bug.bug import make_bug, possible_bugs
from backprop.lessons.find_the_bug.cases import HIDDEN, LEVELS, find_hidden
from backprop.lessons.find_the_bug.examples import find_example
from backprop.lessons.find_the_bug.ratios import (
    explain_zeros,
    has_row_factors,
    is_one_factor,
    measure,
    show_ratios,
    write_range,
    write_ratio,
    wrong_arrays,
)
from tests.lessons.find_the_bug.test_code import EXAMPLES


def shown(array):
    return [[ratio.shown for ratio in row] for row in array.rows]


def test_a_transposed_matrix_gives_a_factor_for_each_hidden_unit():
    second, first = show_ratios(make_bug("by-hand", "transposed", 1))
    assert shown(second.weights) == [["1", "1"], ["1", "1"]]
    assert shown(second.bias) == [["1"], ["1"]]
    assert (first.weights.name, first.bias.name) == ("dW1", "db1")
    assert shown(first.weights) == [["1.052", "1.052"], ["1.167", "1.167"]]
    assert shown(first.bias) == [["1.052"], ["1.167"]]
    assert first.weights.off
    assert not second.weights.off


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (2.0, "2"),
        (-1.0, "−1"),
        (0.0, "0"),
        (1.0524, "1.052"),
        (-0.5239, "−0.524"),
        (1.0003, "1.0003"),
        (38.25, "38.25"),
        (-124.62, "−124.6"),
        (1.00000000001, "1"),
        (12345.6, "1.23·10⁴"),
        (0.00042, "4.20·10⁻⁴"),
        (-1.84e-16, "0"),
        (9.9951, "9.995"),
    ],
)
def test_a_ratio_is_written_1_only_where_it_is_1(ratio, text):
    assert write_ratio(ratio) == text


def test_where_both_are_0_there_is_no_ratio_and_where_one_is_it_says_so():
    right = show_ratios(make_bug("relu", "before-activation", 2))
    assert shown(right[1].weights)[1] == ["0 ÷ 0", "0 ÷ 0"]
    assert not right[1].weights.off
    wrong = show_ratios(make_bug("relu", "no-hidden-slope", 1))
    assert all(text.endswith("÷ 0") and text[0] != "∞" for text in shown(wrong[1].weights)[1])
    assert wrong[1].weights.off
    assert shown(wrong[0].weights)[0][1] == "0 ÷ 0"
    assert explain_zeros(make_bug("relu", "before-activation", 2)).startswith("÷ 0: the measured")
    assert explain_zeros(make_bug("relu", "slope-of-z", 2)).startswith("0 ÷ 0 is right")
    assert explain_zeros(make_bug("by-hand", "sign", 2)) == ""


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_right_gradient_of_every_example_passes_the_check(name):
    assert all(row.agrees() and row.relative < 1e-6 for row in measure(find_example(name)))


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_off_is_what_the_check_calls_wrong(level):
    for case in range(1, len(HIDDEN[level]) + 1, 4):
        _, bug = find_hidden(level, case)
        setup = bug.example.setup
        at = {**setup.parameters, "X": setup.X, "Y": setup.Y}
        claimed = {name: bug.claimed[name] for name in setup.network.shapes}
        rows = check_gradient(setup.network, at, claimed).rows
        layers = reversed(show_ratios(bug))
        arrays = [array for layer in layers for array in (layer.weights, layer.bias)]
        off = [ratio.off for array in arrays for row in array.rows for ratio in row]
        assert off == [not row.agrees() for row in rows]


def test_a_range_names_one_number_two_or_from_which_to_which():
    assert write_range(make_bug("by-hand", "half-lost", 2), "W1") == "2"
    assert write_range(make_bug("by-hand", "updated-weights", 1), "W1") == "0.832 and 0.851"
    assert write_range(make_bug("deep", "updated-weights", 2), "W2").count(" … ") == 1
    assert write_range(make_bug("relu", "no-hidden-slope", 1), "b1").endswith("÷ 0")


def test_one_factor_and_factors_of_rows_are_told_apart():
    assert is_one_factor(make_bug("by-hand", "sign", 2))
    assert not is_one_factor(make_bug("by-hand", "transposed", 1))
    assert has_row_factors(make_bug("by-hand", "transposed", 1), "W1")
    assert not has_row_factors(make_bug("by-hand", "transposed-gradient", 1), "W1")
    assert not has_row_factors(make_bug("relu", "no-hidden-slope", 1), "W1")


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_bug_makes_some_array_wrong(name):
    assert all(wrong_arrays(bug) for bug in possible_bugs(name))
