"""What a table is used for: which column is learned, from which others, and as what they are read.

The most likely use is guessed; what is set aside has a reason, which the page shows.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from backprop.training.examples.cells import TableError
from backprop.training.examples.columns import Column, Table
from backprop.training.examples.number_cells import are_rounded

INPUTS = 64  # that a network is given at most
CLASSES = 20  # at most, of a target; and levels of a feature that is words
FEW = 10  # so many different whole numbers may be classes
NEARLY_EVERY = 0.8  # of the rows with a word of their own: words are names of rows
MOST_CLASSES = 0.7  # of the rows with a class of their own: a target is no class
COUNTED = 10  # rows from which a first column that counts them is seen without a name
TARGETS = re.compile(
    r"(the )?(target|label|class|klasse|classe|clase|output|outcome|response|species|category|"
    r"diagnosis|survived|ziel|cible)( ?(name|id|code))?s?",
    re.IGNORECASE,
)
INDEX = re.compile(
    r"(.*[\W_])?(id|ids|index|idx|uuid|guid|key|nr|s?no|num|number|row|row ?(num|names?|id)|#|"
    r"unnamed: ?[0-9.]+|level_0|obs|observation|case|record|entry|sample|lfd)\.?",
    re.IGNORECASE,
)
CAMEL_ID = re.compile(r".*[a-z](Id|ID)")


@dataclass(frozen=True, slots=True)
class Use:
    """What a table is used for.

    Attributes:
        target: the name of the column that is learned.
        kinds: as what each column is read, one of KINDS; what is "aside" is not used.
    """

    target: str
    kinds: tuple[str, ...]


def guess(table: Table) -> Use:
    """Return the use that a table most likely asks for.

    The target is a column whose name says so, or else the last one that can be learned. Other
    columns are features, but for those that cannot tell anything, as `why_aside` says; where all
    are such, those that can be read at all. What is beyond 64 inputs is set aside.

    Raises:
        TableError: the target is the same in every row.
    """
    aside = {c.name for c in table.columns if why_aside(table, c)}
    target = _likely_target(table, aside)
    if len(target.categories) == 1 and target.size > 1:
        refuse_constant(target, target.categories[0])
    others = [c for c in table.columns if c is not target]
    features = [c for c in others if c.name not in aside]
    if not features:  # an index is better than nothing, a name for each row is not
        features = [c for c in others if usual_kind(c) != "words" and not _is_idle(c)]
    if not features:
        why = "; ".join(f"“{c.name}”: {why_aside(table, c)}" for c in others[:3])
        raise TableError(f"No column is left to learn “{target.name}” from.", hint=f"{why}.")
    kinds, room = dict.fromkeys(table.names, "aside"), INPUTS
    for column in features:
        kind = usual_kind(column)
        count = count_inputs(column, kind)
        if count <= room:
            kinds[column.name], room = kind, room - count
    kinds[target.name] = likely_kind(target)
    return Use(target.name, tuple(kinds.values()))


def usual_kind(column: Column) -> str:
    """Return as what a column is read: a few words among numbers leave their rows out."""
    return "number" if column.strays else column.kind


def _is_idle(column: Column) -> bool:
    """Whether a column holds nothing, or numbers that would be rounded."""
    return not column.categories or are_rounded(column.categories)


def guess_without_kinds(table: Table) -> Use:
    """Return the use of a table that was brought before columns had kinds of their own.

    The target is the last column of words that can be classes, or else the last; the features are
    the first 64 columns of numbers.
    """
    words = [c for c in table.columns if c.kind == "words" and 2 <= len(c.categories) <= CLASSES]
    target = (words or table.columns)[-1]
    room, kinds = INPUTS, []
    for column in table.columns:
        if column is target:
            kinds.append(likely_kind(column, before=True))
            continue
        is_used = column.kind == "number" and bool(column.categories) and room > 0
        room -= is_used
        kinds.append("number" if is_used else "aside")
    return Use(target.name, tuple(kinds))


def _likely_target(table: Table, aside: Collection[str]) -> Column:
    learnable = [c for c in table.columns if c.categories and not _is_unlearnable(c)]
    named = [c for c in learnable if table.header and TARGETS.fullmatch(c.name)]
    telling = [c for c in learnable if c.name not in aside]
    if not learnable:
        raise TableError(
            "No column of this table can be learned.",
            hint="In each, nearly every row has a different word, or no row has a value.",
        )
    target = (named or telling or learnable)[-1]
    if not named and target.kind == "number":  # beside classes, x and y are a place
        target = next((c for c in telling if c.name.lower() == "y"), target)
    return target


def _is_unlearnable(column: Column) -> bool:
    """Whether a column as the target would make nearly every row a class, or too many classes."""
    different = len(column.categories)
    return usual_kind(column) == "words" and different > min(CLASSES, MOST_CLASSES * column.size)


def is_name_of_rows(column: Column) -> bool:
    """Whether nearly every row has a word of its own."""
    return usual_kind(column) == "words" and len(column.categories) >= NEARLY_EVERY * column.size


def why_aside(table: Table, column: Column) -> str:
    """Return why a column is set aside unless the learner says otherwise; empty if it is not."""
    given, different = column.size, len(column.categories)
    if not given:
        return "no value in it"
    if 2 * given < len(column.cells):
        return f"no value in {len(column.cells) - given:,} of {len(column.cells):,} rows"
    if different == 1 and len(column.cells) > 1:
        return "the same in every row"
    if column.kind == "number":
        return _why_index(table, column)
    if usual_kind(column) != "words":
        return ""
    if different == given and _is_index_name(table, column):
        return "an id: each row has a different one"
    if is_name_of_rows(column):
        return "nearly every row has a different one"
    if different > CLASSES:
        return f"{different:,} different words: one-hot takes {CLASSES} at most"
    return ""


def _why_index(table: Table, column: Column) -> str:
    if are_rounded(column.categories):
        return "numbers of 16 digits and more, as ids have: they would be rounded"
    values = column.values[~np.isnan(column.values)]
    steps = np.diff(values)
    counts = bool(len(steps)) and bool((steps == steps[0]).all()) and abs(steps[0]) == 1
    whole = bool((values == np.floor(values)).all())
    if not whole or len(set(values.tolist())) < len(values):
        return ""
    is_first = column is table.columns[0]
    unnamed = is_first and not table.header and len(values) >= COUNTED and len(table.columns) > 2
    if counts and ((unnamed and values[0] in (0, 1)) or _is_index_name(table, column)):
        return "it counts the rows"
    return "an id: each row has a different one" if _is_id(column.name) and table.header else ""


def _is_index_name(table: Table, column: Column) -> bool:
    position = table.names.index(column.name) + 1
    unnamed = column.name == f"column {position}"
    return table.header and (unnamed or bool(INDEX.fullmatch(column.name)) or _is_id(column.name))


def _is_id(name: str) -> bool:
    return bool(CAMEL_ID.fullmatch(name) or re.fullmatch(r"(?i)(.*[\W_])?(id|uuid|guid)", name))


def likely_kind(target: Column, *, before: bool = False) -> str:
    """Return as what a target is learned: a few whole numbers, and words, are classes.

    Few are half as many as there are rows; of codes that count up from 0 or 1, six in ten.

    Args:
        target: the column.
        before: whether its table was brought when codes were numbers like others.
    """
    if target.kind != "number":
        return target.kind if before else usual_kind(target)
    different = sorted({float(cell) for cell in target.categories})
    are_whole, count = all(number.is_integer() for number in different), len(different)
    starts = bool(different) and different[0] in (0, 1)
    are_codes = starts and different[-1] == different[0] + count - 1 and not before
    is_few = 2 <= count <= min(FEW, target.size * (0.6 if are_codes else 0.5))
    return "words" if are_whole and is_few else "number"


def with_target(table: Table, use: Use, name: str) -> Use:
    """Return the use with another target; the one before becomes a feature if it can tell a thing.

    Raises:
        TableError: there is no column of this name.
    """
    if name == use.target:
        return use
    before, now = table.column(use.target), table.column(name)
    kinds = dict(zip(table.names, use.kinds, strict=True))
    kinds[name], kinds[before.name] = likely_kind(now, before=not table.kinds_are_stored), "aside"
    count = sum(count_inputs(c, kinds[c.name]) for c in table.columns if c is not now)
    may_tell = table.kinds_are_stored and not why_aside(table, before)
    if may_tell and count + count_inputs(before, usual_kind(before)) <= INPUTS:
        kinds[before.name] = usual_kind(before)
    return Use(name, tuple(kinds.values()))


def count_inputs(column: Column, kind: str) -> int:
    """Return how many inputs of a network a feature takes: words one for each level."""
    return len(set(column.read_as(kind).cells) - {""}) if kind == "words" else int(kind != "aside")


def refuse_constant(learned: Column, value: str) -> NoReturn:
    """Refuse a target that is the same in every row."""
    raise TableError(
        f"Every row has “{value[:40]}” as its “{learned.name}”.",
        hint="There is nothing to tell apart: bring rows with other values too.",
        at="target",
    )
