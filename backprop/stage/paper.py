"""A lesson on paper: a worksheet with blanks, and the same with the blanks filled in.

A sheet is made once, with its answers in it. Whether they are printed where they are asked for (the
solution) or on a page of their own (the worksheet) is the template's business; no answer is in the
markup of a worksheet but on that page.
"""

from dataclasses import dataclass

from backprop.drawing.printed import Plot
from backprop.drawing.scene import Scene
from backprop.notation.formula import Formula, Label, Number
from backprop.stage.walk.explanation import Words, spoken


@dataclass(frozen=True, slots=True)
class Blank:
    """A place to write in.

    Attributes:
        answer: what belongs there; empty where nobody but the writer knows.
    """

    answer: Words | Formula


Cell = Words | Formula | Blank


@dataclass(frozen=True, slots=True)
class Task:
    """One line to fill in: what is asked = its rule = its numbers = its answer.

    Attributes:
        asks: a quantity, or a question in words.
        answer: a number, or words.
        rule: the quantity in letters, from its shape to its full writing.
        hints: how many of these the worksheet gives.
        working: the same with numbers.
        about: what is said with the answer.
        options: the answers to tick; with them `answer` repeats those that are right.
        right: which of the options are, counted from 0.
        lines: how many lines there are to write on, where words are asked.
        given: the numbers that the task is worked out from.
        scene: its picture, or None.
        known: whether the worksheet prints the answer: a place to begin.
        sign: before the answer; ≈ where the working, as it is printed, does not quite give it.
    """

    asks: Words | Formula
    answer: Words | Formula
    rule: tuple[Formula, ...] = ()
    hints: int = 1
    working: tuple[Formula, ...] = ()
    about: Words = ()
    options: tuple[Words, ...] = ()
    right: frozenset[int] = frozenset()
    lines: int = 0
    given: tuple[tuple[Words, Number], ...] = ()
    scene: Scene | None = None
    known: bool = False
    sign: str = "="

    @property
    def right_options(self) -> tuple[Words, ...]:
        """The answers that are right, where there are some to tick."""
        return tuple(words for n, words in enumerate(self.options) if n in self.right)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with blanks in them.

    Attributes:
        heads: of the columns.
        rows: their cells; a blank is printed empty on a worksheet.
        about: what it shows, in words; empty where the heading above says it.
    """

    heads: tuple[Words, ...]
    rows: tuple[tuple[Cell, ...], ...]
    about: str

    @property
    def asks(self) -> bool:
        """Whether a blank in it has an answer."""
        blanks = (cell for row in self.rows for cell in row if isinstance(cell, Blank))
        return any(blank.answer for blank in blanks)


def side_by_side(table: Table) -> Table:
    """Return a long table in two halves beside each other, so that it needs half the height."""
    half = (len(table.rows) + 1) // 2
    nothing: tuple[Cell, ...] = ((),) * len(table.heads)
    right = (*table.rows[half:], nothing)
    rows = tuple((*row, *right[n]) for n, row in enumerate(table.rows[:half]))
    return Table(table.heads * 2, rows, table.about)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a sheet, under a heading.

    Attributes:
        title: the heading.
        lede: what is to be done.
        code: lines of a program, numbered from 1.
        plot: a picture of lines.
        table: with blanks.
        tasks: the lines to fill in.
        derives: whether they work anything out; not so of questions that are asked back.
    """

    title: Words
    lede: Words = ()
    code: tuple[str, ...] = ()
    plot: Plot | None = None
    table: Table | None = None
    tasks: tuple[Task, ...] = ()
    derives: bool = True


@dataclass(frozen=True, slots=True)
class Picture:
    """A graph: as the worksheet has it, and with everything filled in.

    Attributes:
        asked, filled: the two.
        caption: below it.
        height: how high it is at most, in mm.
    """

    asked: Scene
    filled: Scene
    caption: Words = ()
    height: int = 105


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is handed out.

    Attributes:
        title: of the page.
        question: the lesson's, in one sentence.
        setting: the state under way, in sentences and formulas.
        given: its numbers, by name.
        picture: the graph; None where there is none.
        parts: what is to be filled in.
        note: the conventions, in one line.
        steps: every step, for the table; where there are none, the tasks of the parts.
        switch: another form of the same sheet: what it is called, and its address.
    """

    title: str
    question: Words
    setting: tuple[Words | Formula, ...] = ()
    given: tuple[tuple[Words | Label, Number], ...] = ()
    picture: Picture | None = None
    parts: tuple[Part, ...] = ()
    note: str = ""
    steps: tuple[Task, ...] = ()
    switch: tuple[str, str] = ("", "")

    @property
    def all_steps(self) -> tuple[Task, ...]:
        """Every step, in order."""
        return self.steps or tuple(task for part in self.parts for task in part.tasks)

    @property
    def description(self) -> str:
        """The question as plain text."""
        return spoken(self.question)
