"""A typed answer to a blanked line: right in any form, or what slip it makes.

Equal is what has the same value at many points, and then by algebra; so cos(x²)·2x and 2x·cos x²
are one answer. A wrong answer is compared with what each known slip would give.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backprop.engine.compose import compose
from backprop.engine.errors import InputError, LimitError
from backprop.engine.expression import parse
from backprop.engine.graph import Graph
from backprop.lessons.chain_slips import Column, Wrong, run
from backprop.notation.numerals import short
from backprop.notation.symbolic import are_same

POINTS = 24
ENOUGH = 6  # points at which both must be defined
NEAR = 1e-8  # a relative difference that rounding explains
QUOTIENT = re.compile(r"[d∂]\s*([yuv])\s*/\s*[d∂]\s*([uvx])")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a line asks for.

    Attributes:
        expected: the right answer, in closed form.
        letters: the variables in which it is to be written, most wanted first.
        at: the value of each of them at many points.
        inner: what stands for the letters between, as functions of x.
        wrong: what known slips give at these points.
        left: a letter that is to be replaced, and may not be in the answer.
    """

    expected: Graph
    letters: tuple[str, ...]
    at: Mapping[str, Column]
    inner: Mapping[str, Graph]
    wrong: tuple[Wrong, ...]
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said to an answer.

    Attributes:
        right: whether it is equal to what was asked for.
        what: the verdict, in a sentence.
        hint: what it comes from, or what to do about it.
        slip: the name of the slip that it makes; empty where none is recognised.
    """

    right: bool
    what: str
    hint: str = ""
    slip: str = ""


def sample() -> Column:
    """Return points at which answers are compared: both signs, near 0 and further, none round."""
    steps = (np.arange(POINTS) * 0.6180339887498949) % 1  # spread evenly, and irrational
    return np.concatenate(
        [steps[:9] * 1.9 + 0.07, steps[9:14] * 0.9 + 2.1, -steps[14:] * 2.3 - 0.05]
    )


def judge(asked: Asked, text: str) -> Verdict:
    """Return the verdict on an answer."""
    try:
        graph = parse(QUOTIENT.sub(r"d\1d\2", text))
    except InputError as error:
        return Verdict(right=False, what=error.what, hint=error.hint or "")
    for name in graph.variables:
        if name in asked.left:
            return Verdict(
                right=False,
                what=f"{name} still stands in it.",
                hint=f"Put the function that {name} is in its place.",
            )
        if name not in asked.at:
            return Verdict(
                right=False,
                what=f"“{_shown(name)}” has no place in this line.",
                hint=f"Write it with {' and '.join(map(_shown, asked.letters))}.",
            )
    return _compared(asked, graph)


def _shown(name: str) -> str:
    return f"d{name[1]}/d{name[3]}" if re.fullmatch("d[yuv]d[uvx]", name) else name


def _compared(asked: Asked, graph: Graph) -> Verdict:
    size = len(next(iter(asked.at.values())))
    right, yours = run(asked.expected, asked.at, size), run(graph, asked.at, size)
    defined = np.isfinite(right) & np.isfinite([*asked.at.values()]).all(axis=0)
    if defined.sum() < ENOUGH:
        return Verdict(
            right=False, what="The right answer is defined at too few points to compare."
        )
    right, yours = right[defined], yours[defined]
    if _equal(yours, right):
        return _right(asked, graph, int(defined.sum()))
    for wrong in asked.wrong:
        values = wrong.values[defined]
        if np.isfinite(values).all() and _equal(yours, values) and not _equal(values, right):
            slip = wrong.slip
            return Verdict(right=False, what=f"{slip.title}.", hint=slip.about, slip=slip.name)
    return Verdict(right=False, what="Not equal to the right one.", hint=_differs(yours, right))


def _right(asked: Asked, graph: Graph, points: int) -> Verdict:
    try:
        shown = are_same(_in_x(asked, graph), _in_x(asked, asked.expected))
    except LimitError:
        shown = False
    how = "by algebra too" if shown else "which algebra leaves open"
    hint = f"The same value at {points} points, {how}."
    early = [name for name in asked.letters[:-1] if name in asked.expected.variables]
    if early and not any(name in graph.variables for name in early):
        hint += f" You have replaced {early[0]} already."
    return Verdict(right=True, what="Right.", hint=hint)


def _in_x(asked: Asked, graph: Graph) -> Graph:
    inner = {name: each for name, each in asked.inner.items() if name in graph.variables}
    return compose(graph, inner) if inner else graph


def _equal(one: Column, other: Column) -> bool:
    size = np.maximum(np.abs(one), np.abs(other))
    with np.errstate(invalid="ignore"):
        return bool(np.all(np.abs(one - other) <= NEAR * np.maximum(size, 1e-6)))


def _differs(yours: Column, right: Column) -> str:
    """Return how an answer differs: by a factor, or at one point."""
    moving = right != 0
    with np.errstate(all="ignore"):
        ratios = yours[moving] / right[moving]
    if (
        ratios.size
        and np.isfinite(ratios).all()
        and _equal(ratios, np.full_like(ratios, ratios[0]))
    ):
        if abs(ratios[0]) > NEAR:
            return f"Yours is {short(float(ratios[0]))} times the right one, everywhere: a factor."
        return "Yours is 0 everywhere, and the right one is not."
    if not np.isfinite(yours).all():
        return "Yours is not defined at some points where the right one is."
    return "Its value differs at most points."
