"""Whole Jacobians, a pass at a time: column by column forward, row by row in reverse.

    J[o, a] = ∂yₒ/∂xₐ [M, N]    column a = J eₐ, a tangent pass    row o = Jᵀ eₒ, a pass back

Arrays are read entry by entry, the last axis first; several leaves one after the other. Of a loss
M is 1: one pass in reverse gives all, and forward it takes N.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.arrays.shapes import Shape
from backprop.engine.errors import LimitError, PointError, UnknownNameError
from backprop.engine.graph import Graph
from backprop.engine.modes.cotangents import Cotangents, vjp
from backprop.engine.modes.layers import read_as_program
from backprop.engine.modes.tangents import Tangents, jvp
from backprop.engine.program import Program

ENTRIES, PASSES = 4_096, 256
FORWARD, REVERSE = "forward", "reverse"


class Side(NamedTuple):
    """One side of a Jacobian: its rows are the output's entries, its columns those of leaves.

    Attributes:
        names: the output, or the leaves.
        shapes: of each.
    """

    names: tuple[str, ...]
    shapes: tuple[Shape, ...]

    @property
    def size(self) -> int:
        """How many entries there are in all."""
        return sum(map(prod, self.shapes))

    def place(self, number: int) -> tuple[str, Shape]:
        """Return the array and the index of an entry that is known by its number: W1, (0, 2)."""
        which = 0
        while number >= prod(self.shapes[which]):
            number -= prod(self.shapes[which])
            which += 1
        index = np.unravel_index(number, self.shapes[which]) if self.shapes[which] else ()
        return self.names[which], tuple(map(int, index))

    def one_hot(self, number: int) -> dict[str, Any]:
        """Return an array for each name, all 0 but one entry."""
        found = {name: np.zeros(shape) for name, shape in zip(*self, strict=True)}
        name, index = self.place(number)
        found[name][index] = 1.0
        return found


class Column(NamedTuple):
    """One column of a Jacobian, J eₐ.

    Attributes:
        number: of the column, from 0.
        entries: the column [M].
        tangents: the pass that found it.
    """

    number: int
    entries: Any
    tangents: Tangents


class Row(NamedTuple):
    """One row of a Jacobian, Jᵀ eₒ.

    Attributes:
        number: of the row, from 0.
        entries: the row [N].
        cotangents: the pass that found it.
    """

    number: int
    entries: Any
    cotangents: Cotangents


@dataclass(frozen=True, eq=False)
class Jacobian:
    """All slopes of an output by the entries of leaves.

    Attributes:
        matrix: ∂yₒ/∂xₐ [M, N].
        outputs, inputs: what its rows and columns are.
        mode: "forward", filled by columns, or "reverse", by rows.
        passes: how many it took: N forward, M in reverse.
    """

    matrix: Any
    outputs: Side
    inputs: Side
    mode: str
    passes: int

    def by(self, name: str) -> Any:
        """Return the part of one leaf, of the output's shape and then the leaf's: [.., ..].

        Raises:
            PointError: the leaf is not among the columns.
        """
        if name not in self.inputs.names:
            hint = f"There are {', '.join(self.inputs.names)}."
            raise PointError(f"There are no columns of “{name}”.", hint=hint, at=name)
        which = self.inputs.names.index(name)
        start = sum(map(prod, self.inputs.shapes[:which]))
        shape = self.inputs.shapes[which]
        part = self.matrix[:, start : start + prod(shape)]
        return part.reshape((*self.outputs.shapes[0], *shape))


class Sides(NamedTuple):
    """What a Jacobian is of: a function, its rows and its columns."""

    graph: Graph
    at: Mapping[str, Any]
    outputs: Side
    inputs: Side

    @property
    def best(self) -> str:
        """The mode that takes fewer passes; of a square the reverse one."""
        return REVERSE if self.outputs.size <= self.inputs.size else FORWARD

    def column(self, number: int) -> Column:
        """Return a column, by one tangent pass."""
        tangents = jvp(self.graph, self.at, self.inputs.one_hot(number))
        return Column(number, np.ravel(tangents.tangent), tangents)

    def row(self, number: int) -> Row:
        """Return a row, by one pass back."""
        (name,) = self.outputs.names
        cotangents = vjp(self.graph, self.at, self.outputs.one_hot(number)[name])
        parts = [np.ravel(cotangents.of(name)) for name in self.inputs.names]
        return Row(number, np.concatenate(parts), cotangents)

    def columns(self) -> Iterator[Column]:
        """Return all columns, each when it is asked for."""
        return map(self.column, range(self.inputs.size))

    def rows(self) -> Iterator[Row]:
        """Return all rows, each when it is asked for."""
        return map(self.row, range(self.outputs.size))


def sides(graph: Graph, at: Mapping[str, Any], by: str | Collection[str] | None = None) -> Sides:
    """Return what a Jacobian's rows and columns are; from there each is one pass.

    Args:
        graph: a function of numbers, of layers, or a program; its output may be an array.
        at: a value for each of its variables.
        by: one leaf or several; without it all of which a gradient is asked. What is given may
            stand here too, an index not.

    Raises:
        PointError: there is no such leaf, or no slope by it.
    """
    if graph.on_arrays and not graph.is_program:
        graph, at = read_as_program(graph, at)
    names = graph.parameters if by is None else (by,) if isinstance(by, str) else tuple(by)
    graph = _freed(graph, names)
    found = {node.name: node.shape or () for node in graph.nodes if node.is_variable}
    shapes = tuple(found[name] for name in names)
    output = graph.nodes[graph.output]
    return Sides(graph, at, Side((output.name,), (output.shape or (),)), Side(names, shapes))


@lru_cache(maxsize=128)
def _freed(graph: Graph, names: tuple[str, ...]) -> Graph:
    """Return the same function with a gradient by these leaves, though some be given."""
    if not names:
        raise PointError("There is no leaf to take slopes by.", hint="Declare one without “given”.")
    wanted, free = {*names}, {*graph.parameters}
    for name in (name for name in names if name not in free):
        if not graph.nodes[graph.position(name)].is_variable:
            what = f"“{name}” is no leaf, and the columns of a Jacobian are entries of leaves."
            raise PointError(what, hint=f"There are {', '.join(graph.variables)}.", at=name)
        if isinstance(graph, Program) and graph.statements[name].kind == "index":
            what = f"“{name}” is an index: there is no slope by whole numbers."
            raise PointError(what, hint="Take another leaf.", at=name)
    if wanted <= free:
        return graph
    nodes = tuple(n._replace(given=n.given and n.name not in wanted) for n in graph.nodes)
    return replace(graph, nodes=nodes)


def jacobian(
    graph: Graph,
    at: Mapping[str, Any],
    by: str | Collection[str] | None = None,
    mode: str | None = None,
) -> Jacobian:
    """Return the Jacobian ∂yₒ/∂xₐ [M, N] of an output by the entries of leaves.

        result.matrix        result.by("W"): of the output's shape, then that of W

    Args:
        graph: a function of numbers, of layers, or a program; its output may be an array.
        at: a value for each of its variables.
        by: one leaf or several; without it all of which a gradient is asked.
        mode: "forward": N tangent passes, each a column; "reverse": M passes back, each a row.
            Without it the one that takes fewer.

    Raises:
        PointError: the point does not fit, or there is no slope by a leaf.
        UnknownNameError: another mode.
        LimitError: more than 4,096 entries, or 256 passes.
    """
    found = sides(graph, at, by)
    mode = found.best if mode is None else mode
    if mode not in (FORWARD, REVERSE):
        raise UnknownNameError(f"“{mode}” is no mode.", hint=f"There are {FORWARD} and {REVERSE}.")
    m, n = found.outputs.size, found.inputs.size
    if m * n > ENTRIES:
        what = f"The Jacobian is {m}×{n}: {m * n:,} entries."
        raise LimitError(what, hint=f"At most {ENTRIES:,} are possible: take one leaf, or fewer.")
    passes = m if mode == REVERSE else n
    if passes > PASSES:
        what = f"In {mode} mode the Jacobian takes {passes:,} passes."
        other = FORWARD if mode == REVERSE else REVERSE
        hint = f"At most {PASSES} are possible; {other} it takes {m if passes == n else n:,}."
        raise LimitError(what, hint=hint)
    if mode == REVERSE:
        matrix = np.stack([row.entries for row in found.rows()])
    else:
        matrix = np.stack([column.entries for column in found.columns()], axis=1)
    return Jacobian(matrix, found.outputs, found.inputs, mode, passes)
