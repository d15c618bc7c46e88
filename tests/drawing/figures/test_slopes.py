"""Slopes as figures: along an axis, over all directions, over the length of a step."""

import json
import math

import pytest

from backprop.drawing.figures.slopes import (
    even_places,
    rise_chart,
    slice_chart,
    slice_curve,
    turn_chart,
)


def test_a_slice_shows_the_curve_its_tangent_and_the_point():
    places = even_places(-3.0, 3.0, 41)
    curve = slice_curve(places, [x * x for x in places.xs])
    figure = json.loads(slice_chart(curve, (1.0, 1.0), 2.0, ("x", "f")))
    curve, tangent, dot = figure["data"]
    rise = tangent["y"][1] - tangent["y"][0]
    assert rise / (tangent["x"][1] - tangent["x"][0]) == pytest.approx(2)
    assert dot["x"] == [1]
    assert len(curve["x"]) == 41


def test_a_slice_with_gaps_or_without_any_value_is_json_still():
    nan = math.nan
    for ys, y in (([nan, 1.0, 2.0], nan), ([nan, nan, nan], nan), ([1.0, math.inf, 1.0], 1.0)):
        curve = slice_curve(even_places(0.0, 2.0, 3), ys)
        figure = json.loads(slice_chart(curve, (1, y), nan, ("x", "f")))
        assert len(figure["data"]) == 2
        low, high = figure["layout"]["yaxis"]["range"]
        assert low < high


def test_a_pole_leaves_room_for_the_rest_of_the_curve():
    places = even_places(-3.0, 3.0, 120)
    curve = slice_curve(places, [1 / x**3 for x in places.xs])
    figure = json.loads(slice_chart(curve, (1, 1), -3, ("x", "f")))
    low, high = figure["layout"]["yaxis"]["range"]
    assert -100 < low < high < 100


def test_the_slope_by_direction_is_highest_along_the_gradient_and_0_along_the_contour():
    figure = json.loads(turn_chart((10.0, 6.0), 0.0, 10.0))
    curve, level, top, _, now = figure["data"]
    assert max(curve["y"]) <= math.hypot(10, 6)
    assert top["x"] == [30.964]
    assert top["y"] == [11.662]
    assert level["x"] == [-59.036, 120.96]
    assert (now["x"], now["y"]) == ([0], [10])


def test_a_direction_beyond_180_degrees_is_drawn_where_it_points():
    assert json.loads(turn_chart((1.0, 0.0), 270.0, 0.0))["data"][-1]["x"] == [-90]


def test_the_rise_is_drawn_beside_what_the_slope_promises():
    figure = json.loads(rise_chart(even_places(0.0, 1.25, 3), [0, 13, 17.2], 10, 1, 13))
    true, promised, gap = figure["data"][:3]
    assert true["y"] == [0, 13, 17.2]
    assert promised["y"] == [0, 12.5]
    assert gap["y"] == [10, 13]
