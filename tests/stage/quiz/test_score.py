"""The sum of a pass."""

from backprop.stage.quiz.answers import Answers, JudgedAnswer
from backprop.stage.quiz.score import add_up

RIGHT, WRONG = JudgedAnswer(True), JudgedAnswer(False, None, "one-path")


def summed(*entries, steps=range(10)):
    return add_up(Answers("1", tuple(enumerate(entries))), tuple(steps), "/fresh", "/again")


def test_signs_and_numbers_are_counted_each():
    score = summed(RIGHT, WRONG, JudgedAnswer(True, True), JudgedAnswer(True, False))
    assert (score.counts.signs_right, score.counts.signs) == (3, 4)
    assert (score.counts.numbers_right, score.counts.numbers) == (1, 2)
    assert score.counts.of == 10
    assert (score.fresh, score.again) == ("/fresh", "/again")


def test_the_slip_that_came_back_most_often_is_named():
    score = summed(WRONG, JudgedAnswer(True, False, "no-local"), WRONG)
    assert (score.slip, score.times) == ("One path only", 2)
    assert score.about


def test_a_slip_that_nobody_knows_is_not_named():
    assert summed(JudgedAnswer(False, None, "made-up")).slip == ""


def test_what_is_forgotten_and_what_was_not_asked_does_not_count():
    score = summed(JudgedAnswer(), RIGHT, WRONG, steps=(0, 1))
    assert (score.counts.signs_right, score.counts.signs, score.slip) == (1, 1, "")
