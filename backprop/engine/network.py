"""A network: its sizes, activations and loss; its parameters by name; its loss and gradient.

Scalars are called layer, to, from, counted from 1: weight w2_1_3, bias b2_1, z2_1, a2_1, inputs
x1, targets y1, loss L, objective J. Arrays: W1 [fan_out, fan_in], b1 [fan_out], X [n, fan_in],
Y [n, outputs].
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backprop.engine.backward import gradient
from backprop.engine.errors import InputError, LimitError, ShapeError, UnknownNameError
from backprop.engine.forward import values
from backprop.engine.graph import Graph
from backprop.engine.ops import ACTIVATING
from backprop.engine.unroll import DETAILS, unroll

Array = NDArray[np.float64]


class Activations(Collection[str]):
    """The names of activations: of the operations that may be one, read when asked, and of others.

    Args:
        others: what is no operation of one number.
    """

    def __init__(self, others: tuple[str, ...]) -> None:
        self._others = others

    def __iter__(self) -> Iterator[str]:
        return iter((*ACTIVATING, *self._others))

    def __contains__(self, name: object) -> bool:
        return name in ACTIVATING or name in self._others

    def __len__(self) -> int:
        return len(ACTIVATING) + len(self._others)


ACTIVATIONS = Activations(("linear", "softmax"))
HIDDEN_ACTIVATIONS = Activations(("linear",))  # softmax stands at the output only
LOSSES = (
    *("half_squared_error", "mean_squared_error", "binary_cross_entropy", "cross_entropy"),
    *("huber", "multiclass_hinge"),
)
LAST = {"cross_entropy": "softmax", "multiclass_hinge": "linear"}  # activation that goes with it
OF_CLASSES = ("cross_entropy", "multiclass_hinge")  # they compare scores, one for each class
SCHEMES = ("xavier", "he", "zeros", "equal")

MOST_LAYERS = 12
MOST_UNITS = 128
MOST_PARAMETERS = 20_000
EQUAL_WEIGHT = 0.5


@dataclass(frozen=True, slots=True)
class Network:
    """Fully connected layers, a loss, and perhaps penalties on the weights.

    Attributes:
        sizes: units of each layer, the inputs first: (2, 3, 1).
        activations: one for each layer of weights. “linear” leaves z as it is; “softmax” belongs
            to the loss “cross_entropy”, and only to it.
        loss: half_squared_error (½ Σ over outputs, mean over examples), mean_squared_error (mean
            over outputs and examples), binary_cross_entropy or cross_entropy (nats, mean over
            examples), huber (δ = 1) or multiclass_hinge (margin 1), means over outputs and
            examples.
        shared_biases: whether the units of a layer share one bias.
        l1: adds l1 · Σ|w| over all weights, not biases, to what is minimized; the slope of |w| at
            0 is 0.
        l2: adds ½ · l2 · Σw² in the same way.

    Raises:
        ShapeError: the sizes and activations do not fit together.
        InputError: l1 or l2 is negative or not finite.
        UnknownNameError: an activation or a loss that is not known.
        LimitError: more than 12 layers of weights, 128 units in a layer, or 20,000 parameters.
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str = "half_squared_error"
    shared_biases: bool = False
    l1: float = 0.0
    l2: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "sizes", tuple(self.sizes))
        object.__setattr__(self, "activations", tuple(self.activations))
        _check_sizes(self.sizes)
        for name in self.activations:
            _check_name(name, "activation", ACTIVATIONS)
        _check_name(self.loss, "loss", LOSSES)
        if len(self.activations) != self.depth:
            raise ShapeError(
                f"{len(self.activations)} activations do not fit {self.depth} layers of weights.",
                hint="Give each layer after the inputs one activation.",
                at="activations",
            )
        softmax_at_the_end = self.activations[-1] == "softmax"
        if "softmax" in self.activations[:-1] or softmax_at_the_end != (
            self.loss == "cross_entropy"
        ):
            raise ShapeError(
                "Softmax and cross-entropy go together, in the last layer.",
                hint="Choose both of them or neither.",
                at="loss",
            )
        if softmax_at_the_end and self.sizes[-1] < 2:
            raise ShapeError(
                "Softmax over one output is always 1.",
                hint="Give the last layer at least 2 units, or choose sigmoid.",
                at="sizes",
            )
        if self.loss == "multiclass_hinge" and self.sizes[-1] < 2:
            raise ShapeError(
                "A multi-class hinge compares the scores of classes, and here is one output.",
                hint="Give the last layer a unit for each class, at least 2.",
                at="loss",
            )
        for name, strength in (("l1", self.l1), ("l2", self.l2)):
            _check_strength(name, strength)
        if self.parameter_count > MOST_PARAMETERS:
            raise LimitError(
                f"{self.parameter_count:,} parameters are too many.",
                hint=f"At most {MOST_PARAMETERS:,}.",
                at="sizes",
            )

    @property
    def depth(self) -> int:
        """How many layers of weights there are."""
        return len(self.sizes) - 1

    @property
    def parameter_count(self) -> int:
        """How many scalars can be adjusted."""
        return sum(math.prod(shape) for shape in self.shapes.values())

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of each parameter array, by name: W1 (fan_out, fan_in), b1 (fan_out,)."""
        shapes: dict[str, tuple[int, ...]] = {}
        for layer, (fan_in, fan_out) in enumerate(zip(self.sizes, self.sizes[1:], strict=False), 1):
            shapes[f"W{layer}"] = (fan_out, fan_in)
            shapes[f"b{layer}"] = (1,) if self.shared_biases else (fan_out,)
        return shapes

    def initialize(self, seed: int = 1, scheme: str = "xavier") -> dict[str, Array]:
        """Return parameters to start from: weights by a scheme, biases 0.

        Args:
            seed: chooses the random numbers; the same seed gives the same weights.
            scheme: “xavier” uniform in ±√(6 / (fan_in + fan_out)) (Glorot and Bengio, 2010),
                “he” normal with standard deviation √(2 / fan_in) (He et al., 2015), “zeros”, or
                “equal”: every weight 0.5, so that all units of a layer stay alike.

        Raises:
            UnknownNameError: a scheme that is not known.
        """
        _check_name(scheme, "scheme", SCHEMES)
        rng = np.random.default_rng(seed)
        return {
            name: _SCHEMES[scheme](rng, shape) if len(shape) == 2 else np.zeros(shape)
            for name, shape in self.shapes.items()
        }

    def loss_and_gradient(
        self, parameters: Mapping[str, Any], X: Any, Y: Any
    ) -> tuple[float, dict[str, Array]]:
        """Return the objective over a batch, and its gradient, shaped like the parameters.

        The objective is the loss, and with penalties the loss and they; `losses` tells them apart.

        Args:
            parameters: W1, b1, W2, … as `shapes` says.
            X: inputs, [n, fan_in].
            Y: targets, [n, outputs]; classes are one-hot.

        Raises:
            ShapeError: an array does not fit.
            InputError: a target is no probability, where the loss wants one.
        """
        self.check_targets(Y)
        return self.objective_and_gradient(parameters, X, Y)

    def check_targets(self, Y: Any) -> None:
        """Refuse targets that the loss has no meaning for.

        Raises:
            InputError: a target of binary cross-entropy lies outside 0 … 1.
        """
        if self.loss != "binary_cross_entropy":
            return
        outside = [y for y in np.ravel(np.asarray(Y, float)).tolist() if not 0 <= y <= 1]
        if outside:
            raise InputError(
                f"A target of {outside[0]:g} is no probability.",
                hint="Binary cross-entropy wants targets from 0 to 1; a squared error takes any.",
                at="Y",
            )

    def objective_and_gradient(
        self, parameters: Mapping[str, Any], X: Any, Y: Any
    ) -> tuple[float, dict[str, Array]]:
        """Return the same for any targets: a state that was stored long ago may hold them.

        Raises:
            ShapeError: an array does not fit.
        """
        loss, slopes = gradient(self.graph("layers"), self.batch(parameters, X, Y))
        return float(loss), slopes

    def losses(self, parameters: Mapping[str, Any], X: Any, Y: Any) -> tuple[float, float]:
        """Return the loss over a batch without penalties, and the objective, which has them.

        They are the values of the nodes “L” and “J”; without penalties there is no J, and both are
        the same.

        Raises:
            ShapeError: an array does not fit.
        """
        graph = self.graph("layers")
        all_values = values(graph, self.batch(parameters, X, Y))
        return float(all_values[graph.position("L")]), float(all_values[-1])

    def outputs(self, parameters: Mapping[str, Any], X: Any) -> Array:
        """Return the outputs ŷ for a batch, [n, outputs]; after softmax they add up to 1."""
        X = np.asarray(X, float)
        at = self.batch(parameters, X, np.zeros((len(X), self.sizes[-1])))
        graph = self.graph("layers")
        scores: Array = values(graph, at)[graph.nodes[graph.position("L")].inputs[0]]
        if self.activations[-1] != "softmax":
            return scores
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities: Array = e / e.sum(axis=1, keepdims=True)
        return probabilities

    def batch(self, parameters: Mapping[str, Any], X: Any, Y: Any) -> dict[str, Array]:
        """Return the point at which the graph at layers detail is evaluated.

        Raises:
            ShapeError: an array does not fit.
        """
        at = {name: np.asarray(array, float) for name, array in parameters.items()}
        at["X"], at["Y"] = np.asarray(X, float), np.asarray(Y, float)
        rows = len(at["X"]) if at["X"].ndim else 0
        wanted: dict[str, tuple[int, ...]] = {
            "X": (max(rows, 1), self.sizes[0]),
            "Y": (max(rows, 1), self.sizes[-1]),
            **self.shapes,
        }
        for name, shape in wanted.items():
            if name not in at:
                raise ShapeError(f"{name} is missing.", hint=f"Its shape is {shape}.", at=name)
            if at[name].shape != shape:
                raise ShapeError(
                    f"{name} has the shape {at[name].shape}.", hint=f"It must be {shape}.", at=name
                )
        if len(at) > len(wanted):
            extra = next(name for name in at if name not in wanted)
            raise ShapeError(f"There is no “{extra}” here.", hint=f"There are {', '.join(wanted)}.")
        return at

    def point(self, parameters: Mapping[str, Any], x: Any, y: Any) -> dict[str, float]:
        """Return the point at which the graphs of scalars are evaluated: one example, by name."""
        at = self.batch(parameters, [x], [y])
        point = {f"x{i}": value for i, value in enumerate(at["X"][0].tolist(), 1)}
        point |= {f"y{i}": value for i, value in enumerate(at["Y"][0].tolist(), 1)}
        return point | self.scalars(at)

    def scalars(self, arrays: Mapping[str, Any]) -> dict[str, float]:
        """Return the entries of parameter arrays by their names: w1_1_1, w1_1_2, b1_1."""
        entries: dict[str, float] = {}
        for name, shape in self.shapes.items():
            flat = np.asarray(arrays[name], float).ravel().tolist()
            entries |= zip(_entry_names(name, shape), flat, strict=True)
        return entries

    def arrays(self, scalars: Mapping[str, float]) -> dict[str, Array]:
        """Return parameter arrays from their entries by name; the inverse of `scalars`."""
        return {
            name: np.array([scalars[entry] for entry in _entry_names(name, shape)]).reshape(shape)
            for name, shape in self.shapes.items()
        }

    def graph(self, detail: str = "neurons") -> Graph:
        """Return the objective as a function of inputs, targets and parameters.

        At operations and neurons detail it is that of one example, a function of numbers; at
        layers detail that of a batch, a function of arrays. At each the node “L” is the loss; with
        penalties the last node is “J”, the loss and they.

        Raises:
            UnknownNameError: a detail that is not known.
        """
        _check_name(detail, "detail", DETAILS)
        return unroll(detail, self)


def _check_sizes(sizes: tuple[int, ...]) -> None:
    if len(sizes) < 2 or any(not isinstance(size, int) or size < 1 for size in sizes):
        raise ShapeError(
            f"{', '.join(map(str, sizes)) or 'Nothing'} cannot be the sizes of a network.",
            hint="Name the inputs, then the units of each layer, as in 2, 3, 1.",
            at="sizes",
        )
    if len(sizes) - 1 > MOST_LAYERS or max(sizes) > MOST_UNITS:
        raise LimitError(
            f"A network of {len(sizes) - 1} layers with up to {max(sizes):,} units is too large.",
            hint=f"At most {MOST_LAYERS} layers of weights and {MOST_UNITS} units in each.",
            at="sizes",
        )


def _check_strength(name: str, strength: float) -> None:
    if not (math.isfinite(strength) and strength >= 0):
        raise InputError(
            f"A penalty cannot have the strength {strength:g}.",
            hint="Choose 0, which is none, or a number above it, such as 0.01.",
            at=name,
        )


def _check_name(name: str, kind: str, known: Collection[str]) -> None:
    if name not in known:
        raise UnknownNameError(
            f"“{name}” is not the name of a known {kind}.",
            hint=f"I know {', '.join(known)}.",
            at=kind,
        )


def _xavier(rng: "np.random.Generator", shape: tuple[int, ...]) -> Array:
    limit = math.sqrt(6 / sum(shape))
    return rng.uniform(-limit, limit, shape)


def _he(rng: "np.random.Generator", shape: tuple[int, ...]) -> Array:
    return rng.normal(0, math.sqrt(2 / shape[1]), shape)


_SCHEMES: Mapping[str, Callable[["np.random.Generator", tuple[int, ...]], Array]] = {
    "xavier": _xavier,
    "he": _he,
    "zeros": lambda _, shape: np.zeros(shape),
    "equal": lambda _, shape: np.full(shape, EQUAL_WEIGHT),
}


@lru_cache(maxsize=256)
def _entry_names(name: str, shape: tuple[int, ...]) -> tuple[str, ...]:
    """Return the scalar names of an array's entries, row by row: W2 → w2_1_1, w2_1_2."""
    letter = name.lower()
    return tuple(f"{letter}_{'_'.join(str(i + 1) for i in at)}" for at in np.ndindex(*shape))
