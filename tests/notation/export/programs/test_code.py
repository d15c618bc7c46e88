"""Every program as code: NumPy's is run here; PyTorch's and JAX's where they are installed."""

import ast
import builtins
import contextlib
import io
import warnings

import numpy as np
import pytest

from backprop.engine.backward import differentiate
from backprop.engine.errors import LimitError
from backprop.engine.program import program
from backprop.lessons.arrays.passes import passes_of
from backprop.lessons.arrays.presets import PRESETS
from backprop.notation.export.programs.code import jax_program, numpy_program, pytorch_program
from tests.kit.programs import NAMES, graph_of
from tests.kit.words import WORDS, program_of

DENSE = """X : given 2 x 3 = [[1, 2, 3], [4, 5, 6]]
W : 2 x 3 = [[0.5, -1, 0], [0, 0.25, 2]]
b : 2 = zeros
Z = X @ W.T + b
L = mean(Z ** 2) + sum(b)"""

PROGRAMS = [
    *(pytest.param(lambda p=p: passes_of(p.choices).program, id=p.name) for p in PRESETS),
    *(pytest.param(lambda n=n: graph_of(n), id=n) for n in NAMES),
    *(pytest.param(lambda n=n: graph_of(n, opened=True), id=f"{n}, opened") for n in NAMES),
    *(pytest.param(lambda n=n: program_of(n), id=n) for n in WORDS),
    *(
        pytest.param(lambda n=n: program_of(n, opened=True), id=f"{n}, opened")
        for n in ("layer norm", "two results", "names that are taken", "pooling")
    ),
]


def run(code):
    """Run a file; return its names, and what it printed."""
    scope, printed = {}, io.StringIO()
    with np.errstate(), contextlib.redirect_stdout(printed):
        exec(code, scope)
    return scope, printed.getvalue()


@pytest.mark.parametrize("made", PROGRAMS)
def test_the_numpy_code_of_a_program_finds_our_gradient(made):
    graph = made()
    scope, printed = run(numpy_program(graph))
    trace = differentiate(graph, graph.at)
    found = scope["gradient"]
    assert list(found) == list(trace.gradient)
    for name, slope in trace.gradient.items():
        assert np.shape(found[name]) == graph.shape(name)
        np.testing.assert_allclose(found[name], slope, 1e-12, 1e-12)
        assert f"{name}: " in printed


@pytest.mark.parametrize(("library", "write"), [("torch", pytorch_program), ("jax", jax_program)])
def test_another_library_finds_the_value_and_gradient_of_every_program(library, write):
    pytest.importorskip(library)
    for made in PROGRAMS:
        code = "import torch\n" * (library == "torch") + write(made.values[0]())
        reset = "\ntorch.set_default_dtype(torch.float32)" * (library == "torch")
        _, printed = run(code + reset)
        assert "finds the same value and gradient." in printed, made.id


@pytest.mark.parametrize("write", [pytorch_program, jax_program])
@pytest.mark.parametrize("name", ["transformer_block", "lstm_cell", "makemore", "conv2d_pool"])
def test_the_code_for_another_library_is_python(name, write):
    for opened in (False, True):
        code = write(graph_of(name, opened=opened))
        compile(code, name, "exec")
        assert code.count("assert_") == 1 + len(graph_of(name).parameters)


