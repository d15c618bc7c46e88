"""Multiplications are counted from the rows: a pass forward takes as many as one in reverse."""

import pytest

from backprop.engine.expression import parse
from backprop.engine.modes.counts import Work, total_work, work
from backprop.engine.network import Network
from backprop.engine.program import read

TEXT = """
x : 6 = random 7
W1 : given 4 x 6 = random 1
W2 : given 2 x 4 = random 2
a = tanh(W1 @ x)
y = W2 @ a
"""


def test_a_jacobian_of_six_inputs_and_two_outputs_takes_three_times_as_many_forward():
    graph = read(TEXT)
    assert work(graph) == (Work("a", 28, 28, 28), Work("y", 8, 8, 8))
    whole = total_work(graph)
    assert whole == Work("y", 36, 36, 36)
    assert (6 * whole.tangents, 2 * whole.cotangents) == (216, 72)


def test_leaves_that_move_too_take_products_of_their_own():
    assert work(read(TEXT), ["x", "W1"])[0] == Work("a", 28, 52, 52)
    assert work(read(TEXT), ["W2"]) == (Work("a", 28, 0, 0), Work("y", 8, 8, 8))


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("X + X", (0, 0, 0)),
        ("X * X", (12, 24, 24)),
        ("X ** 2", (12, 12, 12)),
        ("relu(X)", (0, 12, 12)),
        ("exp(X)", (12, 12, 12)),
        ("sum(X, axis=0)", (0, 0, 0)),
        ("mean(X, axis=0)", (3, 3, 3)),
        ("X.T", (0, 0, 0)),
        ("-X", (0, 0, 0)),
        ("max(X, axis=1)", (0, 12, 12)),
        ("where(X > 0, X, 0)", (0, 0, 0)),
        ("X.T @ X", (36, 72, 72)),
        ('einsum("ij,kj->ik", X, X)', (48, 96, 96)),
        ('einsum("ij,ij,ij->i", X, X, X)', (24, 72, 72)),
        ("softmax(X)", (60, 60, 60)),
        ("concat((X, X))", (0, 0, 0)),
        ("stop(X) * X", (12, 12, 12)),
    ],
)
def test_what_multiplies_is_counted_and_what_moves_is_not(line, counts):
    (found,) = work(read(f"X : 4 x 3 = random 1\nZ = {line}"))
    assert found == ("Z", *counts)


def test_what_does_not_reach_the_output_moves_but_sends_nothing_back():
    graph = read("x : 3 = ones\na = x * 2\nb = x * x")
    assert work(graph) == (Work("a", 3, 3, 0), Work("b", 3, 6, 6))


def test_numbers_are_counted_node_by_node():
    found = {each.line: each[1:] for each in work(parse("h = tanh(x); h * y + x - 3"))}
    assert found["h"] == (1, 1, 1)
    assert sum(values for values, _, _ in found.values()) == 2
    neurons = total_work(Network((2, 3, 1), ("tanh",) * 2, "half_squared_error").graph("neurons"))
    assert neurons == Work("L", 6 + 3 + 3 + 1 + 2, 6 + 3 + 3 + 3 + 1 + 1, 17)
