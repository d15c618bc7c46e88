"""A plan is run: what it lets go is gone, and what is read must be held.

So that the gradient is the same to the last bit, the shares of a sum are added in the order of
`differentiate`; they count as the one array that a running sum takes.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from backprop.engine.arrays.rows import ENTRYWISE, ArrayRow
from backprop.engine.compiled.rules import ARRAYS, write
from backprop.engine.forward import leaves_at
from backprop.engine.graph import Node
from backprop.engine.ops import WORDS, compute, pass_back
from backprop.engine.tape.needed import Tape, mentioned
from backprop.engine.tape.plan import BACK, VALUE, Plan
from backprop.engine.trace import Edge, edges


class NotHeldError(LookupError):
    """A step reads an array that was let go, or was never made."""


def gradient_by(plan: Plan, at: Mapping[str, Any]) -> dict[str, Any]:
    """Return the gradient by every parameter, from a pass that holds no more than its plan.

    Args:
        plan: of a program; where its last line is an array, the gradient of its sum is returned.
        at: a value for each of its leaves.

    Raises:
        PointError: the point does not fit the program.
        NotHeldError: the plan lets go what is read later.
    """
    tape, program = plan.tape, plan.tape.program
    machine = _Machine(tape, dict(zip(program.variables, leaves_at(program, at), strict=True)))
    born: dict[int, list[int]] = {}
    ends: dict[int, list[int]] = {}
    for life in plan.lives:
        if life.kind == VALUE:
            born.setdefault(life.first, []).append(life.node)
            ends.setdefault(life.last, []).append(life.node)
    for step, event in enumerate(plan.events):
        if event.kind == BACK:
            machine.undo(event.line)
        else:
            machine.run(event.line, born.get(step, []))
        for node in ends.get(step, []):
            del machine.held[node]
    free = (i for i, node in enumerate(program.nodes) if node.name in program.parameters)
    return {program.nodes[i].name: machine.total(i) for i in free}


class _Machine:
    """Holds arrays by the node that owns them; mutable, and it stays in its function."""

    def __init__(self, tape: Tape, leaves: Mapping[str, Any]) -> None:
        self.tape, self.program = tape, tape.program
        self.held: dict[int, Any] = {}
        self.leaves = leaves
        self.order = {edge: k for k, edge in enumerate(edges(tape.program))}
        self.passing: dict[int, list[Edge]] = {}
        for edge in self.order:
            self.passing.setdefault(edge.later, []).append(edge)
        self.shares: dict[int, dict[int, Any]] = {}  # node → which edge → what it sent

    def run(self, number: int, born: list[int]) -> None:
        """Compute a line; keep what lives on."""
        own: dict[int, Any] = {}
        for position in self.tape.lines[number].nodes:
            inputs = (self._read(i, own) for i in self.program.nodes[position].inputs)
            own[position] = compute(self.program.row(position), *inputs)
        self.held.update((node, own[node]) for node in born)

    def undo(self, number: int) -> None:
        """Send back what a line sends, operation by operation, the last one first."""
        for position in reversed(self.tape.lines[number].nodes):
            for edge in self.passing.get(position, ()):
                self.shares.setdefault(edge.node, {})[self.order[edge]] = self._product(edge)

    def total(self, node: int) -> Any:
        """Return a gradient: the sum of all that was sent to a node; 0 where nothing was."""
        if node == self.program.output:
            shape = self.program.nodes[node].shape
            return np.ones(shape) if shape else 1.0
        total: Any = None
        for _, share in sorted(self.shares.get(node, {}).items()):
            total = share if total is None else total + share
        return 0.0 if total is None else total

    def _product(self, edge: Edge) -> Any:
        row, node = self.program.row(edge.later), self.program.nodes[edge.later]
        assert isinstance(row, ArrayRow)
        read = mentioned(self.program, edge, as_run=self.tape.as_run)
        out, *inputs = (
            self._read(i, {}) if i in read else _shape_of(self.program.nodes[i])
            for i in (edge.later, *node.inputs)
        )
        if not self.tape.as_run:
            row = _as_printed(row)
        return pass_back(row, edge.which, self.total(edge.later), out, *inputs)

    def _read(self, position: int, own: Mapping[int, Any]) -> Any:
        """Return the value of a node: held, just made, or a view of what is."""
        node = self.program.nodes[position]
        if position in own:
            return own[position]
        if node.is_leaf:
            return self.leaves[node.name] if node.number is None else node.number
        if self.tape.owner[position] != position:
            return compute(self.program.row(position), self._read(node.inputs[0], own))
        if position not in self.held:
            raise NotHeldError(f"“{node.name}” is read, and not held.")
        return self.held[position]


def _as_printed(row: ArrayRow) -> ArrayRow:
    """Return a row whose products are run as they are printed."""
    if row.name not in ENTRYWISE:
        return replace(row, product_kernels=())
    written = (write(text, {}, ARRAYS, WORDS) if text else "" for text in row.products)
    return replace(row, product_kernels=tuple(written))


def _shape_of(node: Node) -> Any:
    """Return an array that has a node's shape and no values: who reads one gets NaN."""
    return np.broadcast_to(np.nan, node.shape or ())
