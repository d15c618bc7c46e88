"""From a wrong gradient of a typed function to the slip that made it."""

import math

import pytest

from backprop.engine.backward import gradient
from backprop.engine.expression import parse
from backprop.engine.slips.fingerprint import UNKNOWN
from backprop.engine.slips.typed_fingerprint import function_fingerprint

FUNCTION = "sigmoid(w * x + b) * x + w^2"
AT = {"w": 0.7, "x": -0.4, "b": 0.3}


def suspects(text, at, claimed):
    return function_fingerprint(parse(text), at, claimed)


def names(text, at, claimed):
    return [suspect.slip.name for suspect in suspects(text, at, claimed)]


def right(text, at):
    return gradient(parse(text), at)[1]


def test_a_right_gradient_has_no_slip_and_none_has_one_that_is_not_finite():
    assert suspects(FUNCTION, AT, right(FUNCTION, AT)) == ()
    assert suspects("sqrt(x)", {"x": 0.0}, {"x": 1.0}) == ()
    assert suspects("x^2", {"x": 1.0}, {"x": math.nan}) == ()


@pytest.mark.parametrize("digits", [2, 4, 8])
def test_a_right_gradient_that_was_printed_has_no_slip(digits):
    claimed = {name: float(f"{x:.{digits}g}") for name, x in right(FUNCTION, AT).items()}
    assert names(FUNCTION, AT, claimed) == []


COS, SIN = math.cos, math.sin


@pytest.mark.parametrize(
    ("text", "x", "claimed", "slip"),
    [
        ("exp(2 * x)", 0.7, 2 * 1.4, "from-input"),
        ("sqrt(x)", 0.7, 1 / 1.4, "from-input"),
        ("tan(x)", 0.7, 1.49, "from-input"),
        ("x^3", 1.3, 3 * 1.3**3, "exponent-kept"),
        ("x^3", 1.3, 1.3**2, "exponent-lost"),
        ("cos(x)", 0.7, SIN(0.7), "minus-lost"),
        ("exp(-x)", 0.7, math.exp(-0.7), "minus-lost"),
        ("3 - 2 * x", 0.7, 2.0, "minus-lost"),
        ("2 / x", 0.7, 2 / 0.49, "quotient-sign"),
        ("x / 7", 0.7, 7.0, "quotient-as-product"),
        ("tanh(x)", 0.7, 1 - 0.49, "slope-of-z"),
        ("tanh(x)", 0.7, 1 - math.tanh(0.7), "one-minus-a"),
        ("tanh(x)", 0.7, math.tanh(0.7) * (1 - math.tanh(0.7)), "other-slope"),
        ("tanh(x)", 0.7, 1 - math.tanh(math.tanh(0.7)) ** 2, "slope-at-out"),
        ("relu(x) + 3 * x", -0.7, 4.0, "mask-inverted"),
        ("sin(x^2)", 0.7, COS(0.49), "inner-lost"),
        ("sin(x^2)", 0.7, 1.4, "outer-lost"),
        ("log(sin(x))", 0.7, 1 / SIN(0.7), "inner-lost"),
        ("x * sin(x)", 0.7, SIN(0.7), "one-path"),
        ("x * sin(x) + x", 0.7, SIN(0.7) + 1, "missed-path"),
        ("x * sin(x) + exp(x)", 0.7, -(0.7 * COS(0.7) + SIN(0.7) + math.exp(0.7)), "sign"),
    ],
)
def test_a_slip_in_one_variable_is_named(text, x, claimed, slip):
    assert slip in names(text, {"x": x}, {"x": claimed})


def test_it_is_said_which_slope_is_missing():
    (suspect,) = suspects("sin(3 * x)", {"x": 0.7}, {"x": COS(2.1)})
    assert suspect.sentence.startswith("The inner slope is forgotten: x is as that slip makes it.")
    assert suspect.sentence.endswith("The slope of 3 * x is missing, 3.")


