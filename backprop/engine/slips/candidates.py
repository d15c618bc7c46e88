"""What a claimed gradient may be: the gradients that slips give, at the same point.

All are made from one forward pass over the batch. Some have a number that is fitted to the claim, a
learning rate or a factor. Such a one explains less than it seems to: with one hidden unit and one
example the hidden gradient is a single number δ, times the inputs, and some learning rate gives any
δ. So it is counted how many independent numbers a candidate has to meet, and those that are fitted
are taken off. A round one, such as 0.1 or 2, is taken from a short list and not fitted.

    n examples, a layer of k units with f inputs:  W and b hold k · min(n, f + 1) of them
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from backprop.engine.network import Array, Network
from backprop.engine.slips.batch_pass import BatchPass
from backprop.engine.slips.catalog import (
    NO_PENALTY,
    NO_SLOPE,
    NOT_ZEROED,
    PENALTY_ON_BIASES,
    SLIPS,
    SLOPES_AT_ACTIVATION,
)
from backprop.engine.slips.claim import Claim
from backprop.engine.slips.slip import STALE_WEIGHTS, Gradient, Slip
from backprop.engine.slips.suspect import in_words

PASSED_ON = {  # the places through which a wrong gradient goes on to the layers before
    *("hidden activation", "output activation", "activation", "activations"),
    *("sigmoid", "tanh", "relu", "leaky_relu"),
}
TOGETHER = (NO_SLOPE, SLOPES_AT_ACTIVATION)  # of two slips, each of which is there by itself
LESS = 0.8  # how sure one is of a slip in some arrays only, beside one in all
ROUND_RATES = tuple(m * 10.0**-k for k in range(6) for m in (1, 2, 3, 5))
ROUND_FACTORS = (*range(2, 11), 100, 1000)
MOST_RATE = 1_000.0  # a larger learning rate is none
SAME = 1e-9  # a relative difference that is none

SCALED = Slip(
    "scaled",
    "All is multiplied by the same number",
    "Every entry is the right one times the same number: look for a lost or doubled factor in "
    "the loss, where the gradient starts.",
)
ONE_SCALED = Slip(
    "one-scaled",
    "A factor too many",
    "Its entries are the right ones times the same number: look for a lost or doubled factor where "
    "this array is computed.",
)
SOME_SCALED = Slip(
    "some-scaled",
    "Some arrays are multiplied by the same number",
    "Their entries are the right ones times the same number: look for a lost or doubled factor "
    "where the gradient comes to all of them.",
)
PENALTY_SCALED = Slip(
    "penalty-scaled",
    "The penalty is multiplied by a number",
    "The slope of the penalty on the weights is the right one times a number; the rest is right.",
)


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A gradient that a claim may be.

    Attributes:
        slip: what makes it.
        gradient: what it gives.
        prior: how sure one is of it where it fits, beside others that fit as well, 0 … 1.
        words: sentences about this one, each after a space.
        fitted: how many of its numbers were fitted to the claim.
    """

    slip: Slip
    gradient: Gradient
    prior: float = 1.0
    words: str = ""
    fitted: int = 0


