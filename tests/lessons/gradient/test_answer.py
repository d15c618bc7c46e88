"""The answer that the page gives of a place."""

import pytest

from backprop.lessons.gradient.answer import make_answer
from backprop.lessons.gradient.choices import Choices
from backprop.lessons.gradient.place import make_place
from backprop.notation.spoken import words
from backprop.stage.choices import read_choices


def answer(**pairs):
    return make_answer(make_place(read_choices(Choices(), pairs)))


def test_the_length_is_said_from_its_slopes():
    shown = answer()
    said = " ".join(words(side) for _, side in shown.length.sides)
    assert said == (
        "the square root of 10 squared plus 6 squared equals the square root of 136 is about 11.662"
    )
    assert shown.words == "the steepest slope, at 30.96°"
    assert shown.aloud.startswith("At x 1 and y 2, f is 11. The gradient is 10, 6")


def test_a_length_that_is_a_whole_number_is_one():
    said = " ".join(words(side) for _, side in answer(expression="3x + 4y").length.sides)
    assert said.endswith("the square root of 25 equals 5")


def test_long_numbers_stand_in_two_lines():
    assert len(answer(x="1.23456", y="-9.87654").length.sides) == 2


@pytest.mark.parametrize(
    ("pairs", "state", "said"),
    [
        ({}, "slope", "rises fastest"),
        ({"x": "0", "y": "0"}, "flat", "a saddle"),
        ({"expression": "ln(x) + y", "x": "-1"}, "nothing", "has no value"),
        ({"expression": "1/x + y", "x": "0"}, "nothing", "is ∞"),
        ({"expression": "sqrt(x) + y", "x": "0"}, "nothing", "infinitely steep where x = 0"),
        ({"expression": "-3x"}, "slope", "falls as x grows"),
        ({"expression": "x + y + z"}, "slope", "rises fastest"),
    ],
)
def test_every_kind_of_place_has_its_sentence(pairs, state, said):
    shown = answer(**pairs)
    assert shown.state == state
    assert said in shown.sentence
    assert (shown.length is None) == (state == "nothing")


def test_the_value_is_said_at_its_point():
    equation = answer().value
    assert words(equation.sides[0][1]) == "11"