def test_it_is_said_what_the_missing_path_brings():
    found = suspects("x * y + 3 * x", {"x": 2.0, "y": 5.0}, {"x": 5.0, "y": 2.0})
    assert [each.slip.name for each in found] == ["one-path", "assigned"]
    assert "What is missing is 3 in x." in found[0].sentence
    assert [each.confidence for each in found] == [0.5, 0.5]


def test_whichever_path_is_written_last_it_is_an_assignment():
    for claimed in (5.0, 3.0):
        found = names("x * y + 3 * x", {"x": 2.0, "y": 5.0}, {"x": claimed, "y": 2.0})
        assert "assigned" in found


def test_a_slip_at_one_node_is_named_with_it():
    text, at = "sigmoid(a) * b + sigmoid(b) * a", {"a": 0.3, "b": -0.8}
    s = 1 / (1 + math.exp(0.8))
    claimed = right(text, at) | {"b": right(text, at)["b"] - s * (1 - s) * 0.3 - 0.8 * 1.8 * 0.3}
    (suspect,) = suspects(text, at, claimed)
    assert (suspect.slip.name, suspect.confidence) == ("slope-of-z", 0.8)
    assert suspect.sentence.endswith("It was made at b only.")


def test_a_slip_in_the_gradient_by_some_variables_only_is_named_with_them():
    text, at = "tanh(u * x) * v", {"u": 0.4, "x": 1.2, "v": 0.6}
    claimed = right(text, at) | {"u": 1.2 * (1 - math.tanh(0.48) ** 2)}
    (suspect,) = suspects(text, at, claimed)
    assert suspect.slip.name == "no-factor"
    assert suspect.sentence.endswith("It was made in u only.")


def test_each_variable_may_have_a_slip_of_its_own():
    text, at = "exp(x) * y^3 + z^2", {"x": 0.3, "y": 1.3, "z": 2.0}
    claimed = {"x": 0.3 * 1.3**3, "y": math.exp(0.3) * 1.3**2, "z": 4.0}
    found = suspects(text, at, claimed)
    assert {each.arrays: each.slip.name for each in found} == {
        ("x",): "from-input",
        ("y",): "exponent-lost",
    }


def test_twice_the_gradient_may_come_from_a_second_pass():
    claimed = {name: 2 * slope for name, slope in right(FUNCTION, AT).items()}
    assert names(FUNCTION, AT, claimed) == ["not-zeroed"]


def test_a_common_factor_is_told_where_no_slip_explains_it():
    text, at = "sin(w * x + b)", {"w": 0.7, "x": -0.4, "b": 0.3}
    claimed = {name: 1.234 * slope for name, slope in right(text, at).items()}
    (suspect,) = suspects(text, at, claimed)
    assert suspect.slip.name == "scaled"
    assert "The number is 1.234: it goes wrong where they still are together." in suspect.sentence


def test_what_no_slip_explains_is_unknown():
    (suspect,) = suspects(FUNCTION, AT, {"w": 3.3, "x": 1.7, "b": 0.123})
    assert (suspect.slip, suspect.confidence) == (UNKNOWN, 0)
    assert suspect.sentence == "Every slope is wrong, and no slip that I know explains how."
    (suspect,) = suspects(FUNCTION, AT, right(FUNCTION, AT) | {"b": 0.123})
    assert suspect.sentence == "b is wrong, and no slip that I know explains how."
    (suspect,) = suspects("x * 0 + 0 * y", {"x": 1.0, "y": 1.0}, {"x": 0.31, "y": 0.17})
    assert suspect.slip is UNKNOWN


def test_digits_that_are_set_aside_are_said():
    text, at = "tanh(x) * y", {"x": 0.5, "y": 2.0}
    claimed = {"x": round(2 * (1 - 0.5**2), 2), "y": round(math.tanh(0.5), 2)}
    (suspect,) = suspects(text, at, claimed)
    assert suspect.slip.name == "slope-of-z"
    assert suspect.sentence.endswith("what that rounds away is set aside.")
