"""The questions of both modes: passes, an entry of a column or a row, a line's tangent.

Each is worked out from a line of the language, with the arrays that it names; its slips have names.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from backprop.engine.arrays.trees import names_in
from backprop.lessons.why_backwards.both import Both
from backprop.lessons.why_backwards.schedule import Schedule
from backprop.notation.formula import Code, Number
from backprop.notation.numerals import as_answer, short
from backprop.stage.programs.arrays_shown import Grid, show_array
from backprop.stage.quiz.arrays.answers import COLUMNS, ROW_ENTRY, ROWS, TANGENT
from backprop.stage.quiz.arrays.questions import ENTRY
from backprop.stage.quiz.question import Question, WrongAnswer
from backprop.stage.quiz.wrong_answers import wrong_numbers
from backprop.stage.walk.explanation import Words

ASKED_AT = {
    "1": (COLUMNS, ROWS),
    "2": (COLUMNS, ROWS, ENTRY, ROW_ENTRY),
    "3": (COLUMNS, ROWS, TANGENT, ENTRY, ROW_ENTRY),
}
MOST_GIVEN = 48  # entries that a question is worked out from
NAMED = 12  # of them that it names beside its words
SLIPS = {  # by their short name: the title, and what goes wrong
    "passes-exchanged": (
        "Rows and columns are exchanged",
        "A pass forward fills a column, and there is a column for each input; a pass in reverse "
        "fills a row, and there is a row for each output.",
    ),
    "pass-each-entry": (
        "A pass for each entry of J",
        "One pass fills a whole column, or a whole row, at once.",
    ),
    "pass-each-line": (
        "The lines are counted",
        "A pass runs through all lines; how many there are does not matter.",
    ),
    "one-pass": (
        "One pass for all",
        "One pass has one seed: one input that is nudged, or one output that is watched.",
    ),
    "transposed-entry": (
        "Row and column are exchanged",
        "The row is the output, the column the input: J[o, a] is ∂yₒ/∂xₐ.",
    ),
    "seed-forgotten": (
        "The seed is forgotten",
        "That is what comes of 1 in every place; in this pass one entry is 1 and the others are 0.",
    ),
    "next-seed": ("Another seed", "That belongs to the pass of another entry."),
    "sign-flipped": ("The sign is turned round", "Everything but the sign is right."),
    "value-taken": ("The value is taken", "A tangent says how fast a line moves, not where it is."),
}


@dataclass(frozen=True, slots=True)
class GivenArray:
    """An array that a question is worked out from: its name in the language, and its numbers."""

    name: str
    grid: Grid
    tone: str


def asked_at(both: Both, schedule: Schedule, at: int, level: str) -> tuple[str, ...]:
    """Return what is asked at a step."""
    return tuple(name for name in ASKED_AT[level] if can_be_asked(both, schedule, at, name))


def can_be_asked(both: Both, schedule: Schedule, at: int, name: str) -> bool:
    """Whether a question can be put at a step, from numbers that are few enough."""
    if name in (COLUMNS, ROWS):
        return at == 0
    forward, reverse = schedule.at(at)
    if both.is_too_large or not np.all(np.isfinite(both.jacobian)):
        return False
    own = schedule.together or at < schedule.forward
    if name == ROW_ENTRY:
        behind = 0 if schedule.together else schedule.forward
        runs = reverse.number >= 0 and at - behind == reverse.number
    else:
        runs = own and at == forward.number
        if name == TANGENT and len(both.results) < 2:
            return False
    return runs and 0 < given_size(both, schedule, at, name) <= MOST_GIVEN


def make_question(both: Both, schedule: Schedule, at: int, name: str) -> Question:
    """Return the question of this name at a step."""
    if name in (COLUMNS, ROWS):
        return _ask_passes(both, name)
    forward, reverse = schedule.at(at)
    number = reverse.number if name == ROW_ENTRY else forward.number
    place = _place(both, number, name)
    given = _given_numbers(both, number, name)
    return Question(
        prompt=("What is ", Code(place.called), "?"),
        quantity=f"{name}.{number}",
        kind="number",
        right=place.right,
        wrong=wrong_numbers(place.right, place.wrong),
        explanation=(f"{place.called} = ", Number(as_answer(place.right), place.right, place.tone)),
        given=given if len(given) <= NAMED else (),
        lede=("By ", Code(place.rule), f", in the pass whose seed is {place.seed}."),
    )


def _ask_passes(both: Both, name: str) -> Question:
    m, n = both.rows, both.columns
    right, other = (n, m) if name == COLUMNS else (m, n)
    way = "forward" if name == COLUMNS else "in reverse"
    what = (
        ("A pass forward nudges one input and fills one column of J: ", f"{n} inputs, {n} passes.")
        if name == COLUMNS
        else ("A pass in reverse watches one output and fills one row of J: ",
              f"{m} outputs, {m} passes.")
    )  # fmt: skip
    wrong = [
        _slip("passes-exchanged", other),
        _slip("pass-each-entry", m * n),
        _slip("pass-each-line", len(both.results)),
        _slip("one-pass", 1),
    ]
    inputs = " and ".join(both.inputs)
    return Question(
        prompt=(f"How many passes {way} fill the whole Jacobian?",),
        quantity=f"passes.{name}",
        kind="number",
        right=float(right),
        wrong=wrong_numbers(right, wrong),
        explanation=what,
        lede=(f"{inputs}: {n} entries in; {both.output}: {m} out.",),
    )


def _slip(name: str, answer: float) -> WrongAnswer:
    title, about = SLIPS[name]
    return WrongAnswer(float(answer), title, (about,), name)


@dataclass(frozen=True, slots=True)
class _Place:
    """An entry that is asked: what it is called, its rule, its number, its slips."""

    called: str
    rule: str
    seed: str
    right: float
    wrong: tuple[WrongAnswer, ...]
    tone: str


def _place(both: Both, number: int, name: str) -> _Place:
    if name == ROW_ENTRY:
        row = both.jacobian[number]
        j = int(np.argmax(np.abs(row)))
        leaf, index = both.sides.inputs.place(j)
        seed = both.row_names[number]
        wrong = _entry_slips(both.jacobian, number, j)
        called = f"d{leaf}{_index(index)}"
        return _Place(called, _rule(both, leaf, name), seed, float(row[j]), wrong, "backward")
    seed = both.column_names[number]
    if name == ENTRY:
        column = both.jacobian[:, number]
        i = int(np.argmax(np.abs(column)))
        _, index = both.sides.outputs.place(i)
        wrong = _entry_slips(both.jacobian.T, number, i)
        called = f"t{both.output}{_index(index)}"
        rule = _rule(both, both.output, name)
        return _Place(called, rule, seed, float(column[i]), wrong, "forward")
    line = both.results[0].name
    tangent = np.asarray(both.forward(number).of(line), float)
    index = tuple(map(int, np.unravel_index(np.argmax(np.abs(tangent)), tangent.shape)))
    right = float(tangent[index])
    wrong = (
        _slip("sign-flipped", -right),
        _slip("value-taken", float(np.asarray(both.values[line], float)[index])),
    )
    rule = _rule(both, line, name)
    return _Place(f"t{line}{_index(index)}", rule, seed, right, wrong, "forward")


def _index(index: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, index))}]" if index else ""


def _entry_slips(lines: Any, number: int, entry: int) -> tuple[WrongAnswer, ...]:
    """Return slips of an entry of one row of a matrix: its own passes are the rows."""
    right = float(lines[number, entry])
    found = [_slip("sign-flipped", -right)]
    if entry < lines.shape[0] and number < lines.shape[1]:
        found.append(_slip("transposed-entry", lines[entry, number]))
    found.append(_slip("seed-forgotten", np.sum(lines[:, entry])))
    found += [_slip("next-seed", x) for x in np.delete(lines[:, entry], number)[:1]]
    return tuple(found)


def _rule(both: Both, line: str, name: str) -> str:
    if name == ROW_ENTRY:
        return f"d{line} = {both.reverse_texts[line]}"
    return f"t{line} = {both.forward_texts[line]}"


def given_arrays(both: Both, schedule: Schedule, at: int, name: str) -> tuple[GivenArray, ...]:
    """Return the arrays that a question is worked out from, as they are shown."""
    if name in (COLUMNS, ROWS):
        return ()
    forward, reverse = schedule.at(at)
    number = reverse.number if name == ROW_ENTRY else forward.number
    return tuple(
        GivenArray(each, show_array(array, each), tone)
        for each, array, tone in _given(both, number, name)
    )


def _given(both: Both, number: int, name: str) -> Iterator[tuple[str, Any, str]]:
    """Yield each name in the rule of a question, with its array and its tone."""
    place = _place(both, number, name)
    text = place.rule.partition(" = ")[2]
    runs = both.reverse(number) if name == ROW_ENTRY else both.forward(number)
    letter, tone = ("d", "backward") if name == ROW_ENTRY else ("t", "forward")
    lines = {line.name for line in both.chain}
    for each in dict.fromkeys(names_in(ast.parse(text, mode="eval").body)):
        if each in both.values:
            yield each, both.values[each], "forward"
        elif each[0] == letter and each[1:] in lines:
            yield each, runs.of(each[1:]), tone


def given_size(both: Both, schedule: Schedule, at: int, name: str) -> int:
    """Return how many numbers a question is worked out from."""
    forward, reverse = schedule.at(at)
    number = reverse.number if name == ROW_ENTRY else forward.number
    return sum(int(np.size(array)) for _, array, _ in _given(both, number, name))


def _given_numbers(both: Both, number: int, name: str) -> tuple[tuple[Words, Number], ...]:
    return tuple(
        ((Code(f"{each}{_index(place)}"),), Number(short(float(x)), float(x), tone))
        for each, array, tone in _given(both, number, name)
        for place, x in np.ndenumerate(np.asarray(array, float))
    )
