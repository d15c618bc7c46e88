"""The network here: what fits together by itself, what is drawn, what is too large."""

import numpy as np
import pytest

from backprop.engine.errors import LimitError, ShapeError
from backprop.lessons.own_gradient.choices import Choices, check_bounded, make_given, make_network


def test_another_number_of_layers_keeps_the_activations():
    tanh = Choices(sizes=(2, 3, 3, 1), activations=("tanh", "linear"))
    assert make_network(tanh).activations == ("tanh", "tanh", "linear")
    assert make_network(Choices(sizes=(2, 1))).activations == ("sigmoid",)


def test_softmax_comes_and_goes_with_its_loss():
    assert make_network(Choices(loss="cross_entropy")).activations == ("sigmoid", "softmax")
    assert make_network(Choices(activations=("relu", "softmax"))).activations == ("relu", "sigmoid")


def test_softmax_over_one_output_is_refused():
    with pytest.raises(ShapeError, match="Softmax over one output"):
        make_network(Choices(sizes=(2, 1), loss="cross_entropy"))


@pytest.mark.parametrize("loss", ["half_squared_error", "binary_cross_entropy", "cross_entropy"])
def test_targets_are_such_as_the_loss_takes(loss):
    Y = make_given(Choices(loss=loss, rows=20)).Y
    assert Y.shape == (20, 2)
    assert ((Y >= 0) & (Y <= 1)).all()
    if loss == "cross_entropy":
        assert (Y.sum(axis=1) == 1).all()
    if loss != "half_squared_error":
        assert set(np.unique(Y)) == {0, 1}


def test_the_seed_decides_every_number_and_few_digits_spell_it():
    one, same, other = (make_given(Choices(seed=seed)) for seed in (1, 1, 2))
    for name, array in one.defaults.items():
        assert np.array_equal(array, same.defaults[name])
        assert np.array_equal(array, np.round(array, 3))
        assert not array.flags.writeable
    assert not np.array_equal(one.parameters["W1"], other.parameters["W1"])
    assert one.parameters["b1"].all()


def test_a_network_is_bounded_before_it_is_checked():
    large = Choices(sizes=(100, 100, 90), rows=64)
    with pytest.raises(LimitError, match="too much for one request") as caught:
        make_network(large)
    assert caught.value.at == "rows"
    assert "at most" in caught.value.hint
    assert "Bring fewer rows" in caught.value.hint
    assert "python -m backprop check FILE" in caught.value.hint
    deep = Choices(sizes=(110, 70, 128, 1, 128, 3, 128, 3, 128, 1, 128, 1, 128), rows=1)
    with pytest.raises(LimitError, match="with one example") as caught:
        make_network(deep)
    assert caught.value.at == "sizes"
    assert "python -m backprop check" in caught.value.hint
    check_bounded(make_network(Choices()), 1_000, at="given")
