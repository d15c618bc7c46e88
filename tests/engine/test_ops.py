"""The rows, tested by table: each value, each slope, and what NaN and infinity do."""

import itertools
import math

import numpy as np
import pytest

from backprop.engine.array_ops import ARRAY_OPS
from backprop.engine.backward import gradient
from backprop.engine.compiled.rules import ARRAYS, FLOATS, compiled, write
from backprop.engine.differences.slopes import central_differences
from backprop.engine.errors import UnknownNameError
from backprop.engine.families import FAMILIES, find_operation
from backprop.engine.forward import value
from backprop.engine.graph import Builder
from backprop.engine.ops import OPS, template

ROWS = [*OPS.values(), *(family.build(w) for family in FAMILIES.values() for w in family.widths)]
each_row = pytest.mark.parametrize("op", ROWS, ids=lambda op: f"{op.name}-{len(op.inputs)}")
POINTS = [
    pytest.param(op, np.array(p), id=f"{op.name}-{'-'.join(f'{x:.3g}' for x in p)}")
    for op in ROWS
    for p in op.samples
]
at_each_point = pytest.mark.parametrize(("op", "point"), POINTS)
EDGES = (0.0, 1.0, -1.0, math.inf, -math.inf, math.nan, 1e308, -1e308, 5e-324, -800.0)


@at_each_point
def test_the_local_derivative_is_the_slope_of_the_value(op, point):
    h = 1e-6
    slopes = op.local_derivatives(op.evaluate(*point), *point)
    for slope, nudge in zip(slopes, h * np.eye(len(point)), strict=True):
        rise = op.evaluate(*(point + nudge)) - op.evaluate(*(point - nudge))
        assert slope == pytest.approx(rise / (2 * h), rel=1e-7, abs=1e-8)


@at_each_point
def test_the_kernels_agree_with_the_printed_text(op, point):
    with np.errstate(all="ignore"):
        out = printed(op, op.value)(None, *point)
        assert op.evaluate(*point) == pytest.approx(out, rel=1e-12, nan_ok=op.name == "xlogy")
        for slope, text in zip(op.local_derivatives(out, *point), op.partials, strict=True):
            expected = printed(op, text)(out, *point)
            assert slope == pytest.approx(expected, rel=1e-12, abs=1e-300)


def printed(op, text):
    arguments = ", ".join(("out", *op.inputs))
    return compiled("printed", arguments, [f"return {write(text, {}, ARRAYS, OPS)}"], ARRAYS)


@at_each_point
def test_floats_columns_and_numbers_give_the_same(op, point):
    text = write(op.code, {}, FLOATS, OPS)
    on_floats = compiled("on_floats", ", ".join(op.inputs), [f"return {text}"], FLOATS)
    assert on_floats(*point.tolist()) == pytest.approx(float(op.evaluate(*point)), rel=1e-14)
    columns = [np.array([number, number]) for number in point]
    np.testing.assert_allclose(op.evaluate(*columns), [op.evaluate(*point)] * 2, rtol=1e-14)


@each_row
def test_nan_passes_through(op):
    for which in range(len(op.inputs)):
        point = list(op.samples[0])
        point[which] = math.nan
        if op.name == "where" and which == 2:  # the branch that is not taken
            assert op.evaluate(*point) == point[1]
            continue
        assert math.isnan(op.evaluate(*point))


@each_row
def test_no_number_makes_a_row_raise_or_warn(op):
    widest = [*zip(*[EDGES] * len(op.inputs), strict=True)]
    for point in itertools.product(EDGES, repeat=len(op.inputs)) if len(op.inputs) < 3 else widest:
        op.local_derivatives(op.evaluate(*point), *point)


@pytest.mark.parametrize("name", ["max", "min"])
def test_a_tie_is_shared_half_and_half(name):
    assert OPS[name].evaluate(2.0, 2.0) == 2.0
    assert OPS[name].local_derivatives(2.0, 2.0, 2.0) == (0.5, 0.5)


@pytest.mark.parametrize(("name", "slope"), [("relu", 0.0), ("abs", 0.0), ("leaky_relu", 0.01)])
def test_at_a_kink_the_slope_is_the_one_pytorch_takes(name, slope):
    assert OPS[name].local_derivatives(0.0, 0.0) == (slope,)


