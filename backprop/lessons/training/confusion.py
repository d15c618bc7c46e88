"""Which class is taken for which, and which images the network gets most wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backprop.drawing.field import ColorField, make_field
from backprop.lessons.training.state import TrainingState
from backprop.notation.numerals import short
from backprop.training.flat import Array
from backprop.training.measure import confusion, layer_outputs

WORST = 8  # images that are shown because they are classified worst


@dataclass(frozen=True, slots=True)
class Image:
    """An image that is classified badly."""

    row: int  # from 1
    image: ColorField
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
    worst: tuple[Image, ...]  # the images whose class was given the smallest share


def count_confusion(state: TrainingState) -> Confusion:
    """Return how often each class was taken for each, among the examples that were held out."""
    X, Y, rows, what = _held_out(state)
    classes = state.data.dataset.classes
    outputs = layer_outputs(state.network, state.parameters, X)[-1]
    counts = confusion(outputs, Y, len(classes))
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    percent = (100 * counts / totals).round().astype(int).astype(str)
    table = tuple(
        tuple(zip(row, shares, strict=True))
        for row, shares in zip(counts.tolist(), percent.tolist(), strict=True)
    )
    images = _worst(state, outputs, Y, rows) if state.data.dataset.image else ()
    return Confusion(classes, table, int(np.trace(counts)), int(counts.sum()), what, images)


def _held_out(state: TrainingState) -> tuple[Array, Array, Sequence[int], str]:
    """Return the examples that a verdict is about: those held out, if there are any."""
    data = state.data
    if len(data.test.X):
        return *data.test, data.test_rows, "held out"
    return *data.train, data.train_rows, "training examples"


def _worst(
    state: TrainingState, outputs: Array, Y: Array, rows: Sequence[int]
) -> tuple[Image, ...]:
    """Return the images whose true class was given the smallest share."""
    data, images = state.data.dataset, []
    assert data.image is not None, "Only images are shown as images."
    shares = (outputs * Y).sum(axis=1)
    for k in np.argsort(shares, kind="stable")[:WORST].tolist():
        true, answer = int(Y[k].argmax()), int(outputs[k].argmax())
        given = "the score" if state.network.loss == "multiclass_hinge" else "a probability of"
        words = f"{data.classes[true]}, given {given} {short(float(shares[k]))}"
        if true != answer:
            words += f"; taken for {data.classes[answer]}"
        picture = make_field(data.X[rows[k]].reshape(data.image), signed=False)
        images.append(Image(rows[k] + 1, picture, words, true != answer))
    return tuple(images)
