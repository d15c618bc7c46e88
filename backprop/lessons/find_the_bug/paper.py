"""A bug on paper: the listing, what the check found, which line it is and why."""

from backprop.lessons.find_the_bug.asking import ask_line, explain
from backprop.lessons.find_the_bug.cases import find_case
from backprop.lessons.find_the_bug.choices import Choices
from backprop.lessons.find_the_bug.code import print_lines
from backprop.lessons.find_the_bug.program_bug import ProgramBug, explain_program
from backprop.lessons.find_the_bug.program_shown import show_program
from backprop.lessons.find_the_bug.ratios import RatioArray, explain_zeros, show_ratios
from backprop.stage.links import Links
from backprop.stage.paper import Cell, Part, Sheet, Table, Task

MOST_ACROSS = 8  # ratios in a row; of a wider array the first


def make_sheet(choices: Choices, _: Links) -> Sheet:
    """Return the case as it is handed out."""
    bug = find_case(choices.level, choices.case)[1]
    if isinstance(bug, ProgramBug):
        return _program_sheet(choices, bug)
    line = ask_line(bug)
    zeros = explain_zeros(bug)
    return Sheet(
        title=f"Find the bug: case {choices.case}" if choices.case else "Find the bug",
        question=line.prompt,
        setting=((f"{bug.example.title[:1].upper()}{bug.example.title[1:]}; loss ",
                  *bug.example.loss, "."),),
        parts=(
            Part(("The backward pass",), code=print_lines(bug.lines)),
            Part(
                ("What the check found",),
                ("Each entry of the gradient that these lines make, divided by the slope that "
                 "nudging measures. Right entries have the ratio 1.",
                 *((f" {zeros}",) if zeros else ())),
                table=_ratios(tuple(each for layer in show_ratios(bug)
                                    for each in (layer.weights, layer.bias))),
            ),
            Part(
                ("Your answer",),
                tasks=(
                    Task(("Which line is wrong?",), (f"Line {bug.number}",)),
                    Task(("How do the ratios show it? Which are off, which are not?",),
                         line.explanation, lines=3),
                    Task(("What is wrong with it, and what belongs there?",),
                         (f"{bug.row.slip.title}: {bug.phrase}. ", *explain(bug)), lines=3,
                         about=(bug.about,)),
                ),
            ),
        ),
    )  # fmt: skip


def _program_sheet(choices: Choices, bug: ProgramBug) -> Sheet:
    shown, line = show_program(bug), ask_line(bug)
    rows: tuple[tuple[Cell, ...], ...] = tuple(((e.name,), (e.words,)) for e in shown.leaves)
    return Sheet(
        title=f"Find the bug: case {choices.case}",
        question=line.prompt,
        setting=((f"{bug.title[:1].upper()}{bug.title[1:]}.",),),
        parts=(
            Part(("The program",), code=shown.lines),
            Part(("The backward pass",), code=print_lines(bug.lines)),
            Part(
                ("What the check found",),
                ("Each leaf’s gradient, divided by the slope that nudging measures.",),
                table=Table((("leaf",), ("claimed ÷ measured",)), rows, "Ratios, leaf by leaf"),
            ),
            Part(
                ("Your answer",),
                tasks=(
                    Task(("Which line is wrong?",), (f"Line {bug.number}",)),
                    Task(("How does the check show it?",), line.explanation, lines=3),
                    Task(
                        ("What is wrong with it, and what belongs there?",),
                        (f"{bug.heading}. ", *explain_program(bug)),
                        lines=3,
                        about=(bug.about,),
                    ),
                ),
            ),
        ),
    )


def _ratios(arrays: tuple[RatioArray, ...]) -> Table:
    """Return the ratios of all arrays: a row for each unit, a bias in one row."""
    rows = [(array.name, *row) for array in arrays for row in _in_rows(array)]
    wide = min(MOST_ACROSS, max(map(len, rows)) - 1)
    cells: list[tuple[Cell, ...]] = []
    for before, (name, *ratios) in zip([("",), *rows], rows, strict=False):
        shown: list[Cell] = [(each,) for each in ratios[:wide]]
        more = (("",) for _ in range(wide - len(shown)))
        cells.append(((name if name != before[0] else "",), *shown, *more))
    heads = (("array",), *((str(n),) for n in range(1, wide + 1)))
    about = "Ratios, claimed by measured: a row for each unit, a bias in one row"
    return Table(heads, tuple(cells), about)


def _in_rows(array: RatioArray) -> list[tuple[str, ...]]:
    """Return the ratios as they are printed; what is a column on the page is a row here."""
    rows = [tuple(each.shown for each in row) for row in array.rows]
    column = all(len(row) == 1 for row in rows) and array.name.startswith("db")
    return [tuple(each for row in rows for each in row)] if column else rows
