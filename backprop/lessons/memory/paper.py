"""The lesson on memory on paper: which lines are read on the way back, and what is held when."""

from backprop.engine.tape.plan import BACK
from backprop.lessons.memory.asked import YES_OR_NO, ask_again, ask_needed, ask_peak
from backprop.lessons.memory.choices import Choices
from backprop.lessons.memory.passes import memory_of
from backprop.lessons.memory.presets import PRESETS
from backprop.lessons.memory.told import why_needed
from backprop.notation.formula import Code
from backprop.stage.head import find_preset
from backprop.stage.links import Links
from backprop.stage.paper import Blank, Part, Sheet, Table, Task, side_by_side


def make_sheet(choices: Choices, links: Links) -> Sheet:  # noqa: ARG001 - called as the others
    """Return a program with what its pass holds, step by step, as it is handed out.

    Raises:
        ChoiceError: the program cannot be read, or a checkpoint is none of its lines.
    """
    memory = memory_of(choices)
    preset = find_preset(PRESETS, choices.preset_name)
    same = preset is not None and preset.choices.program == choices.program
    kept = [memory.name(n) for n in sorted(memory.plan.kept)]
    all_kept = len(kept) == len(memory.tape.lines) - 1
    says = "All lines are kept." if all_kept else (
        f"Checkpoints: {', '.join(kept)}." if kept else "No line is kept.")  # fmt: skip
    needed = tuple(
        Task(
            asks=("Is ", Code(line.name), " read on the way back?"),
            answer=("yes",) if ask_needed(memory, n).right == "yes" else ("no",),
            about=why_needed(memory, n),
            options=tuple(choice.words for choice in YES_OR_NO),
            right=frozenset((0 if ask_needed(memory, n).right == "yes" else 1,)),
        )
        for n, line in enumerate(memory.tape.lines)
    )
    unit = "bytes" if memory.in_bytes else "arrays"
    words = {"forward": "run", "again": "run again", BACK: "undone"}
    rows = tuple(
        (
            (str(n),),
            (Code(memory.name(event.line)), f" {words[event.kind]}"),
            Blank((f"{held:,}",)),
        )
        for n, (event, held) in enumerate(zip(memory.plan.events, memory.held, strict=True), 1)
    )
    table = Table((("step",), ("line",), (f"{unit} held",)), rows, "What is held at each step")
    return Sheet(
        title=preset.title if preset and same else "A program of your own",
        question=("What must be kept to go back?",),
        setting=((says,),),
        parts=(
            Part(("The program",), code=tuple(choices.program.split("\n"))),
            Part(("Needed",), ("Tick, for each line.",), tasks=needed),
            Part(
                ("Held",),
                (f"Write how many {unit} are held at each step.",),
                table=side_by_side(table),
                tasks=tuple(
                    Task(asks=question.prompt, answer=(f"{question.right:,.0f}",), lines=1)
                    for question in (ask_peak(memory), ask_again(memory))
                ),
            ),
        ),
        note="An array lives from the line that makes it to the last that reads it. Leaves are not "
        "counted.",
    )
