"""Wires beside a program: one rail for each name, from its line down to the lines that use it.

A rail stands in a lane; the shortest are nearest to the program. Where several arrive at one line,
they arrive below each other. Units are pixels of 1/16 rem.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LANE = 9.0
WIDE = 72.0  # of all lanes, where they are many
MARGIN = 14.0
APART = 5.0  # of two that arrive at one line
BEND = 4.0


@dataclass(frozen=True, slots=True)
class Wire:
    """One use of a name.

    Attributes:
        state: “value” (made, and read), “given”, “sent” (its gradient went back), “now” or
            “ahead”; while “now”, `way` is “forward” or “backward”.
        path: the line.
        x, y: where it begins, at the line that makes the name.
        way: empty but where it is “now”.
    """

    state: str
    path: str
    x: str
    y: str
    way: str = ""


@dataclass(frozen=True, slots=True)
class Rails:
    """All wires of a program: how wide and high, and each of them; the last are drawn on top."""

    width: float
    height: float
    wires: tuple[Wire, ...]
    sources: tuple[tuple[str, str, str], ...]  # a dot where a name begins: state, x, y


@dataclass(frozen=True, slots=True)
class Placing:
    """Where wires go: the lane of each name, and where each use arrives."""

    lanes: Mapping[str, int]
    arrivals: Mapping[tuple[str, str], float]  # (line, name) → y
    starts: Mapping[str, float]  # name → y
    count: int  # of lanes
    height: float


def place_rails(reads: Mapping[str, Sequence[str]], rows: Sequence[str], tall: float) -> Placing:
    """Return where the wires of a program go.

    Args:
        reads: line → the names that it reads.
        rows: the name of each row, from above; empty for one that makes nothing.
        tall: how high a row is.
    """
    at = {name: tall * (n + 0.5) for n, name in enumerate(rows) if name}
    ends: dict[str, float] = {}
    for line, names in reads.items():
        for name in names:
            ends[name] = max(ends.get(name, 0.0), at[line])
    taken: list[list[tuple[float, float]]] = []
    lanes: dict[str, int] = {}
    for name in sorted(ends, key=lambda n: (ends[n] - at[n], at[n])):
        low, high = at[name], ends[name]
        free = (n for n, spans in enumerate(taken) if _is_free(spans, low, high))
        lanes[name] = next(free, len(taken))
        if lanes[name] == len(taken):
            taken.append([])
        taken[lanes[name]].append((low, high))
    arrivals: dict[tuple[str, str], float] = {}
    room = min(APART, (tall - 6.0) / max(1, max(map(len, reads.values()), default=1)))
    for line, names in reads.items():
        outermost = sorted(names, key=lambda n: -lanes[n])
        for n, name in enumerate(outermost):
            arrivals[line, name] = at[line] + room * (n - (len(outermost) - 1) / 2) - room / 2 - 1
    return Placing(lanes, arrivals, {n: at[n] + 2 for n in ends}, len(taken), tall * len(rows))


def _is_free(spans: Sequence[tuple[float, float]], low: float, high: float) -> bool:
    return all(high <= a or low >= b for a, b in spans)


def draw_rails(
    placing: Placing, states: Mapping[tuple[str, str], tuple[str, str]], made: Mapping[str, str]
) -> Rails:
    """Return the wires of a program at a step.

    Args:
        placing: of its names.
        states: (line, name) → the state of this use, and its way.
        made: name → the state of its beginning: “value”, “given” or “ahead”.
    """
    lane = min(LANE, WIDE / max(1, placing.count))
    width = MARGIN + lane * max(1, placing.count) + 6.0
    order = ("given", "ahead", "value", "sent", "now")
    wires = [
        _wire(placing, line, name, states[line, name], (width, lane))
        for line, name in placing.arrivals
    ]
    wires.sort(key=lambda wire: order.index(wire.state))
    right = f"{width - 4:g}"
    sources = tuple((made[name], right, f"{y:g}") for name, y in placing.starts.items())
    return Rails(width, placing.height, tuple(wires), sources)


def _wire(
    placing: Placing, line: str, name: str, state: tuple[str, str], sizes: tuple[float, float]
) -> Wire:
    width, lane = sizes
    x = width - MARGIN - lane * placing.lanes[name]
    top, bottom, right = placing.starts[name], placing.arrivals[line, name], width - 4
    path = (
        f"M{right:g} {top:g}H{x + BEND:g}Q{x:g} {top:g} {x:g} {top + BEND:g}"
        f"V{bottom - BEND:g}Q{x:g} {bottom:g} {x + BEND:g} {bottom:g}H{right + 1:g}"
    )
    return Wire(state[0], path, f"{right:g}", f"{top:g}", state[1])
