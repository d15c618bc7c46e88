"""A plan is run with what it lets go really gone: the gradient is the same to the last bit."""

import numpy as np
import pytest

from backprop.engine.backward import differentiate
from backprop.engine.program import program, read
from backprop.engine.tape.needed import tape_of
from backprop.engine.tape.placement import evenly, every
from backprop.engine.tape.plan import VALUE, Plan, keep_all, make_plan
from backprop.engine.tape.running import NotHeldError, gradient_by
from tests.kit.programs import NAMES, graph_of

RECURRENT = """
X : given 2 x 5 x 3 = random 33
h0 : given 2 x 4 = zeros
U : 4 x 3 = random 34 * 0.5
W : 4 x 4 = random 35 * 0.5
h1 = tanh(X[:, 0] @ U.T + h0 @ W.T)
h2 = tanh(X[:, 1] @ U.T + h1 @ W.T)
h3 = tanh(X[:, 2] @ U.T + h2 @ W.T)
h4 = tanh(X[:, 3] @ U.T + h3 @ W.T)
h5 = tanh(X[:, 4] @ U.T + h4 @ W.T)
"""


def bits(x, shape):
    return np.ascontiguousarray(np.broadcast_to(x, shape), float).tobytes()


def same(found, expected, graph):
    """Whether two gradients are the same to the last bit."""
    return all(
        bits(found[name], graph.shape(name)) == bits(expected[name], graph.shape(name))
        for name in graph.parameters
    )


def placements(tape):
    """Return some placements of checkpoints: none, all, and what lies between."""
    count = len(tape.lines)
    chosen = {evenly(tape, c) for c in (0, 1, 2, 4, count - 1) if c < count}
    return [*chosen, every(tape, 2), every(tape, 3)]


@pytest.mark.parametrize("name", NAMES)
def test_computed_again_a_gradient_is_that_of_differentiate_bit_for_bit(name):
    graph = graph_of(name)
    tape = tape_of(graph, as_run=True)
    expected = differentiate(graph, graph.at).gradient
    for kept in placements(tape):
        assert same(gradient_by(make_plan(tape, kept), graph.at), expected, graph), kept


@pytest.mark.parametrize("name", NAMES)
def test_as_printed_it_is_that_of_the_pass_that_keeps_all_bit_for_bit(name):
    graph = graph_of(name)
    tape = tape_of(graph)
    expected = gradient_by(keep_all(tape), graph.at)
    trace = differentiate(graph, graph.at).gradient
    for parameter in graph.parameters:
        np.testing.assert_allclose(expected[parameter], trace[parameter], 1e-10, 1e-12)
    for kept in placements(tape):
        assert same(gradient_by(make_plan(tape, kept), graph.at), expected, graph), kept


@pytest.mark.parametrize("name", ["transformer_block", "lstm_cell", "batch_norm_by_hand"])
def test_opened_lines_are_kept_and_computed_again_like_others(name):
    graph = graph_of(name, opened=True)
    tape = tape_of(graph, as_run=True)
    expected = differentiate(graph, graph.at).gradient
    for kept in placements(tape):
        assert same(gradient_by(make_plan(tape, kept), graph.at), expected, graph), kept


def test_where_the_last_line_is_an_array_its_sum_is_differentiated():
    plain = read(RECURRENT).with_values({})
    whole = program(f"{RECURRENT}L = sum(h5)")
    tape = tape_of(plain, as_run=True)
    expected = differentiate(whole, whole.at).gradient
    for kept in placements(tape):
        assert same(gradient_by(make_plan(tape, kept), plain.at), expected, plain)


def test_what_was_let_go_too_soon_is_missed():
    plain = read(RECURRENT).with_values({})
    plan = keep_all(tape_of(plain))
    shorter = tuple(
        life._replace(last=life.last - 1) if life.kind == VALUE and life.first == 1 else life
        for life in plan.lives
    )
    with pytest.raises(NotHeldError, match="“h2” is read, and not held"):
        gradient_by(Plan(plan.tape, plan.kept, plan.events, shorter), plain.at)


def test_a_parameter_that_nothing_reads_has_the_gradient_0():
    graph = program("w : 3 = random 1\nu : 2 = random 2\nL = sum(w ** 2)")
    found = gradient_by(keep_all(tape_of(graph)), graph.at)
    assert np.all(found["u"] == 0)
