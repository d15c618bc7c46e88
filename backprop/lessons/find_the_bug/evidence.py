"""What the ratios say: of the whole pass, of a line that was pressed, of a chosen cause."""

from collections.abc import Iterable

import numpy as np

from backprop.lessons.find_the_bug.bug import Bug, find_right
from backprop.lessons.find_the_bug.code import (
    BACK,
    COUNT,
    HEAD,
    LOSS,
    RETURN,
    SLOPE,
    Line,
    Place,
    Writing,
    say,
)
from backprop.lessons.find_the_bug.ratios import (
    has_row_factors,
    is_one_factor,
    ratio_table,
    write_range,
    wrong_arrays,
)
from backprop.stage.walk.explanation import Words

IDLE = {
    HEAD: "Line {n} names what comes in. Nothing is computed in it.",
    COUNT: "Line {n} counts the examples, and every loss here is a mean over them.",
    RETURN: "Line {n} hands the gradients back, each in its place.",
}
RIGHT_LINE = {
    LOSS: "It is the slope of the loss: `{formula}`.",
    SLOPE: "It multiplies what arrives by the slope of the activation, as it should.",
    BACK: "It sends back through `{W}`, each weight in its place, as it should.",
}


def sum_up(bug: Bug) -> Words:
    """Return what the ratios say of the whole pass, in two or three sentences."""
    writing, wrong = bug.example.writing, wrong_arrays(bug)
    depth = writing.depth
    layers = sorted({int(name[1:]) for name in wrong})
    if is_one_factor(bug):
        factor = write_range(bug, wrong[0])
        return say(f"Every ratio is {factor}: one factor for all. It comes in where all begins.")
    if len(wrong) == 1:
        return _one_array(writing, wrong[0])
    deepest = layers[-1]
    begins = (
        f"`db{deepest + 1}` is right, so the pass is right as far as `{writing.dz(deepest + 1)}`. "
        if deepest < depth
        else "The last layer is wrong already, so look near the loss. "
    )
    return say(begins + _pattern(bug, deepest))


def _one_array(writing: Writing, name: str) -> Words:
    layer = int(name[1:])
    if name[0] == "b":
        return say(f"Only `d{name}` is wrong. `dW{layer}` is right, so `{writing.dz(layer)}` is.")
    own = writing.bias(layer)
    made = "is" if own == writing.dz(layer) else "is made of"
    return say(
        f"Only `d{name}` is wrong. `db{layer}` {made} `{writing.dz(layer)}`, and it is right: so "
        f"everything but `d{name}` is."
    )


def _pattern(bug: Bug, layer: int) -> str:
    unit = "an output" if layer == bug.example.writing.depth else "a hidden unit"
    if has_row_factors(bug, f"W{layer}"):
        return (
            f"One factor for each row of `dW{layer}`: something is wrong for {unit}, before its "
            "inputs come in."
        )
    if bug.example.writing.batch:
        return (
            f"No row of `dW{layer}` has one factor: each example is wrong by its own, and they add "
            "up to this."
        )
    return f"Some rows of `dW{layer}` are wrong, and some are not: look at what tells units apart."


