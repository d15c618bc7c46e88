"""The presets of the check, and what each is there to show."""

from backprop.lessons.gradient_check.presets import PRESETS


def test_each_has_a_name_of_its_own_and_a_sentence():
    assert len({preset.name for preset in PRESETS}) == len(PRESETS)
    assert all(preset.about.endswith(".") for preset in PRESETS)


def test_each_knows_where_it_began_but_the_first():
    assert PRESETS[0].choices.preset_name == ""
    assert all(preset.choices.preset_name == preset.name for preset in PRESETS[1:])


def test_networks_have_weights_and_expressions_a_point():
    for preset in PRESETS:
        if preset.choices.of == "network":
            assert preset.choices.network.parameters
        else:
            assert preset.choices.at
