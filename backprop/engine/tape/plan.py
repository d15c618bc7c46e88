"""A pass there and back that keeps some lines and computes the others again.

Lines that are kept (checkpoints) cut a program into segments, each of which ends with one; the last
line is always kept, for the way back begins there. Forward, what is not kept is let go as soon as
no further line reads it. The way back takes the segments from the last to the first: what a segment
needs and is not held is computed again, from what is, and then its lines are undone.

    forward 1 2 3 4 5 6 7 8     again 5 6 7   back 8 7 6 5     again 1 2 3   back 4 3 2 1
                  kept: 4

An array lives from the step that makes it to the last step that reads it, both included; that of
a result that nobody reads, for one step. What a line makes and uses up by itself counts nowhere. A
gradient lives from the first share that arrives to the step that passes it on; that of a leaf is
what was asked for, and stays. Cost: of a plan O(steps + reads); it runs nothing.

Source: Griewank, Achieving logarithmic growth of temporal and spatial complexity in reverse
automatic differentiation (1992); Chen et al., Training deep nets with sublinear memory cost (2016).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from backprop.engine.tape.needed import Tape

FORWARD, AGAIN, BACK = "forward", "again", "back"
VALUE, PASSING, ASKED = "value", "passing", "asked"
COUNTED = (VALUE, PASSING, ASKED)  # the tape; gradients on their way; gradients of leaves


class Event(NamedTuple):
    """One step: a line is run, is run again, or is undone."""

    kind: str
    line: int


class Life(NamedTuple):
    """An array, or a gradient, and how long it is held.

    Attributes:
        kind: “value”; “passing” for a gradient on its way, “asked” for one of a leaf.
        node: whose it is.
        first, last: the steps at whose beginning and end it is there, counted from 0.
        read: the steps that read it.
    """

    kind: str
    node: int
    first: int
    last: int
    read: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Plan:
    """The steps of a pass there and back, and what is held at each.

    Attributes:
        tape: of the program.
        kept: the numbers of the lines that are kept, from 0, without the last.
        events: the steps.
        lives: every array and gradient that is held.
    """

    tape: Tape
    kept: frozenset[int]
    events: tuple[Event, ...]
    lives: tuple[Life, ...]

    @property
    def work(self) -> int:
        """How many lines are run, run again, or undone."""
        return len(self.events)

    @property
    def again(self) -> int:
        """How many lines are computed again."""
        return sum(event.kind == AGAIN for event in self.events)

    def held(self, *, in_bytes: bool = False, kinds: Collection[str] = (VALUE,)) -> list[int]:
        """Return how much is held at each step: arrays, or bytes."""
        change = [0] * (len(self.events) + 1)
        for life in self.lives:
            if life.kind in kinds:
                size = self.tape.size(life.node) if in_bytes else 1
                change[life.first] += size
                change[life.last + 1] -= size
        total, found = 0, []
        for each in change[:-1]:
            total += each
            found.append(total)
        return found

    def peak(self, *, in_bytes: bool = False, kinds: Collection[str] = (VALUE,)) -> int:
        """Return the most that is held at a step."""
        return max(self.held(in_bytes=in_bytes, kinds=kinds))

    def at(self, step: int) -> tuple[Life, ...]:
        """Return what is held at a step."""
        return tuple(life for life in self.lives if life.first <= step <= life.last)


def make_plan(tape: Tape, kept: Collection[int]) -> Plan:
    """Return the pass that keeps these lines, by their numbers from 0, and the last line.

    Cost: O(steps + reads); computing again may reach back over several segments, where a line reads
    what stands before the checkpoint and was not kept.
    """
    last = len(tape.lines) - 1
    marked = frozenset(kept) | {last}
    assert all(0 <= n <= last for n in marked), "a checkpoint is one of the lines"
    events = [Event(FORWARD, n) for n in range(last + 1)]
    stages = [(0, len(events))]
    for first, end in _segments(marked):
        begun = len(events)
        events += [Event(AGAIN, n) for n in _missing(tape, range(first, end + 1), marked)]
        events += [Event(BACK, n) for n in range(end, first - 1, -1) if tape.lines[n].goes_back]
        if len(events) > begun:
            stages.append((begun, len(events)))
    lives = (*_values(tape, events, stages, marked), *_gradients(tape, events))
    return Plan(tape, marked - {last}, tuple(events), lives)


def keep_all(tape: Tape) -> Plan:
    """Return the pass that computes nothing again."""
    return make_plan(tape, range(len(tape.lines)))


def _segments(marked: frozenset[int]) -> list[tuple[int, int]]:
    """Return the first and last line of each segment, the last segment first."""
    ends = [-1, *sorted(marked)]
    return [(before + 1, end) for before, end in pairwise(ends)][::-1]


def _missing(tape: Tape, segment: range, marked: frozenset[int]) -> list[int]:
    """Return the lines to be computed again before a segment is undone."""
    wanted = [i for n in segment for i in tape.lines[n].needs]
    found: set[int] = set()
    while wanted:
        line = tape.maker[wanted.pop()]
        if line not in marked and line not in found:
            found.add(line)
            wanted += tape.lines[line].reads
    return sorted(found)


def _values(
    tape: Tape, events: list[Event], stages: list[tuple[int, int]], marked: frozenset[int]
) -> Iterator[Life]:
    """Return the lives of results: of a kept line one, of others one in each stage."""
    open_: dict[int, tuple[int, list[int]]] = {}  # node → when it was made, who read it since
    for begun, end in stages:
        for step in range(begun, end):
            kind, number = events[step]
            line = tape.lines[number]
            for node in line.needs if kind == BACK else line.reads:
                open_[node][1].append(step)
            if kind != BACK:
                open_.update((node, (step, [])) for node in line.makes)
        for node in [i for i in open_ if tape.maker[i] not in marked]:
            yield _life(node, *open_.pop(node))
    for node, (first, read) in open_.items():
        yield _life(node, first, read)


def _life(node: int, first: int, read: list[int]) -> Life:
    return Life(VALUE, node, first, read[-1] if read else first, tuple(read))


def _gradients(tape: Tape, events: list[Event]) -> Iterator[Life]:
    """Return the lives of gradients; that of the last line is there when the way back begins."""
    arrived: dict[int, int] = {}
    output = tape.lines[-1].node
    for step, (kind, number) in enumerate(events):
        if kind != BACK:
            continue
        line = tape.lines[number]
        for node in line.sends:
            arrived.setdefault(node, step)
        first = step if line.node == output else arrived.pop(line.node)
        yield Life(PASSING, line.node, first, step, (step,))
    for node, first in arrived.items():
        yield Life(ASKED, node, first, len(events) - 1)
