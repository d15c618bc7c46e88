"""The short form of a composite: its terms are what the ways through its lines send back."""

import ast

import numpy as np
import pytest

from backprop.engine.arrays.uses import sent
from backprop.engine.backward import differentiate
from backprop.engine.program import program
from backprop.stage.programs.short_form import short_form, summands

BATCH_NORM = """X : 5 x 3 = random 9
gain : 3 = random 10
bias : 3 = zeros
R : given 5 x 3 = random 12
N = batch_norm(X, gain, bias)
L = sum(R * N ** 2)"""
LAYER_NORM = BATCH_NORM.replace("batch_norm", "layer_norm")
SOFTMAX = "X : 5 x 3 = random 9\nR : given 5 x 3 = random 12\nN = softmax(X)\nL = sum(R * N)"


def number(text):
    """Return what is printed as −6.2·10⁻⁴."""
    return float(text.translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")).replace("·10", "e"))


def places(text):
    return np.ndindex(*program(text).shape("X"))


@pytest.mark.parametrize("text", [BATCH_NORM, LAYER_NORM, SOFTMAX])
@pytest.mark.parametrize("opened", [(), ("N",)])
def test_the_shares_of_the_terms_add_up_to_the_entry(text, opened):
    graph = program(text, opened=opened)
    closed = program(text)
    gradient = sent(differentiate(closed, closed.at))["N", "X"][0]
    for at in places(text):
        short = short_form(graph, "N.mu" if opened else "N", "X", at)
        shares = [number(pair.share) for pair in short.pairs]
        assert sum(shares) == pytest.approx(gradient[at], abs=2e-3)
        assert short.single


def test_batch_norm_has_a_way_for_each_term_and_one_that_sends_nothing():
    short = short_form(program(BATCH_NORM), "N", "X", (3, 1))
    assert [pair.ways for pair in short.pairs] == [
        ("X ← C ← H ← N",),
        ("X ← μ ← C ← H ← N",),
        ("X ← C ← v ← s ← H ← N",),
    ]
    assert short.empty == ("X ← μ ← C ← v ← s ← H ← N",)


def test_softmax_sends_back_directly_and_by_the_sum():
    short = short_form(program(SOFTMAX), "N", "X", (0, 0))
    assert [(pair.term, pair.ways) for pair in short.pairs] == [
        ("N * dN", ("X ← e ← N",)),
        ("-(N * sum(dN * N, axis=1, keepdims=True))", ("X ← e ← s ← N",)),
    ]


@pytest.mark.parametrize(
    ("text", "line", "name"),
    [
        ("X : 3 = ones\nN = tanh(X)\nL = sum(N)", "N", "X"),
        (BATCH_NORM, "N", "gain"),
        (BATCH_NORM, "L", "N"),
        (SOFTMAX.replace("R * N", "0 * N"), "N", "X"),
    ],
)
def test_what_has_one_term_or_is_no_composite_has_no_short_form(text, line, name):
    assert short_form(program(text), line, name, (0, 0)[: len(program(text).shape(name))]) is None


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("a - (b - c)", ["a", "-b", "c"]),
        ("(a - b) * (c + d) / e", ["a * c / e", "a * d / e", "-(b * c / e)", "-(b * d / e)"]),
        ("-(a + b)", ["-a", "-b"]),
        ("f(a + b)", ["f(a + b)"]),
        ("a / (b + c)", ["a / (b + c)"]),
    ],
)
def test_a_sum_is_parted_into_its_terms(text, terms):
    assert [ast.unparse(each) for each in summands(ast.parse(text, mode="eval").body)] == terms
