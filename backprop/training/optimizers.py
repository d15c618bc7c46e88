"""The optimizers: each takes a gradient and returns a move; none can differentiate.

    state = optimizer.start(parameters)
    move, state = optimizer.step(gradient, state, parameters)      # parameters + move is next

The gradient may come from anywhere: backpropagation, finite differences, a guess. Formulas and
defaults are those of PyTorch's documentation, but for a momentum of 0.9, which is 0 there.

Notation, in every rule:
    g       the gradient, ∂loss/∂theta          theta   the parameters before the step
    move    what the step adds to theta         t       the number of this step, from 1
    m, v    what the optimizer remembers        m_hat   m without its pull towards the first zero
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, ClassVar, overload

import numpy as np
from numpy.typing import ArrayLike

from backprop.training.flat import Array, flatten

State = dict[str, Any]  # name -> read-only flat array, or the int t; never changed, only replaced
Parameters = Mapping[str, ArrayLike]


class Owned(State):
    """A state that a loop owns: `advance` writes over it, and over the move that it returned last.

    Attributes:
        scratch: two more flat arrays, for the move and what it is made of.
        number: an array without axes, as which NumPy takes a number faster.
    """

    __slots__ = ("number", "scratch")

    def __init__(self, state: State, theta: Array) -> None:
        super().__init__(_copied(state))
        self.scratch = np.empty_like(theta), np.empty_like(theta)
        self.number = np.array(0.0)


LEARNING_RATE = MappingProxyType(
    {"label": "learning rate", "symbol": "η", "lower": 0.0, "upper": 10.0}
)
MOMENTUM = MappingProxyType(
    {"label": "share of the velocity kept", "symbol": "μ", "lower": 0.0, "upper": 1.0}
)
SMOOTHING = MappingProxyType(
    {"label": "share of the mean square kept", "symbol": "α", "lower": 0.0, "upper": 0.9999}
)
# At 1 the corrections 1 − βᵗ would be 0.
BETA1 = MappingProxyType(
    {"label": "share of the mean gradient kept", "symbol": "β₁", "lower": 0.0, "upper": 0.9999}
)
BETA2 = MappingProxyType(
    {"label": "share of the mean square kept", "symbol": "β₂", "lower": 0.0, "upper": 0.9999}
)
EPSILON = MappingProxyType(
    {"label": "guard against division by zero", "symbol": "ε", "lower": 0.0, "upper": 1.0}
)
WEIGHT_DECAY = MappingProxyType(
    {"label": "pull of the parameters towards zero", "symbol": "λ", "lower": 0.0, "upper": 1.0}
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One number of an optimizer that may be chosen: what a form needs to ask for it."""

    name: str  # the field, as in Adam(beta1=…)
    default: float
    label: str
    symbol: str
    lower: float  # both bounds are allowed values
    upper: float


@dataclass(frozen=True, slots=True)
class Optimizer(ABC):
    """A way to turn gradients into moves: its settings, its rule as text, and the rule as code.

    A new one states the four names below, its further fields, and ``_advance``.
    """

    learning_rate: float = field(default=0.001, metadata=LEARNING_RATE)

    name: ClassVar[str]
    title: ClassVar[str]
    memory: ClassVar[tuple[tuple[str, str], ...]]  # name in the state, and what it is in words
    rule: ClassVar[tuple[str, ...]]  # printed with numbers; a test holds the code to it

    @classmethod
    def settings(cls) -> tuple[Setting, ...]:
        """Describe the fields, in the order in which they are given."""
        usual = cls()
        return tuple(Setting(f.name, getattr(usual, f.name), **f.metadata) for f in fields(cls))

    def start(self, parameters: Array | Parameters) -> State:
        """Return the memory before the first step: zeros, whatever the parameters are.

        Args:
            parameters: one flat array, or a mapping of names to arrays; of a mapping, the state
                remembers the flat form (see ``flatten``).
        """
        theta = parameters if isinstance(parameters, np.ndarray) else flatten(parameters)[0]
        names = (name for name, _ in self.memory)
        return locked({name: 0 if name == "t" else np.zeros(theta.shape) for name in names})

    @overload
    def step(self, gradient: Array, state: State, parameters: Array) -> tuple[Array, State]: ...

    @overload
    def step(
        self, gradient: Parameters, state: State, parameters: Parameters
    ) -> tuple[dict[str, Array], State]: ...

    @np.errstate(all="ignore")  # a diverging run overflows: ∞ and NaN are values to be seen
    def step(self, gradient: Any, state: State, parameters: Any) -> tuple[Any, State]:
        """Return the move to add to the parameters, and the state to remember.

        Args:
            gradient: like ``parameters``; further names in a mapping are passed over.
            state: what ``start`` or the last ``step`` returned; it stays as it is.
            parameters: one flat array, or a mapping of names to arrays.

        Returns:
            The move, in the form of ``parameters``, and the next state.
        """
        if isinstance(parameters, np.ndarray):
            move, state = self._advance(gradient, state, parameters)
            return move, locked(state)
        gradient = {name: gradient[name] for name in parameters}
        for name, g in gradient.items():
            assert np.shape(g) == np.shape(parameters[name]), f"The shape of {name} does not fit."
        theta, unflatten = flatten(parameters)
        move, state = self._advance(flatten(gradient)[0], state, theta)
        return unflatten(move), locked(state)

    def own(self, state: State, theta: Array) -> Owned:
        """Return a copy of a state for a loop to own; `locked` gives back a state for anyone."""
        return Owned(state, theta)

    def advance(self, g: Array, state: State, theta: Array) -> tuple[Array, State]:
        """Return what `step` does, for flat arrays in a loop: its guards are the loop's to set up.

        Overflow warns, and the state is not locked. What is returned shares no memory with ``g``
        and ``theta``, so the loop may write over them. A state that the loop owns is the one that
        comes back, with other entries; the numbers are the same, and come sooner.
        """
        if isinstance(state, Owned):
            return self._advance_owned(g, state, theta), state
        return self._advance(g, state, theta)

    @abstractmethod
    def _advance(self, g: Array, state: State, theta: Array) -> tuple[Array, State]:
        """Return the move and the next state: the rule on one flat array."""

    def _advance_owned(self, g: Array, state: Owned, theta: Array) -> Array:
        """Return the same move to the last bit, and write the next state over this one."""
        move, after = self._advance(g, state, theta)
        state.update(after)
        return move


