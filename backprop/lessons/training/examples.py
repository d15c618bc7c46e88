"""The examples of a run: from a recipe, a table or drawn points; divided, and scaled.

Notation:
    X   raw features, [n, features of the data]     inputs   what the network is given, [n, fan_in]
"""

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from backprop.engine.errors import InputError
from backprop.lessons.training.choices import DRAWN, OWN, Choices
from backprop.sharing.snapshot import to_bytes
from backprop.stage.links import Read
from backprop.training.datasets import Dataset, split
from backprop.training.drawn import drawn_dataset
from backprop.training.features import FEATURES, Scaling, expand, fit_scaling
from backprop.training.plan import Examples
from backprop.training.reading import Table, read_table
from backprop.training.recipes import RECIPES, dataset
from backprop.training.table import guess, to_dataset

Array = NDArray[np.float64]

SCALING = {"iris": "standard", "digits": "unit", OWN: "standard"}  # where the learner did not say


@dataclass(frozen=True, eq=False)
class Data:
    """The examples of a run, ready to be learned from.

    Attributes:
        dataset: where they come from.
        names: what the network's inputs are, in order.
        scaling: what was done to them; it can be undone.
        train_rows, test_rows: which rows of the data set are learned from, and which only seen.
        train, test: their inputs and targets.
    """

    dataset: Dataset
    names: tuple[str, ...]
    scaling: Scaling
    train_rows: tuple[int, ...]
    test_rows: tuple[int, ...]
    train: Examples
    test: Examples

    @cached_property
    def digest(self) -> str:
        """One word for the examples and what is done to them: others have another.

        Of the numbers as they were given: sines and scaled columns may differ in the last bit
        between processors.
        """
        words = (self.names, self.scaling.kind, self.train_rows, self.test_rows)
        digest = hashlib.sha256(repr(words).encode())
        for array in (self.dataset.X, self.dataset.Y):
            digest.update(repr(array.shape).encode() + np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    @property
    def is_plane(self) -> bool:
        """Whether an example is a point of the plane."""
        return len(self.dataset.features) == 2

    def title(self, name: str) -> str:
        """Return what an input is called: x₁², or a column's own name."""
        if not self.is_plane:
            return name
        own = dict(zip(("x1", "x2"), self.dataset.features, strict=True))
        return FEATURES[name].label if own.get(name, name) == name else own[name]

    def inputs(self, X: Array) -> Array:
        """Return what the network is given for raw features, [n, fan_in]."""
        return self.scaling.apply(expand(X, self.names) if self.is_plane else X)


def read_own_table(choices: Choices, read: Read) -> Table:
    """Return the table that the learner brought.

    Raises:
        InputError: there is none, or what stands at the address is not one.
    """
    if not choices.data.own:
        raise InputError(
            "There is no table yet.", hint="Upload a CSV file, or paste its text.", at="own"
        )
    read(choices.data.own)  # once deleted it is gone, also where it was shown before
    return _table(read, choices.data.own)


@lru_cache(maxsize=16)
def _table(read: Read, address: str) -> Table:
    match read(address):
        case {"table": str() as text, "separator": str() as separator, "header": bool() as header}:
            return replace(read_table(text), separator=separator, header=header)
    raise InputError("What stands at this address is not a table.", at="own")


def table_body(table: Table, salt: str) -> bytes:
    """Return the snapshot of a table: its text in one canonical form, and how it was read.

    Args:
        table: the table.
        salt: makes it this learner's: another who brings the same has an address of their own.
    """
    form = {"separator": table.separator, "header": table.header}
    return to_bytes({"table": table.text(), **form, "salt": salt})


def load_dataset(choices: Choices, read: Read) -> Dataset:
    """Return the data set that was chosen.

    Raises:
        InputError: the table, the points or the typed function cannot be used.
    """
    if choices.data.dataset == OWN:
        read_own_table(choices, read)
        return _own_dataset(
            read, choices.data.own, choices.data.target, choices.data.columns, choices.data.task
        )
    if choices.data.dataset == DRAWN:
        return drawn_dataset(choices.data.drawn, choices.data.task or "classes")
    recipe = RECIPES[choices.data.dataset]
    formula = choices.data.formula or recipe.default_formula
    return dataset(
        choices.data.dataset, choices.data.size, choices.data.noise, choices.data.data_seed, formula
    )


@lru_cache(maxsize=16)
def _own_dataset(
    read: Read, address: str, target: str, columns: tuple[str, ...], task: str
) -> Dataset:
    table = _table(read, address)
    usual = guess(table)
    target = target or usual.target
    chosen = tuple(name for name in columns or usual.features if name != target)
    return to_dataset(table, target, chosen, task or (usual.task if target == usual.target else ""))


def load_examples(choices: Choices, read: Read) -> Data:
    """Return the examples, divided and scaled.

    Raises:
        InputError: they cannot be used.
    """
    data = load_dataset(choices, read)
    names = choices.data.features if data.X.shape[1] == 2 else ()
    scaling = choices.data.scaling or SCALING.get(choices.data.dataset, "none")
    return _divided(data, names, scaling, choices.data.share, choices.data.data_seed)


@lru_cache(maxsize=16)
def _divided(data: Dataset, names: tuple[str, ...], scaling: str, share: int, seed: int) -> Data:
    plane = data.X.shape[1] == 2
    names = tuple(name for name in FEATURES if name in names) or ("x1", "x2")
    train_rows, test_rows = split(data, share, seed)
    raw = expand(data.X, names) if plane else data.X
    fitted = fit_scaling(scaling, raw[train_rows])
    inputs = fitted.apply(raw)
    return Data(
        dataset=data,
        names=names if plane else data.features,
        scaling=fitted,
        train_rows=tuple(train_rows.tolist()),
        test_rows=tuple(test_rows.tolist()),
        train=Examples(inputs[train_rows], data.Y[train_rows]),
        test=Examples(inputs[test_rows], data.Y[test_rows]),
    )
