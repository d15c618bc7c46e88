"""The cost of a gradient, counted and measured; the clock is a part of the test."""

from itertools import count

import pytest

from backprop.engine.differences.cost import Cost, check_work, evaluations, measure, network_of
from backprop.engine.network import Network


def test_eight_weights_need_9_or_16_evaluations():
    assert evaluations(8) == (9, 16)
    assert evaluations(8).central == 16


@pytest.mark.parametrize(
    ("parameters", "found"), [(1, 7), (10, 7), (100, 105), (1000, 987), (10_000, 10_095)]
)
def test_a_network_of_about_so_many_parameters_is_found(parameters, found):
    assert network_of(parameters).parameter_count == found


def test_no_network_is_larger_than_may_be():
    assert network_of(10**9).sizes == (2, 128, 128, 1)
    assert network_of(10**9).parameter_count == 17_025


def test_the_work_of_a_check_is_counted_beforehand():
    one = Network((1, 1), ("linear",))
    assert check_work(one, 1) == 2 * 2 * 40
    assert check_work(one, 5) == 5 * check_work(one, 1)
    deep = Network((2, 3, 4, 1), ("tanh", "tanh", "linear"))
    by_layer = 9 * (40 * (1 + 5) + 4), 16 * 40 * 2, 5 * 40
    assert check_work(deep, 1) == 2 * sum(by_layer)


def test_a_small_network_is_measured_whole():
    seconds = count()
    found = measure(10, budget=10_000, clock=lambda: next(seconds))
    assert found.parameters == 7
    assert found.measured == found.evaluations.central == 14
    assert found.evaluating == 7 / 14  # the clock ticks once for each pair
    assert found.backward == 1
    assert found.nudging == 7
    assert found.ratio == 7


def test_a_large_one_is_measured_in_part_and_the_rest_in_proportion():
    seconds = count()
    found = measure(1000, budget=10, clock=lambda: next(seconds))
    assert found.measured == 10
    assert found.nudging == pytest.approx(found.evaluations.central / 2)
    assert found.sizes == (2, 29, 29, 1)


def test_the_real_clock_gives_seconds():
    found = measure(10, budget=0.001)
    assert isinstance(found, Cost)
    assert found.nudging > 0
    assert found.backward > 0
