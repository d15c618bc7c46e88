"""Slips planted in a whole pass of numbers."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop.engine.backward import differentiate
from backprop.engine.expression import parse
from backprop.engine.network import Network
from backprop.engine.slips.at_node import wrong_values
from backprop.engine.slips.catalog import SLIPS
from backprop.engine.slips.typed_pass import (
    PLANTED,
    can_be_planted,
    whole_values,
    wrong_pass,
    wrong_round,
)
from backprop.engine.slips.wrong_slopes import NETWORK_SLOPES

BY_NAME = {slip.name: slip for slip in PLANTED}
FUNCTIONS = ("(x + y) * z", "x * x + x * y + sigmoid(x)^3", "exp(x)^2 / y", "max(x, y) * x", "x")


def trace_of(text, **at):
    return differentiate(parse(text), {name: float(value) for name, value in at.items()})


def wrong(name, text, **at):
    return wrong_round(BY_NAME[name], trace_of(text, **at))[0]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("one-path", {"x": 2.0}),
        ("assigned", {"x": 3.0}),
        ("paths-multiplied", {"x": 6.0}),
        ("sign", {"x": -5.0}),
        ("no-local", {"x": 2.0}),
        ("own-factor", {"x": 4.0}),
    ],
)
def test_each_slip_gives_what_its_words_say(name, expected):
    text, at = "x * 2 + x * 3", {"x": 2.0}
    assert wrong(name, text, **at) == expected


def test_a_square_loses_its_two_and_other_powers_their_exponents():
    assert wrong("two-lost", "x^2 + 3 * x", x=2) == {"x": 2 + 3}
    assert wrong("exponent-lost", "x^3 + 3 * x", x=2) == {"x": 4 + 3}
    assert wrong("exponent-lost", "x^2 + x^3", x=2) == {"x": 2 + 4}


def test_what_is_wrong_behind_a_node_arrives_there():
    trace = trace_of("(x + y) * z", x=-2, y=5, z=-4)
    found = wrong_pass(BY_NAME["own-factor"], trace)
    names = [node.name for node in trace.graph.nodes]
    assert found.gradients[names.index("x")] == 3
    assert names.index("x") not in found.made
    assert {names[n] for n in found.made} == {"v1", "z"}
    (term,) = found.terms[names.index("x")]
    assert (term.arriving, term.local, term.total) == (3, 1, 3)


def test_a_slip_that_needs_a_round_before_is_right_without_one_and_remembers():
    trace = trace_of("x^2", x=3)
    for name, then in (("stale-gradient", 1.0), ("not-zeroed", 7.0)):
        first, memory = wrong_round(BY_NAME[name], trace)
        assert first == memory == {"x": 6.0}
        used, kept = wrong_round(BY_NAME[name], trace, {"x": 1.0})
        assert used == {"x": then}
        assert kept == {"x": 6.0 if name == "stale-gradient" else 7.0}


def test_the_names_and_titles_are_those_of_the_catalogue():
    network = {slip.name: slip.title for slip in SLIPS.values()}
    for slip in PLANTED:
        assert network.get(slip.name, slip.title) == slip.title


def test_where_there_is_no_number_nothing_can_be_planted():
    for text, at in (("sqrt(x)", 0), ("log(x)", -1)):
        assert not any(can_be_planted(slip, trace_of(text, x=at)) for slip in PLANTED)


@pytest.mark.parametrize("text", FUNCTIONS)
@pytest.mark.parametrize("slip", PLANTED, ids=lambda slip: slip.name)
def test_at_the_node_next_to_the_result_it_is_what_the_slip_gives_at_one_node(slip, text):
    trace = trace_of(text, **dict.fromkeys(parse(text).variables, 1.5))
    found, graph = wrong_pass(slip, trace), trace.graph
    for position, terms in trace.terms.items():
        if terms and all(term.edge.later == graph.output for term in terms):
            values = [w.value for w in wrong_values(trace, position) if w.slip.name == slip.name]
            right = float(trace.gradients[position])
            assert found.gradients[position] == pytest.approx(values[0] if values else right)


@settings(deadline=None, max_examples=60)
@given(
    text=st.sampled_from(FUNCTIONS),
    at=st.lists(st.floats(-1e200, 1e200), min_size=3, max_size=3),
    slip=st.sampled_from(PLANTED),
)
def test_no_point_makes_it_fail(text, at, slip):
    graph = parse(text)
    trace = differentiate(graph, dict(zip(graph.variables, at, strict=False)))
    found, kept = wrong_round(slip, trace)
    assert set(found) == set(kept) == set(graph.variables)
    if can_be_planted(slip, trace):
        assert math.isfinite(trace.value)


def test_in_a_network_the_slips_of_the_pass_are_those_of_its_layers():
    network = Network((2, 2, 1), ("sigmoid", "tanh"))
    rng = np.random.default_rng(0)
    parameters = {name: rng.normal(size=shape) for name, shape in network.shapes.items()}
    X, Y = rng.normal(size=(1, 2)), rng.normal(size=(1, 1))
    trace = differentiate(network.graph("neurons"), network.point(parameters, X[0], Y[0]))
    found = {w.slip.name: w.value for w in whole_values(trace, trace.graph.position("w1_2_1"))}
    for slip in ("no-output-slope", "no-hidden-slope", "no-weights", "one-minus-a", "other-slope"):
        wanted = SLIPS[slip].gradient(network, parameters, X, Y)["W1"][1, 0]
        assert found[slip] == pytest.approx(wanted)


def test_in_a_large_pass_only_forgotten_slopes_are_tried():
    text = "sin(" + "+".join(["x"] * 160) + ")"
    found = whole_values(trace_of(text, x=0.3), 0)
    assert [each.slip.name for each in found] == ["outer-lost"]


@pytest.mark.parametrize("loss", ["half_squared_error", "mean_squared_error"])
def test_slips_of_networks_give_in_numbers_what_the_catalogue_gives_in_arrays(loss):
    network = Network((3, 2, 2, 2), ("tanh", "sigmoid", "sigmoid"), loss)
    rng = np.random.default_rng(1)
    parameters = {name: rng.normal(size=shape) for name, shape in network.shapes.items()}
    X, Y = rng.normal(size=(1, 3)), rng.normal(size=(1, 2))
    trace = differentiate(network.graph("neurons"), network.point(parameters, X[0], Y[0]))
    for slip, _ in NETWORK_SLOPES.values():
        wrong = network.scalars(SLIPS[slip.name].gradient(network, parameters, X, Y))
        names = (node.name for node in trace.graph.nodes)
        found = dict(zip(names, wrong_pass(slip, trace).gradients, strict=True))
        assert {name: found[name] for name in wrong} == pytest.approx(wrong), slip.name
