"""What of the matrix is measured so far: the runs that are finished, and the one under way."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Run:
    """An optimizer with a gradient from one source, and what its run has taken so far.

    Attributes:
        evaluations: of the function, those for the gradients among them.
        gradients: how many were asked.
        seconds: of work.
    """

    optimizer: str
    source: str
    evaluations: int = 0
    gradients: int = 0
    steps: int = 0
    seconds: float = 0.0

    @property
    def key(self) -> tuple[str, str]:
        """Which run this is."""
        return self.optimizer, self.source


@dataclass(frozen=True, eq=False, slots=True)
class FinishedRun(Run):
    """A run at its end.

    Attributes:
        loss: where it ended; ±∞ and NaN are losses too.
        end: why it ended, in words.
        sound: whether it ended at a finite number.
        refused: whether it could not be run; the end says why.
    """

    loss: float = np.nan
    end: str = ""
    sound: bool = True
    refused: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class UnfinishedRun(Run):
    """The run that is under way, and all that its next slice needs.

    Attributes:
        arrays: of an optimizer the parameters “theta” and its memory; of a minimizer of SciPy's
            its record, “marks” and “numbers”.
    """

    arrays: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True, eq=False, slots=True)
class Progress:
    """How much of a matrix is filled in.

    Attributes:
        problem: of which problem, in one word; that of another is not looked at.
        finished: in the order in which they were.
        current: the one that is under way, if there is one.
        total: how many runs there are; 0 before the first.
    """

    problem: str = ""
    finished: tuple[FinishedRun, ...] = ()
    current: UnfinishedRun | None = None
    total: int = 0

    def find(self, optimizer: str, source: str) -> FinishedRun | None:
        """Return a run that is finished; None where it is not."""
        return next((each for each in self.finished if each.key == (optimizer, source)), None)
