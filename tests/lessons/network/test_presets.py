"""The states that the walk can be opened at: each shows what it promises."""

import pytest

from backprop.lessons.network.choices import PRESETS
from backprop.lessons.network.run import advance
from backprop.lessons.network.training_step import compute
from backprop.stage.choices import change, read_choices, write_choices
from backprop.stage.networks import parameter_names

NAMED = {preset.name: preset.choices for preset in PRESETS}
EVERY = [pytest.param(preset.choices, id=preset.name) for preset in PRESETS]


@pytest.mark.parametrize("choices", EVERY)
def test_a_preset_says_every_number_of_its_network(choices):
    assert set(choices.network.parameters) == set(parameter_names(choices.network))


def test_the_parameters_of_every_preset_stand_in_the_networks_order():
    for choices in NAMED.values():
        assert tuple(choices.network.parameters) == parameter_names(choices.network)


@pytest.mark.parametrize("choices", EVERY)
def test_a_preset_is_stored_and_read_back(choices):
    first = PRESETS[0].choices
    assert read_choices(first, write_choices(choices, first)) == choices


@pytest.mark.parametrize("choices", EVERY)
def test_both_details_of_a_preset_give_the_same_gradient(choices):
    found = compute(change(choices, detail="neurons")).gradient
    other = compute(change(choices, detail="operations")).gradient
    assert other == pytest.approx(found, rel=1e-12, abs=1e-15)


def test_the_hand_example_starts_at_the_published_loss():
    assert compute(NAMED["by-hand"]).trace.value == pytest.approx(0.298371108760, abs=1e-12)


def test_the_weights_of_xor_by_hand_answer_all_rows_and_have_no_gradient():
    for row in (1, 2, 3, 4):
        choices = read_choices(NAMED["xor-solved"], {"row": str(row)})
        found = compute(choices)
        assert choices.network.row == row
        assert found.trace.value == 0
        assert not any(found.gradient.values())


def test_ten_sigmoids_leave_almost_nothing_for_the_first_weight():
    gradient = compute(NAMED["ten-deep"]).gradient
    assert abs(gradient["w1_1_1"]) < 2e-6 * abs(gradient["w10_1_1"])


def test_the_dead_neurons_weights_get_exactly_no_gradient():
    gradient = compute(NAMED["dead-relu"]).gradient
    zero = {name for name, slope in gradient.items() if slope == 0}
    assert zero == {"w1_1_1", "w1_1_2", "b1_1", "w2_1_1"}


def test_the_two_equal_neurons_get_the_same_gradient():
    gradient = compute(NAMED["two-equal"]).gradient
    assert gradient["w1_1_1"] == gradient["w1_2_1"] != 0
    assert gradient["w2_1_1"] == gradient["w2_1_2"] != 0


@pytest.mark.parametrize("name", ["xor", "iris", "one-neuron", "two-equal"])
def test_a_preset_that_can_learn_does(name):
    choices = change(NAMED[name], then="same")
    before = compute(choices).trace.value
    for _ in range(30):
        choices = advance(choices, "a" * 64)
    assert compute(choices).trace.value < 0.9 * before


def test_two_layers_learn_all_of_xor():
    choices = NAMED["xor"]
    for _ in range(1200):
        choices = advance(choices, "a" * 64)
    losses = []
    for _ in range(4):
        losses.append(compute(choices).trace.value)
        choices = advance(choices, "a" * 64)
    assert max(losses) < 0.1
