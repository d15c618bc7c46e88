"""Which array of the network a name means: the book's names, common ones in code, PyTorch's.

parameter      W1  b1  w1  weight1  bias_1          0.weight  fc1.bias  layers.0.weight
gradient       dW1  db1  grad_W1  g_W1  dL/dW1  ∂L/∂W1  W1.grad         0.weight.grad
intermediate   Z1  A1  dZ1  delta1  δ1  dA1
data           X  Y  inputs  targets
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from backprop.notation.submission.place import LONGEST_NAME
from backprop.notation.submission.printed_text import Array

_GRADIENT = re.compile(
    r"(?:(?:d|∂)[LJEC](?:oss)?[_/]?(?:d|∂)_?|d_|d|∂|grads?_?|gradients?_?|g_|nabla_?)(?=[WwBbZzAaHh])"
)
_GRADIENT_AFTER = re.compile(r"(?:\.|_)grad(?:ient)?$")
_PARAMETER = re.compile(r"(W|w|weights?|b|B|bias|biases)_?([0-9]{1,3})")
_INTERMEDIATE = re.compile(r"(Z|z|net|A|a|delta|Delta|δ)_?([0-9]{1,3})")
_STATE = re.compile(r"(.*?)[._]?(weight|bias)")
_X, _Y = ("x", "input", "inputs"), ("y", "t", "target", "targets", "label", "labels")
_PASSED_OVER = ("l", "j", "e", "loss", "cost", "value", "seed", "h", "eps", "lr", "learning_rate")


@dataclass(frozen=True, slots=True)
class Role:
    """What an array is of the network.

    Attributes:
        kind: "parameter", "gradient", "intermediate", "data", "passed over" or "unknown".
        name: W1, b2, Z1, A1, dZ1, X, Y; for PyTorch's names W or b until layers are counted.
        layer: what PyTorch calls the layer, "" elsewhere.
    """

    kind: str
    name: str = ""
    layer: str = ""


@dataclass(frozen=True, slots=True)
class Sorted:
    """Arrays by what they are, each with the name that the learner gave it.

    Attributes:
        parameters, gradient, intermediates, data: by our names, the learner's name and the array.
        unknown: names that mean nothing here.
        notes: what was guessed, in sentences.
    """

    parameters: dict[str, tuple[str, Array]] = field(default_factory=dict)
    gradient: dict[str, tuple[str, Array]] = field(default_factory=dict)
    intermediates: dict[str, tuple[str, Array]] = field(default_factory=dict)
    data: dict[str, tuple[str, Array]] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def of(self, kind: str) -> dict[str, tuple[str, Array]]:
        """Return the arrays of a kind."""
        groups = {
            "parameter": self.parameters,
            "gradient": self.gradient,
            "intermediate": self.intermediates,
            "data": self.data,
        }
        return groups[kind]


def find_role(name: str) -> Role:
    """Return what a name means."""
    if len(name) > LONGEST_NAME:
        return Role("unknown")
    bare = _GRADIENT_AFTER.sub("", name)
    is_gradient = bare != name
    if before := _GRADIENT.match(bare):
        rest = bare[before.end() :]
        if _PARAMETER.fullmatch(rest) or _INTERMEDIATE.fullmatch(rest):
            bare, is_gradient = rest, True
    if match := _PARAMETER.fullmatch(bare):
        letter = "W" if match[1][0] in "Ww" else "b"
        return Role("gradient" if is_gradient else "parameter", f"{letter}{int(match[2])}")
    if match := _INTERMEDIATE.fullmatch(bare):
        slope = is_gradient or match[1] in ("delta", "Delta", "δ")
        letter = "A" if match[1] in "Aa" else "Z"
        return Role("intermediate", f"{'d' * slope}{letter}{int(match[2])}")
    if match := _STATE.fullmatch(bare):
        letter = "W" if match[2] == "weight" else "b"
        return Role("gradient" if is_gradient else "parameter", letter, match[1] or ".")
    for known, meant in ((_X, "X"), (_Y, "Y")):
        if bare.lower() in known:
            return Role("data", meant)
    return Role("passed over" if bare.lower() in _PASSED_OVER else "unknown")


def sort_arrays(arrays: Mapping[str, Array], brought: Sorted, within: str = "") -> None:
    """Put arrays where they belong.

    Args:
        arrays: by the names that the learner gave them.
        brought: where they go; an array that is there already stays, and the second is unknown.
        within: the kind of the group they stand in, such as "gradient"; "" where names must tell.
    """
    layers: dict[str, int] = {}
    guessed: list[str] = []
    for given, array in arrays.items():
        role = find_role(given)
        name, kind = role.name, role.kind
        if kind == "passed over":
            continue
        if role.layer:
            count = layers.setdefault(role.layer, len(layers) + 1)
            name = f"{name}{count}"
            if role.name == "W":
                guessed.append(f"{given} for {'d' * (kind == 'gradient')}{name}")
        if within == "intermediate" and kind == "gradient":
            kind = "unknown"
        elif within and kind == ("parameter" if within == "gradient" else "gradient"):
            kind = within if within == "gradient" else "unknown"
        if kind == "unknown" or name in brought.of(kind):
            brought.unknown.append(given)
        else:
            brought.of(kind)[name] = (given, array)
    if guessed:
        brought.notes.append(
            f"I took {', '.join(guessed[:12])}: PyTorch's names, in the order in which they stand."
        )


def take_unnamed(
    arrays: Mapping[str, Array], shapes: Mapping[str, object], brought: Sorted
) -> bool:
    """Take arrays without names in the order of the network's, if there are as many; say so.

    Args:
        arrays: all that was brought, none with a name.
        shapes: of the network's parameters.
        brought: where they go: gradients, or parameters and then gradients.
    """
    names = list(shapes)
    given = list(arrays.items())
    if len(given) not in (len(names), 2 * len(names)):
        return False
    halves = ("gradient",) if len(given) == len(names) else ("parameter", "gradient")
    for half, kind in enumerate(halves):
        part = given[half * len(names) : (half + 1) * len(names)]
        brought.of(kind).update(zip(names, part, strict=True))
    order = ", ".join(f"{'d' * (kind == 'gradient')}{name}" for kind in halves for name in names)
    brought.notes.append(f"The arrays have no names; I took them for {order}, in this order.")
    return True