@pytest.mark.parametrize("write", [pytorch_program, jax_program])
def test_every_word_is_written_for_another_library(write):
    for name in WORDS:
        code = write(program_of(name))
        called = {
            node.func.id
            for node in ast.walk(ast.parse(code))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        defined = {each.name for each in ast.parse(code).body if isinstance(each, ast.FunctionDef)}
        assert called <= defined | {*dir(builtins)}, name


def test_the_numpy_code_is_what_one_would_write():
    code = numpy_program(program(DENSE))
    head, body = code.split("X = ", 1)
    assert head.startswith("# Both passes, line by line")
    assert "def fit(g, x):" in head
    assert "def spread(g, x, axis=None, keepdims=False):" in head
    assert "def placed" not in head
    passes, check = body.split("\n\n\n", 1)
    assert f"X = {passes}" == (
        "X = np.array(  # given, 2×3\n"
        "    [[1.0, 2.0, 3.0],\n"
        "     [4.0, 5.0, 6.0]]\n"
        ")\n"
        "W = np.array(  # 2×3\n"
        "    [[0.5, -1.0, 0.0],\n"
        "     [0.0, 0.25, 2.0]]\n"
        ")\n"
        "b = np.array([0.0, 0.0])  # 2\n"
        "\n"
        "# Forward pass\n"
        "Z = X @ W.T + b  # 2×2\n"
        "L = np.mean(Z ** 2) + np.sum(b)  # 57.265625\n"
        "\n"
        "# Backward pass\n"
        "# what is used several times is a sum over its uses, and begins at 0\n"
        "db = np.zeros(b.shape)\n"
        "dL = np.float64(1)\n"
        "dZ = spread(dL, Z ** 2) / 4 * (2 * Z)  # 2×2, through L\n"
        "db += spread(dL, b)  # 2, through L\n"
        "db += fit(dZ, b)  # 2, through Z\n"
        "dW = dZ.T @ X  # 2×3, through Z\n"
        "\n"
        'gradient = {"W": dW, "b": db}'
    )
    assert check.endswith("\n\n\ncheck([W, b])\n")


def test_a_wrong_line_of_the_numpy_code_is_caught_by_its_check():
    code = numpy_program(program(DENSE))
    wrong = code.replace("dW = dZ.T @ X", "dW = 1.001 * dZ.T @ X")
    assert wrong != code
    with pytest.raises(AssertionError, match="W: at a kink, or the gradient is wrong"):
        run(wrong)


def test_a_name_that_a_file_uses_has_another_in_it():
    text = "np : 2 = [1, 2]\ndnp = np * 2\nL = sum(dnp * np)"
    code = numpy_program(program(text))
    assert "# Names that Python or this file uses: np is called np_." in code
    scope, _ = run(code)
    np.testing.assert_array_equal(scope["gradient"]["np"], [4, 8])
    assert scope["dnp_"].tolist() == [4, 8]  # the gradient of np, and not the line dnp


def test_where_two_uses_meet_no_other_gradient_changes():
    text = "x : 2 = [1, 2]\na = x * 1\nb = a\nc = a\nL = sum(b * c) + sum(b)"
    scope, _ = run(numpy_program(program(text)))
    assert scope["da"].tolist() == [3, 5]
    assert scope["db"].tolist() == [2, 3]
    assert scope["dc"].tolist() == [1, 2]


def test_a_long_line_stands_in_brackets_on_several():
    code = numpy_program(program_of("softmax of all"))
    assert max(map(len, code.split("# Forward pass")[1].splitlines())) <= 100
    run(code)


def test_nothing_is_asserted_where_numbers_are_infinite_or_undefined():
    graph = program("x : 2 = [-1, 0]\nL = sum(log(x))")
    assert 'unclear=["x"]' in numpy_program(graph)
    run(numpy_program(graph))
    for write in (pytorch_program, jax_program):
        code = write(graph)
        assert "assert" not in code
        assert "each library has its own conventions" in code


def test_a_program_of_given_leaves_alone_has_no_check():
    graph = program("x : given 2 = [1, 2]\nL = sum(x)")
    scope, _ = run(numpy_program(graph))
    assert scope["gradient"] == {}
    assert "value, gradient = function(), ()" in jax_program(graph)
    assert "backward()" not in pytorch_program(graph)


def test_the_numbers_are_exact_and_those_that_are_none_are_named():
    at = {"x": [0.1 + 0.2, np.inf, -np.inf]}
    graph = program("x : 3 = zeros\ni : index scalar = 2\nL = sum(x[i] * 0 + x)", at)
    code = numpy_program(graph)
    assert "x = np.array([0.30000000000000004, np.inf, -np.inf])  # 3" in code
    assert "i = np.array(2)  # index, 1" in code
    assert "torch.tensor([0.30000000000000004, torch.inf" in pytorch_program(graph)


@pytest.mark.parametrize("write", [numpy_program, pytorch_program, jax_program])
def test_a_file_that_is_too_long_is_refused_in_words(write):
    text = "\n".join(f"a{k} : 64 x 64 = zeros" for k in range(5)) + "\nL = sum(a0)"
    with pytest.raises(LimitError, match="would hold 40,960 numbers") as refused:
        write(program(text))
    assert "At most 40,000" in refused.value.hint


def test_the_code_warns_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run(numpy_program(program("x : 2 = [0, 1]\nL = sum(log(x) / 0)")))
