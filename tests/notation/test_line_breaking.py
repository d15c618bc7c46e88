import pytest

from backprop.engine.network import Network
from backprop.notation.formula import Lines
from backprop.notation.line_breaking import broken
from backprop.notation.names import label_of
from backprop.notation.printer import rule_formula
from backprop.notation.steps import value_formula


def test_a_wide_mean_is_broken_inside_its_brackets(drawn):
    network = Network((1, 2), ("sigmoid",), "binary_cross_entropy")
    found = drawn(value_formula(network.graph(), network.graph().output, label_of))
    assert found.startswith("−{1/2}(y1 ln a1(1) ⏎ +(1−y1)")
    assert found.count("(") == found.count(")")


@pytest.mark.parametrize("text", ["x + y", "sigmoid(speed * time)", "x * y * z"])
def test_what_fits_on_a_line_stays_on_it(text):
    formula = rule_formula(text, {})
    assert broken(formula) is formula


def test_a_line_breaks_before_a_sign(drawn):
    formula = broken(rule_formula("alpha + beta - gamma", {}), 4.0)
    assert isinstance(formula, Lines)
    assert drawn(formula) == "alpha ⏎ +beta ⏎ −gamma"


def test_what_has_no_sign_to_break_at_stays_whole():
    formula = rule_formula("where(x < 0, sqrt(alpha), exp(beta))", {})
    assert broken(formula, 1.0) is formula


def test_a_fraction_over_a_number_opens_beside_one_over_that_number(drawn):
    formula = broken(rule_formula("(alpha + beta - gamma) / 2", {}), 4.0)
    assert drawn(formula) == "{1/2}(alpha ⏎ +beta ⏎ −gamma)"
