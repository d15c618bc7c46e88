"""The data sets: small, named, and the same for everyone who opens them.

Notation:
    X   the features, one row per example [n, features]
    Y   the targets, one row per example [n, outputs]
"""

import csv
import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from backprop.engine.errors import LimitError

Array = NDArray[np.float64]
Rows = NDArray[np.intp]  # row numbers, counted from 0

CC_BY = "CC BY 4.0"
OURS = "MIT"  # generated here
MARGIN = 0.08  # how much a span shows beyond the data, as a share of their range
IMAGE = (8, 8)  # the size of a digit
DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Examples to learn from, with what their columns and rows are called.

    ``X`` and ``Y`` are copies of what is given, float64 and read-only. Y has one column per class
    (one-hot), or a single column: a number, where 0 and 1 may stand for two classes.
    """

    name: str
    title: str
    about: str  # one sentence: what the rows are
    source: str
    features: tuple[str, ...]
    units: tuple[str, ...]  # one per feature; empty for a pure number
    classes: tuple[str, ...]  # empty where the target is a number
    labels: tuple[str, ...]  # one per row: its class, or its number as text
    example: str  # what one row is called
    X: Array
    Y: Array
    licence: str = ""
    target: str = ""  # what the target is called
    target_unit: str = ""  # empty for a pure number, and for classes
    image: tuple[int, int] | None = None  # rows and columns, where the features are pixels
    spans: tuple[tuple[float, float], ...] = ()  # per feature, from where to where a picture shows

    def __post_init__(self) -> None:
        """Take copies of the arrays that nobody can write to, and find the spans."""
        for name in ("X", "Y"):
            array = np.array(getattr(self, name), dtype=np.float64)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        assert len(self.X) == len(self.Y) == len(self.labels), "Every row needs a target and label."
        assert self.X.shape[1] == len(self.features) == len(self.units), "Every feature has a unit."
        object.__setattr__(self, "spans", self.spans or _spans(self.X))
        assert len(self.spans) == len(self.features), "Every feature has a span."

    @property
    def task(self) -> str:
        """What is learned: "two classes" (one column of 0 and 1), "classes", or "numbers"."""
        if not self.classes:
            return "numbers"
        return "two classes" if self.Y.shape[1] == 1 else "classes"


def _spans(X: Array) -> tuple[tuple[float, float], ...]:
    low, high = X.min(axis=0), X.max(axis=0)
    margin = np.where(low == high, 1.0, MARGIN * (high - low))
    return tuple(zip((low - margin).tolist(), (high + margin).tolist(), strict=True))


@cache
def iris() -> Dataset:
    """Fisher's irises: four lengths in centimetres, three species, 50 flowers of each.

    All 150 rows are in the order and with the numbers of the paper; data/iris-LICENSE.txt says
    where other copies differ.
    """
    with DATA.joinpath("iris.csv").open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    features, units = zip(*(column.split(" in ") for column in header[:-1]), strict=True)
    labels = tuple(row[-1] for row in rows)
    classes = tuple(dict.fromkeys(labels))
    return Dataset(
        name="iris",
        title="Fisher’s irises",
        about="150 iris flowers of three species, each with four lengths measured in centimetres.",
        source="R. A. Fisher (1936), The use of multiple measurements in taxonomic problems, "
        "Annals of Eugenics 7, 179–188.",
        licence=CC_BY,
        features=features,
        units=units,
        target="species",
        classes=classes,
        labels=labels,
        example="flower",
        X=np.array([row[:-1] for row in rows], dtype=np.float64),
        Y=np.eye(len(classes))[[classes.index(label) for label in labels]],
    )


@cache
def xor() -> Dataset:
    """Exclusive or: 1 where exactly one of two inputs is 1; no straight line parts the classes."""
    return Dataset(
        name="xor",
        title="Exclusive or",
        about="The four rows of “either, but not both”, which no single neuron can learn.",
        source="M. Minsky and S. Papert (1969), Perceptrons.",
        licence=OURS,
        features=("x1", "x2"),
        units=("", ""),
        target="x1 xor x2",
        classes=("0", "1"),
        labels=("0", "1", "1", "0"),
        example="row",
        X=np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
        Y=np.array([[0.0], [1.0], [1.0], [0.0]]),
    )


@cache
def digits() -> Dataset:
    """Handwritten digits: 1,797 images of 8 × 8 pixels from 0 to 16, and which digit each is.

    data/digits-LICENSE.txt says how the file is written and where it comes from.
    """
    height, width = IMAGE
    table = np.frombuffer(gzip.decompress(DATA.joinpath("digits.gz").read_bytes()), np.uint8)
    *pixels, written = table.reshape(height * width + 1, -1)
    classes = tuple("0123456789")
    return Dataset(
        name="digits",
        title="Handwritten digits",
        about="1,797 digits that 13 people wrote by hand, each an image of 8 × 8 pixels.",
        source="E. Alpaydin and C. Kaynak (1998), Optical Recognition of Handwritten Digits, "
        "UCI Machine Learning Repository.",
        licence=CC_BY,
        features=tuple(f"p{i}_{j}" for i in range(1, height + 1) for j in range(1, width + 1)),
        units=("",) * len(pixels),
        target="digit",
        classes=classes,
        labels=tuple(classes[digit] for digit in written.tolist()),
        example="image",
        image=IMAGE,
        spans=((0.0, 16.0),) * len(pixels),
        X=np.array(pixels, float).T,
        Y=np.eye(len(classes))[written],
    )


DATASETS: Mapping[str, Callable[[], Dataset]] = MappingProxyType({"iris": iris, "xor": xor})


def split(dataset: Dataset, share_percent: float, seed: int) -> tuple[Rows, Rows]:
    """Return the rows to train with and the rows to test with, both in rising order.

    Each class is divided in this share, and stands in both parts if it has two rows or more.

    Args:
        dataset: what is divided.
        share_percent: how much of it is for training; with 100 there is nothing to test with.
        seed: decides which rows, and nothing else does.

    Raises:
        LimitError: the share is not between 1 and 100 percent.
    """
    if not 1 <= share_percent <= 100:
        what = f"{share_percent:g} % of the rows cannot be for training."
        raise LimitError(what, hint="Choose from 1 to 100 %.", at="share")
    rng = np.random.default_rng(seed)
    class_of = _class_of(dataset)
    train = []
    for one in np.unique(class_of):
        rows = rng.permutation(np.flatnonzero(class_of == one))
        train.append(rows[: _count(len(rows), share_percent)])
    is_train = np.zeros(len(class_of), bool)
    is_train[np.concatenate(train)] = True
    return np.flatnonzero(is_train), np.flatnonzero(~is_train)


def _class_of(dataset: Dataset) -> Rows:
    """Return the number of each row's class; where there are none, all rows are alike."""
    if dataset.task == "numbers":
        return np.zeros(len(dataset.Y), np.intp)
    if dataset.task == "two classes":
        return dataset.Y[:, 0].astype(np.intp)
    return np.asarray(dataset.Y.argmax(axis=1))


def _count(rows: int, share_percent: float) -> int:
    """Return how many of some rows are for training: neither none nor all, if that can be."""
    if share_percent == 100:
        return rows
    return max(1, min(rows - 1, round(rows * share_percent / 100)))
