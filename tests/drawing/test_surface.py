"""The surface: what stands on it, what lies on its floor, and where it has gaps."""

import dataclasses
import json
import math

import numpy as np
import pytest

from backprop.drawing.contour_grid import make_contour_grid
from backprop.drawing.plane import Marks
from backprop.drawing.surface import surface_chart

XS = np.linspace(-3, 3, 41)
X, Y = np.meshgrid(XS, XS)
HILL = make_contour_grid(XS, XS, 3 * X**2 + 2 * X * Y + Y**2)
AT = Marks(("x", "y"), (0.0, 0.0), 3.0, (1.0, 2.0), (10.0, 6.0), (1.0, 0.0))


def traces(found=HILL, marks=AT, height=11.0, heights=()):
    return json.loads(surface_chart(found, marks, height, heights))["data"]


def test_the_tangent_rises_by_the_gradients_length():
    tangent = traces()[2]
    run = math.hypot(*(tangent[c][1] - tangent[c][0] for c in "xy"))
    assert (tangent["z"][1] - tangent["z"][0]) / run == pytest.approx(math.sqrt(136), rel=1e-3)
    assert tangent["z"][0] == 11


def test_the_gradient_lies_on_the_floor_under_the_point():
    _, drop, _, _, gradient, *_ = traces()
    assert drop["z"][0] == gradient["z"][0] == gradient["z"][1] < HILL.floor
    assert (gradient["x"], gradient["y"]) == ([1, 2], [2, 2.6])


def test_without_a_value_nothing_is_marked_and_without_a_gradient_only_the_point():
    assert len(traces(height=math.nan)) == 1
    assert len(traces(marks=dataclasses.replace(AT, gradient=None))) == 3


def test_the_walk_goes_over_the_surface():
    walked = dataclasses.replace(AT, path=((1.0, 2.0), (0.5, 1.5)))
    line, dots = traces(marks=walked, heights=(11.0, 4.5))[-2:]
    assert line["z"] == [11, 4.5]
    assert dots["z"] == [4.5]


def test_what_stands_far_out_or_has_no_value_is_a_gap():
    with np.errstate(all="ignore"):
        found = make_contour_grid(XS, XS, np.log(X + 0 * Y))
    assert traces(found, height=math.nan)[0]["z"][0][0] is None
    spike = make_contour_grid(XS, XS, np.where((XS[3] == X) & (XS[0] == Y), 1e9, X + Y))
    assert traces(spike)[0]["z"][0][3] is None


def test_a_function_without_any_value_here_has_no_surface():
    (nothing,) = traces(make_contour_grid(XS, XS, np.full_like(X, np.nan)), height=math.nan)
    assert nothing["visible"] is False
    assert all("visible" not in trace for trace in traces())


def test_uneven_levels_colour_the_surface_and_even_ones_are_drawn_on_it():
    steep = make_contour_grid(XS, XS, (1 - X) ** 2 + 100 * (Y - X**2) ** 2)
    assert "surfacecolor" in traces(steep)[0]
    assert traces()[0]["contours"]["z"]["size"] == 5
