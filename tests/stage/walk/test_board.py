from backprop.lessons.network.choices import PRESETS
from backprop.lessons.network.training_step import compute
from backprop.stage.walk.board import make_view
from backprop.stage.walk.steps import network_steps


def view_at(step):
    found = compute(PRESETS[0].choices)
    return found, make_view(found, network_steps(found.graph), step)


def names(found, positions):
    return {found.graph.nodes[i].name for i in positions}


def test_a_value_flows_in_from_all_its_inputs():
    found, view = view_at(0)
    assert names(found, (flow.node for flow in view.flows)) == {
        *("w1_1_1", "w1_1_2", "x1", "x2", "b1_1"),
    }
    assert names(found, view.now) == {"z1_1"}


def test_a_factor_that_is_an_earlier_value_carries_the_badge_of_its_line():
    found, view = view_at(14)
    assert names(found, view.now) == {"w2_1_1"}
    assert {found.graph.nodes[i].name: badge for i, badge in view.factors.items()} == {
        "z2_1": "1",
        "a1_1": "2",
    }


def test_at_a_fork_every_way_has_its_own_badge():
    _, view = view_at(20)
    assert [flow.badge for flow in view.flows] == ["1", "2"]
    assert view.factors == {}
