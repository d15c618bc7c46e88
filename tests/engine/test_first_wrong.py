"""The first wrong number of a hand calculation."""

import numpy as np
import pytest

from backprop.engine.backward import differentiate
from backprop.engine.errors import PointError, ShapeError
from backprop.engine.expression import parse
from backprop.engine.first_wrong import first_wrong, intermediates
from backprop.engine.graph import Builder
from backprop.engine.network import Network

HAND = Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True)
WEIGHTS = {
    "W1": np.array([[0.15, 0.20], [0.25, 0.30]]),
    "b1": np.array([0.35]),
    "W2": np.array([[0.40, 0.45], [0.50, 0.55]]),
    "b2": np.array([0.60]),
}
POINT = HAND.point(WEIGHTS, [0.05, 0.1], [0.01, 0.99])
TRACE = differentiate(HAND.graph("neurons"), POINT)
ARRAYS = differentiate(HAND.graph("layers"), HAND.batch(WEIGHTS, [[0.05, 0.1]], [[0.01, 0.99]]))
PUBLISHED = {
    **{"z1_1": 0.3775, "z1_2": 0.3925, "a1_1": 0.593269992107, "a1_2": 0.596884378260},
    **{"z2_1": 1.105905967060, "a2_1": 0.751365069552, "L": 0.298371108760},
    **{"da2_1": 0.741365069552, "δ2_1": 0.138498561629, "δ2_2": -0.038098236517},
    **{"da1_1": 0.036350306393, "δ1_1": 0.008771354689, "dw1_1_1": 0.000438567734},
    **{"dw2_1_1": 0.082167040564, "db1_1": 0.018725609395, "db2_1": 0.100400325112},
}


def test_nothing_is_wrong_in_the_published_calculation():
    assert first_wrong(TRACE, PUBLISHED) is None
    assert first_wrong(differentiate(HAND.graph("operations"), POINT), PUBLISHED) is None
    assert first_wrong(TRACE, {}) is None


def test_the_first_is_that_of_the_pass_not_of_the_claim():
    wrong = {"δ1_1": 1.0, "da1_1": 0.0554, "a2_1": 0.7514, "z2_1": 1.1059}
    assert first_wrong(TRACE, PUBLISHED | wrong, tolerance=1e-3) == "da1_1"
    assert first_wrong(TRACE, PUBLISHED | wrong | {"a1_2": 0.5}, tolerance=1e-3) == "a1_2"


def test_a_gradient_has_two_names():
    assert first_wrong(TRACE, {"δ2_1": 0.7}) == "δ2_1"
    assert first_wrong(TRACE, {"dz2_1": 0.7}) == "dz2_1"


def test_arrays_are_compared_at_the_detail_of_layers():
    right = {"Z1": [[0.3775, 0.3925]], "dZ2": [[0.138498561629, -0.038098236517]]}
    assert first_wrong(ARRAYS, right) is None
    wrong = right | {"δ1": [[0.008771354689, 0.0099]], "dW2": np.zeros((2, 2))}
    assert first_wrong(ARRAYS, wrong) == "dW2"  # the gradient of W2 is complete before that of Z1
    assert first_wrong(ARRAYS, right | {"δ1": [[0.008771354689, 0.0099]]}) == "δ1"


def test_a_quantity_called_like_a_gradient_comes_first():
    builder = Builder()
    x = builder.leaf("x")
    builder.node("multiply", (x, x), "dx")
    trace = differentiate(builder.graph(), {"x": 3})
    assert first_wrong(trace, {"dx": 9}) is None
    assert first_wrong(trace, {"dx": 6}) == "dx"


def test_expressions_have_intermediates_too():
    trace = differentiate(parse("(x + y) * z"), {"x": -2, "y": 5, "z": -4})
    assert [each.names[0] for each in intermediates(trace)] == [
        *("v1", "v2", "dv2", "dv1", "dz", "dy", "dx")
    ]
    assert first_wrong(trace, {"v1": 3, "v2": -12, "dv1": -4, "dz": 3, "dx": -4}) is None
    assert first_wrong(trace, {"v1": 3, "dv1": 4, "dx": 4}) == "dv1"


def test_nan_is_right_where_the_pass_has_it():
    trace = differentiate(parse("log(x)"), {"x": -1})
    assert first_wrong(trace, {"v1": float("nan")}) is None
    assert first_wrong(trace, {"v1": 0.0}) == "v1"


def test_what_is_not_there_is_refused():
    with pytest.raises(PointError, match="“q” is neither a value nor a gradient"):
        first_wrong(TRACE, {"q": 1})
    with pytest.raises(ShapeError, match="“Z1” is shaped"):
        first_wrong(ARRAYS, {"Z1": [0.3775, 0.3925]})
