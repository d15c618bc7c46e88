"""What maps of several lessons share."""

import pytest

from backprop.engine.expression import parse
from backprop.lessons.gradient.choices import Choices
from backprop.stage.links import Links, Origin
from backprop.stage.plane import (
    ACROSS,
    ZOOMS,
    gaps,
    levels,
    make_ground,
    sample,
    whole,
    zoomed,
)

LINKS = Links("/", Origin({}, Choices()), Choices())


def ground(text):
    return make_ground(parse(text), ("x", "y"), (0.0, 0.0), 3.0)


def test_a_map_is_a_square_of_values():
    found = ground("x + 2y")
    assert len(found.xs) == len(found.ys) == ACROSS
    assert found.z[0][0] == -9
    assert found.z[-1][0] == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3x^2 + 2x y + y^2", "contours 5 apart"),
        ("5 + 0x + 0y", "no contours: L is level here"),
        ("(1 - x)^2 + 100(y - x^2)^2", "contours closer in value where L is flatter"),
        ("ln(-1 - x^2 - y^2)", "no contours"),
    ],
)
def test_how_far_apart_contours_are_is_said(text, said):
    assert levels(ground(text), "L") == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x + y", ""),
        ("ln(x) + y", "blank where L has no value"),
        ("ln(-1 - x^2 - y^2)", "L has no value anywhere on this map"),
    ],
)
def test_what_is_blank_is_said(text, said):
    assert gaps(ground(text), "L") == said


def test_a_place_is_made_pleasant_to_read():
    assert whole(1.2345678, 3.0) == 1.2
    assert whole(0.0049, 0.01) == 0.005


def test_a_map_goes_closer_around_a_point_and_wider_around_its_middle():
    assert "around=1,2&reach=1" in f"{zoomed(3.0, -1, (1.02, 1.98), (0.0, 0.0), LINKS)}&"
    assert "reach=10" in zoomed(3.0, 1, (1.0, 2.0), (0.0, 0.0), LINKS)
    assert not zoomed(ZOOMS[0], -1, (0.0, 0.0), (0.0, 0.0), LINKS)
    assert not zoomed(ZOOMS[-1], 1, (0.0, 0.0), (0.0, 0.0), LINKS)
    assert "reach=3" not in zoomed(4.0, -1, (0.0, 0.0), (0.0, 0.0), LINKS)


def test_a_table_of_a_map_begins_at_the_top():
    heads, rows = sample(ground("x + 2y"), ("x", "y"))
    assert heads[0] == "y \\ x"
    assert rows[0][0] == "3"
    assert rows[-1][1] == "−9"
