"""How far two trainings and the measured costs are, as a snapshot holds it.

Progress  ⇄  a plain value with arrays
"""

import math
from typing import Any

import numpy as np

from backprop.lessons.gradient_check.cost import LADDER
from backprop.sharing.formats import expect, fields
from backprop.sharing.snapshot import Value
from backprop.training.two_trainings import Progress

ARRAYS = ("right", "wrong", "previous", "losses", "costs")
SIDE = range(10**6)  # how long an array is


def pack(progress: Progress) -> Value:
    """Return progress as a plain value with arrays."""
    arrays = {name: getattr(progress, name) for name in ARRAYS}
    shapes = {name: list(array.shape) for name, array in arrays.items()}
    flat = {name: np.ravel(array) for name, array in arrays.items()}
    return {"start": progress.start, "shapes": shapes, **flat}


def unpack(value: Any) -> Progress:
    """Return the progress of a plain value that `pack` made.

    Raises:
        SnapshotError: it is none.
    """
    kept = fields(value, start=str, shapes={"name": [SIDE]}, **dict.fromkeys(ARRAYS, np.ndarray))
    shapes = fields(kept["shapes"], **{name: [SIDE] for name in ARRAYS})
    fits = all(kept[name].size == math.prod(shapes[name]) for name in ARRAYS)
    expect(fits, "its arrays have not the shapes that it says")
    found = {name: np.array(kept[name], float).reshape(tuple(shapes[name])) for name in ARRAYS}
    right, losses, costs = found["right"], found["losses"], found["costs"]
    expect(right.ndim == 1 and right.shape == found["wrong"].shape, "its parameters do not fit")
    expect(found["previous"].shape in ((0,), right.shape), "its last gradient does not fit")
    expect(losses.shape[1:] == (2,), "its losses do not fit")
    expect(bool(kept["start"]) == bool(len(losses)), "its losses do not fit")
    expect(costs.shape[1:] == (3,) and len(costs) <= len(LADDER), "its costs do not fit")
    expect((costs > 0).all() and np.isfinite(costs).all(), "its costs are none")
    return Progress(start=kept["start"], **found)
