"""One round of a network as a lesson: its boards, its addresses, the next round."""

import json
import math
from urllib.parse import urlsplit

import numpy as np
import pytest

from backprop.engine.errors import InputError, PointError
from backprop.engine.network import Network
from backprop.lessons.network.lesson import LESSON
from backprop.lessons.network.run import MOST_ROUNDS, advance
from backprop.lessons.network.training_step import compute
from backprop.stage.choices import change, read_choices, write_choices
from backprop.stage.links import Links, Origin
from backprop.stage.walk.steps import network_steps
from backprop.training.optimizers import OPTIMIZERS
from backprop.web.reply import plain
from tests.kit.links import addresses_of, one_of_each_kind
from tests.lessons.network.kit import board_at, open_at

NOW = "a" * 64
PRESETS = [pytest.param(preset, id=preset.name) for preset in LESSON.presets]
DETAILS = pytest.mark.parametrize("detail", ["neurons", "operations"])
RISING = "preset=xor&activations=relu,linear&loss=half_squared_error&learning_rate=10"


def query_of(address):
    return urlsplit(address).query


def steps_of(query):
    return board_at(query).walk.strip.count


def went_on(choices, rounds):
    """Return the choices after so many rounds."""
    for _ in range(rounds):
        choices = advance(choices, NOW)
    return choices


def refused_links(query, some=one_of_each_kind):
    """Return the links of a board that lead to a refusal: of each kind two, or all of them."""
    refused = []
    for address in some(addresses_of(board_at(query), LESSON.path), query):
        try:
            board_at(query_of(address))
        except InputError as error:
            refused.append((address, str(error)))
    return refused


# Boards


@DETAILS
@pytest.mark.parametrize("preset", PRESETS)
def test_every_board_is_json_without_nan(preset, detail):
    query = f"preset={preset.name}&detail={detail}"
    for step in (0, steps_of(query) // 2, steps_of(query) - 2, steps_of(query) - 1):
        assert json.dumps(plain(board_at(f"{query}&step={step}")), allow_nan=False)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_presets_address_opens_the_preset(preset):
    choices, links = open_at(f"preset={preset.name}")
    assert choices == preset.choices
    assert links.address() == f"{LESSON.path}?preset={preset.name}"
    board = LESSON.compose(choices, links)
    assert board.head.title == preset.title
    assert [option.value for option in board.head.presets if option.on] == [preset.name]


def test_the_bare_address_shows_the_first_preset():
    board = board_at()
    assert board.head.preset is LESSON.presets[0]
    assert board.head.reset == f"{LESSON.path}?preset=by-hand"
    assert board.run.chart == ""


def test_a_board_knows_the_address_of_its_neighbours():
    board = board_at("preset=xor&step=3")
    assert board.address(step=4) == f"{LESSON.path}?preset=xor&step=4"
    assert board.head.reset == f"{LESSON.path}?preset=xor"


def test_a_changed_network_says_so():
    assert board_at("activations=tanh,tanh").head.title == "The 2-2-2 by hand, changed"
    assert board_at("w5=0.9&step=4&detail=operations").head.title == "The 2-2-2 by hand"


def test_a_step_past_the_last_is_refused_with_their_number():
    with pytest.raises(PointError, match=r"no step 31\. This round has 30 steps\.") as error:
        board_at("step=30")
    assert error.value.at == "step"


def test_a_snapshots_board_remembers_its_preset_and_resets_to_it():
    choices = open_at("preset=xor")[0]
    board = LESSON.compose(choices, Links(LESSON.path, Origin({"from": NOW}, choices), choices))
    assert board.head.preset is LESSON.preset("xor")
    assert board.head.title == "XOR"
    assert board.head.reset == f"{LESSON.path}?preset=xor"


def test_only_data_of_several_rows_ask_what_comes_then():
    assert board_at().run.thens == ()
    assert [option.value for option in board_at("preset=xor").run.thens] == [
        "same",
        "next",
        "random",
    ]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "½ Σ (output − target)²; one bias for each layer"),
        ("preset=xor", "binary cross-entropy in nats, mean over the outputs; one bias for each n"),
        ("preset=iris", "cross-entropy in nats, of softmax"),
        ("preset=xor-solved", "mean of (output − target)² over the outputs"),
    ],
)
def test_the_conventions_stand_on_the_page(query, words):
    assert words in board_at(query).head.note


# Links


@DETAILS
@pytest.mark.parametrize("preset", PRESETS)
def test_every_link_of_a_first_step_leads_somewhere(preset, detail):
    assert refused_links(f"preset={preset.name}&detail={detail}") == []


@pytest.mark.parametrize("preset", PRESETS)
def test_every_link_of_a_last_step_leads_somewhere(preset):
    query = f"preset={preset.name}"
    assert refused_links(f"{query}&step={steps_of(query) - 1}") == []


