"""What a slip makes of a gradient's ways and factors: other numbers, holes, and other signs.

A slip that is made in the whole pass changes all of them, one that is made at the quantity alone
the last. Where it leaves something out, there is None.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from backprop.engine.slips.at_node import (
    ADDED,
    ITSELF,
    MISSED_PATH,
    NO_ARRIVING,
    NO_LOCAL,
    PATHS_MULTIPLIED,
    wrong_local,
)
from backprop.engine.slips.catalog import (
    ASSIGNED,
    NO_HIDDEN_SLOPE,
    NO_OUTPUT_SLOPE,
    NO_WEIGHTS,
    ONE_PATH,
    OUTPUT_NOT_LOSS,
    SIGN,
)
from backprop.engine.slips.slip import Slip
from backprop.engine.slips.typed_pass import IN_A_NETWORK, PLANTED, wrong_pass
from backprop.engine.slips.wrong_slopes import NETWORK_SLOPES
from backprop.engine.trace import Term, Trace
from backprop.stage.quiz.gradient_asked import GradientAsked
from backprop.stage.quiz.gradient_slips import GradientSlip

PATHS = (ONE_PATH.name, ASSIGNED.name, MISSED_PATH.name)


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs of a line: between ways, before each factor, and what it begins with."""

    ways: str = "+"
    factors: tuple[str, ...] = ()
    inner: str = "×"
    first: str = ""


class SlipLine:
    """What a slip makes of the ways back to a fork, and of the factors from there on.

    Args:
        asked: the gradient.
        slip: None for the right line.
        ways: the uses of the fork; none where there is no fork.
        chain: the uses from the fork, or the output, back to the quantity.
    """

    def __init__(
        self,
        asked: GradientAsked,
        slip: GradientSlip | None,
        ways: Sequence[Term],
        chain: Sequence[Term],
    ) -> None:
        self.trace, self.slip, self.ways, self.chain = asked.passes.trace, slip, ways, chain
        self.name = slip.slip.name if slip else ""
        self.passed = None
        if slip and slip.whole and slip.path < 0:
            self.passed = wrong_pass(planted(slip.slip), self.trace)
        self.last = len(chain) - 1
        self.kept = self._kept_ways()

    def _kept_ways(self) -> frozenset[int]:
        """Return the numbers of the ways that are not left out."""
        every, slip = frozenset(range(len(self.ways))), self.slip
        if slip is None or self.name not in PATHS:
            return every
        if slip.path >= 0:
            alone = frozenset((slip.path,))
            return alone if self.name == ONE_PATH.name else every - alone
        if self.passed and self.ways:
            fork = self.ways[0].edge.node
            products = [float(t.product) for t in self.passed.terms.get(fork, ())]
            fits = [k for k, x in enumerate(products) if same(x, self.passed.gradients[fork])]
            return frozenset(fits[-1:] if self.name == ASSIGNED.name else fits[:1])
        return frozenset((len(self.ways) - 1,))

    @property
    def signs(self) -> Signs:
        """The signs between the ways, and inside them."""
        at_fork = self.passed is not None or not self.chain
        ways = "×" if self.name == PATHS_MULTIPLIED.name and at_fork else "+"
        added = self.name == ADDED.name
        first = ""
        if not self.ways and (self.passed or len(self.chain) == 1):
            # the 1 that the pass begins with is a term, or all there is
            first = "1 +" if added else "1 ×" if self.name == NO_LOCAL.name else ""
        return Signs(ways, (), "+" if added and at_fork else "×", first)

    def sign_before(self, n: int) -> str:
        """Return the sign before a factor, by its number in the chain."""
        added = self.name == ADDED.name and (self.passed is not None or n == self.last)
        return "+" if added else "×"

    def changes(self, n: int) -> bool:
        """Whether a factor that only passes on counts in the wrong line."""
        if self.name == ADDED.name:
            return self.passed is not None or n == self.last
        if self.name == NO_ARRIVING.name:
            return n == self.last
        wrong = self.factor(n)
        return wrong is not None and not same(wrong, float(self.chain[n].local))

    def factor(self, n: int) -> float | None:
        """Return the number of a factor in the wrong line; None where it is left out."""
        term, slip = self.chain[n], self.slip
        right = float(term.local)
        if slip is None:
            return right
        if self.name == ITSELF.name:
            return None
        if self.name == SIGN.name:
            return -right if n == 0 and not self.ways else right
        if self.name == NO_ARRIVING.name:
            return right if n == self.last else None
        if self.passed is None and n != self.last:
            return right
        local = local_by(slip.slip, self.trace, term)
        if local is None or same(local, right):
            return right
        return None if local == 1 and _leaves_out(slip.slip) else local

    def way(self, k: int) -> tuple[float | None, tuple[float | None, float | None] | None]:
        """Return what a way brings in the wrong line, and what it is the product of."""
        term, slip = self.ways[k], self.slip
        arriving, local = float(term.arriving), float(term.local)
        if slip is None:
            return arriving * local, (arriving, local)
        if k not in self.kept or self.name == ITSELF.name:
            return None, None
        if self.name == NO_ARRIVING.name:
            return (None, None) if self.chain else (local, (None, local))
        if self.name == SIGN.name:
            return -arriving * local, (-arriving, local)
        if self.passed is None and self.chain:  # made at the quantity asked, after the fork
            return arriving * local, (arriving, local)
        if self.passed is not None:
            arriving = self.passed.gradients[term.edge.later]
        if self.name == ADDED.name:
            return arriving + local, (arriving, local)
        wrong = local_by(slip.slip, self.trace, term)
        if wrong is not None and not same(wrong, local):
            gone = wrong == 1 and _leaves_out(slip.slip)
            return arriving * wrong, (arriving, None if gone else wrong)
        return arriving * local, (arriving, local)


def planted(slip: Slip) -> Slip:
    """Return a slip as a pass of numbers knows it: “no σ′ at the output” is its outer slope."""
    names = {network.name: own for own, network in IN_A_NETWORK.items()}
    own = names.get(slip.name, slip.name)
    known = (*PLANTED, *(each for each, _ in NETWORK_SLOPES.values()))
    return next((each for each in known if each.name == own), slip)


def local_by(slip: Slip, trace: Trace, term: Term) -> float | None:
    """Return what a slip takes for a local derivative; None where it takes none of its own."""
    return wrong_local(planted(slip), trace, term)


def _leaves_out(slip: Slip) -> bool:
    """Whether a slip leaves a local derivative out, and puts no other number in its place."""
    own = (NO_OUTPUT_SLOPE, NO_HIDDEN_SLOPE, NO_WEIGHTS)
    names = {each.name for each in own} | set(IN_A_NETWORK) | {NO_LOCAL.name, OUTPUT_NOT_LOSS.name}
    return slip.name in names


def find_chain(trace: Trace, node: int) -> list[Term]:
    """Return the uses from the output, or the last fork, back to a node: one after the other."""
    chain: list[Term] = []
    at = node
    while at != trace.graph.output and len(terms := trace.terms[at]) == 1:
        chain.append(terms[0])
        at = terms[0].edge.later
    return chain[::-1]


def same(a: float, b: float) -> bool:
    """Whether two numbers are one, but for rounding."""
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-15)
