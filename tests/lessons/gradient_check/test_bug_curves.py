"""Two trainings side by side: what they look like, and what they are."""

import json
import math

import numpy as np
import pytest

from backprop.drawing.figures.two_trainings import loss_figure, value_figure
from backprop.lessons.gradient_check.bug_curves import (
    describe,
    loss_seems,
    nine,
    published,
    table_rows,
    value_seems,
)

START = (1.0, 1.0)


def losses(*steps):
    return np.array([START, *steps])


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (
            (0.1, 0.1),
            "The network seems to learn, and after 1 step as well as with the right gradient.",
        ),
        (
            (0.1, 0.3),
            "The network seems to learn: after 1 step its loss has come down, though not as far.",
        ),
        ((0.1, 0.8), "The network learns badly"),
        ((0.1, 1.2), "The network does not learn"),
        ((0.1, math.inf), "Training breaks"),
        ((1.0, 0.9), "The network seems to learn"),
    ],
)
def test_what_the_loss_alone_looks_like_is_said(end, words):
    assert loss_seems(losses(end)).startswith(words)


def test_before_the_first_step_no_number_is_published():
    assert published(losses()) == ""


def test_the_published_number_is_known_when_it_appears():
    found = published(losses((0.291027773694, 0.291027923905)))
    assert found.startswith("After one step the loss is 0.291027774")
    assert published(losses((0.29, 0.28))) == ""


def test_a_long_run_is_thinned_and_keeps_both_ends():
    run = np.linspace(1, 0, 1001)[:, None] * np.ones((1, 2))
    line = json.loads(loss_figure(run))["data"][0]
    assert len(line["x"]) == 200
    assert (line["x"][0], line["x"][-1]) == (0, 1000)


def test_a_loss_that_runs_away_leaves_room_for_the_other():
    figure = json.loads(loss_figure(losses((0.5, 1e9), (0.4, math.nan))))
    assert figure["layout"]["yaxis"]["range"][1] < 3
    assert figure["data"][1]["y"][-1] is None


def test_the_first_steps_stand_in_the_table():
    rows = table_rows(np.ones((301, 2)))
    assert [row[0] for row in rows][:4] == ["0", "1", "2", "3"]
    assert rows[-1] == ("300", "1.000000000", "1.000000000")
    assert describe(losses((0.5, 0.25)), "Loss") == (
        "Loss over 1 step, from 1: with the right gradient to 0.500, with the slip to 0.250."
    )


def test_nine_decimals_show_what_a_slip_changes():
    assert (nine(0.291027923905), nine(1e-9), nine(1e9)) == (
        "0.291027924",
        "1.00·10⁻⁹",
        "1.00·10⁹",
    )


def values(*pairs):
    return np.array(pairs, float)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (values((1, 1), (0, 3)), "The value climbs: after 1 step"),
        (values((1, 1), (0, 0.001)), "as far as the right one"),
        (values((1, 1), (0, 0.4)), "though not as far"),
        (values((1, 1), (0, 0.9)), "The value hardly goes down"),
        (values((1, 1), (-2000, 5)), "no lowest value: downhill goes on without end"),
        (values((1, 1), (-2000, 5)), "The wrong one climbs instead."),
        (values((1, 1), (-2000, -5)), "The wrong one goes down too."),
        (values((1, 1), (-np.inf, -5)), "the function has no lowest value this way"),
        (values((1, 1), (0, np.nan)), "the wrong value is no finite number any more"),
    ],
)
def test_it_is_told_what_somebody_sees_who_sees_the_value_alone(found, words):
    assert words in value_seems(found)


def test_the_picture_reaches_over_the_right_values_and_not_after_the_wrong_ones():
    low, high = json.loads(value_figure(values((10, 10), (2, 1e9))))["layout"]["yaxis"]["range"]
    assert low < 2
    assert 10 < high < 30


def test_a_value_that_falls_without_end_leaves_the_picture():
    figure = json.loads(value_figure(values((-12, -12), (-40, -10), (-1e30, 5), (-np.inf, 6))))
    low, high = figure["layout"]["yaxis"]["range"]
    assert -300 < low < -100
    assert high > 5
    assert figure["layout"]["yaxis"]["title"]["text"] == "value"
    assert figure["data"][0]["y"][-1] is None


def test_a_value_that_never_moves_can_be_drawn():
    low, high = json.loads(value_figure(values((0, 0))))["layout"]["yaxis"]["range"]
    assert low < 0 < high


def test_the_picture_is_told():
    assert describe(values((9, 9), (1, 12)), "Value") == (
        "Value over 1 step, from 9: with the right gradient to 1, with the slip to 12."
    )
