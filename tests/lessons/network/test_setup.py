"""The controls of a round: example, layers, losses, optimizers."""

import pytest

from backprop.engine.errors import InputError
from backprop.lessons.network.example import next_row
from backprop.lessons.network.lesson import LESSON
from backprop.training.optimizers import OPTIMIZERS
from tests.lessons.network.kit import board_at, choices_after, on


@pytest.mark.parametrize("rows", [1, 2, 4, 150])
@pytest.mark.parametrize("start", [1, "last"])
def test_another_row_visits_every_row_once(rows, start):
    row, seen = rows if start == "last" else start, []
    for _ in range(rows):
        seen.append(row)
        row = next_row(row, rows, shuffled=True)
    assert sorted(seen) == list(range(1, rows + 1))
    assert row == seen[0]


def test_rows_follow_one_another_in_a_ring():
    example = board_at("preset=xor&row=4").example
    assert choices_after(example.forward).network.row == 1
    assert choices_after(example.back).network.row == 3
    assert choices_after(board_at("preset=xor&row=1").example.back).network.row == 4
    assert (example.rows, example.label) == (4, "0")


def test_another_source_brings_sizes_that_fit():
    sources = {option.value: option for option in board_at("sizes=3,2,5").example.sources}
    assert choices_after(sources["iris"].address).network.sizes == (4, 2, 1)
    assert choices_after(sources["xor"].address).network.sizes == (2, 2, 1)


def test_a_softmax_stays_where_there_are_classes_and_goes_where_there_are_none():
    sources = {option.value: option for option in board_at("preset=iris").example.sources}
    found = choices_after(sources["xor"].address)
    assert (found.network.activations[-1], found.network.loss) == (
        "sigmoid",
        "binary_cross_entropy",
    )
    assert choices_after(sources["own"].address).network.activations[-1] == "softmax"
    two = "activations=tanh,softmax&loss=cross_entropy"
    sources = {option.value: option for option in board_at(two).example.sources}
    assert choices_after(sources["iris"].address).network.sizes == (4, 2, 3)


def test_a_layer_grows_shrinks_and_goes_by_its_links():
    inputs, hidden, outputs = board_at("preset=two-equal").network.layers
    assert choices_after("x?preset=two-equal&" + hidden.more.partition("&")[2]).network.sizes == (
        2,
        3,
        1,
    )
    assert choices_after("x?preset=two-equal&" + hidden.fewer.partition("&")[2]).network.sizes == (
        2,
        1,
        1,
    )
    assert choices_after("x?preset=two-equal&" + hidden.remove.partition("&")[2]).network.sizes == (
        2,
        1,
    )
    assert (inputs.remove, outputs.remove, outputs.fewer) == ("", "", "")
    assert (inputs.activations, on(hidden.activations)) == ((), ["sigmoid"])


def test_inputs_and_outputs_of_a_data_set_are_fixed():
    inputs, hidden, outputs = board_at("preset=iris").network.layers
    assert (inputs.more, inputs.fewer, outputs.more, outputs.fewer) == ("", "", "", "")
    assert hidden.more
    assert hidden.fewer


def test_a_layer_of_eight_units_is_full():
    assert board_at("sizes=2,8,2").network.layers[1].more == ""
    assert board_at("sizes=8,7,7").network.layers[1].more == ""


def test_one_more_hidden_layer_can_be_added_until_there_are_ten():
    assert choices_after(board_at().network.add_layer).network.sizes == (2, 2, 2, 2)
    assert (
        choices_after(board_at("preset=one-neuron").network.add_layer).network.activations
        == ("sigmoid",) * 2
    )
    assert board_at("preset=ten-deep").network.add_layer == ""
    assert board_at("sizes=3,8,8,1&activations=tanh,tanh,tanh").network.add_layer == ""


def test_softmax_and_cross_entropy_come_and_go_together():
    last = {option.value: option for option in board_at().network.layers[-1].activations}
    assert choices_after(last["softmax"].address).network.loss == "cross_entropy"
    losses = {option.value: option for option in board_at().network.losses}
    assert choices_after(losses["cross_entropy"].address).network.activations[-1] == "softmax"
    losses = {option.value: option for option in board_at("preset=iris").network.losses}
    assert choices_after(losses["mean_squared_error"].address).network.activations[-1] == "sigmoid"
    last = {
        option.value: option for option in board_at("preset=iris").network.layers[-1].activations
    }
    assert choices_after(last["tanh"].address).network.loss == "half_squared_error"


def test_one_output_is_offered_no_softmax():
    board = board_at("preset=xor")
    assert "softmax" not in {option.value for option in board.network.layers[-1].activations}
    assert "cross_entropy" not in {option.value for option in board.network.losses}


@pytest.mark.parametrize("preset", [preset.name for preset in LESSON.presets])
def test_of_every_choice_exactly_one_is_on(preset):
    board = board_at(f"preset={preset}")
    for options in (
        board.network.losses,
        board.network.schemes,
        board.update.optimizers,
        board.details,
        board.network.names,
    ):
        assert len(on(options)) == 1
    assert len(on(board.example.sources)) == 1


def test_another_optimizer_forgets_what_the_last_one_remembered():
    options = {option.value: option for option in board_at("optimizer=adam").update.optimizers}
    assert set(options) == set(OPTIMIZERS)
    assert choices_after(options["momentum"].address).run.memory == ()


def test_a_row_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="no row 9"):
        board_at("preset=xor&row=9")
