"""Which number each known slip gives for one gradient, and how the slip is told from the others.

A slip is made at the quantity asked alone, or in the whole pass back to it; paths are left out at
the fork, wherever on the way that stands. What leaves a factor out by a name of its own, such as
“no σ′ at the output”, is called by that name and not “the local derivative is forgotten”.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from backprop.engine.differences.rounding import is_zero
from backprop.engine.slips.at_node import MISSED_PATH, NO_LOCAL, wrong_values
from backprop.engine.slips.catalog import ONE_PATH
from backprop.engine.slips.slip import Slip
from backprop.engine.slips.typed_pass import IN_A_NETWORK, whole_values
from backprop.engine.trace import Trace
from backprop.stage.quiz.read_back import MOST_BRANCHES, Factors, find_factors

ROUNDING = 1e-12  # of the right gradient
EVERYWHERE = "everywhere"  # in a key: the slip is made at each node of the pass


@dataclass(frozen=True, slots=True)
class GradientSlip:
    """A wrong number for a gradient, and what gives it.

    Attributes:
        key: tells it from the others of this gradient, and is the same for other numbers:
            “one-path”, “one-path~2”, “added~everywhere”.
        slip: of the catalogue.
        value: the wrong gradient.
        whole: whether the slip is made at every node on the way back; else at this one.
        path: the number of the branch that is alone there, or missing; −1 where no path is left
            out at the fork.
    """

    key: str
    slip: Slip
    value: float
    whole: bool
    path: int = -1


@lru_cache(maxsize=64)  # a question is made of them, and what is shown of each
def gradient_slips(trace: Trace, node: int) -> tuple[GradientSlip, ...]:
    """Return every wrong gradient that a known slip gives at a node, the likely ones first.

    What is right, or not finite, is left out; so is a slip that gives one number twice.

    Args:
        trace: the right pass, of numbers.
        node: whose gradient it is.
    """
    right = 0.0 if is_zero(trace, node) else float(trace.gradients[node])
    kept = dict[str, GradientSlip]()
    for each in _candidates(trace, node):
        if abs(each.value) <= ROUNDING * abs(right):  # what cancelling leaves of 0
            each = replace(each, value=0.0)
        known = any(
            each.slip.name == other.slip.name and _same(each.value, other.value)
            for other in kept.values()
        )
        if math.isfinite(each.value) and not _same(each.value, right) and not known:
            kept.setdefault(each.key, each)
    named = [x for x in kept.values() if x.slip.name != NO_LOCAL.name]
    return tuple(
        each
        for each in kept.values()
        if each in named or not any(_same(each.value, other.value) for other in named)
    )


def _candidates(trace: Trace, node: int) -> Iterator[GradientSlip]:
    paths = tuple(_paths(find_factors(trace, node)))
    yield from paths
    names = IN_A_NETWORK if any(each.given for each in trace.graph.nodes) else {}
    here = [
        (names.get(slip.name, slip), value)
        for slip, value in wrong_values(trace, node)
        if slip not in (ONE_PATH, MISSED_PATH)
    ]
    for slip, value in here:
        yield GradientSlip(slip.name, slip, value, whole=False)
    taken = {each.slip.name for each in paths} | {slip.name for slip, _ in here}
    for slip, value in whole_values(trace, node):
        key = f"{slip.name}~{EVERYWHERE}" if slip.name in taken else slip.name
        yield GradientSlip(key, slip, value, whole=True)


def _paths(factors: Factors) -> Iterator[GradientSlip]:
    """Yield what comes of one branch alone, and of all but one."""
    branches = factors.branches
    if not 1 < len(branches) <= MOST_BRANCHES:
        return
    rest = math.prod(float(term.local) for term in factors.common)
    for n, branch in enumerate(branches):
        key = f"{ONE_PATH.name}~{n + 1}" if n else ONE_PATH.name
        yield GradientSlip(key, ONE_PATH, rest * branch.value, whole=False, path=n)
    for n, branch in enumerate(branches if len(branches) > 2 else ()):
        key = f"{MISSED_PATH.name}~{n + 1}" if n else MISSED_PATH.name
        value = rest * sum(other.value for other in branches if other is not branch)
        yield GradientSlip(key, MISSED_PATH, value, whole=False, path=n)


def _same(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-15)
