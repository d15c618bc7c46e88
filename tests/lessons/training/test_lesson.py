"""Training as a lesson: what its board shows, and how the states hang together."""

import pytest

from backprop.lessons.training.lesson import LESSON
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin


def board_of(preset="circles", **pairs):
    origin = LESSON.preset(preset).choices
    choices = read_choices(origin, pairs)
    return LESSON.compose(choices, Links(LESSON.path, Origin({"preset": preset}, origin), choices))


@pytest.mark.parametrize("preset", LESSON.presets, ids=lambda preset: preset.name)
def test_every_preset_begins_at_epoch_0_with_what_it_promises(preset):
    board = board_of(preset.name)
    assert (board.progress.epoch, board.progress.step) == (0, 0)
    assert board.head.title == preset.title
    assert board.trouble is None


def test_a_changed_preset_says_so():
    assert board_of(hidden="4").head.title == "A disc in a ring, changed"
    assert board_of(hidden="4").setup.network.sizes == (2, 4, 1)


def test_the_loss_that_does_not_fit_the_data_gives_way_to_the_usual_one():
    assert board_of(loss="cross_entropy").setup.network.losses[0].on
    assert board_of("sine", loss="binary_cross_entropy").setup.network.losses[0].on


def test_the_state_of_training_stands_at_its_own_address():
    assert LESSON.path == "/train"
    assert board_of(seed="2").head.links.address() == "/train?preset=circles&seed=2"
