"""One parameter is nudged."""

import json
import math

import pytest

from backprop.lessons.gradient_check.nudge import (
    chosen_name,
    moved_scene,
    show_nudge,
)
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.subject import make_subject
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin

HAND = PRESETS[0].choices
LINKS = Links("/lessons/gradient-check", Origin({}, HAND), HAND)


def typed(text, **at):
    return make_subject(read_choices(HAND, {"of": "expression", "expression": text, **at}))


def nudged(text, h, **at):
    return show_nudge(typed(text, **at), "x", h, LINKS)


def test_the_quotient_of_a_square_is_its_slope_whatever_the_nudge():
    found = nudged("x^2", 1.0, x="3")
    assert (found.slopes.numeric.exact, found.slopes.analytic.exact) == (6.0, 6.0)
    assert (found.slopes.quotient.high, found.slopes.quotient.low) == ("16", "4")
    assert found.slopes.words.startswith("Secant and tangent cannot be told apart")


def test_the_error_of_a_cube_goes_with_the_square_of_the_nudge():
    apart = [nudged("x^3", h, x="1").slopes.apart.exact for h in (0.1, 0.01)]
    assert apart[0] / apart[1] == pytest.approx(100, rel=1e-3)


@pytest.mark.parametrize(
    ("text", "x", "h", "words"),
    [
        ("x^3", "1", 0.5, "The secant is not the tangent yet"),
        ("x^3", "1", 1e-300, "This nudge is lost in rounding"),
        ("100000000 + x^2", "0.3", 1e-6, "Few digits differ"),
        ("relu(x)", "0.1", 0.2, "A kink lies between"),
        ("ln(x)", "0.5", 1.0, "One of the two values is no number"),
        ("1/x", "0", 0.5, "The backward pass has no number"),
        ("cos(x)", "0.5", 1e-15, "Few digits"),
    ],
)
def test_a_nudge_is_told_in_words(text, x, h, words):
    assert nudged(text, h, x=x).slopes.words.startswith(words)


def test_a_flat_secant_is_said_to_be_flat():
    found = nudged("x^3 - x", 1.0, x="0")
    assert found.slopes.words == "Both values are one number, so the secant is flat."


def test_the_picture_is_magnified_by_decades():
    zooms = {h: nudged("x^3", h, x="1").secant.zoom for h in (1.0, 0.5, 0.1, 1e-5)}
    assert zooms == {1.0: "", 0.5: "", 0.1: "10", 1e-5: "10⁵"}
    figure = json.loads(nudged("x^3", 1e-5, x="1").secant.figure)
    assert figure["layout"]["xaxis"]["range"] == pytest.approx([-3e-5, 3e-5])


def test_what_moved_is_the_parameter_and_what_it_reaches():
    subject = typed("(x + y) * z", x="-2", y="5", z="-4")
    scene = moved_scene(subject, "x", 1.0, LINKS)
    assert scene.phase == "forward"
    assert len(scene.flows) >= 2
    graded = [node for node in scene.nodes if "graded" in node[2]]
    assert len(graded) == 3  # x, the sum, the product


def test_a_network_shows_the_way_from_the_weight_to_the_loss():
    subject = make_subject(HAND)
    scene = moved_scene(subject, "w2_1_1", 0.1, LINKS)
    assert sum("graded" in node[2] for node in scene.nodes) == 4  # w5, z3, o1, E


def test_a_parameter_that_is_not_there_gives_way_to_the_first_of_the_last_layer():
    assert chosen_name(make_subject(HAND), "zz") == "w2_1_1"
    assert chosen_name(make_subject(HAND), "b1_1") == "b1_1"
    assert chosen_name(typed("x y", x="1", y="1"), "") == "x"


def test_the_table_behind_the_picture_has_smaller_and_smaller_nudges():
    hs = [row[0].exact for row in nudged("exp(x)", 1.0, x="0").secant.rows]
    assert hs == sorted(hs, reverse=True)
    assert math.isclose(hs[-1], 1e-8)
