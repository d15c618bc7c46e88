"""A typed function of numbers as a program: the same value, the same gradient, line by line."""

import pytest

from backprop.engine.backward import differentiate
from backprop.engine.program import program
from backprop.lessons.playground.choices import parse_function
from backprop.lessons.playground.presets import PRESETS
from backprop.stage.programs.numbers import program_of_formula


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_function_of_the_playground_is_a_program_with_the_same_gradient(preset):
    choices = preset.choices
    plain = differentiate(parse_function(choices), choices.at)
    graph = program(program_of_formula(choices.expression, choices.at))
    trace = differentiate(graph, graph.at)
    assert float(trace.value) == pytest.approx(plain.value, rel=1e-12)
    for name, slope in plain.gradient.items():
        assert float(trace.gradient[name]) == pytest.approx(slope, rel=1e-12)


def test_each_operation_is_a_line_and_each_variable_a_leaf():
    text = program_of_formula("max(x, -y) ^ 2 / 3", {"x": 1.5, "y": -1e-7})
    assert text.splitlines() == [
        "x : scalar = 1.5",
        "y : scalar = -1e-07",
        "v1 = -y",
        "v2 = maximum(x, v1)",
        "v3 = v2 ** 2",
        "v4 = v3 / 3",
    ]


def test_what_has_more_operations_than_a_program_lines_is_written_in_fewer():
    text = program_of_formula(" + ".join(f"sin({k} * x)" for k in range(1, 35)), {"x": 0.5})
    lines = text.splitlines()
    assert 1 < len(lines) <= 60
    shared = program_of_formula(" * ".join(["exp(x)"] * 70), {"x": 0.01})
    assert shared.count("exp") <= 1


@pytest.mark.parametrize("formula", ["2 + 3", "x", "len*2"])
def test_what_cannot_be_a_program_gives_none(formula):
    assert program_of_formula(formula, {"x": 1.0, "len": 2.0}) == ""
