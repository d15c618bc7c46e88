"""The pictures of a race, and what is said of them."""

import json

import pytest

from backprop.lessons.optimizers.choices import Choices
from backprop.lessons.optimizers.pictures import draw_curves, make_map
from backprop.lessons.optimizers.race import run_race
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin


def shown(**pairs):
    choices = read_choices(Choices(), pairs)
    return run_race(choices), choices, Links("/", Origin({}, Choices()), choices)


def plan(**pairs):
    return make_map(*shown(**pairs))


def curves(**pairs):
    return draw_curves(*shown(**pairs)[:2]).values


def test_the_contours_stay_while_the_start_moves_over_them():
    assert plan(x="1", y="1").contours == plan(x="0.5", y="-1").contours


def test_a_map_says_where_everybody_stands():
    found = plan(step="1", racers="gradient_descent", learning_rate_1="0.1", x="1", y="2")
    assert found.alt == "Contour map of f; after step 1: racer 1 at f = 1.960."
    assert found.heads == ("step", "racer 1")
    assert found.rows[0] == ("0", "(1, 2)")
    assert found.rows[1] == ("1", "(0, 1.400)")


def test_who_left_the_map_is_named_and_where_it_is():
    fast = {"racers": "gradient_descent,adam,momentum", "learning_rate_1": "0.5", "steps": "30"}
    assert plan(step="0", **fast).away == ""
    assert plan(step="30", **fast).away.startswith("Off the map: racer 1 is at (")
    both = {**fast, "learning_rate_3": "0.9"}
    assert ", racer 3 is at (" in plan(step="30", **both).away


def test_what_is_blank_is_said():
    assert "blank where f has no value" in plan(expression="ln(x) + y^2", x="1").gaps


def test_a_map_goes_closer_to_the_lowest_point_and_wider_around_its_middle():
    found = plan()
    assert "reach=1&" in f"{found.closer}&"
    assert "reach=10" in found.wider
    assert not plan(reach="0.001").closer


def test_curves_are_logarithmic_where_the_function_stays_positive():
    axis = json.loads(curves().figure)["layout"]["yaxis"]
    assert axis["type"] == "log"
    below = json.loads(curves(expression="x^2 - y^2").figure)["layout"]["yaxis"]
    assert "type" not in below


@pytest.mark.parametrize("text", ["0x + 0y", "ln(x) + y", "x^4 + y^4", "-exp(x^2) - exp(y^2)"])
def test_curves_of_any_race_can_be_drawn(text):
    found = curves(expression=text, racers="gradient_descent,momentum", learning_rate_1="9")
    low, high = json.loads(found.figure)["layout"]["yaxis"]["range"]
    assert low < high
    assert len(found.rows[0]) == 3


def test_there_is_no_distance_where_nothing_is_lowest():
    assert draw_curves(*shown(expression="x + y")[:2]).distances is None
    assert draw_curves(*shown()[:2]).distances.heads[0] == "step"
