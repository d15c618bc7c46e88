"""A training step, computed: forward, loss, backward; then what an optimizer makes of the gradient.

The first three make the gradient; they are one Trace. The update is another machine's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from backprop.engine.backward import differentiate
from backprop.engine.differences.check import check_gradient
from backprop.engine.differences.report import Row as CheckRow
from backprop.engine.forward import value
from backprop.engine.graph import Graph
from backprop.engine.network import Network
from backprop.engine.slips.slip import with_updated_weights
from backprop.engine.trace import Trace
from backprop.lessons.network.choices import Choices
from backprop.stage.kept import kept_by
from backprop.stage.networks import NetworkChoices, make_network
from backprop.stage.optimizers import make_optimizer
from backprop.training.optimizers import Optimizer, State


@dataclass(frozen=True, eq=False)
class TrainingStep:
    """One example through a network and back, and the move an optimizer would make.

    Attributes:
        choices: what it was computed from.
        network: sizes, activations, loss.
        trace: the record of both passes at the chosen detail.
    """

    choices: Choices
    network: Network
    trace: Trace

    @property
    def noun(self) -> str:
        """What the output of the graph is called."""
        return "the loss"

    @property
    def graph(self) -> Graph:
        """The loss of this example as a function."""
        return self.trace.graph

    @property
    def point(self) -> dict[str, float]:
        """The value of every variable: inputs, targets, parameters."""
        return {**self.choices.network.inputs, **self.choices.network.parameters}

    @cached_property
    def gradient(self) -> Mapping[str, float]:
        """∂L/∂parameter, by name."""
        return self.trace.gradient

    @cached_property
    def check(self) -> Mapping[str, CheckRow]:
        """The same by central finite differences, which know nothing of the chain rule."""
        return _check(self.choices)

    @cached_property
    def optimizer(self) -> Optimizer:
        """The machine that will use the gradient."""
        return make_optimizer(self.choices.update)

    @cached_property
    def before(self) -> State:
        """What the optimizer remembers from the rounds before."""
        start = self.optimizer.start(np.zeros(len(self.names)))
        memory = np.array(self.choices.run.memory)
        widths = {key: np.size(entry) for key, entry in start.items()}
        if len(memory) != sum(widths.values()):
            return start
        state, at = {}, 0
        for key in sorted(widths):
            part = memory[at : at + widths[key]]
            state[key] = part if isinstance(start[key], np.ndarray) else int(part[0])
            at += widths[key]
        return state

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters, in the graph's order."""
        return self.graph.parameters

    def _step(self, gradient: Mapping[str, float]) -> tuple[Any, State]:
        """Return the optimizer's move for a gradient, and what it remembers then."""
        theta = np.array([self.choices.network.parameters[name] for name in self.names])
        slopes = np.array([gradient[name] for name in self.names])
        return self.optimizer.step(slopes, self.before, theta)

    @cached_property
    def _stepped(self) -> tuple[Any, State]:
        return self._step(self.gradient)

    @property
    def memory(self) -> tuple[float, ...]:
        """What the optimizer remembers after this round, as one row of numbers."""
        state = self._stepped[1]
        return tuple(float(x) for key in sorted(state) for x in np.ravel(state[key]))

    @cached_property
    def moves(self) -> Mapping[str, float]:
        """What the optimizer adds to each parameter; 0 for a frozen one."""
        moves = dict(zip(self.names, self._stepped[0].tolist(), strict=True))
        return moves | {name: 0.0 for name in self.choices.network.frozen if name in moves}

    @cached_property
    def after(self) -> Mapping[str, float]:
        """The parameters after the update."""
        before = self.choices.network.parameters
        return {name: before[name] + self.moves[name] for name in self.names}

    @cached_property
    def loss_after(self) -> float:
        """The loss of the same example with the parameters after the update."""
        return self._loss_at(self.after)

    def loss_after_slip(self) -> tuple[Mapping[str, float], float]:
        """Return what is had when hidden gradients are computed with weights already updated.

        The gradient of that wrong pass, and the loss after an update that uses it.
        """
        wrong, known = with_updated_weights(self.trace, self.after), self.choices.network
        moves = dict(zip(self.names, self._step(wrong)[0].tolist(), strict=True))
        after = {
            name: x if name in known.frozen else x + moves[name]
            for name, x in known.parameters.items()
        }
        return wrong, self._loss_at(after)

    def _loss_at(self, parameters: Mapping[str, float]) -> float:
        return float(value(self.graph, {**self.choices.network.inputs, **parameters}))


def compute(choices: Choices) -> TrainingStep:
    """Return the training step that the choices describe.

    Raises:
        ShapeError: sizes, activations, loss and data do not fit together.
    """
    return TrainingStep(choices, *_pass(choices))


def _numbers(choices: Choices) -> tuple[NetworkChoices, str]:
    """Return what both passes are made of; a walk stays at it."""
    return choices.network, choices.detail


@kept_by(_numbers)
def _pass(choices: Choices) -> tuple[Network, Trace]:
    network = make_network(choices.network, choices.detail)
    graph = network.graph(choices.detail)
    point = {**choices.network.inputs, **choices.network.parameters}
    return network, differentiate(graph, point)


@kept_by(_numbers)
def _check(choices: Choices) -> Mapping[str, CheckRow]:
    training_step = compute(choices)
    return {row.name: row for row in check_gradient(training_step.graph, training_step.point).rows}
