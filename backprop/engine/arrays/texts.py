"""What a line computes and what it sends back, each as one text.

Inside a line the products of its operations are put into one another, so `Z = X @ W.T + b` sends
to W the one text dZ.T @ X; three rewritings make it what a person would write:

    a.T.T → a        (a @ b).T → b.T @ a.T        1.0 * a → a

A text stands in the language itself, in the names that the line reads, its own, and dZ for the
gradient of Z. That of softmax(softmax(x)) is twice as long at each level: a line whose text
has more than 2,000 pieces is refused.
"""

import ast
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from types import MappingProxyType

from backprop.engine.arrays.rows import ArrayRow, number_text
from backprop.engine.arrays.trees import Renamed
from backprop.engine.errors import LimitError
from backprop.engine.program import Program
from backprop.engine.trace import edges

NOTHING_ELSE: Mapping[tuple[int, int], str] = MappingProxyType({})
PIECES = 2_000  # names, numbers, signs and calls in the text of a line


def line_of(program: Program, position: int) -> str:
    """Return the name of the line that a node belongs to: its own, or the one it is a part of."""
    node = program.nodes[position]
    return node.name if node.name in line_names(program) else node.part_of


@lru_cache(maxsize=128)
def line_names(program: Program) -> frozenset[str]:
    """Return the names of all lines that have a node of their own."""
    return frozenset(line.name for line in program.lines if line.kind != "opened")


def _inside(program: Program, line: str) -> list[int]:
    return [i for i in range(len(program)) if line_of(program, i) == line]


def value_trees(program: Program, line: str) -> dict[int, ast.expr]:
    """Return what each node of a line computes, in the names that the line reads."""
    values: dict[int, ast.expr] = {}
    for position in _inside(program, line):
        values[position] = short(_value(program, position, values), program, line)
    return values


def value_tree(program: Program, line: str) -> ast.expr:
    """Return what a line computes, in the names that it reads."""
    *_, last = value_trees(program, line).values()
    return rewritten(last)


def sent_trees(
    program: Program, line: str, instead: Mapping[tuple[int, int], str] = NOTHING_ELSE
) -> dict[str, ast.expr]:
    """Return what a line sends to each name it reads, the last that it reads first.

    Args:
        program: of which it is a line.
        line: its name.
        instead: for a node and the number of its input another product; empty: nothing is sent.
    """
    flowing = edges(program)
    values = value_trees(program, line)
    own = max(values)
    arriving: dict[int, ast.expr] = {own: ast.Name(f"d{line}")}
    outside: dict[int, ast.expr] = {}
    passing: dict[int, list[tuple[int, int]]] = {}
    for edge in flowing:
        passing.setdefault(edge.later, []).append((edge.which, edge.node))
    for position in reversed(values):
        if position not in arriving:
            continue
        for which, node in sorted(passing.get(position, []), reverse=True):
            product = instead.get((position, which))
            if product == "":
                continue
            text = _product(program, position, which, values, arriving[position], own, product)
            into = arriving if node in values else outside
            text = ast.BinOp(into[node], ast.Add(), text) if node in into else text
            into[node] = short(text, program, line)
    order = sorted(outside, reverse=True)
    return {program.nodes[i].name: rewritten(outside[i]) for i in order}


def short(tree: ast.expr, program: Program, line: str) -> ast.expr:
    """Return an expression as it is, if it is short enough to be put into others.

    Raises:
        LimitError: it is not.
    """
    if sum(1 for _ in islice(ast.walk(tree), PIECES + 1)) <= PIECES:
        return tree
    what = f"What “{line}” sends back is too long to be written as one."
    raise LimitError(what, hint="Make it two lines or more.", at=program.line(line).start)


def _value(program: Program, position: int, values: Mapping[int, ast.expr]) -> ast.expr:
    """Return the expression of a node, with the nodes of its own line written out."""
    if program.nodes[position].is_leaf:
        return _leaf(program, position)
    return _written(program.row(position).value, letters(program, position, values))


def letters(program: Program, position: int, values: Mapping[int, ast.expr]) -> dict[str, ast.expr]:
    """Return what a node's row calls its inputs: an expression, or the name of another line."""
    pairs = zip(program.row(position).inputs, program.nodes[position].inputs, strict=True)
    return {letter: values[i] if i in values else _leaf(program, i) for letter, i in pairs}


def _leaf(program: Program, position: int) -> ast.expr:
    """Return the name of a node of another line, or a number as it was typed."""
    node = program.nodes[position]
    if node.number is None:
        return ast.Name(node.name)
    typed = node.parameters[0] if node.parameters else number_text(node.number)
    return ast.parse(typed, mode="eval").body


def _product(
    program: Program,
    position: int,
    which: int,
    values: Mapping[int, ast.expr],
    arriving: ast.expr,
    own: int,
    product: str | None,
) -> ast.expr:
    node, row = program.nodes[position], program.row(position)
    assert isinstance(row, ArrayRow)
    names = letters(program, position, values)
    names["g"] = arriving
    names["out"] = ast.Name(node.name) if position == own else values[position]
    return _written(row.products[which] if product is None else product, names)


def _written(text: str, names: Mapping[str, ast.expr]) -> ast.expr:
    found: ast.expr = Renamed(names).visit(ast.parse(text, mode="eval").body)
    return found


def rewritten(tree: ast.expr) -> ast.expr:
    """Return an expression as a person would write it, by the three rewritings."""
    found: ast.expr = _Rewriter().visit(tree)
    return found


class _Rewriter(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        inner: ast.expr = self.visit(node.value)
        match inner:
            case ast.Attribute(value=value, attr=attr) if attr == node.attr:
                return value
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                turned = (ast.Attribute(each, node.attr) for each in (right, left))
                a, b = (self.visit(each) for each in turned)
                return ast.BinOp(a, ast.MatMult(), b)
        return ast.Attribute(inner, node.attr)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left: ast.expr = self.visit(node.left)
        right: ast.expr = self.visit(node.right)
        if isinstance(node.op, ast.Mult):
            if isinstance(left, ast.Constant) and left.value == 1:
                return right
            if isinstance(right, ast.Constant) and right.value == 1:
                return left
        return ast.BinOp(left, node.op, right)
