"""A learner's own table becomes a data set: numbers, and for words a column of 0 and 1 for each."""

from collections.abc import Iterator, Mapping

import numpy as np

from backprop.training.datasets import Array, Dataset
from backprop.training.examples.cells import TableError
from backprop.training.examples.columns import LARGEST, Column, Table, too_large
from backprop.training.examples.date_cells import days
from backprop.training.examples.meaning import Reading
from backprop.training.examples.number_cells import are_rounded, is_rounded
from backprop.training.examples.use import CLASSES, INPUTS, Use, refuse_constant
from backprop.training.examples.values import is_yes


def to_dataset(table: Table, use: Use) -> Dataset:
    """Return the columns in use as a data set, without the rows that lack a value in one of them.

    Classes stand in the order they first appear, or that of their numbers; two classes become one
    column of 0 and 1. A feature of words becomes a column of 0 and 1 for each of them (one-hot).

    Raises:
        TableError: a column is not there or cannot be used so, or too few rows are left.
    """
    learned = table.column(use.target)
    kind_of = dict(zip(table.names, use.kinds, strict=True))
    given = [c for c in table.columns if c is not learned and kind_of[c.name] != "aside"]
    if not given:
        raise TableError(
            "No feature is left.", hint="Choose at least one column to learn from.", at="kinds"
        )
    readings = {c.name: c.read_as(kind_of[c.name]) for c in (*given, learned)}
    rows = _complete(table, readings)
    names, units, X = _features(table, given, readings, rows)
    reading, unit = readings[learned.name], ""
    if reading.kind in ("words", "yes_no"):
        classes, labels, Y = _classes(learned, reading, rows)
    else:
        values, unit = _values(table, learned, reading, rows)
        classes, labels, Y = _numbers(values)
    return Dataset(
        name="own",
        title="Your own table",
        about=_about(len(rows), table.size - len(rows)),
        source="Your own table.",
        features=names,
        units=units,
        target=learned.name,
        target_unit=unit,
        classes=classes,
        labels=labels,
        example="row",
        X=X,
        Y=Y,
    )


def _complete(table: Table, readings: Mapping[str, Reading]) -> list[int]:
    """Return the rows, counted from 0, in which no value is missing."""
    for name, reading in readings.items():
        if not any(reading.cells) and reading.odd:
            _refuse(table, table.column(name), reading)
    all_cells = zip(*(reading.cells for reading in readings.values()), strict=True)
    rows = [row for row, cells in enumerate(all_cells) if "" not in cells]
    if len(rows) < 2:
        what = "No row has" if not rows else "Only one row has"
        raise TableError(
            f"{what} a value in all {len(readings)} chosen columns.",
            hint="At least two are needed: fill in the missing values, or choose other columns.",
        )
    return rows


def _refuse(table: Table, column: Column, reading: Reading) -> None:
    row = reading.odd[0]
    what = {"number": "a number", "date": "a date", "yes_no": "yes or no"}[reading.kind]
    raise TableError(
        f"“{column.cells[row][:40]}” in {table.where(row, column)} is not {what}, and no cell of "
        "this column is.",
        hint="Choose words, or set the column aside.",
        at="kinds",
    )


Features = tuple[tuple[str, ...], tuple[str, ...], Array]  # names, units, X


def _features(
    table: Table, given: list[Column], readings: Mapping[str, Reading], rows: list[int]
) -> Features:
    names: list[str] = []
    units: list[str] = []
    columns: list[list[float]] = []
    for column in given:
        reading = readings[column.name]
        cells = [reading.cells[row] for row in rows]
        if reading.kind != "words":
            values, unit = _values(table, column, reading, rows)
            names, units, columns = [*names, column.name], [*units, unit], [*columns, values]
            continue
        levels = tuple(dict.fromkeys(cells))
        if len(levels) > CLASSES:
            raise TableError(
                f"“{column.name}” has {len(levels):,} different words.",
                hint=f"One-hot takes {CLASSES} at most: set it aside, or read it as another kind.",
                at="kinds",
            )
        names += _level_names(column.name, levels)
        units += [""] * len(levels)
        columns += [[float(cell == level) for cell in cells] for level in levels]
    if len(names) > INPUTS:
        raise TableError(
            f"These columns make {len(names)} inputs, one for each word of a column of words.",
            hint=f"At most {INPUTS} are possible: set some columns aside.",
            at="kinds",
        )
    return tuple(names), tuple(units), np.array(columns).T


def _level_names(name: str, levels: tuple[str, ...]) -> Iterator[str]:
    for number, level in enumerate(levels, 1):
        shown = " ".join("".join(c if c.isprintable() and c != "," else " " for c in level).split())
        is_short = len(shown) < 30 and shown == level
        yield f"{name[:45]} = {shown}" if is_short else f"{name[:45]} = {shown[:20]}… ({number})"


def _values(
    table: Table, column: Column, reading: Reading, rows: list[int]
) -> tuple[list[float], str]:
    """Return a column that is no words as numbers, and their unit."""
    cells = [reading.cells[row] for row in rows]
    if reading.kind == "date":
        return days(cells)
    if reading.kind == "yes_no":
        return [float(is_yes(cell)) for cell in cells], ""
    if are_rounded(cells):
        row, cell = next((r, c) for r, c in zip(rows, cells, strict=True) if is_rounded(c))
        raise TableError(
            f"“{cell[:40]}” in {table.where(row, column)} has more digits than a number here can "
            "hold (15).",
            hint="As an id, set the column aside; as a measurement, round it.",
            at="kinds",
        )
    values = list(map(float, cells))
    if max(map(abs, values)) > LARGEST:
        row = next(r for r, value in zip(rows, values, strict=True) if abs(value) > LARGEST)
        raise too_large(table, row, column, at="kinds")
    return values, reading.unit


Target = tuple[tuple[str, ...], tuple[str, ...], Array]  # classes, labels, Y


def _numbers(values: list[float]) -> Target:
    return (), tuple(f"{number:.6g}" for number in values), np.array(values)[:, None]


def _classes(column: Column, reading: Reading, rows: list[int]) -> Target:
    cells = [reading.cells[row] for row in rows]
    is_of_numbers = column.kind == "number" and reading.kind == "words"
    labels = [_printed(float(cell)) for cell in cells] if is_of_numbers else cells
    classes = list(dict.fromkeys(labels))
    if is_of_numbers:
        classes.sort(key=float)
    elif reading.kind == "yes_no":
        classes.sort(key=is_yes)
    _check_classes(column, classes)
    numbers = {name: number for number, name in enumerate(classes)}
    class_of = np.array([numbers[label] for label in labels])
    Y = class_of[:, None] if len(classes) == 2 else np.eye(len(classes))[class_of]
    return tuple(classes), tuple(labels), Y.astype(np.float64)


def _printed(number: float) -> str:
    """Return a number as the name of a class: 1 and 1.0 are the same one."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def _check_classes(learned: Column, classes: list[str]) -> None:
    if len(classes) < 2:
        refuse_constant(learned, classes[0])
    if len(classes) > CLASSES:
        numbers = " Or learn it as numbers." if learned.kind == "number" else ""
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