def explain_line(bug: Bug, number: int) -> Words:
    """Return why a line that was pressed is not the wrong one: what it makes, and the evidence."""
    line, writing = bug.lines[number - 1], bug.example.writing
    if line.place.kind in IDLE:
        return say(IDLE[line.place.kind].format(n=number))
    made = f"Line {number} makes `{line.makes}`"
    wrong = {f"d{name}" for name in wrong_arrays(bug)}
    if line.makes in writing.results and line.makes not in wrong:
        return say(f"{made}, and `{line.makes}` is right: {_no_ratio_off(bug, line.makes)}.")
    behind = _made_from(writing, line)
    right = [name for name in behind if name not in wrong]
    if right:
        evidence = _no_ratio_off(bug, right[0])
        return say(f"{made}. `{right[0]}` is made from it, and is right: {evidence}.")
    layer = str(line.place.layer)
    above = [name for name in writing.results if name in wrong and name[2:] != layer]
    before = [name for name in above if _number(bug, name) < number]
    if before:
        first = min(before, key=lambda name: _number(bug, name))
        return say(
            f"{made}. But `{first}` is off as well, and line {_number(bug, first)} comes before. "
            "Look further up."
        )
    if line.makes in writing.results:
        other = f"{'db' if line.makes[1] == 'W' else 'dW'}{layer}"
        return say(
            f"{made}. `{other}` is off, too, and both are made from `{writing.dz(int(layer))}`: so "
            "that is wrong already."
        )
    own = RIGHT_LINE[line.place.kind].format(formula=line.formula, W=f"W{line.place.layer + 1}")
    if number < bug.number:
        return say(f"{made}. {own} What is made of it further down goes wrong.")
    return say(f"{made}. {own} What comes into it is wrong already.")


def _no_ratio_off(bug: Bug, name: str) -> str:
    """Return that an array is right, in terms of its ratios; where both are 0 there is none."""
    exact = find_right(bug.example)[name.removeprefix("d")]
    return "every ratio is 1" if np.all(exact) else "no ratio is off"


def _number(bug: Bug, name: str) -> int:
    """Return the number of the line that makes an array."""
    return next(i for i, line in enumerate(bug.lines, 1) if line.makes == name)


def _made_from(writing: Writing, line: Line) -> tuple[str, ...]:
    """Return what is returned and made from what a line makes, the last layer first."""
    if line.makes in writing.results:
        return (line.makes,)
    at, names = line.place, []
    for each in writing.lines[writing.lines.index(_right(writing, at)) :]:
        if each.makes in writing.results:
            names.append(each.makes)
    return tuple(sorted(names, key=lambda name: (-int(name[2:]), name[1] == "W")))


def _right(writing: Writing, place: Place) -> Line:
    return next(line for line in writing.lines if line.place == place)


def explain_cause(bug: Bug, guess: Bug) -> Words:
    """Return why a cause is not it: the ratios that it would give, and those that are here."""
    here, there = wrong_arrays(bug), wrong_arrays(guess)
    for name in there:
        if name not in here:
            given = write_range(guess, name)
            return say(f"That makes `d{name}` wrong: {given}. Here `d{name}` is right.")
    for name in here:
        if name not in there:
            return say(
                f"That leaves `d{name}` right, every ratio 1. Here it is off: "
                f"{write_range(bug, name)}."
            )
    name = next((each for each in here if not _alike(bug, guess, each)), here[0])
    gives, side = write_range(guess, name), _side(guess, name)
    is_here, other = write_range(bug, name), _side(bug, name)
    if side and other and side != other:
        return say(f"That gives {gives}, all {side}. Here `d{name}` is {other}: {is_here}.")
    if gives == is_here:
        return say(f"That gives {gives} in `d{name}`, too, but in other places.")
    return say(f"That gives {gives} in `d{name}`. Here it is {is_here}.")


def _alike(bug: Bug, guess: Bug, name: str) -> bool:
    a, b = ratio_table(bug, name), ratio_table(guess, name)
    return bool(np.allclose(a, b, rtol=1e-5, equal_nan=True))


def _side(bug: Bug, name: str) -> str:
    """Return on which side of 1, or of 0, all wrong ratios of an array are; empty for both."""
    table = ratio_table(bug, name).ravel()
    if not np.isfinite(table).all():
        return ""
    wrong = table[np.abs(table - 1) > 1e-4]
    sides: Iterable[tuple[str, bool]] = (
        ("below 0", bool((wrong < 0).all())),
        ("above 1", bool((wrong > 1).all())),
        ("below 1", bool(((wrong < 1) & (wrong >= 0)).all())),
    )
    return next((words for words, holds in sides if holds), "")
