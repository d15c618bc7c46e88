"""How NumPy and PyTorch write the numbers, functions and choices of a rule.

A library is called as the code calls it: "np" or "torch".
"""

import ast
import json
import math
import textwrap
from collections.abc import Sequence
from types import MappingProxyType

from backprop.engine.compiled.rules import TYPED, Dialect, write

_WIDTH = 88  # characters of a line
_NUMBER = {"np": "np.float64({})", "torch": "torch.tensor({})"}
_IN_NUMPY = {**TYPED, "erf": "math.erf", "erfc": "math.erfc"}
_LARGEST = {"np": "np.max([{}])", "torch": "torch.stack([{}]).max()"}
AUTOGRAD = MappingProxyType(  # PyTorch's own function, where it is differentiated as ours is
    {
        "max": "torch.maximum(x, y)",
        "min": "torch.minimum(x, y)",
        "abs": "torch.abs(x)",
        "sign": "torch.sign(x)",
        "step": "torch.relu(torch.sign(x))",
        "relu": "torch.relu(x)",
        "leaky_relu": "torch.nn.functional.leaky_relu(x, 0.01)",
        "sigmoid": "torch.sigmoid(x)",
        "tanh": "torch.tanh(x)",
        "softplus": "torch.nn.functional.softplus(x, threshold=700)",  # from there on it is x
        "xlogy": "torch.xlogy(x, y)",
        "floor": "torch.floor(x)",
        "gelu": "torch.nn.functional.gelu(x)",
        "gelu_tanh": "torch.nn.functional.gelu(x, approximate='tanh')",
        "silu": "torch.nn.functional.silu(x)",
        "logsumexp": "torch.logaddexp(x, y)",
    }
)


RULES = Dialect("rules", {}, where="where({condition}, {a}, {b})", power="")  # as rows have it


def number_in(library: str, number: float) -> str:
    """Return a number as one of the library's: np.float64(2), torch.tensor(2.0)."""
    shown = literal(library, number)
    if library == "torch" and shown.lstrip("-").isdigit():  # PyTorch would make an integer
        shown = f"{shown}.0"
    return _NUMBER[library].format(shown)


def literal(library: str, number: float) -> str:
    """Return a number as a person would type it: 2, -0.5, np.pi."""
    if number in (math.pi, math.e):
        return f"{library}.{'pi' if number == math.pi else 'e'}"
    if not math.isfinite(number):
        return f"{'-' * (number < 0)}{library}.{'nan' if number != number else 'inf'}"
    exact = repr(float(number))
    return exact if exact == "-0.0" or abs(number) >= 1e6 else exact.removesuffix(".0")


def in_library(tree: ast.expr, library: str) -> ast.expr:
    """Return a rule's syntax tree with the functions it calls as a library's; the tree changes."""
    changed: ast.expr = _Calls(library).visit(tree)
    return changed


def for_autograd(text: str) -> str:
    """Return a rule's text that PyTorch can differentiate wherever its value is finite.

    Autograd multiplies the slope of a branch that is not chosen by 0, and 0 · ∞ is NaN. So a branch
    that calls, divides or raises sees its names where it is chosen, and 1 elsewhere.

        where(x <= 0, exp(x) - 1, x)  →  where(x <= 0, exp(where(x <= 0, x, 1)) - 1, x)
    """
    return ast.unparse(_Branches().visit(ast.parse(text, mode="eval").body))


class _Branches(ast.NodeTransformer):
    """Guards the branches of each choice in a text."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        arguments = [self.visit(argument) for argument in node.args]
        if isinstance(node.func, ast.Name) and node.func.id == "where":
            condition, a, b = arguments
            arguments[1:] = _guarded(condition, a, "{0}, 1"), _guarded(condition, b, "1, {0}")
        return ast.Call(node.func, arguments, node.keywords)


def _guarded(condition: ast.expr, branch: ast.expr, order: str) -> ast.expr:
    steep = (ast.Call, ast.Div, ast.Pow)
    if not any(isinstance(part, steep) for part in ast.walk(branch)):
        return branch
    called = {part.func for part in ast.walk(branch) if isinstance(part, ast.Call)}
    inputs = {n.id for n in ast.walk(branch) if isinstance(n, ast.Name) and n not in called}
    where = f"where({ast.unparse(condition)}, {order})"
    guards = {name: where.format(name) for name in inputs}
    return ast.parse(write(ast.unparse(branch), guards, RULES, {}), mode="eval").body


def quoted(name: str) -> str:
    """Return a name between quotation marks."""
    return json.dumps(name, ensure_ascii=False)


def listed(start: str, parts: Sequence[str], end: str) -> list[str]:
    """Return parts between a start and an end, on one line or, if that is too wide, on several."""
    line = f"{start}{', '.join(parts)}{end}"
    if len(line) <= _WIDTH:
        return [line]
    outer = " " * (len(start) - len(start.lstrip()))
    lines = textwrap.wrap(", ".join(parts) + ",", _WIDTH - len(outer) - 4, break_long_words=False)
    return [start, *(f"{outer}    {line}" for line in lines), f"{outer}{end}"]


class _Calls(ast.NodeTransformer):
    """Writes the functions that a row's text calls as a library's."""

    def __init__(self, library: str) -> None:
        self.library = library

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Attribute(ast.Name(self.library), "pi") if node.id == "pi" else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        arguments = [self.visit(argument) for argument in node.args]
        if not isinstance(node.func, ast.Name):  # a number of the library's
            return ast.Call(node.func, arguments, node.keywords)
        if node.func.id == "largest":
            written = _LARGEST[self.library].format(", ".join(map(ast.unparse, arguments)))
            return ast.parse(written, mode="eval").body
        if node.func.id == "where":  # of whole numbers NumPy would make integers
            arguments[1:] = map(_decimal, arguments[1:])
        name = _IN_NUMPY.get(node.func.id, node.func.id) if self.library == "np" else node.func.id
        if name.startswith("math."):  # NumPy has none: one number at a time
            inside = ast.Call(ast.Name(name), arguments, [])
            return ast.Call(ast.Attribute(ast.Name("np"), "float64"), [inside], [])
        return ast.Call(ast.Attribute(ast.Name(self.library), name), arguments, [])


def _decimal(node: ast.expr) -> ast.expr:
    try:
        return ast.Constant(float(ast.literal_eval(node)))
    except ValueError:  # more than a number
        return node
