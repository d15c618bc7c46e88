"""One entry of an array of the trace: where it stands, what it is called, its number.

The entry that is worked out at a step is the one that is largest in magnitude. In the letters of
these modules: g is ∂L/∂Z, i counts the examples of the batch, j the units of a layer, k those of
the layer before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.trace import Trace
from backprop.lessons.training.layers.steps import Half, layer_of
from backprop.notation.derivation import Equation
from backprop.notation.formula import Formula, Label, Number, partial
from backprop.notation.names import label_of
from backprop.stage.walk.explanation import Words
from backprop.training.flat import Array

MOST_ROWS = 64  # of a batch that a map shows, and among which the largest entry is looked for

Index = tuple[int, ...]


class Band(NamedTuple):
    """A part of an array: its first row and column, how many rows and columns."""

    row: int
    column: int
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class WorkedEntry:
    """One entry, worked out."""

    about: Words  # what it is made of
    equation: Equation  # what it equals: letters, numbers, result
    bands: Mapping[Half, Band]  # the entry, and the rows and columns that it is made of

    @property
    def result(self) -> Number:
        """The entry's number."""
        result = self.equation.sides[-1][1]
        assert isinstance(result, Number), "an equation ends with its result"
        return result


class Entry(NamedTuple):
    """An entry of a node's value or gradient; its index is () where that is one number."""

    trace: Trace
    node: int
    kind: str
    at: Index

    @property
    def array(self) -> Any:
        """What it is an entry of."""
        return (self.trace.values if self.kind == "value" else self.trace.gradients)[self.node]

    @property
    def number(self) -> float:
        """Its number."""
        return float(np.asarray(self.array)[self.at])

    @property
    def tone(self) -> str:
        """The pass that made it."""
        return "forward" if self.kind == "value" else "backward"

    @property
    def total(self) -> Number:
        """Its number with the pass that made it, as a sum comes to it."""
        return Number("", self.number, self.tone)

    @property
    def name(self) -> str:
        """The name of its node."""
        return self.trace.graph.nodes[self.node].name

    @property
    def letter(self) -> Label:
        """Its name as a scalar: in Z1 [2, 4] z with (1) above and 5 below."""
        letter, layer = self.name[0].lower(), self.name[1:]
        if not self.at:
            return label_of(self.name)
        if letter == "w":
            return label_of(f"w{layer}_{self.at[0] + 1}_{self.at[1] + 1}")
        return label_of(f"{letter}{layer}{'_' * bool(layer)}{self.at[-1] + 1}")

    @property
    def left(self) -> Formula:
        """What stands on the left: its name, or the slope of the loss by it."""
        graph = self.trace.graph
        whole = label_of(graph.nodes[graph.output].name)
        return self.letter if self.kind == "value" else partial(whole, self.letter)

    @property
    def where(self) -> str:
        """Where it stands, in words: “example 3, unit 5”."""
        at = [i + 1 for i in self.at]
        if self.name[0] == "W":
            source = "unit" if layer_of(self.trace.graph, self.node) > 1 else "input"
            return f"to unit {at[0]}, from {source} {at[1]}"
        if self.name[0] == "b":
            return f"unit {at[0]}" if np.size(self.array) > 1 else "the bias"
        kind = "input" if self.name == "X" else "output" if self.name == "Y" else "unit"
        return f"example {at[0]}, {kind} {at[1]}" if at else ""

    @property
    def cell(self) -> dict[Half, Band]:
        """It alone, as a band."""
        return {(self.node, self.kind): Band(*(0, 0, *self.at)[-2:])} if self.at else {}

    def of(self, node: int, kind: str, at: Index | None = None) -> "Entry":
        """Return an entry of another array; at the same index when left out."""
        return Entry(self.trace, node, kind, self.at if at is None else at)


def peak(trace: Trace, node: int, kind: str) -> Entry | None:
    """Return the largest entry of an array among the rows shown; None if any is not finite."""
    array = np.asarray((trace.values if kind == "value" else trace.gradients)[node])
    if not np.isfinite(array).all():
        return None
    if not np.ndim(trace.values[node]):
        return Entry(trace, node, kind, ())
    shown = array[:MOST_ROWS] if has_examples(trace, node) else array
    at = np.unravel_index(int(np.abs(shown).argmax()), shown.shape)
    return Entry(trace, node, kind, tuple(int(i) for i in at))


def has_examples(trace: Trace, node: int) -> bool:
    """Whether the rows of a node's array are the examples of the batch."""
    entry = trace.graph.nodes[node]
    return np.ndim(trace.values[node]) == 2 and (bool(entry.inputs) or entry.given)


def row_band(array: Array, i: int) -> Band:
    """Return a row as a band."""
    return Band(i, 0, 1, array.shape[1])


def column_band(array: Array, j: int, most: int = MOST_ROWS) -> Band:
    """Return a column as a band, as long as it is shown."""
    return Band(0, j, min(len(array), most), 1)
