"""A bug: a slip in one line of a backward pass, and the numbers that it makes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from backprop.engine.slips.batch_pass import BatchPass
from backprop.engine.slips.slip import Slip
from backprop.lessons.find_the_bug.code import Line
from backprop.lessons.find_the_bug.examples import Example, find_example
from backprop.lessons.find_the_bug.slip_lines import (
    SLIP_LINES,
    SlipLine,
    find_slip_line,
    write_about,
    write_phrase,
    write_slip,
)
from backprop.stage.walk.explanation import Words

CHANGES = 1e-9  # a slip that changes the gradient by less than this share changes nothing


@dataclass(frozen=True, eq=False)
class Bug:
    """A slip in one line of the backward pass of an example.

    Attributes:
        example: whose backward pass it is.
        row: the slip, and what it writes.
        layer: the layer of the line.
        line: the wrong line.
    """

    example: Example
    row: SlipLine
    layer: int
    line: Line

    @property
    def slip_name(self) -> str:
        """The slip by its name."""
        return self.row.slip.name

    @property
    def heading(self) -> str:
        """What the slip is called."""
        return self.row.slip.title

    @property
    def title(self) -> str:
        """What network it is."""
        return self.example.title

    @property
    def loss(self) -> Words:
        """Its loss as a formula."""
        return self.example.loss

    @property
    def right_lines(self) -> tuple[Line, ...]:
        """The program as it should be."""
        return self.example.writing.lines

    @property
    def slip(self) -> Slip:
        """The slip, made in this layer alone."""
        return self.row.slip.at_layers(self.layer)

    @property
    def phrase(self) -> str:
        """What is wrong, in a phrase."""
        return write_phrase(self.row, self.example.writing, self.layer)

    @property
    def about(self) -> str:
        """Why it is wrong."""
        return write_about(self.row, self.example.writing, self.layer)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The program, with the wrong line in its place."""
        right = self.example.writing.lines
        return tuple(self.line if each.place == self.line.place else each for each in right)

    @cached_property
    def number(self) -> int:
        """Which line is wrong, counted from 1."""
        return 1 + self.lines.index(self.line)

    @property
    def right_line(self) -> Line:
        """What should stand there."""
        return self.example.writing.lines[self.number - 1]

    @cached_property
    def claimed(self) -> Mapping[str, Any]:
        """The gradient of each node that the lines make, by the engine's name: W1, b1, Z1, A1."""
        return _passes(self.example).node_gradients(self.slip.rules, self.example.setup.rate)

    @cached_property
    def is_felt(self) -> bool:
        """Whether it changes the gradient."""
        right, shapes = find_right(self.example), self.example.setup.network.shapes
        largest = max(float(np.abs(right[name]).max()) for name in shapes)
        away = max(float(np.abs(self.claimed[name] - right[name]).max()) for name in shapes)
        return away > CHANGES * largest

    def equals(self, other: "Bug") -> bool:
        """Whether another bug gives the same gradient: then the numbers cannot tell them apart."""
        names = self.example.setup.network.shapes
        ours, theirs = self.claimed, other.claimed
        return all(np.allclose(ours[n], theirs[n], rtol=1e-9, atol=1e-15) for n in names)


@lru_cache(maxsize=16)
def _passes(example: Example) -> BatchPass:
    setup = example.setup
    return BatchPass(setup.network, setup.network.batch(setup.parameters, setup.X, setup.Y))


@lru_cache(maxsize=16)
def find_right(example: Example) -> Mapping[str, Any]:
    """Return the right gradient of each node, by the engine's name."""
    return _passes(example).node_gradients()


@lru_cache(maxsize=1024)
def make_bug(example: str, slip: str, layer: int, *, as_cause: bool = False) -> Bug | None:
    """Return a slip in one line of an example; None where it cannot be there, or changes nothing.

    Args:
        example: by its name.
        slip: by its name in the catalogue.
        layer: of the line.
        as_cause: whether it is only supposed: then the line may use what the pass is not given.
    """
    chosen, row = find_example(example), find_slip_line(slip)
    if row is None or not row.slip.fits(chosen.setup.network, len(chosen.setup.X)):
        return None
    writing = replace(chosen.writing, shows_z=True) if as_cause else chosen.writing
    line = write_slip(row, writing, layer)
    bug = Bug(chosen, row, layer, line) if line else None
    return bug if bug and bug.is_felt else None


@lru_cache(maxsize=32)
def possible_bugs(example: str, *, as_causes: bool = False) -> tuple[Bug, ...]:
    """Return every bug that the lines of an example can have, in the order of the table."""
    depth = find_example(example).writing.depth
    made = (
        make_bug(example, row.slip.name, layer, as_cause=as_causes)
        for row in SLIP_LINES
        for layer in range(depth, 0, -1)
    )
    return tuple(bug for bug in made if bug)
