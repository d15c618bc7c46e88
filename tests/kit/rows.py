"""Every row of the language at some shapes, and what its texts and codes come to."""

from dataclasses import replace
from functools import partial

import numpy as np

from backprop.engine.arrays.rows import ENTRYWISE, array_row
from backprop.engine.arrays.words import PROGRAMS
from backprop.engine.compiled.rules import compiled, write
from backprop.engine.ops import compute
from backprop.engine.program import read

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
