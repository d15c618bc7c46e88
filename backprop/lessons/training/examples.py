"""The examples that were chosen: from a recipe, a table or drawn points."""

import csv
import io
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from backprop.engine.errors import InputError
from backprop.lessons.training.choices import DRAWN, OWN, Choices
from backprop.sharing.errors import MissingSnapshot
from backprop.sharing.formats import Either, content_of, expect, fields, labelled
from backprop.sharing.snapshot import to_bytes
from backprop.stage.links import Read
from backprop.training.datasets import Dataset
from backprop.training.examples.columns import Table
from backprop.training.examples.drawn import drawn_dataset
from backprop.training.examples.prepared import Data, prepare
from backprop.training.examples.reading import problems, read_stored
from backprop.training.examples.recipes import RECIPES, dataset
from backprop.training.examples.table import to_dataset
from backprop.training.examples.use import Use, guess_without_kinds, with_target
from backprop.training.examples.values import KINDS, is_of_kind

RECOGNISED = ("kind", "unit", "typed", "read", "decimal")  # of a column
SCALING = {"iris": "standard", "digits": "unit", OWN: "standard"}  # where the learner did not say


class BroughtTable(NamedTuple):
    """A table that was brought, and the use that it most likely asks for."""

    table: Table
    usual: Use
    remarks: tuple[str, ...]  # on cells that may be in the way


def read_own_table(choices: Choices, read: Read) -> BroughtTable:
    """Return the table that the learner brought; raises InputError if there is none."""
    if not choices.data.own:
        raise InputError(
            "There is no table yet.", hint="Upload a CSV file, or paste its text.", at="own"
        )
    try:
        read(choices.data.own)  # once deleted it is gone, also where it was shown before
    except MissingSnapshot as error:
        hint = "Who brought it deleted it, or it made room for others. Bring it again."
        raise MissingSnapshot("The table is gone.", hint=hint) from error
    return _table(read, choices.data.own)


@lru_cache(maxsize=16)
def _table(read: Read, address: str) -> BroughtTable:
    value = read(address)
    if not isinstance(value, Mapping) or "table" not in value:
        raise InputError("What stands at this address is not a table.", at="own")
    table, usual = read_body(value)
    return BroughtTable(table, usual, problems(table))


def read_body(value: Any) -> tuple[Table, Use]:
    """Return what `table_body` made a value of.

    Raises:
        SnapshotError: it cannot be read.
    """
    content = content_of(value, {1: _complete})
    kept = fields(
        content,
        table=str,
        separator=str,
        header=bool,
        columns=[{"field": str}],
        comments=range(10**6),
        use=Either(Mapping, None),
    )
    columns = tuple(fields(c, **dict.fromkeys(RECOGNISED, str)) for c in kept["columns"])
    _check_rows(kept["table"], len(columns))
    how = {name: kept[name] for name in ("separator", "header", "comments")}
    table = read_stored(kept["table"], columns, **how)
    expect(all(is_of_kind(c.kind, c.cells) for c in table.columns), "its cells do not fit")
    if kept["use"] is None:
        return table, guess_without_kinds(table)
    use = fields(kept["use"], target=str, kinds=[str])
    fits = len(use["kinds"]) == len(table.columns) and set(use["kinds"]) <= set(KINDS)
    expect(fits and use["target"] in table.names, "its use does not fit")
    return table, Use(use["target"], tuple(use["kinds"]))


def _complete(before: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a table in format 1 with what an early version did not keep of how it was read."""
    unsaid = {"separator": ",", "header": True, "columns": [], "comments": 0, "use": None}
    columns = fields({**unsaid, **before}, columns=[Mapping])["columns"]
    return {**unsaid, **before, "columns": [{"decimal": "", **each} for each in columns]}


def _check_rows(text: str, count: int) -> None:
    """Refuse a text that is no table, or one that has not so many columns; 0: as it has."""
    try:
        names, *rows = csv.reader(io.StringIO(text, newline=""))
    except (csv.Error, ValueError):
        names, rows = [], []
    expect(rows and len(set(names)) == len(names), "it is no table")
    expect(all(len(row) == len(names) for row in rows), "its rows are not equally long")
    expect(count in (0, len(names)), "its columns are not as many as it says")


def table_body(table: Table, use: Use) -> bytes:
    """Return the snapshot of a table: its text in one canonical form, and how it was read.

    What was recognised is kept, so that a later reader cannot see other numbers in it. Who brings
    the same has the same address; the store knows who brought it.
    """
    return to_bytes(
        labelled(
            table=table.text(),
            separator=table.separator,
            header=table.header,
            columns=[column.recognised for column in table.columns],
            comments=table.comments,
            use={"target": use.target, "kinds": list(use.kinds)},
        )
    )


def find_use(choices: Choices, own: BroughtTable) -> Use:
    """Return what the table is used for, as the learner chose; the rest as it is usual."""
    data, (table, usual, _) = choices.data, own
    use = with_target(table, usual, data.target or usual.target)
    kinds = dict(zip(table.names, use.kinds, strict=True))
    if data.columns:  # an address of an older version says the features by their names
        chosen = {name: table.column(name).kind for name in data.columns}
        kinds = {name: chosen.get(name, "aside") for name in kinds} | {
            use.target: kinds[use.target]
        }
    if data.task:
        kinds[use.target] = "number" if data.task == "numbers" else "words"
    for number, name in enumerate(table.names, 1):
        kind = data.kinds.get(f"kind{number}", "")
        if kind and not (kind == "aside" and name == use.target):
            kinds[name] = kind
    return Use(use.target, tuple(kinds.values()))


def load_dataset(choices: Choices, read: Read) -> Dataset:
    """Return the data set that was chosen; raises InputError if it cannot be used."""
    if choices.data.dataset == OWN:
        use = find_use(choices, read_own_table(choices, read))
        return _own_dataset(read, choices.data.own, use)
    if choices.data.dataset == DRAWN:
        task, names = choices.data.task or "classes", choices.data.class_names
        return drawn_dataset(choices.data.drawn, task, names)
    recipe = RECIPES[choices.data.dataset]
    formula = choices.data.formula or recipe.default_formula
    return dataset(
        choices.data.dataset, choices.data.size, choices.data.noise, choices.data.data_seed, formula
    )


@lru_cache(maxsize=16)
def _own_dataset(read: Read, address: str, use: Use) -> Dataset:
    return to_dataset(_table(read, address).table, use)


def load_examples(choices: Choices, read: Read) -> Data:
    """Return the examples, divided and scaled; raises InputError if they cannot be used."""
    data = load_dataset(choices, read)
    names = choices.data.features if data.X.shape[1] == 2 else ()
    scaling = choices.data.scaling or SCALING.get(choices.data.dataset, "none")
    targets = choices.data.targets if data.task == "numbers" else ""
    return prepare(
        data, names, scaling, choices.data.share, choices.data.data_seed, targets or "none"
    )
