"""A walk along the gradient, or against it."""

import itertools
import math

import pytest

from backprop.lessons.gradient.choices import Choices
from backprop.lessons.gradient.place import make_place
from backprop.lessons.gradient.walk import make_walk, waypoints
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin


def walk(**pairs):
    choices = read_choices(Choices(), pairs)
    place = make_place(choices)
    rows = waypoints(place)
    links = Links("/lessons/gradient", Origin({}, Choices()), choices)
    return rows, make_walk(place, rows, links)


def at(row):
    return tuple(x.exact for x in row.point)


def test_each_step_has_the_chosen_length_and_goes_against_the_gradient():
    rows, _ = walk(steps="3", stride="0.5")
    for before, after in itertools.pairwise(rows):
        assert math.dist(at(before), at(after)) == pytest.approx(0.5)
    way = [b - a for a, b in zip(at(rows[0]), at(rows[1]), strict=True)]
    assert way[0] / way[1] == pytest.approx(10 / 6)
    assert way[0] < 0
    assert rows[-1].value.exact < rows[0].value.exact


def test_uphill_goes_along_the_gradient():
    rows, shown = walk(steps="2", way="up")
    assert rows[-1].value.exact > rows[0].value.exact
    assert [option.on for option in shown.ways] == [False, True]


def test_no_steps_are_no_walk():
    rows, shown = walk()
    assert len(rows) == 1
    assert not shown.sentence
    assert not shown.back
    assert not shown.start
    assert "steps=1" in shown.further


def test_a_walk_ends_where_the_gradient_is_0():
    rows, shown = walk(expression="x^2 + y^2", x="3", y="0", steps="5", stride="1")
    assert len(rows) == 4
    assert at(rows[-1]) == (0, 0)
    assert "no way to go" in shown.end
    assert not shown.further
    assert "steps=2" in shown.back


def test_a_walk_ends_where_there_is_no_gradient():
    rows, shown = walk(expression="ln(x) + y", x="1", y="1", steps="5", stride="4")
    assert len(rows) == 2
    assert "not a finite number" in shown.end
    assert "to NaN" in shown.sentence
    _, nowhere = walk(expression="ln(x) + y", x="-1")
    assert "not a finite number" in nowhere.end


def test_a_step_that_went_too_far_is_reported():
    _, shown = walk(expression="x^2 + y^2", x="0.1", y="0", steps="1", stride="1")
    assert "The last one rose" in shown.sentence
    _, shown = walk(expression="-x^2 - y^2", x="0.1", y="0", steps="1", stride="1", way="up")
    assert "The last one fell" in shown.sentence


def test_a_walk_does_not_leave_every_map():
    rows, _ = walk(expression="x + y", x="1000000", steps="60", stride="1000", way="up")
    assert len(rows) == 61


def test_in_any_number_of_variables():
    rows, shown = walk(expression="x^2 + y^2 + z^2 + w^2", steps="4")
    assert rows[-1].value.exact < rows[0].value.exact
    assert len(shown.rows[0].point) == 4
