"""Arrays: a program of named lines is typed, and is its own picture.

Forward a step is a line, backward a use of a line: what it sends back to a name that it reads, as a
line of the same language, with its arrays. A name that is used several times gets a sum.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backprop.engine.errors import InputError
from backprop.engine.program import read
from backprop.lessons.arrays.asked import (
    ASKS,
    make_quiz,
    question_at,
)
from backprop.lessons.arrays.check import CheckShown, show_check
from backprop.lessons.arrays.choices import Choices
from backprop.lessons.arrays.editing import Editor, before_brought, bring, make_editor
from backprop.lessons.arrays.ending import QUESTIONS, make_ending
from backprop.lessons.arrays.export import EXPORTS, export_file, holds_answers
from backprop.lessons.arrays.output_shown import OutputShown, show_output
from backprop.lessons.arrays.paper import make_sheet
from backprop.lessons.arrays.passes import passes_of, settled
from backprop.lessons.arrays.presets import DEFAULTS, NAME, PRESETS
from backprop.notation.formula import Label
from backprop.stage.controls import Option, make_options
from backprop.stage.head import Head, find_preset, make_head
from backprop.stage.kept import kept_apart_from
from backprop.stage.lesson import Export, Lesson
from backprop.stage.links import Links
from backprop.stage.programs.arrays_shown import NumbersShown, show_numbers
from backprop.stage.programs.entry import EntryOpened, open_entry, open_short_form
from backprop.stage.programs.passes import ProgramAt, said_opened
from backprop.stage.programs.reading import LeafEntry, Reader
from backprop.stage.programs.rows import Drawer, Picture
from backprop.stage.programs.short_form import ShortForm
from backprop.stage.programs.step import StepShown, Teller, label_in
from backprop.stage.quiz.arrays.given import AskedArrays, show_asked
from backprop.stage.quiz.arrays.panel import ArrayQuiz
from backprop.stage.walk.function import function_folds
from backprop.stage.walk.steps import WalkStep
from backprop.stage.walk.strip import Film, Strip

MOST_NAMED = 46  # letters of all ticks of a strip; where names are longer, lines have numbers
MOST_STEPS = 46  # ticks of a strip that stand side by side


@dataclass(frozen=True, slots=True)
class ArrayWalk:
    """The strip of all steps, by line and by use, and what is said at this one.

    As long as a step is asked, the arrays of its questions stand in the place of what is said.
    """

    strip: Strip
    step: StepShown | None
    asked: AskedArrays | None


@dataclass(frozen=True, slots=True)
class EntryBoard:
    """The entry that is opened.

    Attributes:
        missing: in words, that it is not there; empty where it is.
        leaf: its field, where it is one of a leaf.
        opened: its sum, where it is made at this step.
        key: which it is: dW[1,2]; empty where none is opened.
        short: the terms of its composite’s short form, with the ways through its lines.
        tables: the maps of this step whose numbers can be shown.
        table: those that are.
    """

    missing: str
    leaf: LeafEntry | None
    opened: EntryOpened | None
    key: str
    short: ShortForm | None
    tables: tuple[Option, ...]
    table: NumbersShown | None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything shown of a program at one step; no markup.

    Attributes:
        head: of the page.
        walk: the strip and the step.
        quiz: asking first.
        picture: the program.
        entry: the one that is opened.
        editor: its text, while it is edited; `edit`, the address where it is.
        forms: where lines can be opened: all closed, or all by lines.
        outputs: where the last line is no number: what can be made of it; else None.
        panes: what a phone shows: the program, the step, or the check.
        modes: where the same program runs forward and in reverse.
        check: of the whole gradient, once the pass has come to its end, or where it is asked for.
    """

    head: Head
    walk: ArrayWalk
    quiz: ArrayQuiz
    picture: Picture
    entry: EntryBoard
    editor: Editor | None
    edit: str
    forms: tuple[Option, ...]
    outputs: OutputShown | None
    panes: tuple[Option, ...]
    modes: str
    check: CheckShown | None


@dataclass(frozen=True, slots=True, eq=False)
class _Around:
    """What is the same at each step of a walk, but for the step in its links."""

    head: Head
    film: Film
    drawer: Drawer
    forms: tuple[Option, ...]
    panes: tuple[Option, ...]
    modes: str


