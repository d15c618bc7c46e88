"""Asking first: how many passes each way, an entry of a column and of a row, a line's tangent.

    level   1  the passes      2  and the entries      3  and a tangent on the way

The passes are asked at the first step; each further question belongs to the pass of its step. As
long as one is open, the column and the row of that pass are covered on both sides: both fill the
same matrix, and what one has filled the other would tell.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backprop.engine.arrays.trees import names_in
from backprop.lessons.why_backwards.both import Both, both_of
from backprop.lessons.why_backwards.choices import Choices
from backprop.lessons.why_backwards.schedule import Schedule, schedule_of
from backprop.lessons.why_backwards.sides import NOTHING, Covered
from backprop.notation.formula import Code, Number
from backprop.notation.numerals import as_answer, short
from backprop.stage.choices import ChoiceError, change
from backprop.stage.links import Links
from backprop.stage.programs.arrays_shown import Grid, show_array
from backprop.stage.programs.typed import DRAWN, reseeded
from backprop.stage.quiz.answers import NO_ANSWERS, Answers, JudgedAnswer, make_mark
from backprop.stage.quiz.arrays.answers import (
    COLUMNS,
    NO_TRIES,
    ROW_ENTRY,
    ROWS,
    TANGENT,
    UNSAID,
    Tries,
)
from backprop.stage.quiz.arrays.asking import NUMBER, Rung
from backprop.stage.quiz.arrays.questions import ENTRY
from backprop.stage.quiz.levels import find_level
from backprop.stage.quiz.question import Asking, Asks, Question, WrongAnswer, judge
from backprop.stage.quiz.reply import Record
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


@dataclass(frozen=True, eq=False)
class ModesQuestion:
    """Where a learner stands.

    Attributes:
        on: whether it is asked first; else nothing is covered.
        both, schedule: the program, and its steps.
        at: the step that is shown.
        level: a name of ASKED_AT.
        answers: what was said at the other steps.
        tries: what was said here before the last answer.
        rungs: the questions of the step, in order.
        answered: the rung that the last answer is for; empty for none.
    """

    on: bool
    both: Both
    schedule: Schedule
    at: int
    level: str = ""
    answers: Answers = NO_ANSWERS
    tries: Tries = NO_TRIES
    rungs: tuple[Rung, ...] = ()
    answered: str = ""

    @property
    def before(self) -> JudgedAnswer | None:
        """What was said here when the step was passed before."""
        return self.answers.at(self.at)

    @property
    def now(self) -> Rung | None:
        """The question that is open; None where all are done, or none is asked."""
        return next((rung for rung in self.rungs if not rung.is_done), None)

    def is_open(self, name: str) -> bool:
        """Whether a question is asked and its answer not known."""
        return any(rung.name == name and not rung.is_done for rung in self.rungs)

    @property
    def covers_passes(self) -> bool:
        """Whether the page may not say how many passes there are."""
        return self.is_open(COLUMNS) or self.is_open(ROWS)

    @property
    def covered(self) -> Covered:
        """What may not be seen of the pass."""
        if self.now is None or all(r.name in (COLUMNS, ROWS) for r in self.rungs):
            return NOTHING
        forward, reverse = self.schedule.at(self.at)
        names = frozenset((self.both.output,))
        if self.is_open(TANGENT):
            names = frozenset(line.name for line in self.both.results)
        return Covered(
            names,
            frozenset(self.both.inputs),
            reverse.number if self.is_open(ROW_ENTRY) else -1,
            forward.number if self.is_open(ENTRY) else -1,
        )

    @property
    def given(self) -> tuple[GivenArray, ...]:
        """The arrays that the open question is worked out from."""
        if self.now is None:
            return ()
        return given_arrays(self.both, self.schedule, self.at, self.now.name)

    @property
    def judged(self) -> JudgedAnswer | None:
        """What the answers here come to; None where none was given."""
        if not any(rung.said or rung.told for rung in self.rungs):
            return None
        wrong = [judged for rung in self.rungs for _, judged in rung.said if not judged.right]
        slip = next((s.slip for judged in wrong for s in judged.slips if s.slip), "")
        if self.now or any(rung.told for rung in self.rungs):
            return JudgedAnswer(False, slip=slip)
        helped = bool(wrong) or any(rung.hints for rung in self.rungs)
        return JudgedAnswer(True, True, slip, helped)

    @property
    def record(self) -> Record | None:
        """How the answers count, once they do."""
        judged = self.judged
        if judged is None or self.now:
            return None
        result = "missed" if not judged.sign else "helped" if judged.helped else "unaided"
        return Record(make_mark(self.tries.mark, self.level), "step", result)

    def leave(self, links: Links) -> Links:
        """Return the links to the other steps: what was said here is noted in them."""
        if not self.on:
            return links
        answers, judged = self.answers, self.judged
        if judged:
            answers = answers.noting(self.at, judged)
        after = change(links.choices, **{**UNSAID, "answers": answers})
        return links.at(after) if after != links.choices else links

    def noted(self) -> Tries:
        """Return what has been said here with the last answer among it, as it is spelled."""
        for rung in self.rungs:
            if rung.name == self.answered and rung.last and rung.last[1].read:
                said = (rung.name, NUMBER.write(rung.last[1].read.value))
                return replace(self.tries, said=(*self.tries.said, said))
        return self.tries


def find_modes_question(choices: Choices, both: Both, schedule: Schedule, at: int) -> ModesQuestion:
    """Return where the learner stands at a step, from 0.

    Raises:
        ChoiceError: the last answer cannot be read.
    """
    quiz = choices.quiz
    typed = both.direction is not None or both.weight is not None
    if quiz.ask != "1" or choices.view or choices.by_line or typed:
        return ModesQuestion(False, both, schedule, at)
    level = min(find_level(quiz.level).name, "3")
    numbers = make_mark(*(np.asarray(value).tobytes() for value in both.values.values()))
    shape = (both.rows, both.columns, schedule)
    answers = quiz.answers.of(make_mark(shape, numbers, level))
    around = ModesQuestion(True, both, schedule, at, level, answers)
    names = asked_at(both, schedule, at, level)
    if not names:
        return around
    mark = make_mark(numbers, shape, at, level)
    same = quiz.tries.mark == mark
    if around.before and not same:
        return around
    tries = quiz.tries if same else Tries(mark)
    return _with_rungs(replace(around, tries=tries), names, quiz.answer if same else "")


def asked_at(both: Both, schedule: Schedule, at: int, level: str) -> tuple[str, ...]:
    """Return what is asked at a step."""
    return tuple(name for name in ASKED_AT[level] if _can_be(both, schedule, at, name))


def _can_be(both: Both, schedule: Schedule, at: int, name: str) -> bool:
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
    return runs and 0 < _given_size(both, schedule, at, name) <= MOST_GIVEN


def _with_rungs(question: ModesQuestion, names: Sequence[str], last: str) -> ModesQuestion:
    tries, rungs = question.tries, []
    for name in names:
        put = make_question(question.both, question.schedule, question.at, name)
        said = [(text, judge(put, text)) for rung, text in tries.said if rung == name]
        hints = sum(each == name for each in tries.hints)
        rungs.append(Rung(name, put, tuple(said), hints, name in tries.told))
    answered = ""
    for n, rung in enumerate(rungs):
        if last.strip() and not rung.is_done:
            answered = rung.name
            try:
                judgement = judge(rung.question, last)
            except ChoiceError as error:
                raise ChoiceError(error.what, hint=error.hint, at="said-last") from None
            rungs[n] = replace(rung, said=(*rung.said, (last, judgement)))
            break
    return replace(question, rungs=tuple(rungs), answered=answered)


# The questions


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


def _given_size(both: Both, schedule: Schedule, at: int, name: str) -> int:
    forward, reverse = schedule.at(at)
    number = reverse.number if name == ROW_ENTRY else forward.number
    return sum(int(np.size(array)) for _, array, _ in _given(both, number, name))


def _given_numbers(both: Both, number: int, name: str) -> tuple[tuple[Words, Number], ...]:
    return tuple(
        ((Code(f"{each}{_index(place)}"),), Number(short(float(x)), float(x), tone))
        for each, array, tone in _given(both, number, name)
        for place, x in np.ndenumerate(np.asarray(array, float))
    )


# A class, and fresh numbers


def fresh_address(links: Links) -> str:
    """Return the address of the same program with other random numbers; empty without any."""
    program: str = links.choices.program
    if not DRAWN.search(program):
        return ""
    fresh = {"program": reseeded(program, 1), "leaf_values": "", "step": 0}
    return links.address(**{**UNSAID, **fresh})


def _stand(choices: Choices) -> tuple[Both, Schedule, int]:
    both = both_of(change(choices, direction="", weight=""))
    plain = change(choices, by_line=False)
    schedule = schedule_of(plain, both.run_forward, both.run_reverse, len(both.results))
    return both, schedule, min(choices.step, schedule.count - 1)


def _askings(choices: Choices) -> tuple[Asking, ...]:
    both, schedule, at = _stand(choices)
    titles: dict[str, Words] = {
        COLUMNS: ("How many passes forward fill J",),
        ROWS: ("How many passes in reverse fill J",),
        TANGENT: ("The tangent of a line, one entry",),
        ENTRY: ("An entry of the column",),
        ROW_ENTRY: ("An entry of the row",),
    }
    found = []
    for name, title in titles.items():
        passes = name in (COLUMNS, ROWS)
        if passes or (
            _can_be(both, schedule, at, name) and _given_size(both, schedule, at, name) <= NAMED
        ):
            varies = not passes and bool(DRAWN.search(choices.program))
            found.append(Asking(name, title, "number", varies))
    return tuple(found)


def _question(choices: Choices, name: str) -> Question:
    both, schedule, at = _stand(choices)
    return make_question(both, schedule, at, name)


def _vary(choices: Choices, name: str, seed: int) -> Choices:
    """Return the same program with other random numbers in which the same can be asked."""
    for by in (seed + 1, seed + 20_011, seed + 40_009):
        fresh = change(choices, program=reseeded(choices.program, by), leaf_values="")
        if any(each.name == name for each in _askings(fresh)):
            return fresh
    return choices


ASKS = Asks(askings=_askings, question=_question, vary=_vary)
