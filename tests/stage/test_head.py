"""The menu of a lesson's presets."""

from backprop.lessons.playground.lesson import LESSON
from backprop.stage.choices import change
from backprop.stage.head import preset_address, preset_options
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
