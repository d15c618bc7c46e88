"""Forward and reverse are one matrix from two sides, at any point, direction and weight."""

from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop.engine.errors import InputError
from backprop.engine.modes.cotangents import vjp
from backprop.engine.modes.hessians import hessian, hvp
from backprop.engine.modes.jacobians import jacobian
from backprop.engine.modes.tangents import jvp
from backprop.engine.program import read
from tests.kit.programs import NAMES, REFERENCE, close

SMALL = (
    "x : 3 = ones\nW : 2 x 3 = ones\ny = tanh(W @ x) * x[0]",
    "x : 2 x 3 = ones\nc : 3 = ones\ny = softmax(x * c, 0) @ c",
    "x : 4 = ones\nm = maximum(x, 0) + minimum(x, x[0])\ny = stack((m, abs(x) * relu(x)))[:, 0:3]",
    "x : 3 x 3 = ones\nT = max(x, axis=1)\ny = concat((T * T, min(x, axis=0), first_max(x)[None]))",
    "x : 2 x 4 = ones\ny = standardize(x) @ log_softmax(x, 0).T + var(x, axis=0)[0:2]",
    "x : 5 = ones\ni : index 3 = [4, 0, 4]\nv = x[i]\ny = where(v > 0, v * v, -v) * (2 + x[1])",
)  # fmt: skip


def at_random(graph, chance, *, whole=False):
    """Return the graph at a random point; of whole numbers many entries are equal, or 0."""
    shapes = {name: graph.shape(name) for name in graph.variables}
    kinds = {line.name: line.kind for line in graph.lines}
    draw = (lambda s: chance.integers(-1, 2, s)) if whole else chance.standard_normal
    floats = {name: draw(s) for name, s in shapes.items() if kinds[name] != "index"}
    return graph.with_values(floats), {name: shapes[name] for name in graph.parameters}


@settings(max_examples=60)
@given(st.sampled_from(NAMES), st.integers(0, 10_000))
def test_a_weighted_tangent_is_the_gradient_along_the_direction(name, seed):
    chance = np.random.default_rng(seed)
    graph, shapes = at_random(read("\n".join(REFERENCE[name]["lines"])), chance)
    direction = {leaf: chance.standard_normal(shape) for leaf, shape in shapes.items()}
    weight = chance.standard_normal(graph.nodes[-1].shape)
    pushed = jvp(graph, graph.at, direction)
    pulled = vjp(graph, graph.at, weight)
    forth = np.sum(weight * pushed.tangent)
    back = sum(np.sum(pulled.gradient[leaf] * direction[leaf]) for leaf in direction)
    size = sum(np.sum(np.abs(pulled.gradient[leaf] * direction[leaf])) for leaf in direction)
    assert abs(forth - back) <= 1e-10 * max(1.0, size)


@settings(max_examples=40)
@given(st.sampled_from(SMALL), st.integers(0, 10_000), st.booleans())
def test_the_columns_and_the_rows_make_one_jacobian_at_kinks_and_ties_too(text, seed, whole):
    graph, _ = at_random(read(text), np.random.default_rng(seed), whole=whole)
    by_columns = jacobian(graph, graph.at, mode="forward").matrix
    by_rows = jacobian(graph, graph.at, mode="reverse").matrix
    finite = np.isfinite(by_rows)
    np.testing.assert_array_equal(np.isfinite(by_columns), finite)
    close(by_columns[finite], by_rows[finite], 1e-10)


@settings(max_examples=30)
@given(st.sampled_from(SMALL), st.integers(0, 10_000))
def test_the_hessian_is_symmetric_and_differences_of_gradients(text, seed):
    chance = np.random.default_rng(seed)
    graph, shapes = at_random(read(f"{text}\nL_ = sum(y ** 2)"), chance)
    matrix = hessian(graph, graph.at).matrix
    close(matrix, matrix.T, 1e-9 * max(1.0, np.max(np.abs(matrix))))
    direction = {leaf: chance.standard_normal(shape) for leaf, shape in shapes.items()}
    found = hvp(graph, graph.at, direction)
    flat = np.concatenate([np.ravel(direction[name]) for name in shapes])
    product = np.concatenate([np.ravel(found.product[name]) for name in shapes])
    size = max(1.0, np.max(np.abs(matrix)))
    close(matrix @ flat, product, 1e-9 * size)
    assert found.curvature == pytest.approx(flat @ matrix @ flat / (flat @ flat), abs=1e-9 * size)
    assert matrix.size == sum(map(prod, shapes.values())) ** 2


@pytest.mark.parametrize(
    ("text", "at", "tangent"),
    [
        ("y = log(x)", [0.0, 1.0], [np.inf, 1]),
        ("y = sqrt(x) / x", [-1.0, 4.0], [np.nan, -1 / 16]),
        ("y = x ** 0.5", [np.inf, 4.0], [0, 0.25]),
    ],
)
def test_where_a_slope_is_no_number_the_tangent_says_so_as_the_gradient_does(text, at, tangent):
    graph = read(f"x : 2 = ones\n{text}").with_values({"x": at})
    found = jvp(graph, graph.at, {"x": [1.0, 1.0]}).tangent
    back = vjp(graph, graph.at, [1.0, 1.0]).gradient["x"]
    np.testing.assert_allclose(found, tangent)
    np.testing.assert_allclose(back, tangent)


def test_a_branch_that_is_not_taken_is_dropped_forward_and_multiplied_by_0_in_reverse():
    graph = read("x : 2 = ones\ny = where(x > 0, 1 / x, 0)").with_values({"x": [0.0, 2.0]})
    assert jvp(graph, graph.at, {"x": [1.0, 1.0]}).tangent.tolist() == [0, -0.25]
    back = vjp(graph, graph.at, [1.0, 1.0]).gradient["x"]
    np.testing.assert_array_equal(back, [np.nan, -0.25])  # 0 · ∞, as PyTorch has it


def test_no_program_has_an_empty_array():
    with pytest.raises(InputError, match="an axis of length 0"):
        read("x : 0 x 3 = ones\ny = x * 2")
