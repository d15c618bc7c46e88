"""A curve with its tangent and a nudge."""

import json
import math

from backprop.drawing.figures.nudges import Nudge, nudge_chart

XS = [0.0, 1.0, 2.0]


def figure(ys, nudge):
    return json.loads(nudge_chart(XS, ys, nudge, ("x", "y")))


def test_the_tangent_and_the_gap_stand_where_the_nudge_ends():
    nudge = Nudge((1.0, 1.0), (2.0, 4.0), 2.0)
    assert nudge.foretold == 3.0
    found = {trace["name"]: trace for trace in figure([0, 1, 4], nudge)["data"]}
    assert found["tangent"]["y"] == [-1.0, 3.0]
    assert found["gap"]["y"] == [3.0, 4.0]
    assert found["Δx"]["x"] == [1.0, 2.0]


def test_the_point_that_the_tangent_foretells_is_seen_where_it_lies_off_the_curve():
    nudge = Nudge((0.0, 0.0), (2.0, 4.0), 30.0)
    low, high = figure([0, 1, 4], nudge)["layout"]["yaxis"]["range"]
    assert low < 0
    assert nudge.foretold == 60.0 < high


def test_what_is_not_finite_is_a_gap():
    found = figure([math.nan, math.inf, 2.0], Nudge((1.0, math.inf), (2.0, 2.0), math.nan))
    assert found["data"][0]["y"] == [None, None, 2.0]
    assert found["layout"]["yaxis"]["range"][0] < 2 < found["layout"]["yaxis"]["range"][1]


def test_a_figure_without_any_value_has_a_range_all_the_same():
    found = figure([math.nan] * 3, Nudge((1.0, math.nan), (2.0, math.nan), math.nan))
    assert found["layout"]["yaxis"]["range"] == [-0.12, 0.12]
