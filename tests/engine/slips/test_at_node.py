"""What each slip gives at one node of a pass of numbers."""

import math

import pytest

from backprop.engine.backward import differentiate
from backprop.engine.expression import parse
from backprop.engine.network import Network
from backprop.engine.slips.at_node import (
    ADDED,
    BY_VALUE,
    EXPONENT_LOST,
    ITSELF,
    MISSED_PATH,
    NO_ARRIVING,
    NO_LOCAL,
    OWN_FACTOR,
    PATHS_MULTIPLIED,
    SLOPE_AT_OUT,
    wrong_values,
)
from backprop.engine.slips.catalog import ASSIGNED, HALF_LOST, ONE_PATH, SIGN, TWO_LOST
from backprop.engine.slips.wrong_slopes import FROM_INPUT, OUTER_LOST

HAND = Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True)
POINT = {
    **{"x1": 0.05, "x2": 0.1, "y1": 0.01, "y2": 0.99, "b1_1": 0.35, "b2_1": 0.6},
    **{"w1_1_1": 0.15, "w1_1_2": 0.2, "w1_2_1": 0.25, "w1_2_2": 0.3},
    **{"w2_1_1": 0.4, "w2_1_2": 0.45, "w2_2_1": 0.5, "w2_2_2": 0.55},
}


Y_OF = {"2^x": {}, "x^y": {"y": 2.0}, "x^1": {}, "x^0 + 3x": {}}


def at(text, name, **point):
    graph = parse(text)
    trace = differentiate(graph, point)
    return trace, graph.position(name)


def found(text, name, **point):
    return [(wrong.slip, wrong.value) for wrong in wrong_values(*at(text, name, **point))]


def test_one_path_of_two_is_named_with_each_path():
    values = found("x * y + 3x", "x", x=2, y=5)
    assert (ONE_PATH, 5) in values
    assert (ONE_PATH, 3) in values
    assert (ASSIGNED, 3) in values
    assert (PATHS_MULTIPLIED, 15) in values
    assert MISSED_PATH not in dict(values)  # of two, one missing is one only


def test_of_three_paths_one_can_be_missing():
    values = found("x * y + 3x + x^2", "x", x=2, y=5)
    assert {value for slip, value in values if slip is MISSED_PATH} == {7, 9, 8}


def test_a_factor_can_be_forgotten_or_added():
    values = dict(found("(x + y) * z", "x", x=-2, y=5, z=-4))
    assert values[NO_ARRIVING] == 1
    assert values[ADDED] == -3
    assert values[SIGN] == 4
    assert values[ITSELF] == -2
    assert values[BY_VALUE] == -4 * 3
    assert NO_LOCAL not in values  # its local derivative is 1: what arrives is right
    assert dict(found("(x + y) * z", "z", x=-2, y=5, z=-4))[OWN_FACTOR] == -4


def test_the_slope_of_a_sigmoid_can_be_taken_at_its_result():
    values = dict(found("2 * sigmoid(x)", "x", x=0))
    a = 1 / (1 + math.exp(-0.5))
    assert values[SLOPE_AT_OUT] == pytest.approx(2 * a * (1 - a))
    assert values[NO_LOCAL] == 2
    assert SLOPE_AT_OUT not in dict(found("exp(x)", "x", x=0.5))


def test_the_output_has_no_terms():
    assert found("x * y", "v1", x=2, y=5) == [(SIGN, -1), (ITSELF, 10)]


def test_a_lost_factor_of_the_loss_is_known():
    graph = HAND.graph("neurons")
    trace = differentiate(graph, POINT)
    position = graph.position("a2_1")
    right = trace.gradients[position]
    assert dict(wrong_values(trace, position))[HALF_LOST] == pytest.approx(2 * right)
    assert dict(found("x^2", "x", x=3))[TWO_LOST] == 3


def test_the_two_of_a_square_is_lost_in_a_square_only():
    assert TWO_LOST not in dict(found("x^3", "x", x=2))
    assert dict(found("x^3", "x", x=2))[EXPONENT_LOST] == 4
    assert dict(found("x^2 + 5x", "x", x=3))[TWO_LOST] == 8  # the other use keeps its slope
    for text in ("2^x", "x^y", "x^1", "x^0 + 3x"):
        assert not {TWO_LOST, EXPONENT_LOST} & set(dict(found(text, "x", x=3, **Y_OF[text])))


def test_the_two_of_a_mean_square_is_lost():
    network = Network((2, 1), ("linear",), loss="mean_squared_error")
    point = {"x1": 0.5, "x2": 0.1, "y1": 1.0, "w1_1_1": 0.3, "w1_1_2": 0.2, "b1_1": 0.1}
    trace = differentiate(network.graph("neurons"), point)
    position = trace.graph.position("z1_1")
    half = trace.gradients[position] / 2
    assert dict(wrong_values(trace, position))[TWO_LOST] == pytest.approx(half)


@pytest.mark.parametrize("detail", ["operations", "neurons"])
def test_what_gives_the_right_number_is_left_out_everywhere(detail):
    trace = differentiate(HAND.graph(detail), POINT)
    for position in range(len(trace.graph)):
        right = trace.gradients[position]
        for _, value in wrong_values(trace, position):
            assert math.isfinite(value)
            assert not math.isclose(value, right, rel_tol=1e-9)


@pytest.mark.parametrize("detail", ["operations", "neurons"])
def test_the_two_paths_of_a_hidden_unit_are_those_of_the_hand_calculation(detail):
    graph = HAND.graph(detail)
    position = graph.position("a1_1")
    values = wrong_values(differentiate(graph, POINT), position)
    paths = [value for slip, value in values if slip is ONE_PATH]
    assert paths == pytest.approx([0.055399424651, -0.019049118258], abs=1e-12)


def test_what_is_not_finite_is_left_out():
    values = dict(found("x * exp(y)", "y", x=2, y=1000))
    assert values == {NO_LOCAL: 2, ITSELF: 1000, FROM_INPUT: 2000, OUTER_LOST: 2}


def test_several_slips_may_give_the_same_number():
    trace = differentiate(HAND.graph("neurons"), POINT)
    values = wrong_values(trace, trace.graph.position("a1_1"))
    assert [slip for slip, value in values if abs(value + 0.01905) < 1e-5] == [ONE_PATH, ASSIGNED]
