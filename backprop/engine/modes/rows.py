"""What a row sends forward: its product, transposed. There is no second rule.

A row's product takes what arrives at the result, g, to what an input receives: Jᵀ g. It is linear
in g; so the pass back through the product itself, from its result to g, is J t: what a tangent t of
that input adds to the result's. That is done with the product's text, and with its code.

    x @ y        g @ y.T                  →  t @ y
    max(x, 1)    spread(g, x, 1) * …      →  sum(t * peaks(x, 1), axis=1)

Two kinds of rows need no such pass: those that are linear in an input, for which t stands in the
input's place, and those whose Jacobian is symmetric, for which it stands in g's.
"""

import ast
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from backprop.engine.arrays.builder import Builder
from backprop.engine.arrays.rows import (
    ENTRYWISE,
    ArrayRow,
    Parameters,
    argument,
    array_row,
    number_text,
)
from backprop.engine.arrays.shapes import Shape, broadcast
from backprop.engine.arrays.trees import Renamed, called, names_in
from backprop.engine.graph import Node

LINEAR = (  # in each input that has a product, the others held
    *("sum", "mean", "T", "mT", "transpose", "reshape", "index", "placed", "pad"),
    *("windows", "overlap_add", "spread", "fit", "broadcast_to", "matmul", "einsum"),
    *("multiply", "alias"),
)
JOINED = ("concat", "stack")  # in all of them together: those that do not move are 0
SYMMETRIC = ("power_of", "softmax", "standardize")
TANGENT, RESULT = "t", "·"  # the letter in the texts; a name that nobody can type


class Pushed(NamedTuple):
    """What one input of a row sends forward.

    Attributes:
        tree: in the language, in the row's letters, `out`, and t for the input's tangent.
        code: the same with fewer calls, as it is run.
        shape: of what the code gives; if it is not the result's, it broadcasts to that.
    """

    tree: ast.expr
    code: str
    shape: Shape


@lru_cache(maxsize=4096)
def pushed(name: str, parameters: Parameters, shapes: tuple[Shape, ...], which: int) -> Pushed:
    """Return what an input of a row sends forward, for known shapes; shared, only to be read."""
    row = array_row(name, parameters, shapes)
    letter = {row.inputs[which]: ast.Name(TANGENT)}
    if name in LINEAR:
        return Pushed(_put(row.value, letter), ast.unparse(_put(row.code, letter)), row.shape)
    if name in JOINED:
        return _joined(row, which)
    if name in SYMMETRIC:
        letter = {"g": ast.Name(TANGENT)}
        code = ast.unparse(_put(row.product_codes[which], letter))
        return Pushed(_put(row.products[which], letter), code, row.shape)
    if name in ENTRYWISE:
        return _entrywise(name, row, which)
    code = ast.unparse(_transposed(row, which, _codes))
    if row.product_codes[which].startswith("put_at_first(g"):  # a word, whose transpose is one
        taken = row.product_codes[which].replace("put_at_first(g", f"take_at_first({TANGENT}")
        code = f"{taken}.reshape({argument(row.shape)})"
    return Pushed(_Shorter().visit(_transposed(row, which, _texts)), code, row.shape)


def _put(text: str, names: Mapping[str, ast.expr]) -> ast.expr:
    tree: ast.expr = Renamed(names).visit(ast.parse(text, mode="eval").body)
    return tree


def _entrywise(name: str, row: ArrayRow, which: int) -> Pushed:
    """Return t · partial: what broadcasting repeats, it repeats of the tangent, too."""
    whole = array_row(name, (), (row.shape,) * len(row.inputs))
    letter = {"g": ast.Name(TANGENT)}
    tree = _put(whole.products[which], letter)
    code = _put(whole.product_codes[which], letter)
    shapes = dict(zip(row.inputs, row.shapes, strict=True))
    shapes |= {TANGENT: row.shapes[which], "out": row.shape}
    shape = broadcast("", *(shapes[each] for each in names_in(code) if each in shapes))
    tree = _Shorter().visit(tree)
    if shape != row.shape:
        wide = ast.parse(argument(row.shape), mode="eval").body
        tree = ast.Call(ast.Name("broadcast_to"), [tree, wide], [])
    return Pushed(tree, ast.unparse(code), shape)


