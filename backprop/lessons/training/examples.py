"""The examples that were chosen: from a recipe, a table or drawn points."""

from dataclasses import replace
from functools import lru_cache

from backprop.engine.errors import InputError
from backprop.lessons.training.choices import DRAWN, OWN, Choices
from backprop.sharing.snapshot import to_bytes
from backprop.stage.links import Read
from backprop.training.datasets import Dataset
from backprop.training.drawn import drawn_dataset
from backprop.training.prepared import Data, prepare
from backprop.training.reading import Table, read_table
from backprop.training.recipes import RECIPES, dataset
from backprop.training.table import guess, to_dataset

SCALING = {"iris": "standard", "digits": "unit", OWN: "standard"}  # where the learner did not say


def read_own_table(choices: Choices, read: Read) -> Table:
    """Return the table that the learner brought; raises InputError if there is none."""
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

    The salt makes it this learner's: another who brings the same has an address of their own.
    """
    text, separator, header = table.text(), table.separator, table.header
    return to_bytes({"table": text, "separator": separator, "header": header, "salt": salt})


def load_dataset(choices: Choices, read: Read) -> Dataset:
    """Return the data set that was chosen; raises InputError if it cannot be used."""
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
    """Return the examples, divided and scaled; raises InputError if they cannot be used."""
    data = load_dataset(choices, read)
    names = choices.data.features if data.X.shape[1] == 2 else ()
    scaling = choices.data.scaling or SCALING.get(choices.data.dataset, "none")
    return prepare(data, names, scaling, choices.data.share, choices.data.data_seed)
