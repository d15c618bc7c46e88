"""Nothing stands in the package that no page, no other module and no benchmark reads.

A name is read where Python loads it, where a template names it, or where the README's examples do.
Tests do not count: what only they use is dead. (A tool for this, vulture, takes for unused the 125
fields that only templates read.)
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = sorted((ROOT / "backprop").rglob("*.py"))
READERS = [
    *(*PACKAGE, ROOT / "app.py", ROOT / "gunicorn.conf.py"),
    *(*(ROOT / "benchmarks").glob("*.py"), *(ROOT / "scripts").glob("*.py")),
]
REGISTER = {
    *("app", "api", "pages", "framed", "probes", "files", "store"),
    *("classroom", "answering", "console"),
    "row",
}
KEPT = {
    "__all__": "Python reads it",
    **dict.fromkeys(("assert_gradient",), "a verb for whoever imports the package"),
    **dict.fromkeys(("total_work", "sent_forward"), "the lesson to come reads it"),
    **dict.fromkeys(
        ("product_slips", "hessian_slips", "curvature_slips"), "questions to come read it"
    ),
    "samples": "the points at which the tests hold each operation to its rule",
    **dict.fromkeys(
        ("patch", "handle_exit", "is_already_handled"), "gunicorn calls it, of a worker"
    ),
    **dict.fromkeys(("_do_get", "_do_return_conn", "recreate"), "SQLAlchemy does, of a pool"),
    **dict.fromkeys((f"line{n}" for n in range(1, 9)), "read by their number"),
}


def is_registered(function):
    """Whether a decorator hands it to what calls it: to Flask, or to the table of rows by a name.

    @pages.get("/")     @row("matmul")
    """
    called = [d.func if isinstance(d, ast.Call) else d for d in function.decorator_list]
    owners = [d.value if isinstance(d, ast.Attribute) else d for d in called]
    return any(isinstance(o, ast.Name) and o.id in REGISTER for o in owners)


def is_setting(field):
    """Whether a field of a class is read by what its metadata say of it."""
    words = field.value.keywords if isinstance(field.value, ast.Call) else ()
    return any(word.arg == "metadata" for word in words)


def defined(tree):
    """Yield what a module gives a name to: functions, classes, their fields, its constants."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            called_by_python = node.name.startswith(("__", "visit_"))  # visit_: by ast
            if not called_by_python and not is_registered(node):
                yield node.name
        elif isinstance(node, ast.ClassDef | ast.Module):
            if isinstance(node, ast.ClassDef):
                yield node.name
            for part in node.body:
                if isinstance(part, ast.AnnAssign) and not is_setting(part):
                    yield part.target.id
                elif isinstance(part, ast.Assign) and isinstance(node, ast.Module):
                    yield from (name.id for name in part.targets if isinstance(name, ast.Name))


def read_by_python(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.MatchClass):
            yield from node.kwd_attrs
        elif isinstance(node, ast.alias) and node.asname:
            yield node.name


def read_by_templates(text):
    for code in re.findall(r"\{[{%].*?[%}]\}", text, re.DOTALL):
        yield from re.findall(r"[A-Za-z_]\w*", code)


@pytest.fixture(scope="module")
def names_read():
    names = {name for path in READERS for name in read_by_python(path.read_text("utf-8"))}
    for path in (ROOT / "templates").rglob("*.html"):
        names.update(read_by_templates(path.read_text("utf-8")))
    return names


def test_everything_in_the_package_is_read_somewhere(names_read):
    unread = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in PACKAGE
        for name in defined(ast.parse(path.read_text("utf-8")))
        if name not in names_read and name not in KEPT
    ]
    assert unread == []


def test_what_is_kept_unread_is_there_and_is_unread(names_read):
    names = {name for path in PACKAGE for name in defined(ast.parse(path.read_text("utf-8")))} | {
        "__all__"
    }
    assert {name for name in KEPT if name not in names or name in names_read} == set()


def test_what_nothing_reads_would_be_found():
    code = "class Board:\n    title: str\n\ndef tell(board):\n    shown = board.title\n"
    assert set(defined(ast.parse(code))) - set(read_by_python(code)) == {"Board", "tell"}
