"""Numbers that a learner brings: pasted, or a file, they become the values of a leaf.

In the text the leaf is “stored”: `X : given 150 x 4 = stored`. Its numbers stand in the snapshot of
the state, so that the page has an address that shows them to whoever has it.
"""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop.engine.arrays.grammar import ENTRIES, IN_A_LIST, check_name
from backprop.engine.arrays.shapes import Shape, shape_text
from backprop.engine.errors import InputError, LimitError, PointError
from backprop.engine.program import Program
from backprop.stage.choices import ChoiceError
from backprop.stage.programs.stored import MOST_LEAVES, StoredLeaf
from backprop.training.examples.cells import TableError
from backprop.training.examples.columns import Column, Table, not_a_number
from backprop.training.examples.reading import read_table

STORED = re.compile(r"(\bindex\b[^=\n;#]*)?=(\s*)stored\b")
LIST = re.compile(r"\[([^\[\]]*)\]")  # the innermost lists: rows
LEAF, TABLE = "leaf-name", "table"  # the fields of the form


def brought_values(graph: Program, leaves: tuple[StoredLeaf, ...]) -> dict[str, Any]:
    """Return the values of the leaves that the text calls stored.

    Raises:
        PointError: none were brought for one of them, or none of its shape.
    """
    values: dict[str, Any] = {}
    for name, statement in graph.statements.items():
        if statement.source.kind != "stored":
            continue
        shapes = [each.shape for each in leaves if each.name == name]
        if statement.shape in shapes:
            found = (e for e in leaves if (e.name, e.shape) == (name, statement.shape))
            values[name] = next(found).values()
            continue
        what = f"“{name}” is stored, and no numbers were brought for it."
        if shapes:
            was, said = shape_text(shapes[-1]), shape_text(statement.shape)
            what = f"The numbers that were brought for “{name}” are {was}, and its shape is {said}."
        hint = "Bring them below the text: paste numbers, or choose a CSV file."
        raise PointError(what, hint=hint, at=statement.start)
    return values


def read_numbers(body: bytes) -> NDArray[np.float64]:
    """Return the numbers of a table, [rows, columns]; a row of names is left out.

    Args:
        body: CSV in any usual writing, numbers in rows, or a list as NumPy prints it.

    Raises:
        TableError: it is no table, or a cell is missing or no number; says which.
        LimitError: more numbers than a leaf takes.
    """
    if not body.strip():
        hint = "Paste numbers, or choose a CSV file."
        raise TableError("There is nothing here yet.", hint=hint)
    table = read_table(_rows_of_list(body), fewest=1)
    for column in table.columns:
        _check_numbers(table, column)
    array = np.column_stack([column.values for column in table.columns])
    if array.size > ENTRIES:
        what = f"These are {shape_text(array.shape)}: {array.size:,} numbers."
        hint = f"A leaf takes {ENTRIES:,} at most: leave out rows, or columns."
        raise LimitError(what, hint=hint, at=TABLE)
    return array


def _rows_of_list(body: bytes) -> str | bytes:
    """Return the rows of a list in brackets as lines; anything else as it is."""
    if not body.lstrip().startswith(b"["):
        return body
    rows = LIST.findall(body.decode("utf-8", "replace"))
    return "\n".join(" ".join(row.replace(",", " ").split()) for row in rows) or body


def _check_numbers(table: Table, column: Column) -> None:
    if column.kind != "number":
        rows = column.strays or tuple(row for row, cell in enumerate(column.cells) if cell)
        hint = "A leaf holds numbers alone: mend it, or leave the column out."
        raise TableError(not_a_number(table, rows[0], column), hint=hint)
    if column.missing:
        what = f"There is no value in {table.where(column.missing[0], column)}."
        raise TableError(what, hint="Fill it in, or leave its row out.")


def with_leaf(text: str, name: str, array: NDArray[np.float64]) -> tuple[str, StoredLeaf]:
    """Return a program in which a leaf is stored, and its numbers.

    A leaf that is there stays what it is, given or index; and keeps its shape where as many numbers
    were brought. One that is not there becomes the first line, a given one.

    Raises:
        ChoiceError: the name is none, or that of a result.
    """
    try:
        check_name(name, 0)
    except InputError as error:
        raise ChoiceError(error.what, hint=error.hint, at=LEAF) from error
    word = re.escape(name)
    if re.search(rf"(?m)(^|;)\s*(\w+\s*,\s*)*{word}\s*(,\s*\w+\s*)*=(?!=)", text):
        hint = "Numbers can be brought for a leaf, or for a name that is new."
        raise ChoiceError(f"“{name}” is a line that is computed.", hint=hint, at=LEAF)
    leaf = re.compile(
        rf"(?m)(^|;)(\s*{word}\s*:(?!=)\s*)(given\b|index\b)?\s*([^=\n;#]*)([^\n;#]*)"
    )
    numbers = tuple(array.ravel().tolist())
    line = leaf.search(text)
    if line is None:
        shape = (array.size,) if 1 in array.shape else array.shape
        fresh = f"{name} : given {_spelled(shape)} = stored"
        return f"{fresh}\n{text}", StoredLeaf(name, shape, numbers)
    before = tuple(int(each[:8]) for each in re.findall(r"\d+", line[4]))
    vector = len(before) == 1 and 1 in array.shape
    shape = (array.size,) if vector else array.shape
    if before and np.prod(before, dtype=float) == array.size:
        shape = before
    kind = f"{line[3]} " if line[3] else ""
    begun = f"{line[1]}{line[2]}".rstrip()
    rest = line[5][len(line[5].rstrip()) :]
    said = f"{begun} {kind}{_spelled(shape)} = stored{rest}"
    return text[: line.start()] + said + text[line.end() :], StoredLeaf(name, shape, numbers)


def _spelled(shape: Shape) -> str:
    return " x ".join(map(str, shape))


def kept_leaves(
    leaves: tuple[StoredLeaf, ...], fresh: StoredLeaf, *texts: str
) -> tuple[StoredLeaf, ...]:
    """Return the leaves that some text still names, the fresh one last."""
    named = {word for text in texts for word in re.findall(r"([^\W\d]\w*)\s*:(?!=)", text)}
    same = (fresh.name, fresh.shape)
    others = (e for e in leaves if (e.name, e.shape) != same and e.name in named)
    return (*others, fresh)[-MOST_LEAVES:]


def without_stored(text: str) -> str:
    """Return a program as an address alone can say it: what was stored is drawn."""
    return STORED.sub(lambda m: f"{m[1]}= zeros" if m[1] else "= random 1", text)


def written_out(text: str, leaves: tuple[StoredLeaf, ...]) -> str:
    """Return a program with its stored numbers as lists, where these are short enough to type."""
    for leaf in leaves:
        listed = str(leaf.values().tolist()).replace(".0,", ",").replace(".0]", "]")
        if len(listed) <= IN_A_LIST:
            shape = r"\s*[x×*,]\s*".join(map(str, leaf.shape))
            word = rf"(?m)((?:^|;)\s*{re.escape(leaf.name)}\s*:\s*(?:(?:given|index)\s+)?"
            text = re.sub(rf"{word}{shape}\s*=\s*)stored", rf"\g<1>{listed}", text)
    return text
