"""The sum of a pass."""

from backprop.stage.quiz.answers import Answers, JudgedAnswer
from backprop.stage.quiz.score import make_score

RIGHT, WRONG = JudgedAnswer(True), JudgedAnswer(False, None, "one-path")


def summed(*entries, steps=range(10)):
    return make_score(Answers("1", tuple(enumerate(entries))), tuple(steps), "/fresh", "/again")


def test_ways_and_numbers_are_counted_each():
    end = summed(RIGHT, WRONG, JudgedAnswer(True, True), JudgedAnswer(True, False))
    assert (end.ways_right, end.ways) == (3, 4)
    assert (end.numbers_right, end.numbers) == (1, 2)
    assert end.of == 10
    assert (end.fresh, end.again) == ("/fresh", "/again")


def test_the_slip_that_came_back_most_often_is_named():
    end = summed(WRONG, JudgedAnswer(True, False, "no-local"), WRONG)
    assert (end.slip, end.times) == ("One path only", 2)
    assert end.about


def test_a_slip_that_nobody_knows_is_not_named():
    assert summed(JudgedAnswer(False, None, "made-up")).slip == ""


def test_what_is_forgotten_and_what_was_not_asked_does_not_count():
    end = summed(JudgedAnswer(), RIGHT, WRONG, steps=(0, 1))
    assert (end.ways_right, end.ways, end.slip) == (1, 1, "")
