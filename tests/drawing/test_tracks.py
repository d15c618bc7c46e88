"""Tracks over a map: what a script plays, on the surface, and as curves."""

import base64
import json
import math

import numpy as np
import pytest

from backprop.drawing.contour_grid import make_contour_grid
from backprop.drawing.tracks import (
    DASHES,
    EDGE,
    NOWHERE,
    UNIT,
    DrawnTrack,
    RacerCurve,
    pack_places,
    racer_curves_chart,
    relief_chart,
    thinned,
    tracks_data,
)

XS = np.linspace(-3, 3, 41)
X, Y = np.meshgrid(XS, XS)
HILL = make_contour_grid(XS, XS, X**2 + Y**2)


def places(text):
    return np.frombuffer(base64.b64decode(text), "<i2").reshape(-1, 2).tolist()


def drawn(points, number=1, leads=True):
    points = np.array(points, float)
    return DrawnTrack(number, points, (points**2).sum(axis=1), leads)


def test_a_place_is_packed_in_units_of_the_map():
    found = pack_places(np.array([[1.0, 2.0], [4.0, -1.0]]), (1.0, 2.0), 3.0)
    assert places(found) == [[0, 0], [UNIT, -UNIT]]


def test_what_is_far_away_or_no_number_can_be_packed_too():
    found = pack_places(np.array([[1e300, -math.inf], [math.nan, 0.0]]), (0.0, 0.0), 3.0)
    assert places(found) == [[EDGE, -EDGE], [NOWHERE, 0]]


def test_a_script_is_told_of_all_racers_and_the_lowest_points():
    data = json.loads(
        tracks_data(
            [drawn([[0, 0], [1, 1]]), drawn([[2, 2]], 2, leads=False)], [(0, 0)], (0, 0), 3, (1, 9)
        )
    )
    assert (data["step"], data["steps"]) == (1, 9)
    assert [racer["number"] for racer in data["racers"]] == [1, 2]
    assert data["racers"][0]["dash"] == ""
    assert places(data["lowest"]) == [[0, 0]]


def test_six_racers_have_six_patterns():
    assert len(set(DASHES)) == 6


def test_a_track_on_the_surface_ends_where_it_leaves_the_map():
    data = json.loads(
        relief_chart(
            HILL, ("x", "y", "L"), (0.0, 0.0), 3.0, [drawn([[1, 1], [2, 1], [9, 9], [0, 0]])]
        )
    )
    line, head = data["data"][1:]
    assert line["x"] == [1, 2]
    assert head["text"] == ["1"]
    assert data["layout"]["scene"]["zaxis"]["title"]["text"] == "L"


def test_a_track_that_is_never_on_the_map_is_not_drawn():
    data = json.loads(relief_chart(HILL, ("x", "y"), (0.0, 0.0), 3.0, [drawn([[9, 9]])]))
    assert len(data["data"]) == 1


@pytest.mark.parametrize("count", [1, 2, 160, 161, 501])
def test_a_thinned_curve_keeps_its_ends(count):
    found = thinned(count)
    assert found[0] == 0 or count == 1
    assert found[-1] == count - 1
    assert len(found) <= 162


def test_curves_leave_gaps_where_there_is_nothing_to_draw():
    curves = [
        RacerCurve(1, np.array([1.0, 0.0, math.inf]), True),
        RacerCurve(2, np.array([4.0]), False),
    ]
    data = json.loads(racer_curves_chart(curves, "f", 2, log=True, bounds=(1e-3, 10.0)))
    assert data["data"][0]["y"] == [1, None, None]
    assert data["layout"]["yaxis"]["range"] == [-3, 1]
    plain = json.loads(racer_curves_chart(curves, "f", 2, log=False, bounds=(0.0, 5.0)))
    assert plain["data"][0]["y"] == [1, 0, None]
    assert plain["layout"]["yaxis"]["range"] == [0, 5]
