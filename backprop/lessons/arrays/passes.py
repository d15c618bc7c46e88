"""The program that a learner chose, with both passes at its point."""

import re
from functools import lru_cache

from backprop.engine.arrays.uses import uses
from backprop.engine.errors import InputError
from backprop.engine.program import program, read
from backprop.lessons.arrays.brought import StoredLeaf, brought_values
from backprop.lessons.arrays.choices import Choices
from backprop.stage.choices import change, parse_number
from backprop.stage.kept import kept_by
from backprop.stage.programs.passes import ProgramAt, program_at, program_steps
from backprop.stage.programs.typed import in_line, typed_values


def _numbers(choices: Choices) -> tuple[object, ...]:
    return choices.program, choices.opened, choices.weights, choices.leaf_values, choices.stored


@kept_by(_numbers, size=64)
def passes_of(choices: Choices) -> ProgramAt:
    """Return the program with both passes.

    Raises:
        ChoiceError: it cannot be read, or computed; the text says why, and in which line.
    """
    text, added = with_output(choices.program, choices.weights)
    try:
        plain = read(text, opened=choices.opened)
        values = brought_values(plain, choices.stored)
        values |= typed_values(plain, choices.leaf_values, values)
        built = program(text, values, opened=choices.opened)
        uses(built)  # refuses a line that cannot be written as one text
    except InputError as error:
        raise in_line(error, text) from error
    return program_at(built, added)


@lru_cache(maxsize=128)
def with_output(text: str, weights: str) -> tuple[str, str]:
    """Return a program whose last line is a number, and the line that was added to it.

    A sum, one entry, or a sum with a random weight for each; where the last line is a number
    already, nothing is added.

    Raises:
        ChoiceError: the program cannot be read.
    """
    try:
        plain = read(text)
    except InputError as error:
        raise in_line(error, text) from error
    shape, name = plain.nodes[-1].shape or (), plain.nodes[-1].name
    if not shape:
        return text, ""
    names = {line.name for line in plain.lines}
    out, weight = _free("L", names), _free("G", names)
    if plain.lines[-1].text and not _names_its_result(text, name):
        head, _, last = text.rpartition("\n")
        text = f"{head}\n{name} = {last.strip()}".lstrip("\n")
        out = _free("L", {*names, name})
    if weights == "one-hot":
        first = ", ".join("0" for _ in shape)
        line = f"{out} = {name}[{first}]"
        return f"{text}\n{line}", line
    if weights == "random":
        lengths = " x ".join(map(str, shape))
        line = f"{out} = sum({weight} * {name})"
        return f"{text}\n{weight} : given {lengths} = random 1\n{line}", line
    line = f"{out} = sum({name})"
    return f"{text}\n{line}", line


def _names_its_result(text: str, name: str) -> bool:
    last = re.split(r"[\n;]", text.rstrip())[-1]
    return re.match(rf"\s*(?:\w+\s*,\s*)?{re.escape(name)}\s*=(?!=)", last) is not None


def _free(letter: str, names: set[str]) -> str:
    found, k = letter, 2
    while found in names:
        found, k = f"{letter}{k}", k + 1
    return found


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
    if choices.typed and problem_of(choices.typed, choices.weights, choices.stored) is None:
        fresh = change(choices, program=choices.typed, typed="")
        if fresh.leaf_values and _problem_with(fresh):
            fresh = change(fresh, leaf_values="")
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
        text, _ = with_output(choices.program, choices.weights)
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


def problem_of(text: str, weights: str, stored: tuple[StoredLeaf, ...] = ()) -> InputError | None:
    """Return why a program cannot be read, with its place in the text; None where it can."""
    try:
        values = brought_values(read(text), stored)
        whole, _ = with_output(text, weights)
        program(whole, values)
    except InputError as error:
        return error
    return None
