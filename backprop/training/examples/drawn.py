"""Points that a learner sets by hand, as a data set."""

from functools import lru_cache

import numpy as np

from backprop.engine.errors import InputError
from backprop.training.datasets import Dataset
from backprop.training.examples.recipes import SQUARE

CLASSES = ("class 0", "class 1")
REACH = 0.35  # of the 6 that the plane is wide: what a finger covers


@lru_cache(maxsize=32)
def drawn_dataset(points: tuple[float, ...], task: str, names: tuple[str, ...] = ()) -> Dataset:
    """Return the data set of points in the plane.

    Args:
        points: x1, x2 and the target of each point, one after the other.
        task: “classes” (targets 0 and 1) or “numbers”.
        names: of the two classes; “class 0” and “class 1” where they have none.

    Raises:
        InputError: there are no points, or one of them is not whole.
    """
    if not points:
        raise InputError("There are no points yet.", hint="Click on the plane.", at="points")
    if len(points) % 3:
        raise InputError(
            f"{len(points)} numbers are no whole points.",
            hint="Each point has three: x1, x2 and its target.",
            at="points",
        )
    rows = np.array(points).reshape(-1, 3)
    usual = names if len(names) == len(CLASSES) else CLASSES
    classes = () if task == "numbers" else usual
    Y = rows[:, 2:] if task == "numbers" else (rows[:, 2:] > 0.5).astype(float)
    labels = (
        (f"{y:.6g}" for y in Y[:, 0]) if task == "numbers" else (classes[int(y)] for y in Y[:, 0])
    )
    return Dataset(
        name="drawn",
        title="Your own points",
        about=f"{len(rows)} points that were set by hand.",
        source="Drawn here.",
        licence="",
        features=("x1", "x2"),
        units=("", ""),
        target="value" if task == "numbers" else "class",
        classes=classes,
        labels=tuple(labels),
        example="point",
        spans=SQUARE,
        X=rows[:, :2],
        Y=Y,
    )


def without_nearest(drawn: tuple[float, ...], x: float, y: float) -> tuple[float, ...]:
    """Return the points without the one nearest to a place, if it is within reach."""
    if not drawn:
        return drawn
    points = np.array(drawn).reshape(-1, 3)
    distances = np.hypot(points[:, 0] - x, points[:, 1] - y)
    nearest = int(distances.argmin())
    if distances[nearest] > REACH:
        return drawn
    return (*drawn[: 3 * nearest], *drawn[3 * nearest + 3 :])
