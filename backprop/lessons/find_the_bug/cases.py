"""The cases: which bug a number hides, at each level of difficulty.

An address holds a level and a number, and nothing of the bug. Each level's bugs are gone through
in a shuffled order, then again in another. An address has to hide the same bug in every later
version, so nothing here is changed; what is new comes as a new level.
"""

import hashlib
from typing import TypeVar

from backprop.lessons.find_the_bug.bug import Bug, make_bug
from backprop.lessons.find_the_bug.program_bug import ProgramBug, make_program_bug

T = TypeVar("T")

WORKED = ("by-hand", "no-hidden-slope", 1)  # case 0: it is explained step by step

LEVELS = {1: "By hand", 2: "Other functions", 3: "Batches", 4: "Three layers"}


def _on(example: str, *bugs: tuple[str, int]) -> tuple[tuple[str, str, int], ...]:
    return tuple((example, slip, layer) for slip, layer in bugs)


HIDDEN = {  # example, slip, layer
    1: _on(
        "by-hand",
        *(("transposed", 1), ("no-weights", 1), ("one-path", 1), ("updated-weights", 1)),
        *(("no-output-slope", 2), ("slope-at-activation", 1), ("sign", 2), ("half-lost", 2)),
        *(("transposed-gradient", 2), ("transposed-gradient", 1), ("one-minus-a", 1)),
        *(("output-slope-at-activation", 2), ("no-target", 2), ("assigned", 1)),
        *(("other-slope", 1),),
    ),
    2: (
        *_on(
            "tanh",
            *(("slope-of-z", 1), ("before-activation", 2), ("other-slope", 2), ("two-lost", 2)),
            *(("sum-over-outputs", 2), ("bias-forgotten", 1), ("output-not-loss", 2)),
            *(("transposed", 1), ("slope-at-activation", 1), ("logits-minus-targets", 2)),
        ),
        *_on(
            "relu",
            *(("mask-of-delta", 1), ("mask-inverted", 1), ("no-hidden-slope", 1)),
            *(("no-weights", 1), ("updated-weights", 1), ("slope-of-z", 2)),
            *(("bias-forgotten", 2), ("before-activation", 2)),
        ),
    ),
    3: (
        *_on(
            "xor",
            *(("sum-over-batch", 2), ("divided-twice", 2), ("bias-last-example", 2)),
            *(("bias-first-example", 1), ("bias-mean", 1), ("no-output-slope", 2)),
            *(("slope-of-z", 1), ("updated-weights", 1)),
        ),
        *_on(
            "iris",
            *(("slope-twice", 2), ("softmax-diagonal", 2), ("sum-over-batch", 2)),
            *(("bias-last-example", 1), ("before-activation", 2), ("transposed-gradient", 1)),
            *(("one-path", 1), ("first-unit-skipped", 1), ("no-target", 2)),
            *(("bias-forgotten", 2),),
        ),
    ),
    4: (
        *_on(
            "deep",
            *(("transposed", 1), ("transposed", 2), ("updated-weights", 1)),
            *(("updated-weights", 2), ("no-hidden-slope", 2), ("slope-at-activation", 1)),
            *(("slope-behind", 1), ("slope-before", 2), ("one-minus-a", 2)),
            *(("transposed-gradient", 2), ("before-activation", 3), ("assigned", 2)),
            *(("bias-mean", 2), ("bias-first-example", 3)),
        ),
        *_on(
            "penalized",
            *(("no-penalty", 2), ("penalty-doubled", 3), ("penalty-over-batch", 1)),
            *(("penalty-halved", 1), ("no-weights", 2), ("one-path", 1)),
        ),
    ),
}


PROGRAMS = 5  # the level whose bugs are in programs of arrays
ALL_LEVELS = LEVELS | {PROGRAMS: "Arrays"}
IN_PROGRAMS = (  # program, slip at a use
    *(("layers", "bias-mean.Z2.1"), ("layers", "slope-at-output.A1.1")),
    *(("layers", "no-transpose.Z1.2"), ("layers", "cross-entropy-no-n.L.1")),
    *(("norm", "norm-constant-mean.N.1"), ("norm", "relu-by-gradient-sign.A.1")),
    *(("norm", "own-factor.H.2"), ("norm", "norm-constant-variance.N.1")),
    *(("norm", "bias-first-row.H.1"), ("norm", "local-forgotten.H.1")),
    *(("recurrent", "bias-mean.h1.1"), ("recurrent", "no-transpose.Z2.3")),
    *(("recurrent", "local-forgotten.h2.1"), ("recurrent", "reshaped-for-transposed.Z2.2")),
    *(("attention", "softmax-diagonal-only.P.1"), ("attention", "no-transpose.O.2")),
    *(("attention", "own-factor.L.1"), ("attention", "reshaped-for-transposed.S.1")),
)


def find_case(level: int, case: int) -> tuple[str, Bug | ProgramBug]:
    """Return what a case hides at any level: in a network, or in a program of arrays."""
    if level != PROGRAMS or not case:
        return find_hidden(level, case)
    name, key = _drawn_of(IN_PROGRAMS, level, case)
    return name, make_program_bug(name, key)


def find_hidden(level: int, case: int) -> tuple[str, Bug]:
    """Return the example, by its name, and the bug that a case hides; of case 0 the worked one."""
    example, slip, layer = _drawn(level, case) if case else WORKED
    bug = make_bug(example, slip, layer)
    assert bug, f"“{slip}” cannot happen in layer {layer} of “{example}”"
    return example, bug


def _drawn(level: int, case: int) -> tuple[str, str, int]:
    """Return the bug of a case: they are gone through in an order that each time is another."""
    return _drawn_of(HIDDEN[level], level, case)


def _drawn_of(bugs: tuple[T, ...], level: int, case: int) -> T:
    turn, at = divmod(case - 1, len(bugs))
    order = _shuffled(bugs, level, turn)
    if turn and order[0] == _shuffled(bugs, level, turn - 1)[-1]:  # not the same twice
        order = (order[1], order[0], *order[2:])
    return order[at]


def _shuffled(bugs: tuple[T, ...], level: int, turn: int) -> tuple[T, ...]:
    def by_hash(bug: T) -> bytes:
        return hashlib.sha256(f"find the bug {level} {turn} {bug}".encode()).digest()

    return tuple(sorted(bugs, key=by_hash))
