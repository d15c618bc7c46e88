"""A planted mistake told node by node."""

import numpy as np

from backprop.lessons.gradient_check.bug_nodes import nodes_of
from backprop.lessons.gradient_check.presets import PRESETS
from backprop.lessons.gradient_check.training import gradient_at
from backprop.lessons.gradient_check.typed_setup import typed_of
from backprop.stage.choices import read_choices

PRODUCT = next(preset.choices for preset in PRESETS if preset.name == "product")


def nodes(name, expression="(x + y) * z", previous=None, **at):
    bench = typed_of(read_choices(PRODUCT, {"expression": expression, **at}))
    slip = next(each for each in bench.slips if each.name == name)
    flat = bench.flat(bench.parameters)
    claims = gradient_at(bench, slip, flat, previous)
    return {row.label.plain or str(row.label): row for row in nodes_of(bench, slip, flat, claims)}


def test_the_nodes_stand_from_the_result_back():
    found = [*nodes("own-factor").values()]
    assert [row.variable for row in found] == [False, False, True, True, True]
    assert [row.right.shown for row in found] == ["1", "−4", "3.000", "−4", "−4.000"]


def test_where_the_slip_is_made_and_where_it_only_arrives_is_told():
    found = [*nodes("own-factor").values()]
    assert [row.made for row in found] == [False, True, True, False, False]
    assert found[1].words == "1 · (−4) = −4; the slip makes it 3"
    assert found[3].words == "3 · 1 = 3: what arrives is wrong already"


def test_a_sum_of_paths_is_written_out():
    (row,) = [r for r in nodes("assigned", "x * 2 + x * 3", x="1").values() if r.variable]
    assert row.words == "1 · 2 + 1 · 3 = 5; the slip makes it 3"


def test_a_long_sum_is_cut():
    (row,) = [r for r in nodes("assigned", "x + x + x * x", x="2").values() if r.variable]
    assert row.words == "1 · 1 + 1 · 1 + 1 · 2 + … = 6; the slip makes it 2"


def test_a_pass_that_begins_with_the_wrong_sign_says_so():
    found = [*nodes("sign").values()]
    assert found[0].words == "begins with −1, where 1 belongs"
    assert all(row.band.off for row in found)


def test_what_the_round_before_brings_is_told():
    (row,) = [
        r
        for r in nodes("not-zeroed", "x^2", previous=np.array([1.0]), x="3").values()
        if r.variable
    ]
    assert row.words == "1 · 6 = 6 in this round; what was kept makes it 7"


def test_where_there_is_no_number_there_are_no_nodes():
    bench = typed_of(read_choices(PRODUCT, {"expression": "x^2", "x": "3"}))
    nowhere = np.array([np.nan])
    assert nodes_of(bench, bench.slips[0], nowhere, nowhere) == ()
