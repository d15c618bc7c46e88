"""What the lines of a program send forward: lines of tangents, in the language itself.

    Z = X @ W.T + b      tZ = tX @ W.T + X @ tW.T + broadcast_to(tb, (4, 2))

tX is the tangent of X. A step of the forward mode is one line, and its terms are the names it
reads; backward, each of these is a step of its own (arrays/uses.py).
"""

import ast
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache, reduce
from itertools import groupby
from types import MappingProxyType
from typing import Any, NamedTuple, TypeGuard

import numpy as np

from backprop.engine.arrays.shapes import Shape, broadcast
from backprop.engine.arrays.texts import letters, line_of, rewritten, short, value_trees
from backprop.engine.arrays.trees import Renamed, called, copied
from backprop.engine.arrays.words import PROGRAMS
from backprop.engine.compiled.common_subexpressions import straight
from backprop.engine.compiled.rules import compiled
from backprop.engine.modes.passes import forward_edges, pushed_code, summed_code
from backprop.engine.modes.rows import JOINED, TANGENT, pushed
from backprop.engine.modes.tangents import Tangents
from backprop.engine.program import Program
from backprop.engine.trace import Edge


class TangentUse(NamedTuple):
    """What one name that a line reads adds to the line's tangent.

    Attributes:
        line: whose tangent it adds to.
        name: what is read, and moves.
        text: what is sent, in the language, with tX for the tangent of X: "tX @ W.T".
        which: the number of the term in the line's tangent, from 0, as they are read.
        times: how many terms that has.
    """

    line: str
    name: str
    text: str
    which: int = 0
    times: int = 1


class _Walk(NamedTuple):
    """The ways from one name that a line reads to the line's result."""

    line: str
    start: int
    end: int
    hops: tuple[Edge, ...]


@lru_cache(maxsize=128)
def _walks(program: Program, moved: frozenset[str]) -> tuple[_Walk, ...]:
    """Return a walk for each use, in the order of the program."""
    inside: dict[str, list[Edge]] = {}
    for edge in forward_edges(program, moved):
        inside.setdefault(line_of(program, edge.later), []).append(edge)
    found = []
    for line, edges in inside.items():
        own, end = {edge.later for edge in edges}, program.position(line)
        for start in dict.fromkeys(edge.node for edge in edges if edge.node not in own):
            reached, hops = {start}, []
            for edge in edges:
                if edge.node in reached:
                    reached.add(edge.later)
                    hops.append(edge)
            if end in reached:  # else it is held, by stop, or only compared
                found.append(_Walk(line, start, end, tuple(hops)))
    return tuple(found)


@lru_cache(maxsize=128)
def _trees(program: Program, moved: frozenset[str]) -> tuple[ast.expr, ...]:
    """Return what each use sends forward."""
    return tuple(
        rewritten(_pushed_through(program, walk.line, (walk.start,), walk.hops))
        for walk in _walks(program, moved)
    )


def _pushed_through(
    program: Program, line: str, starts: Iterable[int], hops: Iterable[Edge]
) -> ast.expr:
    """Return the tangent of a line where the tangents of these names are pushed through it."""
    values = value_trees(program, line)
    tangents: dict[int, ast.expr] = {
        start: ast.Name(f"{TANGENT}{program.nodes[start].name}") for start in starts
    }
    for later, edges in groupby(hops, lambda hop: hop.later):
        terms = [_term(program, edge, values, tangents[edge.node]) for edge in edges]
        shape = program.nodes[later].shape
        if broadcast("+", *(inner for _, inner in terms)) == shape:
            trees = [tree.args[0] if _is_repeated(tree) else tree for tree, _ in terms]
        else:
            trees = [tree for tree, _ in terms]
        tangents[later] = short(reduce(_plus, trees), program, line)
    return tangents[max(values)]


def _plus(a: ast.expr, b: ast.expr) -> ast.expr:
    """Return the sum of two terms, as it is written: a - b, where(c, a, b), concat((a, b))."""
    match a, b:
        case _, ast.UnaryOp(op=ast.USub(), operand=negated):
            return ast.BinOp(a, ast.Sub(), negated)
        case ast.Call(func=ast.Name("where"), args=[c, *left]), ast.Call(
            func=ast.Name("where"), args=[d, *right]
        ) if ast.unparse(c) == ast.unparse(d) and (both := _side_by_side(left, right)):
            return ast.Call(a.func, [c, *both], [])
        case ast.Call(args=[ast.Tuple(left)]), ast.Call(args=[ast.Tuple(right)]) if (
            called(a) in JOINED
            and ast.dump(a.keywords[0]) == ast.dump(b.keywords[0])
            and (both := _side_by_side(left, right))
        ):
            return ast.Call(a.func, [ast.Tuple(both)], a.keywords)
    return ast.BinOp(a, ast.Add(), b)


def _side_by_side(a: Sequence[ast.expr], b: Sequence[ast.expr]) -> list[ast.expr]:
    """Return the arguments of two calls, of which each is 0 in one of them; none if not so."""
    found = []
    for one, other in zip(a, b, strict=True):
        zero = [ast.unparse(each).startswith(("0", "zeros(")) for each in (one, other)]
        if not any(zero):
            return []
        found.append(other if zero[0] else one)
    return found


