"""One round, computed."""

import math
from urllib.parse import parse_qsl

import pytest

from backprop.lessons.network.lesson import LESSON
from backprop.lessons.network.training_step import compute
from backprop.stage.choices import change, read_choices


def round_at(query=""):
    return compute(read_choices(LESSON.defaults, dict(parse_qsl(query, keep_blank_values=True))))


def test_the_first_three_steps_make_the_gradient_and_the_fourth_uses_it():
    found = round_at()
    assert found.gradient["w2_1_1"] == pytest.approx(0.082167040564, abs=1e-12)
    assert found.moves["w2_1_1"] == -0.5 * found.gradient["w2_1_1"]
    assert found.after["w2_1_1"] == pytest.approx(0.358916479718, abs=1e-12)
    assert found.loss_after == pytest.approx(0.291027773694, abs=1e-12)


def test_exchanging_the_optimizer_leaves_the_gradient():
    one, other = round_at(), round_at("optimizer=adam")
    assert one.gradient == other.gradient
    assert one.moves != other.moves


def test_finite_differences_agree_with_every_slope():
    found = round_at()
    assert set(found.check) == set(found.names)
    assert max(row.relative for row in found.check.values()) < 1e-7


def test_the_point_is_inputs_targets_and_parameters():
    assert set(round_at().point) == set(round_at().graph.variables)


def test_hidden_gradients_of_updated_weights_move_the_loss_hardly_at_all():
    wrong, after = round_at().loss_after_slip()
    right = round_at().gradient
    assert after == pytest.approx(0.291027923905, abs=1e-12)
    assert wrong["w1_1_1"] / right["w1_1_1"] == pytest.approx(0.8316, abs=5e-5)
    assert wrong["w1_2_1"] / right["w1_2_1"] == pytest.approx(0.8512, abs=5e-5)
    assert wrong["w2_1_1"] == right["w2_1_1"]


def test_the_slip_leaves_the_frozen_biases_alone():
    found = round_at("frozen=")
    assert found.loss_after_slip()[1] != round_at().loss_after_slip()[1]
    assert found.loss_after == pytest.approx(0.285750886699, abs=1e-12)


def test_what_was_remembered_is_read_back_by_name():
    first = round_at("optimizer=adam")
    second = compute(
        change(first.choices, memory=first.memory, parameters=dict(first.after), round=1)
    )
    assert second.before["t"] == 1
    assert isinstance(second.before["t"], int)
    read_back = (*second.before["m"], second.before["t"], *second.before["v"])
    assert read_back == pytest.approx(first.memory, abs=0)


def test_memory_that_does_not_fit_is_forgotten():
    found = compute(change(round_at("optimizer=momentum").choices, memory=(1.0, 2.0)))
    assert not found.before["v"].any()


def test_a_frozen_parameter_does_not_move():
    found = round_at("frozen=w2_1_1,w9_9_9")
    assert found.moves["w2_1_1"] == 0
    assert "w9_9_9" not in found.moves
    assert found.after["w2_1_1"] == 0.4


def test_an_overflow_is_a_value_and_no_error():
    weights = "&".join(f"w{n}_1_1=1e6&b{n}_1=0" for n in range(1, 11))
    found = round_at(
        f"sizes={','.join('1' * 11)}&activations={','.join(['softplus'] * 10)}"
        f"&names=indexed&frozen=&shared=0&x1=1e6&{weights}"
    )
    assert found.trace.value > 1e100
    assert not math.isnan(found.loss_after)
