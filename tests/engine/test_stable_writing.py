import math

import pytest

from backprop.engine.backward import gradient
from backprop.engine.expression import parse
from backprop.engine.forward import values
from backprop.engine.stable_writing import stable_writing

FAR = {"x": 1000.0, "y": 999.0, "z": 3.0}
WRITINGS = [
    ("log(exp(x) + exp(y))", "logsumexp(x, y)"),
    ("log(exp(x) + exp(y) + exp(z))", "logsumexp(x, y, z)"),
    ("2*log(1 + exp(x)) - y", "softplus(x)"),
    ("log(exp(x*y) + 1)", "softplus(x * y)"),
    ("log(1 + exp(x) + exp(y))", "logsumexp(0, x, y)"),
    ("log(exp(x))", "x"),
    ("1/(1 + exp(-(-x)))", "sigmoid(-x)"),
    ("1/(exp(x) + 1)", "sigmoid(-x)"),
    ("1/(1 + exp(x + y))", "sigmoid(-(x + y))"),
    ("exp(x)/(1 + exp(x))", "sigmoid(x)"),
    ("exp(x)/(exp(x) + exp(y))", "exp(x - logsumexp(x, y))"),
    ("-log(exp(z)/(exp(x) + exp(y) + exp(z)))", "z - logsumexp(x, y, z)"),
    ("(exp(x) - exp(-x))/(exp(x) + exp(-x))", "tanh(x)"),
    ("(exp(2x) - 1)/(exp(2x) + 1)", "tanh((2 * x)/2)"),
    ("(exp(x) - exp(y))/(exp(x) + exp(y))", "tanh((x - (y))/2)"),
]


@pytest.mark.parametrize(("text", "expected"), WRITINGS)
def test_a_writing_that_does_not_overflow_is_found(text, expected):
    graph = parse(text)
    at = {name: FAR[name] for name in graph.variables}
    assert not all(map(math.isfinite, gradient(graph, at)[1].values()))
    assert stable_writing(graph, at).text == expected


@pytest.mark.parametrize(("text", "expected"), WRITINGS)
def test_both_writings_are_the_same_function(text, expected):
    graph, part = parse(text), parse(expected)
    position = stable_writing(graph, {name: FAR[name] for name in graph.variables}).node
    at = {name: FAR[name] / 1000 for name in graph.variables}
    found, _ = gradient(part, {name: at[name] for name in part.variables})
    assert found == pytest.approx(values(graph, at)[position], rel=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "exp(x)*exp(y)",
        "log(2 + exp(x))",
        "log(x) + exp(x)",
        "(exp(x) + exp(y))/(exp(x) + exp(y))",
        "(exp(x) - exp(z))/(exp(x) + exp(y))",
        "(1 + exp(x))/(2 + exp(x))",
        "log(exp(x)/x)",
        "exp(exp(x))/(1 + exp(exp(x)))",
    ],
)
def test_no_writing_is_made_up(text):
    graph = parse(text)
    assert stable_writing(graph, {name: FAR[name] for name in graph.variables}) is None


def test_a_sum_too_long_to_be_typed_has_no_writing():
    inside = "+".join(f"a{i}" for i in range(90))
    graph = parse(f"log(1+exp({inside}))")
    at = dict.fromkeys(graph.variables, 20.0)
    assert stable_writing(graph, at) is None
