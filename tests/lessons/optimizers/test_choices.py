"""What can be chosen about a race, and what follows from it."""

import pytest

from backprop.lessons.optimizers.choices import (
    Choices,
    find_surface,
    leader,
    racing,
    setting_names,
)
from backprop.lessons.optimizers.presets import PRESETS
from backprop.stage.choices import ChoiceError, read_choices, write_choices


def chosen(**pairs):
    return read_choices(Choices(), pairs)


def test_settings_are_called_by_the_racers_place():
    names = setting_names(chosen(racers="gradient_descent,none,momentum"))
    assert list(names) == ["learning_rate_1", "learning_rate_3", "momentum_3"]


def test_an_empty_place_leaves_the_others_their_numbers():
    choices = chosen(racers="adam,none,momentum")
    assert racing(choices) == {1: "adam", 3: "momentum"}
    assert leader(choices) == 1
    assert leader(chosen(racers="adam,none,momentum", lead="3")) == 3
    assert leader(chosen(racers="none,adam", lead="1")) == 2


def test_at_most_six_can_race_and_at_least_one():
    with pytest.raises(ChoiceError):
        chosen(racers=",".join(["adam"] * 7))
    with pytest.raises(ChoiceError, match="Nobody"):
        chosen(racers="none")


def test_what_was_set_stays_while_the_racer_and_the_surface_do():
    base = PRESETS[0].choices
    assert read_choices(base, {"x": "1"}).settings == base.settings
    other = read_choices(base, {"racers": "momentum,momentum,adam"})
    assert other.settings["learning_rate_2"] == base.settings["learning_rate_2"]
    assert other.settings["learning_rate_1"] != base.settings["learning_rate_1"]
    elsewhere = read_choices(base, {"expression": "1000x^2 + y^2"})
    assert elsewhere.settings["learning_rate_1"] < 0.001


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_race_is_spelled_and_read_back(preset):
    pairs = write_choices(preset.choices, PRESETS[0].choices)
    assert read_choices(PRESETS[0].choices, pairs) == preset.choices


@pytest.mark.parametrize("name", ["x^2", "steps + x", "x + y + z", "hello("])
def test_a_surface_that_cannot_be_raced_on_is_refused_beside_its_field(name):
    with pytest.raises(ChoiceError) as refused:
        chosen(expression=name)
    assert refused.value.at == "expression"


def test_a_network_brings_its_own_start():
    choices = chosen(of="network", net="by-hand", across="w2_1_1", up="w2_2_1")
    assert choices.surface.at == {"w2_1_1": 0.4, "w2_2_1": 0.5}
    assert find_surface(choices.surface).letter.letter == "L"
