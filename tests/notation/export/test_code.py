import itertools
import math
import re
import warnings

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import backprop
from backprop.engine.errors import InputError, PointError
from backprop.engine.families import FAMILIES
from backprop.engine.graph import Builder, Graph, Node
from backprop.engine.network import Network
from backprop.engine.ops import FUNCTIONS, OPS
from backprop.notation.export.code import latex_derivation, numpy_code, pytorch_code
from backprop.notation.names import label_of

ROWS = [*OPS.values(), *(f.build(width) for f in FAMILIES.values() for width in f.widths)]
SAMPLES = [
    pytest.param(row, point, id=f"{row.name}{point}") for row in ROWS for point in row.samples
]
NEURON = "1/(1 + exp(-(w0*x0 + w1*x1 + w2)))"
EXPRESSIONS = [
    ("(x + y) * z", {"x": -2, "y": 5, "z": -4}),
    (NEURON, {"w0": 2, "x0": -1, "w1": -3, "x1": -2, "w2": -3}),
    ("tanh(x1*w1 + x2*w2 + b)", {"x1": 2, "w1": -3, "x2": 0, "w2": 1, "b": 6.8813735870195432}),
    ("max(x, y) + min(x, y, 0) + |x| + relu(x) + leaky_relu(y)", {"x": 0, "y": 0}),
    ("max(x, y)^2 + sign(x) + step(y)", {"x": 1, "y": 1}),
    ("x^y + x^2 + 2^x + x^-1", {"x": 1.5, "y": -0.5}),
    ("x^2 + x^y", {"x": 0, "y": 2}),
    ("x*x + exp(x*y)", {"x": 2, "y": 0.5}),
    ("e^x / π + exp(2) + 2*3", {"x": 1}),
    ("x * exp(1000) + max(1, 2) - log(-1)", {"x": 1}),
    ("log(x)", {"x": -1}),
    ("1/x + 1/0", {"x": 0}),
    ("exp(exp(x)) * y", {"x": 8, "y": -1}),
    ("sigmoid(x) + softplus(y)", {"x": -800, "y": 800}),
    ("step(x)^sign(x) + 2^sign(x)", {"x": -3}),
    ("(x + 1e10) - 1e10", {"x": 0.3}),
    ("10000000000 * x / 1e200 ** 2", {"x": 3}),
    ("θ * w_1", {"θ": 2, "w_1": 3}),
    ("x", {"x": 2}),
    ("7", {}),
    ("3/0", {}),
]


def graph_of(row):
    """A graph of one operation; of a variable for each of its inputs."""
    builder = Builder()
    builder.node(row.name, [builder.leaf(name) for name in row.inputs])
    return builder.graph()


def run(code):
    scope = {}
    exec(code, scope)
    return scope


def check(graph, at):
    """Run the exported NumPy code; its gradient must be the engine's."""
    found = run(numpy_code(graph, at))["gradient"]
    ours = backprop.differentiate(graph, at).gradient
    assert list(found) == list(ours)
    for name, slope in ours.items():
        assert float(found[name]) == pytest.approx(slope, rel=1e-9, nan_ok=True)


@pytest.mark.parametrize(("row", "point"), SAMPLES)
def test_the_numpy_code_of_every_operation_finds_our_gradient(row, point):
    check(graph_of(row), dict(zip(row.inputs, point, strict=True)))


@pytest.mark.parametrize("share", [False, True])
@pytest.mark.parametrize(("text", "at"), EXPRESSIONS)
def test_the_numpy_code_of_an_expression_finds_our_gradient(text, at, share):
    check(backprop.parse(text, share=share), at)


@pytest.mark.parametrize("detail", ["operations", "neurons"])
@pytest.mark.parametrize(
    ("activation", "loss"), [("sigmoid", "binary_cross_entropy"), ("softmax", "cross_entropy")]
)
def test_the_numpy_code_of_a_network_finds_our_gradient(activation, loss, detail):
    network = Network((2, 3, 2), ("relu", activation), loss=loss)
    point = network.point(network.initialize(seed=1), [0.5, 0.1], [0.0, 1.0])
    check(network.graph(detail), point)


