"""The program as it is typed: its lines with their maps, and what is wrong under its line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from backprop.engine.arrays.grammar import LINES
from backprop.lessons.arrays.brought import (
    LEAF,
    TABLE,
    kept_leaves,
    read_numbers,
    with_leaf,
    without_stored,
)
from backprop.lessons.arrays.choices import Choices
from backprop.lessons.arrays.outputs import Weighing
from backprop.lessons.arrays.passes import problem_of
from backprop.lessons.arrays.presets import DEFAULTS, NAME
from backprop.stage.choices import change
from backprop.stage.controls import Option
from backprop.stage.lesson import FormRequest, Transition, snapshot_bytes
from backprop.stage.links import Links
from backprop.stage.programs.mending import mended_lines
from backprop.stage.programs.passes import read_entry
from backprop.stage.programs.rows import Row, Shown
from backprop.stage.programs.typed import line_number

DEFINES = re.compile(r"\s*([^\W\d]\w*)\s*(?:,\s*\w+\s*)?([:=])(?!=)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a program cannot be read.

    Attributes:
        line: the number of the line, from 1; 0 where it is in none.
        what, hint: in words.
        mends: lines that would run in its place, and where they stand there.
    """

    line: int
    what: str
    hint: str
    mends: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class EditedLine:
    """What stands beside a line of the text.

    Attributes:
        shape: of what it makes; “?” where it does not fit.
        value: its map, as long as the line is the one that made it.
        waits: the number of the line that it waits for; 0 where for none.
    """

    shape: str
    value: Shown | None
    waits: int = 0


@dataclass(frozen=True, slots=True)
class Editor:
    """The text of the program, while it is edited.

    Attributes:
        text: as it stands in the field.
        lines: what stands beside each line.
        most: how many lines are possible.
        problem: None where it can be read; then the picture is that of this text.
        done: the address where it is shown, and no more edited.
        address: to which what is typed is sent.
        leaves: for which numbers can be brought; another name becomes a leaf.
        leaf: the one for which they are, unless another is named.
    """

    text: str
    lines: tuple[EditedLine, ...]
    most: int
    problem: Problem | None
    done: str
    address: str
    leaves: tuple[str, ...]
    leaf: str


def make_editor(choices: Choices, links: Links, rows: tuple[Row, ...]) -> Editor | None:
    """Return the editor; None where nothing is edited.

    Args:
        choices: with the text.
        links: around them.
        rows: of the program that is shown, the last that could be read.
    """
    if not choices.editing:
        return None
    text, by = choices.typed or choices.program, Weighing(choices.weights)
    error = problem_of(text, by, choices.stored) if choices.typed else None
    problem = None
    if error:
        mends = tuple(
            Option(mend.line, "", False, links.address(typed=mend.text))
            for mend in mended_lines(text, error)
        )
        problem = Problem(line_number(error, text), error.what, error.hint, mends)
    leaves = tuple(row.name for row in rows if "leaf" in row.kinds)
    opened = (read_entry(choices.entry) or ("",))[0]
    return Editor(
        text,
        _beside(text, problem, rows),
        LINES,
        problem,
        links.address(editing=False, typed=""),
        links.address(typed=""),
        leaves,
        opened if opened in leaves else leaves[0] if leaves else "X",
    )


def bring(choices: Choices, form: FormRequest) -> Transition:
    """Take numbers that the learner uploads or pastes as the values of a leaf.

    Where the other lines do not take them as they are, the text stays to be edited.

    Raises:
        InputError: they cannot be read, or there can be no leaf of this name.
    """
    array = read_numbers(form.files.get("file") or form.pairs.get(TABLE, "").encode())
    name = form.pairs.get(LEAF, "").strip() or "X"
    text, leaf = with_leaf(choices.typed or choices.program, name, array)
    stored = kept_leaves(choices.stored, leaf, text, choices.program)
    typed = ";".join(
        part
        for part in choices.leaf_values.split(";")
        if (read_entry(part.partition("=")[0]) or ("",))[0] != name
    )
    by = Weighing(choices.weights)
    after = change(choices, stored=stored, leaf_values=typed, entry="", slice=())
    if problem_of(text, by, stored):
        after = change(after, typed=text, editing=True)
        if problem_of(choices.program, by, stored):
            after = change(after, program=without_stored(choices.program))
    else:
        after = change(after, program=text, typed="")
    return Transition(after, brought=(snapshot_bytes(NAME, after, DEFAULTS),), field=TABLE)


def before_brought(choices: Choices) -> Choices:
    """Return a state as an address alone can say it: what was brought is drawn instead."""
    if not choices.stored:
        return choices
    drawn = {name: without_stored(getattr(choices, name)) for name in ("program", "typed")}
    return change(choices, stored=(), **drawn)


def _beside(text: str, problem: Problem | None, rows: tuple[Row, ...]) -> tuple[EditedLine, ...]:
    """Return what stands beside each line: its map, that it does not fit, or that it waits."""
    shown: Mapping[tuple[str, str], Row] = {
        (row.name, "".join(text for text, _ in row.pieces).strip()): row for row in rows
    }
    found = []
    broken = problem.line if problem else 0
    for number, line in enumerate(text.split("\n"), 1):
        parts = DEFINES.match(line.split("#")[0])
        if parts is None or number == broken:
            found.append(EditedLine("?" if number == broken else "", None))
        elif broken and number > broken:
            found.append(EditedLine("", None, broken))
        else:
            row = shown.get((parts[1], parts[3].strip()))
            shape = row.shape or _leaf_shape(parts[3]) if row else ""
            found.append(EditedLine(shape, row.value if row else None))
    return tuple(found)


def _leaf_shape(text: str) -> str:
    """Return the shape that a leaf's text says, as a shape is written: 4×3."""
    said = text.partition("=")[0].replace("given", "").replace("index", "").strip()
    return re.sub(r"\s*[x*×,]\s*", "×", said) if said != "scalar" else "1"
