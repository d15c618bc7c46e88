"""The lesson on arrays on paper: a program, and what each line sends back to be written in."""

from backprop.engine.arrays.shapes import shape_text
from backprop.lessons.arrays.brought import written_out
from backprop.lessons.arrays.choices import Choices
from backprop.lessons.arrays.outputs import with_output
from backprop.lessons.arrays.passes import passes_of, weighing
from backprop.lessons.arrays.presets import PRESETS
from backprop.notation.formula import Code
from backprop.notation.names import label_of
from backprop.stage.head import find_preset
from backprop.stage.links import Links
from backprop.stage.paper import Part, Sheet, Task
from backprop.stage.programs.passes import own_name
from backprop.stage.programs.reading import Reader
from backprop.stage.programs.step import Teller


def make_sheet(choices: Choices, links: Links) -> Sheet:
    """Return a program with its backward pass, use by use, as it is handed out.

    Raises:
        ChoiceError: the program cannot be read.
    """
    passes = passes_of(choices)
    program, told = passes.program, Teller(passes, links, Reader(passes, links))
    preset = find_preset(PRESETS, choices.preset_name)
    same = preset is not None and preset.choices.program == choices.program
    text, _ = with_output(written_out(choices.program, choices.stored), weighing(choices))
    tasks = tuple(
        Task(
            asks=(
                "What line ",
                label_of(own_name(step.sender)),
                " sends back to ",
                label_of(own_name(step.name)),
            ),
            answer=(Code(told.tell(step).as_line), f", {shape_text(program.shape(step.name))}"),
            lines=1,
        )
        for step in passes.steps
        if step.kind == "use"
    )
    shapes = tuple(
        Task(
            asks=("The shape of ", label_of(own_name(line.name))),
            answer=(shape_text(program.shape(line.name)),),
            lines=1,
        )
        for line in program.lines
        if line.kind == "result"
    )
    return Sheet(
        title=preset.title if preset and same else "A program of your own",
        question=("What does each line send back to the names that it reads?",),
        parts=(
            Part(("The program",), code=tuple(text.split("\n"))),
            Part(("Forward",), ("Write the shape of each result.",), tasks=shapes),
            Part(
                ("Backward",),
                ("From the last line up: write each use as a line, with its shape.",),
                tasks=tasks,
            ),
        ),
        note="Entries are counted from 0. dW is the gradient with respect to W.",
    )
