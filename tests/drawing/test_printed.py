"""Pictures of lines for paper: ticks, patterns, words beside the ends, level lines."""

import itertools
import math
import re

import numpy as np
import pytest

from backprop.drawing.contour_grid import make_contour_grid
from backprop.drawing.printed import ROOM, Arrow, Ground, Series, Spot, draw_plot, span, ticks

SQUARE = Ground((-2.0, 2.0), (-2.0, 2.0), ("x", "y"), square=True)


def test_ticks_are_pleasant_numbers_between_the_ends():
    assert ticks(-3, 3) == (-3, -2, -1, 0, 1, 2, 3)
    assert ticks(0.0, 0.31) == (0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)
    assert ticks(-7.2, 0.4, whole=True) == (-6, -4, -2, 0)


def test_ends_leave_a_little_room_whatever_is_no_number():
    low, high = span([1.0, math.nan, 3.0, math.inf])
    assert low < 1
    assert 3 < high < 3.5
    assert span([2.0, 2.0])[0] < 2 < span([2.0, 2.0])[1]


def test_a_curve_breaks_where_it_has_no_value_or_leaves_the_picture():
    series = Series((-2, -1, 0, 1, 2), (0.0, 1.0, math.nan, 1.0, 9.0))
    ((_, path),) = draw_plot(SQUARE, "a curve", [series]).curves
    assert path.count("M") == 2
    assert path.count("L") == 1


def test_words_at_the_ends_of_curves_do_not_cover_each_other():
    series = [Series((0, 1), (0, y), f"curve {i}", "abc"[i]) for i, y in enumerate((1, 1.01, 0.99))]
    words = draw_plot(SQUARE, "three curves", series).words
    heights = sorted(float(y) for _, y, _, _ in words)
    assert all(b - a >= ROOM - 0.1 for a, b in itertools.pairwise(heights))
    assert {pattern for *_, pattern in words} == {"a", "b", "c"}


def test_level_lines_lie_where_the_function_has_their_value():
    xs = np.linspace(-2, 2, 41)
    grid = make_contour_grid(xs, xs, np.add.outer(xs**2, xs**2))
    plot = draw_plot(SQUARE, "a bowl", grid=grid)
    left, top, wide, high = SQUARE.area
    places = re.findall(r"[ML]([\d.]+) ([\d.]+)", plot.levels)
    assert len(places) > 500
    for x, y in [(float(a), float(b)) for a, b in places[::97]]:
        across, up = 4 * (x - left) / wide - 2, 2 - 4 * (y - top) / high
        level = (across**2 + up**2) / grid.step
        assert level == pytest.approx(round(level), abs=0.06)


def test_what_is_to_be_drawn_makes_the_picture_a_question():
    assert not draw_plot(SQUARE, "a point", spots=[Spot(0, 0, "P")]).asks
    plot = draw_plot(SQUARE, "an arrow", arrows=[Arrow(0, 0, 1, 1, "g")])
    assert plot.asks
    x, y, to_x, to_y, word = plot.arrows[0]
    assert float(to_x) > float(x)
    assert float(to_y) < float(y)  # y points down in a picture
    assert word == "g"


def test_powers_of_ten_are_written_at_a_logarithmic_axis():
    ground = Ground((0.0, 1.0), (-6.0, 0.0), ("h", "error"), logarithmic=True)
    assert ("10⁻⁶") in [text for _, text in draw_plot(ground, "errors").up]