def _copied(state: State) -> State:
    return {name: x.copy() if isinstance(x, np.ndarray) else x for name, x in state.items()}


def locked(state: State) -> State:
    """Return the same state, its arrays read-only; of one that a loop owns, a copy."""
    state = _copied(state) if isinstance(state, Owned) else state
    for value in state.values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return state


@dataclass(frozen=True, slots=True)
class GradientDescent(Optimizer):
    """Straight downhill: the move is the gradient, reversed and scaled.

        move = −learning_rate · g

    Source: Cauchy (1847), Méthode générale pour la résolution des systèmes d'équations simultanées.
    """

    name = "gradient_descent"
    title = "gradient descent"
    memory = ()
    rule = ("move = -learning_rate * g",)

    def _advance(self, g: Array, state: State, theta: Array) -> tuple[Array, State]:
        return -self.learning_rate * g, {}


@dataclass(frozen=True, slots=True)
class Momentum(Optimizer):
    """A heavy ball rolling down the loss: every move keeps a share of the last.

        v ← momentum · v + g          move = −learning_rate · v

    Source: Polyak (1964), Some methods of speeding up the convergence of iteration methods; in the
    form PyTorch documents.
    """

    momentum: float = field(default=0.9, metadata=MOMENTUM)

    name = "momentum"
    title = "momentum"
    memory = (("v", "velocity"),)
    rule = ("v = momentum * v + g", "move = -learning_rate * v")

    def _advance(self, g: Array, state: State, theta: Array) -> tuple[Array, State]:
        v = self.momentum * state["v"] + g
        return -self.learning_rate * v, {"v": v}


@dataclass(frozen=True, slots=True)
class Nesterov(Optimizer):
    """A ball that looks ahead: it moves as if the velocity had already been renewed once more.

        v ← momentum · v + g          move = −learning_rate · (g + momentum · v)

    Source: Nesterov (1983), A method of solving a convex programming problem with convergence rate
    O(1/k²); as Sutskever et al. (2013) use it for networks, in the form PyTorch documents.
    """

    momentum: float = field(default=0.9, metadata=MOMENTUM)

    name = "nesterov"
    title = "Nesterov momentum"
    memory = (("v", "velocity"),)
    rule = ("v = momentum * v + g", "move = -learning_rate * (g + momentum * v)")

    def _advance(self, g: Array, state: State, theta: Array) -> tuple[Array, State]:
        v = self.momentum * state["v"] + g
        return -self.learning_rate * (g + self.momentum * v), {"v": v}


@dataclass(frozen=True, slots=True)
class Adagrad(Optimizer):
    """A learning rate for each parameter, smaller the more its gradients have added up to.

        v ← v + g²          move = −learning_rate · g / (√v + epsilon)

    Source: Duchi, Hazan and Singer (2011), Adaptive subgradient methods for online learning and
    stochastic optimization.
    """

    learning_rate: float = field(default=0.01, metadata=LEARNING_RATE)
    epsilon: float = field(default=1e-10, metadata=EPSILON)

    name = "adagrad"
    title = "Adagrad"
    memory = (("v", "sum of the squared gradients"),)
    rule = ("v = v + g ** 2", "move = -learning_rate * g / (sqrt(v) + epsilon)")

    def _advance(self, g: Array, state: State, theta: Array) -> tuple[Array, State]:
        v = state["v"] + g * g
        return -self.learning_rate * g / (np.sqrt(v) + self.epsilon), {"v": v}


