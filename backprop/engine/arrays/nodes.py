"""The nodes of a program while it is built: shared inside a line, and counted before they run."""

import ast
from dataclasses import dataclass, field
from math import prod
from typing import Any

from backprop.engine.arrays import (  # noqa: F401 - their rows are known by import
    contractions,
    moving,
    normalizing,
    reductions,
)
from backprop.engine.arrays.grammar import located
from backprop.engine.arrays.known import typed
from backprop.engine.arrays.rows import ENTRYWISE, ArrayRow, array_row, number_text
from backprop.engine.arrays.shapes import Shape, shape_text
from backprop.engine.errors import ExpressionError, InputError, LimitError
from backprop.engine.graph import Node
from backprop.engine.ops import compute

OPERATIONS = 250
HIDDEN_ENTRIES = 32_768
ALL_ENTRIES = 65_536
WORK = 2_000_000


@dataclass
class Nodes:
    """Collects the nodes of one program; mutable, and it stays in its function.

    Args:
        limited: whether it is a learner's program, of which nodes and entries are counted.
    """

    limited: bool = True
    nodes: list[Node] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)  # the nodes that lines can name
    indices: set[int] = field(default_factory=set)  # those that hold whole numbers
    line: str = ""  # whose parts are added
    shared: dict[tuple[Any, ...], int] = field(default_factory=dict)
    hidden: int = 0  # how many of them there are
    operations: int = 0
    entries: int = 0
    work: int = 0

    def shape(self, position: int) -> Shape:
        """Return the shape of a node."""
        shape = self.nodes[position].shape
        assert shape is not None
        return shape

    def row(self, position: int) -> ArrayRow:
        """Return the row of a node."""
        node = self.nodes[position]
        return array_row(node.operation, node.parameters, tuple(map(self.shape, node.inputs)))

    def node(
        self, operation: str, inputs: tuple[int, ...], parameters: tuple[Any, ...], tree: ast.expr
    ) -> int:
        """Add a node to this line, or return the one of it that computes the same.

        Raises:
            ShapeError: the shapes do not fit.
            LimitError: the program is larger than one request may be.
        """
        key = (operation, inputs, _key(parameters))
        if key in self.shared:
            return self.shared[key]
        first = {"index": 1, "placed": 2, "cross_entropy": 1}.get(operation, len(inputs))
        for position in inputs[:first]:
            if position in self.indices:
                name = self.nodes[position].name
                what = f"“{name}” is an index: it stands in [ ] and in cross_entropy only."
                raise ExpressionError(what, at=tree.col_offset)
        if operation not in (*ENTRYWISE, "alias", "power_of", "matmul"):
            self.check_arrays(operation, inputs, tree)
        try:
            row = array_row(operation, _key(parameters), tuple(map(self.shape, inputs)))
        except InputError as error:
            raise located(error, tree.col_offset) from None
        if operation in ENTRYWISE and all(self.nodes[i].number is not None for i in inputs):
            numbers = [self.nodes[i].number for i in inputs]
            return self.number(float(compute(ENTRYWISE[operation], *numbers)), typed(tree))
        self.hidden += 1
        name = f"{self.line}.{self.hidden}"
        node = Node(name, operation, inputs, None, False, self.line, _key(parameters), row.shape)
        self.count(row, tree)
        self.shared[key] = self.add(node)
        return self.shared[key]

    def check_arrays(self, operation: str, inputs: tuple[int, ...], tree: ast.expr) -> None:
        """Refuse a typed number where an array is taken."""
        for position in inputs:
            number = self.nodes[position].number
            if number is not None:
                what = f"{number_text(number)} is a number, and “{operation}” takes an array."
                raise ExpressionError(what, at=tree.col_offset)

    def count(self, row: ArrayRow, tree: ast.expr) -> None:
        """Count what a row costs, before anything runs."""
        if not self.limited:
            return
        size, at = prod(row.shape), tree.col_offset
        self.operations += 1
        self.entries += size
        self.work += row.work
        if self.operations > OPERATIONS:
            what = f"The program has more than {OPERATIONS} operations."
            raise LimitError(what, hint="Composites count with all their lines.", at=at)
        if size > HIDDEN_ENTRIES:
            what = f"{shape_text(row.shape)} are {size:,} entries."
            raise LimitError(what, hint=f"At most {HIDDEN_ENTRIES:,} are possible.", at=at)
        if self.entries > ALL_ENTRIES:
            what = f"All arrays together have more than {ALL_ENTRIES:,} entries."
            raise LimitError(what, hint="Take smaller shapes.", at=at)
        if self.work > WORK:
            what = f"The program takes more than {WORK:,} multiplications."
            raise LimitError(what, hint="Take smaller shapes.", at=at)

    def add(self, node: Node) -> int:
        """Add a node; a leaf's name is known from here on."""
        self.nodes.append(node)
        if node.is_variable:
            self.places[node.name] = len(self.nodes) - 1
        return len(self.nodes) - 1

    def number(self, number: float, typed: str = "") -> int:
        """Return where a constant of this line stands; its parameter is how it was typed."""
        key = ("", repr(float(number)), typed)
        if key not in self.shared:
            name = f"#{len(self.nodes)}"
            typed_so = (typed,) if typed else ()
            node = Node(name, "", (), float(number), False, self.line, typed_so, ())
            self.shared[key] = self.add(node)
        return self.shared[key]


def _key(parameters: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return parameters as what can be looked up: of lists, tuples."""
    return tuple(_key(tuple(each)) if type(each) in (list, tuple) else each for each in parameters)
