"""The parameters of one unit: their values, their gradients in summands, and which are frozen."""

from dataclasses import dataclass

import numpy as np

from backprop.engine.backward import differentiate
from backprop.engine.trace import Trace, edges
from backprop.lessons.training.maps import find_unit, unit_title
from backprop.lessons.training.state import TrainingState
from backprop.notation.formula import Label, Number
from backprop.notation.names import label_of
from backprop.notation.numerals import field
from backprop.stage.links import Links
from backprop.stage.walk.explanation import long_number
from backprop.training.flat import Array

MOST_ROWS = 129


@dataclass(frozen=True, slots=True)
class Weight:
    """A weight or a bias of the unit."""

    name: str
    label: Label
    value: str
    exact: float
    through: Number  # what arrives through z: the loss's part of the gradient
    penalty: Number | None  # the penalty's part; None where there is no penalty
    frozen: bool
    freeze: str  # freezes or frees it


@dataclass(frozen=True, slots=True)
class Inspection:
    """The parameters of the unit that is enlarged."""

    title: str
    weights: tuple[Weight, ...]
    examples: int  # in the mini-batch whose gradient it is
    has_penalty: bool


def batch_trace(state: TrainingState) -> Trace:
    """Return the record of both passes over the mini-batch of the next step."""
    plan, run = state.plan, state.run
    X, Y = plan.batch_at(run.epoch, run.step)
    graph = plan.network.graph("layers")
    return differentiate(graph, plan.network.batch(state.parameters, X, Y))


def inspect_unit(state: TrainingState, links: Links) -> Inspection | None:
    """Return the parameters of the unit that was chosen; None for an input, or none chosen."""
    chosen = find_unit(state, state.choices.view.unit)
    if chosen is None or not chosen[0]:
        return None
    (layer, unit), trace = chosen, batch_trace(state)
    b, W = f"b{layer}", f"W{layer}"
    parts = {array: _parts(trace, array) for array in (b, W)}
    fan_in = min(state.network.sizes[layer - 1], MOST_ROWS - 1)
    entries = [(b, (unit,)), *((W, (unit, k)) for k in range(fan_in))]
    return Inspection(
        title=unit_title(state, layer, unit),
        weights=tuple(_weight(state, array, at, parts[array], links) for array, at in entries),
        examples=len(trace.values[trace.graph.position("X")]),
        has_penalty=bool(state.network.l1 or state.network.l2),
    )


def _weight(
    state: TrainingState, array: str, at: tuple[int, ...], parts: tuple[Array, Array], links: Links
) -> Weight:
    """Return an entry of a parameter array, whose gradient is given in two parts."""
    name = "_".join((array.lower(), *(str(i + 1) for i in at)))
    value = float(state.parameters[array][at])
    loss, penalty = (float(part[at]) for part in parts)
    penalized = (state.network.l1 or state.network.l2) and array.startswith("W")
    frozen = state.choices.network.frozen
    is_frozen = name in frozen or array in frozen
    others = tuple(each for each in frozen if each not in (name, array))
    return Weight(
        name=name,
        label=label_of(name),
        value=field(value),
        exact=value,
        through=long_number(loss, "backward"),
        penalty=long_number(penalty, "backward") if penalized else None,
        frozen=is_frozen,
        freeze=links.address(frozen=others if is_frozen else (*frozen, name)),
    )


def _parts(trace: Trace, name: str) -> tuple[Array, Array]:
    """Return a parameter's gradient in two parts: through its layer, and through the penalty."""
    graph, at = trace.graph, trace.graph.position(name)
    parts: list[Array] = [np.zeros_like(trace.values[at]) for _ in range(2)]
    for n, edge in enumerate(edges(graph)):
        if edge.node == at:
            by_penalty = not graph.nodes[edge.later].name.startswith("Z")
            parts[by_penalty] = parts[by_penalty] + trace.products[n]
    return parts[0], parts[1]
