"""Reverse mode of any output: a weight arrives where backpropagation has its 1."""

import numpy as np
import pytest

import backprop
from backprop.engine.backward import differentiate, gradient
from backprop.engine.errors import PointError
from backprop.engine.expression import parse
from backprop.engine.modes.cotangents import vjp
from backprop.engine.modes.tangents import jvp
from backprop.engine.program import read
from tests.kit.directions import random_direction
from tests.kit.programs import NAMES, REFERENCE, close


@pytest.mark.parametrize("name", NAMES)
def test_a_weight_of_the_output_gives_the_reference_gradients(name):
    kept = REFERENCE[name]
    graph = read("\n".join(kept["lines"])).with_values({})
    found = vjp(graph, graph.at, kept["seed"])
    for leaf, expected in kept["gradients"].items():
        close(found.gradient[leaf], expected)
    direction = random_direction(graph, graph.at, 4)
    pushed = np.sum(kept["seed"] * jvp(graph, graph.at, direction).tangent)
    pulled = sum(np.sum(found.gradient[leaf] * direction[leaf]) for leaf in direction)
    close(pushed, pulled, 1e-12)


def test_a_weight_of_one_is_backpropagation():
    graph, at = parse("tanh(x * y) + x"), {"x": 0.5, "y": 2.0}
    found = backprop.vjp(graph, at, 1)
    assert found.value == differentiate(graph, at).value
    assert found.gradient == gradient(graph, at)[1]
    assert vjp(graph, at, 3).gradient["y"] == pytest.approx(3 * found.gradient["y"])
    assert found.of("x") == found.gradient["x"]


def test_where_floats_would_raise_the_plain_loop_takes_the_weight_too():
    found = vjp(parse("x / y"), {"x": 1, "y": 0}, 2)
    assert found.gradient["x"] == np.inf


@pytest.mark.parametrize("weight", ["all", [1, 2], [[1, 2, 3]]])
def test_a_weight_that_does_not_fit_is_refused_in_words(weight):
    graph = read("x : 3 = ones\ny = x * 2").with_values({})
    with pytest.raises(PointError, match="weight"):
        vjp(graph, graph.at, weight)
    assert vjp(graph, graph.at, [1, 2, 3]).gradient["x"].tolist() == [2, 4, 6]
