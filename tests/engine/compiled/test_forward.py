"""The lines of a pass over floats, with what is used once written where it is used."""

from backprop.engine.compiled.forward import MOST_INSIDE, tightened


def test_a_value_that_is_used_once_stands_where_it_is_used():
    lines = ["v0, v1, v2, = leaves", "v4 = v0 * v1", "v5 = v4 + v2", "return v5"]
    assert tightened(lines) == ["v0, v1, v2, = leaves", "return ((v0 * v1) + v2)"]


def test_what_is_only_another_name_is_called_by_the_first():
    lines = ["g5 = 1.0", "g4 = g5", "g0 = g4 * (v1)", "g1 = g4 * (v0)", "return g0, g1, g4"]
    assert tightened(lines) == ["g5 = 1.0", "return (g5 * (v1)), (g5 * (v0)), g5"]


def test_nothing_goes_into_a_choice_where_it_might_not_be_computed():
    lines = ["v3 = log(v0)", "v4 = v3 if v0 > 0 else 0.0", "return v4"]
    assert tightened(lines) == ["v3 = log(v0)", "return (v3 if v0 > 0 else 0.0)"]


def test_expressions_are_not_nested_without_end():
    count = 10 * MOST_INSIDE
    chain = [f"v{k + 1} = sin(v{k})" for k in range(1, count)]
    found = tightened([*chain, f"return v{count}"])
    assert max(line.count("sin") for line in found) <= MOST_INSIDE
    assert sum(line.count("sin") for line in found) == len(chain)
