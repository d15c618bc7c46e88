import math
from itertools import pairwise

import pytest

from backprop.engine.expression import parse
from backprop.lessons.playground.proof import prove
from backprop.notation.formula import Label
from backprop.stage.functions import function_labels
from backprop.stage.walk.explanation import spoken
from backprop.stage.walk.function import function_at


def proofs(text, **at):
    graph = parse(text)
    return prove(function_at(graph, at), function_labels(graph))


def test_three_roads_come_to_the_same_slope():
    x, y, z = proofs("(x + y) * z", x=-2.0, y=5.0, z=-4.0)
    for proof, slope in ((x, -4.0), (y, -4.0), (z, 3.0)):
        assert proof.symbolic.exact == proof.reverse.exact == slope
        assert proof.central.exact == pytest.approx(slope)
        assert proof.agrees
        assert proof.why == ""
    assert x.closed == Label("z", plain="z")


def test_a_slope_that_is_no_number_is_shown_as_what_it_is():
    (proof,) = proofs("log(-x)", x=2.0)
    assert proof.symbolic.exact == proof.reverse.exact == 0.5  # 1/x has no such limits
    assert math.isnan(proof.central.exact)
    assert (proof.central.shown, proof.relative) == ("NaN", "–")
    assert not proof.agrees


def test_slopes_that_are_all_infinite_agree():
    (proof,) = proofs("exp(x)", x=1000.0)
    assert proof.reverse.shown == "∞"
    assert proof.symbolic.shown == "∞"


def test_at_a_kink_the_roads_part_and_the_slope_is_right_all_the_same():
    (proof,) = proofs("relu(x)", x=0.0)
    assert (proof.reverse.exact, proof.central.exact) == (0.0, pytest.approx(0.5))
    assert (proof.agrees, proof.note) == (True, "at a kink")
    (proof,) = proofs("relu(x) - relu(-x)", x=0.0)
    assert str(proof.verdict).startswith("cannot be judged, because at a kink")


def test_each_row_that_cannot_be_compared_says_why():
    for proof in proofs("sqrt(x^2 + y^2)", x=0.0, y=0.0):
        assert not proof.agrees
        assert "From the left the slope is −1, from the right 1: a kink." in spoken(proof.reason)
    (proof,) = proofs("log(x)", x=0.0)
    assert "the logarithm of 0 is −∞" in spoken(proof.reason)
    (proof,) = proofs("exp(x)/(1 + exp(x))", x=-800.0)
    assert (proof.agrees, proof.reason) == (True, ())


def test_a_closed_form_that_overflows_accuses_nobody():
    x, y = proofs("logsumexp(x, y)*exp(x)/exp(x)", x=300.0, y=1.0)
    assert x.agrees
    assert y.agrees
    (proof,) = proofs("tanh(x)", x=20.0)
    assert proof.reverse.exact == pytest.approx(1.6993417021166355e-17, rel=1e-12)
    assert proof.symbolic.exact == pytest.approx(1.6993417021166355e-17, rel=1e-12)


def test_a_closed_form_that_would_be_too_long_is_declined_in_words():
    (proof,) = proofs("sin(" * 39 + "x" + ")" * 39, x=1.0)
    assert proof.closed is None
    assert proof.symbolic is None
    assert proof.why.endswith(".")
    assert proof.agrees


def test_of_many_variables_the_first_have_closed_forms():
    graph = parse(" + ".join(f"q{i}^2" for i in range(15)))
    found = prove(function_at(graph, dict.fromkeys(graph.variables, 1.0)), function_labels(graph))
    assert [proof.closed is not None for proof in found] == [True] * 12 + [False] * 3
    assert all(proof.agrees and not proof.why for proof in found)
    assert all(proof.reverse.exact == 2 for proof in found)


def test_of_a_laborious_function_fewer_have_closed_forms():
    letters = "abcdghjklmno"
    text = "*".join(f"softplus({a}*{b})" for a, b in pairwise(letters))
    graph = parse(text)
    found = prove(function_at(graph, dict.fromkeys(graph.variables, 1.0)), function_labels(graph))
    closed = [proof.closed is not None for proof in found]
    assert closed == sorted(closed, reverse=True)
    assert 0 < sum(closed) < len(letters)
    assert all(proof.agrees for proof in found)


def test_a_number_has_nothing_to_prove():
    assert proofs("2 * 3") == ()


def test_a_slope_that_rounding_hides_is_not_accused():
    (proof,) = proofs("x + 1e15", x=0.0)
    assert proof.relative == "1"
    assert str(proof.verdict).startswith("cannot be judged, because rounding hides")
