"""Expressions of the language as NumPy, PyTorch and JAX write them.

What a library has is called there; every other word becomes a short definition in the file, and
`words` says which were used. A word that works entry by entry is written from its own row.
"""

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from backprop.engine.arrays.arguments import ELSEWHERE, bound
from backprop.engine.arrays.macros import MACROS
from backprop.engine.arrays.rows import ENTRYWISE
from backprop.engine.arrays.signatures import SIGNATURES, Parameter
from backprop.engine.arrays.trees import called, calls
from backprop.engine.compiled.rules import CALLABLE, TYPED
from backprop.engine.program import read
from backprop.notation.export.libraries import AUTOGRAD, literal

PLACES = ("array", "arrays", "more arrays", "letters", "lengths", "widths", "index", "whole")
MATH = ("exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "sinh", "cosh", "erf")
IN_NUMPY = {  # what is called alike, or nearly
    **{name: name for name in ("sum", "mean", "var", "max", "min", "maximum", "minimum", "where")},
    **{name: name for name in ("reshape", "transpose", "broadcast_to", "pad", "stack", "einsum")},
    **{name: name for name in ("eye", "tri", "zeros", "ones", "arange", "sign")},
    **{name: TYPED.get(name, name) for name in CALLABLE if name not in ("erf", "erfc", "pow")},
    "concat": "concatenate",
}
IN_JAX = {
    **{name: f"jnp.{numpys}" for name, numpys in IN_NUMPY.items()},
    **{name: f"jax.nn.{name}" for name in ("sigmoid", "relu", "softplus", "silu")},
    **{name: f"jax.nn.{name}" for name in ("softmax", "log_softmax", "logsumexp")},
    **{"erf": "jax.scipy.special.erf", "erfc": "jax.scipy.special.erfc"},
    "stop": "jax.lax.stop_gradient",
}
IN_TORCH = {
    **{"sum": "sum", "mean": "mean", "var": "var", "max": "amax", "min": "amin"},
    **{"concat": "cat", "transpose": "permute", "arange": "arange"},
    **{name: name for name in ("where", "reshape", "broadcast_to", "stack", "einsum")},
    **{name: name for name in ("eye", "zeros", "ones", "softmax", "log_softmax", "logsumexp")},
}
OF_ONE_AXIS = ("softmax", "log_softmax", "logsumexp")  # in PyTorch an axis must be named
FILTERED = ("conv1d", "conv2d")


@dataclass
class Speller(ast.NodeTransformer):
    """Writes expressions for one library; the words that it has not are noted.

    Args:
        library: “numpy”, “torch” or “jax”.
        names: the program's lines and their gradients.
        flat: those with two axes, whose transpose PyTorch has a letter for.
        words: what must be defined.
    """

    library: str
    names: Collection[str]
    flat: Collection[str] = ()
    words: dict[str, None] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """What the library is called in code."""
        return {"numpy": "np", "torch": "torch", "jax": "jnp"}[self.library]

    def spell(self, tree: ast.expr) -> ast.expr:
        """Return an expression in the library's words; the tree changes."""
        if self.is_number(tree):
            return self.own_number(tree)
        found: ast.expr = self.visit(tree)
        return _counted(found) if isinstance(found, ast.Compare) else found

    def is_number(self, tree: ast.expr) -> bool:
        """Whether an expression is made of typed numbers alone."""
        steady = ("eye", "tri", "zeros", "ones", "arange")
        named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        kinds = (ast.BinOp, ast.UnaryOp, ast.Constant, ast.Name, ast.Call, ast.Compare)
        return (
            isinstance(tree, kinds)
            and not named & {*self.names, *steady, "len"}
            and not any(isinstance(node, ast.Subscript) for node in ast.walk(tree))
        )

    def own_number(self, tree: ast.expr) -> ast.expr:
        """Return typed numbers as one of the library's."""
        kind = {"numpy": "np.float64", "torch": "torch.tensor", "jax": "jnp.array"}[self.library]
        inner = self.plain_number(tree)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, int):
            inner = ast.Constant(float(inner.value))
        return _call(kind, [inner])

    def plain_number(self, tree: ast.expr) -> ast.expr:
        """Return typed numbers for Python to compute: 1 / math.sqrt(3)."""
        words = {called(each) for each in calls(tree)}
        value = _value_of(tree)
        if words <= {*MATH} and isfinite(value) and not _is_odd(tree):
            return _InMath().visit(tree)  # type: ignore[no-any-return]
        return ast.parse(literal(self.prefix, value), mode="eval").body

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Write ∞ and π as the library does."""
        if node.id in ("inf", "pi") and node.id not in self.names:
            return ast.Attribute(ast.Name(self.prefix), node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Write a transpose; a number of another library is this one's."""
        if isinstance(node.value, ast.Name) and node.value.id not in self.names:
            return self.visit(ast.Name(node.attr))  # type: ignore[no-any-return]
        inner: ast.expr = self.visit(node.value)
        if self.library == "torch" and node.attr == "T":
            is_flat = isinstance(inner, ast.Name) and inner.id in self.flat
            return ast.Attribute(inner, "T") if is_flat else self.defined("turned", [inner])
        if self.library == "torch" and node.attr == "size":
            return _call(ast.Attribute(inner, "numel"), [])
        return ast.Attribute(inner, node.attr)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Write a sign between; a comparison counts 1.0 or 0.0."""
        if self.is_number(node) and not isfinite(value := _value_of(node)):
            return ast.parse(literal(self.prefix, value), mode="eval").body  # Python would raise
        left, right = self.visit(node.left), self.visit(node.right)
        mixes = isinstance(node.op, ast.Add | ast.Mult | ast.Div)
        mixes = mixes or (isinstance(node.op, ast.Sub) and self.library != "torch")
        bare = [isinstance(each, ast.Compare) for each in (left, right)]
        if bare[0] and not (mixes and not bare[1] and not _is_typed(right)):
            left = _counted(left)
        if bare[1] and not (mixes and not bare[0] and not _is_typed(left)):
            right = _counted(right)
        return ast.BinOp(left, node.op, right)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        """Write a sign before."""
        inner: ast.expr = self.visit(node.operand)
        return ast.UnaryOp(node.op, _counted(inner) if isinstance(inner, ast.Compare) else inner)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """Write a comparison between what counts."""
        sides = [self.visit(each) for each in (node.left, *node.comparators)]
        left, *right = [_counted(x) if isinstance(x, ast.Compare) else x for x in sides]
        return ast.Compare(left, node.ops, right)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Write a call as the library's, or as one of a definition."""
        word = called(node)
        if self.library != "numpy" and self.is_number(node):
            return self.plain_number(node)
        if word == "len":
            return ast.Call(ast.Name("len"), [self.visit(each) for each in node.args], [])
        if word in ("max", "min") and isinstance(node.func, ast.Name) and len(node.args) > 1:
            several = [self.counted(each) for each in node.args]
            found = several[0]
            for each in several[1:]:
                found = self.entrywise("maximum" if word == "max" else "minimum", [found, each])
            return found
        if word in ENTRYWISE and word != "where":
            given = [each for _, each in bound(word, node, self.names)]
            return self.entrywise(word, [self.counted(each) for each in given])
        if word in SIGNATURES or word in MACROS:
            return self.word(word, node)
        inner = [self.counted(each) for each in node.args]  # a function of numbers in a row's text
        return self.entrywise(word, inner)

    def counted(self, tree: ast.expr) -> ast.expr:
        """Return an argument; a comparison counts 1.0 or 0.0."""
        found: ast.expr = self.visit(tree)
        return _counted(found) if isinstance(found, ast.Compare) else found

    def entrywise(self, word: str, several: Sequence[ast.expr]) -> ast.expr:
        """Write a word that works entry by entry."""
        if self.library == "torch":
            if word in ("maximum", "minimum", "xlogy"):
                several = [_call("torch.tensor", [_decimal(x)]) if _is_typed(x) else x
                           for x in several]  # fmt: skip
            row = ENTRYWISE.get(word)
            if row and row.name in AUTOGRAD:
                names = dict(zip(row.inputs, several, strict=True))
                return _put(ast.parse(AUTOGRAD[row.name], mode="eval").body, names)
            if word in CALLABLE:
                return _call(f"torch.{word}", several)
        elif self.library == "jax" and word in IN_JAX:
            return _call(IN_JAX[word], several)
        elif word in IN_NUMPY:
            return _call(f"{self.prefix}.{IN_NUMPY[word]}", several)
        return self.defined(word, several)

    def word(self, word: str, node: ast.Call) -> ast.expr:
        """Write a word of the language with its arguments."""
        placed: list[ast.expr] = []
        by_name: dict[str, ast.expr] = {}
        arguments = bound(word, node, self.names)
        for n, (parameter, given) in enumerate(arguments):
            if isinstance(given, list):
                several = [self.counted(each) for each in given]
                placed += several if parameter.kind == "more arrays" else [ast.Tuple(several)]
            elif isinstance(given, ast.expr) and not _is_default(parameter, given):
                is_condition = word == "where" and n == 0
                if is_condition and self.is_number(given):
                    inner = self.own_number(given)
                else:
                    inner = self.visit(given) if is_condition else self.counted(given)
                if parameter.kind in PLACES and not by_name:
                    placed.append(inner)
                else:
                    by_name[parameter.name] = inner
        if word == "where":
            placed[1:] = map(_decimal, placed[1:])
        return self.finished(word, placed, by_name)

    def finished(self, word: str, placed: list[ast.expr], by_name: dict[str, ast.expr]) -> ast.expr:
        """Return a call of the library's function, or of a definition."""
        if self.library == "torch":
            return self.in_torch(word, placed, by_name)
        if word == "stop" and self.library == "numpy":
            return placed[0]
        if self.library == "jax" and word in IN_JAX:
            if word == "logsumexp":
                by_name = {"axis": ast.Constant(-1), **by_name}
            return _call(IN_JAX[word], placed, by_name)
        if word in ENTRYWISE and word not in IN_NUMPY:
            return self.entrywise(word, placed)
        if word in IN_NUMPY:
            return _call(f"{self.prefix}.{IN_NUMPY[word]}", placed, by_name)
        return self.defined(word, placed, by_name)

    def in_torch(self, word: str, placed: list[ast.expr], by_name: dict[str, ast.expr]) -> ast.expr:
        """Return a call for PyTorch, whose arguments have other names."""
        axis = by_name.get("axis")
        if word == "stop":
            return _call(ast.Attribute(placed[0], "detach"), [])
        if word in FILTERED:
            return _call(f"torch.nn.functional.{word}", placed, by_name)
        if word in ENTRYWISE and word != "where":
            return self.entrywise(word, placed)
        if word == "transpose" and len(placed) < 2:
            return self.defined("turned", placed)
        if word in ("reshape", "broadcast_to", "zeros", "ones") and len(placed) > 0:
            last = placed[-1]
            placed[-1] = last if isinstance(last, ast.Tuple) else _one(last)
        if word == "where" and not isinstance(placed[0], ast.Compare):
            placed[0] = ast.Compare(placed[0], [ast.NotEq()], [ast.Constant(0)])
        nothing = isinstance(axis, ast.Tuple) and not axis.elts
        if nothing and word in ("sum", "mean", "max", "min"):
            return placed[0]
        if word in OF_ONE_AXIS and axis is None:
            by_name = {"axis": ast.Constant(-1), **by_name}
        if word in OF_ONE_AXIS and not _is_one_axis(by_name["axis"]):
            return self.defined(word, placed, by_name)
        if word == "var":
            by_name["correction"] = ast.Constant(0)
        if word not in IN_TORCH:
            return self.defined(word, placed, by_name)
        if word in ("sum", "mean", "var", "max", "min") and axis is None and "keepdims" in by_name:
            every = ast.Tuple([]) if word in ("max", "min") else ast.Constant(None)
            by_name = {"axis": every, **by_name}
        there = {here: there for there, here in ELSEWHERE.items() if there != "dims"}
        names = {there.get(name, name): each for name, each in by_name.items()}
        return _call(f"torch.{IN_TORCH[word]}", placed, names)

    def defined(
        self, word: str, placed: Sequence[ast.expr], by_name: dict[str, ast.expr] | None = None
    ) -> ast.expr:
        """Return a call of a word that the file defines."""
        self.words[word] = None
        return _call(word, placed, by_name)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """Write x[…]; an index as a value is NumPy's."""
        if isinstance(node.value, ast.Name) and node.value.id == "s_":
            return ast.Subscript(ast.Attribute(ast.Name("np"), "s_"), self.visit(node.slice))
        return ast.Subscript(self.visit(node.value), self.visit(node.slice))


