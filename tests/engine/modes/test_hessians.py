"""Second derivatives: PyTorch's numbers, differences of gradients, and H that is symmetric."""

import numpy as np
import pytest

import backprop
from backprop.engine.backward import gradient
from backprop.engine.errors import LimitError, PointError, ShapeError
from backprop.engine.expression import parse
from backprop.engine.modes.hessians import hessian, hvp
from backprop.engine.network import ACTIVATIONS, LOSSES, Network
from backprop.engine.program import read
from tests.kit.directions import random_direction, reference_direction
from tests.kit.programs import NAMES, REFERENCE, close

H = 1e-6


def by_differences(graph, at, direction):
    """(∇f(x + h·t) − ∇f(x − h·t)) / 2h, by name."""
    ends = [
        gradient(graph, {name: at[name] + h * direction.get(name, 0.0) for name in at})[1]
        for h in (H, -H)
    ]
    return {name: (ends[0][name] - ends[1][name]) / (2 * H) for name in ends[0]}


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("name", [name for name in NAMES if "hvp" in REFERENCE[name]])
def test_the_hessian_products_of_programs_are_pytorchs(name, opened):
    text = "\n".join(REFERENCE[name]["lines"])
    lines = tuple(line.name for line in read(text).lines if not line.is_leaf) if opened else ()
    graph = read(text, opened=lines).with_values({})
    found = hvp(graph, graph.at, reference_direction(graph))
    close(found.value, REFERENCE[name]["values"][graph.nodes[-1].name], 1e-11)
    for leaf, expected in REFERENCE[name]["hvp"].items():
        close(found.product[leaf], expected, 1e-11)
        close(found.gradient[leaf], REFERENCE[name]["gradients"][leaf], 1e-11)
    other = random_direction(graph, graph.at, 8)
    turned = hvp(graph, graph.at, other)
    forth = sum(np.sum(found.product[leaf] * other[leaf]) for leaf in other)
    back = sum(np.sum(turned.product[leaf] * found.direction[leaf]) for leaf in other)
    close(forth, back, 1e-11)


PAIRS = [
    *zip(LOSSES, sorted({*ACTIVATIONS} - {"softmax", "linear"}), strict=False),
    *(("half_squared_error", each) for each in ACTIVATIONS if each != "softmax"),
]


@pytest.mark.parametrize(("loss", "activation"), PAIRS)
def test_the_products_of_networks_are_differences_of_their_gradients(loss, activation):
    last = {"cross_entropy": "softmax", "multiclass_hinge": "linear"}.get(loss, "sigmoid")
    X, Y = np.array([[0.5, -1.2], [1.1, 0.3]]), np.array([[1.0, 0.0], [0.0, 1.0]])
    network = Network((2, 2, 2), (activation, last), loss, l1=0.1, l2=0.2)
    for size in (1, 30):  # large weights saturate a sigmoid
        parameters = {k: size * v + 0.1 for k, v in network.initialize(seed=3).items()}
        for detail in ("operations", "neurons") if size > 1 else ("operations", "layers"):
            graph = network.graph(detail)
            point = network.point(parameters, X[0], Y[0])
            at = network.batch(parameters, X, Y) if detail == "layers" else point
            direction = random_direction(graph, at, 5)
            found = hvp(graph, at, direction)
            for name, expected in by_differences(graph, at, direction).items():
                close(found.product[name], expected, 1e-6)
                close(found.gradient[name], gradient(graph, at)[1][name], 1e-12)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("where(x > 0, sqrt(x), x^2) * y", {"x": -2.0, "y": 3.0}),
        ("where(x > 0, sqrt(x), x^2) * y", {"x": 2.0, "y": 3.0}),
        ("where(x > 0, where(y > 0, sqrt(y), y), log(x)) + where(y, x, 0)", {"x": 2.0, "y": 3.0}),
        ("where(x, x^3, 0) + where(x < 0, x, x*x)", {"x": 2.0}),
        ("x^y", {"x": 2.0, "y": 0.0}),
        ("log(sigmoid(x)) * y", {"x": -40.0, "y": 2.0}),
        ("log(1 - sigmoid(x)) * y", {"x": 800.0, "y": 2.0}),
        ("log(1 - (1 - sigmoid(x))) + log(sigmoid(x))", {"x": -50.0}),
        ("gelu(x) + silu(x) + gelu_tanh(x) * tan(x)", {"x": 0.4}),
        ("asin(x) * acos(x) + atan(x)^3 + sinh(x) * cosh(x) + erf(x) / x", {"x": 0.4}),
        ("max(x, y, z) * min(x, y) + |x| + logsumexp(x, y)", {"x": 0.4, "y": 0.2, "z": 1.0}),
        ("relu(x) * step(x) + floor(x) * x + leaky_relu(-x) - sign(x)", {"x": 1.5}),
        ("1 - tanh(x)^2", {"x": 30.0}),
        ("x", {"x": 1.0}),
        ("x + y", {"x": 1.0, "y": 2.0}),
    ],
)  # fmt: skip
def test_the_products_of_formulas_are_differences_of_their_gradients(text, at):
    graph = parse(text)
    direction = random_direction(graph, at, 6)
    found = hvp(graph, at, direction)
    for name, expected in by_differences(graph, at, direction).items():
        close(found.product[name], expected, 1e-7)
        close(found.gradient[name], gradient(graph, at)[1][name], 1e-12)


