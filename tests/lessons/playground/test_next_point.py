"""Fresh numbers: always the same next ones, and such that there is something to ask."""

import math

import pytest

from backprop.engine.backward import differentiate
from backprop.engine.expression import parse
from backprop.lessons.playground.fields import next_point
from tests.lessons.asked import NETWORK, PLAYGROUND, WHOLE, board_at


def test_a_network_starts_again_with_the_weights_of_the_next_seed():
    board = board_at(f"{NETWORK}?ask=1&step={WHOLE}&w1_1_1=0.3")
    fresh = board_at(board.quiz.ask.score.fresh)
    assert fresh.network.seed == 2
    assert fresh.head.links.choices.quiz.ask == "1"
    assert fresh.head.links.choices.network.parameters["w1_1_1"] not in (0.15, 0.3)
    assert fresh.walk.strip.at == 10
    assert "w1_1_1" not in board.quiz.ask.score.fresh


def test_where_a_seed_decides_nothing_the_weights_are_drawn():
    board = board_at(f"{NETWORK}?ask=1&step={WHOLE}&scheme=equal&seed=3")
    fresh = board_at(board.quiz.ask.score.fresh)
    assert fresh.head.links.choices.network.scheme == "xavier"
    assert len(set(fresh.head.links.choices.network.parameters.values())) > 2


def test_a_function_starts_again_at_another_point():
    board = board_at(f"{PLAYGROUND}?ask=1&step=7")
    fresh = board_at(board.quiz.ask.score.fresh)
    assert fresh.head.links.choices.at != board.head.links.choices.at
    assert fresh.walk.strip.at == 3
    assert board_at(board.quiz.ask.score.again).head.links.choices.at == board.head.links.choices.at


def test_a_function_without_a_variable_has_nothing_to_sum_up():
    board = board_at(f"{PLAYGROUND}?expression=2*3&ask=1&step=99")
    assert board.quiz.ask.score is None


@pytest.mark.parametrize("text", ["x*y + z", "log(x) * sqrt(y)", "relu(x) + y", "x / (x - y)"])
def test_the_next_point_has_a_gradient_and_is_always_the_same(text):
    graph = parse(text)
    at = {name: 1.5 + n for n, name in enumerate(graph.variables)}
    point = next_point(graph, at)
    assert point == next_point(graph, at) != at
    trace = differentiate(graph, point)
    assert all(map(math.isfinite, trace.gradient.values()))
    assert any(trace.gradient.values())


def test_where_no_slope_is_anything_but_0_there_is_no_next_point():
    assert next_point(parse("0 * x"), {"x": 1.0}) is None
