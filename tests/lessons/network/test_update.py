"""The update step: the optimizer's printed rule, and the slip beside it."""

from urllib.parse import parse_qsl

import pytest

from backprop.lessons.network.lesson import LESSON
from backprop.lessons.network.run import advance
from backprop.lessons.network.training_step import compute
from backprop.lessons.network.update import make_rule, make_slip
from backprop.notation.names import label_of
from backprop.stage.choices import read_choices
from backprop.stage.optimizers import setting_label
from backprop.training.optimizers import OPTIMIZERS

OPTIMIZER = pytest.mark.parametrize("name", OPTIMIZERS)


def choices_at(query=""):
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    base = LESSON.preset(pairs["preset"]).choices if "preset" in pairs else LESSON.defaults
    return read_choices(base, pairs)


@OPTIMIZER
@pytest.mark.parametrize("rounds", [0, 1, 4])
def test_the_printed_rule_gives_the_move_of_the_optimizer(name, rounds):
    choices = choices_at(f"optimizer={name}&frozen=&focus=w2_1_1")
    for _ in range(rounds):
        choices = advance(choices, "a" * 64)
    found = compute(choices)
    rule = make_rule(found, label_of)
    assert rule.label == label_of("w2_1_1")
    assert rule.lines[-1][2].exact == pytest.approx(found.moves["w2_1_1"], rel=1e-12)
    assert len(rule.lines) == len(OPTIMIZERS[name].rule)


@OPTIMIZER
def test_what_is_remembered_is_shown_before_the_round(name):
    choices = choices_at(f"optimizer={name}&focus=w2_1_1")
    names = [key for key, _ in OPTIMIZERS[name].memory if key != "t"]
    assert [n.exact for _, n in make_rule(compute(choices), label_of).memory] == [0] * len(names)
    after = make_rule(compute(advance(choices, "a" * 64)), label_of)
    assert all(n.exact != 0 for _, n in after.memory)
    assert [text.partition(":")[0] for text, _ in after.memory] == names


def test_the_rule_is_that_of_the_parameter_in_focus_or_of_the_one_that_moves_most():
    assert make_rule(compute(choices_at("focus=w1_1_1")), label_of).label == label_of("w1_1_1")
    assert make_rule(compute(choices_at()), label_of).label == label_of("w2_1_2")
    assert make_rule(compute(choices_at("focus=a1_1")), label_of).label == label_of("w2_1_2")


def test_a_frozen_parameter_has_a_rule_whose_move_is_not_made():
    rule = make_rule(compute(choices_at("focus=b2_1")), label_of)
    assert rule.frozen
    assert rule.lines[-1][2].exact == pytest.approx(-0.5 * 0.100400325112)


def test_where_floats_cannot_say_the_rule_says_nan():
    query = "preset=xor-solved&optimizer=rmsprop&epsilon=0"
    found = make_rule(compute(choices_at(query)), label_of)
    assert found.lines[-1][2].shown == "NaN"


@OPTIMIZER
def test_a_settings_letter_is_greek_with_its_number_below(name):
    for setting in OPTIMIZERS[name].settings():
        label = setting_label(setting)
        assert len(label.letter) == 1
        assert label.below in ("", "1", "2")


def test_the_make_slip_updated_weights_is_shown_beside_the_right_pass():
    shown = make_slip(compute(choices_at()), label_of)
    assert shown.name == "updated-weights"
    assert shown.wrong.exact / shown.right.exact == pytest.approx(0.8316, abs=5e-5)
    assert shown.after.shown == "0.291027774"
    assert shown.after_slip.shown == "0.291027924"


@pytest.mark.parametrize("query", ["preset=one-neuron", "preset=xor-solved", "learning_rate=0"])
def test_there_is_no_slip_without_a_hidden_layer_or_a_difference(query):
    assert make_slip(compute(choices_at(query)), label_of) is None


def test_no_number_of_the_slip_but_zero_is_written_as_zero():
    weights = "&".join(f"w{layer}_1_1=0.2" for layer in range(2, 11))
    shown = make_slip(compute(choices_at(f"preset=ten-deep&{weights}")), label_of)
    assert shown.right.shown.startswith("−1.05916·10")
