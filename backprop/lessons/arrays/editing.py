"""The program as it is typed: its lines with their maps, and what is wrong under its line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from backprop.engine.arrays.grammar import LINES
from backprop.lessons.arrays.choices import Choices
from backprop.lessons.arrays.passes import problem_of
from backprop.stage.links import Links
from backprop.stage.programs.rows import Row, Shown
from backprop.stage.programs.typed import line_number

DEFINES = re.compile(r"\s*([^\W\d]\w*)\s*(?:,\s*\w+\s*)?([:=])(?!=)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a program cannot be read.

    Attributes:
        line: the number of the line, from 1; 0 where it is in none.
        what, hint: in words.
    """

    line: int
    what: str
    hint: str


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
    """

    text: str
    lines: tuple[EditedLine, ...]
    most: int
    problem: Problem | None
    done: str
    address: str


def make_editor(choices: Choices, links: Links, rows: tuple[Row, ...]) -> Editor | None:
    """Return the editor; None where nothing is edited.

    Args:
        choices: with the text.
        links: around them.
        rows: of the program that is shown, the last that could be read.
    """
    if not choices.editing:
        return None
    text = choices.typed or choices.program
    error = problem_of(text, choices.weights) if choices.typed else None
    problem = None
    if error:
        problem = Problem(line_number(error, text), error.what, error.hint)
    return Editor(
        text,
        _beside(text, problem, rows),
        LINES,
        problem,
        links.address(editing=False, typed=""),
        links.address(typed=""),
    )


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
