"""The walk through a batch, and its film strip."""

from types import SimpleNamespace

import pytest

from backprop.engine.network import Network
from backprop.lessons.training.layers.steps import layer_steps, layer_strip, penalties
from backprop.stage.walk.strip import MOST_TICKS

LINKS = SimpleNamespace(address="{step}".format)
SMALL = Network((2, 3, 1), ("tanh", "sigmoid"), "binary_cross_entropy")
LINEAR = Network((2, 3, 2), ("relu", "softmax"), "cross_entropy")
PENALTIES = Network((2, 3, 1), ("tanh", "sigmoid"), l1=0.1, l2=0.01)
DEEP = Network((2, *(3,) * 11, 1), ("tanh",) * 12)


def names(network):
    """Return the steps of a network: phase, and the names of what is computed."""
    graph = network.graph("layers")
    return [
        (stop.phase, " ".join(graph.nodes[i].name for i in stop.nodes))
        for stop in layer_steps(graph)
    ]


def test_forward_goes_left_to_right_and_backward_right_to_left():
    forward = [("forward", name) for name in ("Z1", "A1", "Z2", "A2")]
    backward = ["L", "A2", "Z2", "W2", "b2", "A1", "Z1", "W1", "b1", ""]
    wanted = [*forward, ("loss", "L"), *(("backward", name) for name in backward)]
    assert names(SMALL) == wanted


def test_scores_of_softmax_have_no_activation_of_their_own():
    assert [name for phase, name in names(LINEAR) if phase == "forward"] == ["Z1", "A1", "Z2"]


def test_penalties_stand_between_loss_and_objective():
    loss = [name for phase, name in names(PENALTIES) if phase == "loss"]
    assert loss == ["L", "S1 S2 R1 R2", "J"]
    back = [name for phase, name in names(PENALTIES) if phase == "backward"]
    assert back[:3] == ["J", "L S1 S2 R1 R2", "A2"]
    assert len(penalties(PENALTIES.graph("layers"))) == 4
    assert penalties(SMALL.graph("layers")) == ()


@pytest.mark.parametrize("network", [SMALL, LINEAR, PENALTIES, DEEP])
def test_every_value_and_every_asked_gradient_has_one_step(network):
    graph = network.graph("layers")
    halves = [(stop.kind, i) for stop in layer_steps(graph) for i in stop.nodes]
    assert len(halves) == len(set(halves))
    values = {("value", i) for i, node in enumerate(graph.nodes) if not node.is_leaf}
    slopes = {("slope", i) for i, varies in enumerate(graph.varying()) if varies}
    assert set(halves) == values | slopes


@pytest.mark.parametrize("network", [SMALL, LINEAR, PENALTIES, DEEP])
def test_no_step_needs_what_a_later_one_computes(network):
    graph = network.graph("layers")
    valued, graded = {i for i, node in enumerate(graph.nodes) if node.is_leaf}, set()
    for stop in layer_steps(graph):
        (valued if stop.kind == "value" else graded).update(stop.nodes)
        for node in stop.nodes:
            if stop.kind == "value":
                assert set(graph.nodes[node].inputs) <= valued
            else:
                reaching = graph.reaching()
                later = {k for k, _ in graph.uses()[node] if reaching[k]}
                assert later <= graded | {node}


@pytest.mark.parametrize("network", [SMALL, DEEP, PENALTIES])
def test_every_step_can_be_reached_from_the_strip(network):
    graph = network.graph("layers")
    count, reached = len(layer_steps(graph)), set()
    for step in range(count):
        strip = layer_strip(graph, step, LINKS)
        ticks = [tick for phase in strip.phases for tick in phase.ticks]
        assert sum(tick.count for tick in ticks) == count
        assert [tick.number - 1 for tick in ticks if tick.state == "now"] == [step]
        reached |= {int(tick.address) for tick in ticks}
    assert reached == set(range(count))


def test_a_deep_network_is_folded_layer_by_layer():
    strip = layer_strip(DEEP.graph("layers"), 30, LINKS)
    ticks = [tick for phase in strip.phases for tick in phase.ticks]
    assert len(layer_steps(DEEP.graph("layers"))) > MOST_TICKS >= len(ticks)
    assert (ticks[0].words, ticks[0].count) == ("(1)", 2)


def test_the_keys_lead_from_phase_to_phase():
    strip = layer_strip(SMALL.graph("layers"), 4, LINKS)
    assert (strip.phase_back, strip.phase_forward) == ("0", "5")
    assert [phase.title for phase in strip.phases] == ["Forward", "Loss", "Backward"]


def test_several_penalties_are_called_by_their_letters():
    strip = layer_strip(PENALTIES.graph("layers"), 0, LINKS)
    assert [tick.label.letter for tick in strip.phases[1].ticks] == ["L", "S, R", "J"]
    one = layer_strip(Network((2, 1), ("linear",), l2=0.1).graph("layers"), 0, LINKS)
    assert [tick.label.letter for tick in one.phases[1].ticks] == ["L", "R", "J"]
