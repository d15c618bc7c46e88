"""Where did a hand calculation go wrong first? Its numbers are compared in the order of the passes.

Forward: the value of each node, left to right. Backward: the gradient of each node, right to left.
A mistake spreads to everything behind it, so the first number that differs is where to look.

Names, at every magnification:  z1_1, a1_1, Z1, A1, L  a value
                                dz1_1, da1_1, dw1_1_1, dZ1, dW1  the gradient of a node, “d” before
                                δ1_1, δ1  the same as dz1_1, dZ1
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.errors import PointError, ShapeError
from backprop.engine.trace import Trace

CLOSE = 1e-4  # a relative difference up to which two numbers count as one


class Intermediate(NamedTuple):
    """A number or an array of a pass that somebody may claim.

    Attributes:
        phase: "forward" or "backward".
        node: its position.
        names: what it may be called, the usual name first.
        right: the right value or gradient.
    """

    phase: str
    node: int
    names: tuple[str, ...]
    right: Any


def intermediates(trace: Trace) -> Iterator[Intermediate]:
    """Yield every value and every gradient that may be claimed, in the order of the passes."""
    graph = trace.graph
    for position, node in enumerate(graph.nodes):
        if not node.is_leaf:
            yield Intermediate("forward", position, (node.name,), trace.values[position])
    varying = graph.varying()
    for position in range(graph.output, -1, -1):
        if varying[position]:
            name = graph.nodes[position].name
            delta = (f"δ{name[1:]}",) if name[0] in "zZ" and name[1:] else ()
            names = (f"d{name}", *delta)
            yield Intermediate("backward", position, names, trace.gradients[position])


def first_wrong(trace: Trace, claimed: Mapping[str, Any], tolerance: float = CLOSE) -> str | None:
    """Return the name of the first claimed number that is wrong, as the claim has it; or None.

    Args:
        trace: the right pass, of numbers, or of arrays at layers detail.
        claimed: values and gradients by name, as the module's head says; as many as there are.
        tolerance: the largest relative difference that is still right; in an array, relative to
            its largest entry.

    Raises:
        PointError: a name is neither a value nor a gradient of this function.
        ShapeError: an array does not fit.
    """
    ordered = list(intermediates(trace))
    values = {name for each in ordered if each.phase == "forward" for name in each.names}
    known = values | {name for each in ordered for name in each.names}
    for name in claimed:
        if name not in known:
            shown = ", ".join(each.names[0] for each in ordered[:4])
            what = f"“{name}” is neither a value nor a gradient here."
            raise PointError(what, hint=f"I know {shown}, and so on.", at=name)
    for each in ordered:
        for name in each.names:
            shadowed = each.phase == "backward" and name in values
            if name in claimed and not shadowed and _differs(claimed[name], each, tolerance):
                return name
    return None


@np.errstate(all="ignore")
def _differs(claimed: Any, each: Intermediate, tolerance: float) -> bool:
    own, right = np.asarray(claimed, float), np.asarray(each.right, float)
    if own.shape != right.shape:
        what = f"“{each.names[0]}” is shaped {list(own.shape)}."
        raise ShapeError(what, hint=f"It must be {list(right.shape)}.", at=each.names[0])
    largest = np.max(np.abs(right), initial=0.0)
    near = np.abs(own - right) <= tolerance * largest + 1e-15
    same = (own == right) | (np.isnan(own) & np.isnan(right))
    return not bool(np.all(near | same))
