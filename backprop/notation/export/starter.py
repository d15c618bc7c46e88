"""A program to begin with: the network, its numbers and the data filled in, and what to print.

The NumPy one leaves the backward pass to the learner, the PyTorch one to autograd; each prints a
JSON document that `read_submission` reads, so that `python starter.py | python -m backprop check -`
answers. All numbers have the digits that give them back.
"""

import ast
import json
import math
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.compiled.rules import Dialect, write
from backprop.engine.network import Network
from backprop.engine.ops import TEXTBOOK
from backprop.notation.export.libraries import AUTOGRAD, for_autograd, in_library
from backprop.notation.export.starter_json import json_document, limited

_WIDTH = 96  # characters of a line
_WRITTEN = Dialect("written", {}, where="where({condition}, {a}, {b})", power="")
_SOFTMAX = '''\
def softmax(Z):
    """Return shares that add up to 1 in each row; the largest score is subtracted first."""
    raised = np.exp(Z - Z.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


'''
_PRINT = """\
print(json.dumps({
    "sizes": sizes,
    "activations": activations,
    "loss": loss_name,
    "shared_biases": shared_biases,%s
    "parameters": {name: array.tolist() for name, array in parameters.items()},
    "X": X.tolist(),
    "Y": Y.tolist(),
    "value": %s,
    "gradient": {name: array.tolist() for name, array in gradient.items()},
}))
"""


def json_starter(network: Network, parameters: Mapping[str, Any], X: Any, Y: Any) -> str:
    """Return a document that names everything but the gradient, whose entries are all 0.

    Raises:
        ShapeError: an array does not fit the network.
        LimitError: it would be longer than what can be read back.
    """
    zeros = {name: np.zeros(shape) for name, shape in network.shapes.items()}
    return json_document(network, (parameters, X, Y), zeros)


def numpy_starter(network: Network, parameters: Mapping[str, Any], X: Any, Y: Any) -> str:
    """Return a program for NumPy whose function `backward` is to be filled in.

    Raises:
        ShapeError: an array does not fit the network.
        LimitError: it would be longer than what can be read back.
    """
    at = network.batch(parameters, X, Y)
    rows = len(at["X"])
    lines = [
        '"""Your own backward pass: fill in the function `backward`, and run this file.',
        "",
        "It prints JSON; to have it checked, paste that, or run",
        "    python starter.py | python -m backprop check -",
        '"""',
        "",
        "import json",
        "",
        "import numpy as np",
        "",
        *_given(network, at, "np.array(", ")"),
        "",
        "",
        *(_SOFTMAX.splitlines() if network.activations[-1] == "softmax" else []),
        "def forward(parameters, X):",
        '    """Return every Z and A, by name: Z = A Wᵀ + b, a row for each example."""',
        '    kept = {"A0": X}',
    ]
    for layer, activation in enumerate(network.activations, 1):
        weights = f'parameters["W{layer}"].T + parameters["b{layer}"]'
        lines += [
            f'    kept["Z{layer}"] = Z = kept["A{layer - 1}"] @ {weights}',
            f'    kept["A{layer}"] = {_activated(activation, "np")}  # ({rows}, '
            f"{network.sizes[layer]}), {activation}",
        ]
    lines += [
        "    return kept",
        "",
        "",
        "def loss(A, Y):",
        f'    """Return {LOSSES[network.loss].about}."""',
        f"    return {LOSSES[network.loss].numpy}",
        "",
        "",
        "def backward(parameters, kept, Y):",
        '    """Return the gradient: for each parameter an array of its shape."""',
        "    gradient = {}",
    ]
    for layer in range(network.depth, 0, -1):
        batch = f"({rows}, {network.sizes[layer]})"
        W, b = (network.shapes[f"{letter}{layer}"] for letter in "Wb")
        lines += [
            f"    # yours: dZ{layer} = ∂L/∂Z{layer}, {batch}"
            + (f", from dZ{layer + 1}" if layer < network.depth else ", from A and Y"),
            f'    gradient["W{layer}"] = np.zeros({W})  # yours: from dZ{layer} and A{layer - 1}',
            f'    gradient["b{layer}"] = np.zeros({b})  # yours: from dZ{layer}',
        ]
    lines += [
        *_penalties(network),
        "    return gradient",
        "",
        "",
        "kept = forward(parameters, X)",
        "gradient = backward(parameters, kept, Y)",
    ]
    value = f'float(loss(kept["A{network.depth}"], Y))'
    return limited("\n".join([*lines, _PRINT % (_strengths(network), value)]))


def pytorch_starter(network: Network, parameters: Mapping[str, Any], X: Any, Y: Any) -> str:
    """Return a program for PyTorch, whose autograd finds the gradient.

    Raises:
        ShapeError: an array does not fit the network.
        LimitError: it would be longer than what can be read back.
    """
    at = network.batch(parameters, X, Y)
    lines = [
        '"""The same network in PyTorch: change what you like, and run this file.',
        "",
        "It prints JSON; to have it checked, paste that, or run",
        "    python starter.py | python -m backprop check -",
        '"""',
        "",
        "import json",
        "",
        "import torch",
        "",
        "torch.set_default_dtype(torch.float64)",
        *_given(network, at, "torch.tensor(", ")"),
        "for array in parameters.values():",
        "    array.requires_grad_()",
        "",
        "A = X",
    ]
    for layer, activation in enumerate(network.activations, 1):
        lines.append(f'Z = A @ parameters["W{layer}"].T + parameters["b{layer}"]')
        lines.append(f"A = {_activated(activation, 'torch')}  # {activation}")
    lines += [
        f"loss = {LOSSES[network.loss].torch}  # {LOSSES[network.loss].about}",
        *_torch_penalties(network),
        "loss.backward()",
        "gradient = {name: array.grad for name, array in parameters.items()}",
    ]
    return limited("\n".join([*lines, _PRINT % (_strengths(network), "loss.item()")]))


