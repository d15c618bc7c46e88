"""The presets of the gradient."""

from backprop.lessons.gradient.choices import typed_function
from backprop.lessons.gradient.lesson import LESSON
from backprop.lessons.gradient.presets import PRESETS


def test_the_first_is_the_worked_example_and_the_default():
    assert PRESETS[0].choices == LESSON.defaults
    assert PRESETS[0].choices.at == {"x": 1, "y": 2}


def test_each_knows_its_name_and_gives_every_variable_a_number():
    for preset in PRESETS:
        assert preset.choices.preset_name == preset.name
        assert set(preset.choices.at) == set(typed_function(preset.choices).variables)
