"""A quotient computes as it is printed."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.lessons.gradient_check.nudge import (
    chosen_name,
    moved_scene,
    nudge_of,
    printed,
    quotient,
)
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.subject import subject_of
from backprop.notation.numerals import long
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin

NUMBERS = st.floats(min_value=-1e6, max_value=1e6, allow_subnormal=False)


def read(shown):
    digits, _, power = shown.replace("−", "-").partition("·10")
    if not power and digits.startswith("10") and digits[2:3] in "⁰¹²³⁴⁵⁶⁷⁸⁹⁻" and digits[2:]:
        digits, power = "1", digits[2:]
    back = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    return float(f"{digits}e{power.translate(back) or 0}")


@given(NUMBERS, NUMBERS, st.sampled_from([2.0, 0.2, 2e-5, 2e-10]))
def test_what_is_printed_computes_to_what_is_printed(high, low, width):
    found = quotient(high, low, width)
    assert long((read(found.high) - read(found.low)) / width) == found.result


def test_no_more_digits_stand_there_than_it_takes():
    found = quotient(0.29837193043, 0.29837028709, 2e-5)
    assert (found.high, found.low) == ("0.29837193043", "0.29837028709")
    assert (found.width, found.result) == ("2·10⁻⁵", "0.0821670")


def test_brackets_hold_what_would_be_misread():
    found = quotient(-1.0, -2.0, 2e-5)
    assert (found.low_held, found.width_held) == ("(−2)", "(2·10⁻⁵)")
    assert quotient(1.0, 2.0, 2.0).low_held == "2"


@pytest.mark.parametrize(
    ("x", "digits", "text"),
    [
        (1e-5, 3, "10⁻⁵"),
        (-2.5e-12, 3, "−2.5·10⁻¹²"),
        (0.1, 3, "0.1"),
        (100_000_000.09, 11, "100000000.09"),
        (math.nan, 3, "NaN"),
        (0.0, 3, "0"),
        (300.0, 2, "300"),
        (1e12, 2, "10¹²"),
    ],
)
def test_a_number_is_printed_with_so_many_digits(x, digits, text):
    assert printed(x, digits) == text


def test_a_nudge_of_many_digits_is_printed_with_all_of_them():
    assert quotient(2.0, 1.0, 0.246913578).width == "0.246913578"


def test_without_a_number_there_is_no_quotient():
    assert quotient(math.nan, 1.0, 2.0).result == "NaN"
    assert quotient(1.0, 1.0, 0.0).result == "NaN"


HAND = PRESETS[0].choices
LINKS = Links("/lessons/gradient-check", Origin({}, HAND), HAND)


def typed(text, **at):
    return subject_of(read_choices(HAND, {"of": "expression", "expression": text, **at}))


def nudged(text, h, **at):
    return nudge_of(typed(text, **at), "x", h, LINKS)


def test_the_quotient_of_a_square_is_its_slope_whatever_the_nudge():
    found = nudged("x^2", 1.0, x="3")
    assert (found.numeric.exact, found.analytic.exact) == (6.0, 6.0)
    assert (found.quotient.high, found.quotient.low) == ("16", "4")
    assert found.words.startswith("Secant and tangent cannot be told apart")


def test_the_error_of_a_cube_goes_with_the_square_of_the_nudge():
    apart = [nudged("x^3", h, x="1").apart.exact for h in (0.1, 0.01)]
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
    assert nudged(text, h, x=x).words.startswith(words)


def test_a_flat_secant_is_said_to_be_flat():
    found = nudged("x^3 - x", 1.0, x="0")
    assert found.words == "Both values are one number, so the secant is flat."


def test_the_picture_is_magnified_by_decades():
    zooms = {h: nudged("x^3", h, x="1").zoom for h in (1.0, 0.5, 0.1, 1e-5)}
    assert zooms == {1.0: "", 0.5: "", 0.1: "10", 1e-5: "10⁵"}
    figure = json.loads(nudged("x^3", 1e-5, x="1").figure)
    assert figure["layout"]["xaxis"]["range"] == pytest.approx([-3e-5, 3e-5])


def test_what_moved_is_the_parameter_and_what_it_reaches():
    subject = typed("(x + y) * z", x="-2", y="5", z="-4")
    scene = moved_scene(subject, "x", 1.0, LINKS)
    assert scene.phase == "forward"
    assert len(scene.flows) >= 2
    graded = [node for node in scene.nodes if "graded" in node[2]]
    assert len(graded) == 3  # x, the sum, the product


def test_a_network_shows_the_way_from_the_weight_to_the_loss():
    subject = subject_of(HAND)
    scene = moved_scene(subject, "w2_1_1", 0.1, LINKS)
    assert sum("graded" in node[2] for node in scene.nodes) == 4  # w5, z3, o1, E


def test_a_parameter_that_is_not_there_gives_way_to_the_first_of_the_last_layer():
    assert chosen_name(subject_of(HAND), "zz") == "w2_1_1"
    assert chosen_name(subject_of(HAND), "b1_1") == "b1_1"
    assert chosen_name(typed("x y", x="1", y="1"), "") == "x"


def test_the_table_behind_the_picture_has_smaller_and_smaller_nudges():
    hs = [row[0].exact for row in nudged("exp(x)", 1.0, x="0").rows]
    assert hs == sorted(hs, reverse=True)
    assert math.isclose(hs[-1], 1e-8)
