"""Answers compared: with the right one, and with what the catalogue's slips give."""

import pytest

from backprop.engine.backward import differentiate
from backprop.engine.expression import parse
from backprop.engine.network import Network
from backprop.stage.quiz.answers import SIGNS, Guess, JudgedAnswer
from backprop.stage.quiz.step_judgement import judge_step, sign_name
from backprop.stage.quiz.typed_answer import read_answer
from backprop.stage.walk.function import function_at

FORK = "x*y + x*z"  # ∂f/∂x = y + z = 5 − 7 = −2


def read(number):
    return None if number is None else read_answer(repr(number))


def judged(name, guess="", typed=None, text=FORK, tried=(), **at):
    at = at or {"x": 3.0, "y": 5.0, "z": -7.0}
    found = function_at(parse(text), at)
    node = [each.name for each in found.graph.nodes].index(name)
    return found, judge_step(found.trace, node, Guess("1", guess, tried=tried), read(typed))


def test_the_way_is_the_sign_of_the_gradient():
    assert [sign_name(x) for x in (-2.0, 0.0, -0.0, 3.0)] == ["down", "none", "none", "up"]


def test_a_right_sign_is_right_and_has_no_slip():
    _, verdict = judged("x", "down")
    assert verdict.sign
    assert verdict.slip is None
    assert verdict.judged == JudgedAnswer(True, None, "")


@pytest.mark.parametrize(
    ("name", "guess", "text", "at"),
    [
        ("x", "up", FORK, {"x": 3.0, "y": 5.0, "z": -7.0}),
        ("y", "none", "(x + y) * (x - y)", {"x": 0.0, "y": 2.0}),
    ],
)
def test_a_wrong_sign_that_several_slips_have_is_told_none(name, guess, text, at):
    _, verdict = judged(name, guess, text=text, **at)
    assert not verdict.sign
    assert verdict.slip is None
    assert verdict.missed == ()


def test_a_wrong_sign_that_one_slip_has_is_told_it_but_it_is_not_counted():
    _, verdict = judged("x", "none", text="(x + y) * z", x=0.0, y=5.0, z=-4.0)
    assert verdict.slip.name == "itself"
    assert verdict.judged == JudgedAnswer(False, None, "")


@pytest.mark.parametrize(
    ("text", "at"), [("0.1*x + 0.2*x - 0.3*x", 1.0), ("sin(x)", 1.5707963267948966)]
)
def test_a_slope_of_rounding_is_no_slope_or_its_sign(text, at):
    ways = {guess: judged("x", guess, text=text, x=at)[1].sign for guess in SIGNS}
    assert ways == {"down": False, "none": True, "up": True}
    assert judged("x", "none", 0.0, text=text, x=at)[1].number


def test_a_slope_that_is_small_and_right_is_a_slope():
    assert not judged("x", "none", text="exp(-x)", x=40.0)[1].sign


def test_of_a_sign_alone_a_sign_turned_round_explains_nothing():
    _, verdict = judged("x", "down", text="3 * x", x=2.0)
    assert not verdict.sign
    assert verdict.slip is None


def test_a_number_that_is_turned_round_is_recognised():
    _, verdict = judged("x", "up", -3.0, text="3 * x", x=2.0)
    assert verdict.number is False
    assert verdict.slip.name == "sign"


@pytest.mark.parametrize("typed", [-2.0, -2.009, -1.991])
def test_a_number_is_right_to_three_digits(typed):
    assert judged("x", "down", typed)[1].number


def test_a_number_that_misses_a_path_is_told_so():
    found, verdict = judged("x", "down", -7.0)
    assert verdict.number is False
    assert verdict.slip.name == "one-path"
    assert [found.trace.values[edge.later] for edge in verdict.missed] == [15]


def test_a_number_that_no_slip_gives_is_wrong_and_nothing_more():
    _, verdict = judged("x", "down", 0.123)
    assert verdict.number is False
    assert verdict.slip is None
    assert verdict.missed == ()


def test_a_slip_that_was_corrected_is_noted_all_the_same():
    _, verdict = judged("x", "down", -2.0, tried=(5.0,))
    assert verdict.number
    assert verdict.slip is None
    assert verdict.judged == JudgedAnswer(True, True, "one-path", helped=True)


def test_what_the_factors_give_as_they_are_printed_is_right():
    at = {"a": 0.0106, "b": 0.4004}  # printed as 0.011 and 0.400
    _, verdict = judged("x", "up", 0.0044, text="(x * a) * b", **at, x=2.0)
    assert (verdict.number, verdict.as_printed) == (True, True)
    _, verdict = judged("x", "up", 0.004244, text="(x * a) * b", **at, x=2.0)
    assert (verdict.number, verdict.as_printed) == (True, False)
    _, verdict = judged("x", "up", 0.0046, text="(x * a) * b", **at, x=2.0)
    assert (verdict.number, verdict.as_printed) == (False, False)


def test_where_printed_terms_cancel_what_they_give_is_wrong_and_it_is_said_why():
    _, verdict = judged("x", "up", 0.001, text="x*y - x*z", x=1.0, y=0.1454, z=0.1437)
    assert (verdict.number, verdict.as_printed, verdict.slip) == (False, True, None)
    _, verdict = judged("x", "up", 0.0017, text="x*y - x*z", x=1.0, y=0.1454, z=0.1437)
    assert verdict.number


def test_where_one_of_three_paths_is_missing_that_one_is_shown():
    at = {"x": 1.0, "y": 2.0, "z": 4.0, "w": 8.5}
    found, verdict = judged("x", "up", 6.0, text="x*y + x*z + x*w", **at)
    assert verdict.slip.name == "missed-path"
    assert [found.trace.values[edge.later] for edge in verdict.missed] == [8.5]


HAND = Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True)
POINT = {
    **{"x1": 0.05, "x2": 0.1, "y1": 0.01, "y2": 0.99, "b1_1": 0.35, "b2_1": 0.6},
    **{"w1_1_1": 0.15, "w1_1_2": 0.2, "w1_2_1": 0.25, "w1_2_2": 0.3},
    **{"w2_1_1": 0.4, "w2_1_2": 0.45, "w2_2_1": 0.5, "w2_2_2": 0.55},
}


@pytest.mark.parametrize("detail", ["neurons", "operations"])
@pytest.mark.parametrize(
    ("name", "number", "slip"),
    [
        ("w2_1_1", 0.4398, "no-output-slope"),
        ("w1_1_1", 0.001817515, "no-hidden-slope"),
    ],
)
def test_a_slip_made_before_is_recognised_in_a_number_of_the_2_2_2(detail, name, number, slip):
    trace = differentiate(HAND.graph(detail), POINT)
    verdict = judge_step(trace, trace.graph.position(name), Guess("1", "up"), read(number))
    assert verdict.number is False
    assert verdict.slip.name == verdict.judged.slip == slip
    assert verdict.missed == ()  # it goes wrong elsewhere


def test_where_several_slips_of_the_pass_give_a_number_all_are_told():
    _, verdict = judged("x", "up", 6.0, text="exp(2 * x) * y", x=0.5, y=3.0)
    assert verdict.slip.name == "outer-lost"
    assert [each.name for each in verdict.also] == ["from-input"]


def test_a_number_that_nothing_explains_has_no_slip():
    trace = differentiate(HAND.graph("neurons"), POINT)
    verdict = judge_step(trace, trace.graph.position("w2_1_1"), Guess("1", "up"), read(0.0777))
    assert (verdict.slip, verdict.also) == (None, ())
