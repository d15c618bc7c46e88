import pytest

from backprop.lessons.network.choices import PRESETS
from backprop.lessons.network.training_step import compute
from backprop.notation.names import label_of
from backprop.stage.walk.explanation import spoken
from backprop.stage.walk.forward_step import explain_value
from backprop.stage.walk.steps import network_steps

NAMED = {preset.name: preset.choices for preset in PRESETS}


def explained(preset, name):
    found = compute(NAMED[preset])
    step = next(s for s in network_steps(found.graph) if (s.kind, s.name) == ("value", name))
    return explain_value(found, step, label_of)


def test_the_parts_of_a_weighted_sum_are_printed_so_that_they_add_up():
    explanation = explained("by-hand", "z1_1")
    parts = [float(line.number.shown) for line in explanation.lines]
    assert sum(parts) == pytest.approx(float(explanation.result.shown), abs=1e-9)


def test_the_loss_says_what_each_output_adds():
    lines = explained("by-hand", "L").lines
    assert [line.number.exact for line in lines] == pytest.approx([0.274811083176, 0.023560025584])


def test_softmax_gives_shares_that_add_up_to_one():
    assert sum(line.number.exact for line in explained("iris", "L").lines) == pytest.approx(1)


def test_a_value_that_is_used_twice_is_called_a_fork():
    assert "a fork" in spoken(explained("by-hand", "a1_1").sentence)
