"""How much of the matrix is filled in, as a snapshot holds it; its keys stand in stored snapshots.

Progress  ⇄  a plain value with arrays
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from backprop.sharing.formats import Either, expect, fields
from backprop.sharing.snapshot import Value
from backprop.training.matrix_progress import FinishedRun, Progress, Run, UnfinishedRun
from backprop.training.matrix_runs import ORDER, Problem
from backprop.training.minimize import GRADIENT, MOST_NUMBERS
from backprop.training.minimize_methods import METHODS
from backprop.training.optimizers import OPTIMIZERS

COUNT = range(10**12)
RUN = {
    "optimizer": str,
    "source": str,
    "evaluations": COUNT,
    "gradients": COUNT,
    "steps": COUNT,
    "seconds": float,
}
FINISHED = {"loss": float, "end": str, "sound": bool, "refused": bool}


def pack(progress: Progress) -> Value:
    """Return the plain value of how far a matrix is."""
    current = progress.current
    return {
        "start": progress.problem,
        "cells": [_fields(each) for each in progress.finished],
        "underway": _fields(current) | {"arrays": dict(current.arrays)} if current else None,
        "total": progress.total,
    }


def _fields(run: Run) -> dict[str, Any]:
    return {name: getattr(run, name) for name in run.__dataclass_fields__}


def unpack(value: Any) -> Progress:
    """Return what `pack` made a plain value of.

    Raises:
        SnapshotError: it is none.
    """
    kept = fields(value, start=str, cells=[Mapping], underway=Either(Mapping, None), total=COUNT)
    finished = tuple(FinishedRun(**fields(each, **RUN, **FINISHED)) for each in kept["cells"])
    current = kept["underway"]
    under_way = (
        UnfinishedRun(**fields(current, **RUN, arrays={"name": np.ndarray})) if current else None
    )
    for run in (*finished, *([under_way] if under_way else [])):
        known = run.optimizer in OPTIMIZERS or run.optimizer in METHODS
        expect(known and run.source in ORDER, "a run is of something that is not known")
        expect(run.seconds >= 0, "a run took less than no time")
    expect(len({run.key for run in finished}) == len(finished), "a run stands there twice")
    return Progress(kept["start"], finished, under_way, kept["total"])


def expect_to_fit(problem: Problem, progress: Progress | None) -> None:
    """Refuse a run under way that is stored as one of this problem, but cannot be.

    Raises:
        SnapshotError: its arrays are not those that its optimizer goes on from.
    """
    run = progress.current if progress and progress.problem == problem.word else None
    if run is None or not run.arrays:
        return
    if run.optimizer in OPTIMIZERS:
        start = OPTIMIZERS[run.optimizer]().start(problem.start)
        shapes = {name: np.shape(x) for name, x in {"theta": problem.start, **start}.items()}
        expect(shapes == {n: x.shape for n, x in run.arrays.items()}, "its arrays do not fit")
        return
    kept = fields(run.arrays, marks=np.ndarray, numbers=np.ndarray)
    marks, numbers = kept["marks"], kept["numbers"]
    expect(marks.ndim == numbers.ndim == 1, "its record does not fit")
    answers = np.where(marks >= GRADIENT, problem.count, 1)
    expect(answers.sum() == len(numbers) <= MOST_NUMBERS, "its record does not fit")
