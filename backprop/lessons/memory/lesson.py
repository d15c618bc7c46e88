"""Memory: what a pass there and back holds, step by step, and what checkpoints make of it.

Lines are rows and time is columns. What is held is a bar; the columns add up to the memory, which
grows forward and shrinks backward. Where lines are let go and computed again, its peak falls.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backprop.engine.arrays.grammar import LINES
from backprop.engine.errors import InputError
from backprop.lessons.memory.asked import ASKS, MADE_AGAIN, asked_at, make_switch
from backprop.lessons.memory.choices import COUNTS, KEEPS, UNITS, Choices
from backprop.lessons.memory.ending import QUESTIONS, make_ending
from backprop.lessons.memory.numbers import Curve, Figure, figures, make_curve, proof
from backprop.lessons.memory.paper import make_sheet
from backprop.lessons.memory.passes import Memory, memory_of, program_of, settled
from backprop.lessons.memory.presets import PRESETS
from backprop.lessons.memory.roll import Roll, draw_roll
from backprop.lessons.memory.told import Told, tell
from backprop.notation.formula import Label
from backprop.notation.names import label_of
from backprop.stage.choices import change
from backprop.stage.controls import Option, make_options
from backprop.stage.head import Head, find_preset, make_head
from backprop.stage.lesson import Lesson
from backprop.stage.links import Links
from backprop.stage.programs.passes import own_name
from backprop.stage.quiz.asked_back import NO_ANSWER, AskedBack
from backprop.stage.quiz.panel import Switch
from backprop.stage.walk.steps import WalkStep
from backprop.stage.walk.strip import Film, Fold, Strip

MOST_STEPS = 44  # ticks of a strip that stand side by side


@dataclass(frozen=True, slots=True)
class MemoryWalk:
    """The strip of all steps, and what is said at this one; None as long as it is asked."""

    strip: Strip
    step: Told | None


@dataclass(frozen=True, slots=True)
class Switches:
    """What can be chosen beside the program.

    Attributes:
        keeps, units, counts: what is kept, and how and what is counted.
        every: fewer lines between checkpoints, how many now, more; empty where not so placed.
    """

    keeps: tuple[Option, ...]
    units: tuple[Option, ...]
    counts: tuple[Option, ...]
    every: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Notes:
    """What is said beside the picture, in words; empty where it does not apply.

    Attributes:
        needed: how much of what is made the way back reads.
        placed: how checkpoints were placed.
        proof: what running the pass showed, at its end.
    """

    needed: str
    placed: str
    proof: str


@dataclass(frozen=True, slots=True)
class Editor:
    """The text of the program, while it is edited.

    Attributes:
        text: as it stands in the field.
        most: lines that are possible.
        problem: why it cannot be read; empty where it can.
        done: the address where it is no more edited.
        address: to which what is typed is sent.
    """

    text: str
    most: int
    problem: str
    done: str
    address: str


@dataclass(frozen=True, slots=True)
class Board:
    """Everything shown of a program’s memory at one step; no markup.

    Attributes:
        head: of the page.
        walk: the strip and the step.
        roll: lines over time, and their sum.
        figures: held now, peak, computed again, work.
        switches: what can be chosen.
        notes: what is said beside the picture.
        curve: over all numbers of checkpoints; None as long as something is asked.
        switch: asking first.
        asked: the question of the step; None where there is none.
        editor: the program as text, while it is edited; `edit`, the address where it is.
        arrays: the address of the same program in the lesson on arrays.
    """

    head: Head
    walk: MemoryWalk
    roll: Roll
    figures: tuple[Figure, ...]
    switches: Switches
    notes: Notes
    curve: Curve | None
    switch: Switch
    asked: AskedBack | None
    editor: Editor | None
    edit: str
    arrays: str


def compose(choices: Choices, links: Links) -> Board:
    """Return the board of a program’s memory at a step; a step beyond the last is the last.

    Raises:
        ChoiceError: the program cannot be read, or a checkpoint is none of its lines.
    """
    memory = memory_of(choices)
    at = min(choices.step, len(memory.steps) - 1)
    asked = asked_at(choices, memory, at, links)
    plain = links.at(change(choices, **NO_ANSWER))  # an answer stays at its step
    covered = asked is not None and not asked.known
    begun = find_preset(PRESETS, choices.preset_name)
    same = begun is not None and begun.choices.program == choices.program
    title = begun.title if begun and same else "A program of your own"
    asks = choices.asks
    asks_again = asked is not None and asked.subject.endswith(MADE_AGAIN)
    is_last = at == len(memory.steps) - 1
    return Board(
        head=make_head(plain, PRESETS, title, begun if same else None, came_from=begun),
        walk=MemoryWalk(_film(memory, plain).at(at), None if covered else tell(memory, at)),
        roll=draw_roll(memory, plain, at, covered=covered or (asks and not is_last)),
        figures=figures(
            memory,
            at,
            hides_peak=covered and at == 0,
            hides_again=(covered and asks_again) or (asks and _is_before(memory, at)),
        ),
        switches=Switches(
            _keeps(memory, choices, plain),
            make_options(UNITS, choices.unit, plain, "unit"),
            make_options(COUNTS, choices.counted, plain, "counted"),
            _every(choices, memory, plain),
        ),
        notes=Notes(
            _needed(memory, hidden=asks),
            _placed(memory),
            proof(memory) if is_last and not covered else "",
        ),
        curve=None if asks else make_curve(memory, plain),
        switch=make_switch(choices, plain),
        asked=asked,
        editor=_editor(choices, plain) if choices.editing else None,
        edit="" if choices.editing else plain.address(editing=True),
        arrays=plain.to("arrays", program=choices.program),
    )


def _is_before(memory: Memory, at: int) -> bool:
    """Whether what is computed again is not asked for yet."""
    return bool(memory.plan.again) and at < len(memory.tape.lines)


def _film(memory: Memory, links: Links) -> Film:
    steps = memory.steps
    labels: Mapping[str, Label] = {
        line.name: label_of(own_name(line.name)) for line in memory.tape.lines
    }
    folds = (BY_SEGMENT,) if len(steps) > MOST_STEPS else ()
    return Film(steps, links, lambda name: labels.get(name, Label(name)), folds)


def _by_segment(step: WalkStep) -> tuple[object, ...]:
    return step.phase, step.layer, step.kind


BY_SEGMENT = Fold(_by_segment, lambda step, label: (label(step.name), "…"))


def _keeps(memory: Memory, choices: Choices, links: Links) -> tuple[Option, ...]:
    """Return the switch of what is kept; “own” begins with what is kept now."""
    kept = tuple(memory.name(n) for n in sorted(memory.plan.kept))
    return tuple(
        Option(
            f"every {choices.every}" if value == "every" else title,
            value,
            value == choices.keep,
            links.address(keep=value, checkpoints=kept if value == "own" else (), step=0),
        )
        for value, title in KEEPS.items()
    )


def _every(choices: Choices, memory: Memory, links: Links) -> tuple[str, str, str]:
    if choices.keep != "every":
        return "", "", ""
    k, most = choices.every, max(1, len(memory.tape.lines) - 1)
    less = links.address(every=k - 1, step=0) if k > 1 else ""
    more = links.address(every=k + 1, step=0) if k < most else ""
    return less, str(k), more


def _needed(memory: Memory, *, hidden: bool) -> str:
    """Return how many bytes of the results the way back reads; nothing while that is asked."""
    if hidden:
        return ""
    return (
        f"The way back reads {memory.tape.kept:,} B of the {memory.tape.made:,} B that the lines "
        "make, leaves apart."
    )


def _placed(memory: Memory) -> str:
    """Return how the checkpoints were found, where they were looked for."""
    if memory.best is None:
        return ""
    count, tried = len(memory.plan.kept), memory.best.tried
    if memory.best.all_tried:
        return f"The best of all {tried} ways to place {count} checkpoints."
    return (
        f"The best of {tried} ways that were tried to place {count} checkpoints: none of them "
        "moved by itself by 1, 2, 4 or 8 lines makes the peak lower."
    )


def _editor(choices: Choices, links: Links) -> Editor:
    problem = ""
    if choices.typed:
        try:
            program_of(choices.typed)
        except InputError as error:
            problem = f"{error.what} {error.hint or ''}".strip()
    return Editor(
        choices.typed or choices.program,
        LINES,
        problem,
        links.address(editing=False, typed=""),
        links.address(typed=""),
    )


def _steps(board: Board) -> Any:
    return board.walk.strip.steps


def _covers(board: Board) -> bool:
    return board.asked is not None and not board.asked.known


LESSON = Lesson(
    name="memory",
    title="Memory",
    about="See what a pass there and back must hold, step by step, and which line holds it; set "
    "checkpoints, and the peak falls while more is computed again.",
    defaults=PRESETS[0].choices,
    presets=PRESETS,
    compose=compose,
    steps=_steps,
    covers=_covers,
    styles=("quiz", "memory"),
    scripts=("memory",),
    route="Memory",
    chapter="Beyond dense networks",
    able="say what must be kept to go back, and trade memory for work",
    minutes=8,
    ending=make_ending,
    questions=QUESTIONS,
    asks=ASKS,
    paper=make_sheet,
    settled=settled,
)
