"""Slopes at a kink where several numbers meet, judged together: a tie of max is the first of them.

At max(x, y) with x = y each slope may be anything from 0 to 1. But along (1, 1) the function rises
by 1, so that [1, 0] and [½, ½] are gradients and [1, 1] is not. A claim g fits a direction v if

    g · v lies between the slopes along v of both sides

Numbers belong together where the slope along two of them is not the sum of their own. If all kinks
of such a group bend one way, a claim that fits is a subgradient and one that does not is wrong. If
some bend up and some down, reverse mode itself may not fit, by the convention that it follows at
each kink: then it cannot be judged.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np

from backprop.engine.differences.ladder import Flags, Places, floor
from backprop.engine.differences.report import Report, judged
from backprop.engine.differences.slopes import Along, nudge
from backprop.engine.differences.verdict import CONVENTION
from backprop.engine.network import Array

MOST = 16  # numbers of which every pair is looked at; of more, those with equal values and some
PAIRS = 120  # that are looked at then
MOST_SHOWN = 4  # numbers of a direction that are named
MIXES = 6  # random directions within a group
CLOSE = 1e-3  # the share of the slopes that meet by which a claim may miss

NEAREST, FURTHEST = 1e-6, 1e-2  # the nudge: wide enough to be more than the function's rounding

Within = Callable[[Array], tuple[float, float]]  # a direction -> slopes of its two sides


def with_ties(
    report: Report,
    at: Places,
    here: Array,
    along: Along,
    size: float,
) -> Report:
    """Return a report in which numbers at a kink are judged together, too.

    Args:
        report: in which each of them is right by itself.
        at: their places among all, [M].
        here: all numbers of the point, [N].
        along: gives the slopes to both sides along a direction of all numbers, by a nudge.
        size: how large the numbers are whose rounding reaches the function.
    """
    if len(at) < 2:
        return report
    unit = nudge(here[at], 1.0)
    claims = report.analytic[at] * unit
    largest = np.max(np.maximum(np.abs(claims), np.abs(report.numeric[at] * unit)))
    h = float(np.clip(floor(size, CLOSE / 10) / largest, NEAREST, FURTHEST))

    def within(direction: Array) -> tuple[float, float]:
        whole = np.zeros(len(here))
        whole[at] = direction * unit
        return along(whole, h)

    right, left = np.array([within(one) for one in np.eye(len(at))]).T
    together = judge_together(within, right, left, claims, here[at])
    reasons = dict.fromkeys(at[together.convention].tolist(), CONVENTION)
    after = judged(report, at, together.wrong, reasons)
    if together.proof is None:
        return after
    names = [report.rows[i].name for i in at]
    return replace(after, note=f"{report.note} {_proof(together.proof, names, unit)}".strip())


class Together(NamedTuple):
    """The verdicts on the claims, [N].

    Attributes:
        wrong: those that no subgradient has.
        convention: those that do not fit where kinks bend both ways.
        proof: a direction along which claims are wrong; None where none are.
    """

    wrong: Flags
    convention: Flags
    proof: "_Measured | None" = None


class _Measured(NamedTuple):
    """The slopes along a direction, beside the claim.

    Attributes:
        direction: one number for each claim, [N].
        bend: how much more the function rises there than it falls behind.
        misfit: whether the claim does not fit.
        is_joint: whether the slopes are not the sums of those of its numbers.
        claim: the slope that the claims give.
        slopes: the smaller and the larger one of the two sides.
    """

    direction: Array
    bend: int
    misfit: bool
    is_joint: bool
    claim: float
    slopes: tuple[float, float]


def judge_together(
    along: Within, right: Array, left: Array, claims: Array, values: Array
) -> Together:
    """Return which claims do not fit the slopes along directions.

    Args:
        along: gives the slopes along a direction.
        right: the slopes to the right by each number, [N].
        left: those to the left.
        claims: that fit these, one by one, [N].
        values: of the numbers: equal ones may be tied, [N].
    """

    def measure(direction: Array) -> _Measured:
        up, down = along(direction)
        ahead, behind = direction > 0, direction < 0
        sum_up = float(direction @ np.where(ahead, right, np.where(behind, left, 0.0)))
        sum_down = float(direction @ np.where(ahead, left, np.where(behind, right, 0.0)))
        slack = CLOSE * float(np.abs(direction) @ np.maximum(np.abs(right), np.abs(left)))
        claim = float(direction @ claims)
        return _Measured(
            direction,
            int(np.sign(up - down)) if abs(up - down) > slack else 0,
            not min(up, down) - slack <= claim <= max(up, down) + slack,
            max(abs(up - sum_up), abs(down - sum_down)) > slack,
            claim,
            (min(up, down), max(up, down)),
        )

    wrong, convention = np.zeros((2, len(claims)), dtype=bool)
    proof = None
    joint = [each for each in map(measure, _directions_of_pairs(values)) if each.is_joint]
    for group in _groups(joint):
        mixes = [measure(each) for each in _random_directions(group)] if group.sum() > 2 else []
        inside = [*(each for each in joint if group[each.direction != 0].all()), *mixes]
        bends = {each.bend for each in inside} | set(np.sign(right - left)[group].astype(int))
        for each in inside:
            if each.misfit:
                misfits = convention if bends >= {-1, 1} else wrong
                misfits |= each.direction != 0
                proof = proof or (each if misfits is wrong else None)
    return Together(wrong, convention & ~wrong, proof)


def _proof(measured: _Measured, names: Sequence[str], unit: Array) -> str:
    """Return along which direction claims do not fit, in a sentence."""
    steps = measured.direction * unit
    scale = float(np.max(np.abs(steps)))
    ways = [
        f"{'−' if step < 0 else ''}{_share(abs(step) / scale)}{name}"
        for name, step in zip(names, steps.tolist(), strict=True)
        if step
    ]
    shown = [*ways[:MOST_SHOWN], *(["…"] if len(ways) > MOST_SHOWN else [])]
    low, high, claim = (each / scale for each in (*measured.slopes, measured.claim))
    sides = f"slope is {low + 0:.4g}"
    if not np.isclose(low, high):
        sides = f"slopes are {low + 0:.4g} and {high + 0:.4g}"
    return (
        f"Along ({', '.join(shown)}) the function's {sides}, and the gradient's is {claim + 0:.4g}."
    )


def _share(share: float) -> str:
    return "" if np.isclose(share, 1) else f"{share:.3g} · "


def _directions_of_pairs(values: Array) -> Iterator[Array]:
    """Give the sum and the difference of every two numbers; of many also all equal ones at once."""
    count = len(values)
    pairs = list(combinations(range(count), 2))
    if count > MOST:
        for value in np.unique(values):
            yield (values == value).astype(float)
        chosen = np.random.default_rng(0).choice(len(pairs), PAIRS, replace=False)
        near = [(i, i + 1) for i in range(min(count - 1, PAIRS))]
        pairs = [*near, *(pairs[i] for i in chosen)]
    for one, other in pairs:
        for sign in (1.0, -1.0):
            direction = np.zeros(count)
            direction[[one, other]] = 1.0, sign
            yield direction


def _groups(joint: Sequence[_Measured]) -> list[Flags]:
    """Return the numbers that belong together."""
    groups: list[Flags] = []
    for each in joint:
        new = each.direction != 0
        met = [group for group in groups if (group & new).any()]
        groups = [group for group in groups if not (group & new).any()]
        groups.append(np.any([new, *met], axis=0))
    return groups


def _random_directions(group: Flags) -> Iterator[Array]:
    """Give directions of all numbers of a group: together, and at random."""
    yield group.astype(float)
    rng = np.random.default_rng(0)
    for i in range(MIXES):
        mix = rng.random(len(group)) if i % 2 else rng.standard_normal(len(group))
        yield np.where(group, mix, 0.0)
