"""A problem, and the sources of its gradient: all give the same, at their own price."""

import numpy as np
import pytest

from backprop.engine.expression import parse
from backprop.lessons.optimizers.matrix.problem import function_problem, network_problem
from backprop.training.optimizers import OPTIMIZERS

VALLEY = parse("(1 - x)^2 + 100(y - x^2)^2")
AT = {"y": 1.0, "x": -1.2}


def valley(**rates):
    return function_problem(VALLEY, AT, rates)


def counted(problem, source, theta):
    """Return a source's gradient, and how often it asked for a value."""
    calls = []

    def value(point):
        calls.append(1)
        return problem.value(point)

    return problem.gradients[source](value, theta), len(calls)


def test_a_function_begins_where_it_is_said():
    problem = valley()
    assert problem.start.tolist() == [-1.2, 1.0]
    assert problem.value(problem.start) == pytest.approx(24.2)
    assert problem.title == "the function of x and y"


def test_all_sources_of_a_functions_gradient_agree():
    problem = valley()
    for source in ("backward", "central", "closed"):
        found, _ = counted(problem, source, problem.start)
        assert found == pytest.approx([-215.6, -88.0], rel=1e-8)


@pytest.mark.parametrize(("source", "asked"), [("backward", 0), ("closed", 0), ("central", 4)])
def test_only_differences_ask_the_function(source, asked):
    problem = valley()
    assert counted(problem, source, problem.start)[1] == asked


def test_the_networks_sources_agree_and_differences_ask_110_times():
    problem = network_problem()
    right, none = counted(problem, "backward", problem.start)
    nudged, asked = counted(problem, "central", problem.start)
    assert problem.count == 55
    assert (none, asked) == (0, 110)
    assert nudged == pytest.approx(right, abs=1e-8)


def test_a_network_has_no_closed_form_and_says_why():
    source = network_problem().sources["closed"]
    assert source.refused == "no closed form"
    assert "closed" not in network_problem().gradients
    assert "55 parameters" in source.cost


def test_a_closed_form_that_would_be_too_long_is_refused_beforehand():
    graph = parse("*".join(["sin(x + y) * exp(x y)"] * 12))
    problem = function_problem(graph, {"x": 0.1, "y": 0.2}, {})
    source = problem.sources["closed"]
    assert "closed" not in problem.gradients
    assert (source.refused, source.cost) == ("no closed form", "Too long to be written out.")


def test_a_source_of_none_is_never_refused():
    for problem in (valley(), network_problem()):
        assert "none" not in problem.gradients
        assert not problem.sources["none"].refused


def test_every_optimizer_has_a_learning_rate():
    rates = valley(adam=0.5).rates
    assert set(rates) == set(OPTIMIZERS)
    assert rates["adam"] == 0.5
    assert rates["adagrad"] == OPTIMIZERS["adagrad"]().learning_rate
    assert set(network_problem().rates) == set(OPTIMIZERS)


def test_another_start_function_or_rate_is_another_problem():
    words = {
        valley().word,
        function_problem(VALLEY, {**AT, "x": 1.0}, {}).word,
        function_problem(parse("x^2 + y^2"), AT, {}).word,
        valley(adam=0.5).word,
        network_problem().word,
    }
    assert len(words) == 5
    assert valley().word == valley().word


def test_many_variables_stand_in_order():
    graph = parse("x10 + 2x2 + 3y")
    problem = function_problem(graph, {"x10": 1.0, "x2": 2.0, "y": 3.0}, {})
    assert problem.start.tolist() == [2.0, 1.0, 3.0]
    assert counted(problem, "backward", problem.start)[0].tolist() == [2.0, 1.0, 3.0]


def test_a_value_that_is_no_number_is_a_value():
    problem = function_problem(parse("ln(x)"), {"x": -1.0}, {})
    assert np.isnan(problem.value(problem.start))