def _is_repeated(tree: ast.expr) -> TypeGuard[ast.Call]:
    return isinstance(tree, ast.Call) and called(tree) == "broadcast_to"


@lru_cache(maxsize=128)
def _sent_pass(program: Program, moved: frozenset[str]) -> Callable[..., Any]:
    """Return the pass (values, tangents) → what each use sends, as it is run."""
    lines, sent = [], []
    for number, (_, start, end, hops) in enumerate(_walks(program, moved)):
        names = {start: f"t{start}"}
        terms: dict[int, list[tuple[str, bool]]] = {}
        for edge in hops:
            code = pushed_code(program, edge, PROGRAMS, names[edge.node])
            terms.setdefault(edge.later, []).append(code)
            names[edge.later] = f"s{number}_{edge.later}"
        lines += [f"{names[k]} = {summed_code(program, k, codes)}" for k, codes in terms.items()]
        sent.append(names[end])
    nodes = range(len(program))
    unpacking = [
        f"{', '.join(f'{letter}{i}' for i in nodes)}, = {columns}"
        for letter, columns in (("v", "values"), ("t", "tangents"))
    ]
    body = [*unpacking, *map(str, straight(lines)), f"return ({', '.join(sent)}{',' * bool(sent)})"]
    return compiled("sent", "values, tangents", body, PROGRAMS)


def _term(
    program: Program, edge: Edge, values: Mapping[int, ast.expr], tangent: ast.expr
) -> tuple[ast.expr, Shape]:
    """Return what one input sends through one operation, and its shape before it is repeated."""
    node = program.nodes[edge.later]
    shapes = tuple(program.nodes[i].shape or () for i in node.inputs)
    sent = pushed(node.operation, node.parameters, shapes, edge.which)
    names = letters(program, edge.later, values) | {TANGENT: tangent}
    names["out"] = ast.Name(node.name) if edge.later == max(values) else values[edge.later]
    tree: ast.expr = Renamed(names).visit(copied(sent.tree))
    return tree, sent.shape


def moved_leaves(program: Program, moved: Collection[str] | None) -> frozenset[str]:
    """Return the leaves that move: those named, or all of which a gradient is asked."""
    return frozenset(program.parameters if moved is None else moved)


def tangent_uses(program: Program, moved: Collection[str] | None = None) -> tuple[TangentUse, ...]:
    """Return what every name that moves sends into every line, in the order of the program.

    Args:
        program: of any output.
        moved: the leaves that have a direction; without it all of which a gradient is asked.

    Raises:
        LimitError: a line is too long to be written as one.
    """
    names = moved_leaves(program, moved)
    walks = _walks(program, names)
    times = Counter(walk.line for walk in walks)
    passed: Counter[str] = Counter()
    found = []
    for walk, tree in zip(walks, _trees(program, names), strict=True):
        name, which = program.nodes[walk.start].name, passed[walk.line]
        found.append(TangentUse(walk.line, name, ast.unparse(tree), which, times[walk.line]))
        passed[walk.line] += 1
    return tuple(found)


@lru_cache(maxsize=128)
def _texts(program: Program, moved: frozenset[str]) -> Mapping[str, str]:
    walks: dict[str, list[_Walk]] = {}
    for walk in _walks(program, moved):
        walks.setdefault(walk.line, []).append(walk)
    found = {}
    for line, several in walks.items():
        hops = sorted({hop for walk in several for hop in walk.hops}, key=_in_reading)
        tree = _pushed_through(program, line, (walk.start for walk in several), hops)
        found[line] = ast.unparse(rewritten(tree))
    return MappingProxyType(found)


def _in_reading(edge: Edge) -> tuple[int, int]:
    return edge.later, edge.which


def tangent_texts(program: Program, moved: Collection[str] | None = None) -> Mapping[str, str]:
    """Return the tangent of each line that moves as one text: tZ is "tX @ W.T + X @ tW.T".

    Args and errors: as `tangent_uses`.
    """
    return _texts(program, moved_leaves(program, moved))


def sent_forward(tangents: Tangents) -> dict[tuple[str, str], tuple[Any, Any]]:
    """Return, for each use (line, name), the array that it sends forward, and the sum so far."""
    program = tangents.graph
    assert isinstance(program, Program), "numbers and layers have no lines"
    moved = moved_leaves(program, tangents.direction)
    with np.errstate(all="ignore"):
        arrays = _sent_pass(program, moved)(tangents.values, tangents.tangents)
    totals: dict[str, Any] = {}
    found: dict[tuple[str, str], tuple[Any, Any]] = {}
    for use, array in zip(tangent_uses(program, moved), arrays, strict=True):
        array = np.broadcast_to(array, program.shape(use.line))
        totals[use.line] = totals[use.line] + array if use.line in totals else array
        found[use.line, use.name] = array, totals[use.line]
    return found
