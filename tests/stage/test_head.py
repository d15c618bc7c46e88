"""The menu of a lesson's presets."""

import pytest

from backprop.lessons.catalog import LESSONS
from backprop.lessons.playground.lesson import LESSON
from backprop.stage.choices import change, choice_fields, get_choice
from backprop.stage.head import make_head, preset_address, preset_options
from backprop.stage.links import Links, Origin


def links(**changes):
    choices = change(LESSON.defaults, **changes)
    return Links(LESSON.path, Origin({}, LESSON.defaults), choices)


def test_each_preset_has_an_entry_and_the_one_that_is_shown_is_on():
    now = LESSON.presets[1]
    options = preset_options(LESSON.presets, links(), now)
    assert [option.value for option in options if option.on] == [now.name]
    assert options[0].address == f"/playground?preset={LESSON.presets[0].name}"
    assert not any(option.on for option in preset_options(LESSON.presets, links(), None))


def test_a_preset_keeps_the_quiz_mode():
    assert preset_address("ng", links(ask="1")) == "/playground?preset=ng&ask=1"


def about(lesson, preset, choices):
    here = Links(lesson.path, Origin({"preset": preset.name}, preset.choices), choices)
    return make_head(here, lesson.presets, "", preset).preset.about


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_what_is_said_of_a_presets_numbers_is_said_of_no_others(lesson):
    for preset in lesson.presets:
        assert about(lesson, preset, preset.choices) == preset.about
        fields = choice_fields(preset.choices)
        for table in {name for name in ("at", "parameters") if name in fields}:
            if not fields[table].is_table:
                continue
            numbers = {name: x + 1 for name, x in get_choice(preset.choices, table).items()}
            moved = change(preset.choices, **{table: numbers})
            other = preset.changed if numbers and preset.changed else preset.about
            assert about(lesson, preset, moved) == other


def test_another_optimizer_changes_nothing_that_is_said_of_the_weights():
    network = next(lesson for lesson in LESSONS if lesson.name == "network")
    preset = network.preset("xor-solved")
    other = change(preset.choices, settings={"learning_rate": 0.25})
    assert about(network, preset, other) == preset.about
