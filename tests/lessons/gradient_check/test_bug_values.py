"""Two values of a typed function side by side."""

import json

import numpy as np
import pytest

from backprop.lessons.gradient_check.bug_values import alt_of, figure_of, seems_of


def values(*pairs):
    return np.array(pairs, float)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (values((1, 1)), ""),
        (values((1, 1), (0, 3)), "It climbs: after 1 step"),
        (values((1, 1), (0, 0.001)), "as far as the right one"),
        (values((1, 1), (0, 0.4)), "though not as far"),
        (values((1, 1), (0, 0.9)), "It hardly goes down"),
        (values((1, 1), (-2000, 5)), "no lowest value: downhill goes on without end"),
        (values((1, 1), (-2000, 5)), "The wrong one climbs instead."),
        (values((1, 1), (-2000, -5)), "The wrong one goes down too."),
        (values((1, 1), (-np.inf, -5)), "the function has no lowest value this way"),
        (values((1, 1), (0, np.nan)), "the wrong value is no finite number any more"),
    ],
)
def test_it_is_told_what_somebody_sees_who_sees_the_value_alone(found, words):
    assert words in seems_of(found)


def test_the_picture_reaches_over_the_right_values_and_not_after_the_wrong_ones():
    low, high = json.loads(figure_of(values((10, 10), (2, 1e9))))["layout"]["yaxis"]["range"]
    assert low < 2
    assert 10 < high < 30


def test_a_value_that_falls_without_end_leaves_the_picture():
    figure = json.loads(figure_of(values((-12, -12), (-40, -10), (-1e30, 5), (-np.inf, 6))))
    low, high = figure["layout"]["yaxis"]["range"]
    assert -300 < low < -100
    assert high > 5
    assert figure["layout"]["yaxis"]["title"]["text"] == "value"
    assert figure["data"][0]["y"][-1] is None


def test_a_value_that_never_moves_can_be_drawn():
    low, high = json.loads(figure_of(values((0, 0))))["layout"]["yaxis"]["range"]
    assert low < 0 < high


def test_the_picture_is_told():
    assert alt_of(values((9, 9), (1, 12))) == (
        "Value over 1 step, from 9: with the right gradient to 1, with the slip to 12."
    )
