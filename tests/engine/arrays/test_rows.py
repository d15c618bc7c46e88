"""Each word computes what its text says, and passes back what differences find."""

import ast
from dataclasses import replace

import numpy as np
import pytest

from backprop.engine.arrays.builder import Builder
from backprop.engine.arrays.rows import ENTRYWISE, ROWS, array_row
from backprop.engine.backward import differentiate
from backprop.engine.graph import Graph, Node
from backprop.engine.ops import compute, pass_back
from backprop.engine.program import program
from tests.kit.rows import CASES, evaluated, inputs_of, is_index, same


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
