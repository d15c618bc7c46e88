"""Small networks that are worth a look, each with its example and weights.

The walk through a round, the check of a gradient and the races on a loss start from them.
"""

from dataclasses import dataclass, replace
from typing import Any

from backprop.stage.choices import read_choices
from backprop.stage.networks import NetworkChoices, parameter_names


@dataclass(frozen=True, slots=True)
class WorkedNetwork:
    """A network by name.

    Attributes:
        name: in addresses.
        about: one or two sentences: what there is to see.
        then: which example comes next.
        learning_rate: that suits it.
    """

    name: str
    title: str
    about: str
    network: NetworkChoices
    then: str
    learning_rate: float


def _worked(
    name: str,
    title: str,
    about: str,
    then: str = "same",
    learning_rate: float = 0.5,
    **changes: Any,
) -> WorkedNetwork:
    inputs, parameters = changes.get("inputs", {}), changes.get("parameters", {})
    own = read_choices(replace(NetworkChoices(), **changes), {})  # from its data and its seed
    numbers = {**own.parameters, **parameters}
    network = replace(
        own,
        inputs={**own.inputs, **inputs},
        parameters={n: numbers[n] for n in parameter_names(own)},
    )
    return WorkedNetwork(name, title, about, network, then, learning_rate)


def _weights(layer: int, *rows: tuple[float, ...]) -> dict[str, float]:
    return {f"w{layer}_{j}_{i}": w for j, row in enumerate(rows, 1) for i, w in enumerate(row, 1)}


def _biases(layer: int, *biases: float) -> dict[str, float]:
    return {f"b{layer}_{j}": b for j, b in enumerate(biases, 1)}


DEPTH = 10

WORKED_NETWORKS = (
    _worked(
        "by-hand",
        "The 2-2-2 by hand",
        "The classic hand calculation (Mazur, 2015): two inputs, two hidden neurons, two outputs. "
        "Its biases are shared by a layer and stay as they are.",
        names="textbook",
        shared=True,
        frozen=("b1_1", "b2_1"),
        inputs={"x1": 0.05, "x2": 0.1, "y1": 0.01, "y2": 0.99},
        parameters={
            **_weights(1, (0.15, 0.2), (0.25, 0.3)),
            **_weights(2, (0.4, 0.45), (0.5, 0.55)),
            **{"b1_1": 0.35, "b2_1": 0.6},
        },
    ),
    _worked(
        "one-neuron",
        "One neuron, four inputs",
        "Four measurements of a real iris flower, one neuron, one question: is it a setosa?",
        names="textbook",
        data="iris",
        sizes=(4, 1),
        activations=("sigmoid",),
        loss="mean_squared_error",
        then="random",
        seed=6,
        learning_rate=0.1,
    ),
    _worked(
        "xor",
        "XOR",
        "Either, but not both: no single neuron can do it, two layers can learn it.",
        data="xor",
        row=2,
        sizes=(2, 2, 1),
        activations=("tanh", "sigmoid"),
        loss="binary_cross_entropy",
        then="next",
        seed=10,
    ),
    _worked(
        "xor-solved",
        "XOR, solved by hand",
        "Weights that answer all four rows exactly (Goodfellow, Bengio and Courville, 2016). "
        "Nothing is wrong, so every gradient is 0.",
        data="xor",
        row=2,
        sizes=(2, 2, 1),
        activations=("relu", "linear"),
        loss="mean_squared_error",
        then="next",
        parameters={
            **_weights(1, (1.0, 1.0), (1.0, 1.0)),
            **_biases(1, 0.0, -1.0),
            **_weights(2, (1.0, -2.0)),
            **_biases(2, 0.0),
        },
    ),
    _worked(
        "iris",
        "Iris with a hidden layer",
        "Which of three species is this flower? Softmax makes shares of the scores, and "
        "cross-entropy is the surprise at the true one.",
        data="iris",
        sizes=(4, 3, 3),
        activations=("tanh", "softmax"),
        loss="cross_entropy",
        then="random",
        learning_rate=0.05,
    ),
    _worked(
        "ten-deep",
        "Ten sigmoids deep",
        "A sigmoid’s slope is at most ¼. Ten of them in a row leave almost nothing of the "
        "gradient for the first weight.",
        sizes=(1,) * (DEPTH + 1),
        activations=("sigmoid",) * DEPTH,
        inputs={"x1": 0.5, "y1": 1.0},
        parameters={
            **{f"w{layer}_1_1": 1.0 for layer in range(1, DEPTH + 1)},
            **{f"b{layer}_1": 0.0 for layer in range(1, DEPTH + 1)},
        },
    ),
    _worked(
        "dead-relu",
        "A dead ReLU",
        "The first hidden neuron is below 0, where ReLU is flat: its slope is exactly 0, so its "
        "weights get no gradient and it cannot recover.",
        sizes=(2, 2, 1),
        activations=("relu", "sigmoid"),
        inputs={"x1": 0.8, "x2": 0.4, "y1": 1.0},
        parameters={
            **_weights(1, (-0.9, -0.6), (0.7, 0.5)),
            **_biases(1, -0.2, 0.1),
            **_weights(2, (0.8, -0.4)),
            **_biases(2, 0.05),
        },
    ),
    _worked(
        "two-equal",
        "Two equal neurons",
        "Both hidden neurons start alike, so they get the same gradient in every round and stay "
        "alike: two neurons that do the work of one.",
        sizes=(2, 2, 1),
        activations=("sigmoid", "sigmoid"),
        scheme="equal",
        inputs={"x1": 0.8, "x2": -0.4, "y1": 1.0},
    ),
)
