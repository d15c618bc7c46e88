"""The optimizers that are there to be looked at: their code is their rule, slips and all."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from backprop.training.demo_optimizers import (
    MACHINES,
    RACERS,
    AdamMultiplied,
    AdamUncorrected,
    Rest,
    Uphill,
)
from backprop.training.optimizers import OPTIMIZERS, Adam

KINDS = (Rest, Uphill, AdamUncorrected, AdamMultiplied)
EVERY = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
NUMBERS = arrays(np.float64, 3, elements=st.floats(-100, 100))
SLIPS = pytest.mark.parametrize(
    ("kind", "beta2", "published"),
    [
        (AdamMultiplied, 0.999, (10, 18.06, 42.6, 10.5)),
        (AdamMultiplied, 0.99, (1, 1.81, 4.44, 1.58)),
        (AdamUncorrected, 0.999, (3.16, 4.25, 6.53, 3.24)),
    ],
)


def follow(optimizer, gradient, state, theta):
    """Return the move and the next state as the rule's text has them, line by line."""
    values = {f.name: getattr(optimizer, f.name) for f in fields(optimizer)}
    values |= state | {"g": gradient, "theta": theta, "sqrt": np.sqrt}
    for line in optimizer.rule:
        exec(line, {}, values)
    return values["move"], {name: values[name] for name in state}


@EVERY
@given(gradients=st.lists(NUMBERS, min_size=1, max_size=4), theta=NUMBERS)
def test_the_code_does_what_the_rule_says(kind, gradients, theta):
    optimizer = kind(learning_rate=0.3)
    state = optimizer.start(theta)
    for g in gradients:
        expected, expected_state = follow(optimizer, g, state, theta)
        move, state = optimizer.step(g, state, theta)
        np.testing.assert_allclose(move, expected, rtol=1e-9, atol=1e-12)
        np.testing.assert_equal(dict(state), expected_state)


@EVERY
@given(gradients=st.lists(NUMBERS, min_size=1, max_size=4), theta=NUMBERS)
def test_a_state_that_a_loop_owns_gives_the_same_moves(kind, gradients, theta):
    optimizer = kind(learning_rate=0.3)
    state = optimizer.start(theta)
    owned = optimizer.own(state, theta)
    for g in gradients:
        expected, state = optimizer.step(g, state, theta)
        move = optimizer.advance(g, owned, theta)
        np.testing.assert_array_equal(move, expected)
        np.testing.assert_equal(dict(owned), dict(state))


def lengths(kind, beta2):
    """Return the lengths of a hundred steps under a constant gradient."""
    optimizer = kind(beta2=beta2, epsilon=0.0)
    g = theta = np.ones(1)
    state, found = optimizer.start(theta), []
    for _ in range(100):
        move, state = optimizer.step(g, state, theta)
        found.append(-move[0])
    return np.array(found)


@SLIPS
def test_the_steps_of_a_slip_are_as_long_as_published(kind, beta2, published):
    ratios = lengths(kind, beta2) / lengths(Adam, beta2)
    for t, expected in zip((1, 2, 10, 100), published, strict=True):
        assert ratios[t - 1] == pytest.approx(expected, abs=0.05 if expected > 40 else 0.005)


def test_doing_nothing_moves_nothing_and_has_nothing_to_choose():
    move, _ = Rest().step(np.array([3.0, -4.0]), {}, np.zeros(2))
    assert not move.any()
    assert Rest.settings() == ()


def test_a_step_uphill_is_the_step_of_gradient_descent_turned_round():
    g = np.array([3.0, -4.0])
    up, _ = Uphill(0.1).step(g, {}, g)
    down, _ = OPTIMIZERS["gradient_descent"](0.1).step(g, {}, g)
    assert np.array_equal(up, -down)


def test_every_optimizer_can_race_and_stand_on_the_right_of_the_wall():
    assert OPTIMIZERS.items() <= RACERS.items()
    assert OPTIMIZERS.items() <= MACHINES.items()
    assert list(MACHINES)[:2] == ["rest", "uphill"]
    assert RACERS.keys() - OPTIMIZERS.keys() == {"uphill", "adam_uncorrected", "adam_multiplied"}
    assert all(kind.name == name for name, kind in {**RACERS, **MACHINES}.items())


def test_nobody_trains_with_a_demo_optimizer():
    assert not {kind.name for kind in KINDS} & OPTIMIZERS.keys()


@EVERY
def test_a_demo_optimizer_is_described_as_every_optimizer_is(kind):
    theta = np.ones(2)
    state = kind().start(theta)
    assert list(state) == [name for name, _ in kind.memory]
    assert kind.title
    assert kind.__doc__
    assert not hasattr(kind(), "__dict__")
