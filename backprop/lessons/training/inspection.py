"""The parameters of one unit: their values, their gradients in summands, and which are frozen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backprop.engine.backward import differentiate
from backprop.engine.trace import Trace, edges
from backprop.lessons.training.maps import find_unit, unit_title
from backprop.lessons.training.state import TrainingState
from backprop.notation.formula import Label, Number
from backprop.notation.names import label_of
from backprop.notation.numerals import field, long
from backprop.stage.links import Links

Array = NDArray[np.float64]

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
    found = find_unit(state, state.choices.unit)
    if found is None or not found[0]:
        return None
    layer, unit = found
    trace = batch_trace(state)
    has_penalty = bool(state.network.l1 or state.network.l2)
    names, values, through, penalty = [], [], [], []
    for letter in ("b", "W"):
        name = f"{letter}{layer}"
        parts = _parts(trace, name)
        values += np.ravel(state.parameters[name][unit]).tolist()
        through += np.ravel(parts[0][unit]).tolist()
        penalty += np.ravel(parts[1][unit]).tolist()
    fan_in = state.network.sizes[layer - 1]
    names = [f"b{layer}_{unit + 1}"]
    names += [f"w{layer}_{unit + 1}_{k}" for k in range(1, fan_in + 1)]
    frozen = state.choices.frozen
    whole = {f"b{layer}", f"W{layer}"} & {*frozen}
    weights = []
    for k, name in enumerate(names):
        array = f"W{layer}" if k else f"b{layer}"
        now = name in frozen or array in whole
        others = tuple(n for n in frozen if n not in (name, array))
        weights.append(
            Weight(
                name=name,
                label=label_of(name),
                value=field(values[k]),
                exact=values[k],
                through=Number(long(through[k]), through[k], "backward"),
                penalty=Number(long(penalty[k]), penalty[k], "backward")
                if has_penalty and k
                else None,
                frozen=now,
                freeze=links.address(frozen=others if now else (*frozen, name)),
            )
        )
    examples = len(state.plan.batch_at(state.run.epoch, state.run.step)[0])
    title = unit_title(state, layer, unit)
    return Inspection(title, tuple(weights[:MOST_ROWS]), examples, has_penalty)


def _parts(trace: Trace, name: str) -> tuple[Array, Array]:
    """Return a parameter's gradient in two parts: through its layer, and through the penalty."""
    graph, at = trace.graph, trace.graph.position(name)
    parts = [np.zeros_like(trace.values[at]), np.zeros_like(trace.values[at])]
    for n, edge in enumerate(edges(graph)):
        if edge.node == at:
            by_penalty = not graph.nodes[edge.later].name.startswith("Z")
            parts[by_penalty] = parts[by_penalty] + trace.products[n]
    return parts[0], parts[1]
