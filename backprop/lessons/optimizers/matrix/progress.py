"""What of the matrix is measured so far: the cells that are done, and the one under way.

Course  ⇄  a plain value with arrays, which stands in the page's snapshot
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop.sharing.snapshot import Value

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Cell:
    """One run: an optimizer with a gradient from one source.

    Attributes:
        optimizer, source: by name.
        loss: where it ended; ±∞ and NaN are losses too.
        evaluations: of the function, those for the gradients among them.
        gradients: how many were asked.
        steps: how many were taken.
        seconds: of work.
        end: why it ended, in words.
        sound: whether it ended at a finite number.
        refused: whether it could not be run; the end says why.
    """

    optimizer: str
    source: str
    loss: float
    evaluations: int
    gradients: int
    steps: int
    seconds: float
    end: str
    sound: bool = True
    refused: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Which cell this is."""
        return self.optimizer, self.source


@dataclass(frozen=True, eq=False, slots=True)
class Underway:
    """The cell that is not at its end, and all that its next slice needs.

    Attributes:
        optimizer, source: by name.
        evaluations, gradients, steps, seconds: so far, as of a cell.
        arrays: of an optimizer the parameters “theta” and its memory; of a minimizer of SciPy's
            its record, “marks” and “numbers”.
    """

    optimizer: str
    source: str
    evaluations: int = 0
    gradients: int = 0
    steps: int = 0
    seconds: float = 0.0
    arrays: Mapping[str, Array] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """Which cell this is."""
        return self.optimizer, self.source


@dataclass(frozen=True, eq=False, slots=True)
class Course:
    """How much of a matrix is filled in.

    Attributes:
        start: of which problem, in one word; that of another is not looked at.
        cells: done, in the order in which they were.
        underway: the one that is not, if there is one.
        total: how many cells there are to run; 0 before the first.
    """

    start: str = ""
    cells: tuple[Cell, ...] = ()
    underway: Underway | None = None
    total: int = 0

    @property
    def is_full(self) -> bool:
        """Whether all cells are done."""
        return 0 < self.total <= len(self.cells)

    def cell(self, optimizer: str, source: str) -> Cell | None:
        """Return a cell that is done; None where it is not."""
        return next((each for each in self.cells if each.key == (optimizer, source)), None)


def pack(course: Course) -> Value:
    """Return the plain value of a course."""
    return {
        "start": course.start,
        "cells": [
            {name: getattr(cell, name) for name in Cell.__dataclass_fields__}
            for cell in course.cells
        ],
        "underway": _packed(course.underway),
        "total": course.total,
    }


def _packed(underway: Underway | None) -> Value:
    if underway is None:
        return None
    found = {name: getattr(underway, name) for name in Underway.__dataclass_fields__}
    return {**found, "arrays": dict(underway.arrays)}


def unpack(value: Any) -> Course:
    """Return the course of a plain value that `pack` made."""
    return Course(
        start=value["start"],
        cells=tuple(Cell(**each) for each in value["cells"]),
        underway=Underway(**value["underway"]) if value["underway"] else None,
        total=value["total"],
    )
