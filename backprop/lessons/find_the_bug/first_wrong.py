"""The parts of the pass in their order, and the first that is wrong: a hint that is asked for."""

from dataclasses import dataclass

import numpy as np

from backprop.lessons.find_the_bug.bug import Bug, find_right
from backprop.lessons.find_the_bug.code import BACK, LOSS, SLOPE, Line, Writing
from backprop.lessons.find_the_bug.program_bug import ProgramBug
from backprop.lessons.find_the_bug.ratios import wrong_arrays
from backprop.notation.numerals import long
from backprop.stage.quiz.arrays.texts import Run, tree_of

MOST_NUMBERS = 4


@dataclass(frozen=True, slots=True)
class Part:
    """One array that the pass makes.

    Attributes:
        name: “dz2”.
        off: whether it is wrong.
        first: whether it is the first that is.
        claimed, right: its first numbers, where it is the first wrong one.
        more: whether it has others.
        given: what is returned and made from it at once: “dW2”, “db2”, each with whether it is off.
    """

    name: str
    off: bool
    first: bool
    claimed: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    more: bool = False
    given: tuple[tuple[str, bool, bool], ...] = ()  # name, off, first


@dataclass(frozen=True, slots=True)
class FirstWrong:
    """The pass as a picture: its parts from the loss back; and what the first wrong one says."""

    parts: tuple[Part, ...]
    name: str
    alt: str


def find_first_wrong(bug: Bug) -> FirstWrong:
    """Return the parts of the pass, compared with a right one, and which is wrong first."""
    writing, wrong = bug.example.writing, {f"d{name}" for name in wrong_arrays(bug)}
    name, parts = bug.line.makes, []
    for line in writing.lines:
        if line.place.kind not in (LOSS, SLOPE, BACK):
            continue
        claimed, right = (_numbers(line, writing, each) for each in _both(bug))
        off = bug.number <= 1 + writing.lines.index(line) and not _same(bug, line)
        first = line.makes == name
        parts.append(
            Part(
                line.makes,
                off,
                first,
                claimed=claimed[:MOST_NUMBERS] if first else (),
                right=right[:MOST_NUMBERS] if first else (),
                more=first and len(claimed) > MOST_NUMBERS,
                given=_given(line, wrong, name),
            )
        )
    alt = f"From the loss back, everything is right before {name}, which is wrong."
    return FirstWrong(tuple(parts), name, alt)


def find_first_wrong_line(bug: ProgramBug) -> FirstWrong:
    """Return what each line of a program's pass makes, compared with a right one.

    Both passes are run line by line: what is wrong already goes into the lines after it.
    """
    parts = []
    both = (run_lines(bug, bug.lines), run_lines(bug, bug.right_lines))
    for number, (line, claimed, right) in enumerate(zip(bug.lines, *both, strict=True), 1):
        first = number == bug.number
        texts = [tuple(map(long, np.ravel(each).tolist())) for each in (claimed, right)]
        shown = [text[:MOST_NUMBERS] if first else () for text in texts]
        off = not np.allclose(claimed, right, rtol=1e-9, atol=1e-15)
        more = first and len(texts[0]) > MOST_NUMBERS
        parts.append(Part(line.makes, off, first, shown[0], shown[1], more))
    alt = f"From the loss back, everything is right before {bug.line.makes}, which is wrong."
    return FirstWrong(tuple(parts), bug.line.makes, alt)


def run_lines(bug: ProgramBug, lines: tuple[Line, ...]) -> list[np.ndarray]:
    """Return what each line makes, at the values of the forward pass."""
    trace, found = bug.slips.trace, []
    arrays = {line.name: trace.values[line.node] for line in bug.program.lines}
    for line in lines:
        made = np.asarray(Run(arrays).of(tree_of(line.formula)), float)
        arrays = {**arrays, line.makes: made}
        found.append(made)
    return found


def _both(bug: Bug) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    return dict(bug.claimed), dict(find_right(bug.example))


def _node(line: Line, writing: Writing) -> str:
    """Return the engine's name of what a line makes."""
    merged = line.place.kind == LOSS and writing.is_merged
    return f"{'Z' if merged or line.place.kind == SLOPE else 'A'}{line.place.layer}"


def _numbers(line: Line, writing: Writing, gradients: dict[str, np.ndarray]) -> tuple[str, ...]:
    return tuple(map(long, np.ravel(gradients[_node(line, writing)]).tolist()))


def _same(bug: Bug, line: Line) -> bool:
    node = _node(line, bug.example.writing)
    return bool(
        np.allclose(bug.claimed[node], find_right(bug.example)[node], rtol=1e-9, atol=1e-15)
    )


def _given(line: Line, wrong: set[str], first: str) -> tuple[tuple[str, bool, bool], ...]:
    """Return the arrays that are returned and made from dz of the line's layer at once."""
    if not line.makes.lower().startswith("dz"):
        return ()
    names = (f"dW{line.place.layer}", f"db{line.place.layer}")
    return tuple((name, name in wrong, name == first) for name in names)
