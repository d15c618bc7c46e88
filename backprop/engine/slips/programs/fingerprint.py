"""Finds which slip at which use made a wrong gradient of a program.

Every slip that can be made is made, and its gradient compared with the claim, as in
slips/fingerprint.py: named is what leaves so small a share of the claim's distance that chance does
not. Slips are looked for in this order, until some fit:

    at one use      and nowhere else; what goes back from there is in turn wrong
    at every use    of its kind: a rule that is wrong wherever it is written
    scaled          the right gradient times a number, in all leaves or in one
    each its own    another slip for each leaf, or for some together
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.differences.slopes import joined
from backprop.engine.network import Array
from backprop.engine.slips.candidates import LESS, ONE_SCALED, SCALED, fit, times
from backprop.engine.slips.catalog import SIGN
from backprop.engine.slips.claim import Claim
from backprop.engine.slips.fingerprint import (
    CHANCE,
    EXACTLY,
    ONE_TRANSPOSED,
    RIGHT,
    ROUNDED,
    fitted_claim,
    not_finite_entries,
    without_value,
)
from backprop.engine.slips.programs.places import Planted, Slips
from backprop.engine.slips.slip import Gradient, Slip
from backprop.engine.slips.suspect import Explanation, Suspect, suspects, unexplained
from backprop.engine.trace import Trace

NOT_ALL = " The program is large: slips were tried in its last lines only."
CLOSE = 1e-6  # a relative difference of a factor from a round one that is none
ROUND = (-1.0, *(float(k) for k in range(2, 11)), *(1 / k for k in range(2, 11)))


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A slip that may have made a gradient, and where it is made.

    Attributes:
        suspect: the slip, how sure one is, and the sentence about it.
        planted: the use, or the uses; None of what is made at none, such as a factor.
    """

    suspect: Suspect
    planted: Planted | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    slip: Slip
    gradient: Gradient
    prior: float = 1.0
    words: str = ""
    fitted: int = 0
    planted: Planted | None = None


class _Candidates(NamedTuple):
    """Gradients that a claim may be, also as rows of their entries, [K, N]."""

    each: tuple[_Candidate, ...]
    flat: Array


def program_fingerprint(trace: Trace, claimed: Mapping[str, Any]) -> tuple[Found, ...]:
    """Return the slips that a claimed gradient of a program points to, the likely ones first.

    Args:
        trace: the right pass.
        claimed: an array for each leaf that has a gradient; one that has the shape of the
            transpose is taken for transposed.

    Returns:
        Nothing where it is right; one without a place where no slip is known.

    Raises:
        PointError: the claim says nothing of a leaf.
        ShapeError: an array does not fit.
    """
    return Fingerprint(Slips(trace)).of(claimed)


