"""The table of the gradient, and the path ledger."""

import json
import math

import pytest

from backprop.lessons.network.choices import PRESETS
from backprop.lessons.network.lesson import LESSON
from backprop.lessons.network.run import make_run
from backprop.lessons.network.training_step import compute
from backprop.stage.choices import change
from backprop.stage.links import Links, Origin
from tests.lessons.network.kit import board_at, choices_after


def test_the_table_of_the_gradient_stands_at_its_two_steps_only():
    assert board_at("step=27").table.rows == ()
    assert [board_at(f"step={n}").table.shows for n in (27, 28, 29)] == ["", "gradient", "update"]
    entries = {entry.name: entry for entry in board_at("step=29").table.rows}
    assert entries["w2_1_1"].gradient.shown == "0.0821670"
    assert entries["w2_1_1"].after.shown == "0.358916"
    assert all(entry.agrees for entry in entries.values())
    assert entries["b1_1"].frozen
    assert entries["b1_1"].move.exact == 0


def test_there_is_no_ledger_without_a_focus():
    assert board_at().walk.ledger is None
    assert board_at("focus=nonsense").walk.ledger is None


def test_the_ledger_lists_both_ways_of_a_hidden_weight_and_their_sum():
    ledger = board_at("focus=w1_1_1").walk.ledger
    assert ledger.count == len(ledger.paths) == 2
    assert ledger.rest is None
    assert math.fsum(path.product.exact for path in ledger.paths) == pytest.approx(
        0.000438567734, abs=1e-12
    )
    assert ledger.paths[0].keys[0] == "e-w1_1_1-z1_1"
    assert choices_after(ledger.close).focus == ""


def test_a_ledger_of_many_paths_has_a_rest():
    sizes, names = "1,5,5,5,1", "tanh,tanh,tanh,tanh"
    ledger = board_at(f"sizes={sizes}&activations={names}&names=indexed&focus=w1_1_1").walk.ledger
    assert ledger.count == 25
    assert len(ledger.paths) == 20
    listed = math.fsum(path.product.exact for path in ledger.paths)
    assert listed + ledger.rest.exact == pytest.approx(ledger.gradient.exact)


def test_the_ledger_of_an_input_says_that_none_is_asked():
    ledger = board_at("focus=x1").walk.ledger
    assert ledger.given
    assert ledger.count == 0


def test_every_quantity_of_a_preset_has_a_ledger():
    for preset in LESSON.presets:
        names = [node.name for node in compute(preset.choices).graph.nodes]
        for name in names:
            assert board_at(f"preset={preset.name}&focus={name}").walk.ledger.name == name


def test_a_ledger_of_infinite_paths_is_shown():
    query = "sizes=1,5,5,5,1&activations=linear,linear,linear,linear&loss=binary_cross_entropy"
    assert board_at(f"{query}&x1=0&y1=1&b1_1=0&focus=b1_1&shared=1&frozen=").walk.ledger


HAND = PRESETS[0].choices
NOW = "0" * 64


def run_of(choices):
    return make_run(compute(choices), Links("/lessons/network", Origin({}, HAND), choices))


def test_one_round_is_no_curve():
    run = run_of(HAND)
    assert [past.round for past in run.history] == [0]
    assert run.chart == ""


def test_each_point_of_the_curve_leads_back_to_its_round():
    run = run_of(change(HAND, round=1, rounds=(0,), losses=(0.5,), visited=(NOW,)))
    assert run.history[0].address == f"/lessons/network?from={NOW}"
    assert json.loads(run.chart)["data"][0]["customdata"][0] == run.history[0].address
    assert run.chart_alt.startswith("The loss falls from 0.500000 in round 0 to 0.298")
