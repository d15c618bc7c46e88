"""Whole Jacobians by columns and by rows, and what they cost."""

import numpy as np
import pytest

import backprop
from backprop.engine.backward import gradient
from backprop.engine.errors import LimitError, PointError, UnknownNameError
from backprop.engine.expression import parse
from backprop.engine.modes.jacobians import jacobian, sides
from backprop.engine.network import Network
from backprop.engine.program import read
from tests.kit.programs import REFERENCE, close

TEXT = """
x : 6 = random 7
W1 : given 4 x 6 = random 1
W2 : given 2 x 4 = random 2
a = tanh(W1 @ x)
y = W2 @ a
"""


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_the_jacobian_of_softmax_is_pytorchs(mode):
    graph = read("\n".join(REFERENCE["softmax_jacobian"]["lines"])).with_values({})
    found = backprop.jacobian(graph, graph.at, mode=mode)
    close(found.matrix, REFERENCE["softmax_jacobian"]["jacobian"], 1e-12)
    assert (found.mode, found.passes) == (mode, 4)


def test_of_few_outputs_the_rows_are_quicker_and_of_few_inputs_the_columns():
    graph = read(TEXT).with_values({})
    found = jacobian(graph, graph.at, "x")
    assert (found.mode, found.passes, found.matrix.shape) == ("reverse", 2, (2, 6))
    wide = read("s : scalar = 2\nW : given 5 = random 1\ny = W * s").with_values({})
    found = jacobian(wide, wide.at)
    assert (found.mode, found.passes, found.matrix.shape) == ("forward", 1, (5, 1))


def test_columns_and_rows_come_one_at_a_time_and_fill_the_same_matrix():
    graph = read(TEXT).with_values({})
    found = sides(graph, graph.at, ["W1", "x"])
    columns, rows = [*found.columns()], [*found.rows()]
    by_columns = np.stack([each.entries for each in columns], axis=1)
    close(by_columns, np.stack([each.entries for each in rows]), 1e-14)
    assert found.inputs.place(23) == ("W1", (3, 5))
    assert found.inputs.place(24) == ("x", (0,))
    assert columns[24].tangents.direction["x"].tolist() == [1, 0, 0, 0, 0, 0]
    assert rows[1].cotangents.weight.tolist() == [0, 1]
    whole = jacobian(graph, graph.at, ["W1", "x"])
    assert whole.by("W1").shape == (2, 4, 6)
    close(whole.by("x"), by_columns[:, 24:], 1e-14)
    with pytest.raises(PointError, match="no columns of “W2”"):
        whole.by("W2")


def test_numbers_have_jacobians_too():
    found = jacobian(parse("x * y + x"), {"x": 2, "y": 3})
    assert found.matrix.tolist() == [[4, 2]]
    assert found.by("y").tolist() == 2
    assert sides(parse("x * y"), {"x": 2, "y": 3}).outputs.place(0)[1] == ()


@pytest.mark.parametrize(
    ("by", "mode", "said"),
    [
        ("a", None, "“a” is no leaf, and the columns of a Jacobian are entries of leaves."),
        ("i", None, "“i” is an index: there is no slope by whole numbers."),
        ("q", None, "There is no “q” here."),
        ((), None, "There is no leaf to take slopes by."),
        ("x", "sideways", "“sideways” is no mode. There are forward and reverse."),
        ("z", None, "The Jacobian is 10×600: 6,000 entries. At most 4,096"),
        ("W", "forward", "In forward mode the Jacobian takes 300 passes. At most 256"),
        ("W", "reverse", ""),
    ],
)
def test_what_is_too_much_or_no_slope_is_refused_in_words(by, mode, said):
    text = "x : 2 = ones\nz : 600 = ones\nW : 300 = ones\ni : index 2 = [0, 1]\n"
    text += "a = x[i] * 2\ny = z[0:10] * sum(a) + W[0:10]"
    graph = read(text).with_values({})
    kinds = (PointError, UnknownNameError, LimitError)
    if not said:
        assert jacobian(graph, graph.at, by, mode).passes == 10
        return
    with pytest.raises(kinds) as refused:
        jacobian(graph, graph.at, by, mode)
    assert str(refused.value).startswith(said)


def test_a_network_has_a_jacobian_of_one_row_its_gradient():
    network = Network((2, 2), ("sigmoid",), "mean_squared_error")
    at = network.batch(network.initialize(seed=1), [[1, 2]], [[0, 1]])
    graph = network.graph("layers")
    found = jacobian(graph, at)
    slopes = gradient(graph, at)[1]
    close(found.by("W1"), slopes["W1"], 1e-14)
    close(found.by("b1"), slopes["b1"], 1e-14)
