"""The pictures of a place, and what is said of them."""

import json

from backprop.lessons.gradient.choices import Choices
from backprop.lessons.gradient.pictures import make_map, make_slices
from backprop.lessons.gradient.place import make_place
from backprop.lessons.gradient.walk import waypoints
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin


def place(**pairs):
    return make_place(read_choices(Choices(), pairs))


def plan(**pairs):
    picture = place(**pairs)
    links = Links("/", Origin({}, Choices()), picture.choices)
    return make_map(picture, waypoints(picture), links)


def test_the_contours_stay_the_same_while_a_point_is_dragged_over_them():
    assert plan().ground == plan(x="0.5", y="-1").ground
    assert plan().ground != plan(x="5").ground
    assert plan().plan.figure != plan(x="0.5").plan.figure


def test_a_picture_says_what_it_shows():
    picture = plan()
    assert "x = 1, y = 2" in picture.plan.alt
    assert "31 degrees" in picture.plan.alt
    assert picture.levels == "contours 5 apart"
    assert picture.scale == "drawn 1 : 10"
    assert not picture.gaps


def test_what_a_map_cannot_show_is_said():
    assert "blank" in plan(expression="ln(x) + y").gaps
    assert "no value anywhere" in plan(expression="ln(-x^2 - y^2 - 1)").gaps
    assert "level" in plan(expression="5 + 0x + 0y").levels
    assert "flatter" in plan(expression="(1 - x)^2 + 100(y - x^2)^2").levels
    assert "no gradient" in plan(x="0", y="0").plan.alt


def test_arrows_are_shortened_drawn_to_scale_or_lengthened():
    assert plan(expression="x + y").scale == "drawn to scale"
    assert plan(expression="x/100 + y/100").scale == "drawn 100 : 1"


def test_a_map_goes_closer_around_the_point_and_wider_around_its_middle():
    picture = plan()
    assert "around=1,2&reach=1" in picture.closer
    assert "reach=10" in picture.wider
    assert "around" not in picture.wider or "around=0,0" in picture.wider
    assert not plan(reach="0.001").closer
    assert not plan(reach="1000000").wider


def test_behind_the_map_stands_a_table():
    heads, rows = plan().plan.heads, plan().plan.rows
    assert heads[0] == "y \\ x"
    assert len(heads) == len(rows[0]) == 10
    assert rows[0][0] == "3"


def test_slices_hold_the_other_variable_where_it_is():
    by_x, by_y = make_slices(place())
    assert [number.exact for _, number in by_x.held] == [2]
    assert by_x.slope.exact == 10
    assert by_y.chart.heads == ("y", "f(1, y)")
    assert len(make_slices(place(expression="x^2"))) == 1


def test_figures_of_every_place_are_json():
    for pairs in ({}, {"x": "1000000"}, {"expression": "1/x + y", "x": "0"}, {"steps": "5"}):
        picture = plan(**pairs)
        for figure in (picture.ground, picture.plan.figure, picture.surface.figure):
            json.loads(figure)
