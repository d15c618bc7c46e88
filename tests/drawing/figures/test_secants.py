"""The secant of a nudge: its slope, and its picture around the point."""

import json
import math

import pytest

from backprop.drawing.figures.secants import Secant, secant_chart


def drawn(heights, secant, places=(-3.0, 0.0, 3.0)):
    return json.loads(secant_chart(places, heights, secant, ("δ", "change")))


def test_the_slope_of_a_secant_is_the_central_quotient():
    assert Secant(0.5, -1.0, 2.0, 0.0).rise == 3.0


def test_the_curve_and_both_lines_are_drawn_with_both_ends():
    figure = drawn((-6.0, 0.0, 6.0), Secant(1.0, -1.0, 3.0, 1.5))
    lines = {line["name"]: line["y"] for line in figure["data"]}
    assert lines["tangent"] == [-4.5, 4.5]
    assert lines["secant"] == [-5.0, 7.0]
    assert (lines["f(θ − h)"], lines["f(θ + h)"], lines["θ"]) == ([-1.0], [3.0], [0.0])


def test_a_curve_that_runs_away_does_not_flatten_the_nudge():
    figure = drawn((-1e9, 0.0, 1e12), Secant(1.0, -1.0, 1.0, 1.0))
    low, high = figure["layout"]["yaxis"]["range"]
    assert -4 < low < high < 4


def test_what_is_no_number_leaves_a_gap():
    figure = drawn((math.nan, 0.0, math.inf), Secant(1.0, math.nan, 1.0, math.nan))
    assert figure["data"][0]["y"] == [None, 0.0, None]
    assert figure["layout"]["yaxis"]["range"][0] < 0


def test_where_nothing_moves_there_is_still_room():
    figure = drawn((0.0, 0.0, 0.0), Secant(1.0, 0.0, 0.0, 0.0))
    low, high = figure["layout"]["yaxis"]["range"]
    assert low < 0 < high
    assert high == pytest.approx(-low)
