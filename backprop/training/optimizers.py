"""The optimizers: each takes a gradient and returns a move; none can differentiate.

    state = optimizer.start(parameters)
    move, state = optimizer.step(gradient, state, parameters)      # parameters + move is next

An optimizer is its text: the lines of its ``rule``. The step, the step in a loop's own arrays, the
step of a race and the printed letters are made from them; the grammar is in optimizer_code.py.

The gradient may come from anywhere: backpropagation, finite differences, a guess. Formulas and
defaults are those of PyTorch's documentation, but for a momentum of 0.9, which is 0 there.

Notation, in every rule:
    g       the gradient, ∂loss/∂theta          theta   the parameters before the step
    move    what the step adds to theta         t       the number of this step, from 1
    m, v    what the optimizer remembers        m_hat   m without its pull towards the first zero
"""

import inspect
from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from types import MappingProxyType
from typing import Any, ClassVar, get_origin, overload

import numpy as np
from numpy.typing import ArrayLike

from backprop.training.flat import Array, flatten
from backprop.training.optimizer_arrays import array_step, in_place_step
from backprop.training.optimizer_code import COUNT, Rule, RuleError, read_rule

State = dict[str, Any]  # name -> read-only flat array, or the int t; never changed, only replaced
Parameters = Mapping[str, ArrayLike]


class Owned(State):
    """A state that a loop owns: `advance` writes over it, and over the move that it returned last.

    Attributes:
        advance: the optimizer's rule as code.
        numbers, buffers: the arrays that the code works in.
    """

    __slots__ = ("advance", "buffers", "numbers")

    def __init__(self, rule: Rule, state: State, theta: Array) -> None:
        super().__init__(_copied(state))
        code = in_place_step(rule)
        self.advance = code.step
        self.numbers = tuple(np.array(0.0) for _ in range(code.numbers))
        self.buffers = tuple(np.empty(theta.shape) for _ in range(code.buffers))


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
    """A way to turn gradients into moves: its settings, and its rule as text.

    A new one states its fields, ``name``, ``title`` and ``rule``; the others have defaults. The
    rule is read when the class is made, and refused there if it is wrong (RuleError).
    """

    learning_rate: float = field(default=0.001, metadata=LEARNING_RATE)

    name: ClassVar[str]
    title: ClassVar[str]
    rule: ClassVar[tuple[str, ...]]  # lines “letter = expression”; the last word on what it does
    about: ClassVar[str] = ""  # what it does, in a sentence
    source: ClassVar[str] = ""  # where it was published
    memory: ClassVar[tuple[tuple[str, str], ...]] = ()  # a letter it remembers, and what it means
    code: ClassVar[Rule]  # the rule, read

    def __init_subclass__(cls) -> None:
        cls.code = read_rule(cls.rule, _settings_of(cls))
        words = dict(cls.memory)
        if unknown := words.keys() - set(cls.code.memory):
            letters = " and ".join(sorted(unknown))
            raise RuleError(f"The rule of {cls.__name__} does not remember {letters}.")
        cls.memory = (*cls.memory, *((x, x) for x in cls.code.memory if x not in words))

    @classmethod
    def settings(cls) -> tuple[Setting, ...]:
        """Describe the fields, in the order in which they are given."""
        return _describe(cls)

    def start(self, parameters: Array | Parameters) -> State:
        """Return the memory before the first step: zeros, whatever the parameters are.

        Args:
            parameters: one flat array, or a mapping of names to arrays; of a mapping, the state
                remembers the flat form (see ``flatten``).
        """
        theta = parameters if isinstance(parameters, np.ndarray) else flatten(parameters)[0]
        names = (name for name, _ in self.memory)
        return locked({name: 0 if name == COUNT else np.zeros(theta.shape) for name in names})

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
            move, state = array_step(self.code)(self, gradient, parameters, state)
            return move, locked(state)
        gradient = {name: gradient[name] for name in parameters}
        for name, g in gradient.items():
            assert np.shape(g) == np.shape(parameters[name]), f"The shape of {name} does not fit."
        theta, unflatten = flatten(parameters)
        move, state = array_step(self.code)(self, flatten(gradient)[0], theta, state)
        return unflatten(move), locked(state)

    def own(self, state: State, theta: Array) -> Owned:
        """Return a copy of a state for a loop to own; `locked` gives back a state for anyone."""
        return Owned(self.code, state, theta)

    def advance(self, g: Array, owned: Owned, theta: Array) -> Array:
        """Return the move that `step` returns, and write the next state over this one.

        Overflow warns. The move is written over by the next call; it shares no memory with ``g``
        and ``theta``, so the loop may write over them.
        """
        move: Array = owned.advance(self, g, theta, owned, owned.numbers, owned.buffers)
        return move


@lru_cache(maxsize=64)
def _describe(kind: type[Optimizer]) -> tuple[Setting, ...]:
    usual = kind()
    return tuple(Setting(f.name, getattr(usual, f.name), **f.metadata) for f in fields(kind))


def _settings_of(kind: type[Optimizer]) -> tuple[str, ...]:
    """Return the names of the fields, of a class that is not a dataclass yet."""
    names = (
        name
        for each in reversed(kind.__mro__)
        for name, of in inspect.get_annotations(each).items()
        if get_origin(of) is not ClassVar  # type: ignore[comparison-overlap]
    )
    return tuple(dict.fromkeys(names))


def _copied(state: State) -> State:
    return {
        name: np.array(x, dtype=float) if isinstance(x, np.ndarray) else x
        for name, x in state.items()
    }


