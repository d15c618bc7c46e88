"""Figures of the plane: what is drawn, where it ends, and in which tokens."""

import dataclasses
import json
import re

import numpy as np
import pytest

from backprop.drawing.contour_grid import make_contour_grid
from backprop.drawing.plane import (
    Marks,
    arrow_scale,
    contour_chart,
    marks_chart,
)

XS = np.linspace(-3, 3, 41)
X, Y = np.meshgrid(XS, XS)
HILL = make_contour_grid(XS, XS, 3 * X**2 + 2 * X * Y + Y**2)
AT = Marks(("x", "y"), (0.0, 0.0), 3.0, (1.0, 2.0), (10.0, 6.0), (1.0, 0.0))


def marks(**changes):
    return json.loads(marks_chart(dataclasses.replace(AT, **changes), 0.1))


def arrows(figure):
    return {each["arrowcolor"]: each for each in figure["layout"]["annotations"]}


def colours(text):
    return set(re.findall(r"#[0-9a-f]{3,6}|rgba?\(", text))


def test_the_map_draws_level_lines_with_their_values():
    trace = json.loads(contour_chart(HILL, ("x", "y"), (0, 0), 3))["data"][0]
    assert trace["contours"]["size"] == 5
    assert trace["contours"]["showlabels"]
    assert len(trace["z"]) == len(trace["x"]) == 41


def test_a_level_map_has_no_lines_and_an_uneven_one_says_the_true_values():
    flat = json.loads(contour_chart(make_contour_grid(XS, XS, 0 * X + 5), ("x", "y"), (0, 0), 3))
    assert flat["data"][0]["contours"] == {"showlines": False}
    steep = make_contour_grid(XS, XS, (1 - X) ** 2 + 100 * (Y - X**2) ** 2)
    trace = json.loads(contour_chart(steep, ("x", "y"), (0, 0), 3))["data"][0]
    assert trace["text"] == [list(row) for row in steep.z]
    assert not trace["contours"]["showlabels"]


def test_map_and_marks_have_the_same_square():
    under = json.loads(contour_chart(HILL, ("x", "y"), (0, 0), 3))["layout"]
    over = marks()["layout"]
    assert under["margin"] == over["margin"]
    for axis in ("xaxis", "yaxis"):
        for key in ("range", "constrain", "scaleanchor", "fixedrange"):
            assert under[axis].get(key) == over[axis].get(key)


def test_the_gradient_is_drawn_from_the_point_shortened_and_the_step_in_full():
    found = arrows(marks())
    gradient, step = found["--bwd"], found["--ink"]
    assert (gradient["ax"], gradient["ay"]) == (1, 2)
    assert (gradient["x"], gradient["y"]) == (2, 2.6)
    assert (step["x"], step["y"]) == (2, 2)


@pytest.mark.parametrize("step", [(50.0, 0.0), (-50.0, 20.0), (0.0, -9.0)])
def test_an_arrow_ends_on_the_map_and_keeps_its_direction(step):
    arrow = arrows(marks(step=step))["--ink"]
    dx, dy = arrow["x"] - 1, arrow["y"] - 2
    assert max(abs(arrow["x"]), abs(arrow["y"])) <= 3
    assert dx * step[1] == pytest.approx(dy * step[0], abs=2e-3)
    assert dx * step[0] + dy * step[1] > 0


def test_what_has_no_direction_has_no_arrow():
    assert arrows(marks(gradient=None, step=(0.0, 0.0))) == {}
    assert arrows(marks(gradient=(1e300, 1e300), step=(1e-9, 0.0))) == {}


def test_the_contours_direction_stands_upright_on_the_gradient():
    tangent = marks()["data"][0]
    dx = tangent["x"][1] - tangent["x"][0]
    dy = tangent["y"][1] - tangent["y"][0]
    assert 10 * dx + 6 * dy == pytest.approx(0, abs=1e-3)


def test_the_walk_is_drawn_place_by_place():
    assert len(marks()["data"]) == 2
    walk = marks(path=((1, 2), (0.5, 1.5), (0, 1)))["data"][1]
    assert walk["x"] == [1, 0.5, 0]
    assert walk["marker"]["size"] == [0, 4, 9]


def test_arrows_are_scaled_by_round_numbers():
    assert arrow_scale(HILL, 3) == 0.1
    assert arrow_scale(make_contour_grid(XS, XS, 0 * X), 3) == 1


def test_colours_are_tokens():
    assert not colours(contour_chart(HILL, ("x", "y"), (0, 0), 3))
    assert not colours(marks_chart(AT, 0.1))
