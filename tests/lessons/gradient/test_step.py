"""A step: what its slope promises, and what it gives."""

import json

import pytest

from backprop.lessons.gradient.choices import Choices
from backprop.lessons.gradient.place import make_place
from backprop.lessons.gradient.step import make_step, rise_after
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin


def step(**pairs):
    choices = read_choices(Choices(), pairs)
    links = Links("/lessons/gradient", Origin({}, Choices()), choices)
    return make_step(make_place(choices), links)


def test_the_shorter_the_step_the_nearer_the_rise_per_unit_comes_to_the_slope():
    tried = step().tried
    assert [t.length.exact for t in tried] == [1, 0.1, 0.01, 0.001]
    assert [t.per_unit.exact for t in tried] == pytest.approx([13, 10.3, 10.03, 10.003])
    assert [t.on for t in tried] == [True, False, False, False]


def test_a_length_of_ones_own_stands_in_its_order():
    tried = step(length="0.5").tried
    assert [t.length.exact for t in tried] == [1, 0.5, 0.1, 0.01, 0.001]
    assert tried[1].on


def test_on_a_plane_every_step_gives_what_it_promises():
    shown = step(expression="2x - y", length="7")
    assert shown.true.exact == pytest.approx(shown.predicted.exact) == 14
    assert shown.gap.exact == pytest.approx(0, abs=1e-12)


def test_the_figure_ends_a_little_beyond_the_step():
    figure = json.loads(step(length="2").figure)
    assert figure["layout"]["xaxis"]["range"] == [0, 2.5]


def test_without_a_slope_there_is_no_figure_and_a_length_of_0_has_no_rise_per_unit():
    assert step(expression="ln(x) + y", x="-1").figure == ""
    none = step(length="0").tried[-1]
    assert none.per_unit.shown == "–"
    assert none.true.exact == 0


def test_a_step_may_end_where_there_is_no_value():
    choices = read_choices(Choices(), {"expression": "ln(x) + y", "angle": "180", "length": "2"})
    rise = rise_after(make_place(choices), 2.0)
    assert rise != rise
