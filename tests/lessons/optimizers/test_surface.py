"""What optimizers race on: a typed function, or two parameters of a network."""

import numpy as np
import pytest

from backprop.lessons.optimizers.surface import NETWORKS, WALKED, read_surface, slice_network
from backprop.stage.choices import ChoiceError
from backprop.stage.networks import find_dataset, make_network


def test_a_typed_function_has_its_value_and_both_slopes():
    surface = read_surface("3x^2 + 2x y + y^2")
    assert surface.slopes(1.0, 2.0) == (11.0, 10.0, 6.0)


def test_the_first_variable_runs_across_whatever_the_order_in_the_text():
    assert read_surface("y + x^2").names == ("x", "y")


@pytest.mark.parametrize("text", ["x^2", "x + y + z", "7"])
def test_a_race_needs_two_variables(text):
    with pytest.raises(ChoiceError, match="two variables"):
        read_surface(text)


def test_a_constant_function_is_level_everywhere():
    surface = read_surface("0x + 0y + 4")
    assert surface.slopes(3.0, -1.0) == (4.0, 0.0, 0.0)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_slice_of_a_network_has_the_networks_own_loss_and_gradient(name):
    choices = WALKED[name].network
    network, data = make_network(choices), find_dataset(choices)
    pair = ("w1_1_1", next(n for n in choices.parameters if n.startswith("w2")))
    surface = slice_network(name, *pair)
    moved = {**choices.parameters, pair[0]: 0.3, pair[1]: -0.7}
    if data is None:
        X = np.array([[choices.inputs[f"x{i + 1}"] for i in range(network.sizes[0])]])
        Y = np.array([[choices.inputs[f"y{i + 1}"] for i in range(network.sizes[-1])]])
    else:
        X, Y = data.X, data.Y[:, : network.sizes[-1]]
    loss, found = network.loss_and_gradient(network.arrays(moved), X, Y)
    slopes = network.scalars(found)
    expected = (loss, slopes[pair[0]], slopes[pair[1]])
    assert surface.slopes(0.3, -0.7) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_a_network_has_only_its_own_parameters():
    with pytest.raises(ChoiceError, match="no parameter “w9_1_1”") as refused:
        slice_network("by-hand", "w2_1_1", "w9_1_1")
    assert refused.value.at == "up"
    with pytest.raises(ChoiceError, match="two different"):
        slice_network("by-hand", "w2_1_1", "w2_1_1")
