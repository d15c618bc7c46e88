"""What the network says of the examples, class by class, and which images it gets most wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backprop.drawing.field import Field, field_of
from backprop.lessons.train_course import Course
from backprop.lessons.train_maps import activity
from backprop.notation.numerals import short

Array = NDArray[np.float64]

WORST = 8  # images that are shown because they are classified worst


@dataclass(frozen=True, slots=True)
class Sample:
    """An image that is classified badly."""

    row: int  # from 1
    image: Field
    words: str  # what it is, and what it is taken for
    wrong: bool


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each class was taken for each: rows are what is true."""

    classes: tuple[str, ...]
    rows: tuple[tuple[tuple[int, str], ...], ...]  # count, and its share of the row in percent
    right: int
    total: int
    what: str  # of which examples


def _held_out(course: Course) -> tuple[Array, Array, Sequence[int], str]:
    """Return the examples that a verdict is about: those held out, if there are any."""
    data = course.data
    if len(data.test.X):
        return *data.test, data.test_rows, "held out"
    return *data.train, data.train_rows, "training examples"


def confusion_of(course: Course) -> Confusion:
    """Return how often each class was taken for each, among the examples that were held out."""
    X, Y, _, what = _held_out(course)
    outputs = activity(course.network, course.parameters, X)[-1]
    classes = course.data.dataset.classes
    if Y.shape[1] == 1:
        true, said = (Y[:, 0] > 0.5).astype(int), (outputs[:, 0] > 0.5).astype(int)
    else:
        true, said = Y.argmax(axis=1), outputs.argmax(axis=1)
    counts = np.zeros((len(classes), len(classes)), int)
    np.add.at(counts, (true, said), 1)
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shares = (100 * counts / totals).round().astype(int).astype(str)
    rows = tuple(
        tuple(zip(row, share, strict=True))
        for row, share in zip(counts.tolist(), shares.tolist(), strict=True)
    )
    return Confusion(classes, rows, int(np.trace(counts)), int(counts.sum()), what)


def worst_of(course: Course) -> tuple[Sample, ...]:
    """Return the images whose true class was given the smallest share."""
    X, Y, rows, _ = _held_out(course)
    data = course.data.dataset
    outputs = activity(course.network, course.parameters, X)[-1]
    shares = (outputs * Y).sum(axis=1)
    order = np.argsort(shares, kind="stable")[:WORST].tolist()
    found = []
    for k in order:
        true, said = int(Y[k].argmax()), int(outputs[k].argmax())
        row = rows[k]
        words = f"{data.classes[true]}, given a probability of {short(float(shares[k]))}"
        if true != said:
            words += f"; taken for {data.classes[said]}"
        assert data.image is not None, "Only images are shown as images."
        picture = field_of(data.X[row].reshape(data.image), signed=False)
        found.append(Sample(row + 1, picture, words, true != said))
    return tuple(found)
