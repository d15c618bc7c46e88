"""The data sets: small, named, and the same for everyone who opens them.

Notation:
    X   the features, one row per example [n, features]
    Y   the targets, one row per example [n, outputs]
"""

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


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
    classes: tuple[str, ...]
    labels: tuple[str, ...]  # one per row: its class
    example: str  # what one row is called
    X: Array
    Y: Array

    def __post_init__(self) -> None:
        """Take copies of the arrays that nobody can write to."""
        for name in ("X", "Y"):
            array = np.array(getattr(self, name), dtype=np.float64)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        assert len(self.X) == len(self.Y) == len(self.labels), "Every row needs a target and label."
        assert self.X.shape[1] == len(self.features) == len(self.units), "Every feature has a unit."


@cache
def iris() -> Dataset:
    """Fisher's irises: four lengths in centimetres, three species, 50 flowers of each.

    All 150 rows are in the order and with the numbers of the paper; data/iris-LICENSE.txt says
    where other copies differ.
    """
    with (
        Path(__file__)
        .with_name("data")
        .joinpath("iris.csv")
        .open(newline="", encoding="utf-8") as file
    ):
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
        features=features,
        units=units,
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
        features=("x1", "x2"),
        units=("", ""),
        classes=("0", "1"),
        labels=("0", "1", "1", "0"),
        example="row",
        X=np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]),
        Y=np.array([[0.0], [1.0], [1.0], [0.0]]),
    )


DATASETS: Mapping[str, Callable[[], Dataset]] = MappingProxyType({"iris": iris, "xor": xor})