NAMES = ("x", "y", "θ", "np", "g_x", "v1", "check", "sum", "gradient", "constant", "é")
UNARY = [name for name, row in FUNCTIONS.items() if len(row.inputs) == 1]
formulas = st.recursive(
    st.sampled_from(NAMES) | st.sampled_from(("0", "1", "2", "-1", "0.5", "1e200", "e", "pi")),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/^"), inner).map(lambda t: f"({t[0]}){t[1]}({t[2]})"),
        inner.map(lambda x: f"-({x})"),
        st.tuples(st.sampled_from(UNARY), inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(st.sampled_from(("max", "min")), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})"
        ),
    ),
    max_leaves=10,
)
numbers = st.sampled_from((0.0, 1.0, -1.0, 0.3, -2.5, 800.0)) | st.floats(-1e3, 1e3)


@given(formulas, st.booleans(), st.lists(numbers, min_size=len(NAMES), max_size=len(NAMES)))
def test_the_numpy_code_of_any_expression_runs_and_finds_our_gradient(text, share, at):
    try:
        graph = backprop.parse(text, share=share)
    except InputError:
        assume(False)
    at = {name: x for name, x in zip(NAMES, at, strict=True) if name in graph.variables}
    found = run(numpy_code(graph, at))["gradient"]
    trace = backprop.differentiate(graph, at)
    assert list(found) == list(trace.gradient)
    tame = all(x == 0 or 1e-9 < abs(x) < 1e9 for x in (*trace.values, *trace.gradients))
    for name, slope in trace.gradient.items() if tame else ():  # else rounding may be all
        assert float(found[name]) == pytest.approx(slope, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("x", [-800.0, -40.0, 40.0, 800.0])
@pytest.mark.parametrize(
    "text", ["log(sigmoid(x))", "log(1 - sigmoid(x))", "tanh(x)", "x*log(1 - sigmoid(x)) + x"]
)
def test_the_numpy_code_of_a_saturated_unit_finds_our_gradient(text, x):
    check(backprop.parse(text), {"x": x})


def test_where_nothing_is_saturated_the_textbook_is_printed():
    code = numpy_code(backprop.parse("log(1 - sigmoid(x))"), {"x": 0.5})
    assert "v2 = 1 - v1  #" in code
    assert "v3 = np.log(v2)  #" in code


def test_logsumexp_is_pytorchs_own_function():
    code = pytorch_code(backprop.parse("logsumexp(x, y)"), {"x": 1000.0, "y": 1000.0})
    assert "v1 = torch.logaddexp(x, y)  # 1000.69314718" in code


def test_the_numpy_code_is_what_one_would_write():
    code = numpy_code(backprop.parse("(x + y) * z^2"), {"x": -2, "y": 0.5, "z": -4})
    program, check_by_differences = code.split("\n\n\n", 1)
    assert program == (
        "# (x + y) * z^2\n"
        "import numpy as np\n"
        "\n"
        "x = np.float64(-2)\n"
        "y = np.float64(0.5)\n"
        "z = np.float64(-4)\n"
        "\n"
        'with np.errstate(all="ignore"):  # what overflows is inf, what is undefined nan\n'
        "    # Forward pass\n"
        "    v1 = x + y  # -1.5\n"
        "    v2 = z ** 2  # 16.0\n"
        "    v3 = v1 * v2  # -24.0\n"
        "\n"
        "    # Backward pass\n"
        "    g_v3 = 1.0\n"
        "    g_v2 = g_v3 * v1  # -1.5\n"
        "    g_v1 = g_v3 * v2  # 16.0\n"
        "    g_z = g_v2 * (2 * z ** (2 - 1))  # 12.0\n"
        "    g_y = g_v1  # 16.0\n"
        "    g_x = g_v1  # 16.0\n"
        "\n"
        'gradient = {"x": g_x, "y": g_y, "z": g_z}'
    )
    assert "def function(x, y, z):\n    v1 = x + y\n" in check_by_differences
    assert check_by_differences.endswith(
        "check(\n"
        "    [x, y, z],\n"
        "    [x, y, z, v1, v2, v3],\n"
        "    [g_x, g_y, g_z, g_v1, g_v2, g_v3],\n"
        ")\n"
    )


def test_the_gradient_of_a_quantity_is_the_sum_over_its_uses():
    code = numpy_code(backprop.parse("x*y - x"), {"x": 2, "y": 3})
    assert "g_x = g_v1 * y - g_v2  # 2.0" in code


def test_the_numpy_code_prints_both_slopes_of_every_variable(capsys):
    run(numpy_code(backprop.parse("x * y"), {"x": 2, "y": 3}))
    assert capsys.readouterr().out.splitlines() == [
        "x: 3 by backpropagation, 3 by differences",
        "y: 2 by backpropagation, 2 by differences",
    ]


def test_the_check_of_the_numpy_code_catches_a_gradient_that_is_wrong_by_a_thousandth():
    code = numpy_code(backprop.parse("x * y"), {"x": 2, "y": 3})
    wrong = code.replace("g_x = g_v1 * y", "g_x = 1.001 * g_v1 * y")
    assert wrong != code
    with pytest.raises(AssertionError, match="x: at a kink, or the gradient is wrong"):
        run(wrong)


@pytest.mark.parametrize(
    ("text", "at", "unclear"),
    [
        ("relu(x) + y", 0, ["x"]),
        ("max(x, y)", 1, []),  # the differences too go half and half
        ("log(x)", -1, ["x"]),
        ("sign(x)", 0, ["x"]),
        ("x^2", 0, []),
    ],
)
def test_nothing_is_asserted_where_differences_cannot_tell(text, at, unclear):
    graph = backprop.parse(text)
    code = numpy_code(graph, dict.fromkeys(graph.variables, at))
    found = re.search(r"unclear=\[(.*)\]", code)
    assert re.findall(r'"(\w+)"', found[1] if found else "") == unclear
    run(code)


def test_a_long_list_is_broken_into_lines():
    text = " + ".join(f"a_long_name_{i}" for i in range(20))
    graph = backprop.parse(text)
    code = numpy_code(graph, dict.fromkeys(graph.variables, 1))
    check(graph, dict.fromkeys(graph.variables, 1))
    assert max(map(len, code.splitlines()[1:])) <= 100
    assert not code.startswith("#")  # the formula is too long for a line


def test_what_is_held_fixed_has_no_gradient_in_the_code():
    graph = Network((1, 1), ("linear",)).graph("operations")
    point = dict.fromkeys(graph.variables, 2.0)
    assert "g_x1" not in numpy_code(graph, point)
    assert "x1 = torch.tensor(2.0)\n" in pytorch_code(graph, point)


def test_a_variable_that_reaches_nothing_has_gradient_0_in_the_code():
    graph = Graph((Node("x"), Node("y"), Node("v", "exp", (0,))))
    check(graph, {"x": 1, "y": 2})
    assert "y.grad" not in pytorch_code(graph, {"x": 1, "y": 2})


@pytest.mark.parametrize("export", [numpy_code, pytorch_code])
def test_a_point_that_does_not_fit_is_refused(export):
    with pytest.raises(PointError):
        export(backprop.parse("x + y"), {"x": 1})


def test_the_numpy_code_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(numpy_code(backprop.parse("log(x) / 0 + exp(y)"), {"x": 0, "y": 1e9}))


def test_the_pytorch_code_is_what_one_would_write():
    code = pytorch_code(backprop.parse("max(x, 0) * exp(2) / y^2"), {"x": 1.5, "y": -2})
    assert code == (
        "# max(x, 0) * exp(2) / y^2\n"
        "import torch\n"
        "\n"
        "torch.set_default_dtype(torch.float64)\n"
        "x = torch.tensor(1.5, requires_grad=True)\n"
        "y = torch.tensor(-2.0, requires_grad=True)\n"
        "\n"
        "# Forward pass\n"
        "v1 = torch.maximum(x, torch.tensor(0.0))  # 1.5\n"
        "v2 = torch.exp(torch.tensor(2.0))  # 7.38905609893065\n"
        "v3 = v1 * v2  # 11.083584148395975\n"
        "v4 = y ** 2  # 4.0\n"
        "v5 = v3 / v4  # 2.7708960370989937\n"
        "\n"
        "# Backward pass\n"
        "v5.backward()\n"
        "torch.testing.assert_close(x.grad, torch.tensor(1.8472640247326626))\n"
        "torch.testing.assert_close(y.grad, torch.tensor(2.7708960370989937))\n"
        'print("PyTorch finds the same gradient.")\n'
    )


def test_the_pytorch_code_of_a_constant_has_no_backward_pass():
    assert "backward" not in pytorch_code(backprop.parse("3/0"), {})


def test_where_conventions_differ_the_pytorch_code_shows_ours_and_asserts_nothing():
    code = pytorch_code(backprop.parse("max(log(x), 1)"), {"x": -1})
    assert code.endswith("print(x.grad)  # ours: -0.5\n")
    assert "assert" not in code
    assert "equal_nan=True" in pytorch_code(backprop.parse("sqrt(x) * 0"), {"x": 0})


def _torch_cases():
    special = (0.0, 1.0, -1.0, 800.0, math.inf, math.nan)
    for row in ROWS:
        points = list(row.samples)
        if len(row.inputs) <= 2:
            points += itertools.product(special, repeat=len(row.inputs))
        for point in points:
            yield graph_of(row), dict(zip(row.inputs, point, strict=True))
    for text, at in EXPRESSIONS:
        yield backprop.parse(text), at
    scores = {"z1": 1000, "z2": 998, "y1": 0, "y2": 1}
    yield graph_of(FAMILIES["cross_entropy"].build(4)), scores


def test_pytorch_finds_our_gradient():
    torch = pytest.importorskip("torch")
    before = torch.get_default_dtype()
    for graph, at in _torch_cases():
        run(pytorch_code(graph, at))
    torch.set_default_dtype(before)


def test_a_derivation_is_the_body_of_a_document():
    trace = backprop.differentiate(backprop.parse("x * y"), {"x": 2, "y": -3})
    first, *rest = latex_derivation(trace, label_of).split("\n\\[\n")
    assert first == "At $x = 2$, $y = -3$:\n\\subsection*{Function}"
    assert [part.replace("\\begin{aligned}\n", "") for part in rest] == [
        "v_{1} &= x y\n\\end{aligned}\n\\]\n\\subsection*{Forward pass}",
        "v_{1} &= x y \\\\\n&= 2 \\times \\left( -3 \\right) \\\\\n&= -6\n\\end{aligned}\n\\]\n"
        "\\subsection*{Backward pass}",
        "\\frac{\\partial v_{1}}{\\partial v_{1}} &= 1\n\\end{aligned}\n\\]",
        "\\frac{\\partial v_{1}}{\\partial y} &= x \\\\\n&= 2\n\\end{aligned}\n\\]",
        "\\frac{\\partial v_{1}}{\\partial x} &= y \\\\\n&= -3\n\\end{aligned}\n\\]\n"
        "\\subsection*{Gradient}",
        "\\frac{\\partial v_{1}}{\\partial x} &= -3\n\\end{aligned}\n\\]",
        "\\frac{\\partial v_{1}}{\\partial y} &= 2\n\\end{aligned}\n\\]\n",
    ]


def _is_closed(text):
    return text.count(r"\left") == text.count(r"\right") and text.count("{") == text.count("}")


@pytest.mark.parametrize(("row", "point"), SAMPLES)
def test_the_derivation_of_every_operation_closes_its_braces(row, point):
    trace = backprop.differentiate(graph_of(row), dict(zip(row.inputs, point, strict=True)))
    assert _is_closed(latex_derivation(trace, label_of))


@pytest.mark.parametrize("share", [False, True])
@pytest.mark.parametrize(("text", "at"), EXPRESSIONS)
def test_the_derivation_of_an_expression_closes_its_braces(text, at, share):
    trace = backprop.differentiate(backprop.parse(text, share=share), at)
    written = latex_derivation(trace, label_of)
    assert _is_closed(written)
    assert not re.search(r"[^\x00-\x7f]", written)
