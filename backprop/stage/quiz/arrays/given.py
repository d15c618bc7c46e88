"""What stands in the place of a step that is asked: the arrays given, and a hatched place.

The cells are lit that the entry asked for is made of.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from backprop.engine.arrays.shapes import shape_text
from backprop.notation.formula import Label, Number
from backprop.notation.names import label_of
from backprop.stage.programs.arrays_shown import Grid, show_array
from backprop.stage.quiz.arrays.asking import ArrayQuestion
from backprop.stage.quiz.arrays.entries import EntryAsked, find_entry, index_text
from backprop.stage.quiz.arrays.questions import ENTRY, RULE, cell_number, rule_options
from backprop.stage.quiz.arrays.subject import DOT, JOINED, ArrayStep
from backprop.stage.quiz.arrays.texts import names_in, tree_of
from backprop.stage.walk.explanation import Words

LARGEST = 6.0  # cells a side, of the place that is hatched


@dataclass(frozen=True, slots=True)
class GivenArray:
    """An array that a question is worked out from.

    Attributes:
        label: its letter; d stands before it where it is a gradient.
        tone: “forward” or “backward”.
        shape: 4×2.
        grid: the array.
        caption: below it.
        lit: the entries that the one asked is made of.
    """

    label: Label
    tone: str
    shape: str
    grid: Grid
    caption: Words
    lit: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskedArrays:
    """What stands above the questions, and in the place of the step.

    Attributes:
        given: arrays that are known.
        label: what is asked for.
        tone: of it.
        shape: “?×?” as long as it is asked.
        wide, high: of its hatched place, in cells; alike as long as the shape is asked.
        rule: what the entry is worked out by, once it is known.
        apart: entries that it is made of and that stand in no cell here, each with its number.
    """

    given: tuple[GivenArray, ...]
    label: Label
    tone: str
    shape: str
    wide: str
    high: str
    rule: str
    apart: tuple[tuple[str, Number], ...]


def show_asked(question: ArrayQuestion, part: tuple[int, ...] = ()) -> AskedArrays | None:
    """Return the arrays of a question that is open; None where nothing is covered.

    Args:
        question: where the learner stands.
        part: the matrix that is shown of a larger array, where no cell of another is lit.
    """
    asked = question.asked
    if asked is None or not question.covered:
        return None
    now = question.now
    is_entry = now is not None and now.name == ENTRY
    entry = find_entry(asked) if is_entry else None
    lights = entry is not None and (question.level != "4" or (now is not None and now.hints > 0))
    given = []
    for name in _given_names(question, asked):
        lit = entry.lit.get(name, frozenset()) if entry and lights else frozenset()
        given.append(_given(asked, name, lit, part))
    is_open = question.shape_is_covered
    sides = (1, *asked.shape)[-2:] if asked.shape else (1, 1)
    shows_rule = is_entry and any(rung.name == RULE and rung.is_done for rung in question.rungs)
    return AskedArrays(
        tuple(given),
        label_of(asked.step.name.rpartition(DOT)[2]),
        "backward" if asked.is_use else "forward",
        "?" if is_open else shape_text(asked.shape),
        *_place((3, 3) if is_open else sides),
        asked.shown(asked.text) if shows_rule else "",
        _apart(asked, entry, given, lights) if entry else (),
    )


def _place(sides: tuple[int, ...]) -> tuple[str, str]:
    """Return how wide and high the hatched place is, in cells: a large one is drawn smaller."""
    unit = min(1.0, LARGEST / max(sides))
    return f"{max(1.0, sides[1] * unit):g}", f"{max(1.0, sides[0] * unit):g}"


def _apart(
    asked: ArrayStep, entry: EntryAsked, given: Sequence[GivenArray], lights: bool
) -> tuple[tuple[str, Number], ...]:
    """Return the entries that no cell shows: those of large maps, and of slices that are not shown.

    Where no cell is lit, only large maps have some: their numbers cannot be read otherwise.
    """
    seen = {cell[3] for each in given for row in each.grid.rows for cell in row}
    large = {each.grid.name.partition(",")[0] for each in given if not each.grid.rows}
    found = []
    for name, places in entry.lit.items():
        called = asked.shown(name)
        for place in sorted(places):
            key = f"{called}{index_text(place)}"
            if key.replace(" ", "") not in seen and (lights or called in large):
                found.append((key, cell_number(asked, name, place)))
    return tuple(found)


def _given_names(question: ArrayQuestion, asked: ArrayStep) -> tuple[str, ...]:
    """Return the arrays that stand above the questions: of a use, those that a rule mentions."""
    names = [n for n in (asked.arriving, *asked.operands) if n]
    if not asked.is_use:
        return tuple(names)
    own = asked.step.name.replace(DOT, JOINED)
    if all(rung.name != RULE for rung in question.rungs):
        result = asked.line.name.replace(DOT, JOINED)
        used = names_in(tree_of(asked.text))
        return tuple(name for name in names if name != result or name in used)
    rules = (asked.text, *(option.text for option in rule_options(asked)))
    mentioned = {name for text in rules for name in names_in(tree_of(text))} | {own}
    return tuple(dict.fromkeys(name for name in (*names, own) if name in mentioned))


def _given(
    asked: ArrayStep, name: str, lit: Iterable[tuple[int, ...]], part: tuple[int, ...]
) -> GivenArray:
    array = asked.run.arrays[name]
    is_gradient = bool(asked.arriving) and name == asked.arriving
    plain = name.replace(JOINED, DOT)
    label = (plain[1:] if is_gradient else plain).rpartition(DOT)[2]
    places = sorted(lit)
    chosen = places[0][:-2] if places and len(places[0]) > 2 else part
    caption: Words = ("arrived at ", label_of(asked.line.label)) if is_gradient else ()
    if asked.is_use and plain == asked.step.name:
        caption = ("what we ask about",)
    elif asked.is_use and not is_gradient:
        caption = ("kept from forward",)
    called = f"{'d' * is_gradient}{label}"

    def key(place: tuple[int, ...]) -> str:
        return f"{called}{index_text(place).replace(' ', '')}"

    grid = show_array(array, called, chosen, lambda place: ("", key(place)))
    tone = "backward" if is_gradient else "forward"
    shape = shape_text(np.shape(array))
    return GivenArray(label_of(label), tone, shape, grid, caption, tuple(map(key, places)))