def _joined(row: ArrayRow, which: int) -> Pushed:
    """Return t joined with zeros in the place of all other parts."""
    parts = zip(row.inputs, row.shapes, strict=True)
    letters = {letter: _put(f"zeros({argument(shape)})", {}) for letter, shape in parts}
    letters[row.inputs[which]] = ast.Name(TANGENT)
    return Pushed(_put(row.value, letters), ast.unparse(_put(row.code, letters)), row.shape)


Texts = Callable[[ArrayRow], tuple[str, tuple[str, ...]]]


def _texts(row: ArrayRow) -> tuple[str, tuple[str, ...]]:
    return row.value, row.products


def _codes(row: ArrayRow) -> tuple[str, tuple[str, ...]]:
    return row.code, row.product_codes


def _transposed(row: ArrayRow, which: int, written: Texts) -> ast.expr:
    """Return the pass back through a product, from its result to g."""
    builder = Builder(limited=False)
    letters = dict(zip(row.inputs, row.shapes, strict=True)) | {"out": row.shape, "g": row.shape}
    for letter, shape in letters.items():
        position = builder.add(Node(letter, given=letter != "g", shape=shape))
        if row.name == "cross_entropy" and letter == "y" and shape != row.shapes[0]:
            builder.indices.add(position)
    builder.compute_line(RESULT, ast.parse(row.products[which], mode="eval").body)
    g, result = builder.places["g"], builder.places[RESULT]
    trees: dict[int, ast.expr] = {}
    linear: set[int] = {g}
    for position, node in enumerate(builder.nodes):
        if node.is_leaf:  # of g only the shape is named, and out has the same
            name = "out" if position == g else node.name
            trees[position] = ast.Name(name)
            if node.number is not None:
                typed = node.parameters[0] if node.parameters else number_text(node.number)
                trees[position] = _put(typed, {})
            continue
        here = builder.row(position)
        names = {a: trees[i] for a, i in zip(here.inputs, node.inputs, strict=True)}
        trees[position] = _put(written(here)[0], names)
        if any(i in linear and here.products[k] for k, i in enumerate(node.inputs)):
            linear.add(position)
    arriving: dict[int, ast.expr] = {result: ast.Name(TANGENT)}
    for position in sorted(linear - {g}, reverse=True):
        node, here = builder.nodes[position], builder.row(position)
        names = {a: trees[i] for a, i in zip(here.inputs, node.inputs, strict=True)}
        names |= {"g": arriving[position], "out": trees[position]}
        for product, i in zip(written(here)[1], node.inputs, strict=True):
            if product and i in linear:
                sent = _put(product, names)
                if written is _texts:
                    sent = _summed(sent, here.shape, builder.shape(i))
                arriving[i] = ast.BinOp(arriving[i], ast.Add(), sent) if i in arriving else sent
    return arriving[g]


def _summed(tree: ast.expr, wide: Shape, narrow: Shape) -> ast.expr:
    """Return fit(a, x) as the sum that it is: of all, or along axes that stay as 1."""
    if not (isinstance(tree, ast.Call) and called(tree) == "fit"):
        return tree
    words: dict[str, object] = {}
    if narrow:
        axes = tuple(i for i, (n, m) in enumerate(zip(wide, narrow, strict=True)) if n != m)
        words = {"axis": axes[0] if len(axes) == 1 else axes, "keepdims": True}
    named = [ast.keyword(word, ast.parse(repr(x), mode="eval").body) for word, x in words.items()]
    return ast.Call(ast.Name("sum"), tree.args[:1], named)


class _Shorter(ast.NodeTransformer):
    """Writes what a transposed product says as a person would.

    a + spread(b, …, keepdims=True) → a + b      which broadcasts
    a + sum(-b * c, …) → a - sum(b * c, …)
    a * (1 / b) → a / b
    """

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        match node.op, right:
            case ast.Add(), ast.Call(func=ast.Name("spread"), args=[inner, *_], keywords=[_]):
                return self.visit_BinOp(ast.BinOp(left, ast.Add(), inner))
            case ast.Add(), ast.Call(
                func=ast.Name("sum"),
                args=[ast.BinOp(ast.UnaryOp(ast.USub(), b), ast.Mult(), c)],
                keywords=words,
            ):
                product = ast.BinOp(b, ast.Mult(), c)
                return ast.BinOp(left, ast.Sub(), ast.Call(ast.Name("sum"), [product], words))
            case ast.Mult(), ast.BinOp(ast.Constant(1), ast.Div(), b):
                return ast.BinOp(left, ast.Div(), b)
        return ast.BinOp(left, node.op, right)
