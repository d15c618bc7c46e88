"""What can be chosen for a check: a nudge, a network of the walk, an expression."""

import pytest

from backprop.lessons.gradient_check.choices import (
    Choices,
    Nudge,
    nudge_power,
)
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.stage.choices import ChoiceError, read_choices, write_choices

HAND = PRESETS[0].choices


@pytest.mark.parametrize(
    ("text", "h"), [("1e-5", 1e-5), ("-5", 1e-5), ("0", 1.0), ("-0.5", 0.316), ("1e-300", 1e-300)]
)
def test_a_nudge_is_typed_as_itself_and_slid_as_its_power(text, h):
    assert Nudge().read(text, "nudge") == h


@pytest.mark.parametrize("text", ["11", "1e-301", "-301", "nan", "x"])
def test_what_cannot_be_a_nudge_is_refused(text):
    with pytest.raises(ChoiceError):
        Nudge().read(text, "nudge")


def test_a_nudge_is_written_as_it_can_be_read():
    for h in (1.0, 1e-5, 0.316, 1e-300):
        assert Nudge().read(Nudge().write(h), "nudge") == h


def test_the_slider_stands_at_the_power():
    assert [nudge_power(h) for h in (1.0, 1e-5, 0.316)] == [0.0, -5.0, -0.5]


def test_a_weight_is_typed_by_either_name():
    assert read_choices(HAND, {"w2_1_1": "0.7"}).network.parameters["w2_1_1"] == 0.7
    assert read_choices(HAND, {"w5": "0.7"}).network.parameters["w2_1_1"] == 0.7


def test_an_expression_has_a_point_and_no_weights():
    found = read_choices(HAND, {"of": "expression", "expression": "x y", "x": "7"})
    assert found.at == {"x": 7.0, "y": 3.0}
    assert not found.network.parameters
    assert not found.network.inputs
    assert write_choices(found, HAND) == {"of": "expression", "expression": "x y", "x": "7"}


def test_a_network_may_be_as_large_as_the_walk_can_show():
    with pytest.raises(Exception, match="too large to be drawn"):
        read_choices(HAND, {"sizes": "8,8,8"})
    assert len(read_choices(HAND, {"sizes": "8,8,5", "shared": "0"}).network.parameters) == 117


def test_the_first_preset_is_the_default():
    assert isinstance(HAND, Choices)
    assert HAND.network.sizes == (2, 2, 2)
