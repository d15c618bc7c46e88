"""One text of a line as a program of its own, to ask what its entries depend on.

    dZ.T @ X    with dZ and X as leaves; its entry a is Σ dZ[o] · J[o, a]

The J of every entry are found by one pass, at the true point and at two where all arrays are drawn
anew: what holds at all three holds by structure, not by chance.
"""

import ast
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.arrays.builder import Builder
from backprop.engine.arrays.known import Static
from backprop.engine.arrays.shapes import Shape
from backprop.engine.arrays.texts import sent_trees, value_tree
from backprop.engine.arrays.trees import called, names_in
from backprop.engine.backward import gradient
from backprop.engine.errors import PointError
from backprop.engine.forward import values
from backprop.engine.graph import Graph, Node
from backprop.engine.program import Program
from backprop.engine.trace import Trace

RESULT, PICK = "·", "·pick"  # names that nobody can type
CHOOSING = ("peaks", "lows", "first_peak", "sign")
LOW, HIGH, SEED = 0.3, 1.7, 19  # where arrays are drawn anew: away from 0, where slopes vanish


class Frame(NamedTuple):
    """A text as a graph: Σ pick · text, whose gradient is one row of the Jacobian.

    Attributes:
        tree: the text.
        graph: its last node is the sum; its leaves are the arrays that the text names.
        structure: the same, in which what is chosen or compared is 1: no slope is 0 by chance.
        free: the arrays by whose entries it is differentiated.
        shapes: of the arrays, by name.
        shape: of the text's value.
        builder: knows the nodes of the text's parts.
        known: shapes of parts that were asked for.
        drawn: the arrays of the two random points.
    """

    tree: ast.expr
    graph: Graph
    structure: Graph
    free: tuple[str, ...]
    shapes: Mapping[str, Shape]
    shape: Shape
    builder: Builder
    known: dict[int, Shape]
    drawn: tuple[Mapping[str, Any], ...]

    def shape_of(self, part: ast.expr) -> Shape:
        """Return the shape of a part of the text."""
        if id(part) not in self.known:
            self.known[id(part)] = shape_in(self.builder, part)
        return self.known[id(part)]

    def parameters(self, part: ast.expr) -> tuple[Any, ...]:
        """Return what a word of the text is told besides its inputs: an axis, an index."""
        node = self.builder.build(part, self.builder.places)
        assert isinstance(node, int)
        return self.builder.nodes[node].parameters

    def points(self, trace: Trace, arriving: str = "") -> tuple[dict[str, Any], ...]:
        """Return the arrays at the true point, then at the two random ones; indices stay.

        Args:
            trace: the record of the program's passes.
            arriving: the line whose gradient the text names; empty for the text of a value.
        """
        true: dict[str, Any] = {}
        for name in self.shapes:
            if arriving and name in self.free:
                true[name] = trace.gradients[trace.graph.position(arriving)]
            else:
                true[name] = trace.values[trace.graph.position(name)]
        return (true, *({**true, **drawn} for drawn in self.drawn))

    def slopes(self, points: Sequence[Mapping[str, Any]], at: Shape) -> dict[str, list[Any]]:
        """Return, for each free array, ∂text[at]/∂entry at each point."""
        found: dict[str, list[Any]] = {name: [] for name in self.free}
        for number, point in enumerate(points):
            for name, slope in gradient(self.graph, self._picked(point, at))[1].items():
                each = np.broadcast_to(np.asarray(slope, float), self.shapes[name])
                if number:  # a random point may be where the text is undefined
                    each = np.where(np.isfinite(each), each, 0.0)
                found[name].append(each)
        return found

    def support(self, point: Mapping[str, Any], at: Shape, name: str) -> Any:
        """Return which entries of a free array text[at] depends on, whatever is chosen."""
        slope = gradient(self.structure, self._picked(point, at))[1][name]
        return np.broadcast_to(np.asarray(slope) != 0, self.shapes[name])

    def results(self, points: Sequence[Mapping[str, Any]], at: Shape) -> list[float]:
        """Return the text's own entry at each point."""
        where = self.graph.position(RESULT)
        found = [values(self.graph, self._picked(point, at))[where] for point in points]
        return [float(np.broadcast_to(each, self.shape)[at]) for each in found]

    def _picked(self, point: Mapping[str, Any], at: Shape) -> dict[str, Any]:
        pick = np.zeros(self.shape)
        pick[at] = 1.0
        return {**point, PICK: pick}


