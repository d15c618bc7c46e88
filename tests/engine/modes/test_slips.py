"""What is taken for a product of both modes: computed, and other than what is right."""

import numpy as np

from backprop.engine.expression import parse
from backprop.engine.modes.hessians import hessian, hvp
from backprop.engine.modes.jacobians import jacobian
from backprop.engine.modes.slips import curvature_slips, hessian_slips, product_slips
from backprop.engine.modes.tangents import jvp
from backprop.engine.program import read


def names(slips):
    return [slip.name for slip in slips]


def test_a_product_with_a_square_jacobian_can_be_transposed_or_lose_its_seed():
    graph = read("x : 2 = [1, 2]\nW : given 2 x 2 = [[1, 2], [3, 4]]\ny = W @ x").with_values({})
    J, t = jacobian(graph, graph.at).matrix, np.array([1.0, 10.0])
    assert jvp(graph, graph.at, {"x": t}).tangent.tolist() == [21, 43]
    found = product_slips(J, t)
    assert names(found) == ["transposed-product", "diagonal-only", "seed-forgotten"]
    assert [slip.found.tolist() for slip in found] == [[31, 42], [1, 40], [3, 7]]
    assert names(product_slips(J.T, np.array([0.0, 1.0]))) == names(found)


def test_what_changes_nothing_is_no_slip():
    assert product_slips(np.eye(2), np.ones(2)) == ()
    assert names(product_slips(np.ones((1, 2)), np.array([1.0, 2.0]))) == ["seed-forgotten"]
    symmetric = np.array([[2.0, 1.0], [1.0, 3.0]])
    assert names(product_slips(symmetric, np.ones(2))) == ["diagonal-only"]


def test_for_a_hessian_product_first_derivatives_are_taken():
    graph, at = parse("x^2 * y + y^3"), {"x": 1.0, "y": 2.0}
    H = hessian(graph, at).matrix
    t = np.array([3.0, 4.0])
    result = hvp(graph, at, {"x": 3.0, "y": 4.0})
    gradient = np.array([*result.gradient.values()])
    found = {slip.name: slip.found for slip in hessian_slips(H, gradient, t)}
    assert [*found] == [
        *("diagonal-only", "seed-forgotten", "gradient-taken"),
        *("gradient-times-direction", "outer-product"),
    ]
    assert found["gradient-taken"].tolist() == [4, 13]
    assert found["outer-product"].tolist() == [4 * result.slope, 13 * result.slope]


def test_a_curvature_is_divided_by_the_squared_length():
    H, gradient, t = (
        np.array([[4.0, 2.0], [2.0, 12.0]]),
        np.array([4.0, 13.0]),
        np.array([3.0, 4.0]),
    )
    found = {slip.name: slip.found for slip in curvature_slips(H, gradient, t)}
    assert found == {"not-divided": 276, "length-not-squared": 276 / 5, "slope-taken": 64}
    assert names(curvature_slips(H, gradient, np.array([1.0, 0.0]))) == []