def compose(choices: Choices, links: Links) -> Board:
    """Return the board of a program at a step; a step beyond the last is the last.

    Raises:
        ChoiceError: the program cannot be read.
    """
    passes = passes_of(choices)
    at = min(choices.step, len(passes.steps) - 1)
    question = question_at(choices, passes, at)
    left = question.leave(links)
    around = _make_around(left.choices, left)
    reader = Reader(passes, links)
    teller = Teller(passes, links, reader)
    picture = around.drawer.at(at, question.covered, question.unknown_shapes)
    covered = question.covered
    is_last = at == len(passes.steps) - 1
    checks = is_last or (not question.on and (choices.pane == "check" or choices.planted))
    return Board(
        head=replace(around.head, links=links),
        walk=ArrayWalk(
            around.film.at(at),
            None if covered else teller.tell(passes.steps[at]),
            show_asked(question, choices.slice),
        ),
        quiz=make_quiz(question, passes, links),
        picture=picture,
        entry=EntryBoard(
            reader.missing(),
            reader.leaf(),
            None if covered else open_entry(passes, passes.steps[at], reader, links),
            choices.entry,
            None if covered else open_short_form(passes, passes.steps[at], reader),
            make_options({name: name for name in teller.large}, choices.table, left, "table"),
            show_numbers(teller.large[choices.table], choices.table, left.address(table=""))
            if choices.table in teller.large
            else None,
        ),
        editor=make_editor(choices, links, picture.rows),
        edit="" if choices.editing else links.address(editing=True),
        forms=around.forms,
        outputs=show_output(choices, left) if passes.added else None,
        panes=around.panes,
        modes=around.modes,
        check=show_check(choices, passes, links) if checks else None,
    )


@kept_apart_from("step")
def _make_around(choices: Choices, links: Links) -> _Around:
    passes = passes_of(choices)
    begun = find_preset(PRESETS, choices.preset_name)
    same = begun is not None and begun.choices.program == choices.program
    title = begun.title if begun and same else "A program of your own"
    panes = {"program": "Program", "": "Step", "check": "Check"}
    return _Around(
        make_head(links, PRESETS, title, begun if same else None, came_from=begun),
        _film(passes, links),
        Drawer(passes, links),
        _forms(passes, links),
        make_options(panes, choices.pane, links, "pane"),
        _in_both_modes(choices, passes, links),
    )  # fmt: skip


def _in_both_modes(choices: Choices, passes: ProgramAt, links: Links) -> str:
    """Return where the same program at the same point runs forward and in reverse.

    Numbers that were brought are written into its text; where they do not fit, there is no way.
    """
    text = choices.program
    for name, statement in passes.program.statements.items():
        if statement.source.kind == "stored":
            numbers = str(np.asarray(passes.program.at[name]).tolist())
            leaf = rf"(^|[\n;])(\s*{re.escape(name)}\s*:[^=\n;]*=)\s*stored\b"
            text = re.sub(leaf, rf"\g<1>\g<2> {numbers}", text)
    try:
        read(text)
    except InputError:
        return ""
    more = {"leaf_values": choices.leaf_values} if choices.leaf_values else {}
    return links.to("why_backwards", program=text, **more)


def _film(passes: ProgramAt, links: Links) -> Film:
    steps = passes.steps
    numbers = sum(max(2, len(_own(step))) for step in steps) > 2 * MOST_NAMED
    labels = label_in(passes, numbers)
    folds = function_folds(steps) if len(steps) > MOST_STEPS else ()
    return Film(steps, links, lambda name: labels.get(name, Label(name)), folds)


def _own(step: WalkStep) -> str:
    return step.name.rpartition(".")[2]


def _forms(passes: ProgramAt, links: Links) -> tuple[Option, ...]:
    """Return the switch between the short form and the lines; empty where none opens."""
    opened = links.choices.opened
    composites = tuple(
        line.name
        for line in passes.program.lines
        if not line.of and line.opens and (line.kind == "opened" or _is_word(line.text))
    )
    if not composites:
        return ()
    said = said_opened(opened)
    is_open = any(name in opened for name in composites)
    return (
        Option("short form", "", not is_open, links.address(opened=(), opened_before=said)),
        Option("by lines", "1", is_open, links.address(opened=composites, opened_before=said)),
    )


def _is_word(text: str) -> bool:
    """Whether a line is one word of several lines: softmax(…), batch_norm(…)."""
    word, bracket, rest = text.partition("(")
    return (bool(bracket) and word.isidentifier() and rest.endswith(")") and "_" in word) or (
        word in ("softmax", "attention", "standardize", "logsumexp", "silu")
    )


def _steps(board: Board) -> Any:
    return board.walk.strip.steps


def _exports(board: Board) -> tuple[Export, ...]:
    choices = board.head.links.choices
    return () if holds_answers(choices, passes_of(choices)) else EXPORTS


LESSON = Lesson(
    name=NAME,
    address="/arrays",
    title="Arrays",
    about="Type a program of arrays. See each line’s value and gradient as maps, and what each "
    "use of a name sends back: its rule, its shapes, its numbers.",
    defaults=DEFAULTS,
    presets=PRESETS,
    compose=compose,
    actions={"bring": bring},
    start=before_brought,
    steps=_steps,
    styles=("quiz", "programs", "arrays"),
    scripts=("quiz", "programs"),
    route="Arrays",
    chapter="Beyond dense networks",
    able="say what each line of a program of arrays sends back, and in which shape",
    minutes=12,
    ending=make_ending,
    questions=QUESTIONS,
    asks=ASKS,
    files={"export/<name>": export_file},
    exports=_exports,
    picture=lambda board: board.picture,
    paper=make_sheet,
    settled=settled,
)
