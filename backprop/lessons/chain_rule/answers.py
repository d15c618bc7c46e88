"""A typed answer to a blank line: right in any form, or what slip it makes.

Two answers are equal if they have the same value at many points, or by algebra; so cos(x²)·2x and
2x·cos x² are one answer. A wrong answer is compared with what each known slip would give.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from backprop.engine.compose import compose
from backprop.engine.errors import InputError, LimitError
from backprop.engine.expression import parse
from backprop.engine.graph import Graph
from backprop.lessons.chain_rule.function import Column, column
from backprop.lessons.chain_rule.slips import Wrong
from backprop.notation.numerals import short
from backprop.notation.symbolic.derivative import are_same

POINTS = 24
ENOUGH = 6  # points at which both must be defined
NEAR = 1e-8  # a relative difference that rounding explains
ROUNDING = 1e-13  # of the largest number in a column: what cancelling leaves
QUOTIENT = re.compile(r"[d∂]\s*([yuv])\s*/\s*[d∂]\s*([uvx])")


@dataclass(frozen=True, slots=True)
class Task:
    """What a line asks for."""

    expected: Graph  # the right answer, in closed form
    letters: tuple[str, ...]  # the variables in which it is to be written, most wanted first
    at: Mapping[str, Column]  # the values of each of them at many points
    inner: Mapping[str, Graph]  # what stands for the letters between, as functions of x
    wrong: tuple[Wrong, ...]  # what known slips give at these points
    replaced: tuple[str, ...] = ()  # letters that may not be in the answer any more


@dataclass(frozen=True, slots=True)
class AnswerVerdict:
    """What is said to an answer."""

    what: str  # the verdict, in a sentence
    hint: str = ""  # what it comes from, or what to do about it
    slip: str = ""  # the name of the slip that it makes; empty where none is recognised
    right: bool = False


def sample(around: float = 0.0) -> Column:
    """Return points at which answers are compared: both signs, near 0 and further, none round.

    Args:
        around: a point beside which half as many are taken, for it is defined there.
    """
    steps = (np.arange(POINTS) * 0.6180339887498949) % 1  # spread evenly, and irrational
    near = around + (steps[: POINTS // 2] - 0.5) * 0.9 * max(1.0, 0.01 * abs(around))
    far = (steps[:9] * 1.9 + 0.07, steps[9:14] * 0.9 + 2.1, -steps[14:] * 2.3 - 0.05)
    return np.concatenate([*far, near[np.isfinite(near)]])


def judge(task: Task, text: str) -> AnswerVerdict:
    """Return the verdict on an answer."""
    try:
        graph = parse(_readable(text))
    except InputError as error:
        return AnswerVerdict(with_quotients(error.what), with_quotients(error.hint or ""))
    for name in graph.variables:
        if name in task.replaced:
            return AnswerVerdict(
                f"{name} still stands in it.", f"Put the function that {name} is in its place."
            )
        if name not in task.at:
            letters = with_quotients(" and ".join(task.letters))
            return AnswerVerdict(
                f"“{with_quotients(name)}” has no place in this line.", f"Write it with {letters}."
            )
    return _compare(task, graph)


def _readable(text: str) -> str:
    """Return an answer as the parser reads it: derivatives as names, products as people write them.

    dy/dx = … loses its left side; x(x + 1) and cos(u)2x get the sign that is left out.
    """
    right = text.rpartition("=")[2]
    named = QUOTIENT.sub(r"d\1d\2", right)
    times = re.sub(r"(?<![A-Za-z_])([xuv]|d[yuv]d[uvx])(?=\s*\()", r"\1*", named)
    return re.sub(r"\)(?=\s*[\dA-Za-z])", ")*", times)


def with_quotients(text: str) -> str:
    """Return a text with derivatives written as they are typed: dy/du for dydu."""
    return re.sub(r"d([yuv])d([uvx])", r"d\1/d\2", text)


def _compare(task: Task, graph: Graph) -> AnswerVerdict:
    right, yours = column(task.expected, task.at), column(graph, task.at)
    defined = np.isfinite(right) & np.isfinite([*task.at.values()]).all(axis=0)
    shown, points = _is_shown(task, graph), int(defined.sum())
    if points < ENOUGH and not shown:
        return AnswerVerdict(
            "This cannot be compared: the right answer is defined at too few points.",
            "Choose another x, where the function has a value.",
        )
    right, yours = right[defined], yours[defined]
    if shown or _equal(yours, right):
        return _right(task, graph, points, shown=shown)
    for wrong in task.wrong:
        values = wrong.values[defined]
        if np.isfinite(values).all() and _equal(yours, values) and not _equal(values, right):
            slip = wrong.slip
            return AnswerVerdict(f"{slip.title}.", slip.about, slip.name)
    return AnswerVerdict("Not equal to the right one.", _differs(yours, right))


def _is_shown(task: Task, graph: Graph) -> bool:
    """Whether algebra shows that an answer is the right one."""
    try:
        return are_same(_in_x(task, graph), _in_x(task, task.expected))
    except LimitError:
        return False


def _right(task: Task, graph: Graph, points: int, *, shown: bool) -> AnswerVerdict:
    how = "by algebra too" if shown else "which algebra leaves open"
    hint = f"The same value at {points} points, {how}."
    early = [name for name in task.letters[:-1] if name in task.expected.variables]
    if early and not any(name in graph.variables for name in early):
        hint += f" You have replaced {early[0]} already."
    return AnswerVerdict("Right.", hint, right=True)


def _in_x(task: Task, graph: Graph) -> Graph:
    inner = {name: each for name, each in task.inner.items() if name in graph.variables}
    return compose(graph, inner) if inner else graph


def _equal(one: Column, other: Column) -> bool:
    """Whether two columns are the same but for rounding, of each number or of the largest."""
    sizes = np.maximum(np.abs(one), np.abs(other))
    with np.errstate(invalid="ignore"):
        near = np.abs(one - other) <= NEAR * sizes + ROUNDING * sizes.max(initial=0.0)
    return bool(np.all(near))


def _differs(yours: Column, right: Column) -> str:
    """Return how an answer differs: by a factor, or at how many of the points."""
    if not np.isfinite(yours).all():
        return "Yours is not defined at some points where the right one is."
    if not yours.any():
        return "Yours is 0 everywhere, and the right one is not."
    moving = right != 0
    ratios = yours[moving] / right[moving]
    off = sum(not _equal(yours[i : i + 1], right[i : i + 1]) for i in range(len(right)))
    if ratios.size and not yours[~moving].any() and _equal(ratios, np.full_like(ratios, ratios[0])):
        return f"Yours is {short(float(ratios[0]))} times the right one, everywhere: a factor."
    return f"Its value differs at {off} of {len(right)} points."
