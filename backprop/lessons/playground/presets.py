"""The classics of the field, each as a function with its point.

Sources: CS231n, “Backpropagation, Intuitions” (Karpathy and others, 2015 and later); micrograd and
“The spelled-out intro to neural networks and backpropagation” (Karpathy, 2020 and 2022); colah’s
“Calculus on Computational Graphs” (Olah, 2015); Deep Learning Specialization (Ng, 2017); CS224n.
"""

from typing import Any

from backprop.lessons.playground.choices import Choices
from backprop.stage.choices import read_choices
from backprop.stage.lesson import Preset

_C = "(a + b + (a + b + 1))"
_D = "(a*b + b^3)"
_D1 = f"({_D} + ({_D}*2 + relu(b + a)))"
_E = f"({_C} + (1 + {_C} - a) - ({_D1} + (3*{_D1} + relu(b - a))))"
README = f"{_E}^2/2 + 10/{_E}^2"
_Z = "(2x + 2 + x)"
_Q = f"(relu({_Z}) + {_Z}*x)"
TEST = f"relu({_Z}*{_Z}) + {_Q} + {_Q}*x"
_N = "(x1*w1 + x2*w2 + b)"
NEURON = {"x1": 2.0, "x2": 0.0, "w1": -3.0, "w2": 1.0, "b": 6.8813735870195432}


CHANGED = {  # what is said where the point is another
    "colah": "Olah’s example: b has two paths to the result, and their slopes add up.",
    "parabola": "3x² − 4x + 5. It is flat at x = ⅔: try it.",
    "tanh-neuron": "The neuron of micrograd’s lecture, with other numbers.",
}


def _preset(
    name: str, title: str, about: str, expression: str, at: dict[str, float], **pairs: Any
) -> Preset:
    pairs = {"expression": expression, "began": name, **{n: repr(x) for n, x in at.items()}} | pairs
    return Preset(name, title, about, read_choices(Choices(), pairs), CHANGED.get(name, ""))


PRESETS = (
    _preset(
        "sum-times",
        "A sum, times z",
        "CS231n’s first example: two operations, three inputs. A sum passes the gradient on; a "
        "product hands each side the other’s value.",
        "(x + y) * z",
        {"x": -2.0, "y": 5.0, "z": -4.0},
    ),
    _preset(
        "product",
        "A product",
        "The slope of x·y by x is y, and by y it is x: each is the other’s lever.",
        "x * y",
        {"x": 4.0, "y": -3.0},
    ),
    _preset(
        "reuse",
        "A value used twice",
        "a reaches b along two edges, so its two slopes add up: 1 + 1. Code that overwrites where "
        "it should add says 1.",
        "a + a",
        {"a": 3.0},
    ),
    _preset(
        "fork",
        "Two ways to the same result",
        "a and b each reach the product through both of its factors; every path counts.",
        "(a*b) * (a + b)",
        {"a": -2.0, "b": 3.0},
        share="1",
    ),
    _preset(
        "colah",
        "Calculus on a graph",
        "Olah’s example: b has two paths to the result, 2 and 3, and 5 in all.",
        "(a + b) * (b + 1)",
        {"a": 2.0, "b": 1.0},
    ),
    _preset(
        "ng",
        "Three inputs, by hand",
        "Ng’s J = 3(a + bc), the computation graph drawn in his first course.",
        "3(a + b*c)",
        {"a": 5.0, "b": 3.0, "c": 2.0},
    ),
    _preset(
        "max-gate",
        "A switch",
        "CS224n’s (x + y)·max(y, z): the maximum lets the gradient through to the larger input.",
        "(x + y) * max(y, z)",
        {"x": 1.0, "y": 2.0, "z": 0.0},
    ),
    _preset(
        "gates",
        "Gates: add, max, multiply",
        "CS231n’s three gates: one distributes the gradient, one routes it, one switches it.",
        "2(x*y + max(z, w))",
        {"x": 3.0, "y": -4.0, "z": 2.0, "w": -1.0},
    ),
    _preset(
        "loss-of-four",
        "L = (ab + c)·f",
        "The first graph of micrograd’s lecture. A variable is called f, so the result is y here.",
        "(a*b + c) * f",
        {"a": 2.0, "b": -3.0, "c": 10.0, "f": -2.0},
    ),
    _preset(
        "parabola",
        "A parabola",
        "3x² − 4x + 5 at 3, where it rises 14 times as fast as x. It is flat at x = ⅔: try it.",
        "3x^2 - 4x + 5",
        {"x": 3.0},
    ),
    _preset(
        "sigmoid-neuron",
        "A sigmoid neuron in single operations",
        "CS231n takes the sigmoid apart: negate, exponential, plus one, reciprocal. Each has an "
        "easy slope of its own.",
        "1/(1 + exp(-(w0*x0 + w1*x1 + w2)))",
        {"w0": 2.0, "x0": -1.0, "w1": -3.0, "x1": -2.0, "w2": -3.0},
    ),
    _preset(
        "tanh-neuron",
        "A tanh neuron",
        "The neuron of micrograd’s lecture; its bias is chosen so that the slopes come out round.",
        f"tanh{_N}",
        NEURON,
    ),
    _preset(
        "tanh-by-exp",
        "The same neuron by exponentials",
        "tanh written as (e²ⁿ − 1) / (e²ⁿ + 1): other operations, the same gradient.",
        f"(exp(2{_N}) - 1)/(exp(2{_N}) + 1)",
        NEURON,
        share="1",
    ),
    _preset(
        "softmax",
        "Softmax with cross-entropy",
        "Three scores, the third class is the true one. Each slope is the class’s probability, "
        "less 1 for the true class.",
        "log(exp(s1) + exp(s2) + exp(s3)) - s3",
        {"s1": -2.85, "s2": 0.86, "s3": 0.28},
        share="1",
    ),
    _preset(
        "hinge",
        "The hinge loss on the same scores",
        "A class that is far enough behind costs nothing, and gets no gradient at all.",
        "max(0, s1 - s3 + 1) + max(0, s2 - s3 + 1)",
        {"s1": -2.85, "s2": 0.86, "s3": 0.28},
    ),
    _preset(
        "named-lines",
        "Named lines",
        "h is computed once and used twice: “;” ends a line, and its name is one node below. What "
        "comes back to h is a sum.",
        "h = tanh(w*x + b); L = (h - y)^2 + 0.1*h^2",
        {"w": 0.5, "x": 2.0, "b": -0.3, "y": 1.0},
    ),
    _preset(
        "micrograd-test",
        "micrograd’s own test",
        "The function with which micrograd is checked against PyTorch: one input, many paths.",
        TEST,
        {"x": -4.0},
        share="1",
    ),
    _preset(
        "micrograd",
        "micrograd’s example",
        "The function on micrograd’s first page, written out in a and b. As a tree it has 83 "
        "results; shared, 24.",
        README,
        {"a": -4.0, "b": 2.0},
        share="1",
    ),
)
