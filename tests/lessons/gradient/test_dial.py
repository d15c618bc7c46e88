"""The dial of directions."""

import math

import pytest

from backprop.lessons.gradient.choices import Choices
from backprop.lessons.gradient.dial import make_dial
from backprop.lessons.gradient.place import make_place
from backprop.notation.spoken import words
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin


def dial(**pairs):
    choices = read_choices(Choices(), pairs)
    return make_dial(make_place(choices), Links("/", Origin({}, Choices()), choices))


def test_the_chord_along_a_direction_is_its_share_of_the_steepest_slope():
    shown = dial(angle="0")
    assert shown.lines.hand == ("100.0", "0.0")
    assert float(shown.lines.chord[0]) == pytest.approx(100 * 10 / math.sqrt(136), abs=0.06)
    assert shown.state == "rising"


def test_up_is_up_on_the_screen():
    shown = dial(angle="90")
    assert shown.lines.hand == ("0.0", "-100.0")
    assert float(shown.lines.tip[1]) < 0


@pytest.mark.parametrize(
    ("title", "state", "said"),
    [
        ("along x", "rising", "86\N{NO-BREAK SPACE}%"),
        ("up the gradient", "rising", "no direction beats it"),
        ("along the contour", "level", "stays the same"),
    ],
)
def test_directions_of_note_have_an_address_and_words(title, state, said):
    (way,) = (each for each in dial().ways if each.title == title)
    shown = dial(angle=way.address.partition("angle=")[2] or "0")
    assert shown.state == state
    assert said in shown.words


def test_against_the_gradient_it_falls():
    assert dial(angle="180").state == "falling"
    assert "steepest way down" in dial(angle="-149.03624346792648").words


def test_the_slope_is_printed_as_it_adds_up():
    said = " ".join(words(side) for _, side in dial(angle="90").equation.sides)
    assert said == "10 times 0 plus 6 times 1 equals 6"


def test_without_a_gradient_there_is_no_curve():
    flat, nothing = dial(x="0", y="0"), dial(expression="ln(x) + y", x="-1")
    assert flat.lines.tip == nothing.lines.tip == ()
    assert flat.state == nothing.state == "none"
    assert "level" in flat.words
    assert "no slope" in nothing.words
    assert nothing.equation is None


@pytest.mark.parametrize(("angle", "turned"), [("180", 180), ("270", -90), ("-360", 0)])
def test_the_slider_has_every_direction_once(angle, turned):
    assert float(dial(angle=angle).turned) == turned


def test_the_slope_by_direction_is_a_picture_only_where_there_is_a_slope():
    turn = dial().turn
    assert "highest, 11.662, at 31.0 degrees" in turn.alt
    assert ("0°", "10.0000") in turn.rows
    assert dial(x="0", y="0").turn is None
    assert dial(expression="ln(x) + y", x="-1").turn is None
