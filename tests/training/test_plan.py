"""A plan: which examples stand in which step, at which rate, and what may move."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.engine.network import Network
from backprop.training.optimizers import OPTIMIZERS, GradientDescent
from backprop.training.plan import Examples, Plan
from backprop.training.schedule import Schedule


def plan_of(n=10, batch=3, seed=0, frozen=(), schedule=None, optimizer=None):
    rows = np.arange(float(n))
    return Plan(
        network=Network((2, 2, 1), ("tanh", "linear")),
        train=Examples(np.column_stack((rows, -rows)), 10 * rows[:, None]),
        test=Examples(np.empty((0, 2)), np.empty((0, 1))),
        optimizer=optimizer or GradientDescent(0.5),
        schedule=schedule or Schedule(),
        batch=batch,
        seed=seed,
        frozen=frozen,
    )


COUNTS, BATCHES = st.integers(1, 30), st.integers(1, 40)


@given(n=COUNTS, batch=BATCHES, seed=st.integers(0, 99), epoch=st.integers(0, 99))
def test_an_epoch_shows_every_example_once_with_its_target(n, batch, seed, epoch):
    plan = plan_of(n, batch, seed)
    batches = list(plan.batches(epoch))
    assert len(batches) == plan.steps_in_epoch
    shown = np.concatenate([X for X, _ in batches])
    assert sorted(shown[:, 0].tolist()) == list(range(n))
    assert all(np.array_equal(10 * X[:, :1], Y) for X, Y in batches)
    assert {len(X) for X, _ in batches[:-1]} <= {plan.size}
    assert 1 <= len(batches[-1][0]) <= plan.size == min(batch, n)


@given(n=COUNTS, batch=BATCHES, seed=st.integers(0, 99), epoch=st.integers(0, 99))
def test_a_step_has_the_same_examples_whether_or_not_those_before_were_asked_for(
    n, batch, seed, epoch
):
    plan, again = plan_of(n, batch, seed), plan_of(n, batch, seed)
    for step, (X, Y) in enumerate(plan.batches(epoch)):
        alone = again.batch_at(epoch, step)
        after = next(again.batches(epoch, step))
        for found in (alone, after):
            assert np.array_equal(found[0], X)
            assert np.array_equal(found[1], Y)


def test_the_order_depends_on_the_seed_and_the_epoch_alone():
    def order(epoch, **changes):
        return plan_of(n=20, **changes).order(epoch).tolist()

    assert order(4) == order(4, schedule=Schedule("cosine"), frozen=("W1",), batch=7)
    assert len({tuple(order(epoch, seed=seed)) for epoch in range(5) for seed in range(5)}) == 25


def test_all_examples_at_once_stand_in_their_own_order():
    plan = plan_of(n=5, batch=9)
    assert np.array_equal(plan.batch_at(3, 0)[0], plan.train.X)
    assert plan.steps_in_epoch == 1


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_rate_of_an_epoch_is_the_schedules_share_of_it(name):
    optimizer = OPTIMIZERS[name](0.4)
    plan = plan_of(schedule=Schedule("step", every=3, factor=0.5), optimizer=optimizer)
    assert plan.optimizer_in(2) is optimizer
    assert plan.optimizer_in(3) == OPTIMIZERS[name](0.2)
    assert plan.optimizer_in(6) == OPTIMIZERS[name](0.1)


def test_where_nothing_is_frozen_all_may_move():
    assert plan_of().kept is None


@pytest.mark.parametrize(
    ("frozen", "still"),
    [
        (("W1",), ["w1_1_1", "w1_1_2", "w1_2_1", "w1_2_2"]),
        (("b1",), ["b1_1", "b1_2"]),
        (("w1_2_1", "b2_1"), ["w1_2_1", "b2_1"]),
        (("W2", "w2_1_1", "b1_2"), ["w2_1_1", "w2_1_2", "b1_2"]),
    ],
    ids=str,
)
def test_an_array_or_an_entry_can_be_frozen(frozen, still):
    plan = plan_of(frozen=frozen)
    kept = plan.network.scalars(plan.unflatten(plan.kept))
    assert {name for name, share in kept.items() if share == 0} == set(still)
    assert {share for name, share in kept.items() if name not in still} == {1.0}


@given(n=COUNTS, batch=BATCHES, work=st.integers(0, 10**7))
def test_a_slice_has_a_step_at_least_and_more_work_is_never_fewer_steps(n, batch, work):
    plan = plan_of(n, batch)
    assert 1 <= plan.steps_within(work) <= plan.steps_within(work + 10**5)


@pytest.mark.parametrize("larger", [{"units": 80}, {"batch": 100}], ids=str)
def test_more_parameters_or_more_examples_in_a_step_are_fewer_steps(larger):
    def steps(units=8, batch=10):
        X, Y = np.zeros((200, 2)), np.zeros((200, 1))
        network = Network((2, units, 1), ("tanh", "linear"))
        examples = Examples(X, Y)
        plan = Plan(network, examples, examples, GradientDescent(0.5), Schedule(), batch, seed=0)
        return plan.steps_within(10**7)

    assert steps(**larger) < steps()
