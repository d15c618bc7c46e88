"""Two losses side by side: what they look like, and what they are."""

import json
import math

import numpy as np
import pytest

from backprop.lessons.gradient_check.bug_losses import (
    alt_of,
    figure_of,
    nine,
    published,
    rows_of,
    seems_of,
)

START = (1.0, 1.0)


def losses(*steps):
    return np.array([START, *steps])


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ((0.1, 0.1), "It seems to learn, and after 1 step as well as the right one."),
        ((0.1, 0.3), "It seems to learn: after 1 step its loss has come down, though not as far."),
        ((0.1, 0.8), "It learns badly"),
        ((0.1, 1.2), "It does not learn"),
        ((0.1, math.inf), "It breaks"),
        ((1.0, 0.9), "It seems to learn"),
    ],
)
def test_what_the_loss_alone_looks_like_is_said(end, words):
    assert seems_of(losses(end)).startswith(words)


def test_before_the_first_step_nothing_is_said():
    assert seems_of(losses()) == ""
    assert published(losses()) == ""


def test_the_published_number_is_known_when_it_appears():
    found = published(losses((0.291027773694, 0.291027923905)))
    assert found.startswith("After one step the loss is 0.291027774")
    assert published(losses((0.29, 0.28))) == ""


def test_a_long_run_is_thinned_and_keeps_both_ends():
    run = np.linspace(1, 0, 1001)[:, None] * np.ones((1, 2))
    line = json.loads(figure_of(run))["data"][0]
    assert len(line["x"]) == 200
    assert (line["x"][0], line["x"][-1]) == (0, 1000)


def test_a_loss_that_runs_away_leaves_room_for_the_other():
    figure = json.loads(figure_of(losses((0.5, 1e9), (0.4, math.nan))))
    assert figure["layout"]["yaxis"]["range"][1] < 3
    assert figure["data"][1]["y"][-1] is None


def test_the_first_steps_stand_in_the_table():
    rows = rows_of(np.ones((301, 2)))
    assert [row[0] for row in rows][:4] == ["0", "1", "2", "3"]
    assert rows[-1] == ("300", "1.000000000", "1.000000000")
    assert alt_of(losses((0.5, 0.25))) == (
        "Loss over 1 steps, from 1: with the right gradient to 0.500, with the slip to 0.250."
    )


def test_nine_decimals_show_what_a_slip_changes():
    assert (nine(0.291027923905), nine(1e-9), nine(1e9)) == (
        "0.291027924",
        "1.00·10⁻⁹",
        "1.00·10⁹",
    )
