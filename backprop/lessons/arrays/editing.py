"""The program as it is typed: its lines, and what is wrong under the line where it is."""

from dataclasses import dataclass

from backprop.engine.arrays.grammar import LINES
from backprop.lessons.arrays.choices import Choices
from backprop.lessons.arrays.passes import line_number, problem_of
from backprop.stage.links import Links


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
class Editor:
    """The text of the program, while it is edited.

    Attributes:
        text: as it stands in the field.
        lines: how many lines it has, and how many are possible.
        problem: None where it can be read; then the picture is that of this text.
        done: the address where it is shown, and no more edited.
        address: to which what is typed is sent.
    """

    text: str
    lines: int
    most: int
    problem: Problem | None
    done: str
    address: str


def make_editor(choices: Choices, links: Links) -> Editor | None:
    """Return the editor; None where nothing is edited."""
    if not choices.editing:
        return None
    text = choices.typed or choices.program
    error = problem_of(text, choices.weights) if choices.typed else None
    problem = None
    if error:
        problem = Problem(line_number(error, text), error.what, error.hint)
    return Editor(
        text,
        text.count("\n") + 1,
        LINES,
        problem,
        links.address(editing=False, typed=""),
        links.address(typed=""),
    )
