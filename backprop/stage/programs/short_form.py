"""The short form of a composite beside its lines: each term is what comes back by some of the ways.

Batch norm sends back (g − mean(g) − H · mean(g · H)) / s. Opened, its lines read X directly, by the
mean, and by the spread: three ways, and each sends back one of the three terms. Nothing of this is
known beforehand: the terms are the summands of the short form, the ways those through the lines,
and they are paired where all their entries are equal.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np

from backprop.engine.arrays.uses import uses
from backprop.engine.backward import differentiate
from backprop.engine.errors import InputError
from backprop.engine.program import Program, program
from backprop.engine.trace import Trace
from backprop.notation.names import label_of
from backprop.notation.numerals import adds_up, brief
from backprop.stage.programs.passes import own_name
from backprop.stage.quiz.arrays.subject import DOT, JOINED, joined, shown
from backprop.stage.quiz.arrays.texts import MisfitError, Run, tree_of

MOST_WAYS, MOST_TERMS = 8, 6
LONGEST = 400  # letters of a short form
ALIKE = 1e-9  # of the largest entry: so far apart may two arrays be that are called equal


@dataclass(frozen=True, slots=True)
class PairShown:
    """A term of the short form, and the ways that send it back.

    Attributes:
        term: as it is typed.
        ways: each from the name up to the line: Z ← C ← v ← s ← H ← N.
        share: of the entry.
    """

    term: str
    ways: tuple[str, ...]
    share: str


@dataclass(frozen=True, slots=True)
class ShortForm:
    """The terms of a short form with their ways, at one entry.

    Attributes:
        pairs: the terms, in order.
        empty: ways that send back 0 at every entry.
        apart: how far a term and its ways are apart at most, of all entries.
        single: whether each term is one way.
    """

    pairs: tuple[PairShown, ...]
    empty: tuple[str, ...]
    apart: str
    single: bool


@dataclass(frozen=True, slots=True)
class _Paired:
    pairs: tuple[tuple[str, tuple[str, ...], Any], ...]
    empty: tuple[str, ...]
    apart: float


def short_form(graph: Program, line: str, name: str, at: tuple[int, ...]) -> ShortForm | None:
    """Return the short form of what a composite sends back, at an entry; None where it has none.

    Args:
        graph: the program, the composite open or closed.
        line: the composite, or one of its lines.
        name: what it reads.
        at: the entry.
    """
    paired = _paired(graph, line.partition(DOT)[0], name)
    if paired is None:
        return None
    numbers = [float(array[at]) for *_, array in paired.pairs]
    written = adds_up(numbers, sum(numbers), "sum").terms
    pairs = tuple(
        PairShown(term, ways, share)
        for (term, ways, _), share in zip(paired.pairs, written, strict=True)
    )
    single = all(len(pair.ways) == 1 for pair in pairs)
    return ShortForm(pairs, paired.empty, brief(float(f"{paired.apart:.1g}")), single)


@lru_cache(maxsize=64)
def _paired(graph: Program, root: str, name: str) -> _Paired | None:
    opened = {line.of for line in graph.lines if line.of}
    opens = any(each.name == root and each.opens for each in graph.lines)
    if not opens or DOT in name:
        return None
    others = tuple(opened - {root})
    try:
        closed, lines = (
            differentiate(built, built.at)
            for kind in (others, (*others, root))
            for built in [program(graph.text, graph.at, opened=kind)]
        )
        terms = _terms(closed, root, name)
        ways = dict(_ways(lines, root, name))
    except (InputError, MisfitError):
        return None
    if not 1 < len(terms) <= MOST_TERMS or not 1 < len(ways) <= MOST_WAYS:
        return None
    return _match(terms, ways)


def _terms(trace: Trace, root: str, name: str) -> dict[str, Any]:
    """Return the summands of what a closed line sends back."""
    graph = trace.graph
    assert isinstance(graph, Program), "lines are opened"
    found = [use.text for use in uses(graph) if (use.line, use.name) == (root, name)]
    if len(found) != 1 or len(found[0]) > LONGEST:
        return {}
    run, shape = Run(_arrays(trace)), graph.shape(name)
    trees = list(summands(tree_of(joined(found[0], graph))))
    return {
        shown(ast.unparse(tree)): np.broadcast_to(np.asarray(run.of(tree), float), shape)
        for tree in trees[: MOST_TERMS + 1]
    }


def summands(tree: ast.expr, sign: int = 1) -> Iterator[ast.expr]:
    """Give the terms of a sum; a product or a quotient of a sum is one of its terms each."""
    match tree:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            yield from summands(left, sign)
            yield from summands(right, sign if isinstance(op, ast.Add) else -sign)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield from summands(operand, -sign)
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() as op, right=right):
            lefts = list(summands(left))
            rights = list(summands(right)) if isinstance(op, ast.Mult) else [right]
            for a in lefts:
                for b in rights:
                    minus = sign * _sign(a) * (_sign(b) if isinstance(op, ast.Mult) else 1)
                    parts = _plain(a), _plain(b) if isinstance(op, ast.Mult) else b
                    yield _signed(ast.BinOp(parts[0], op, parts[1]), minus)
        case _:
            yield _signed(tree, sign)


def _sign(tree: ast.expr) -> int:
    return -1 if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub) else 1


def _plain(tree: ast.expr) -> ast.expr:
    return tree.operand if isinstance(tree, ast.UnaryOp) and _sign(tree) < 0 else tree


def _signed(tree: ast.expr, sign: int) -> ast.expr:
    return tree if sign > 0 else ast.UnaryOp(ast.USub(), tree)


def _ways(trace: Trace, root: str, name: str) -> Iterator[tuple[str, Any]]:
    """Give each way from a name up to the line through the lines inside, and what it sends back."""
    graph = trace.graph
    assert isinstance(graph, Program), "lines are opened"
    inside = [use for use in uses(graph) if use.line.partition(DOT)[0] == root]
    arrays = _arrays(trace)
    ahead: list[tuple[tuple[str, ...], Any]] = [((root,), arrays[f"d{root}"])]
    found = 0
    while ahead and found <= MOST_WAYS:
        way, arriving = ahead.pop(0)
        if way[0] == name:
            found += 1
            yield " ← ".join(label_of(own_name(each)).letter for each in way), arriving
            continue
        for use in inside:
            if use.line == way[0] and (use.name == name or use.name.startswith(f"{root}{DOT}")):
                letter = f"d{use.line.replace(DOT, JOINED)}"
                run = Run({**arrays, letter: arriving})
                sent = np.asarray(run.of(tree_of(joined(use.text, graph))), float)
                ahead.append(((use.name, *way), np.broadcast_to(sent, graph.shape(use.name))))


def _arrays(trace: Trace) -> Mapping[str, Any]:
    """Return the values and the gradients of all lines."""
    graph = trace.graph
    assert isinstance(graph, Program), "lines are opened"
    lines = {line.name.replace(DOT, JOINED): line.node for line in graph.lines}
    values = {name: trace.values[node] for name, node in lines.items()}
    return values | {f"d{name}": trace.gradients[node] for name, node in lines.items()}


def _match(terms: dict[str, Any], ways: dict[str, Any]) -> _Paired | None:
    """Return each term with the fewest ways that are equal to it; None where one is left."""
    largest = max(float(np.max(np.abs(array))) for array in (*terms.values(), *ways.values()))
    if not np.isfinite(largest) or not largest:
        return None
    empty = tuple(way for way, array in ways.items() if np.max(np.abs(array)) <= ALIKE * largest)
    left = [way for way in ways if way not in empty]
    pairs, apart = [], 0.0
    for term, array in terms.items():
        sets = (chosen for size in (1, 2, 3) for chosen in combinations(left, size))
        gaps = ((chosen, _gap(array, [ways[way] for way in chosen])) for chosen in sets)
        chosen, gap = next(((c, g) for c, g in gaps if g <= ALIKE * largest), ((), 0.0))
        if not chosen:
            return None
        left = [way for way in left if way not in chosen]
        pairs.append((term, chosen, array))
        apart = max(apart, gap)
    return None if left else _Paired(tuple(pairs), empty, apart)


def _gap(array: Any, ways: list[Any]) -> float:
    return float(np.max(np.abs(array - sum(ways))))
