"""Worked examples to download: JSON that names its conventions, with all digits.

Each is what `read_submission` reads: an implementation in any language can be held to it. The
gradients of the networks and expressions are PyTorch's; that of the hand calculation is ours, and
agrees with every digit its author prints.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from backprop.engine.network import Network
from backprop.notation.export.starter_json import json_document, spelled

FOLDER = Path(__file__).parent / "data"
CONVENTIONS = (
    "W: (fan_out, fan_in); X: (n, fan_in); Z = A W^T + b; half_squared_error: 1/2 sum over "
    "outputs, mean over examples; mean_squared_error, binary_cross_entropy: means over outputs and "
    "examples; cross_entropy: softmax over Z, in nats, mean over examples; leaky_relu: slope 0.01; "
    "relu: slope 0 at 0"
)
_EXPRESSION = (
    "The gradient of the expression at this point; ln is natural, ties and kinks PyTorch's"
)
_MAZUR = MappingProxyType(
    {
        "W1": [[0.15, 0.2], [0.25, 0.3]],
        "b1": [0.35],
        "W2": [[0.4, 0.45], [0.5, 0.55]],
        "b2": [0.6],
    }
)


def fixtures() -> dict[str, str]:
    """Return every worked example by name: “mazur-2-2-2”, “network-3-2-2-2”, “expression-01”."""
    return dict([("mazur-2-2-2", _mazur()), *_networks(), *_expressions()])


def _mazur() -> str:
    network = Network((2, 2, 2), ("sigmoid", "sigmoid"), shared_biases=True)
    given = (_MAZUR, [[0.05, 0.1]], [[0.01, 0.99]])
    _, gradient = network.loss_and_gradient(*given)
    about = {
        "title": "The 2-2-2 hand calculation",
        "source": "Matt Mazur, A Step by Step Backpropagation Example (2015)",
        "conventions": f"{CONVENTIONS}; the units of a layer share one bias",
    }
    return json_document(network, given, gradient, about)


def _networks() -> Iterator[tuple[str, str]]:
    reference = _read("networks.json")
    for number, each in enumerate(reference["networks"], 1):
        network = Network(tuple(each["sizes"]), tuple(each["activations"]), each["loss"])
        sizes = "-".join(map(str, network.sizes))
        about = {
            "title": f"A network of {', '.join(map(str, network.sizes))}; {network.loss}",
            "source": reference["source"],
            "conventions": CONVENTIONS,
        }
        given = (each["parameters"], each["X"], each["Y"])
        yield f"network-{number}-{sizes}", json_document(network, given, each["gradient"], about)


def _expressions() -> Iterator[tuple[str, str]]:
    reference = _read("expressions.json")
    for number, each in enumerate(reference["expressions"], 1):
        about = {
            "title": each["expression"],
            "source": reference["source"],
            "conventions": _EXPRESSION,
        }
        yield f"expression-{number:02}", f"{spelled(about | each)}\n"


def _read(name: str) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads((FOLDER / name).read_text("utf-8"))
    return document
