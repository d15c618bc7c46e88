"""The cards of a batch's picture: what is known, and what is marked."""

import base64
from types import SimpleNamespace

import numpy as np
import pytest

from backprop.drawing.field import make_field
from backprop.engine.backward import differentiate
from backprop.engine.network import Network
from backprop.lessons.training.layers.board import make_layers
from backprop.lessons.training.layers.steps import known_nodes, layer_steps

NETWORK = Network((2, 8, 3), ("relu", "softmax"), "cross_entropy")


def run(X, **more):
    at = NETWORK.initialize() | more
    Y = np.eye(3)[np.arange(len(X)) % 3]
    with np.errstate(all="ignore"):
        return differentiate(NETWORK.graph("layers"), NETWORK.batch(at, X, Y))


def cards_at(trace, step):
    sheet = make_layers(NETWORK, trace, step, SimpleNamespace(address="{step}".format)).sheet
    return {card.name: card for card in sheet.cards}


TRACE = run(np.random.default_rng(2).normal(size=(10, 2)))
STEPS = range(len(layer_steps(TRACE.graph)))


@pytest.mark.parametrize("step", STEPS)
def test_a_map_is_the_array_of_the_trace(step):
    valued, graded = known_nodes(TRACE.graph, step)
    for node, entry in enumerate(TRACE.graph.nodes):
        card = cards_at(TRACE, step)[entry.name]
        halves = [(card.value, TRACE.values[node], node in valued)]
        halves += [(card.slope, TRACE.gradients[node], node in graded)] if card.slope else []
        for part, array, known in halves:
            assert (part.state == "ahead") is not known
            if known and np.ndim(array):
                assert part.field == make_field(array)
            elif not known:
                assert (part.field, part.caption, part.exact) == (None, "", "")


@pytest.mark.parametrize("step", STEPS)
def test_the_active_card_and_no_other_is_now(step):
    stop = layer_steps(TRACE.graph)[step]
    now = [card.name for card in cards_at(TRACE, step).values() if card.is_now]
    assert now == [TRACE.graph.nodes[i].name for i in stop.nodes]


def test_no_gradient_is_asked_of_data():
    cards = cards_at(TRACE, 0)
    assert [card.name for card in cards.values() if card.slope is None] == ["X", "Y"]


def test_a_half_leads_to_the_step_that_computes_it():
    cards, stops = cards_at(TRACE, 0), layer_steps(TRACE.graph)
    for card in cards.values():
        for part, kind in ((card.value, "value"), (card.slope, "slope")):
            if part and part.address:
                stop = stops[int(part.address)]
                assert stop.kind == kind
                assert card.name in [TRACE.graph.nodes[i].name for i in stop.nodes]
    assert cards["W1"].value.address == ""


def test_the_scale_of_a_map_is_printed_short_and_kept_whole():
    part = cards_at(TRACE, 0)["W1"].value
    largest = np.abs(TRACE.values[TRACE.graph.position("W1")]).max()
    assert part.caption == f"±{largest:.2g}"
    assert float(part.exact.removeprefix("±")) == largest
    assert "8 by 2" in part.aloud


def test_zeros_are_said_to_be_zeros():
    assert cards_at(TRACE, 0)["b1"].value.caption == "all 0"


def test_numbers_that_are_not_finite_are_counted_and_drawn_as_such():
    X = np.ones((4, 2))
    X[2] = 1e200
    trace = run(X, W1=np.full((8, 2), 1e200))
    part = cards_at(trace, 0)["Z1"].value
    assert part.caption == "8 not finite"
    assert base64.b64decode(part.field.levels).count(255) == 8


def test_marks_are_percentages_of_their_map():
    marks = [
        part.mark
        for step in STEPS
        for card in cards_at(TRACE, step).values()
        for part in (card.value, card.slope)
        if part and part.mark
    ]
    assert marks
    for mark in marks:
        left, top, width, height = map(float, (mark.left, mark.top, mark.width, mark.height))
        assert 0 <= left < left + width <= 100.1
        assert 0 <= top < top + height <= 100.1
