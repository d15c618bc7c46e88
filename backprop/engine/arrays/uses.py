"""What a line sends back to each name that it reads: as one text, and as arrays.

A backward step of a program is one use of one line. Inside a line the products of its operations
are put into one another, so `Z = X @ W.T + b` sends to W the one text dZ.T @ X; three rewritings
make it what a person would write:

    a.T.T → a        (a @ b).T → b.T @ a.T        1.0 * a → a

softmax(softmax(softmax(x))) would be written out twice as long at each level. So a part of more than
400 pieces is called by its node's name, as L.3, and what arrives there dL.3; an opened line shows it.
"""

import ast
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from backprop.engine.program import Program
from backprop.engine.trace import Trace, edges

PIECES = 400


class Use(NamedTuple):
    """One use of a name by a later line.

    Attributes:
        line: the line whose gradient is passed back.
        name: what it reads, and what receives.
        text: what is sent, in the language, with dZ for the gradient of Z: "dZ.T @ X".
        which: the number of this use of the name, from 0, in the order of the backward pass.
        times: how many uses the name has.
    """

    line: str
    name: str
    text: str
    which: int = 0
    times: int = 1


def line_of(program: Program, position: int) -> str:
    """Return the name of the line that a node belongs to: its own, or the one it is a part of."""
    node = program.nodes[position]
    return node.name if node.name in _names(program) else node.part_of


@lru_cache(maxsize=128)
def _names(program: Program) -> frozenset[str]:
    return frozenset(line.name for line in program.lines if line.kind != "opened")


@lru_cache(maxsize=128)
def uses(program: Program) -> tuple[Use, ...]:
    """Return every use that carries a gradient, in the order of the backward pass."""
    varying, reached = program.varying(), {edge.node for edge in edges(program)}
    found: list[Use] = []
    for line in reversed(program.lines):
        if line.kind != "result" or not (varying[line.node] or line.node == program.output):
            continue
        if line.node != program.output and line.node not in reached:
            continue
        texts = _sent(program, line.name)
        found += [Use(line.name, name, text) for name, text in texts.items()]
    counts: dict[str, int] = {}
    numbered = []
    for use in found:
        numbered.append(use._replace(which=counts.get(use.name, 0)))
        counts[use.name] = counts.get(use.name, 0) + 1
    return tuple(use._replace(times=counts[use.name]) for use in numbered)


def sent(trace: Trace) -> dict[tuple[str, str], tuple[Any, Any]]:
    """Return, for each use (line, name), the array that it sends back, and the sum so far."""
    program = trace.graph
    assert isinstance(program, Program)
    arrays: dict[tuple[str, str], Any] = {}
    names = _names(program)
    columns = zip(edges(program), trace.products, strict=True)
    for edge, product in columns:
        name = program.nodes[edge.node].name
        line = line_of(program, edge.later)
        if name in names and line_of(program, edge.node) != line:
            key = line, name
            arrays[key] = arrays[key] + product if key in arrays else product
    totals: dict[str, Any] = {}
    found: dict[tuple[str, str], tuple[Any, Any]] = {}
    for use in uses(program):
        key = use.line, use.name
        before = totals.get(use.name)
        totals[use.name] = arrays[key] if before is None else before + arrays[key]
        found[key] = arrays[key], totals[use.name]
    return found


def _sent(program: Program, line: str) -> dict[str, str]:
    """Return the text of what a line sends to each name it reads, the last that it reads first."""
    flowing = edges(program)
    inside = [i for i in range(len(program)) if line_of(program, i) == line]
    values: dict[int, ast.expr] = {}
    for position in inside:
        values[position] = _named(_value(program, position, values), program.nodes[position].name)
    own = inside[-1]
    arriving: dict[int, ast.expr] = {own: ast.Name(f"d{line}")}
    outside: dict[int, ast.expr] = {}
    passing: dict[int, list[tuple[int, int]]] = {}
    for edge in flowing:
        passing.setdefault(edge.later, []).append((edge.which, edge.node))
    for position in reversed(inside):
        if position not in arriving:
            continue
        arriving[position] = _named(arriving[position], f"d{program.nodes[position].name}")
        for which, node in sorted(passing.get(position, []), reverse=True):
            text = _product(program, position, which, values, arriving[position], own)
            into = arriving if node in values else outside
            into[node] = ast.BinOp(into[node], ast.Add(), text) if node in into else text
    order = sorted(outside, reverse=True)
    return {program.nodes[i].name: ast.unparse(rewritten(outside[i])) for i in order}


def _named(tree: ast.expr, name: str) -> ast.expr:
    """Return an expression, or its name where it is too long to be put into others."""
    pieces = sum(1 for _ in islice(ast.walk(tree), PIECES + 1))
    return tree if pieces <= PIECES else ast.Name(name)


def _value(program: Program, position: int, values: Mapping[int, ast.expr]) -> ast.expr:
    """Return the expression of a node, with the nodes of its own line written out."""
    node = program.nodes[position]
    if node.is_leaf:
        return _leaf(program, position)
    row = program.row(position)
    names = {
        letter: values[i] if i in values else _leaf(program, i)
        for letter, i in zip(row.inputs, node.inputs, strict=True)
    }
    return _written(row.value, names)


def _leaf(program: Program, position: int) -> ast.expr:
    node = program.nodes[position]
    if node.number is not None:
        number = int(node.number) if node.number == int_of(node.number) else node.number
        return ast.parse(repr(number), mode="eval").body
    return ast.Name(node.name)


def int_of(number: float) -> float:
    """Return a number's whole part, or NaN where it has none that is written as such."""
    return float(int(number)) if abs(number) < 1e15 else float("nan")


def _product(
    program: Program,
    position: int,
    which: int,
    values: Mapping[int, ast.expr],
    arriving: ast.expr,
    own: int,
) -> ast.expr:
    node, row = program.nodes[position], program.row(position)
    names = {
        letter: values[i] if i in values else _leaf(program, i)
        for letter, i in zip(row.inputs, node.inputs, strict=True)
    }
    names["g"] = arriving
    names["out"] = ast.Name(node.name) if position == own else values[position]
    return _written(row.products[which], names)


def _written(text: str, names: Mapping[str, ast.expr]) -> ast.expr:
    return _Put(names).visit(ast.parse(text, mode="eval").body)  # type: ignore[no-any-return]


class _Put(ast.NodeTransformer):
    """Puts expressions in the place of letters; words that are called keep their names."""

    def __init__(self, names: Mapping[str, ast.expr]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.names.get(node.id, node)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        node.args = [self.visit(each) for each in node.args]
        for each in node.keywords:
            each.value = self.visit(each.value)
        return node


def rewritten(tree: ast.expr) -> ast.expr:
    """Return an expression as a person would write it, by the three rewritings."""
    return _Rewriter().visit(tree)  # type: ignore[no-any-return]


class _Rewriter(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        inner = self.visit(node.value)
        if node.attr in ("T", "mT"):
            match inner:
                case ast.Attribute(value=value, attr=attr) if attr == node.attr:
                    return value  # type: ignore[no-any-return]
                case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                    turned = (ast.Attribute(each, node.attr) for each in (right, left))
                    a, b = (self.visit(each) for each in turned)
                    return ast.BinOp(a, ast.MatMult(), b)
        return ast.Attribute(inner, node.attr)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, ast.Mult):
            if isinstance(left, ast.Constant) and left.value == 1:
                return right  # type: ignore[no-any-return]
            if isinstance(right, ast.Constant) and right.value == 1:
                return left  # type: ignore[no-any-return]
        return ast.BinOp(left, node.op, right)
