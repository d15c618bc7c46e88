"""A nudge: what it does to each quantity, and what the slopes foretold."""

import json
import math

import pytest

from backprop.lessons.chain_rule.choices import Choices
from backprop.lessons.chain_rule.function import make_chain
from backprop.lessons.chain_rule.nudge import make_nudge


def nudged(slope, dx=0.1, **set_):
    return make_nudge(make_chain(Choices(**set_)), slope, dx)


def test_each_quantity_moves_as_it_really_does():
    result = nudged(2 * math.cos(1))
    assert [moved.label.letter for moved in result.moved] == ["u", "y"]
    u, y = result.moved
    assert u.measured.exact == pytest.approx(0.21)
    assert u.foretold.exact == pytest.approx(0.2)
    assert y.measured.exact == pytest.approx(math.sin(1.21) - math.sin(1))
    assert y.foretold.exact == pytest.approx(0.2 * math.cos(1))


def test_there_is_a_curve_for_each_link_and_one_for_the_whole():
    assert [c.title for c in nudged(1.0).curves] == ["x → u", "u → y", "x → y"]
    deep = nudged(1.0, y="exp(u)", u="sin(v)", v="3x")
    assert [c.title for c in deep.curves] == ["x → v", "v → u", "u → y", "x → y"]


def test_the_gap_goes_with_the_square_of_the_nudge():
    result = nudged(2.0, y="u^2", u="x")
    assert [gap.share.exact for gap in result.gaps] == pytest.approx([1, 1, 1])
    assert result.gaps[0].gap.exact / result.gaps[1].gap.exact == pytest.approx(4)
    assert "4.000 times smaller" in result.words


def test_the_sentence_says_what_the_gap_really_does():
    assert "at a kink" in nudged(0.0, y="|u|", u="x", x=0.0).words
    assert "hardly bends" in nudged(1.0, y="sin(u)", u="x", x=0.0).words
    slope = 4.4 * math.cos(2.2**2)
    assert "larger, not smaller" in nudged(slope, dx=0.9, y="sin(u)", u="x^2", x=2.2).words
    assert nudged(2000.0, dx=1e-9, y="u^2", u="x", x=1e3).words.startswith("No gap that could")


@pytest.mark.parametrize("dx", [1e-300, -1e-170, 5e-324])
def test_a_nudge_too_small_to_be_squared_is_a_nudge_all_the_same(dx):
    result = nudged(1.0, dx=dx)
    assert result.gaps[0].share.shown == "NaN"


def test_along_a_straight_line_there_is_no_gap():
    assert nudged(6.0, y="2u", u="3x").words.startswith("No gap")


def test_without_a_nudge_nothing_moves():
    result = nudged(2.0, dx=0.0)
    assert result.words.startswith("No nudge")
    assert all(moved.measured.exact == 0 for moved in result.moved)


def test_the_pictures_window_stays_while_x_moves_a_little():
    def window(x):
        figure = json.loads(nudged(1.0, x=x).curves[0].figure)
        return figure["layout"]["xaxis"]["range"]

    assert window(1.2) == window(1.6)
    assert window(1.2) != window(2.6)


def test_a_curve_with_no_value_at_all_is_still_a_figure():
    result = nudged(math.nan, y="ln(u)", u="-1 - x^2")
    assert all(json.loads(curve.figure)["data"] for curve in result.curves)
    assert "no value" in result.words


def test_a_gap_that_vanishes_for_half_the_nudge_is_reported():
    result = nudged(0.0, dx=0.3, y="relu(u - 1.2)", u="x")
    assert result.words.startswith("The gap of half the nudge is too small")
