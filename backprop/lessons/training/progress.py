"""How far the run is and how well it does; and when it does not, where it began and what to try."""

from dataclasses import dataclass

import numpy as np

from backprop.engine.forward import values
from backprop.lessons.training.choices import FAR, NOW
from backprop.lessons.training.errors import Errors, make_errors
from backprop.lessons.training.state import TrainingState
from backprop.notation.formula import Number
from backprop.notation.numerals import short
from backprop.stage.links import Links
from backprop.stage.walk.explanation import number
from backprop.training.flat import Array


@dataclass(frozen=True, slots=True)
class Score:
    """How well the network does now."""

    train: Number
    test: Number | None
    right: str  # share of right answers, in percent; empty for numbers
    right_held_out: str
    dead: str
    errors: Errors | None  # of numbers: how far off, and beside what


@dataclass(frozen=True, slots=True)
class Travel:
    """The ways through the epochs that a run has kept; an address is empty where there is none.

    Attributes:
        to_the_end: the run's last epoch.
        back, on: the kept epoch before this one, and the one after it.
        far_back, far_on: at least ten epochs before and after, or as far as there is one.
    """

    to_the_end: str
    back: str
    on: str
    far_back: str
    far_on: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the run is, and how well it does: what is read first."""

    epoch: int
    last: int  # the run's last epoch
    step: int
    steps: int  # in an epoch
    score: Score
    looks_back: bool
    travel: Travel
    goal: int
    below: str  # the loss that is sought
    arrived: bool  # there is nowhere to go on to: the numbers end


def make_progress(state: TrainingState, row: tuple[float, ...], links: Links) -> Progress:
    """Return how far the run is; `row` is what is measured now."""
    run, classes, held_out = state.run, state.plan.classes, bool(state.data.test_rows)
    return Progress(
        epoch=run.epoch,
        last=state.history.run.epoch,
        step=run.step,
        steps=state.plan.steps_in_epoch,
        score=Score(
            train=number(row[0]),
            test=number(row[1]) if held_out else None,
            right=_percent(row[2]) if classes else "",
            right_held_out=_percent(row[3]) if classes and held_out else "",
            dead="" if np.isnan(row[4]) else _percent(row[4]),
            errors=make_errors(state, row),
        ),
        looks_back=state.looks_back,
        travel=_travel(state, links),
        goal=state.choices.run.goal,
        below=short(state.choices.run.below),
        arrived=run.broken,
    )


def _travel(state: TrainingState, links: Links) -> Travel:
    """Return the ways from the epoch that is looked at; whoever is at the end goes on training."""
    now, last = state.run.epoch, state.history.run.epoch
    asked = state.choices.view.at if state.looks_back else last  # its own point may be gone
    kept = sorted({0, *(epoch for epoch, _ in state.history.points)})

    def before(epochs: int) -> str:
        earlier = [each for each in kept if each <= max(now - epochs, 0)]
        return links.address(at=earlier[-1]) if now else ""

    def after(epochs: int) -> str:
        later = [each for each in kept if asked + epochs <= each < last]
        return links.address(at=later[0] if later else NOW) if state.looks_back else ""

    return Travel(links.address(at=NOW), before(1), after(1), before(FAR), after(FAR))


def _percent(share: float) -> str:
    return f"{100 * share:.1f}\N{NO-BREAK SPACE}%"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a run, as sentences."""

    what: str
    hint: str


def find_trouble(state: TrainingState, row: tuple[float, ...]) -> Trouble | None:
    """Return what is wrong; None while nothing is. `row` is what is measured now."""
    if state.run.broken or not np.isfinite(row[0]):
        where = f"in epoch {state.run.epoch + 1:,}, step {state.run.step + 1}"
        what = f"{_first_overflow(state)} {where}. The run is kept up to here."
        return Trouble(what, _advice(state))
    if row[4] == 1:
        return Trouble(
            "Every hidden unit is dead: next to nothing of the gradient comes through any of them.",
            "The hidden layers stand still. Start again with a smaller learning rate, another "
            "seed, or an activation whose slope is nowhere 0.",
        )
    return None


def _first_overflow(state: TrainingState) -> str:
    """Return where the numbers end: the first parameter or layer that is not finite."""
    for name, array in state.parameters.items():
        if not np.isfinite(array).all():
            return f"{name} in layer {name[1:]} is no longer finite"
    graph = state.network.graph("layers")
    computed = values(graph, state.network.batch(state.parameters, *state.plan.train))
    for node, value in zip(graph.nodes, computed, strict=True):
        if not np.isfinite(value).all():
            if node.name[1:].isdecimal():
                return f"{node.name} in layer {node.name[1:]} overflows"
            outputs = computed[graph.nodes[graph.position("L")].inputs[0]]
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
    rate = state.choices.update.settings.get("learning_rate", 0.0)
    where = "Go back to an earlier epoch" if state.run.epoch else "Start again"
    hints = [f"{where} and lower the learning rate, to {rate / 10:g} perhaps"]
    if "relu" in state.network.activations:
        hints.append("take tanh instead of relu, which has no upper bound")
    if state.data.scaling.kind == "none" and np.abs(state.plan.train.X).max() > 10:
        hints.append("standardise the features, which reach far from 0")
    return "; or ".join(hints) + "."