@pytest.mark.parametrize(
    ("name", "point", "expected"),
    [
        ("sigmoid", (-800.0,), 0.0),
        ("sigmoid", (800.0,), 1.0),
        ("softplus", (1000.0,), 1000.0),
        ("softplus", (-50.0,), math.exp(-50)),
        ("xlogy", (0.0, 0.0), 0.0),
        ("power", (0.0, 0.0), 1.0),
        ("leaky_relu", (-2.0,), -0.02),
    ],
)
def test_where_the_textbook_would_overflow_the_value_is_right(name, point, expected):
    assert OPS[name].evaluate(*point) == pytest.approx(expected, rel=1e-15)


def test_a_power_of_zero_has_the_slopes_pytorch_gives():
    assert OPS["power"].local_derivatives(0.0, 0.0, 2.0) == (0, 0)
    assert OPS["power"].local_derivatives(1.0, 0.0, 0.0) == (0, 0)


def test_a_certain_and_right_prediction_has_no_cross_entropy():
    row = find_operation("binary_cross_entropy", 2)
    assert row.evaluate(1.0, 1.0) == 0
    assert row.evaluate(0.0, 1.0) == math.inf
    assert row.local_derivatives(0.0, 1.0, 1.0)[0] == -1


def test_large_scores_do_not_overflow_cross_entropy():
    row = find_operation("cross_entropy", 4)
    assert row.evaluate(1000.0, 0.0, 1.0, 0.0) == 0
    assert row.local_derivatives(0.0, 1000.0, 0.0, 0.0, 1.0)[:2] == (1, -1)


@pytest.mark.parametrize("name", ARRAY_OPS)
def test_an_array_operation_passes_back_what_nudging_finds(name):
    row = ARRAY_OPS[name]
    rng = np.random.default_rng(1)
    at = {
        letter: rng.uniform(0.1, 0.9, shape)
        for letter, shape in zip(row.inputs, row.shapes, strict=True)
    }
    builder = Builder()
    pairs = zip(row.inputs, row.products, strict=True)
    inputs = [builder.leaf(letter, given=not product) for letter, product in pairs]
    node = builder.node(name, inputs, "out")
    if name.startswith("affine"):  # a scalar is needed: the loss of its output
        at["T"] = rng.uniform(size=(row.shapes[0][0], row.shapes[1][0]))
        builder.node("batch_half_squared_error", (node, builder.leaf("T", given=True)), "L")
    graph = builder.graph()
    _, found = gradient(graph, at)
    expected = central_differences(graph, at)
    for letter, slopes in expected.items():
        assert found[letter].shape == at[letter].shape
        np.testing.assert_allclose(found[letter], slopes, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("softmax(Z)", [[0.5, 0.5], [0.25, 0.75]]),
        ("log_sum_exp(Z)", [[1000 + math.log(2)], [math.log(4)]]),
        ("row_total(Z)", [[2000], [math.log(3)]]),
        ("squared_distance(Z, 2 * Z)", 2_000_000 + math.log(3) ** 2),
    ],
)
def test_a_phrase_means_its_text_and_large_scores_do_not_overflow(phrase, expected):
    scores = np.array([[1000.0, 1000.0], [0.0, math.log(3)]])
    text = template(phrase, ("Z",), ARRAYS).format("Z")
    np.testing.assert_allclose(
        compiled("phrase", "Z", [f"return {text}"], ARRAYS)(scores), expected
    )


def test_a_batch_may_hold_targets_that_are_certain():
    builder = Builder()
    inputs = builder.leaf("A"), builder.leaf("Y", given=True)
    builder.node("batch_binary_cross_entropy", inputs, "L")
    at = {"A": np.array([[0.0], [1.0]]), "Y": np.array([[0.0], [1.0]])}
    found, slopes = gradient(builder.graph(), at)
    assert found == 0
    np.testing.assert_array_equal(slopes["A"], [[0.5], [-0.5]])
    assert value(builder.graph(), at | {"A": np.array([[1.0], [1.0]])}) == math.inf


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.name)
def test_a_family_is_the_row_of_its_width(family):
    for width in family.widths:
        row = find_operation(family.name, width)
        assert (row.name, len(row.inputs)) == (family.name, width)
        assert len(row.partials) == len(row.inputs) == len(row.samples[0])


def test_an_unknown_operation_is_named():
    with pytest.raises(UnknownNameError, match="“fold”"):
        find_operation("fold", 1)


def test_a_wrong_number_of_inputs_is_the_programmers_mistake():
    with pytest.raises(AssertionError, match="takes 2 inputs, not 3"):
        find_operation("add", 3)


def test_an_array_operations_code_is_its_text():
    assert ARRAY_OPS["affine"].code == "dot(A, W.T) + b"
