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
from backprop.lessons.chain_rule.slips import Column, Wrong, run
from backprop.notation.numerals import short
from backprop.notation.symbolic.derivative import are_same

POINTS = 24
ENOUGH = 6  # points at which both must be defined
NEAR = 1e-8  # a relative difference that rounding explains
ROUNDING = 1e-13  # of the largest number in a column: what cancelling leaves
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


def sample(around: float = 0.0) -> Column:
    """Return points at which answers are compared: both signs, near 0 and further, none round.

    Args:
        around: a point beside which half as many are taken, for it is defined there.
    """
    steps = (np.arange(POINTS) * 0.6180339887498949) % 1  # spread evenly, and irrational
    near = around + (steps[: POINTS // 2] - 0.5) * 0.9 * max(1.0, 0.01 * abs(around))
    far = (steps[:9] * 1.9 + 0.07, steps[9:14] * 0.9 + 2.1, -steps[14:] * 2.3 - 0.05)
    return np.concatenate([*far, near[np.isfinite(near)]])


def judge(asked: Asked, text: str) -> Verdict:
    """Return the verdict on an answer."""
    try:
        graph = parse(_readable(text))
    except InputError as error:
        return Verdict(right=False, what=_shown_in(error.what), hint=_shown_in(error.hint or ""))
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


def _readable(text: str) -> str:
    """Return an answer as the parser reads it: derivatives as names, products as people write them.

    dy/dx = … loses its left side; x(x + 1) and cos(u)2x get the sign that is left out.
    """
    right = text.rpartition("=")[2]
    named = QUOTIENT.sub(r"d\1d\2", right)
    times = re.sub(r"(?<![A-Za-z_])([xuv]|d[yuv]d[uvx])(?=\s*\()", r"\1*", named)
    return re.sub(r"\)(?=\s*[\dA-Za-z])", ")*", times)


def _shown_in(text: str) -> str:
    """Return a message with derivatives written as they were typed."""
    return re.sub(r"d([yuv])d([uvx])", r"d\1/d\2", text)


def _shown(name: str) -> str:
    return f"d{name[1]}/d{name[3]}" if re.fullmatch("d[yuv]d[uvx]", name) else name


def _compared(asked: Asked, graph: Graph) -> Verdict:
    size = len(next(iter(asked.at.values())))
    right, yours = run(asked.expected, asked.at, size), run(graph, asked.at, size)
    defined = np.isfinite(right) & np.isfinite([*asked.at.values()]).all(axis=0)
    shown, points = _is_shown(asked, graph), int(defined.sum())
    if points < ENOUGH and not shown:
        return Verdict(
            right=False,
            what="This cannot be compared: the right answer is defined at too few points.",
            hint="Choose another x, where the function has a value.",
        )
    right, yours = right[defined], yours[defined]
    if shown or _equal(yours, right):
        return _right(asked, graph, points, shown=shown)
    for wrong in asked.wrong:
        values = wrong.values[defined]
        if np.isfinite(values).all() and _equal(yours, values) and not _equal(values, right):
            slip = wrong.slip
            return Verdict(right=False, what=f"{slip.title}.", hint=slip.about, slip=slip.name)
    return Verdict(right=False, what="Not equal to the right one.", hint=_differs(yours, right))


def _is_shown(asked: Asked, graph: Graph) -> bool:
    """Whether algebra shows that an answer is the right one."""
    try:
        return are_same(_in_x(asked, graph), _in_x(asked, asked.expected))
    except LimitError:
        return False


def _right(asked: Asked, graph: Graph, points: int, *, shown: bool) -> Verdict:
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