class _InMath(ast.NodeTransformer):
    """Writes typed numbers with Python's own functions."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        return _call(f"math.{called(node)}", [self.visit(each) for each in node.args])

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Attribute(ast.Name("math"), node.id)


def _value_of(tree: ast.expr) -> float:
    """Return what typed numbers come to, as the engine computes it."""
    graph = read(f"number = {ast.unparse(tree)}")
    last = graph.nodes[-1]
    found = graph.nodes[last.inputs[0]].number if last.inputs else last.number
    assert found is not None, "numbers alone make one number"
    return float(found)


def _is_odd(tree: ast.expr) -> bool:
    """Whether there is more in typed numbers than Python's own functions and signs."""
    odd = (ast.Compare, ast.Attribute)
    return any(isinstance(node, odd) for node in ast.walk(tree))


def _is_typed(tree: ast.expr) -> bool:
    """Whether it is a number as typed, with its sign."""
    inner = tree.operand if isinstance(tree, ast.UnaryOp) else tree
    return isinstance(inner, ast.Constant) or (
        isinstance(inner, ast.Attribute) and inner.attr in ("inf", "pi")
    )


def _counted(tree: ast.expr) -> ast.expr:
    return ast.BinOp(ast.Constant(1.0), ast.Mult(), tree)


def _decimal(tree: ast.expr) -> ast.expr:
    if isinstance(tree, ast.UnaryOp):
        return ast.UnaryOp(tree.op, _decimal(tree.operand))
    if isinstance(tree, ast.Constant) and isinstance(tree.value, int):
        return ast.Constant(float(tree.value))
    return tree


