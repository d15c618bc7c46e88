"""What can be taken along from a state: its graph as a picture, what it derives as LaTeX.

Each is a text of its own, named after the lesson and the step; the state stands in its address.
"""

from collections.abc import Iterator
from typing import Any

from flask import abort

from backprop.drawing.scene import Scene
from backprop.drawing.tikz import Letters, tikz
from backprop.notation.export.latex import escaped, latex, numeral
from backprop.notation.formula import Label
from backprop.stage.choices import change, get_choice, has_choice
from backprop.stage.derivation import Derived, derivation_text, sheet_text, steps_text
from backprop.stage.lesson import File, Lesson
from backprop.stage.programs.rows import Picture
from backprop.web.picture_file import picture_file
from backprop.web.query import State

SVG = "image/svg+xml"
TEX = "application/x-tex"


def graph_file(state: State, kind: str) -> File:
    """Return the graph that a state shows, as “svg” or as “tex”; not found where it has none.

    TikZ has letters of its own size: it is never that of a projector.
    """
    lesson, choices = state.lesson, state.choices
    choices = change(choices, mode="") if kind == "tex" else choices
    board = lesson.compose(choices, state.links.at(choices))
    scene = lesson.picture and lesson.picture(board)
    if scene is None:
        abort(404)
    return scene_file(scene, named(lesson, board), kind)


def scene_file(scene: Scene | Picture, name: str, kind: str) -> File:
    """Return a scene as “svg” or as “tex”; a program's picture is not found in TikZ."""
    if kind == "svg":
        return File(f"{name}.svg", picture_file(scene), SVG)
    if isinstance(scene, Picture):
        abort(404)
    written = tikz(scene, Letters(_label, numeral, escaped))
    return File(f"{name}-graph.tex", f"% Needs \\usepackage{{tikz}}.\n{written}", TEX)


def _label(label: Any) -> str:
    name = Label(label.letter, label.below, label.above, label.hat)
    return latex(name).replace("\\text{", "\\mbox{")  # \text is amsmath's


def named(lesson: Lesson, board: Any) -> str:
    """Return what the files of a board are called: lesson and step."""
    steps = lesson.steps and lesson.steps(board)
    return f"{lesson.slug}-step-{steps.now}" if steps else lesson.slug


def derivation_file(state: State, *, whole: bool) -> File:
    """Return what a state derives at its step, or all of it; not found where there is nothing.

    Where the page asks, the answers are covered.
    """
    lesson, choices = state.lesson, state.choices
    board = lesson.compose(choices, state.links)
    if not whole:
        derived = lesson.derived(board) if lesson.derived else ()
        if not derived:
            abort(404)
        text = derivation_text(f"{lesson.title}: {board.head.title}", derived)
        return File(f"{named(lesson, board)}.tex", text, TEX)
    if lesson.paper is None:
        abort(404)
    sheet = lesson.paper(choices, state.links)
    covered = asks(choices) or lesson.covers(board)
    text = sheet_text(sheet, covered=covered)
    if not sheet.steps and not covered:
        every = tuple(_derived(state, board))
        text += steps_text(every) if every else ""
    return File(f"{lesson.slug}-all-steps.tex", text, TEX)


def _derived(state: State, board: Any) -> Iterator[Derived]:
    """Give what every step derives."""
    lesson = state.lesson
    steps = lesson.steps and lesson.steps(board)
    if not steps or not lesson.derived:
        return
    for n in range(steps.last - steps.first + 1):
        at = change(state.choices, step=n)
        yield from lesson.derived(lesson.compose(at, state.links.at(at)))


def asks(choices: Any) -> bool:
    """Whether a page asks for what it derives: by steps, or by lines that are blank."""
    return any(has_choice(choices, name) and get_choice(choices, name) for name in ("ask", "blank"))
