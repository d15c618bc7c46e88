"""A composite, closed, is its lines: the same value, the same gradients."""

import pytest

from backprop.engine.backward import differentiate
from backprop.engine.program import program, read
from tests.kit.programs import close

LEAVES = """
x : 3 x 4 = random 1
s : 2 x 3 x 4 = random 2
im : 2 x 3 x 5 x 6 = random 3
W : 5 x 4 = random 4
b : 5 = random 5
gain : 4 = random 6
bias : 4 = random 7
g3 : 3 = random 8
F : 2 x 3 x 2 x 3 = random 9
K : 2 x 3 x 2 = random 10
y : index 3 = [0, 3, 1]
Y : index 2 x 3 = [[0, 3, 1], [1, 1, 2]]
T : given 3 x 4 = uniform 11
h : 3 x 2 = random 12
c : 3 x 2 = random 13
V : 8 x 4 = random 14 * 0.3
U : 8 x 2 = random 15 * 0.3
d : 8 = zeros
R : given 2 x 3 x 5 x 6 = random 16
"""


@pytest.mark.parametrize(
    "line",
    [
        "Z = softmax(x, axis=0)",
        "Z = softmax(s, axis=(0, 2))",
        "Z = log_softmax(x)",
        "Z = logsumexp(s, axis=(0, 2))",
        "Z = logsumexp(x, axis=1, keepdims=True)",
        "Z = cross_entropy(x, y) * 2",
        "Z = cross_entropy(s, Y)",
        "Z = cross_entropy(x, T)",
        "Z = standardize(s, axis=(0, 1), eps=0.1)",
        "Z = var(x, axis=0)",
        "Z = var(s)",
        "Z = var(s, axis=(0, 1), keepdims=True)",
        "Z = silu(x) + gelu_tanh(x) * sigmoid(softmax(x) + softmax(2 * x))",
        "Z = linear(x, W, b)",
        "Z = layer_norm(s, gain, bias)",
        "Z = batch_norm(x, gain, bias, eps=0.01)",
        "Z = batch_norm(im, g3, g3)",
        "Z = attention(x, x, x, None)",
        "Z = softmax(x).sum(0) + transpose(x).reshape(12)[0] + reshape(x, 12)[1]",
        "Z = attention(s, s, s, tri(3))",
        "Z = conv2d(im, F, stride=(1, 2), padding=(1, 0)) ** 2",
        "Z = conv1d(s, K, padding=1) ** 2",
        "Z = max_pool2d(im, 2) * avg_pool2d(im, 2)",
        "Z = max_pool1d(s, 2, stride=1)",
        "a, Z = lstm_cell(x, h, c, V, U, d)",
        "Z, a = lstm_cell(x, h, c, W=V, U=U, b=d)",
        "Z, a = lstm_cell(x=x, h=h, c=c, W=V, U=U, b=d)",
        "Z = tanh(x) * x + sum(im * R) - +x",
    ],
)
def test_a_composite_is_its_lines(line):
    text = f"{LEAVES}{line}\nL = sum(Z * Z * Z)"
    graphs = program(text), program(text, opened=("Z", "a"))
    closed, opened = (differentiate(graph, graph.at) for graph in graphs)
    assert len(opened.graph.lines) > len(closed.graph.lines)
    close(opened.value, closed.value, 1e-12)
    for name, found in opened.gradient.items():
        close(found, closed.gradient[name], 1e-10)


def test_what_is_opened_shows_its_lines_by_letters():
    graph = read("x : 3 = ones\nZ = softmax(x) * 2\nL = sum(Z)", opened=("Z",))
    shown = [(line.number, line.label, line.text, line.kind) for line in graph.lines]
    assert shown == [
        ("1", "x", "3 = ones", "free"),
        ("2", "Z", "softmax(x) * 2", "opened"),
        ("2a", "m", "stop(max(x, axis=0, keepdims=True))", "result"),
        ("2b", "e", "exp(x - m)", "result"),
        ("2c", "s", "sum(e, axis=0, keepdims=True)", "result"),
        ("2d", "Z", "e / s * 2", "result"),
        ("3", "L", "sum(Z)", "result"),
    ]


def test_parts_of_one_name_are_numbered():
    graph = read("x : 3 = ones\nZ = softmax(softmax(x)) + silu(x + 1)", opened=("Z",))
    assert [line.name for line in graph.lines][2:] == [
        *("Z.m", "Z.e", "Z.s", "Z.x", "Z.m2", "Z.e2", "Z.s2", "Z.x2", "Z.s3", "Z")
    ]


def test_a_number_is_a_line_too():
    graph = program("y = abs(-3)\nz = inf\nL = y * 2 + 0 * log_softmax(ones((2,)))[0]",
                    opened=("y", "L"))  # fmt: skip
    assert differentiate(graph, graph.at).value == 6 - 0.0
    assert [line.text for line in graph.lines][:3] == ["abs(-3)", "abs(-3)", "inf"]