def _one(tree: ast.expr) -> ast.expr:
    """Return a length as a shape; what is a shape already, such as x.shape, stays."""
    is_shape = isinstance(tree, ast.Attribute) and tree.attr == "shape"
    return tree if is_shape else ast.Tuple([tree])


def _is_one_axis(tree: ast.expr) -> bool:
    inner = tree.operand if isinstance(tree, ast.UnaryOp) else tree
    return isinstance(inner, ast.Constant) and isinstance(inner.value, int)


def _is_default(parameter: Parameter, given: ast.expr) -> bool:
    """Whether an argument says what holds without it."""
    try:
        value: Any = ast.literal_eval(given)
    except ValueError:
        return False
    return type(value) is type(parameter.default) and value == parameter.default


def _call(
    function: str | ast.expr,
    placed: Sequence[ast.expr],
    by_name: dict[str, ast.expr] | None = None,
) -> ast.expr:
    called_so = function
    if isinstance(called_so, str):
        called_so = ast.parse(called_so, mode="eval").body
    keywords = [ast.keyword(name, each) for name, each in (by_name or {}).items()]
    return ast.Call(called_so, [*placed], keywords)


def _put(tree: ast.expr, names: dict[str, ast.expr]) -> ast.expr:
    class Put(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return names.get(node.id, node)

    found: ast.expr = Put().visit(tree)
    return found
