import json
from dataclasses import replace

from backprop.lessons.lesson import Links, Origin
from backprop.lessons.round import compute
from backprop.lessons.round_history import chart_of, chart_words, history_of
from backprop.lessons.round_presets import PRESETS

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
