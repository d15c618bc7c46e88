"""Random networks, their gradients in several types, and all of it as libraries print it."""

import json

import numpy as np

from backprop.engine.network import HIDDEN_ACTIVATIONS, LOSSES, Network
from backprop.engine.ops import OPS, local_derivative

LEAK = float(local_derivative(OPS["leaky_relu"], 0, -1.0, -1.0))
MATCHING = {
    "cross_entropy": "softmax",
    "binary_cross_entropy": "sigmoid",
    "multiclass_hinge": "linear",
}
OF_CLASSES = ("cross_entropy", "multiclass_hinge")


def random_network(seed):
    """Return a network of 1–4 layers with its parameters, inputs and targets, unrounded."""
    rng = np.random.default_rng(seed)
    loss, hidden = LOSSES[seed % len(LOSSES)], list(HIDDEN_ACTIVATIONS)
    sizes = rng.integers(1, 7, int(rng.integers(2, 6))).tolist()
    sizes[-1] = max(sizes[-1], 2 if loss in OF_CLASSES else 1)
    activations = [*rng.choice(hidden, len(sizes) - 2), MATCHING.get(loss, rng.choice(hidden))]
    l1, l2 = [(0, 0), (0.01, 0), (0, 0.02), (0, 0), (0, 0)][rng.integers(5)]
    shared = bool(rng.random() < 0.1)
    network = Network(tuple(sizes), tuple(map(str, activations)), loss, shared, l1, l2)
    parameters = network.initialize(seed, ["xavier", "he"][seed % 2])
    for name in parameters:
        if name[0] == "b":
            parameters[name] = rng.normal(0, 0.3, parameters[name].shape)
    n = int(rng.choice([1, 2, 4, 8, 16]))
    X = rng.normal(0, rng.choice([1, 1, 3]), (n, sizes[0]))
    Y = rng.normal(0, 1, (n, sizes[-1]))
    if loss in OF_CLASSES:
        Y = np.eye(sizes[-1])[rng.integers(sizes[-1], size=n)]
    elif loss == "binary_cross_entropy":
        Y = rng.integers(2, size=Y.shape).astype(float)
    return network, parameters, X, Y


def to_bfloat16(numbers):
    """Return the nearest numbers of 8 bits, a tie to the even one."""
    bits = np.asarray(numbers, np.float32).view(np.uint32).astype(np.uint64)
    bits = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
    return bits.astype(np.uint32).view(np.float32)


def narrow(kind):
    """Return the function that rounds to a type."""
    return to_bfloat16 if kind == "bfloat16" else lambda numbers: np.asarray(numbers, kind)


def computed_in(kind, network, parameters, X, Y):
    """Return the gradient as a pass gives it that rounds every result to a type: the oracle."""
    q = narrow(kind)
    P = {name: q(array) for name, array in parameters.items()}
    A, Z, Y = [q(X)], [], q(Y)
    for k, name in enumerate(network.activations, 1):
        Z.append(q(q(A[-1] @ P[f"W{k}"].T) + P[f"b{k}"]))
        A.append(_activated(name, Z[-1], q))
    g = _at_outputs(network.loss, A[-1], Y, q)
    values = {}
    for k in range(network.depth, 0, -1):
        if k < network.depth or network.loss not in MATCHING:
            g = q(g * q(_slope(network.activations[k - 1], Z[k - 1], A[k])))
        W, b = P[f"W{k}"], q(g.sum(axis=0))
        penalties = q(network.l1) * np.sign(W) + q(network.l2) * W
        values[f"W{k}"] = q(q(g.T @ A[k - 1]) + q(penalties))
        values[f"b{k}"] = q(b.sum(keepdims=True)) if network.shared_biases else b
        g = q(g @ W)
    return {name: values[name].astype(float) for name in network.shapes}


