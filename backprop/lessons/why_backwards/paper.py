"""The lesson Why backwards? on paper: tangents down, gradients up, and how many passes."""

from backprop.engine.arrays.shapes import shape_text
from backprop.lessons.why_backwards.both import both_of
from backprop.lessons.why_backwards.choices import Choices
from backprop.lessons.why_backwards.presets import PRESETS
from backprop.notation.formula import Code
from backprop.notation.names import label_of
from backprop.notation.numerals import short
from backprop.stage.choices import change
from backprop.stage.head import find_preset
from backprop.stage.links import Links
from backprop.stage.paper import Part, Sheet, Task

MOST_CELLS = 24  # of the Jacobian that is handed out with the solution


def make_sheet(choices: Choices, links: Links) -> Sheet:  # noqa: ARG001 - called as the others
    """Return a program with both modes, line by line, as it is handed out.

    Raises:
        ChoiceError: the program cannot be read.
    """
    both = both_of(change(choices, direction="", weight=""))
    program, m, n = both.program, both.rows, both.columns
    preset = find_preset(PRESETS, choices.preset_name)
    same = preset is not None and preset.choices.program == choices.program
    passes = (
        Task(("How many passes forward fill J? Why?",),
             (f"{n}: a pass fills a column, and there is one for each input.",), lines=1),
        Task(("How many passes in reverse? Why?",),
             (f"{m}: a pass fills a row, and there is one for each output.",), lines=1),
        Task(("Multiplications of one pass, each way",),
             (f"{both.forward_work} forward, {both.reverse_work} in reverse.",),
             lines=1),
    )  # fmt: skip
    tangents = tuple(
        Task(
            asks=("The tangent of line ", label_of(line.name)),
            answer=(Code(f"t{line.name} = {both.forward_texts.get(line.name, '0')}"),
                    f", {shape_text(program.shape(line.name)) or 'a number'}"),
            lines=1,
        )
        for line in both.results
    )  # fmt: skip
    gradients = tuple(
        Task(
            asks=("The gradient of ", label_of(line.name)),
            answer=(Code(f"d{line.name} = {both.reverse_texts.get(line.name, '0')}"),
                    f", {shape_text(program.shape(line.name)) or 'a number'}"),
            lines=1,
        )
        for line in both.chain[-2::-1]
    )  # fmt: skip
    whole: tuple[Task, ...] = ()
    if m * n <= MOST_CELLS:
        rows = "; ".join(" ".join(short(float(x)) for x in row) for row in both.jacobian)
        whole = (Task(("J, row by row",), (rows,), lines=2),)
    return Sheet(
        title=preset.title if preset and same else "A program of your own",
        question=(f"How does {both.output} move when an input is nudged: by column, or by row?",),
        parts=(
            Part(("The program",), code=tuple(choices.program.split("\n"))),
            Part(("How many passes",), (f"J is {m}×{n}.",), tasks=passes),
            Part(("Forward",), ("From the first line down: write each tangent as a line.",),
                 tasks=tangents),
            Part(("In reverse",), ("From the last line up: write each gradient as a line.",),
                 tasks=(*gradients, *whole)),
        ),
        note="Entries are counted from 0. tX is the tangent of X, dX the gradient by X.",
    )  # fmt: skip
