"""Each word computes what its text says, and passes back what differences find."""

import ast
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from backprop.engine.arrays.builder import Builder
from backprop.engine.arrays.rows import ENTRYWISE, ROWS, array_row
from backprop.engine.arrays.words import PROGRAMS
from backprop.engine.backward import differentiate
from backprop.engine.compiled.rules import compiled, write
from backprop.engine.graph import Graph, Node
from backprop.engine.ops import compute, pass_back
from backprop.engine.program import program, read

LEAVES = """
x : 3 x 4 = random 1
y : 4 = random 2
z : 2 x 3 x 4 = random 3
w : 2 x 4 x 3 = random 4
k : 3 = random 5
m : 3 x 1 = random 6
s : scalar = 1
i : index 2 x 2 = [[0, 1], [1, 0]]
t : index 4 = [0, 2, 1, 0]
j : index 5 = [0, 2, 2, 1, 0]
im : 2 x 2 x 5 x 6 = random 7
f : 3 x 2 x 2 x 3 = random 8
"""
PROGRAMS_OF_ROWS = (
    """
a1 = sum(x + y) + sum(z - x) + sum(m * x) + sum(x / m) + sum(s * x) + sum((x * x) ** m) + sum(-x)
a2 = sum(x ** 2 + x ** 3 + x ** -1 + x ** 0.5 + x ** 0 + x ** 4)
a3 = sum(maximum(x, y)) + sum(minimum(z, x)) + max(x, y[None], m) @ y @ k
a4 = sum(where(x > 0, y, m)) + sum((x < y) + (x <= m) + (x >= 1) + (x == 2) + (x != 3))
a5 = sum(exp(x) + log(x) + tanh(x) + sqrt(x) + abs(x) + relu(x) + sigmoid(x) + softplus(x))
a6 = sum(sin(x) + cos(x) + tan(x) + erf(x) + gelu(x) + silu(x) + gelu_tanh(x))
a7 = sum(sign(x) + floor(x) + step(x))
""",
    """
b1 = sum(z @ w) + sum(x @ w[0]) + sum(z @ w[1]) + sum(x @ w) + sum(z @ y) + sum(k @ x)
b2 = sum(k @ z) + y @ y + sum((z @ w) @ k)
c1 = sum(einsum("ij,j->i", x, y)) + einsum("i->", y) + sum(einsum("nij,nkj,j->ik", z, z, y))
c2 = sum(einsum("ij->ji", x)) + sum(einsum("ij,nij->n", x, z)) + sum(einsum("ij,k->ijk", x, y))
d1 = sum(mean(x, axis=0)) + sum(var(z, axis=(0, 2))) + sum(max(z, axis=1, keepdims=True))
d2 = sum(min(x, axis=1)) + var(x) + mean(z) + max(x) + min(z) + sum(var(x, axis=0, keepdims=True))
d3 = sum(sum(z, axis=(0, 1))) + sum(sum(z, axis=-1, keepdims=True)) + sum(first_max(z, axis=2))
e1 = sum(x.T @ m) + sum(z.mT) + sum(z.T) + sum(transpose(z, (1, 2, 0))) + sum(reshape(z, (4, -1)))
e2 = sum(x[1]) + sum(x[:, 1:3]) + sum(x[j])
e2_ = sum(z[i, :, 2]) + sum(x[None, :, None]) + sum(z[..., 0])
e3 = sum(x[0:3:2]) + sum(x[arange(3), 1])
""",
    """
g1 = sum(concat((x, x * 2), axis=1)) + sum(stack((x, x), axis=1)) + sum(pad(x, ((1, 0), (0, 2))))
g2 = sum(conv2d(im, f, stride=(1, 2), padding=1) ** 2)
g2_ = sum(max_pool2d(im, 2)) + sum(avg_pool2d(im, (2, 3)))
g3 = sum(broadcast_to(y, (3, 4))) + sum(broadcast_to(m, (2, 3, 4)))
g3_ = sum(fit(x, x)) + sum(fit(z, y)) + sum(fit(z, m))
g4 = sum(spread(y, x, 0)) + sum(spread(m, x, 1, keepdims=True)) + sum(placed(x[j], x, s_[j]))
g5 = sum(overlap_add(windows(im, (2, 2), (1, 2)), im, (2, 2), (1, 2)))
g5_ = sum(stop(x)) + sum(x * eye(4)[0])
h1 = sum(softmax(x, 0) * x) + sum(softmax(z, (0, 2)) * z)
h1_ = sum(log_softmax(z) * z) + sum(logsumexp(z, axis=(0, 2))) + logsumexp(y)
h2 = cross_entropy(x, x) + cross_entropy(x.T, t) + cross_entropy(y, y)
h3 = sum(standardize(x, 0) * x) + sum(standardize(z, (0, 2), eps=0.1) * z) + sum(deviation(x, 1))
h4 = sum(x * tri(4)[1])
h4_ = sum(peaks(x, 0) * lows(z, 1) * first_peak(x, 1) * x) + sum(zeros((3, 1)) * x)
""",
)
CASES = {
    (node.operation, node.parameters, tuple(graph.nodes[i].shape for i in node.inputs)): None
    for graph in [
        *(read(LEAVES + lines) for lines in PROGRAMS_OF_ROWS),
        read("x : 2 = ones\nq = x\ny = sum(q)"),
    ]
    for node in graph.nodes
    if not node.is_leaf
}