@lru_cache(maxsize=256)
def sent_frame(program: Program, line: str, name: str) -> Frame:
    """Return what a line sends to a name it reads, as a function of what arrives at the line.

    Raises:
        PointError: it sends nothing there.
    """
    trees = sent_trees(program, line)
    if name not in trees:
        raise PointError(f"The line “{line}” sends nothing to “{name}”.", at=name)
    return _frame(program, trees[name], f"d{line}", program.shape(line))


@lru_cache(maxsize=256)
def value_frame(program: Program, line: str) -> Frame:
    """Return what a line computes, as a function of all that it reads."""
    return _frame(program, value_tree(program, line), "", ())


def _frame(program: Program, tree: ast.expr, arriving: str, shape: Shape) -> Frame:
    tree = ast.fix_missing_locations(tree)
    shapes, indices = _arrays(program, tree, arriving, shape)
    free = (arriving,) if arriving else tuple(name for name in shapes if name not in indices)
    builder, graph = _summed(tree, shapes, free, indices)
    own = builder.shape(builder.places[RESULT])
    steady = ast.fix_missing_locations(_Steady(builder).visit(deepcopy(tree)))
    structure = _summed(steady, shapes, free, indices)[1] if arriving else graph
    chance = np.random.default_rng(SEED)
    floats = [name for name in shapes if name not in indices]
    drawn = [{name: chance.uniform(LOW, HIGH, shapes[name]) for name in floats} for _ in range(2)]
    return Frame(tree, graph, structure, free, shapes, own, builder, {}, tuple(drawn))


def _arrays(
    program: Program, tree: ast.expr, arriving: str, shape: Shape
) -> tuple[dict[str, Shape], set[str]]:
    """Return the shapes of all arrays that a text names, and which of them are indices."""
    kinds = {line.name: line.kind for line in program.lines}
    shapes: dict[str, Shape] = {}
    for name in names_in(tree):
        if name == arriving or name in kinds:
            shapes[name] = shape if name == arriving else program.shape(name)
    return shapes, {name for name in shapes if kinds.get(name) == "index"}


def _summed(
    tree: ast.expr, shapes: Mapping[str, Shape], free: Collection[str], indices: Collection[str]
) -> tuple[Builder, Graph]:
    """Return Σ pick · text as a graph."""
    builder = Builder(limited=False)
    for name, shape in shapes.items():
        position = builder.add(Node(name, given=name not in free, shape=shape))
        if name in indices:
            builder.indices.add(position)
    builder.compute_line(RESULT, tree)
    result = builder.places[RESULT]
    pick = builder.add(Node(PICK, given=True, shape=builder.shape(result)))
    product = builder.node("multiply", (pick, result), (), tree)
    builder.node("sum", (product,), (None, False), tree)
    return builder, Graph(tuple(builder.nodes))


def shape_in(builder: Builder, part: ast.expr) -> Shape:
    """Return the shape of a part of a text whose nodes a builder has."""
    found = builder.build(part, builder.places)
    return () if isinstance(found, Static) else builder.shape(found)


class _Steady(ast.NodeTransformer):
    """Puts 1 in the place of all that chooses or compares arrays; of a choice, both sides."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder

    def visit_Compare(self, tree: ast.Compare) -> ast.expr:
        return self._ones(tree)

    def visit_Call(self, tree: ast.Call) -> ast.expr:
        if called(tree) in CHOOSING:
            return self._ones(tree)
        if called(tree) == "where" and self._names_arrays(tree.args[0]):
            ones = self._ones(tree)
            both = ast.BinOp(self.visit(tree.args[1]), ast.Add(), self.visit(tree.args[2]))
            return ast.BinOp(both, ast.Add(), ones)
        tree.args = [self.visit(each) for each in tree.args]
        return tree

    def _names_arrays(self, tree: ast.expr) -> bool:
        return any(name in self.builder.places for name in names_in(tree))

    def _ones(self, tree: ast.expr) -> ast.expr:
        if not self._names_arrays(tree):
            return tree
        return ast.parse(f"ones({shape_in(self.builder, tree)})", mode="eval").body
