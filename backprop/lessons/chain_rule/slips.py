"""The usual slips with the chain rule: what each would give instead of the right derivative.

s₁ … sₙ   the slopes of the links, outermost first, each where its own variable stands
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backprop.engine.graph import Graph
from backprop.engine.slips import at_node as slips_node
from backprop.engine.slips import catalog as slips_network
from backprop.engine.slips.slip import Slip
from backprop.lessons.chain_rule.function import Chain, Column, Link, column

INNER = Slip(
    "inner-forgotten",
    "The inner derivative is forgotten",
    "What you have is the outer slope alone. A nudge of x first becomes a nudge of the inner "
    "function; multiply by the inner derivative.",
)
OUTER = Slip(
    "outer-forgotten",
    "The outer derivative is forgotten",
    "What you have is the inner derivative alone. Multiply it by the outer slope.",
)
MIDDLE = Slip(
    "middle-forgotten",
    "The derivative in the middle is forgotten",
    "There are three links, so three factors.",
)
AT_X = Slip(
    "at-x",
    "The outer derivative is taken at x",
    "The outer function never sees x: its slope belongs at the value of the inner function.",
)
AT_SLOPE = Slip(
    "at-slope",
    "The outer derivative is taken at the inner derivative",
    "Its slope belongs at the value of the inner function, not at its slope.",
)
AS_PRODUCT = Slip(
    "as-product",
    "A composition is taken for a product",
    "That is the product rule. Here one function stands inside the other; nothing is multiplied "
    "before you differentiate.",
)
OUTER_PLAIN = Slip(
    "outer-plain",
    "The outer function is not differentiated",
    "The first factor is the slope of the outer function, not its value.",
)
BY_VALUE = replace(  # the last four are the engine’s, in the words of this lesson
    slips_node.BY_VALUE,
    title="Multiplied by the inner function, not by its derivative",
    about="The second factor is how fast the inner function moves, not where it stands.",
)
ADDED = replace(
    slips_node.ADDED,
    title="The derivatives are added",
    about="Along one path slopes are multiplied; only different paths are added.",
)
SIGN = replace(slips_network.SIGN, about="Everything but the sign is right.")
ITSELF = replace(
    slips_node.ITSELF,
    title="That is the function itself",
    about="Asked for is how fast it changes: its derivative.",
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A slip, and the answer that it gives, at many points."""

    slip: Slip
    values: Column


@np.errstate(all="ignore")  # ∞ and NaN are answers too
def wrong_derivatives(chain: Chain, x: Column) -> tuple[Wrong, ...]:
    """Return what each slip gives in place of dy/dx, at many points."""
    links, at = chain.links, chain.columns_at(x)
    outer, inner = links[0], at[links[0].of]
    slopes = [column(link.slope, at) for link in links]
    rest = _product(slopes[1:])

    def elsewhere(link: Link, graph: Graph, place: Column) -> Column:
        return column(graph, {link.of: place})

    plain = [elsewhere(link, link.graph, x) for link in links]
    at_x = [elsewhere(link, link.slope, x) for link in links]
    by_parts = [_product([*plain[:k], at_x[k], *plain[k + 1 :]]) for k in range(len(links))]
    return (
        *reversed(_forgotten(slopes)),
        Wrong(INNER, slopes[0]),
        Wrong(AT_X, _product(at_x)),
        Wrong(AT_X, at_x[0] * rest),
        Wrong(AT_SLOPE, elsewhere(outer, outer.slope, slopes[1]) * rest),
        Wrong(AS_PRODUCT, _sum(by_parts)),
        Wrong(AS_PRODUCT, at["y"] * rest + slopes[0] * inner),
        Wrong(BY_VALUE, slopes[0] * inner),
        Wrong(OUTER_PLAIN, at["y"] * rest),
        Wrong(ADDED, _sum(slopes)),
        Wrong(SIGN, -_product(slopes)),
        Wrong(ITSELF, at["y"]),
    )


@np.errstate(all="ignore")
def wrong_links(link: Link, at: Mapping[str, Column]) -> tuple[Wrong, ...]:
    """Return what each slip gives in place of the derivative of one link."""
    return Wrong(SIGN, -column(link.slope, at)), Wrong(ITSELF, column(link.graph, at))


@np.errstate(all="ignore")
def wrong_rules(factors: Sequence[Column]) -> tuple[Wrong, ...]:
    """Return what each slip gives in place of the product of the factors, in letters."""
    return (
        *_forgotten(factors),
        Wrong(ADDED, _sum(factors)),
        Wrong(SIGN, -_product(factors)),
    )


def _forgotten(factors: Sequence[Column]) -> tuple[Wrong, ...]:
    """Return what is left of a product where one factor is forgotten, the outermost first."""
    slips = (OUTER, *([MIDDLE] * (len(factors) - 2)), INNER)
    return tuple(
        Wrong(slip, _product([*factors[:k], *factors[k + 1 :]])) for k, slip in enumerate(slips)
    )


def _product(factors: Sequence[Column]) -> Column:
    return np.prod(factors, axis=0)  # type: ignore[no-any-return]


def _sum(terms: Sequence[Column]) -> Column:
    return np.sum(terms, axis=0)  # type: ignore[no-any-return]
