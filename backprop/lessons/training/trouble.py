"""When numbers overflow or nothing is learned: where it began, and what to try."""

from dataclasses import dataclass

import numpy as np

from backprop.engine.forward import values
from backprop.lessons.training.state import TrainingState
from backprop.notation.numerals import short
from backprop.training.flat import Array


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a run, as sentences."""

    what: str
    hint: str


def find_trouble(state: TrainingState, row: tuple[float, ...]) -> Trouble | None:
    """Return what is wrong at the moment looked at; None while nothing is.

    Args:
        state: everything the page is about.
        row: what is measured now.
    """
    if state.run.broken or not np.isfinite(row[0]):
        return Trouble(
            f"{_place(state)} in epoch {state.run.epoch + 1:,}, step {state.run.step + 1}. "
            "The run is kept up to here.",
            _advice(state),
        )
    dead = row[4]
    if dead == 1:
        return Trouble(
            "Every hidden unit is dead: next to nothing of the gradient comes through any of them.",
            "The hidden layers stand still. Start again with a smaller learning rate, another "
            "seed, or an activation whose slope is nowhere 0.",
        )
    return None


def _place(state: TrainingState) -> str:
    """Return where the numbers end: the first parameter or layer that is not finite."""
    for name, array in state.parameters.items():
        if not np.isfinite(array).all():
            return f"{name} in layer {name[1:]} is no longer finite"
    graph = state.network.graph("layers")
    seen = values(graph, state.network.batch(state.parameters, *state.plan.train))
    for node, value in zip(graph.nodes, seen, strict=True):
        if not np.isfinite(value).all():
            if node.name[1:].isdecimal():
                return f"{node.name} in layer {node.name[1:]} overflows"
            outputs = seen[graph.nodes[graph.position("L")].inputs[0]]
            return _at_the_loss(state, node.name, outputs)
    return "The loss of the next batch is not finite"


def _at_the_loss(state: TrainingState, name: str, outputs: Array) -> str:
    """Return why the loss itself is not finite, though all outputs are."""
    if state.network.loss == "binary_cross_entropy":
        wrong = np.abs(outputs - state.plan.train.Y).max(axis=1) == 1
        row = state.data.train_rows[int(wrong.argmax())] + 1
        word = state.data.dataset.example
        return f"{name} is infinite, for {word} {row} is given probability 0 of what it is,"
    reach = short(float(np.abs(outputs).max()))
    return f"{name} overflows, for the outputs of layer {state.network.depth} reach {reach},"


def _advice(state: TrainingState) -> str:
    settings = state.choices.settings
    rate = settings.get("learning_rate", 0.0)
    where = "Go back to an earlier epoch" if state.run.epoch else "Start again"
    hints = [f"{where} and lower the learning rate, to {rate / 10:g} perhaps"]
    if "relu" in state.network.activations:
        hints.append("take tanh instead of relu, which has no upper bound")
    if state.data.scaling.kind == "none" and np.abs(state.plan.train.X).max() > 10:
        hints.append("standardise the features, which reach far from 0")
    return "; or ".join(hints) + "."
