"""The learner's own table: brought, and taken back."""

from dataclasses import replace

from backprop.lessons.lesson import Asked, Onward
from backprop.lessons.train_afresh import AFRESH, UNSAID
from backprop.lessons.train_choices import OWN, Choices
from backprop.lessons.train_data import table_body, table_of
from backprop.lessons.train_presets import DEFAULTS
from backprop.sharing.snapshot import address_of
from backprop.training.reading import read_table
from backprop.training.table import guess, to_dataset


def bring(choices: Choices, asked: Asked) -> Onward:
    """Take a table that the learner uploads or pastes.

    Raises:
        TableError: it cannot be read; the text says where.
    """
    table = read_table(asked.files.get("file") or asked.pairs.get("table", "").encode())
    usual = guess(table)
    to_dataset(table, usual.target, usual.features, usual.task)  # refused before it is stored
    stored = table_body(table, asked.salt)
    after = replace(choices, **AFRESH, **UNSAID, data=OWN, own=address_of(stored))
    return Onward(after, bodies=(stored,))


def delete(choices: Choices, asked: Asked) -> Onward:
    """Delete the learner's table from the store, and go back to the first data set.

    Raises:
        InputError: what stands at the address is not a table, so it is not theirs to delete.
    """
    if choices.own:
        table_of(choices, asked.links.read)
    after = replace(choices, **AFRESH, **UNSAID, data=DEFAULTS.data, own="")
    return Onward(after, deleted=(choices.own,) if choices.own else ())
