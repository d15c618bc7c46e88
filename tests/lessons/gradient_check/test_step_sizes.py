"""The study of h: its curves, its best places, and what the picture says."""

import json

import pytest

from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.step_sizes import (
    HS,
    measure_errors,
    show_step_sizes,
)
from backprop.lessons.gradient_check.subject import make_subject
from backprop.stage.choices import read_choices
from backprop.stage.links import Links, Origin

HAND = PRESETS[0].choices
LINKS = Links("/lessons/gradient-check", Origin({}, HAND), HAND)


def study(name="w2_1_1", h=1.0, single=False, choices=HAND):
    return show_step_sizes(make_subject(choices), name, h, single, LINKS)


def typed(text, **at):
    return read_choices(HAND, {"of": "expression", "expression": text, **at})


def test_each_way_has_its_best_nudge_where_theory_says():
    ways = {way.kind: way for way in study().ways}
    assert 1e-9 < ways["forward"].best_h.exact < 1e-6
    assert 1e-6 < ways["central"].best_h.exact < 1e-4
    assert ways["central"].error.exact < ways["forward"].error.exact
    assert ways["complex"].error.exact < 1e-15


def test_in_single_precision_the_nudge_has_to_be_larger():
    single, double = (
        {way.kind: way.best_h.exact for way in study(single=s).ways} for s in (True, False)
    )
    assert single["central"] > 100 * double["central"]
    assert [o.on for o in study(single=True).precisions] == [False, True]


def test_both_slopes_and_a_wrong_gradient_are_drawn():
    figure = json.loads(study(h=0.01).figure)
    words = [note["text"] for note in figure["layout"]["annotations"]]
    assert {"∝ h", "∝ h²", "∝ 1/h"} <= set(words)
    wrong = next(line for line in figure["data"] if line["name"] == "a gradient off by 1 %")
    assert min(wrong["y"]) == pytest.approx(0.01, rel=0.02)
    assert any(shape.get("x0") == 0.01 == shape.get("x1") for shape in figure["layout"]["shapes"])


def test_a_right_gradient_is_read_from_the_lowest_place():
    assert "So low it comes only for a right gradient" in study().reading
    assert "So low it comes only for a right gradient" in study(single=True).reading


def test_a_curve_that_stays_high_is_read_as_such():
    found = study("x", choices=typed("relu(x)", x="1e-17"))
    assert "stays high" in found.reading


def test_where_there_is_no_number_there_is_nothing_to_read():
    found = study("x", choices=typed("ln(x)", x="-1"))
    assert "nothing to read" in found.reading
    assert "no number" in found.alt
    assert [way.why_not for way in found.ways[:3]] == ["no number here"] * 3


def test_a_kink_has_no_complex_step():
    found = study("x", choices=typed("x * relu(x)", x="2"))
    assert found.ways[3].why_not.endswith("has a kink")


def test_the_table_behind_goes_down_by_decades():
    rows = study().rows
    assert rows[0][0] == "1"
    assert rows[-1][0] == "10⁻¹⁶"
    assert len(measure_errors(make_subject(HAND), "w2_1_1")["central"].errors) == len(HS)
