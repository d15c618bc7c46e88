"""Where checkpoints stand: every k-th line, as evenly as possible, or where they keep least.

With c checkpoints among n equal lines of a chain, the c of them are held and one segment of
n/(c+1) lines: c + n/(c+1) is least near c = √n, and is then about 2√n. Segments of one length are
not the best: the last one is undone while all checkpoints are held, the first one while none is. So
segments that get shorter keep less, down to about √(2n).
"""

from collections.abc import Callable, Collection
from functools import lru_cache
from itertools import combinations
from math import comb, isqrt
from typing import NamedTuple

from backprop.engine.tape.needed import Tape
from backprop.engine.tape.plan import VALUE, Plan, make_plan

MOST_TRIED = 500  # placements that are all tried; a plan of 24 lines takes about 0.2 ms
MOVES = (-8, -4, -2, -1, 1, 2, 4, 8)  # lines by which a checkpoint is moved to see whether it helps


class Best(NamedTuple):
    """The placement that keeps least, and then computes least again.

    Attributes:
        plan: the pass with it.
        tried: how many placements were compared.
        all_tried: whether these were all; else none moved by itself by 1, 2, 4 or 8 does better.
    """

    plan: Plan
    tried: int
    all_tried: bool


class Point(NamedTuple):
    """What a number of evenly placed checkpoints costs."""

    kept: int
    peak: int
    again: int


def root_of(tape: Tape) -> int:
    """Return about √n for n lines, rounded down; less where there are not so many to keep."""
    return min(isqrt(len(tape.lines)), len(tape.lines) - 1)


def every(tape: Tape, k: int) -> tuple[int, ...]:
    """Return every k-th line but the last."""
    return tuple(range(k - 1, len(tape.lines) - 1, k))


def evenly(tape: Tape, count: int) -> tuple[int, ...]:
    """Return so many lines, as evenly placed as possible; the last is not one of them."""
    n = len(tape.lines)
    assert 0 <= count < n, "the last line is kept anyway"
    ends = ((2 * i * n + count + 1) // (2 * (count + 1)) for i in range(1, count + 1))  # rounded
    return tuple(end - 1 for end in ends)


def shortening(tape: Tape, count: int) -> tuple[int, ...]:
    """Return so many lines that cut segments each shorter by one than the one before it.

    While the i-th segment from 0 is undone, i checkpoints are held: lengths p, p − 1, p − 2 … have
    one peak p. It is the least for which so many segments hold all lines, none of them empty.
    """
    n = len(tape.lines)
    peak = next(p for p in range(count + 1, n + 1) if sum(p - i for i in range(count + 1)) >= n)
    ends, end = [], n
    for i in range(count, 0, -1):
        end -= max(1, min(peak - i, end - i))
        ends.append(end - 1)
    return tuple(reversed(ends))


def best(
    tape: Tape, count: int, *, in_bytes: bool = False, kinds: Collection[str] = (VALUE,)
) -> Best:
    """Return the placement of so many checkpoints that keeps least at its peak.

    All placements are tried where they are few. Else two are moved, one checkpoint at a time to
    where that helps most, until no move helps: the even one, and `shortening`, which is the best of
    a chain of equal lines. At most 8 · count plans a round.
    """
    return _best(tape, min(count, len(tape.lines) - 1), in_bytes, tuple(kinds))


@lru_cache(maxsize=128)
def _best(tape: Tape, count: int, in_bytes: bool, kinds: tuple[str, ...]) -> Best:
    free = len(tape.lines) - 1
    tried: dict[frozenset[int], tuple[int, int, int]] = {}

    def cost(kept: Collection[int]) -> tuple[int, int, int]:
        """Return the peak, what is computed again, and how often the peak is reached."""
        key = frozenset(kept)
        if key not in tried:
            plan = make_plan(tape, key)
            held = plan.held(in_bytes=in_bytes, kinds=kinds)
            tried[key] = max(held), plan.again, held.count(max(held))
        return tried[key]

    few = comb(free, count) <= MOST_TRIED
    if few:
        found = min(combinations(range(free), count), key=cost)
    else:
        starts = (shortening(tape, count), evenly(tape, count))
        found = min((_improved(start, free, cost) for start in starts), key=cost)
    return Best(make_plan(tape, found), len(tried), few)


def _improved(
    found: tuple[int, ...], free: int, cost: Callable[[Collection[int]], tuple[int, int, int]]
) -> tuple[int, ...]:
    """Return a placement of which no checkpoint moved by itself costs less."""
    while True:
        moved = (
            tuple(sorted({*found} - {old} | {old + by}))
            for old in found
            for by in MOVES
            if 0 <= old + by < free and old + by not in found
        )
        nearest = min(moved, key=cost)
        if cost(nearest) >= cost(found):
            return found
        found = nearest


@lru_cache(maxsize=128)
def curve(
    tape: Tape, *, in_bytes: bool = False, kinds: tuple[str, ...] = (VALUE,)
) -> tuple[Point, ...]:
    """Return peak and recomputation for each number of evenly placed checkpoints."""
    plans = [make_plan(tape, evenly(tape, count)) for count in range(len(tape.lines))]
    return tuple(
        Point(count, plan.peak(in_bytes=in_bytes, kinds=kinds), plan.again)
        for count, plan in enumerate(plans)
    )
