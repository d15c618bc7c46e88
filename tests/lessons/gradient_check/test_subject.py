"""Whose gradient is checked."""

import numpy as np
import pytest

from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.subject import make_subject
from backprop.stage.choices import read_choices

HAND = PRESETS[0].choices


def typed(text, **at):
    return make_subject(read_choices(HAND, {"of": "expression", "expression": text, **at}))


def test_a_network_is_the_loss_of_its_example():
    found = make_subject(HAND)
    assert found.network.sizes == (2, 2, 2)
    assert found.trace.value == pytest.approx(0.298371109)
    assert (found.letter.letter, str(found.label("w2_1_1"))) == ("E", "w 5")
    assert len(found.names) == 10


def test_an_expression_has_its_own_letters():
    found = typed("x y", x="2", y="3")
    assert found.network is None
    assert (found.letter.letter, found.names) == ("f", ("x", "y"))
    assert found.trace.gradient == {"x": 3.0, "y": 2.0}


def test_a_function_is_followed_along_one_parameter():
    found = typed("x^2 + y", x="1", y="5")
    assert found.along("x", np.array([0.0, 3.0])).tolist() == [5.0, 14.0]
    assert found.along("y", np.array([0.0, 3.0])).tolist() == [1.0, 4.0]
    assert found.values_at("x", 2.0)[-1] == 9.0


@pytest.mark.parametrize(
    ("text", "between"),
    [("relu(x - 1)", True), ("abs(x - 5)", False), ("max(x, 1)", True), ("x^2", False)],
)
def test_a_kink_between_two_points_is_seen(text, between):
    found = typed(text, x="1")
    assert found.parts(found.values_at("x", 0.5), found.values_at("x", 1.5)) is between
