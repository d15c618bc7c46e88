"""From training into the walk: the same network, weights, example, and memory."""

import dataclasses

import numpy as np
import pytest

from backprop.engine.errors import LimitError
from backprop.lessons.catalog import follow
from backprop.lessons.gradient_check.lesson import LESSON as CHECK
from backprop.lessons.gradient_check.subject import make_subject
from backprop.lessons.network.lesson import LESSON as WALK
from backprop.lessons.network.run import advance
from backprop.lessons.network.training_step import compute
from backprop.lessons.training.lesson_links import link_to_check, link_to_walk
from backprop.stage.choices import read_choices, write_choices
from backprop.stage.links import Links, Origin
from backprop.training.optimizers import OPTIMIZERS

RETURN_TO = "c" * 64


def alone(state, example):
    """Return an example as a batch of one."""
    data = state.data
    return data.inputs(data.dataset.X[example - 1 : example]), data.dataset.Y[example - 1 : example]


def walk_from(state):
    """Return the walk's choices at the end of the way from training."""
    return follow(link_to_walk(state, RETURN_TO))[1]


def stored(choices):
    """Return the walk's choices as they come back from the store."""
    return read_choices(WALK.defaults, write_choices(choices, WALK.defaults), stored=True)


@pytest.mark.parametrize(
    "pairs",
    [
        {},
        {"data": "plane", "activations": "relu", "hidden": "3,2"},
        {"preset": "iris", "scaling": "standard"},
        {"preset": "iris", "loss": "binary_cross_entropy"},
        {"features": "x1,x1x2", "scaling": "unit", "loss": "half_squared_error"},
        {"hidden": ""},
        {"l1": "0.1", "l2": "0.2"},
    ],
    ids=str,
)
def test_the_walk_has_the_networks_loss_and_gradient_for_the_example(learner, pairs):
    state = learner(**pairs).train(2).state(example="7")
    found = compute(stored(walk_from(state)))
    network = dataclasses.replace(state.network, l1=0.0, l2=0.0)
    loss, slopes = network.loss_and_gradient(state.parameters, *alone(state, 7))
    assert found.trace.value == pytest.approx(loss, rel=1e-12)
    expected = network.scalars(slopes)
    assert {name: found.gradient[name] for name in expected} == pytest.approx(
        expected, rel=1e-9, abs=1e-15
    )


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_update_is_the_one_that_training_would_make_of_this_example(learner, optimizer):
    page = learner(optimizer=optimizer, learning_rate="0.1").train(3)
    state = page.state(example="2")
    after = advance(stored(walk_from(state)), RETURN_TO).network.parameters
    _, slopes = state.network.loss_and_gradient(state.parameters, *alone(state, 2))
    flat = np.concatenate([np.ravel(slopes[name]) for name in sorted(slopes)])
    move, _ = state.plan.optimizer.step(flat, state.run.state, state.run.theta)
    expected = state.network.scalars(state.plan.unflatten(state.run.theta + move))
    assert after == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_frozen_parameters_are_frozen_there_too(learner):
    state = learner(frozen="W1,b2_1,w2_1_3").state()
    frozen = set(walk_from(state).network.frozen)
    assert frozen == {f"w1_{i}_{j}" for i in (1, 2, 3) for j in (1, 2)} | {"b2_1", "w2_1_3"}


def test_the_walk_knows_its_round_and_the_way_back(learner):
    page = learner(batch="4").do("epoch").do("step")
    choices = stored(walk_from(page.state()))
    assert (choices.run.round, choices.return_to) == (4, RETURN_TO)


def test_a_round_from_very_far_can_be_opened(learner):
    state = learner(batch="1").do("epoch").state()
    far = dataclasses.replace(state, run=dataclasses.replace(state.run, epoch=10**7))
    assert stored(walk_from(far)).run.round == 10**8


def test_the_walk_can_be_shown(learner):
    choices = stored(walk_from(learner().train(1).state()))
    origin = Origin({"from": "a" * 64}, choices)
    assert WALK.compose(choices, Links(WALK.path, origin, choices)).walk.strip.count > 10


def test_an_example_past_the_last_is_the_last(learner):
    state = learner().state(example="2000")
    expected = dict(zip(("x1", "x2"), state.data.dataset.X[-1], strict=True))
    assert walk_from(state).network.inputs.items() >= expected.items()


@pytest.mark.parametrize(
    "pairs", [{"hidden": "9"}, {"hidden": "8,8,8"}, {"hidden": ",".join("1" * 11)}], ids=str
)
def test_a_large_network_is_refused(learner, pairs):
    for way, done in (
        (link_to_walk, "walked through"),
        (link_to_check, "checked weight by weight"),
    ):
        with pytest.raises(LimitError, match=done) as error:
            way(learner(**pairs).state(), RETURN_TO)
        assert error.value.at == "example"


@pytest.mark.parametrize("pairs", [{}, {"preset": "iris", "scaling": "standard"}], ids=str)
def test_the_check_has_the_networks_gradient_for_the_example(learner, pairs):
    state = learner(**pairs).train(2).state(example="7")
    choices = follow(link_to_check(state, RETURN_TO))[1]
    pairs = write_choices(choices, CHECK.defaults)
    choices = read_choices(CHECK.defaults, pairs, stored=True)
    assert choices.return_to == RETURN_TO
    network = dataclasses.replace(state.network, l1=0.0, l2=0.0)
    _, slopes = network.loss_and_gradient(state.parameters, *alone(state, 7))
    found = {row.name: row.analytic for row in make_subject(choices).report.rows}
    assert found == pytest.approx(state.network.scalars(slopes), rel=1e-9, abs=1e-15)
