"""The program that a learner chose, with both passes at its point."""

from backprop.engine.arrays.uses import uses
from backprop.engine.errors import InputError
from backprop.engine.program import program, read
from backprop.lessons.arrays.brought import brought_values
from backprop.lessons.arrays.choices import Choices
from backprop.lessons.arrays.outputs import Weighing, with_output
from backprop.stage.choices import change, parse_number
from backprop.stage.kept import kept_by
from backprop.stage.programs.passes import ProgramAt, program_at, program_steps
from backprop.stage.programs.stored import StoredLeaf
from backprop.stage.programs.typed import in_line, typed_values


def _numbers(choices: Choices) -> tuple[object, ...]:
    return (
        choices.program,
        choices.opened,
        weighing(choices),
        choices.leaf_values,
        choices.stored,
    )


def weighing(choices: Choices) -> Weighing:
    """Return how the entries of an output that is no number become one."""
    if choices.weights == "one-hot":
        return Weighing("one-hot", choices.weighed)
    if choices.weights != "typed":
        return Weighing(choices.weights)
    numbers = choices.output_weight.items()
    places = (tuple(map(int, name.split("-")[1:])) for name, _ in numbers)
    return Weighing("typed", (), tuple(zip(places, (x for _, x in numbers), strict=True)))


@kept_by(_numbers, size=64)
def passes_of(choices: Choices) -> ProgramAt:
    """Return the program with both passes.

    Raises:
        ChoiceError: it cannot be read, or computed; the text says why, and in which line.
    """
    text, added = with_output(choices.program, weighing(choices))
    try:
        plain = read(text, opened=choices.opened)
        values = brought_values(plain, choices.stored)
        values |= typed_values(plain, choices.leaf_values, values)
        built = program(text, values, opened=choices.opened)
        uses(built)  # refuses a line that cannot be written as one text
    except InputError as error:
        raise in_line(error, text) from error
    return program_at(built, added)


def put_value(text: str, place: str, number: float) -> str:
    """Return the typed entries with another one; one that was there has its new number."""
    parts = dict(part.partition("=")[::2] for part in filter(None, text.split(";")))
    parts[place.replace(" ", "")] = repr(number).removesuffix(".0")
    return ";".join(f"{name}={said}" for name, said in parts.items())


def settled(choices: Choices) -> Choices:
    """Return the choices with what was typed taken over, where it can be read.

    A program that cannot be read yet stays beside the last one that could, which is shown.

    Raises:
        ChoiceError: a number for an entry is none, or the entry is not one of a leaf.
    """
    if choices.opened_before:
        choices = change(choices, step=_counted_anew(choices), opened_before="")
    if choices.typed and choices.typed == choices.program:
        choices = change(choices, typed="")
    by = Weighing(choices.weights)
    if choices.typed and problem_of(choices.typed, by, choices.stored) is None:
        fresh = change(choices, program=choices.typed, typed="")
        if (fresh.leaf_values or fresh.weighed) and _problem_with(fresh):
            fresh = change(fresh, leaf_values="", weighed=())
        choices = fresh
    if not choices.entry_value:
        return choices
    number = parse_number(choices.entry_value, "entry-value")
    moved = change(
        choices,
        leaf_values=put_value(choices.leaf_values, choices.entry, number),
        entry_value="",
    )
    passes_of(moved)
    return moved


def _counted_anew(choices: Choices) -> int:
    """Return the step that is about the same, where other lines are open."""
    before = tuple(filter(None, choices.opened_before.strip("-").split(",")))
    try:
        text, _ = with_output(choices.program, weighing(choices))
        old, new = (program_steps(read(text, opened=opened)) for opened in (before, choices.opened))
    except InputError:
        return choices.step
    was = old[min(choices.step, len(old) - 1)]
    root, sender = was.name.partition(".")[0], was.sender.partition(".")[0]
    alike = (
        (n for n, s in enumerate(new) if (s.kind, s.name, s.sender) == told)
        for told in (
            (was.kind, was.name, was.sender),
            (was.kind, was.name, sender),
            (was.kind, root, sender),
        )
    )
    named = (n for n, s in enumerate(new) if s.kind == was.kind and s.name in (was.name, root))
    phase = (n for n, s in enumerate(new) if s.phase == was.phase)
    return next(n for found in (*alike, named, phase) for n in found)


def _problem_with(choices: Choices) -> InputError | None:
    try:
        passes_of(choices)
    except InputError as error:
        return error
    return None


def problem_of(text: str, by: Weighing, stored: tuple[StoredLeaf, ...] = ()) -> InputError | None:
    """Return why a program cannot be read, with its place in the text; None where it can."""
    try:
        values = brought_values(read(text), stored)
        whole, _ = with_output(text, by)
        program(whole, values)
    except InputError as error:
        return error
    return None