class Fingerprint:
    """The gradients that slips give at a point, to compare claims with.

    Args:
        slips: those that can be made there.
    """

    def __init__(self, slips: Slips) -> None:
        self.slips = slips
        self.right = slips.right

    def of(self, claimed: Mapping[str, Any]) -> tuple[Found, ...]:
        """Return the slips that a claim points to, as `program_fingerprint`."""
        arrays, turned = fitted_claim(claimed, self.right)
        claim = Claim(arrays, self.right)
        gaps = claim.gaps(self.right)
        wrong = tuple(n for n in self.right if not gaps[n] <= RIGHT or n in turned)
        if not wrong:
            return ()
        endless = not_finite_entries(arrays, self.right)
        if endless:
            return (Found(without_value(endless)),)
        if max(gaps.values()) <= RIGHT:
            return tuple(map(Found, suspects([Explanation(ONE_TRANSPOSED, 1.0)], turned)))
        found = (
            self._explaining(claim, self._at_one_use, wrong)
            or self._explaining(claim, self._at_every_use, wrong)
            or self._explaining(claim, self._scaled(arrays, wrong), wrong)
        )
        return found or self._each_its_own(claim, arrays, wrong)

    @cached_property
    def _at_one_use(self) -> "_Candidates":
        felt = self.slips.felt
        return self._candidates(_Candidate(each.slip, g, planted=each) for each, g in felt)

    @cached_property
    def _at_every_use(self) -> "_Candidates":
        words, felt = " It was made at every use of this kind.", self.slips.of_each_kind
        return self._candidates(
            _Candidate(each.slip, g, LESS, words, planted=each) for each, g in felt
        )

    def _candidates(self, found: Iterable[_Candidate]) -> "_Candidates":
        each = tuple(found)
        flat = np.empty((len(each), sum(array.size for array in self.right.values())))
        for row, candidate in zip(flat, each, strict=True):
            row[:] = joined(candidate.gradient, self.right)
        return _Candidates(each, flat)

    def _scaled(self, arrays: Mapping[str, Array], wrong: tuple[str, ...]) -> "_Candidates":
        """Return the right gradient times a number: of all leaves, or of one."""
        names, found = tuple(self.right), []
        alone = wrong if len(wrong) == 1 and len(names) > 1 else names
        slip = ONE_SCALED if alone != names else SCALED
        number = fit(self.right, arrays, alone)
        near = [each for each in ROUND if abs(number - each) <= CLOSE * abs(each)]
        for factor, fitted in [*((each, 0) for each in near), (number, 1)]:
            some = times(factor, {name: self.right[name] for name in alone})
            words = f" The number is {factor:.4g}."
            named = SIGN if factor == -1 and alone == names else slip
            words = "" if named is SIGN else words
            found.append(_Candidate(named, {**self.right, **some}, LESS, words, fitted))
        return self._candidates(found)

    def _explaining(
        self, claim: Claim, candidates: "_Candidates", names: tuple[str, ...]
    ) -> tuple[Found, ...]:
        """Return the candidates that leave next to nothing of a claim's distance."""
        whole = claim.distance(self.right)
        if not 0 < whole < np.inf or not candidates.each:
            return ()
        shares = claim.gaps_of_all(candidates.flat).max(axis=-1) / whole
        left = zip(shares.tolist(), candidates.each, strict=True)
        fits = [(share, c) for share, c in left if share <= self._most(claim, c, self.right)]
        return self._named(claim, fits, whole, names)

    def _most(self, claim: Claim, candidate: _Candidate, names: Iterable[str]) -> float:
        """Return the share of a distance that may be left where a candidate explains a claim."""
        met = -candidate.fitted
        for name in names:
            if candidate.gradient[name] is not self.right[name]:
                off = np.abs(candidate.gradient[name] - self.right[name])
                met += int(np.count_nonzero(off > RIGHT * self.slips.largest))
        if met <= 0:
            return -1.0
        tried = max(1, len(self.slips.felt))
        most = ROUNDED if claim.half.any() else EXACTLY
        return min(most, 0.5 * float((CHANCE / tried) ** (1 / met)))

    def _named(
        self,
        claim: Claim,
        fits: Sequence[tuple[float, _Candidate]],
        whole: float,
        names: tuple[str, ...],
    ) -> tuple[Found, ...]:
        """Return the suspects of what fits as well as the best; each slip with its first use."""
        if not fits:
            return ()
        best = min(share for share, _ in fits)
        close = [(s, each) for s, each in fits if s <= max(10 * best, RIGHT / whole)]
        surest = max(each.prior for _, each in close)
        named: dict[tuple[str, str], tuple[float, _Candidate]] = {}
        for share, each in ((s, each) for s, each in close if each.prior == surest):
            line = each.planted.line if each.planted else ""
            named.setdefault((each.slip.name, line), (share, each))
        explanations = [
            Explanation(each.slip, each.prior * (1 - share), each.words + self._where(each))
            for share, each in named.values()
        ]
        placed = (each.planted for _, each in named.values())
        return tuple(map(Found, suspects(explanations, names, claim.words), placed))

    def _where(self, candidate: _Candidate) -> str:
        planted = candidate.planted
        if planted is None:
            return ""
        where = f" It was made in line {planted.line}" if not candidate.words else ""
        name, wrong, right = planted.sentences(self.slips.program)[0]
        said = f"“{wrong}” goes to {name} where “{right}” belongs"
        if not wrong:
            said = f"nothing goes to {name} where “{right}” belongs"
        return f"{where}: {said}." if where else f" In line {planted.line} {said}."

    def _each_its_own(
        self, claim: Claim, arrays: Mapping[str, Array], wrong: tuple[str, ...]
    ) -> tuple[Found, ...]:
        """Return a slip of its own for each leaf, or for some together; none known for others."""
        far = claim.gaps(self.right)
        groups = [self._at_one_use, self._at_every_use]
        groups += [self._scaled(arrays, (name,)) for name in wrong if len(self.right) > 1]
        fits = []
        for group in groups:
            for each, row in zip(group.each, claim.gaps_of_all(group.flat).tolist(), strict=True):
                gaps = dict(zip(self.right, row, strict=True))
                there = frozenset(
                    n for n in wrong if gaps[n] <= self._most(claim, each, [n]) * far[n]
                )
                if there:
                    fits.append((there, gaps, each))
        result: list[Found] = []
        rest = wrong
        while any(there & {*rest} for there, _, _ in fits):
            here = max((tuple(n for n in rest if n in there) for there, _, _ in fits), key=len)
            matches = [
                (max(gaps[name] / far[name] for name in here), each)
                for there, gaps, each in fits
                if {*here} <= there
            ]
            result += self._named(claim, matches, max(far[name] for name in here), here)
            rest = tuple(name for name in rest if name not in here)
        if rest:
            unknown = unexplained(rest, tuple(self.right), digits=claim.words)
            if not self.slips.is_complete:
                unknown = replace(unknown, sentence=unknown.sentence + NOT_ALL)
            result.append(Found(unknown))
        return tuple(result)