@dataclass(frozen=True, slots=True)
class RMSprop(Optimizer):
    """Adagrad with a memory that fades: a running mean of the squared gradients, not their sum.

        v ← alpha · v + (1 − alpha) · g²          move = −learning_rate · g / (√v + epsilon)

    Source: Hinton (2012), Neural networks for machine learning, lecture 6; epsilon outside the
    root, as PyTorch documents it.
    """

    learning_rate: float = field(default=0.01, metadata=LEARNING_RATE)
    alpha: float = field(default=0.99, metadata=SMOOTHING)
    epsilon: float = field(default=1e-8, metadata=EPSILON)

    name = "rmsprop"
    title = "RMSprop"
    memory = (("v", "running mean of the squared gradients"),)
    rule = (
        "v = alpha * v + (1 - alpha) * g ** 2",
        "move = -learning_rate * g / (sqrt(v) + epsilon)",
    )

    def _advance(self, g: Array, state: State, theta: Array) -> tuple[Array, State]:
        v = self.alpha * state["v"] + (1 - self.alpha) * (g * g)
        return -self.learning_rate * g / (np.sqrt(v) + self.epsilon), {"v": v}


@dataclass(frozen=True, slots=True)
class Adam(Optimizer):
    """Momentum over RMSprop, both corrected for having started at zero.

        m ← beta1 · m + (1 − beta1) · g             m_hat = m / (1 − beta1ᵗ)
        v ← beta2 · v + (1 − beta2) · g²            v_hat = v / (1 − beta2ᵗ)
        move = −learning_rate · m_hat / (√v_hat + epsilon)

    The first move is the learning rate against the sign of the gradient, whatever its size.

    Source: Kingma and Ba (2015), Adam: a method for stochastic optimization, algorithm 1.
    """

    beta1: float = field(default=0.9, metadata=BETA1)
    beta2: float = field(default=0.999, metadata=BETA2)
    epsilon: float = field(default=1e-8, metadata=EPSILON)

    name = "adam"
    title = "Adam"
    memory = (
        ("m", "running mean of the gradients"),
        ("v", "running mean of the squared gradients"),
        ("t", "steps taken"),
    )
    rule = (
        "t = t + 1",
        "m = beta1 * m + (1 - beta1) * g",
        "v = beta2 * v + (1 - beta2) * g ** 2",
        "m_hat = m / (1 - beta1 ** t)",
        "v_hat = v / (1 - beta2 ** t)",
        "move = -learning_rate * m_hat / (sqrt(v_hat) + epsilon)",
    )

    def _advance(self, g: Array, state: State, theta: Array) -> tuple[Array, State]:
        t = state["t"] + 1
        m = self.beta1 * state["m"] + (1 - self.beta1) * g
        v = self.beta2 * state["v"] + (1 - self.beta2) * (g * g)
        # The rule, times root above and below: so the corrections are numbers, and cost no array.
        root = math.sqrt(1 - self.beta2**t)
        rate = self.learning_rate * root / (1 - self.beta1**t)
        return -rate * m / (np.sqrt(v) + self.epsilon * root), {"m": m, "v": v, "t": t}

    def _advance_owned(self, g: Array, state: Owned, theta: Array) -> Array:
        state["t"] = t = state["t"] + 1
        m, v, (move, root_of_v), x = state["m"], state["v"], state.scratch, state.number
        x[()] = self.beta1
        np.multiply(m, x, m)
        x[()] = 1 - self.beta1
        np.add(m, np.multiply(g, x, move), m)
        x[()] = self.beta2
        np.multiply(v, x, v)
        x[()] = 1 - self.beta2
        np.add(v, np.multiply(np.multiply(g, g, move), x, move), v)
        root = math.sqrt(1 - self.beta2**t)
        x[()] = self.epsilon * root
        np.add(np.sqrt(v, root_of_v), x, root_of_v)
        x[()] = -self.learning_rate * root / (1 - self.beta1**t)
        np.divide(np.multiply(m, x, move), root_of_v, move)
        return move


@dataclass(frozen=True, slots=True)
class AdamW(Adam):
    """Adam, and beside it a pull of every parameter towards zero that no gradient scales.

        move = Adam's move − learning_rate · weight_decay · theta

    Source: Loshchilov and Hutter (2019), Decoupled weight decay regularization.
    """

    weight_decay: float = field(default=0.01, metadata=WEIGHT_DECAY)

    name = "adamw"
    title = "AdamW"
    rule = (
        *Adam.rule[:-1],
        "move = -learning_rate * (m_hat / (sqrt(v_hat) + epsilon) + weight_decay * theta)",
    )

    def _advance(self, g: Array, state: State, theta: Array) -> tuple[Array, State]:
        # super() would look for the class as it was before its slots were made.
        move, state = Adam._advance(self, g, state, theta)
        return move - self.learning_rate * self.weight_decay * theta, state

    def _advance_owned(self, g: Array, state: Owned, theta: Array) -> Array:
        move, pull = Adam._advance_owned(self, g, state, theta), state.scratch[1]
        np.multiply(theta, self.learning_rate * self.weight_decay, pull)
        np.subtract(move, pull, move)
        return move


ALL: tuple[type[Optimizer], ...] = (
    GradientDescent,
    Momentum,
    Nesterov,
    Adagrad,
    RMSprop,
    Adam,
    AdamW,
)
OPTIMIZERS: Mapping[str, type[Optimizer]] = MappingProxyType({row.name: row for row in ALL})
