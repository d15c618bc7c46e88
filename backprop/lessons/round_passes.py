"""What a walk tells of: a forward and a backward pass at one point, and a second opinion.

A round of a network has it, and so has any typed function at a point.
"""

from collections.abc import Mapping
from typing import Protocol

from backprop.engine.finite_difference import Row as CheckRow
from backprop.engine.graph import Graph
from backprop.engine.trace import Trace


class Passes(Protocol):
    """A function differentiated at a point, and checked there."""

    @property
    def graph(self) -> Graph:
        """The function, of numbers."""

    @property
    def trace(self) -> Trace:
        """The record of both passes."""

    @property
    def check(self) -> Mapping[str, CheckRow]:
        """The gradient beside its central finite differences, by the variable's name."""

    @property
    def noun(self) -> str:
        """What the output is called in a sentence: “the loss”; empty where its letter is."""
