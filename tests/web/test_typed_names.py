"""Any name is a variable, and text of any depth is read or refused in words."""

import contextlib
import io
import keyword
from urllib.parse import urlencode

import pytest

from app import create_app
from backprop.engine.expression import parse
from backprop.notation.export.code import numpy_code, pytorch_code


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """A client of the application with all its lessons."""
    database = tmp_path_factory.mktemp("names") / "store.sqlite"
    return create_app({"DATABASE_URL": f"sqlite:///{database}"}).test_client()


PAGES = (
    "/playground?step=4&export=numpy",
    "/lessons/gradient?",
    "/lessons/gradient-check?of=expression",
)
TAKEN = ("self", "cls", "print", "np", "math", "torch", "__name__", "__class__", "_x", "len", "e1")
OURS = ("v1", "g1", "k1", "p0", "t1", "out", "inf", "nan", "float64", "where", "gradient", "check")
NAMES = [name for name in (*keyword.kwlist, *TAKEN, *OURS) if name != "from"]  # an address's word


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_a_variable_with_the_right_numbers_in_the_api(client, name):
    body = {"expression": f"{name}*y + {name}^2", "at": {name: 2, "y": 3}}
    answer = client.post("/api/differentiate", json=body)
    assert answer.status_code == 200
    assert answer.json["gradient"] == {name: 7.0, "y": 2.0}


@pytest.mark.parametrize("name", ["self", "lambda", "None", "class", "print", "np", "__name__"])
def test_any_name_is_a_variable_on_every_page(client, name):
    query = {"expression": f"{name}*y + {name}^2", name: "2", "y": "3"}
    for page in PAGES:
        assert client.get(f"{page}&{urlencode(query)}").status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_an_exported_program_renames_what_python_uses_and_says_so(name):
    graph, at = parse(f"{name}*y + {name}^2"), {name: 2.0, "y": 3.0}
    printed = io.StringIO()
    program = numpy_code(graph, at)
    with contextlib.redirect_stdout(printed):
        exec(compile(program, name, "exec"), {"__name__": "exported"})
    assert f"{name}: 7 by backpropagation" in printed.getvalue()
    compile(pytorch_code(graph, at), name, "exec")
    if name in (*keyword.kwlist, "print", "np"):
        assert f"# Names that Python or this program uses: {name} is called {name}_." in program


def test_an_error_function_runs_in_an_exported_program_too():
    program = numpy_code(parse("erf(x)*gelu(y) + where(x > 0, x, sqrt(x))"), {"x": -1.0, "y": 2.0})
    assert "import math" in program
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(program, "erf", "exec"), {})


DEEP = {
    "parentheses": lambda n: "(" * n + "x" + ")" * n,
    "functions": lambda n: "sin(" * n + "x" + ")" * n,
    "open functions": lambda n: "sin " * n + "x",
    "signs": lambda n: "-" * n + "x",
    "powers": lambda n: "^".join(["x"] * n),
    "quotients": lambda n: "/".join(["x"] * n),
    "sums": lambda n: "+".join(["x"] * n),
    "bars": lambda n: "|(" * n + "x" + ")|" * n,
    "choices": lambda n: "where(x<1," * n + "x" + ",1)" * n,
    "comparisons": lambda n: "x<" * n + "1",
    "squares": lambda n: "x²" * n,
    "modules": lambda n: "np." * n + "exp(x)",
    "underscores": lambda n: "_" * n + "x",
    "brackets": lambda n: "[" * n + "x" + "]" * n,
}


@pytest.mark.parametrize("kind", DEEP)
def test_text_of_any_depth_is_read_or_refused_in_words(client, kind):
    for n in (70, 199, 480, 2000):
        text = DEEP[kind](n)
        at = {"x": 1.5} if "_" not in text else {text: 1.5}
        answer = client.post("/api/differentiate", json={"expression": text, "at": at})
        assert answer.status_code in (200, 422)
        assert "gradient" in answer.json or answer.json["error"]["hint"]


@pytest.mark.parametrize("kind", ["signs", "powers", "quotients", "parentheses", "functions"])
def test_as_deep_as_a_formula_may_be_every_page_shows_it(client, kind):
    deepest = 80 if kind in ("signs", "powers", "quotients") else 40
    for page in ("/playground?export=latex", "/playground?export=numpy&step=9", PAGES[2]):
        query = urlencode({"expression": DEEP[kind](deepest), "x": "0.5"})
        assert client.get(f"{page}&{query}").status_code == 200
