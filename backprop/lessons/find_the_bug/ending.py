"""The end of the lesson: the worked case in three sentences, and what is asked back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from random import Random

import numpy as np

from backprop.engine.network import Array
from backprop.lessons.find_the_bug.asking import ask_line
from backprop.lessons.find_the_bug.bug import Bug, make_bug
from backprop.lessons.find_the_bug.cases import WORKED
from backprop.lessons.find_the_bug.code import HEAD, RETURN, in_code, say_in_code
from backprop.lessons.find_the_bug.examples import Example, find_example
from backprop.lessons.find_the_bug.ratios import is_one_factor, write_range, wrong_arrays
from backprop.lessons.find_the_bug.slip_lines import find_slip_line, write_slip
from backprop.lessons.find_the_bug.trainings import show_trainings
from backprop.lessons.find_the_bug.verdicts import BASE, ask_training
from backprop.notation.names import name_list
from backprop.stage.ending import Ending
from backprop.stage.plane import Chart
from backprop.stage.quiz.question import Choice, Question, WrongAnswer
from backprop.stage.quiz.wrong_answers import lettered
from backprop.stage.walk.explanation import Words, spoken

BUGS = (  # slips that one line of the 2-2-2 can have, and its layer
    *(("no-hidden-slope", 1), ("no-output-slope", 2), ("transposed", 1), ("no-weights", 1)),
    *(("one-path", 1), ("updated-weights", 1), ("slope-at-activation", 1), ("sign", 2)),
    *(("half-lost", 2), ("transposed-gradient", 2), ("transposed-gradient", 1), ("assigned", 1)),
    *(("one-minus-a", 1), ("other-slope", 1)),
)
PATTERNS = 4  # of ratios to choose from


def make_ending() -> Ending:
    """Return what was seen of the worked case."""
    bug = make_bug(*WORKED)
    assert bug, "the worked case is possible"
    shown = show_trainings(bug)
    wrong, names = wrong_arrays(bug), [f"d{name}" for name in wrong_arrays(bug)]
    right = [f"d{name}" for name in _arrays(bug) if name not in wrong]
    count = sum(array.size for array in bug.example.setup.parameters.values())
    return Ending(
        title="The right ones lead to the wrong one",
        sentences=(
            say_in_code(
                f"{len(bug.lines)} lines made {count} slopes (here each unit has a bias of its "
                "own), and the check put what they claim over what is measured: "
                f"{write_range(bug, wrong[0])} in {_coded(names)}, 1 in "
                f"{_coded(right)}."
            ),
            say_in_code(
                f"What is right clears every line that it is made by; what is wrong begins behind "
                f"them, at line {bug.number}: `{bug.line.formula}` stands where "
                f"`{bug.right_line.formula}` belongs."
            ),
            (
                f"And it trains: after {shown.rounds} rounds the loss is {shown.wrong} with the "
                f"wrong line and {shown.right} with the right one. The check sees it, the loss "
                "does not.",
            ),
        ),
        picture=Chart(
            shown.figure, shown.alt, ("round", "right gradient", "wrong gradient"), shown.rows
        ),
        caption=(f"The loss over {shown.rounds} rounds: solid with the right gradient, dashed "
                 "with the wrong one.",),
    )  # fmt: skip


def _arrays(bug: Bug) -> tuple[str, ...]:
    """Return the arrays of parameters, the last layer first."""
    depth = bug.example.writing.depth
    return tuple(f"{letter}{k}" for k in range(depth, 0, -1) for letter in "Wb")


def _coded(names: list[str]) -> str:
    return name_list([f"`{name}`" for name in names])


def _fresh(rng: Random) -> Example:
    """Return the 2-2-2 with other numbers, of two decimals."""
    base = find_example(BASE)
    setup = base.setup

    def drawn(array: Array, low: float, high: float) -> Array:
        numbers = [round(rng.uniform(low, high), 2) for _ in range(array.size)]
        return np.array(numbers).reshape(array.shape)

    parameters = {name: drawn(array, 0.1, 0.95) for name, array in setup.parameters.items()}
    X, Y = drawn(setup.X, 0.1, 0.95), drawn(setup.Y, 0.05, 0.95)
    return replace(base, setup=replace(setup, parameters=parameters, X=X, Y=Y))


def _bug(example: Example, slip: str, layer: int) -> Bug:
    row = find_slip_line(slip)
    assert row, "the slip is of the table"
    line = write_slip(row, example.writing, layer)
    assert line, "the slip is possible here"
    return Bug(example, row, layer, line)


def _drawn_bugs(rng: Random) -> Iterator[Bug]:
    """Give the bugs of fresh numbers that change the gradient, in a fresh order."""
    example = _fresh(rng)
    for slip, layer in rng.sample(BUGS, len(BUGS)):
        bug = _bug(example, slip, layer)
        if bug.is_felt:
            yield bug


def _pattern(bug: Bug) -> str:
    """Return the ratios of all arrays, those that are alike together."""
    wrong = wrong_arrays(bug)
    alike: dict[str, list[str]] = {}
    for name in _arrays(bug):
        alike.setdefault(write_range(bug, name) if name in wrong else "1", []).append(f"`d{name}`")
    if len(alike) == 1:
        return f"{next(iter(alike))} in all four arrays"
    return "; ".join(f"{shown} in {name_list(names)}" for shown, names in alike.items())


def _kind(bug: Bug) -> tuple[str, ...]:
    """Return by what ratios are told apart without their numbers: which are wrong, one factor."""
    wrong = wrong_arrays(bug)
    return (*wrong, write_range(bug, wrong[0])) if is_one_factor(bug) else wrong


def _ask_line(seed: int) -> Question:
    """Return the question which line is wrong, by the ratios."""
    rng = Random(seed)
    bug = next(_drawn_bugs(rng))
    asked = ask_line(bug)
    idle = {
        str(n)
        for n, line in enumerate(bug.lines, 1)
        if line.place.kind in (HEAD, RETURN)
    }  # fmt: skip
    return replace(
        asked,
        prompt=say_in_code(f"The ratios: {_pattern(bug)}. Which of these lines is wrong?"),
        wrong=tuple(
            replace(each, about=in_code(each.about))
            for each in asked.wrong
            if each.answer not in idle
        ),
        choices=tuple(
            Choice(each.name, (f"{each.name}  {spoken(each.words)}",))
            for each in asked.choices
            if each.name not in idle
        ),
        explanation=(
            *in_code(asked.explanation),
            " ",
            *say_in_code(f"`{bug.line.formula}` stands where `{bug.right_line.formula}` belongs."),
        ),
    )


def _ask_ratios(seed: int) -> Question:
    """Return the question which ratios a wrong line gives."""
    rng = Random(seed)
    chosen: list[Bug] = []
    for each in _drawn_bugs(rng):
        if _kind(each) not in map(_kind, chosen):
            chosen.append(each)
        if len(chosen) == PATTERNS:
            break
    bug, *others = chosen
    why = say_in_code(f"The ratios are {_pattern(bug)}.")

    def reason(other: Bug) -> Words:
        return say_in_code(
            f"Line {other.number} gives those, if `{other.line.formula}` stands there; line "
            f"{bug.number} goes into {_coded([f'd{name}' for name in wrong_arrays(bug)])}."
        )

    right, slips, choices = lettered(
        say_in_code(_pattern(bug)),
        (
            (say_in_code(_pattern(other)), WrongAnswer("", other.row.slip.title, reason(other)))
            for other in others
        ),
    )
    return Question(
        prompt=say_in_code(
            f"Line {bug.number} is `{bug.line.makes} = {bug.line.formula}`, and should be "
            f"`{bug.right_line.formula}`. Which ratios does the check give?"
        ),
        quantity="ratios",
        kind="choice",
        right=right,
        wrong=slips,
        choices=choices,
        explanation=why,
    )


QUESTIONS: Mapping[str, Callable[[int], Question]] = {
    "ratios": _ask_ratios,
    "training": ask_training,
    "line": _ask_line,
}
