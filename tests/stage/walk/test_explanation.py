import math

import pytest

from backprop.lessons.network.choices import PRESETS
from backprop.lessons.network.training_step import compute
from backprop.notation.names import label_of
from backprop.stage.choices import read_choices
from backprop.stage.walk.explanation import number, phrase, spoken, sum_words
from backprop.stage.walk.not_finite import first_words

OWN = {"sizes": "1,1", "loss": "binary_cross_entropy"}


def test_words_are_read_aloud_with_their_labels():
    assert spoken(("What is ", label_of("w2_1_3"), "?")) == "What is w 1 3 of layer 2?"


def test_a_negative_term_of_a_sum_stands_in_brackets():
    assert sum_words(("0.062", "−0.021")) == "0.062 + (−0.021)"


def test_a_number_keeps_all_its_digits_behind_the_shown_ones():
    assert (number(math.pi).shown, number(math.pi).exact) == ("3.142", math.pi)


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ({"activations": "linear", "w1_1_1": "-2", "y1": "1"}, "NaN, “not a number”, began at"),
        ({"activations": "relu", "w1_1_1": "-2", "y1": "1"}, "∞ began at"),
    ],
)
def test_what_is_not_finite_is_named_with_the_place_it_began(pairs, words):
    passes = compute(read_choices(PRESETS[0].choices, OWN | pairs))
    assert spoken(first_words(passes.trace, label_of)).startswith(words)


def test_a_phrase_is_a_text_in_which_names_stand_for_its_parts():
    w, x = label_of("w1"), number(0.5, "forward")
    assert phrase("How much is {w}?", w=w) == ("How much is ", w, "?")
    assert phrase("{w} = {x}", w=w, x=x) == (w, " = ", x)
    assert phrase("{slope}.", slope=("∂L/∂", w)) == ("∂L/∂", w, ".")
    assert spoken(phrase("{w} is {x}", w=w, x=number(-0.5))) == "w 1 is minus 0.500"
