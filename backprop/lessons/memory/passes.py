"""The program that a learner chose, its tape, and the pass that keeps what was chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from backprop.engine.errors import InputError
from backprop.engine.program import Program, read
from backprop.engine.tape.needed import Tape, tape_of
from backprop.engine.tape.placement import Best, best, every, root_of
from backprop.engine.tape.plan import AGAIN, BACK, FORWARD, Plan, keep_all, make_plan
from backprop.lessons.memory.choices import KINDS, Choices
from backprop.stage.choices import ChoiceError, change
from backprop.stage.kept import kept_by
from backprop.stage.programs.typed import in_line
from backprop.stage.walk.steps import WalkStep


@dataclass(frozen=True, eq=False)
class Memory:
    """A program, and the pass there and back that is shown.

    Attributes:
        tape: of the program.
        plan: the pass.
        all_kept: the same with nothing computed again.
        best: how the checkpoints were found, where they were looked for.
        in_bytes, kinds: what is counted.
        steps: of the walk.
        held, held_all: how much is held at each step, of the pass and of the one that keeps all.
    """

    tape: Tape
    plan: Plan
    all_kept: Plan
    best: Best | None
    in_bytes: bool
    kinds: tuple[str, ...]
    steps: tuple[WalkStep, ...]
    held: tuple[int, ...]
    held_all: tuple[int, ...]

    @property
    def peak(self) -> int:
        """The most that is held at a step."""
        return max(self.held)

    @property
    def peak_all(self) -> int:
        """The same where all is kept."""
        return max(self.held_all)

    def name(self, line: int) -> str:
        """Return the name of a line by its number."""
        return self.tape.lines[line].name


def _numbers(choices: Choices) -> tuple[object, ...]:
    kept = choices.every if choices.keep == "every" else ()
    own = choices.checkpoints if choices.keep == "own" else ()
    return choices.program, choices.keep, kept, own, choices.unit, choices.counted


@kept_by(_numbers, size=64)
def memory_of(choices: Choices) -> Memory:
    """Return the program with the pass that keeps what was chosen.

    Raises:
        ChoiceError: the program cannot be read, or a checkpoint is none of its lines.
    """
    tape = tape_of(program_of(choices.program))
    in_bytes, kinds = choices.unit == "bytes", KINDS[choices.counted]
    found: Best | None = None
    if choices.keep == "best":
        found = best(tape, root_of(tape), in_bytes=in_bytes, kinds=kinds)
    plan = found.plan if found else make_plan(tape, _kept(tape, choices))
    whole = keep_all(tape)
    return Memory(
        tape, plan, whole, found, in_bytes, kinds, _steps(plan),
        tuple(plan.held(in_bytes=in_bytes, kinds=kinds)),
        tuple(whole.held(in_bytes=in_bytes, kinds=kinds)),
    )  # fmt: skip


@lru_cache(maxsize=64)
def program_of(text: str) -> Program:
    """Return the program of a text; its last line may be an array.

    Raises:
        ChoiceError: it cannot be read; the text says why, and in which line.
    """
    try:
        return read(text)
    except InputError as error:
        raise in_line(error, text) from error


def _kept(tape: Tape, choices: Choices) -> tuple[int, ...]:
    if choices.keep == "all":
        return tuple(range(len(tape.lines) - 1))
    if choices.keep == "every":
        return every(tape, choices.every)
    numbers = numbers_of(tape)
    for name in choices.checkpoints:
        if name not in numbers:
            raise ChoiceError(
                f"“{name}” is no line that can be kept.",
                hint=f"There are {', '.join(numbers)}." if numbers else "There is one line only.",
                at="checkpoints",
            )
    return tuple(numbers[name] for name in choices.checkpoints)


def numbers_of(tape: Tape) -> Mapping[str, int]:
    """Return the lines that can be checkpoints: all that compute something, but the last."""
    return {line.name: n for n, line in enumerate(tape.lines[:-1])}


def in_order(tape: Tape, names: frozenset[str]) -> tuple[str, ...]:
    """Return names of lines in the order of the program."""
    return tuple(name for name in numbers_of(tape) if name in names)


def _steps(plan: Plan) -> tuple[WalkStep, ...]:
    """Return a step for each line that is run, run again or undone; `layer` is the segment."""
    ends = sorted(plan.kept)
    steps = []
    for n, event in enumerate(plan.events):
        line = plan.tape.lines[event.line]
        segment = sum(end < event.line for end in ends)
        phase = "forward" if event.kind == FORWARD else "backward"
        kind = {FORWARD: "value", AGAIN: "again", BACK: "back"}[event.kind]
        steps.append(WalkStep(phase, kind, line.node, line.name, segment, unit=n))
    return tuple(steps)


def settled(choices: Choices) -> Choices:
    """Return the choices with what was typed taken over, where it can be read.

    Checkpoints that are no lines of the new program any more are let go.
    """
    if not choices.typed:
        return choices
    try:
        tape = tape_of(program_of(choices.typed))
    except InputError:
        return choices
    kept = in_order(tape, frozenset(choices.checkpoints))
    return change(choices, program=choices.typed, typed="", checkpoints=kept, step=0)
