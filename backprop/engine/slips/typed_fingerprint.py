"""Finds which mistake produced a wrong gradient of a typed function.

The function and its point are exact, so a slip either gives the claimed numbers, to the digits that
they have, or it does not. Slips are looked for in this order, until some fit; all of these are
named, for a few numbers may come about in many ways:

    everywhere    at every node of the pass
    at one node   and nowhere else; what goes back from there is in turn wrong
    by some       everywhere, but in the gradient by some variables only, as if by hand
    each its own  another slip for each variable

A slip at one node n that makes of its gradient g another g′ adds (g′ − g) · ∂n/∂x to that by x; so
the slopes of all nodes by all variables, computed once, give its effect everywhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from backprop.engine.backward import differentiate
from backprop.engine.graph import Graph
from backprop.engine.network import Array
from backprop.engine.slips.at_node import ITSELF, MISSED_PATH, NO_LOCAL, wrong_values
from backprop.engine.slips.candidates import LESS, SCALED
from backprop.engine.slips.catalog import ASSIGNED, NOT_ZEROED, ONE_PATH
from backprop.engine.slips.claim import Claim
from backprop.engine.slips.slip import Slip
from backprop.engine.slips.suspect import (
    SHOWN,
    Explanation,
    Suspect,
    in_words,
    suspects,
    unexplained,
)
from backprop.engine.slips.typed_pass import PLANTED, wrong_pass
from backprop.engine.slips.wrong_slopes import INNER_LOST, stand_inside
from backprop.engine.text import to_text
from backprop.engine.trace import Trace

Which = NDArray[np.bool_]  # of the variables
CLOSE = 1e-6  # a relative difference that is none
NOISE = 1e-13  # a difference that is none, beside the largest entry
OF_PATHS = (ONE_PATH.name, ASSIGNED.name, MISSED_PATH.name)


@dataclass(frozen=True, slots=True, eq=False)
class TypedCandidate:
    """A gradient that the claim may be.

    Attributes:
        slip: what makes it.
        slopes: what it gives, by each variable in their order.
        node: where it is made, if at one node only.
        words: sentences about this one, each after a space.
    """

    slip: Slip
    slopes: Array
    node: int | None = None
    words: str = ""


class _Claimed:
    """A claim by some variables, beside the right gradient.

    Args:
        trace: the right pass.
        claimed: a number for each variable.
    """

    def __init__(self, trace: Trace, claimed: Mapping[str, float]) -> None:
        self.trace, self.names = trace, trace.graph.parameters
        self.right = np.array([float(trace.gradient[name]) for name in self.names])
        arrays = {name: np.array(float(claimed[name])) for name in self.names}
        claim = Claim(arrays, dict(trace.gradient))
        self.numbers, self.half, self.digits = claim.flat, claim.half, claim.words
        self.wrong = ~self.fits(self.right)

    def fits(self, slopes: Array) -> Which:
        """Return, variable by variable, whether these slopes are the claimed ones."""
        close = CLOSE * np.maximum(np.abs(slopes), np.abs(self.numbers))
        noise = NOISE * float(np.max(np.abs(self.right)))
        fits: Which = np.abs(slopes - self.numbers) <= np.maximum(close, noise) + self.half
        return fits

    def named(self, which: Which) -> tuple[str, ...]:
        """Return the names of some variables."""
        return tuple(name for name, on in zip(self.names, which, strict=True) if on)


def function_fingerprint(
    graph: Graph, at: Mapping[str, float], claimed: Mapping[str, float]
) -> tuple[Suspect, ...]:
    """Return the slips that a claimed gradient points to; none if it is right or not finite.

    Args:
        graph: the function, of numbers.
        at: the point.
        claimed: a number for each variable.
    """
    trace = differentiate(graph, at)
    claim = _Claimed(trace, claimed)
    finite = np.isfinite(claim.right).all() and np.isfinite(claim.numbers).all()
    if not finite or not claim.wrong.any():
        return ()
    everywhere, single = [*_everywhere(trace)], [*_at_one_node(trace)]
    exactly = [each for each in (*everywhere, *single) if claim.fits(each.slopes).all()]
    some = [each for each in everywhere if claim.fits(each.slopes)[claim.wrong].all()]
    tiers = (
        (1.0, [each for each in exactly if each.node is None]),
        (LESS, exactly),
        (LESS**2, [replace(each, words=_only(claim.named(claim.wrong))) for each in some]),
    )
    for prior, candidates in tiers:
        if candidates:
            return _suspects(candidates, prior, claim, claim.wrong)
    return _each_its_own((*everywhere, *single), claim) or _same_factor(claim)


def _everywhere(trace: Trace) -> Iterator[TypedCandidate]:
    """Yield what each slip gives that is made at every node."""
    places = [trace.graph.position(name) for name in trace.graph.parameters]
    for slip in PLANTED:
        if slip.blend:
            continue
        made = ONE_PATH if slip.name == ASSIGNED.name else slip  # which path is last may differ
        ways = (False, True) if slip.name in OF_PATHS else (False,)
        for each in (wrong_pass(made, trace, last=last) for last in ways):
            yield TypedCandidate(slip, np.array([each.gradients[place] for place in places]))
    twice = 2 * np.array([float(trace.gradients[place]) for place in places])
    yield TypedCandidate(NOT_ZEROED, twice)


def _at_one_node(trace: Trace) -> Iterator[TypedCandidate]:
    """Yield what each slip gives that is made at one node."""
    graph = trace.graph
    right = np.array([float(trace.gradient[name]) for name in graph.parameters])
    slopes = _slopes_by_variables(trace)
    for position in range(graph.output):
        if not slopes[position].any():
            continue
        for slip, value in wrong_values(trace, position):
            if slip is NO_LOCAL and stand_inside(graph)[trace.terms[position][0].edge.later]:
                slip = INNER_LOST
            if slip is not ITSELF or graph.nodes[position].is_leaf:
                change = (value - float(trace.gradients[position])) * slopes[position]
                yield TypedCandidate(slip, right + change, position)


def _slopes_by_variables(trace: Trace) -> list[Array]:
    """Return the slope of each node by each variable: Σ over its inputs of local · theirs."""
    graph = trace.graph
    slopes = [np.zeros(len(graph.parameters)) for _ in graph.nodes]
    for k, name in enumerate(graph.parameters):
        slopes[graph.position(name)][k] = 1.0
    for position in range(len(graph)):
        for term in trace.terms[position]:
            slopes[term.edge.later] = slopes[term.edge.later] + float(term.local) * slopes[position]
    return slopes


def _each_its_own(candidates: Sequence[TypedCandidate], claim: _Claimed) -> tuple[Suspect, ...]:
    """Return slips that explain the variables one by one, or some together; none if not all."""
    result: list[Suspect] = []
    rest = claim.wrong.copy()
    while rest.any():
        fits = [(claim.fits(each.slopes) & rest, each) for each in candidates]
        here = max((there for there, _ in fits), key=np.sum)
        if not here.any():
            return ()
        explaining = [each for there, each in fits if not (here & ~there).any()]
        result += _suspects(explaining, LESS**3, claim, here)
        rest &= ~here
    return tuple(result)


def _same_factor(claim: _Claimed) -> tuple[Suspect, ...]:
    """Return that all is the right gradient times a number, if so; else that no slip is known."""
    names = claim.named(claim.wrong)
    with np.errstate(all="ignore"):
        factor = float(np.nan_to_num(claim.numbers @ claim.right / (claim.right @ claim.right)))
    if len(names) > 1 and claim.fits(factor * claim.right).all():
        together = f" The number is {factor:.4g}: it goes wrong where they still are together."
        return _suspects(
            [TypedCandidate(SCALED, factor * claim.right, words=together)],
            LESS**3,
            claim,
            claim.wrong,
        )
    return (unexplained(names, claim.names, "slope"),)


def _suspects(
    candidates: Sequence[TypedCandidate], prior: float, claim: _Claimed, which: Which
) -> tuple[Suspect, ...]:
    """Return the suspects for some variables: the slips of their candidates, each once."""
    by_slip: dict[str, TypedCandidate] = {}
    for each in candidates:
        by_slip.setdefault(each.slip.name, each)
    explanations = [
        Explanation(
            each.slip, prior, each.words + _where(each, claim) + _missing(each, claim, which)
        )
        for each in by_slip.values()
    ]
    return suspects(explanations, claim.named(which), claim.digits)


def _where(reading: TypedCandidate, claim: _Claimed) -> str:
    """Return at which node a slip is made; of a forgotten slope, which one it is."""
    if reading.node is None:
        return ""
    graph, terms = claim.trace.graph, claim.trace.terms[reading.node]
    if reading.slip.name in (NO_LOCAL.name, INNER_LOST.name) and len(terms) == 1:
        later = to_text(Graph(graph.nodes[: terms[0].edge.later + 1]))
        return f" The slope of {later} is missing, {float(terms[0].local):.4g}."
    return f" It was made at {to_text(Graph(graph.nodes[: reading.node + 1]))} only."


def _missing(reading: TypedCandidate, claim: _Claimed, which: Which) -> str:
    """Return what the paths that are left out bring, where one slip leaves some out."""
    if reading.slip.name not in OF_PATHS:
        return ""
    lost = zip(claim.named(which), (claim.right - reading.slopes)[which], strict=True)
    missing = [f"{number:.4g} in {name}" for name, number in lost]
    return f" What is missing is {in_words(missing[:SHOWN])}."


def _only(names: Sequence[str]) -> str:
    return f" It was made in {in_words(names)} only."