def _at_outputs(loss, A, Y, q):
    """Return the slope by the outputs; of a loss with its activation, by what enters that."""
    n, gap = len(Y), q(A - Y)
    if loss == "huber":
        gap = np.clip(gap, -1, 1)
    elif loss == "multiclass_hinge":
        beyond = np.where(1 + A - np.sum(Y * A, axis=1, keepdims=True) > 0, 1 - Y, 0)
        gap = beyond - Y * beyond.sum(axis=1, keepdims=True)
    share = 1 / n if loss in ("half_squared_error", "cross_entropy") else 1 / Y.size
    return q(gap * q(2 * share if loss == "mean_squared_error" else share))


def _activated(name, z, q):
    if name == "softmax":
        e = q(np.exp(q(z - z.max(axis=1, keepdims=True))))
        return q(e / q(e.sum(axis=1, keepdims=True)))
    if name == "relu" or name == "leaky_relu":
        return q(np.where(z > 0, z, (LEAK if name == "leaky_relu" else 0) * z))
    if name == "softplus":
        return q(np.logaddexp(0, z))
    with np.errstate(over="ignore"):  # float16 ends at 65,504
        return q(z if name == "linear" else np.tanh(z) if name == "tanh" else 1 / (1 + np.exp(-z)))


def _slope(name, z, a):
    if name == "relu" or name == "leaky_relu":
        return np.where(z > 0, 1, LEAK if name == "leaky_relu" else 0)
    if name == "softplus":
        return 1 / (1 + np.exp(-z))
    return {"linear": 1 + 0 * z, "tanh": 1 - a * a, "sigmoid": a * (1 - a)}[name]


def torch_print(array):
    """Return an array as PyTorch prints a tensor of floats.

    Source: torch/_tensor_str.py, _Formatter: 4 decimals; powers of ten if the largest is more than
    1000 times the smallest that is not 0, or above 1e8, or the smallest is below 1e-4; whole
    numbers as “1.”.
    """
    array = np.asarray(array, float)
    sizes = np.abs(array[array != 0])
    whole = bool(np.all(array == np.round(array)))
    powers = sizes.size and (
        sizes.max() / sizes.min() > 1000 or sizes.max() > 1e8 or (sizes.min() < 1e-4 and not whole)
    )
    form = "{:.4e}" if powers else "{:.0f}." if whole else "{:.4f}"
    width = max(len(form.format(number)) for number in array.flat)

    def rows(part):
        if part.ndim == 1:
            return f"[{', '.join(form.format(number).rjust(width) for number in part)}]"
        return "[" + ",\n        ".join(map(rows, part)) + "]"

    return f"tensor({rows(array)})"


def numpy_print(digits):
    """Return the function that prints as NumPy does with a precision."""

    def shown(array):
        with np.printoptions(precision=digits, threshold=10**9):
            return str(np.asarray(array))

    return shown


def formatted(form):
    """Return the function that prints each number by a format, such as “.4g”."""

    def shown(array):
        return f"[{', '.join(map(shown, array))}]" if np.ndim(array) else format(array, form)

    return shown


PRINTS = {
    "torch": torch_print,
    "numpy 8": numpy_print(8),
    "numpy 4": numpy_print(4),
    "numpy 2": numpy_print(2),
}


def text_of(parameters, X, Y, gradient, shown, slopes_shown=None):
    """Return what somebody pastes: everything printed, the gradient perhaps otherwise."""
    inputs = {**parameters, "X": X, "Y": Y}
    lines = [f"{name} = {shown(array)}" for name, array in inputs.items()]
    slopes = slopes_shown or shown
    return "\n".join([*lines, *(f"d{name} = {slopes(array)}" for name, array in gradient.items())])


def json_of(parameters, X, Y, gradient, kind):
    """Return a document with all digits of what a type holds."""
    q = narrow(kind)
    parts = {"parameters": parameters, "gradient": gradient}
    held = {
        part: {name: q(array).astype(float).tolist() for name, array in arrays.items()}
        for part, arrays in parts.items()
    }
    data = {name: q(array).astype(float).tolist() for name, array in (("X", X), ("Y", Y))}
    return json.dumps({**held, **data})
