"""Functions put together and taken apart."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop.engine.backward import gradient
from backprop.engine.compose import compose, hold, mean, part
from backprop.engine.expression import parse
from backprop.engine.forward import value

SMALL = st.floats(-3, 3)


def test_the_inner_result_keeps_the_name_of_the_variable():
    graph = compose(parse("sin(u)"), {"u": parse("x^2")})
    assert [node.name for node in graph.nodes if not node.is_leaf] == ["u", "v2"]
    assert graph.variables == ("x",)


def test_names_further_inside_are_kept():
    inner = compose(parse("sin(u)"), {"u": parse("x^2")})
    graph = compose(parse("exp(w)"), {"w": inner})
    assert [node.name for node in graph.nodes if not node.is_leaf] == ["u", "w", "v3"]


@given(SMALL)
def test_a_composition_computes_the_outer_of_the_inner(x):
    graph = compose(parse("sin(u) + u"), {"u": parse("x^2 - x")})
    assert value(graph, {"x": x}) == value(parse("sin(x^2 - x) + (x^2 - x)"), {"x": x})


@given(SMALL)
def test_its_slope_is_the_product_of_the_slopes(x):
    outer, inner = parse("exp(u) - 3u"), parse("sin(x) * x")
    u, slope = gradient(inner, {"x": x})
    whole = gradient(compose(outer, {"u": inner}), {"x": x})[1]["x"]
    assert whole == pytest.approx(gradient(outer, {"u": u})[1]["u"] * slope["x"], rel=1e-12)


def test_several_variables_are_replaced_at_once():
    graph = compose(parse("u * v"), {"u": parse("v + 1"), "v": parse("u - 1")})
    assert graph.variables == ("v", "u")
    assert value(graph, {"u": 5.0, "v": 2.0}) == 3.0 * 4.0


def test_a_lone_variable_or_constant_takes_the_place_itself():
    assert value(compose(parse("u * 2"), {"u": parse("x")}), {"x": 4.0}) == 8.0
    assert value(compose(parse("u"), {"u": parse("x + 1")}), {"x": 4.0}) == 5.0
    assert compose(parse("u + u"), {"u": parse("3")}).variables == ()


def test_an_outer_function_that_ignores_its_variable_keeps_nothing_of_the_inner():
    graph = compose(parse("7"), {})
    assert len(graph) == 1
    assert len(compose(parse("w"), {"u": parse("x^2")})) == 1


def test_a_part_is_what_a_node_is_computed_from():
    graph = parse("(x + y) * z")
    found = part(graph, graph.position("v1"))
    assert found.variables == ("x", "y")
    assert value(found, {"x": 2.0, "y": 3.0}) == 5.0
    assert part(graph, graph.output) == graph


@given(SMALL, SMALL)
def test_a_function_with_a_variable_held_is_a_slice_of_it(x, y):
    graph = parse("sin(x y) + exp(y) / (1 + x^2)")
    held = hold(graph, {"x": 0.0, "y": y}, ("x",))
    assert held.variables == ("x",)
    assert value(held, {"x": x}) == value(graph, {"x": x, "y": y})
    assert gradient(held, {"x": x})[1]["x"] == gradient(graph, {"x": x, "y": y})[1]["x"]


def test_what_no_free_variable_reaches_is_a_number_already():
    held = hold(parse("x * (y + z) * y"), {"x": 0.0, "y": 2.0, "z": 3.0}, ("x",))
    assert [node.number for node in held.nodes if node.number is not None] == [5.0, 2.0]
    assert len(held) == 5
    nothing_left = hold(parse("y * y"), {"y": 3.0}, ("x",))
    assert value(nothing_left, {}) == 9.0


@given(SMALL)
def test_a_mean_of_functions_is_the_mean_of_their_values_and_slopes(x):
    graphs = [parse("x^2"), parse("sin(x)"), parse("3x")]
    whole = mean(graphs, "L")
    assert whole.nodes[whole.output].name == "L"
    assert value(whole, {"x": x}) == pytest.approx(
        sum(value(graph, {"x": x}) for graph in graphs) / 3, rel=1e-12, abs=1e-12
    )
    slopes = sum(gradient(graph, {"x": x})[1]["x"] for graph in graphs) / 3
    assert gradient(whole, {"x": x})[1]["x"] == pytest.approx(slopes, rel=1e-12, abs=1e-12)


def test_what_is_held_may_be_infinite():
    held = hold(parse("exp(x) + y"), {"x": 1000, "y": 0}, ["y"])
    assert value(held, {"y": 1}) == math.inf
