import ast
import builtins
import math

import pytest

import backprop
from backprop.engine.families import FAMILIES
from backprop.engine.graph import Builder, Graph, Node
from backprop.engine.network import Network
from backprop.engine.ops import OPS, Operation
from backprop.notation.export.spelling import Code


def code_of(graph, at, library="np", taken=("np",)):
    return Code(backprop.differentiate(graph, at), library, taken)


def value_of(text, at, library="np"):
    """How the last node of a typed formula is computed."""
    code = code_of(backprop.parse(text), at, library)
    return code.value(len(code.names) - 1)


def graph_of(row):
    builder = Builder()
    builder.node(row.name, [builder.leaf(name) for name in row.inputs])
    return builder.graph()


def test_no_name_hides_another_one():
    graph = backprop.parse("np * g_x + x * check / print + g_np")
    code = code_of(graph, dict.fromkeys(graph.variables, 1.0), taken=("np", "check"))
    named = dict(zip((node.name for node in graph.nodes), code.names, strict=True))
    assert named["np"] == "np_"
    assert named["check"] == "check_"
    assert named["print"] == "print_"
    assert code.slopes[graph.position("x")] == "g_x_"
    assert code.slopes[graph.position("np")] == "g_np_"
    used = (*code.names, *code.slopes)
    assert len(set(used)) == len(used)
    assert not set(used) & {"np", "check", *dir(builtins)}


def test_a_name_that_is_no_identifier_becomes_one_as_python_reads_it():
    names = ("a b", "1st", "ϑ", "θ", "class", "a'b\"")
    graph = Graph(tuple(map(Node, names)))
    code = code_of(graph, dict.fromkeys(names, 1.0))
    assert code.names == ("a_b", "v1st", "θ", "θ_", "class_", "a_b_")


@pytest.mark.parametrize(
    ("text", "at", "numpy", "torch"),
    [
        ("x^2", 3, "x ** 2", "x ** 2"),
        ("-π", 3, "-np.float64(np.pi)", "-torch.tensor(torch.pi)"),
        ("exp(2)", 3, "np.exp(2)", "torch.exp(torch.tensor(2.0))"),
        ("1/0", 3, "np.float64(1) / np.float64(0)", "torch.tensor(1.0) / torch.tensor(0.0)"),
        ("x/0", 3, "x / 0", "x / 0"),
        ("max(x, 1)", 3, "np.where(x >= 1, x, 1.0)", "torch.maximum(x, torch.tensor(1.0))"),
        ("relu(x)", 3, "np.where(x <= 0, 0.0, x)", "torch.relu(x)"),
        ("|x|", 3, "np.abs(x)", "torch.abs(x)"),
        ("-x", 3, "-x", "-x"),
    ],
)
def test_a_value_is_written_as_a_person_would(text, at, numpy, torch):
    at = {"x": at} if "x" in backprop.parse(text).variables else {}
    assert value_of(text, at) == numpy
    assert value_of(text, at, "torch") == torch


def test_a_rule_is_the_textbooks_where_that_gives_the_number_and_the_engines_elsewhere():
    assert value_of("softplus(x)", {"x": 2}) == "np.log(1 + np.exp(x))"
    assert "np.log1p" in value_of("softplus(x)", {"x": 1000})
    slope = code_of(backprop.parse("x^y"), {"x": 0, "y": 2}).partial(2, 1)
    assert ast.unparse(slope).startswith("np.where(x == 0, 0 * y, ")
    slope = code_of(backprop.parse("x^y"), {"x": 3, "y": 2}).partial(2, 1)
    assert ast.unparse(slope) == "v1 * np.log(x)"


def test_scores_that_overflow_are_taken_from_the_largest():
    graph = graph_of(FAMILIES["cross_entropy"].build(4))
    at = {"z1": 1000, "z2": 998, "y1": 0, "y2": 1}
    assert "np.max([z1, z2])" in code_of(graph, at).value(4)
    assert "torch.stack([z1, z2]).max()" in code_of(graph, at, "torch").value(4)


def test_a_new_row_reaches_the_code_without_another_edit(monkeypatch):
    row = Operation(
        name="ahead",
        symbol="ahead",
        title="whether it is positive",
        inputs=("x",),
        value="where(x <= 0, 0, 1)",
        partials=("0",),
        samples=((2.0,),),
    )
    monkeypatch.setitem(OPS, "ahead", row)
    graph = graph_of(row)
    assert code_of(graph, {"x": 2}).value(1) == "np.where(x <= 0, 0.0, 1.0)"
    # so that autograd finds a way from the result to x
    torch = code_of(graph, {"x": 2}, "torch").value(1)
    assert torch == "torch.where(x <= 0, 0.0, 1.0) + 0 * x"


@pytest.mark.parametrize(
    ("text", "x", "settled"),
    [
        ("max(x, 1)", 0.0, True),
        ("max(x, 1)", math.nan, False),
        ("max(log(x), 1)", -1.0, False),
        ("log(x)", -1.0, True),
        ("x^-1", 0.0, False),
        ("1/x", 0.0, True),
    ],
)
def test_conventions_are_settled_where_the_rows_that_have_their_own_are_finite(text, x, settled):
    assert code_of(backprop.parse(text), {"x": x}, "torch").is_settled() == settled


def test_a_graph_of_arrays_is_not_written_line_by_line():
    network = Network((1, 1), ("linear",))
    graph = network.graph("layers")
    at = network.batch(network.initialize(seed=1), [[1.0]], [[1.0]])
    with pytest.raises(AssertionError, match="computes numbers"):
        code_of(graph, at).value(graph.position("Z1"))