@pytest.mark.long
@DETAILS
@pytest.mark.parametrize("preset", PRESETS)
def test_really_every_link_leads_somewhere(preset, detail):
    query = f"preset={preset.name}&detail={detail}"
    for step in (0, steps_of(query) // 2, steps_of(query) - 1):
        assert refused_links(f"{query}&step={step}", lambda links, _: sorted(set(links))) == []


def test_a_narrow_layer_is_not_removed_where_that_makes_the_network_too_large():
    assert refused_links("detail=operations&sizes=8,1,8&activations=tanh,tanh") == []


@pytest.mark.parametrize("stride", [5, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("preset", PRESETS)
def test_changing_the_detail_stays_at_the_quantity(preset, stride):
    for detail, other in (("neurons", "operations"), ("operations", "neurons")):
        query = f"preset={preset.name}&detail={detail}"
        count = steps_of(query)
        for step in (*range(0, count - 2, stride), count - 2, count - 1):
            choices = open_at(f"{query}&step={step}")[0]
            graph = compute(choices).graph
            stop = network_steps(graph)[step]
            options = {option.value: option for option in board_at(f"{query}&step={step}").details}
            there = open_at(query_of(options[other].address))[0]
            found = network_steps(compute(there).graph)[there.step]
            belongs = graph.nodes[stop.node].part_of if stop.node >= 0 else ""
            assert found.kind == stop.kind
            assert found.name in (stop.name, belongs)


def test_a_detail_that_cannot_be_drawn_has_no_address():
    options = board_at("sizes=8,6,2&names=indexed").details
    assert [(option.value, bool(option.address)) for option in options] == [
        ("neurons", True),
        ("operations", False),
    ]


# The next round


def losses_after(query, rounds):
    choices = went_on(open_at(query)[0], rounds)
    return (*choices.run.losses, compute(choices).trace.value)


@pytest.mark.parametrize(
    ("query", "after", "loss"),
    [
        ("", 1, 0.291027773694),
        ("", 2, 0.283547133),
        ("", 3, 0.275943289),
        ("", 10, 0.220918592),
        ("", 100, 0.020046828),
        ("frozen=", 1, 0.285750886699),
        ("frozen=&shared=0&b1_1=0.35&b1_2=0.35&b2_1=0.6&b2_2=0.6", 1, 0.280471446791),
        ("optimizer=momentum", 1, 0.291027774),
        ("optimizer=momentum", 2, 0.276829773),
        ("optimizer=momentum", 3, 0.256138475),
        ("optimizer=momentum", 10, 0.049498987),
        ("optimizer=momentum", 100, 0.000360754),
    ],
)
def test_the_loss_after_so_many_rounds_is_that_of_the_hand_calculation(query, after, loss):
    if "shared=0" in query:
        weights = LESSON.defaults.network.parameters.items()
        query += "".join(f"&{name}={w}" for name, w in weights if name[0] == "w")
    assert losses_after(query, after)[-1] == pytest.approx(loss, abs=5e-10)


@DETAILS
def test_both_details_learn_alike(detail):
    assert losses_after(f"preset=xor&detail={detail}", 20) == pytest.approx(
        losses_after("preset=xor", 20), rel=1e-12
    )


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_what_an_optimizer_remembers_is_carried_from_round_to_round(name):
    choices = open_at(f"optimizer={name}&frozen=&learning_rate=0.1&names=indexed")[0]
    network = Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True)
    theta = network.arrays(choices.network.parameters)
    optimizer = OPTIMIZERS[name](learning_rate=0.1)
    state = optimizer.start(theta)
    for _ in range(12):
        slopes = network.loss_and_gradient(theta, [[0.05, 0.1]], [[0.01, 0.99]])[1]
        move, state = optimizer.step(slopes, state, theta)
        theta = {key: theta[key] + move[key] for key in theta}
    found = went_on(choices, 12).network.parameters
    assert found == pytest.approx(network.scalars(theta), rel=1e-9, abs=1e-12)


def test_memory_survives_being_written_and_read_and_a_change_of_detail():
    choices = went_on(open_at("optimizer=adam&names=indexed")[0], 3)
    again = read_choices(LESSON.defaults, write_choices(choices, LESSON.defaults), stored=True)
    assert again == choices
    other = change(again, detail="operations")
    assert went_on(other, 3).network.parameters == pytest.approx(
        went_on(choices, 3).network.parameters, rel=1e-12
    )


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_frozen_parameters_keep_still(name):
    choices = open_at(f"optimizer={name}&frozen=w1_1_1,b2_1")[0]
    after = went_on(choices, 5).network.parameters
    still = {key for key, w in choices.network.parameters.items() if after[key] == w}
    assert still == {"w1_1_1", "b2_1"}


def test_a_frozen_parameters_gradient_is_shown_all_the_same():
    found = compute(open_at()[0])
    assert found.gradient["b2_1"] == pytest.approx(0.100400325112, abs=1e-12)
    assert found.moves["b2_1"] == 0


def test_a_run_remembers_at_most_so_many_rounds_the_first_among_them():
    choices = open_at()[0]
    for _ in range(450):
        choices = advance(choices, NOW)
        assert (
            len(choices.run.rounds)
            == len(choices.run.losses)
            == len(choices.run.visited)
            <= MOST_ROUNDS
        )
    assert choices.run.rounds[0] == 0
    assert choices.run.rounds[-1] == 449
    assert list(choices.run.rounds) == sorted(set(choices.run.rounds))
    assert choices.run.losses[0] == pytest.approx(0.298371108760)


def test_the_curve_of_the_loss_leads_back_to_each_round():
    choices = went_on(open_at()[0], 3)
    links = Links(LESSON.path, Origin({"from": "b" * 64}, choices), choices)
    board = LESSON.compose(choices, links)
    assert [past.round for past in board.run.history] == [0, 1, 2, 3]
    assert board.run.history[0].address == f"{LESSON.path}?from={NOW}"
    assert board.run.history[-1].address == links.address()
    assert json.loads(board.run.chart)["data"][0]["x"] == [0, 1, 2, 3]
    assert board.run.chart_alt == "The loss falls from 0.298371 in round 0 to 0.275943 in round 3."


def test_the_next_round_begins_where_this_one_stood_or_at_its_first_step_after_the_update():
    assert advance(open_at("step=7")[0], NOW).step == 7
    assert advance(open_at("step=29")[0], NOW).step == 0


def test_the_next_round_takes_the_next_row_where_it_should():
    choices, rows, seen = open_at("preset=xor&row=1")[0], [], []
    for _ in range(5):
        rows.append(choices.network.row)
        seen.append(tuple(choices.network.inputs.values()))
        choices = advance(choices, NOW)
    assert rows == [1, 2, 3, 4, 1]
    assert seen[:2] == [(0, 0, 0), (0, 1, 1)]


def test_the_next_round_keeps_the_row_where_it_should():
    choices = went_on(open_at("preset=xor&then=same&row=3")[0], 2)
    assert choices.network.row == 3
    assert list(choices.network.inputs.values()) == [1, 0, 1]


def test_a_shuffled_run_sees_every_flower_once():
    choices, rows = open_at("preset=iris")[0], set()
    for _ in range(150):
        rows.add(choices.network.row)
        choices = advance(choices, NOW)
    assert rows == set(range(1, 151))


def test_equal_neurons_stay_equal():
    after = went_on(open_at("preset=two-equal")[0], 10).network.parameters
    assert after["w1_1_1"] == after["w1_2_1"] != 0.5
    assert after["w2_1_1"] == after["w2_1_2"]


def test_a_dead_neuron_does_not_recover():
    choices = open_at("preset=dead-relu")[0]
    after = went_on(choices, 10).network.parameters
    still = {name for name, w in choices.network.parameters.items() if after[name] == w}
    assert {"w1_1_1", "w1_1_2", "b1_1", "w2_1_1"} <= still


# Where a run diverges


@pytest.mark.parametrize("rounds", [15, 400], ids=["large", "not a number"])
def test_a_run_that_diverges_can_be_stored_and_opened_again(rounds):
    choices = went_on(open_at(RISING)[0], rounds)
    again = read_choices(LESSON.defaults, write_choices(choices, LESSON.defaults), stored=True)
    assert all(
        again.network.parameters[name] == w
        or (math.isnan(w) and math.isnan(again.network.parameters[name]))
        for name, w in choices.network.parameters.items()
    )


def test_a_run_that_diverges_is_shown_at_every_step():
    choices = went_on(open_at(RISING)[0], 400)
    assert not np.all(np.isfinite(list(choices.network.parameters.values())))
    for step in range(len(network_steps(compute(choices).graph))):
        at = change(choices, step=step)
        board = LESSON.compose(at, Links(LESSON.path, Origin({"from": NOW}, at), at))
        assert json.dumps(plain(board), allow_nan=False)


def sections_at(query=""):
    return board_at(query).head.sections


def test_each_section_says_what_is_set_in_it():
    sections = sections_at()
    assert sections["example"].inside == ("your own numbers",)
    assert sections["network"].inside == ("2–2–2, sigmoid, half squared error",)
    assert sections["optimizer"].inside == ("gradient descent, η 0.5",)
    assert sections["parameters"].inside == ("10 numbers, 2 frozen",)
    assert sections_at("preset=iris")["example"].inside == ("Fisher’s irises, flower 1",)


@pytest.mark.parametrize(
    ("query", "opened"),
    [
        ("", set()),
        ("preset=iris", set()),
        ("w1_1_1=0.3&x1=2&step=4", set()),  # these numbers stand in the picture
        ("learning_rate=0.1", {"optimizer"}),
        ("optimizer=adam&seed=3", {"optimizer", "network"}),
        ("frozen=w1_1_1", {"parameters"}),
        ("show-more=machines,loss", {"machines", "loss"}),
        ("step=28", {"table"}),
    ],
)
def test_an_address_opens_the_sections_that_hold_its_options(query, opened):
    assert {name for name, section in sections_at(query).items() if section.open} == opened


def test_a_ledger_says_from_which_step_on_it_is_shown():
    walk = board_at("focus=w1_1_1&step=14").walk
    assert walk.ledger is not None
    shown = board_at(query_of(walk.opening.address)).walk
    assert (shown.opening, shown.strip.at) == (None, walk.opening.step)
    assert shown.explanation.result_words[-1].letter == "w"
    assert board_at("focus=x1").walk.opening is None  # no gradient is asked of it
