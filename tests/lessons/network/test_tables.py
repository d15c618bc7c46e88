"""The table of the gradient, and the path ledger."""

import json
import math
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from backprop.lessons.network.tables import chart_of, chart_words, history_of

from backprop.lessons.network.choices import PRESETS
from backprop.lessons.network.lesson import LESSON
from backprop.lessons.network.training_step import compute
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin


def open_at(query=""):
    """Return the choices of a query, and the links around them."""
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    origin = Origin({}, LESSON.defaults)
    if "preset" in pairs:
        origin = Origin({"preset": pairs["preset"]}, LESSON.preset(pairs["preset"]).choices)
    choices = read_choices(origin.choices, pairs)
    return choices, Links(LESSON.path, origin, choices)


def board_at(query=""):
    return LESSON.compose(*open_at(query))


def choices_after(address):
    return open_at(address.partition("?")[2])[0]


def on(options):
    return [option.value for option in options if option.on]


def test_the_table_of_the_gradient_stands_at_its_two_steps_only():
    assert board_at("step=27").entries == ()
    assert [board_at(f"step={n}").shows for n in (27, 28, 29)] == ["", "gradient", "update"]
    entries = {entry.name: entry for entry in board_at("step=29").entries}
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


def history(choices):
    found = compute(choices)
    return found, history_of(found, Links("/lessons/network", Origin({}, HAND), choices))


def test_one_round_is_no_curve():
    found, past = history(HAND)
    assert [each.round for each in past] == [0]
    assert chart_of(past, found) == ""


def test_each_point_of_the_curve_leads_back_to_its_round():
    run = replace(HAND, round=1, rounds=(0,), losses=(0.5,), visited=(NOW,))
    found, past = history(run)
    assert past[0].address == f"/lessons/network?from={NOW}"
    assert json.loads(chart_of(past, found))["data"][0]["customdata"][0] == past[0].address
    assert chart_words(past, found).startswith("The loss falls from 0.500000 in round 0 to 0.298")
