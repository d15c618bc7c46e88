"""Programs of arrays compute and differentiate as PyTorch does."""

import numpy as np
import pytest

from backprop.engine.arrays.uses import uses
from backprop.engine.backward import differentiate, plain_record
from backprop.engine.errors import PointError, ShapeError
from backprop.engine.program import program, read
from backprop.engine.trace import Trace
from tests.kit.programs import NAMES, REFERENCE, close, traced

WAYS = pytest.mark.parametrize("opened", [False, True], ids=["closed", "opened"])
TEXT = """
X : given 4 x 3 = random 1
W : 2 x 3 = random 2 * 0.6
Z = X @ W.T
L = mean(tanh(Z) ** 2)
"""


@WAYS
@pytest.mark.parametrize("name", NAMES)
def test_values_and_gradients_are_those_of_pytorch(name, opened):
    trace, kept = traced(name, opened=opened), REFERENCE[name]
    for line, expected in kept["values"].items():
        close(trace.values[trace.graph.position(line)], np.array(expected, float))
    for leaf, expected in kept["gradients"].items():
        close(trace.gradients[trace.graph.position(leaf)], expected)
    for line, expected in kept["line_gradients"].items():
        close(trace.gradients[trace.graph.position(line)], expected)


@pytest.mark.parametrize("name", [name for name in NAMES if REFERENCE[name]["drawn"]])
def test_leaves_are_drawn_as_the_text_says(name):
    graph = traced(name).graph
    for leaf, expected in REFERENCE[name]["drawn"].items():
        np.testing.assert_array_equal(graph.at[leaf], expected)


@pytest.mark.parametrize("name", NAMES)
def test_an_opened_program_has_the_same_numbers(name):
    closed, opened = traced(name), traced(name, opened=True)
    close(opened.value, closed.value, 1e-13)
    for leaf in closed.graph.parameters:
        found = opened.gradients[opened.graph.position(leaf)]
        close(found, closed.gradients[closed.graph.position(leaf)], 1e-12)


@pytest.mark.parametrize("name", ["mlp", "conv2d_pool", "lstm_cell", "transformer_block"])
def test_the_plain_loops_find_the_same_as_the_generated_code(name):
    trace = traced(name)
    plain = Trace(trace.graph, *plain_record(trace.graph, trace.graph.at))
    for column in ("values", "gradients", "products", "totals"):
        for found, expected in zip(getattr(plain, column), getattr(trace, column), strict=True):
            close(found, expected, 1e-13)


def test_what_is_opened_is_another_program():
    closed, opened = read(TEXT), read(TEXT, opened=("Z",))
    assert closed != opened
    assert closed != "Z"
    assert [line.name for line in opened.lines] == ["X", "W", "Z", "Z.1", "Z", "L"]
    assert closed == read(TEXT)


def test_values_of_leaves_can_be_replaced():
    found = program(TEXT, {"W": np.zeros((2, 3))})
    assert differentiate(found, found.at).value == 0
    assert found.shape("Z") == (4, 2)
    assert found.line("Z").number == "3"
    with pytest.raises(PointError, match="There is no leaf “V” here"):
        program(TEXT, {"V": 1})
    with pytest.raises(PointError, match="The values of “W” are 3×2, and its shape is 2×3"):
        program(TEXT, {"W": np.zeros((3, 2))})
    with pytest.raises(PointError, match="There is no line “Q”"):
        found.line("Q")


def test_an_output_that_is_no_number_is_refused_with_what_would_help():
    with pytest.raises(ShapeError, match="The last line, L, is 4×2") as error:
        program(TEXT.replace("mean(tanh(Z) ** 2)", "tanh(Z)"))
    assert "sum(L)" in error.value.hint
    assert "L[0, 0]" in error.value.hint


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("2 x 2 = eye", [[1, 0], [0, 1]]),
        ("2 = zeros", [0, 0]),
        ("2 = ones", [1, 1]),
        ("2 = -0.5", [-0.5, -0.5]),
        ("2 = [-1, +2]", [-1, 2]),
        ("2 = random 4 * 2", [-1.304, -0.349]),
        ("index 3 = random 1 below 3", [1, 1, 2]),
        ("index scalar = random 1 below 3", 1),
        ("scalar = 3", 3),
    ],
)
def test_a_leaf_takes_its_values_from_its_source(source, expected):
    graph = program(f"x : 5 = ones\na : {source}\nL = sum(x)")
    np.testing.assert_array_equal(graph.at["a"], expected)


def test_stored_values_come_with_the_program():
    text = "x : 2 = stored\nL = sum(x)"
    with pytest.raises(PointError, match="“x” is stored, and its values were not sent"):
        program(text)
    assert program(text, {"x": [1, 2]}).at["x"].tolist() == [1, 2]
    with pytest.raises(PointError, match="The values of “x” are no numbers"):
        program(text, {"x": ["a", "b"]})


def test_the_last_line_may_have_no_name():
    assert read("L : 2 = ones\nL2 = L\nL * L2").lines[-1].name == "L3"
    assert read("x : 2 = ones\nsum(x)").lines[-1].name == "L"


def test_what_nothing_needs_is_computed_and_sends_nothing():
    graph = program("x : 2 = ones\nc : given 2 = ones\na = c * 2\nb = x * 3\nL = sum(x) + a[0]")
    trace = differentiate(graph, graph.at)
    assert trace.gradient["x"].tolist() == [1, 1]
    assert [(use.line, use.name) for use in uses(graph)] == [("L", "x")]


def test_names_of_libraries_are_left_out():
    graph = program("x : 4 = ones\nL = np.sum(np.pi * torch.nn.functional.softmax(x, dim=-1))")
    assert differentiate(graph, graph.at).value == pytest.approx(np.pi)
    assert read("x : 8 = ones\nL = sum(x[0 : len(x) // 2 : 2.0])").nodes[-1].shape == ()


@pytest.mark.parametrize(("line", "slope"), [("x / 0", np.inf), ("x / -0.0", -np.inf)])
def test_what_is_divided_by_a_typed_0_is_infinite(line, slope):
    graph = program(f"x : 2 = [1, 2]\nL = sum({line})")
    trace = differentiate(graph, graph.at)
    assert trace.value == slope
    assert trace.gradient["x"].tolist() == [slope, slope]
