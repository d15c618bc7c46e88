"""The parameters of one unit: their values, and their gradients in parts."""

import numpy as np
import pytest


def sums(page, unit, **pairs):
    """Return each parameter's gradient as the sum of the parts that are shown."""
    found = page.board(unit=unit, **pairs).inspection
    return {
        each.name: each.through.exact + (each.penalty.exact if each.penalty else 0.0)
        for each in found.weights
    }


def engine(page, **pairs):
    """Return the engine's gradient over the next step's batch."""
    state = page.state(**pairs)
    batch = state.plan.batch_at(state.run.epoch, state.run.step)
    _, slopes = state.network.loss_and_gradient(state.parameters, *batch)
    return state.network.scalars(slopes)


@pytest.mark.parametrize(
    "pairs",
    [{}, {"l1": "0.1"}, {"l2": "0.3"}, {"l1": "0.2", "l2": "0.1"}, {"data": "iris"}],
    ids=str,
)
@pytest.mark.parametrize("unit", ["a1_2", "a2_1"])
def test_the_parts_of_a_gradient_add_up_to_the_engines(learner, unit, pairs):
    page = learner(batch="4", **pairs).do("epoch").do("step")
    found, expected = sums(page, unit), engine(page)
    assert found == pytest.approx({name: expected[name] for name in found}, rel=1e-12, abs=1e-15)
    layer, number = unit[1:].split("_")
    assert set(found) == {
        name
        for name in expected
        if name == f"b{layer}_{number}" or name.startswith(f"w{layer}_{number}_")
    }


def test_looking_back_they_are_those_of_that_moment(learner):
    page = learner().train(3)
    found, expected = sums(page, "a1_1", at="1"), engine(page, at="1")
    assert found == pytest.approx({name: expected[name] for name in found}, rel=1e-12)
    assert found != sums(page, "a1_1")


def test_a_penalty_has_a_part_in_the_weights_alone(learner):
    weights = learner(l2="0.5").board(unit="a1_1").inspection.weights
    assert weights[0].penalty is None
    assert all(each.penalty.exact == pytest.approx(0.5 * each.exact) for each in weights[1:])
    assert all(each.penalty is None for each in learner().board(unit="a1_1").inspection.weights)


def test_the_values_are_those_of_the_network_bias_first(learner):
    page = learner()
    state = page.state()
    inspection = page.board(unit="a1_3").inspection
    expected = [state.parameters["b1"][2], *state.parameters["W1"][2]]
    assert [each.exact for each in inspection.weights] == expected
    assert inspection.examples == 10
    assert np.isfinite(expected).all()


def test_a_parameter_is_frozen_and_freed_by_its_link(learner):
    page = learner()
    weight = page.board(unit="a1_1").inspection.weights[1]
    assert (weight.name, weight.frozen) == ("w1_1_1", False)
    frozen = page.follow(weight.freeze)
    assert frozen.setup.network.frozen == ("w1_1_1",)
    assert frozen.inspection.weights[1].frozen
    assert page.follow(frozen.inspection.weights[1].freeze).setup.network.frozen == ()


@pytest.mark.parametrize("unit", ["", "x1", "a9_1", "a1_99"])
def test_an_input_or_no_unit_has_no_parameters(learner, unit):
    assert learner().board(unit=unit).inspection is None
