"""A network, its numbers, the data and a gradient as the JSON document that can be read back."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from backprop.engine.errors import LimitError
from backprop.engine.network import Network
from backprop.notation.submission.place import MOST_BYTES


def json_document(
    network: Network,
    given: tuple[Mapping[str, Any], Any, Any],
    gradient: Mapping[str, Any],
    about: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Return a document that `read_submission` reads: conventions, numbers, data, and a gradient.

    Args:
        network: whose loss it is.
        given: the parameters, X and Y.
        gradient: an array for each parameter.
        about: what is said first, for people: title, source, conventions.

    Raises:
        ShapeError: an array does not fit the network.
        LimitError: it would be longer than what can be read back.
    """
    at = network.batch(*given)
    data = (
        dict(about)
        | _conventions(network)
        | {
            "parameters": {name: at[name] for name in network.shapes},
            "X": at["X"],
            "Y": at["Y"],
            "gradient": {name: np.asarray(gradient[name], dtype=float) for name in network.shapes},
        }
    )
    return limited(f"{spelled(data)}\n")


def _conventions(network: Network) -> dict[str, Any]:
    conventions = {
        "sizes": list(network.sizes),
        "activations": list(network.activations),
        "loss": network.loss,
        "shared_biases": network.shared_biases,
    }
    penalties = {name: getattr(network, name) for name in ("l1", "l2") if getattr(network, name)}
    return conventions | penalties


def spelled(data: Mapping[str, Any]) -> str:
    """Return JSON with a line for each convention, and one for each row of an array."""
    lines = []
    for name, value in data.items():
        if isinstance(value, Mapping):
            inner = ",\n".join(f'    "{key}": {_rows(array, 4)}' for key, array in value.items())
            lines.append(f'  "{name}": {{\n{inner}\n  }}')
        else:
            lines.append(f'  "{name}": {_rows(value, 2)}')
    return "{\n" + ",\n".join(lines) + "\n}"


def _rows(array: Any, indent: int) -> str:
    if not isinstance(array, np.ndarray):
        return json.dumps(array, ensure_ascii=False)
    if array.ndim < 2:
        return json.dumps(array.tolist())
    between = ",\n" + " " * (indent + 2)
    rows = between.join(json.dumps(row) for row in array.tolist())
    return f"[\n{' ' * (indent + 2)}{rows}\n{' ' * indent}]"


def limited(text: str) -> str:
    """Return the text.

    Raises:
        LimitError: it is longer than what can be read back.
    """
    if (size := len(text.encode())) > MOST_BYTES:
        raise LimitError(
            f"This network with its data would make a file of {size:,} bytes.",
            hint=f"At most {MOST_BYTES:,} (1 MiB) can be read back; choose fewer examples.",
        )
    return text
