"""The picture: lines are rows, time is columns; what is held is a bar, and the columns add up.

Places are numbers of columns, so that the page may be as wide as it likes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from backprop.engine.tape.plan import AGAIN, ASKED, BACK, FORWARD, PASSING, VALUE, Life
from backprop.lessons.memory.passes import Memory, in_order
from backprop.stage.links import Links

PHASES = {FORWARD: "forward", AGAIN: "again", BACK: "back"}


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of time in which something is held.

    Attributes:
        kind: “value”, “kept” for one of a checkpoint, “gradient”.
        state: “done” or “ahead”.
        first, width: in columns.
        lane: which of the row's lanes, from 0.
    """

    kind: str
    state: str
    first: int
    width: int
    lane: int


@dataclass(frozen=True, slots=True)
class Dot:
    """A step of a line: it is run, or undone.

    Attributes:
        kind: “run” or “undone”.
        state: “done” or “ahead”.
        column: where it stands.
    """

    kind: str
    state: str
    column: int


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the program, and what it holds over time.

    Attributes:
        number: among the lines that compute something, from 1; of a leaf none.
        name, sign, text: of the line.
        kept: whether it is a checkpoint.
        can_be: whether it can be one: not so the last line, and no leaf.
        toggle: the address where it is one, or no longer.
        state: “run”, “again” or “back” where the step is about it; else empty.
        holds: how many arrays it holds now.
        bars, dots: over time.
        lanes: how many bars can lie side by side.
    """

    number: str
    name: str
    sign: str
    text: str
    kept: bool
    can_be: bool
    toggle: str
    state: str
    holds: int
    bars: tuple[Bar, ...]
    dots: tuple[Dot, ...]
    lanes: int


@dataclass(frozen=True, slots=True)
class Column:
    """A step, and what is held at it.

    Attributes:
        kind: “forward”, “again” or “back”.
        state: “done”, “now” or “ahead”.
        said: in words, for who points at it.
        high: of the column, in hundredths of the whole; gradients: their part of it.
    """

    kind: str
    state: str
    said: str
    high: str
    gradients: str


@dataclass(frozen=True, slots=True)
class Roll:
    """The whole picture at a step.

    Attributes:
        rows, columns: lines and steps.
        phases: runs of steps of one kind: the kind, the first, how many.
        now: the column of the step.
        triangle: what is held where all is kept, as the corners of a line in a box of 1000 × 100.
        peak, peak_all: how much, and how high in hundredths.
        names: of the checkpoints, as an address spells them.
        own: the address where checkpoints are said one by one.
    """

    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    phases: tuple[tuple[str, int, int], ...]
    now: int
    triangle: str
    peak: tuple[int, str]
    peak_all: tuple[int, str]
    names: str
    own: str

    @property
    def count(self) -> int:
        """How many columns there are."""
        return len(self.columns)


def draw_roll(memory: Memory, links: Links, at: int, *, covered: bool) -> Roll:
    """Return the picture at a step; where something is asked, nothing of what comes is drawn."""
    plan, top = memory.plan, max(memory.peak, memory.peak_all)
    names = frozenset(memory.name(n) for n in plan.kept)
    events = [event.kind for event in plan.events]
    runs = [(kind, len(list(group))) for kind, group in groupby(events)]
    phases, start = [], 0
    for kind, length in runs:
        phases.append((PHASES[kind], start, length))
        start += length
    return Roll(
        rows=tuple(_rows(memory, links, at, names, covered=covered)),
        columns=tuple(_columns(memory, at, top, covered=covered)),
        phases=() if covered else tuple(phases),
        now=at,
        triangle="" if covered else _triangle(memory, top),
        peak=(memory.peak, _share(memory.peak, top)),
        peak_all=(memory.peak_all, _share(memory.peak_all, top)),
        names=",".join(in_order(memory.tape, names)),
        own=links.address(keep="own", checkpoints=()),
    )


def _rows(
    memory: Memory, links: Links, at: int, names: frozenset[str], *, covered: bool
) -> Iterator[Row]:
    tape, plan = memory.tape, memory.plan
    event = plan.events[at]
    lives: dict[int, list[Life]] = {}
    for life in plan.lives:
        if life.kind in memory.kinds and not (covered and life.first > at):
            lives.setdefault(life.node, []).append(life)
    texts = {line.name: line for line in tape.program.lines if line.kind != "opened"}
    last = len(tape.lines) - 1
    for n, line in enumerate(tape.lines):
        lanes = {node: lane for lane, node in enumerate(reversed(line.makes))}
        own = [life for node in line.makes for life in lives.get(node, ())]
        passing = [each for each in lives.get(line.node, ()) if each.kind == PASSING]
        values = [each for each in own if each.kind == VALUE]
        bars = [
            bar
            for life in values
            for bar in _bars(life, at, "kept" if n in plan.kept else "value", lanes[life.node],
                             covered=covered)
        ]  # fmt: skip
        bars += [
            bar
            for life in passing
            for bar in _bars(life, at, "gradient", len(lanes), covered=covered)
        ]
        changed = names - {line.name} if n in plan.kept else names | {line.name}
        yield Row(
            number=str(n + 1),
            name=line.name,
            sign="=",
            text=texts[line.name].text,
            kept=n in plan.kept,
            can_be=n != last,
            toggle=links.address(keep="own", checkpoints=in_order(tape, changed))
            if n != last
            else "",
            state=event.kind if event.line == n else "",
            holds=sum(life.first <= at <= life.last for life in (*values, *passing)),
            bars=tuple(bars),
            dots=tuple(_dots(memory, n, at, covered=covered)),
            lanes=max(1, len(lanes) + (PASSING in memory.kinds)),
        )
    if ASKED in memory.kinds:
        yield from _leaf_rows(memory, lives, at, covered=covered)


def _leaf_rows(
    memory: Memory, lives: dict[int, list[Life]], at: int, *, covered: bool
) -> Iterator[Row]:
    """Return a row for each leaf whose gradient is asked for: it stays once it is there."""
    for line in memory.tape.program.lines:
        asked = [life for life in lives.get(line.node, ()) if life.kind == ASKED]
        if line.kind != "free" or not asked:
            continue
        bars = (bar for life in asked for bar in _bars(life, at, "gradient", 0, covered=covered))
        yield Row(
            "", line.name, ":", line.text, False, False, "", "",
            sum(life.first <= at <= life.last for life in asked), tuple(bars), (), 1,
        )  # fmt: skip


def _bars(life: Life, at: int, kind: str, lane: int, *, covered: bool) -> Iterator[Bar]:
    """Return what is done of a life, and what is ahead."""
    if life.first <= at:
        yield Bar(kind, "done", life.first, min(life.last, at) + 1 - life.first, lane)
    if life.last > at and not covered:
        first = max(life.first, at + 1)
        yield Bar(kind, "ahead", first, life.last + 1 - first, lane)


def _dots(memory: Memory, line: int, at: int, *, covered: bool) -> Iterator[Dot]:
    for column, event in enumerate(memory.plan.events):
        if event.line == line and not (covered and column > at):
            kind = "undone" if event.kind == BACK else "run"
            yield Dot(kind, "done" if column <= at else "ahead", column)


def _columns(memory: Memory, at: int, top: int, *, covered: bool) -> Iterator[Column]:
    values = memory.plan.held(in_bytes=memory.in_bytes)
    for n, (event, held) in enumerate(zip(memory.plan.events, memory.held, strict=True)):
        hidden = covered and n > at
        done = f"{PHASES[event.kind]} {memory.name(event.line)}"
        yield Column(
            kind=PHASES[event.kind] if not hidden else "hidden",
            state="ahead" if n > at else "now" if n == at else "done",
            said=f"Step {n + 1}"
            if hidden
            else f"Step {n + 1}, {done}: {amount(memory, held)} held",
            high="0" if hidden else _share(held, top),
            gradients="0" if hidden else _share(held - values[n], held),
        )


def _triangle(memory: Memory, top: int) -> str:
    """Return the outline of what is held where all is kept, at the scale of the pass shown."""
    wide = 1000 / len(memory.held)
    heights = [100 - 100 * held / top for held in memory.held_all]
    places = (f"{wide * (n + 0.5):.1f},{high:.1f}" for n, high in enumerate(heights))
    return " ".join(("0,100", *places, f"{wide * len(heights):.1f},100"))


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole if whole else 0:.2f}".rstrip("0").rstrip(".")


def amount(memory: Memory, held: int) -> str:
    """Return how much is held, in words: 7 arrays, 808 bytes."""
    if memory.in_bytes:
        return f"{held:,} byte{'s' * (held != 1)}"
    return f"{held} array{'s' * (held != 1)}"
