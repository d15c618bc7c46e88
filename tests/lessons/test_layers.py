"""A batch through a network and back: the view of one step."""

import numpy as np
import pytest

from backprop.engine.backward import differentiate
from backprop.engine.errors import PointError
from backprop.engine.network import Network
from backprop.lessons.layers import layers_of
from backprop.lessons.layers_walk import walk
from backprop.notation.numerals import exact

NETWORKS = {
    "2-8-8-1": (Network((2, 8, 8, 1), ("relu", "tanh", "sigmoid"), "binary_cross_entropy"), 10),
    "4-8-3": (Network((4, 8, 3), ("softplus", "softmax"), "cross_entropy"), 7),
    "2-1": (Network((2, 1), ("sigmoid",)), 4),
    "one example": (Network((3, 4, 2), ("leaky_relu", "linear"), "mean_squared_error"), 1),
    "shared": (Network((2, 3, 2), ("tanh", "sigmoid"), shared_biases=True), 70),
    "penalties": (Network((2, 3, 1), ("tanh", "linear"), l1=0.1, l2=0.01), 5),
}


def run(network, rows=10, seed=1):
    """Return the trace of a made-up batch."""
    rng = np.random.default_rng(seed)
    outputs = network.sizes[-1]
    Y = np.eye(outputs)[rng.integers(0, outputs, rows)] if outputs > 1 else np.ones((rows, 1))
    batch = network.batch(network.initialize(seed), rng.normal(size=(rows, network.sizes[0])), Y)
    return differentiate(network.graph("layers"), batch)


def at(network, trace, step, **more):
    return layers_of(network, trace, step, "/train?step={}".format, **more)


@pytest.fixture(params=NETWORKS.values(), ids=NETWORKS)
def case(request):
    network, rows = request.param
    return network, run(network, rows)


def test_every_step_is_told_and_leads_to_its_neighbours(case):
    network, trace = case
    count = len(walk(trace.graph))
    for step in range(count):
        view = at(network, trace, step)
        assert (view.at, view.count) == (step, count)
        assert view.headline
        assert view.lede
        assert view.sentence
        assert view.aloud
        assert view.back == (f"/train?step={step - 1}" if step else "")
        assert view.forward == (f"/train?step={step + 1}" if step + 1 < count else "")


def test_first_and_last_lead_nowhere_from_where_they_lead(case):
    network, trace = case
    count = len(walk(trace.graph))
    first, last = at(network, trace, 0), at(network, trace, count - 1)
    assert (first.first, first.last) == ("", f"/train?step={count - 1}")
    assert (last.first, last.last) == ("/train?step=0", "")


@pytest.mark.parametrize("step", [-1, 21, 1000])
def test_a_step_that_does_not_exist_is_refused(step):
    network, rows = NETWORKS["2-8-8-1"]
    with pytest.raises(PointError) as refused:
        at(network, run(network, rows), step)
    assert refused.value.at == "step"
    assert "21 steps" in refused.value.hint


def test_the_result_of_a_step_is_a_number_of_the_trace(case):
    network, trace = case
    for step, stop in enumerate(walk(trace.graph)[:-1]):
        view = at(network, trace, step)
        if view.result is None:
            assert len(stop.nodes) > 1
            continue
        of = trace.values if stop.kind == "value" else trace.gradients
        assert view.result.exact in np.ravel(of[stop.node])


def test_at_the_end_stands_the_length_of_the_gradient(case):
    network, trace = case
    view = at(network, trace, len(walk(trace.graph)) - 1)
    flat = np.concatenate([np.ravel(slope) for slope in trace.gradient.values()])
    assert view.result.exact == pytest.approx(np.linalg.norm(flat))
    assert [line.words[0].plain for line in view.lines] == list(trace.gradient)
    assert sum(line.number.exact**2 for line in view.lines) == pytest.approx(flat @ flat)


def test_wires_are_on_at_the_step_that_uses_them_and_done_after(case):
    network, trace = case
    names = [node.name for node in trace.graph.nodes]
    for step, stop in enumerate(walk(trace.graph)[:-1]):
        view = at(network, trace, step)
        on = [drawn for drawn in view.wires if "on" in (drawn.ahead, drawn.back)]
        for drawn in on:
            end = drawn.wire.later if stop.kind == "value" else drawn.wire.node
            assert names[end] in [names[i] for i in stop.nodes]
        base = stop.kind == "slope" and stop.node == trace.graph.output
        assert base or on
    last = at(network, trace, len(walk(trace.graph)) - 1)
    assert all(drawn.ahead == "done" for drawn in last.wires)
    assert all(drawn.back == ("done" if drawn.wire.back else "") for drawn in last.wires)


def test_a_long_batch_says_how_much_of_it_the_maps_show():
    network, _ = NETWORKS["2-1"]
    assert at(network, run(network, 64), 0).cut == 0
    long = at(network, run(network, 65), 0)
    assert long.cut == 64
    assert long.cards[0].value.field.rows == 64
    assert long.cards[0].shape == "65 × 2"


def test_a_frozen_array_says_that_its_gradient_is_computed_all_the_same():
    network, rows = NETWORKS["4-8-3"]
    trace = run(network, rows)
    steps = {trace.graph.nodes[stop.node].name: n for n, stop in enumerate(walk(trace.graph))}
    frozen = frozenset(("W2", "b2_1", "b2_3", "w1_1_2"))
    whole = at(network, trace, steps["W2"], frozen=frozen)
    assert "It is frozen: its gradient is computed all the same." in whole.aloud
    some = at(network, trace, steps["b2"], frozen=frozen)
    assert "2 of its 3 entries are frozen" in some.aloud
    one = at(network, trace, steps["W1"], frozen=frozen)
    assert "1 of its 32 entries is frozen" in one.aloud
    held = {card.name: card.frozen for card in one.cards if card.frozen}
    assert held == {"W1": "1 frozen", "W2": "frozen", "b2": "2 frozen"}


def test_the_number_of_a_single_entry_stands_instead_of_a_scale():
    network, rows = NETWORKS["2-1"]
    trace = run(network, rows)
    cards = {card.name: card for card in at(network, trace, 2).cards}
    assert cards["L"].value.exact == exact(trace.value)
    assert cards["L"].value.field is None
    assert cards["b1"].value.caption == "0"
