"""A formula in one line, and the classic 2-2-2 example in the names of its textbook."""

import pytest

import backprop
from backprop.engine.network import Network
from backprop.notation.formula import (
    Brackets,
    Cases,
    Factor,
    Fraction,
    Label,
    Lines,
    Number,
    Operator,
    Power,
    Root,
    Row,
    Text,
)
from backprop.notation.names import label_of

TEXTBOOK = {
    "w1_1_1": "w1",
    "w1_1_2": "w2",
    "b1_1": "b1",
    "z1_1": "z1",
    "a1_1": "h1",
    "w2_1_1": "w5",
    "a2_1": "o1",
    "y1": "t1",
}


@pytest.fixture
def drawn():
    return _drawn


def _drawn(formula):
    """Write a formula in one line: fractions as a/b in braces, powers with ^."""
    match formula:
        case Label(letter, below, above, hat):
            return letter + "̂" * hat + below + above
        case Number(shown):
            return shown
        case Text(text):
            return text
        case Operator(sign):
            return {"\u2009": " ", "\u2061": " "}.get(sign, sign)
        case Row(parts):
            return "".join(map(_drawn, parts))
        case Fraction(top, bottom):
            return f"{{{_drawn(top)}/{_drawn(bottom)}}}"
        case Root(inside):
            return f"√{{{_drawn(inside)}}}"
        case Power(base, exponent):
            return f"{_drawn(base)}^{{{_drawn(exponent)}}}"
        case Brackets(inside, bars):
            return f"|{_drawn(inside)}|" if bars else f"({_drawn(inside)})"
        case Cases(cases, otherwise):
            said = [f"{_drawn(a)} if {_drawn(b)}" for a, b in cases]
            return "; ".join([*said, _drawn(otherwise)])
        case Factor(inside):
            return _drawn(inside)
        case Lines(lines):
            return " ⏎ ".join(map(_drawn, lines))


@pytest.fixture
def hand():
    return lambda name: label_of(TEXTBOOK.get(name, name))


@pytest.fixture
def trace():
    network = Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True)
    parameters = {"W1": [[0.15, 0.2], [0.25, 0.3]], "b1": [0.35]}
    parameters |= {"W2": [[0.4, 0.45], [0.5, 0.55]], "b2": [0.6]}
    point = network.point(parameters, [0.05, 0.1], [0.01, 0.99])
    return backprop.differentiate(network.graph("neurons"), point)
