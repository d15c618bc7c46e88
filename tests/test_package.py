"""The door of the package: a few verbs, and nothing heavy behind them."""

import subprocess
import sys

import pytest

import backprop

HEAVY = ("flask", "plotly", "sympy", "scipy", "sqlalchemy", "backprop.web", "backprop.lessons")


def run(code):
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return found.stdout


def test_the_verbs_are_those_of_the_architecture():
    assert backprop.__all__ == [
        *("GradientNotJudged", "Network", "assert_gradient", "check_gradient", "compile"),
        *("differentiate", "gradient", "hessian", "hvp", "jacobian", "jvp", "optimizers"),
        *("parse", "program", "vjp"),
    ]
    assert all(hasattr(backprop, name) for name in backprop.__all__)


def test_the_example_of_the_architecture_runs():
    graph = backprop.parse("(x + y) * z")
    at = {"x": -2, "y": 5, "z": -4}
    trace = backprop.differentiate(graph, at)
    assert trace.value == -12
    assert trace.gradient == {"x": -4, "y": -4, "z": 3}
    assert backprop.gradient(graph, at) == (-12, {"x": -4, "y": -4, "z": 3})
    assert backprop.check_gradient(graph, at).ok


def test_a_compiled_graph_takes_numbers_by_place():
    graph = backprop.parse("(x + y) * z")
    assert backprop.compile(graph)((-2.0, 5.0, -4.0)) == (-12, (-4, -4, 3))


def test_a_program_of_arrays_is_differentiated_as_a_formula_is():
    text = "X : given 2 x 2 = eye\nw : 2 = ones\nL = sum((X @ w) ** 2)"
    program = backprop.program(text, {"w": [3, -1]})
    trace = backprop.differentiate(program, program.at)
    assert trace.value == 10
    assert trace.gradient["w"].tolist() == [6, -2]


def test_the_modes_are_verbs_that_are_imported_where_they_are_asked_for():
    graph, at = backprop.parse("x * y"), {"x": 2, "y": 3}
    assert backprop.jvp(graph, at, {"x": 1, "y": 10}).tangent == 23
    assert backprop.vjp(graph, at, 10).gradient == {"x": 30, "y": 20}
    assert backprop.jacobian(graph, at).matrix.tolist() == [[3, 2]]
    turned = backprop.program("x : 2 = [1, 2]\ny = x[0] * x", scalar=False)
    assert backprop.jacobian(turned, turned.at).matrix.tolist() == [[2, 0], [2, 1]]
    assert backprop.hvp(graph, at, {"x": 1}).product == {"x": 0, "y": 1}
    assert backprop.hessian(graph, at).matrix.tolist() == [[0, 1], [1, 0]]
    with pytest.raises(AttributeError, match="no attribute 'ivp'"):
        backprop.ivp  # noqa: B018


def test_differentiating_and_optimising_meet_only_in_the_callers_hands():
    network = backprop.Network((2, 2, 2), ("sigmoid", "sigmoid"), "half_squared_error")
    parameters = network.initialize(seed=1)
    loss, gradient = network.loss_and_gradient(parameters, [[0.05, 0.1]], [[0.01, 0.99]])
    optimizer = backprop.optimizers.Adam(learning_rate=0.01)
    move, _ = optimizer.step(gradient, optimizer.start(parameters), parameters)
    moved = {name: parameters[name] + move[name] for name in parameters}
    assert network.loss_and_gradient(moved, [[0.05, 0.1]], [[0.01, 0.99]])[0] < loss


def test_importing_it_loads_numpy_and_nothing_heavy():
    code = "import sys; before = set(sys.modules); import {}; print(*set(sys.modules) - before)"
    loaded = set(run(code.format("backprop")).split())
    assert [name for name in HEAVY if name in loaded] == []
    assert "backprop.engine.program" not in loaded  # it is read where a program is
    assert "backprop.engine.modes" not in loaded
    outside = {name.partition(".")[0] for name in loaded} - sys.stdlib_module_names
    assert {name for name in outside if not name.startswith("_")} == {"backprop", "numpy"}