def _given(network: Network, at: Mapping[str, Any], start: str, end: str) -> list[str]:
    """Return what is filled in: conventions, parameters and data."""
    lines = [
        f"sizes = {list(network.sizes)}",
        f"activations = {_quoted_list(network.activations)}",
        f'loss_name = "{network.loss}"  # {LOSSES[network.loss].about}',
        f"shared_biases = {network.shared_biases}",
        "parameters = {",
    ]
    for name in network.shapes:
        lines += _assigned(f'    "{name}": {start}', at[name], f"{end},  # {at[name].shape}")
    lines.append("}")
    for name in ("X", "Y"):
        lines += _assigned(f"{name} = {start}", at[name], f"{end}  # {at[name].shape}")
    return lines


def _assigned(start: str, array: Any, end: str) -> list[str]:
    """Return an array as Python's lists: on one line, or a line a row."""
    line = f"{start}{_python(array.tolist())}{end}"
    if len(line) <= _WIDTH or array.ndim < 2:
        return [line]
    indent = " " * (len(start) - len(start.lstrip()))
    rows = (f"{indent}    {_python(row)}," for row in array.tolist())
    return [f"{start}[", *rows, f"{indent}]{end}"]


def _python(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_python, value))}]"
    return repr(value) if math.isfinite(value) else f'float("{value}")'


def _quoted_list(words: tuple[str, ...]) -> str:
    return json.dumps(list(words))


def _activated(activation: str, library: str) -> str:
    """Return A as an expression in Z, in the words of a library."""
    if activation == "linear":
        return "Z"
    if activation == "softmax":
        if library == "torch":
            return "torch.softmax(Z, dim=1)"
        return "softmax(Z)"
    if library == "torch" and activation in AUTOGRAD:
        return re.sub(r"\bx\b", "Z", AUTOGRAD[activation])
    text = TEXTBOOK[activation].value
    text = for_autograd(text) if library == "torch" else text
    text = write(text, {"x": "Z"}, _WRITTEN, TEXTBOOK)
    return ast.unparse(in_library(ast.parse(text, mode="eval").body, library))


def _penalties(network: Network) -> list[str]:
    """Return what is said of the penalties, whose slope belongs to the gradient."""
    terms = [
        *([f"{network.l1!r} · sign(W)"] if network.l1 else []),
        *([f"{network.l2!r} · W"] if network.l2 else []),
    ]
    return [f"    # yours: the penalties add {' + '.join(terms)} to each ∂L/∂W"] if terms else []


def _torch_penalties(network: Network) -> list[str]:
    weights = '[W for name, W in parameters.items() if name[0] == "W"]'
    penalties = ((network.l1, "W.abs().sum()"), (0.5 * network.l2, "(W * W).sum()"))
    terms = [
        f"loss = loss + {strength!r} * sum({each} for W in weights)"
        for strength, each in penalties
        if strength
    ]
    return [f"weights = {weights}", *terms] if terms else []


def _strengths(network: Network) -> str:
    strengths = ((name, getattr(network, name)) for name in ("l1", "l2"))
    return "".join(f'\n    "{name}": {value!r},' for name, value in strengths if value)


class LossCode(NamedTuple):
    """A loss of A and Y, [n, outputs] both: in words, for NumPy and for PyTorch.

    PyTorch's cross-entropy takes Z, the scores before softmax.
    """

    about: str
    numpy: str
    torch: str


LOSSES: Mapping[str, LossCode] = MappingProxyType(
    {
        "half_squared_error": LossCode(
            "½ of the squared errors, added up over outputs, mean over examples",
            "0.5 * np.sum((A - Y) ** 2) / len(A)",
            "0.5 * ((A - Y) ** 2).sum() / len(A)",
        ),
        "mean_squared_error": LossCode(
            "the squared errors, mean over outputs and examples",
            "np.mean((A - Y) ** 2)",
            "torch.nn.functional.mse_loss(A, Y)",
        ),
        "binary_cross_entropy": LossCode(
            "binary cross-entropy in nats, mean over outputs and examples",
            "-np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A))",
            "-(torch.xlogy(Y, A) + torch.xlogy(1 - Y, 1 - A)).mean()",
        ),
        "cross_entropy": LossCode(
            "cross-entropy of softmax in nats, mean over examples",
            "-np.sum(Y * np.log(A)) / len(A)",
            "torch.nn.functional.cross_entropy(Z, Y)",
        ),
        "huber": LossCode(
            "Huber's loss with δ = 1, mean over outputs and examples",
            "np.mean(np.where(np.abs(A - Y) > 1, np.abs(A - Y) - 0.5, 0.5 * (A - Y) ** 2))",
            "torch.nn.functional.huber_loss(A, Y)",
        ),
        "multiclass_hinge": LossCode(
            "multi-class hinge with margin 1, mean over classes and examples",
            "np.mean((1 - Y) * np.maximum(0, A - np.sum(Y * A, axis=1, keepdims=True) + 1))",
            "torch.nn.functional.multi_margin_loss(A, Y.argmax(dim=1))",
        ),
    }
)