def test_the_curvature_along_a_direction_is_that_of_the_parabola():
    graph, at = parse("x^2 * y + y^3"), {"x": 1.0, "y": 2.0}
    assert backprop.hessian(graph, at).matrix.tolist() == [[4, 2], [2, 12]]
    found = backprop.hvp(graph, at, {"x": 3.0, "y": 4.0})
    assert found.product == {"x": 20, "y": 54}
    assert found.slope == 3 * 4 + 4 * 13
    assert found.curvature == (3 * 20 + 4 * 54) / 25
    assert np.isnan(hvp(graph, at, {"x": 0.0}).curvature)


def test_a_leaf_that_nothing_reads_has_no_slope_and_no_curvature():
    graph = read("w : 2 = ones\nu : 3 = ones\nL = sum(w ** 3)").with_values({})
    found = hvp(graph, graph.at, {"w": [1, 2]})
    assert found.product["w"].tolist() == [6, 12]
    assert found.product["u"].tolist() == found.gradient["u"].tolist() == [0, 0, 0]


@pytest.mark.parametrize(("base", "exponent"), [([2.0, 0.5], [0.0, 3.0]), ([0.0, 2.0], [3.0, 1.0])])
def test_a_power_bends_by_base_and_exponent_where_either_is_0(base, exponent):
    graph = read("x : 2 = ones\nk : 2 = ones\nL = sum(x ** k)")
    graph = graph.with_values({"x": base, "k": exponent})
    direction = {"x": np.array([1.0, -0.5])}
    found = hvp(graph, graph.at, direction)
    expected = by_differences(graph, graph.at, direction)["x"]
    close(found.product["x"], expected, 1e-6)
    assert np.isfinite(found.product["k"]).all()


def test_a_kink_adds_no_curvature():
    graph = read("w : 3 = [-1, 0, 2]\nL = sum(relu(w) ** 2 + abs(w))").with_values({})
    assert hvp(graph, graph.at, {"w": [1, 1, 1]}).product["w"].tolist() == [0, 0, 2]


def test_the_whole_hessian_is_that_of_differences_and_symmetric():
    text = "X : given 4 x 3 = random 1\nW : 2 x 3 = random 2\nb : 2 = zeros\n"
    graph = read(f"{text}P = softmax(tanh(X @ W.T + b))\nL = mean(P ** 2)").with_values({})
    found = hessian(graph, graph.at)
    assert (found.matrix.shape, found.passes, found.outputs.names) == ((8, 8), 8, ("W", "b"))
    close(found.matrix, found.matrix.T, 1e-14)
    direction = random_direction(graph, graph.at, 1)
    flat = np.concatenate([direction["W"].ravel(), direction["b"]])
    product = by_differences(graph, graph.at, direction)
    close(found.matrix @ flat, np.concatenate([product["W"].ravel(), product["b"]]), 1e-8)
    assert hessian(graph, graph.at, "b").matrix.shape == (2, 2)


def test_what_has_no_hessian_is_refused_in_words():
    graph = read("x : 2 = ones\ny = x ** 2").with_values({})
    with pytest.raises(
        ShapeError, match=r"The output, y, is 2, .* Add a line such as L = sum\(y\)"
    ):
        hvp(graph, graph.at, {"x": [1, 1]})
    large = read("x : 100 = ones\ny = sum(x ** 2)").with_values({})
    with pytest.raises(LimitError, match="The Hessian is 100×100: 10,000 entries"):
        hessian(large, large.at)
    with pytest.raises(PointError, match="no leaf “q” that could move"):
        hvp(large, large.at, {"q": 1})