@dataclass(frozen=True, eq=False)
class Case:
    """A claim at a point of a network, and what slips would give there.

    Attributes:
        network: whose gradient is claimed.
        passes: its passes over the batch.
        right: the right gradient.
        claimed: the claimed one.
        previous: the gradient of the round before, if there was one.
        examples: how many there are.
        last: the last layer whose gradient is wrong.
    """

    network: Network
    passes: BatchPass
    right: dict[str, Array]
    claimed: dict[str, Array]
    previous: Gradient | None
    examples: int
    last: int

    @cached_property
    def planted(self) -> tuple[Candidate, ...]:
        """What each slip of the catalogue gives, where it changes something."""
        slips = (s for s in SLIPS.values() if s.fits(self.network, self.examples, self.previous))
        return tuple(self._changing(candidate for slip in slips for candidate in self._by(slip)))

    @cached_property
    def at_layers(self) -> tuple[Candidate, ...]:
        """What slips that pass on a wrong gradient give if they are made at some layers only."""
        return tuple(self._changing(self._at_layers()))

    @cached_property
    def scaled(self) -> tuple[Candidate, ...]:
        """The right gradient times a number, and its penalty times a number."""
        return tuple(self._changing(self._scaled()))

    def mixed(self, claim: Claim) -> Iterator[Candidate]:
        """Yield what each slip of the catalogue gives if it was made in some arrays only.

        These are the arrays that come nearer to the claim by it.
        """
        far = claim.gaps(self.right)
        for each in self.planted:
            if each.slip in TOGETHER:
                continue
            changed = self.changed(each.gradient)
            gaps = claim.gaps(each.gradient)
            there = [name for name in changed if gaps[name] < far[name]]
            if there and there != changed and each.slip is not STALE_WEIGHTS:
                words = f" It was made in {in_words(there)} only."
                some = {name: each.gradient[name] for name in there}
                yield replace(each, gradient={**self.right, **some}, prior=LESS, words=words)

    def twofold(self) -> Iterator[Candidate]:
        """Yield what each slip gives where, besides, all is multiplied by a round number."""
        for each in self.planted:
            factor = fit(each.gradient, self.claimed, tuple(self.right))
            for number in _near(factor, self._factors()):
                words = f"{each.words} Besides, all is multiplied by {number:.4g}."
                gradient = times(number, each.gradient)
                yield replace(
                    each, gradient=gradient, prior=LESS**2, words=words, fitted=each.fitted + 2
                )

    def some_scaled(self, *names: str) -> Iterator[Candidate]:
        """Yield the right gradient with some arrays multiplied by the same number."""
        factor = fit(self.right, self.claimed, names)
        slip = ONE_SCALED if len(names) == 1 else SOME_SCALED
        for number, fitted in _tried(factor, self._factors()):
            some = times(number, {name: self.right[name] for name in names})
            them = "It is the right one" if len(names) == 1 else "They are the right ones"
            words = f" {them} times {number:.4g}."
            prior = 0.9 * LESS if fitted else LESS
            yield Candidate(slip, {**self.right, **some}, prior, words, fitted)

    def changed(self, gradient: Gradient) -> list[str]:
        """Return the arrays that are not the right ones, beyond rounding."""
        right = self.right
        return [n for n in right if gradient[n] is not right[n] and self._off(gradient, n).any()]

    @np.errstate(all="ignore")
    def _off(self, gradient: Gradient, name: str) -> Array:
        """Return which entries of an array are not the right ones."""
        array, right = gradient[name], self.right[name]
        off: Array = ~((np.abs(array - right) <= self._noise[name]) | (array == right))
        return off

    @cached_property
    def _noise(self) -> dict[str, float]:
        """How far entries of each array are moved by rounding, beside the largest."""
        return {n: SAME * float(np.max(np.abs(a), initial=0.0)) for n, a in self.right.items()}

    def met(self, candidate: Candidate, names: Iterable[str]) -> int:
        """Return how many independent numbers a candidate meets in these arrays."""
        units: dict[str, set[int]] = {}
        inputs: dict[str, set[object]] = {}
        for name in names:
            rows, *columns = np.nonzero(self._off(candidate.gradient, name))
            units.setdefault(name[1:], set()).update(rows.tolist())
            inputs.setdefault(name[1:], set()).update(columns[0].tolist() if columns else ["b"])
        counts = (len(units[k]) * min(self.examples, len(inputs[k])) for k in units)
        return sum(counts) - candidate.fitted

    def _changing(self, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
        return (each for each in candidates if self.changed(each.gradient))

    def _by(self, slip: Slip) -> Iterator[Candidate]:
        if slip is STALE_WEIGHTS:
            yield from self._stale_weights()
            return
        gradient = self.passes.gradient(slip.rules) if slip.rules else dict(self.right)
        yield Candidate(slip, slip.blended(gradient, self.previous)[0])

    def _stale_weights(self) -> Iterator[Candidate]:
        """Yield what updated weights give, with the learning rate that fits best.

        The gradient of the last hidden layer goes through one layer that is updated, so it is a
        straight line in the rate: right + rate · slope.
        """
        depth = self.network.depth - 1
        names = f"W{depth}", f"b{depth}"
        wrong = self.passes.gradient(STALE_WEIGHTS.rules, 1.0)
        with np.errstate(all="ignore"):  # where the pass overflows no rate fits
            slope = {name: wrong[name] - self.right[name] for name in names}
            away = {name: self.claimed[name] - self.right[name] for name in names}
        for rate, fitted in _tried(fit(slope, away, names), ROUND_RATES):
            if 0 < rate <= MOST_RATE:
                gradient = self.passes.gradient(STALE_WEIGHTS.rules, rate)
                words = f" The learning rate would be {rate:.4g}."
                yield Candidate(STALE_WEIGHTS, gradient, 1.0, words, fitted)

    def _at_layers(self) -> Iterator[Candidate]:
        """Yield what such slips give at the last wrong layer, and at the hidden layers.

        What is wrong at one layer is so at those before it, too, and at none behind it.
        """
        depth, last = self.network.depth, self.last
        hidden = tuple(range(1, depth))
        for slip in SLIPS.values():
            places = {place for place, _ in slip.rules}
            if not places & PASSED_ON or slip in TOGETHER:
                continue
            if not slip.fits(self.network, self.examples):
                continue
            layers = hidden if places & {"hidden activation", "activations"} else (*hidden, depth)
            if len(layers) > 1 and last in layers:
                where = f"hidden layer {last}" if last < depth else "the output"
                yield self._at(slip, (last,), f" It was made at {where} only.")
            if len(hidden) > 1 and len(layers) > len(hidden):
                yield self._at(slip, hidden, " It was made at the hidden layers only.")

    def _at(self, slip: Slip, layers: tuple[int, ...], words: str) -> Candidate:
        return Candidate(slip, self.passes.gradient(slip.at_layers(*layers).rules), LESS, words)

    def _scaled(self) -> Iterator[Candidate]:
        factor = fit(self.right, self.claimed, tuple(self.right))
        for number, fitted in _tried(factor, self._factors()):
            words = f" The number is {number:.4g}."
            yield Candidate(SCALED, times(number, self.right), 0.95 * LESS, words, fitted)
        if self.previous is None:
            again = " That is so if the backward pass ran twice at the same point."
            yield Candidate(NOT_ZEROED, times(2.0, self.right), 1.0, again)
        if self.network.l1 or self.network.l2:
            yield from self._penalties()

    def _penalties(self) -> Iterator[Candidate]:
        """Yield the right gradient with its penalty times a number, on the weights and on all."""
        bare = self.passes.gradient(NO_PENALTY.rules)
        on_biases = self.passes.gradient(PENALTY_ON_BIASES.rules)
        on_weights = {name: self.right[name] - bare[name] for name in bare}
        on_all = {name: on_biases[name] - bare[name] for name in bare}
        with np.errstate(all="ignore"):
            away = {name: self.claimed[name] - bare[name] for name in bare}
        for slip, part in ((PENALTY_SCALED, on_weights), (PENALTY_ON_BIASES, on_all)):
            for number, fitted in _tried(fit(part, away, tuple(part)), self._factors()):
                gradient = {name: bare[name] + number * part[name] for name in bare}
                words = f" The number is {number:.4g}."
                if slip is PENALTY_ON_BIASES:
                    words = f" Besides, it is multiplied by {number:.4g}."
                yield Candidate(slip, gradient, 0.9, words, fitted)

    def _factors(self) -> tuple[float, ...]:
        """Return the factors that are round here."""
        known = (*ROUND_FACTORS, self.examples, self.network.sizes[-1])
        sizes = (*known, *(1 / number for number in known))
        return (0.0, *sizes, *(-number for number in sizes), -1.0)


def _near(number: float, known: Iterable[float]) -> tuple[float, ...]:
    """Return the known number that is almost this one; none if none is."""
    close = [each for each in known if abs(each - number) <= 0.01 * abs(each) + SAME]
    return tuple(sorted(close, key=lambda each: abs(each - number)))[:1]


def _tried(number: float, known: Iterable[float]) -> Iterator[tuple[float, int]]:
    """Yield the round number beside a fitted one, and itself, each with how many were fitted."""
    for each in _near(number, known):
        yield each, 0
    yield number, 1


@np.errstate(all="ignore")
def times(factor: float, gradient: Gradient) -> dict[str, Array]:
    """Return a gradient times a number."""
    return {name: factor * array for name, array in gradient.items()}


@np.errstate(all="ignore")
def fit(a: Gradient, b: Gradient, names: tuple[str, ...]) -> float:
    """Return the number that turns these arrays of a best into those of b, by least squares."""
    size = sum(float(np.sum(a[name] * a[name])) for name in names)
    factor = sum(float(np.sum(a[name] * b[name])) for name in names) / size if size else 0.0
    return factor if np.isfinite(factor) else 0.0
