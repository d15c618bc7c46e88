"""The menu of a lesson's presets."""

from dataclasses import replace

from backprop.lessons.playground.lesson import LESSON
from backprop.stage.head import preset_address, preset_options
from backprop.stage.links import Links, Origin


def links(**changes):
    choices = replace(LESSON.defaults, **changes)
    return Links(LESSON.path, Origin({}, LESSON.defaults), choices)


def test_each_preset_has_an_entry_and_the_one_that_is_shown_is_on():
    now = LESSON.presets[1]
    options = preset_options(LESSON.presets, links(), now)
    assert [option.value for option in options if option.on] == [now.name]
    assert options[0].address == f"/playground?preset={LESSON.presets[0].name}"
    assert not any(option.on for option in preset_options(LESSON.presets, links(), None))


def test_whoever_is_asked_first_goes_on_being_asked():
    assert preset_address("ng", links(ask="1")) == "/playground?preset=ng&ask=1"
