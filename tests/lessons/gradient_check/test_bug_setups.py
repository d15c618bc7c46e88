"""Where mistakes are planted."""

import numpy as np
import pytest

from backprop.lessons.gradient_check.bug_setups import bench_of, candidates, hidden_in
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.typed_setup import TITLE
from backprop.stage.choices import read_choices

HAND = PRESETS[0].choices
BY_NAME = {preset.name: preset.choices for preset in PRESETS}


def bench(**pairs):
    return bench_of(read_choices(HAND, pairs))


def test_the_hand_example_has_one_example_and_two_frozen_biases():
    found = bench()
    assert found.X.tolist() == [[0.05, 0.1]]
    assert found.Y.tolist() == [[0.01, 0.99]]
    assert found.moves.tolist() == [1, 1, 1, 1, 0, 1, 1, 1, 1, 0]
    assert found.rate == 0.5


def test_a_network_on_a_data_set_has_all_its_rows():
    assert len(bench_of(BY_NAME["xor"]).X) == 4
    assert bench_of(BY_NAME["iris"]).X.shape == (150, 4)
    assert [bench_of(BY_NAME[name]).rate for name in ("xor", "iris")] == [0.5, 0.05]
    assert "all 150 rows" in bench_of(BY_NAME["iris"]).title


def test_an_expression_plants_in_itself_or_in_a_batch():
    own = bench(of="expression")
    assert (own.title, tuple(own.graph.variables)) == (TITLE, ("x", "y", "z"))
    assert bench(of="expression", bench="batch") is bench(bench="batch")


def test_where_no_slip_changes_an_expression_the_flowers_stand_in():
    assert bench(of="expression", expression="sqrt(x)", x="0") is bench(bench="batch")


def test_a_row_and_its_arrays_are_the_same_numbers():
    found = bench(bench="batch")
    flat = found.flat(found.parameters)
    for name, array in found.arrays(flat).items():
        assert np.array_equal(array, found.parameters[name])


@pytest.mark.parametrize("name", ["by-hand", "product", "kink"])
def test_some_mistakes_that_need_a_round_before_are_among_them(name):
    names = {slip.name for slip in candidates(bench_of(BY_NAME[name]))}
    assert {"stale-gradient", "not-zeroed"} <= names


@pytest.mark.parametrize("name", ["product", "kink", "fast", "steep"])
def test_an_expression_has_some_mistakes_of_its_own(name):
    assert len(candidates(bench_of(BY_NAME[name]))) >= 8


@pytest.mark.parametrize("name", ["by-hand", "iris", "xor"])
def test_there_are_at_least_twelve_mistakes_to_plant(name):
    assert len(candidates(bench_of(BY_NAME[name]))) >= 12


def test_what_changes_nothing_is_not_planted():
    names = {slip.name for slip in candidates(bench())}
    assert "updated-weights" in names
    assert "sum-over-batch" not in names  # there is one example


def test_a_case_always_hides_the_same_and_many_cases_hide_all():
    slips = candidates(bench())
    assert hidden_in(7, slips) is hidden_in(7, slips)
    assert {hidden_in(case, slips).name for case in range(1, 300)} == {s.name for s in slips}


def test_a_bench_is_known_by_what_it_begins_with():
    assert bench().start == bench().start
    assert bench().start != bench(w2_1_1="0.5").start
