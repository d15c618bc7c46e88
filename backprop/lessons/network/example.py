"""The example that goes through: a row of a data set, or the learner's own numbers."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop.engine.network import OF_CLASSES
from backprop.lessons.network.setup import another_network
from backprop.lessons.network.training_step import TrainingStep
from backprop.stage.controls import Field, Option, number_field
from backprop.stage.links import Links
from backprop.stage.networks import OWN, NetworkChoices, find_dataset
from backprop.stage.walk.explanation import Labels
from backprop.training.datasets import DATASETS, Dataset


@dataclass(frozen=True, slots=True)
class Example:
    """The control of the example.

    Attributes:
        title, about: of the data set; `about` is empty for the learner's own numbers.
        row, rows: which row it is, counted from 1, and how many there are.
        back, forward, random: the addresses of other rows; empty where there are none.
        here: the address to which another row's number is added.
        label: its class.
        word: what one example is called.
        sources: where it can come from.
        fields: a field for each input and target.
    """

    title: str
    about: str
    row: int
    rows: int
    back: str
    forward: str
    random: str
    here: str
    label: str
    word: str
    sources: tuple[Option, ...]
    fields: tuple[Field, ...]


def make_example(training_step: TrainingStep, links: Links, label: Labels) -> Example:
    """Return the control of the example."""
    network = training_step.choices.network
    data, sources = find_dataset(network), _sources(network, links)
    fields = _fields(training_step, data, label)
    if data is None:
        return Example("Your own numbers", "", 1, 1, "", "", "", "", "", "", sources, fields)
    rows, row = len(data.X), network.row
    return Example(
        title=data.title,
        about=f"{data.about} {data.source}",
        row=row,
        rows=rows,
        back=links.address("inputs", row=row - 1 if row > 1 else rows),
        forward=links.address("inputs", row=next_row(row, rows)),
        random=links.address("inputs", row=next_row(row, rows, shuffled=True)),
        here=links.address("inputs"),
        label=data.labels[row - 1],
        word=data.example,
        sources=sources,
        fields=fields,
    )


def _sources(network: NetworkChoices, links: Links) -> tuple[Option, ...]:
    titles = {OWN: "your own numbers"} | {name: load().title for name, load in DATASETS.items()}
    return tuple(
        Option(
            title,
            name,
            name == network.data,
            another_network(links, "inputs", **_source_changes(network, name)),
        )
        for name, title in titles.items()
    )


def _source_changes(network: NetworkChoices, name: str) -> dict[str, Any]:
    """Return what changes when the example comes from elsewhere: the sizes must fit it."""
    if name in (OWN, network.data):
        return {"data": name}
    data = DATASETS[name]()
    features, classes = data.X.shape[1], data.Y.shape[1]
    last = network.sizes[-1] if network.sizes[-1] in (1, classes) else 1
    of_classes = network.loss in OF_CLASSES
    last = classes if of_classes and classes > 1 else last
    changes: dict[str, Any] = {
        "data": name,
        "row": 1,
        "sizes": (features, *network.sizes[1:-1], last),
    }
    if of_classes and last == 1:
        changes["activations"] = (*network.activations[:-1], "sigmoid")
        changes["loss"] = "binary_cross_entropy"
    return changes


def next_row(row: int, rows: int, *, shuffled: bool = False) -> int:
    """Return the row that follows, counted from 1; the shuffled order is always the same."""
    if not shuffled:
        return row % rows + 1
    order = np.random.default_rng(rows).permutation(rows)
    at = int(np.flatnonzero(order == row - 1)[0])
    return int(order[(at + 1) % rows]) + 1


def _fields(training_step: TrainingStep, data: Dataset | None, label: Labels) -> tuple[Field, ...]:
    outputs, inputs = training_step.network.sizes[-1], training_step.choices.network.inputs
    return tuple(
        number_field(name, label(name), _title(name[0], int(name[1:]), data, outputs), x)
        for name, x in inputs.items()
    )


def _title(letter: str, i: int, data: Dataset | None, outputs: int) -> str:
    """Return what the i-th input x or target y is, in words."""
    if data is None:
        return f"{'input' if letter == 'x' else 'target'} {i}"
    if letter == "x":
        unit = data.units[i - 1]
        return f"{data.features[i - 1]}{f', {unit}' if unit else ''}"
    return data.classes[i - 1] if outputs > 1 or data.Y.shape[1] > 1 else "target"