def locked(state: State) -> State:
    """Return the same state, its arrays read-only; of one that a loop owns, a copy."""
    state = _copied(state) if isinstance(state, Owned) else state
    for value in state.values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return state


@dataclass(frozen=True, slots=True)
class GradientDescent(Optimizer):
    """Gradient descent, without any memory."""

    name = "gradient_descent"
    title = "gradient descent"
    rule = ("move = -learning_rate * g",)
    about = "Straight downhill: the move is the gradient, reversed and scaled."
    source = (
        "Cauchy (1847), Méthode générale pour la résolution des systèmes d'équations simultanées."
    )


@dataclass(frozen=True, slots=True)
class Momentum(Optimizer):
    """Gradient descent with a velocity."""

    momentum: float = field(default=0.9, metadata=MOMENTUM)

    name = "momentum"
    title = "momentum"
    rule = ("v = momentum * v + g", "move = -learning_rate * v")
    memory = (("v", "velocity"),)
    about = "A heavy ball rolling down the loss: every move keeps a share of the last."
    source = (
        "Polyak (1964), Some methods of speeding up the convergence of iteration methods; in the "
        "form PyTorch documents."
    )


@dataclass(frozen=True, slots=True)
class Nesterov(Optimizer):
    """Momentum, with the gradient counted once more as if a step ahead."""

    momentum: float = field(default=0.9, metadata=MOMENTUM)

    name = "nesterov"
    title = "Nesterov momentum"
    rule = ("v = momentum * v + g", "move = -learning_rate * (g + momentum * v)")
    memory = (("v", "velocity"),)
    about = (
        "A ball that looks ahead: it moves as if the velocity had already been renewed once more."
    )
    source = (
        "Nesterov (1983), A method of solving a convex programming problem with convergence rate "
        "O(1/k²); as Sutskever et al. (2013) use it for networks, in the form PyTorch documents."
    )


@dataclass(frozen=True, slots=True)
class Adagrad(Optimizer):
    """Gradient descent, scaled for each parameter by the root of its summed squared gradients."""

    learning_rate: float = field(default=0.01, metadata=LEARNING_RATE)
    epsilon: float = field(default=1e-10, metadata=EPSILON)

    name = "adagrad"
    title = "Adagrad"
    rule = ("v = v + g ** 2", "move = -learning_rate * g / (sqrt(v) + epsilon)")
    memory = (("v", "sum of the squared gradients"),)
    about = "A learning rate for each parameter, smaller the more its gradients have added up to."
    source = (
        "Duchi, Hazan and Singer (2011), Adaptive subgradient methods for online learning and "
        "stochastic optimization."
    )


@dataclass(frozen=True, slots=True)
class RMSprop(Optimizer):
    """Gradient descent, scaled for each parameter by the root mean square of its gradients."""

    learning_rate: float = field(default=0.01, metadata=LEARNING_RATE)
    alpha: float = field(default=0.99, metadata=SMOOTHING)
    epsilon: float = field(default=1e-8, metadata=EPSILON)

    name = "rmsprop"
    title = "RMSprop"
    rule = (
        "v = alpha * v + (1 - alpha) * g ** 2",
        "move = -learning_rate * g / (sqrt(v) + epsilon)",
    )
    memory = (("v", "running mean of the squared gradients"),)
    about = (
        "Adagrad with a memory that fades: a running mean of the squared gradients, not their sum."
    )
    source = (
        "Hinton (2012), Neural networks for machine learning, lecture 6; epsilon outside the root, "
        "as PyTorch documents it."
    )


@dataclass(frozen=True, slots=True)
class Adam(Optimizer):
    """Running means of the gradient and its square, corrected for their start at zero.

    The first move is the learning rate against the sign of the gradient, whatever its size.
    """

    beta1: float = field(default=0.9, metadata=BETA1)
    beta2: float = field(default=0.999, metadata=BETA2)
    epsilon: float = field(default=1e-8, metadata=EPSILON)

    name = "adam"
    title = "Adam"
    rule = (
        "t = t + 1",
        "m = beta1 * m + (1 - beta1) * g",
        "v = beta2 * v + (1 - beta2) * g ** 2",
        "m_hat = m / (1 - beta1 ** t)",
        "v_hat = v / (1 - beta2 ** t)",
        "move = -learning_rate * m_hat / (sqrt(v_hat) + epsilon)",
    )
    memory = (
        ("m", "running mean of the gradients"),
        ("v", "running mean of the squared gradients"),
        ("t", "steps taken"),
    )
    about = "Momentum over RMSprop, both corrected for having started at zero."
    source = "Kingma and Ba (2015), Adam: a method for stochastic optimization, algorithm 1."


@dataclass(frozen=True, slots=True)
class AdamW(Adam):
    """Adam with weight decay that does not go through the gradient."""

    weight_decay: float = field(default=0.01, metadata=WEIGHT_DECAY)

    name = "adamw"
    title = "AdamW"
    rule = (
        *Adam.rule[:-1],
        "move = -learning_rate * (m_hat / (sqrt(v_hat) + epsilon) + weight_decay * theta)",
    )
    about = "Adam, and beside it a pull of every parameter towards zero that no gradient scales."
    source = "Loshchilov and Hutter (2019), Decoupled weight decay regularization."


OPTIMIZERS: dict[str, type[Optimizer]] = {  # a notebook or a test may add one of its own
    kind.name: kind for kind in (GradientDescent, Momentum, Nesterov, Adagrad, RMSprop, Adam, AdamW)
}
