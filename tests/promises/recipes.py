"""The code blocks of CONTRIBUTING.md, run as if they stood in the files that they name."""

import ast
import importlib
import re
from pathlib import Path

TEXT = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text("utf-8")
BLOCK = re.compile(
    r"^```(?:python|jinja|css)\n(?:# |\{# |/\* )([\w./]+).*\n((?:.*\n)*?)^```$", re.MULTILINE
)
BLOCKS = dict(BLOCK.findall(TEXT))


def names_made(path):
    """Return what the block of a module makes, by name; it sees what that module imports.

    A block that is one row of several makes “row”.
    """
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    before = dict(vars(module))
    names = dict(before)
    tree = ast.parse(BLOCKS[path])
    if isinstance(tree.body[-1], ast.Expr):
        target = ast.Name("row", ast.Store())
        tree.body[-1] = ast.fix_missing_locations(
            ast.Assign([target], tree.body[-1].value, lineno=1)
        )
    exec(compile(tree, path, "exec"), names)
    return {name: value for name, value in names.items() if value is not before.get(name)}
