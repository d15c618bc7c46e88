"""The network as a picture: its units, the lines between them, and its blocks of weights."""

from dataclasses import replace

import numpy as np
import pytest

from backprop.lessons.training.maps import find_unit, make_maps, unit_title
from backprop.lessons.training.network_picture import MOST_IN_COLUMN, draw_network


def test_every_unit_has_a_place_and_every_weight_a_line(learner):
    page = learner(hidden="4,3").train(1)
    net = page.board().network
    assert [len(column.units) for column in net.columns] == [2, 4, 3, 1]
    assert [line[0] for line in net.lines][:3] == ["l-w1_1_1", "l-w1_1_2", "l-w1_2_1"]
    assert len(net.lines) == 2 * 4 + 4 * 3 + 3
    assert net.blocks == ()
    places = {(unit.x, unit.y) for column in net.columns for unit in column.units}
    assert len(places) == 10


def test_the_largest_weight_has_the_widest_line_and_negative_ones_say_so(learner):
    page = learner().train(1)
    state = page.state()
    weights = state.network.scalars(state.parameters)
    lines = {name[2:]: (css, float(width)) for name, css, _, width in page.board().network.lines}
    widest = max(lines, key=lambda name: lines[name][1])
    assert abs(weights[widest]) == max(abs(weights[name]) for name in lines)
    assert all(("neg" in css) == (weights[name] < 0) for name, (css, _) in lines.items())


@pytest.mark.parametrize(("frozen", "count"), [("W1", 6), ("w1_1_1,w2_1_2", 2), ("b1", 0)])
def test_frozen_weights_are_drawn_as_such(learner, frozen, count):
    lines = learner(frozen=frozen).board().network.lines
    assert sum("frozen" in css for _, css, _, _ in lines) == count


def test_too_many_weights_are_shown_as_blocks(learner):
    net = learner(hidden="40,5").board().network
    assert [(block[3].rows, block[3].columns) for block in net.blocks] == [(40, 2), (5, 40), (1, 5)]
    assert net.columns[1].crowded


@pytest.mark.parametrize(
    ("hidden", "lines"),
    [("16,16", True), (str(MOST_IN_COLUMN + 1), False), ("15,15,15", False)],
)
def test_weights_are_lines_where_they_are_few_and_maps_where_they_are_many(learner, hidden, lines):
    picture = learner(hidden=hidden).board().network
    assert bool(picture.lines) is lines
    assert bool(picture.blocks) is not lines


def test_units_without_a_place_are_counted(learner):
    column = learner(hidden="128").board().network.columns[1]
    assert len(column.units) + column.more == 128


def test_a_units_address_enlarges_it_and_then_gives_the_output_back(learner):
    page = learner()
    board = page.board()
    unit = board.network.columns[1].units[2]
    assert (unit.name, unit.on) == ("a1_3", False)
    there = page.follow(unit.address)
    shown = there.network.columns[1].units[2]
    assert shown.on
    assert there.view.title == "What unit 3 of layer 1 computes"
    assert page.follow(shown.address).view.title == board.view.title


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("x1", (0, 0)),
        ("x2", (0, 1)),
        ("a1_3", (1, 2)),
        ("a2_1", (2, 0)),
        ("x3", None),
        ("x0", None),
        ("a0_1", None),
        ("a1_4", None),
        ("a3_1", None),
        ("a1", None),
        ("a_1", None),
        ("a1_", None),
        ("a1_²", None),
        ("w1_1", None),
        ("", None),
        ("-", None),
    ],
)
def test_a_unit_is_found_by_its_name_or_not_at_all(learner, name, where):
    assert find_unit(learner().state(), name) == where


def test_pixels_have_no_pictures_of_their_own_but_first_layer_units_show_their_weights(learner):
    net = learner(preset="digits", hidden="8").board().network
    assert net.columns[0].units == ()
    assert net.columns[0].more == 64
    assert {(unit.map.rows, unit.map.columns) for unit in net.columns[1].units} == {(8, 8)}


def test_units_are_called_by_features_and_classes_where_they_have_names(learner):
    net = learner(preset="iris").board().network
    assert [unit.text for unit in net.columns[-1].units] == ["setosa", "versicolor", "virginica"]
    state = learner(preset="iris").state()
    assert unit_title(state, 0, 2).startswith("The feature petal length")
    assert "virginica" in unit_title(state, state.network.depth, 2)
    sine = learner(data="sine").state()
    assert unit_title(sine, 2, 0) == "The network’s output for y"


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e300])
@pytest.mark.parametrize("hidden", ["3", "20"])
def test_weights_that_are_no_numbers_any_more_are_drawn_all_the_same(learner, value, hidden):
    page = learner(hidden=hidden)
    state = page.state()
    theta = np.where(np.arange(len(state.run.theta)) % 2, state.run.theta, value)
    broken = replace(state, run=replace(state.run, theta=theta))
    net = draw_network(broken, make_maps(broken), page.open()[1])
    assert len(net.lines or net.blocks) == (9 if hidden == "3" else 2)
