"""The numbers beside the picture, what running the pass shows, and the curve over all numbers."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from backprop.engine.errors import InputError
from backprop.engine.tape.needed import tape_of
from backprop.engine.tape.placement import Point, curve, evenly
from backprop.engine.tape.plan import keep_all, make_plan
from backprop.engine.tape.running import gradient_by
from backprop.lessons.memory.passes import Memory
from backprop.stage.links import Links
from backprop.stage.walk.explanation import Words

WIDE, HIGH, LEFT, TOP, BOTTOM = 300.0, 118.0, 24.0, 14.0, 22.0  # of the curve, in units of its SVG


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its name, and what it is compared to.

    Attributes:
        title, number, beside: “peak”, “7”, “of 16”.
        term: that explains the title; empty where none does.
        tone: “f” where it is one of what is computed again.
    """

    title: str
    number: str
    beside: str
    term: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A number of evenly placed checkpoints: where it stands, its address, and in words."""

    x: str
    address: str
    said: str


@dataclass(frozen=True, slots=True)
class Curve:
    """Peak and recomputation by the number of evenly placed checkpoints.

    Attributes:
        peak, again: paths.
        least: where the least peak stands: x, y, and how much.
        now: where the pass that is shown stands: x, y; None where its peak is beyond the frame.
        places: each number of checkpoints, to be pressed; wide: how wide each is.
        last: the largest number, and its x; middle: that of the least, and its x.
        word: where the words of the dashed line begin.
        words: what there is to see.
        rows: the numbers behind it.
    """

    peak: str
    again: str
    least: tuple[str, str, str]
    now: tuple[str, str]
    places: tuple[Place, ...]
    wide: str
    last: tuple[str, str]
    middle: tuple[str, str]
    word: tuple[str, str]
    words: Words
    rows: tuple[tuple[str, str, str], ...]


def figures(memory: Memory, at: int, *, hides_peak: bool, hides_again: bool) -> tuple[Figure, ...]:
    """Return held now, peak, computed again and work; what is asked first is a question mark."""
    plan, unit = memory.plan, " B" if memory.in_bytes else ""
    less = plan.work - plan.again
    return (
        Figure("held now", f"{memory.held[at]:,}", unit.strip(), "tape"),
        Figure(
            "peak",
            "?" if hides_peak else f"{memory.peak:,}",
            unit.strip() if hides_peak else f"of {memory.peak_all:,}{unit}",
            "peak",
        ),
        Figure(
            "computed again",
            "?" if hides_again else str(plan.again),
            "line" if plan.again == 1 and not hides_again else "lines",
            "recomputation",
            "f",
        ),
        Figure("work, lines run", "?" if hides_again else str(plan.work), f"instead of {less}"),
    )


def proof(memory: Memory) -> str:
    """Return what comes of running the pass with what it lets go really gone; in a sentence.

    Empty where the program has no numbers at its point.
    """
    program = memory.tape.program
    tape = tape_of(program, as_run=True)
    try:
        at = program.with_values({}).at
    except InputError:
        return ""
    plain = gradient_by(keep_all(tape), at)
    found = gradient_by(make_plan(tape, memory.plan.kept), at)
    count = sum(np.size(each) for each in plain.values())
    same = sum(
        np.count_nonzero(_bits(plain[name]) == _bits(found[name])) for name in plain
    )  # fmt: skip
    if same == count:
        return (
            "This pass was run here, and what it lets go was really gone: all "
            f"{count:,} numbers of the gradient are those of the pass that keeps all, bit for bit."
        )
    return f"{count - same:,} of the {count:,} numbers of the gradient differ in a bit."


def _bits(x: object) -> np.ndarray:
    return np.ascontiguousarray(x, float).view(np.uint64)


def make_curve(memory: Memory, links: Links) -> Curve | None:
    """Return the curve over all numbers of evenly placed checkpoints; None for a single line."""
    points = curve(memory.tape, in_bytes=memory.in_bytes, kinds=memory.kinds)
    if len(points) < 3:
        return None
    least = min(points, key=lambda point: (point.peak, point.again))
    top = max(*(point.peak for point in points), memory.peak)
    most = max(1, *(point.again for point in points))
    last = points[-1].kept

    def x(count: int) -> float:
        return LEFT + (WIDE - 2 * LEFT) * count / last

    def y(share: float) -> float:
        return HIGH - BOTTOM - (HIGH - BOTTOM - TOP) * share

    beside = points[3 * last // 4]
    names = [line.name for line in memory.tape.lines]
    places = tuple(
        Place(
            f"{x(point.kept):.1f}",
            links.address(
                keep="own",
                checkpoints=tuple(names[n] for n in evenly(memory.tape, point.kept)),
                step=0,
            ),
            _said(memory, point),
        )
        for point in points
    )
    unit = " B" if memory.in_bytes else ""
    return Curve(
        peak=_path((x(p.kept), y(p.peak / top)) for p in points),
        again=_path((x(p.kept), y(p.again / most)) for p in points),
        least=(f"{x(least.kept):.1f}", f"{y(least.peak / top):.1f}", f"{least.peak:,}{unit}"),
        now=(f"{x(len(memory.plan.kept)):.1f}", f"{y(memory.peak / top):.1f}"),
        places=places,
        wide=f"{(WIDE - 2 * LEFT) / last:.1f}",
        last=(str(last), f"{x(last):.1f}"),
        middle=(str(least.kept), f"{x(least.kept):.1f}"),
        word=(f"{x(beside.kept) + 5:.1f}", f"{y(beside.again / most) - 3:.1f}"),
        words=_words(memory, points, least),
        rows=tuple((str(p.kept), f"{p.peak:,}{unit}", str(p.again)) for p in points),
    )


def _said(memory: Memory, point: Point) -> str:
    unit = " B" if memory.in_bytes else ""
    plural = "s" * (point.kept != 1)
    return f"{point.kept} checkpoint{plural}: peak {point.peak:,}{unit}, {point.again} again"


def _words(memory: Memory, points: tuple[Point, ...], least: Point) -> Words:
    unit = " B" if memory.in_bytes else ""
    none, every = points[0], points[-1]
    between = (
        f"In between, {least.kept} evenly placed: peak {least.peak:,}{unit}, {least.again} again."
        if least.kept not in (none.kept, every.kept)
        else "No even placement in between keeps less."
    )
    return (
        f"None: all is needed again at once, peak {none.peak:,}{unit}, {none.again} lines computed "
        f"again. All: peak {every.peak:,}{unit}, nothing again. {between} For n equal lines in a "
        "chain √n checkpoints keep about 2√n arrays, and no line is run more than twice forward.",
    )


def _path(places: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
