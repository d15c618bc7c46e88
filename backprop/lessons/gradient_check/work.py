"""What a page of the gradient check has found so far by working: two trainings, and what costs.

Course  ⇄  a plain value with arrays, which stands in the page's snapshot
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop.sharing.snapshot import Value

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Course:
    """Two trainings that began alike, one with a slip; and the measured costs.

    Attributes:
        start: of what the trainings are, in one word; those of another start are not looked at.
        right, wrong: the parameters that each came to, as one row [P].
        previous: the last gradient of the wrong one, [P]; none before its first step.
        losses: of both at every step, the right one first, [steps + 1, 2].
        costs: for each size N measured: N, seconds for a value and its gradient by a backward
            pass, seconds for the same gradient by central differences, [k, 3].
    """

    start: str = ""
    right: Array = field(default_factory=lambda: np.zeros(0))
    wrong: Array = field(default_factory=lambda: np.zeros(0))
    previous: Array = field(default_factory=lambda: np.zeros(0))
    losses: Array = field(default_factory=lambda: np.zeros((0, 2)))
    costs: Array = field(default_factory=lambda: np.zeros((0, 3)))

    @property
    def steps(self) -> int:
        """How many steps both trainings have taken."""
        return max(0, len(self.losses) - 1)

    def with_cost(self, row: tuple[float, float, float]) -> "Course":
        """Return the course with one more size measured."""
        return replace(self, costs=np.vstack([self.costs, row]))


PARTS = ("right", "wrong", "previous", "losses", "costs")


def pack(course: Course) -> Value:
    """Return the plain value of a course."""
    arrays = {name: getattr(course, name) for name in PARTS}
    shapes = {name: list(array.shape) for name, array in arrays.items()}
    flat = {name: np.ravel(array) for name, array in arrays.items()}
    return {"start": course.start, "shapes": shapes, **flat}


def unpack(value: Any) -> Course:
    """Return the course of a plain value that `pack` made."""
    arrays = {
        name: np.array(value[name], float).reshape(tuple(value["shapes"][name])) for name in PARTS
    }
    return Course(start=value["start"], **arrays)
