"""A learner's own table becomes a data set: what is learned from which columns.

What a table is, and how its text is read, stands in reading.py and cells.py.
"""

from dataclasses import dataclass

import numpy as np

from backprop.training.datasets import Array, Dataset
from backprop.training.examples.cells import COLUMNS, TableError
from backprop.training.examples.reading import Column, Table, not_a_number

CLASSES = 20  # at most
FEW = 10  # so many different whole numbers may be classes
TASKS = ("", "two classes", "classes", "numbers")


@dataclass(frozen=True, slots=True)
class Selection:
    """What a table is used for: the target's name, the features' names, and the task.

    The task is "classes" (two or more) or "numbers".
    """

    target: str
    features: tuple[str, ...]
    task: str


def guess(table: Table) -> Selection:
    """Return the selection that a table most likely asks for.

    The target is the last column of words that can be classes; if there is none, the last column.
    All other columns of numbers are features. Words, and a few whole numbers, are classes.
    """
    classes = [c for c in table.columns if c.kind == "words" and _can_be_classes(c)]
    target = (classes or table.columns)[-1]
    features = tuple(
        column.name
        for column in table.columns
        if column.kind == "numbers" and column is not target and column.categories
    )
    return Selection(target.name, features[: COLUMNS - 1], _likely_task(target))


def _can_be_classes(column: Column) -> bool:
    return 2 <= len(column.categories) <= CLASSES


def _likely_task(target: Column) -> str:
    if target.kind == "words":
        return "classes"
    different = {float(cell) for cell in target.categories}
    are_whole = all(number.is_integer() for number in different)
    rows = len(target.cells) - len(target.missing)
    is_few = 2 <= len(different) <= min(FEW, rows / 2)
    return "classes" if are_whole and is_few else "numbers"


def to_dataset(table: Table, target: str, features: tuple[str, ...], task: str) -> Dataset:
    """Return the chosen columns as a data set, without the rows that lack a value in one of them.

    Classes stand in the order they first appear, or that of their numbers; two classes become one
    column of 0 and 1.

    Args:
        table: where the columns stand.
        target: the name of the column that is learned.
        features: the names of the columns that it is learned from.
        task: "classes" (or "two classes"), "numbers", or "" for what the target suggests.

    Raises:
        TableError: a column is not there or cannot be used so, or too few rows are left.
    """
    assert task in TASKS, "A task is one of TASKS."
    learned = table.column(target)
    task = task or _likely_task(learned)
    given = [table.column(name) for name in dict.fromkeys(features)]
    _check_columns(table, learned, given)
    rows = _complete(table, [*given, learned])
    classes, labels, Y = (
        _numbers(table, learned, rows) if task == "numbers" else _classes(learned, rows)
    )
    return Dataset(
        name="own",
        title="Your own table",
        about=_about(len(rows), table.size - len(rows)),
        source="Your own table.",
        features=tuple(column.name for column in given),
        units=("",) * len(given),
        target=learned.name,
        classes=classes,
        labels=labels,
        example="row",
        X=np.column_stack([[float(column.cells[row]) for row in rows] for column in given]),
        Y=Y,
    )


def _check_columns(table: Table, learned: Column, given: list[Column]) -> None:
    if not given:
        hint = "Choose at least one column of numbers."
        raise TableError("No feature is chosen.", hint=hint, at="features")
    if len(given) > COLUMNS - 1:
        hint = f"At most {COLUMNS - 1} are possible."
        raise TableError(f"{len(given)} features are too many.", hint=hint, at="features")
    for column in given:
        if column is learned:
            raise TableError(
                f"“{column.name}” is the target, so it cannot be a feature too.",
                hint="What is to be learned must not be told.",
                at="features",
            )
        if column.kind == "words":
            _refuse_words(table, column, "features")


def _refuse_words(table: Table, column: Column, at: str) -> None:
    cells = [(row, cell) for row, cell in enumerate(column.cells) if cell]
    row, cell = next((each for each in cells if not _is_number(each[1])), cells[0])
    raise TableError(
        not_a_number(table, row, column, cell),
        hint="A network computes with numbers; a column of words can only be classes to learn.",
        at=at,
    )


def _is_number(cell: str) -> bool:
    try:
        return bool(np.isfinite(float(cell)))
    except ValueError:
        return False


def _complete(table: Table, columns: list[Column]) -> list[int]:
    """Return the rows, counted from 0, in which no value is missing."""
    missing = {row for column in columns for row in column.missing}
    rows = [row for row in range(table.size) if row not in missing]
    if len(rows) < 2:
        what = "No row has" if not rows else "Only one row has"
        raise TableError(
            f"{what} a value in all {len(columns)} chosen columns.",
            hint="At least two are needed: fill in the missing values, or choose other columns.",
        )
    return rows


Target = tuple[tuple[str, ...], tuple[str, ...], Array]  # classes, labels, Y


def _numbers(table: Table, learned: Column, rows: list[int]) -> Target:
    if learned.kind == "words":
        _refuse_words(table, learned, "task")
    Y = learned.values[rows][:, None]
    return (), tuple(f"{number:.6g}" for number in Y[:, 0].tolist()), Y


def _classes(learned: Column, rows: list[int]) -> Target:
    cells = [learned.cells[row] for row in rows]
    labels = cells if learned.kind == "words" else [_printed(float(cell)) for cell in cells]
    classes = list(dict.fromkeys(labels))
    if learned.kind == "numbers":
        classes.sort(key=float)
    _check_classes(learned, classes)
    numbers = {name: number for number, name in enumerate(classes)}
    class_of = np.array([numbers[label] for label in labels])
    Y = class_of[:, None] if len(classes) == 2 else np.eye(len(classes))[class_of]
    return tuple(classes), tuple(labels), Y.astype(np.float64)


def _printed(number: float) -> str:
    """Return a number as the name of a class: 1 and 1.0 are the same one."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _check_classes(learned: Column, classes: list[str]) -> None:
    if len(classes) < 2:
        raise TableError(
            f"Every row has “{classes[0][:40]}” as its “{learned.name}”.",
            hint="Choose a target with at least two classes, or learn numbers.",
            at="target",
        )
    if len(classes) > CLASSES:
        numbers = " Or learn it as numbers." if learned.kind == "numbers" else ""
        raise TableError(
            f"“{learned.name}” has {len(classes):,} different values.",
            hint=f"As classes, {CLASSES} are possible at most.{numbers}",
            at="target",
        )


def _about(kept: int, left_out: int) -> str:
    if not left_out:
        return f"{kept:,} rows of your own table."
    verb = "row with a missing value is" if left_out == 1 else "rows with a missing value are"
    return f"{kept:,} rows of your own table; {left_out:,} {verb} left out."
