"""Named lines of arrays become a graph.

    program = backprop.program('''
        X : given 4 x 3 = random 1
        W : 2 x 3 = random 2 * 0.6
        Z = X @ W.T
        L = mean(tanh(Z) ** 2)
    ''')
    trace = backprop.differentiate(program, program.at)

A program is a Graph like all others, whose nodes are arrays; it also knows its lines, and the
values of its leaves. Building one costs more than running it and needs no values: it is kept by its
text, so that a number that changes only runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from backprop.engine.arrays.builder import Builder, Line
from backprop.engine.arrays.grammar import Statement, read_program
from backprop.engine.arrays.leaves import fitting, leaf_values
from backprop.engine.arrays.moving import At
from backprop.engine.arrays.shapes import Shape, shape_text
from backprop.engine.errors import ExpressionError, PointError, ShapeError
from backprop.engine.graph import Graph

RESULT = "L"  # what a last line without a name is called, or with a number if that is taken


@dataclass(frozen=True, slots=True, eq=False)
class Program(Graph):
    """A function of arrays, as lines; its value is that of its last line.

    Attributes:
        text: as typed.
        lines: leaves, results, and the parts of those that are opened.
        statements: the leaves as they are read, by name.
        at: the values of the leaves: a point.
    """

    text: str = ""
    lines: tuple[Line, ...] = ()
    statements: Mapping[str, Statement] = field(default_factory=dict, repr=False)
    at: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        """Whether it computes the same and shows the same lines: what is opened is another one."""
        if not isinstance(other, Program):
            return NotImplemented
        return self is other or (Graph.__eq__(self, other) and self.lines == other.lines)

    def shape(self, name: str) -> Shape:
        """Return the shape of a line, or of any node by its name."""
        shape = self.nodes[self.position(name)].shape
        assert shape is not None
        return shape

    def line(self, name: str) -> Line:
        """Return the line that defines a name.

        Raises:
            PointError: there is none.
        """
        found = [line for line in self.lines if line.name == name and line.kind != "opened"]
        if not found:
            names = ", ".join(line.name for line in self.lines)
            raise PointError(f"There is no line “{name}”.", hint=f"There are {names}.", at=name)
        return found[0]

    def with_values(self, values: Mapping[str, Any]) -> "Program":
        """Return the same program at other values of some of its leaves.

        Raises:
            PointError: there is no such leaf, or the values do not fit it.
        """
        for name in values:
            if name not in self.statements:
                names = ", ".join(self.statements)
                what = f"There is no leaf “{name}” here."
                raise PointError(what, hint=f"There are {names}.", at=name)
        point = {
            name: fitting(statement, values[name]) if name in values else leaf_values(statement)
            for name, statement in self.statements.items()
        }
        _check_indices(self, point)
        return Program(self.nodes, self.text, self.lines, self.statements, point)


def program(
    text: str,
    at: Mapping[str, Any] | None = None,
    *,
    opened: tuple[str, ...] = (),
    scalar: bool = True,
) -> Program:
    """Return the program of named lines.

    Args:
        text: leaves, `W : 3 x 2 = random 1`, and results, `Z = X @ W`; see arrays/grammar.py.
        at: values for some of the leaves, in place of those that the text says.
        opened: lines that are shown by the lines of their composites, or by their operations.
        scalar: whether the last line must be a number, as that of which a gradient is taken; the
            modes (engine/modes/) take any shape.

    Raises:
        ExpressionError: a line cannot be read.
        ShapeError: shapes do not fit, or the last line is no number.
        LimitError: more lines, entries or work than one request may cost.
        PointError: values do not fit their leaf.
    """
    built = read(text, opened=opened)
    if scalar and built.nodes[-1].shape != ():
        shape = built.nodes[-1].shape or ()
        name = built.nodes[-1].name
        what = f"The last line, {name}, is {shape_text(shape)}, and a gradient is that of a number."
        first = ", ".join("0" for _ in shape)
        hint = (
            f"Add its sum, sum({name}); or one entry, {name}[{first}]; or weights, sum(G * {name})."
        )
        raise ShapeError(what, hint=hint, at=built.lines[-1].start)
    return built.with_values(at or {})


def read(text: str, *, opened: tuple[str, ...] = ()) -> Program:
    """Return a program without values; its last line may be an array.

    Raises:
        ExpressionError, ShapeError, LimitError: as `program`.
    """
    return _built(text, frozenset(opened))


@lru_cache(maxsize=128)
def _built(text: str, opened: frozenset[str]) -> Program:
    return program_of(text, read_program(text), opened)


def program_of(
    text: str, statements: tuple[Statement, ...], opened: frozenset[str], *, limited: bool = True
) -> Program:
    """Return the program of statements, without values.

    Args:
        text: of which they were read.
        statements: the lines.
        opened: lines that are shown by their parts.
        limited: whether it was typed, so that its nodes and entries are counted.

    Raises:
        ExpressionError, ShapeError, LimitError: as `program`.
    """
    builder = Builder(limited=limited, opened=opened)
    leaves: dict[str, Statement] = {}
    for statement in statements:
        if statement.expression is None:
            builder.leaf(statement)
            leaves[statement.names[0]] = statement
            continue
        name = statement.names[0] if statement.names else _free_name(builder)
        builder.result(statement, name)
    if builder.nodes and builder.lines[-1].is_leaf:
        what = "The last line is a leaf: nothing is computed."
        raise ExpressionError(what, hint="Add a line such as L = sum(W ** 2).",
                              at=builder.lines[-1].start)  # fmt: skip
    return Program(tuple(_last_is_output(builder)), text, tuple(builder.lines), leaves)


def _last_is_output(builder: Builder) -> list[Any]:
    """Return the nodes; the last line's is the last of them."""
    assert builder.lines[-1].node == len(builder.nodes) - 1, "the last line ends the graph"
    return builder.nodes


def _free_name(builder: Builder) -> str:
    name, k = RESULT, 2
    while name in builder.places:
        name, k = f"{RESULT}{k}", k + 1
    return name


def _check_indices(graph: Program, at: Mapping[str, Any]) -> None:
    """Refuse an index that names an entry which is not there.

    Raises:
        PointError: it is outside the axis that it is used for.
    """
    for node in graph.nodes:
        if node.operation == "cross_entropy" and graph.nodes[node.inputs[1]].name in at:
            scores, y = (graph.nodes[i] for i in node.inputs)
            if y.shape != scores.shape and scores.shape:
                _check_below(y.name, at[y.name], scores.shape[-1], len(scores.shape) - 1)
        if node.operation in ("index", "placed"):
            first = 1 if node.operation == "index" else 2
            shape = graph.nodes[node.inputs[first - 1]].shape or ()
            _check_index(graph, node, node.inputs[first:], shape, at)


def _check_index(
    graph: Program, node: Any, inputs: tuple[int, ...], shape: Shape, at: Mapping[str, Any]
) -> None:
    axis = 0
    for item in node.parameters[0]:
        if isinstance(item, At):
            name = graph.nodes[inputs[item.which]].name
            _check_below(name, at[name], shape[axis], axis)
        axis += item is not None


def _check_below(name: str, values: Any, n: int, axis: int) -> None:
    low, high = int(np.min(values)), int(np.max(values))
    if low < -n or high >= n:
        outside = high if high >= n else low
        what = f"Index {outside} in “{name}” is outside: axis {axis} has {n}."
        raise PointError(what, hint=f"Entries are counted from 0, so the last is {n - 1}.", at=name)
