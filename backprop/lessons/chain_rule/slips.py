"""The usual slips with the chain rule: what each would give instead of the right derivative.

s₁ … sₙ   the slopes of the links, outermost first, each where its own variable stands
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from backprop.engine.forward import columns
from backprop.engine.graph import Graph
from backprop.engine.slips import at_node as slips_node
from backprop.engine.slips import catalog as slips_network
from backprop.engine.slips.slip import Slip
from backprop.lessons.chain_rule.function import Chain, Link

Column = NDArray[np.float64]

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
BY_VALUE = replace(  # the last four are of the catalogue, told in the words of this lesson
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
    """A slip, and what it gives at each point."""

    slip: Slip
    values: Column


def run(graph: Graph, at: Mapping[str, Column], size: int) -> Column:
    """Return a function's value at many points, as a column also where it is constant."""
    found = columns(graph, {name: at[name] for name in graph.variables})[-1]
    return np.broadcast_to(np.asarray(found, float), (size,)).copy()


def quantities(chain: Chain, x: Column) -> dict[str, Column]:
    """Return every quantity of a chain at many points."""
    found = {"x": x}
    for link in reversed(chain.links):
        found[link.name] = run(link.graph, found, len(x))
    return found


def wrong_wholes(chain: Chain, x: Column) -> tuple[Wrong, ...]:
    """Return what each slip gives in place of dy/dx, at many points."""
    links, size, at = chain.links, len(x), quantities(chain, x)
    slopes = [run(link.slope, at, size) for link in links]

    def where(link: Link, graph: Graph, place: Column) -> Column:
        return run(graph, {link.of: place}, size)

    outer, last = links[0], len(links) - 1
    inner = at[outer.of]
    rest = _product(slopes[1:])
    plain = [where(link, link.graph, x) for link in links]
    at_x = [where(link, link.slope, x) for link in links]
    by_parts = sum(
        (_product([*plain[:k], at_x[k], *plain[k + 1 :]]) for k in range(len(links))),
        np.zeros(size),
    )
    forgotten = (OUTER, *([MIDDLE] * (last - 1)), INNER)
    found = [
        *(
            Wrong(slip, _product([*slopes[:k], *slopes[k + 1 :]]))
            for k, slip in reversed(tuple(enumerate(forgotten)))
        ),
        Wrong(INNER, slopes[0]),
        Wrong(AT_X, _product(at_x)),
        Wrong(AT_X, at_x[0] * rest),
        Wrong(AT_SLOPE, where(outer, outer.slope, slopes[1]) * rest),
        Wrong(AS_PRODUCT, by_parts),
        Wrong(AS_PRODUCT, run(outer.graph, at, size) * rest + slopes[0] * inner),
        Wrong(BY_VALUE, slopes[0] * inner),
        Wrong(OUTER_PLAIN, at["y"] * rest),
        Wrong(ADDED, sum(slopes, np.zeros(size))),
        Wrong(SIGN, -_product(slopes)),
        Wrong(ITSELF, at["y"]),
    ]
    return tuple(found)


def wrong_links(link: Link, at: Mapping[str, Column], size: int) -> tuple[Wrong, ...]:
    """Return what each slip gives in place of the derivative of one link."""
    return (
        Wrong(SIGN, -run(link.slope, at, size)),
        Wrong(ITSELF, run(link.graph, at, size)),
    )


def wrong_rules(factors: Sequence[Column]) -> tuple[Wrong, ...]:
    """Return what each slip gives in place of the product of the factors, in letters."""
    forgotten = (OUTER, *([MIDDLE] * (len(factors) - 2)), INNER)
    kept = ([*factors[:k], *factors[k + 1 :]] for k in range(len(factors)))
    return (
        *(Wrong(slip, _product(some)) for slip, some in zip(forgotten, kept, strict=True)),
        Wrong(ADDED, sum(factors, np.zeros(len(factors[0])))),
        Wrong(SIGN, -_product(factors)),
    )


def _product(factors: Sequence[Column]) -> Column:
    total = np.ones(len(factors[0]))
    for factor in factors:
        total = total * factor
    return total