def is_index(case, letter, shape):
    operation, _, shapes = case
    if operation == "cross_entropy":
        return letter == "y" and shape != shapes[0]
    return operation in ("index", "placed") and letter in "ijkl"


def inputs_of(case, chance):
    """Arrays for a row: numbers away from its kinks, and whole numbers for an index."""
    found = []
    for letter, shape in zip(array_row(*case).inputs, case[2], strict=True):
        whole = is_index(case, letter, shape)
        found.append(chance.integers(0, 2, shape) if whole else chance.uniform(0.2, 0.9, shape))
    return found


def evaluated(text, names, values):
    """What a text in the language's words comes to, without any code of rows."""
    scope = {name: partial(compute, row) for name, row in ENTRYWISE.items()}
    dialect = replace(PROGRAMS, functions={**scope, **PROGRAMS.functions})
    written = write(text, {}, dialect, {})
    return compiled("text", ", ".join(names), [f"return {written}"], dialect)(*values)


def same(found, expected, tolerance=1e-13):
    expected = np.asarray(expected, float)
    np.testing.assert_allclose(
        np.broadcast_to(np.asarray(found, float), expected.shape), expected, tolerance, tolerance
    )


def test_the_examples_have_every_row():
    found = {operation for operation, _, _ in CASES}
    assert set(ROWS) - found == set()
    assert set(ENTRYWISE) - found <= {"asin", "acos", "atan", "sinh", "cosh", "elu", "leaky_relu",
                                      "power", "softsign"}  # fmt: skip


def check(row, inputs):
    """Hold a row's code to its texts, and its products to differences along one direction."""
    chance = np.random.default_rng(4)
    out = compute(row, *inputs)
    assert np.shape(out) == row.shape
    same(evaluated(row.value, row.inputs, inputs), out)
    g = chance.standard_normal(row.shape)
    for which, text in enumerate(row.products):
        if not text:
            continue
        sent = pass_back(row, which, g, out, *inputs)
        assert np.shape(sent) == row.shapes[which]
        same(evaluated(text, ("g", "out", *row.inputs), (g, out, *inputs)), sent)
        direction, h = chance.standard_normal(row.shapes[which]), 1e-6
        moved = [[*inputs], [*inputs]]
        for side, sign in zip(moved, (1, -1), strict=True):
            side[which] = inputs[which] + sign * h * direction
        up, down = (np.sum(g * compute(row, *side)) for side in moved)
        along = np.sum(sent * direction)
        scale = np.sum(np.abs(g)) + abs(along)
        assert abs((up - down) / (2 * h) - along) < 1e-7 * scale


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[2]}")
def test_a_row_does_what_its_texts_say(case):
    check(array_row(*case), inputs_of(case, np.random.default_rng(3)))


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("product_kernels", "out * (g - total(g * out, 0, None, None, True) * 1.0001)"),
        ("products", "out * (g - sum(g * out, axis=1, keepdims=True))"),
        ("kernel", "exp(x) / 1.0001"),
    ],
)
def test_a_row_that_is_slightly_wrong_would_be_found(part, wrong):
    case = ("softmax", (0,), ((4, 4),))
    inputs = inputs_of(case, np.random.default_rng(3))
    row = array_row(*case)
    check(row, inputs)
    with pytest.raises(AssertionError):
        check(replace(row, **{part: wrong if part == "kernel" else (wrong,)}), inputs)


def test_a_product_whose_text_and_code_are_both_wrong_would_be_found():
    case = ("tanh", (), ((4,),))
    row = replace(array_row(*case), products=("g * (1 - out)",), product_kernels=("g * (1 - out)",))
    with pytest.raises(AssertionError):
        check(row, inputs_of(case, np.random.default_rng(3)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[2]}")
def test_each_product_is_itself_a_line_of_the_language(case):
    row = array_row(*case)
    for text in filter(None, row.products):
        builder = Builder(limited=False)
        shapes = (row.shape, row.shape, *row.shapes)
        for name, shape in zip(("g", "out", *row.inputs), shapes, strict=True):
            position = builder.add(Node(name, given=name != "g", shape=shape))
            if is_index(case, name, shape):
                builder.indices.add(position)
        builder.compute_line("r", ast.fix_missing_locations(ast.parse(text, mode="eval").body))
        shape = builder.shape(builder.places["r"])
        assert shape in [s for s, product in zip(row.shapes, row.products, strict=True)
                         if product == text]  # fmt: skip
        graph = Graph(tuple(builder.nodes))
        assert graph.varying()[graph.output]  # and it can be passed back through once more


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("maximum(x, y)", [0.5, 0, 1]),
        ("minimum(x, y)", [0.5, 1, 0]),
        ("max(x)", [0.5, 0, 0.5]),
        ("min(x)", [0, 1, 0]),
        ("first_max(x)", [1, 0, 0]),
        ("relu(x - 2)", [0, 0, 0]),
        ("abs(x - 2)", [0, -1, 0]),
        ("max_pool1d(reshape(x, (1, 1, 3)), 3)", [1, 0, 0]),
    ],
)
def test_ties_are_shared_evenly_but_by_pooling(text, sent):
    graph = program(f"x : 3 = [2, 1, 2]\ny : given 3 = [2, 3, 0]\nL = sum({text})")
    same(differentiate(graph, graph.at).gradient["x"], sent)
