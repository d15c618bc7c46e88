"""The conventions that a document names: the network, and how its loss differs from ours.

    named                               is ours times      n examples, k outputs
    half_squared_error, sum             n
    squared_error (no ½)                2                  mean over examples
    squared_error, sum                  2n
    mean_squared_error, sum             nk                 no ½
    mean_squared_error with "half"      ½
    binary_cross_entropy, sum           nk
    cross_entropy, sum                  n
    huber, sum                          nk                 δ = 1
    multiclass_hinge, sum               n                  mean over the classes, as in PyTorch
    multiclass_svm                      k                  sum over the classes

A gradient of a loss that is c times ours is c times ours; divided by c, it can be compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from backprop.engine.errors import InputError, UnknownNameError
from backprop.engine.network import LAST, LOSSES, Network
from backprop.notation.submission.place import quoted

LOSS_NAMES = MappingProxyType(
    {name: name for name in LOSSES}
    | {
        "squared_error": "half_squared_error",
        "sum_of_squares": "half_squared_error",
        "sum_squared_error": "half_squared_error",
        "mse": "mean_squared_error",
        "mse_loss": "mean_squared_error",
        "bce": "binary_cross_entropy",
        "softmax_cross_entropy": "cross_entropy",
        **dict.fromkeys(("huber_loss", "smooth_l1", "smooth_l1_loss"), "huber"),
        **dict.fromkeys(("HuberLoss", "SmoothL1Loss"), "huber"),
        **dict.fromkeys(("multi_margin", "multi_margin_loss"), "multiclass_hinge"),
        **dict.fromkeys(("MultiMarginLoss", "multiclass_svm"), "multiclass_hinge"),
    }
)
_WITHOUT_HALF = ("squared_error", "sum_of_squares", "sum_squared_error")
_ALL_IN_ONE = ("mean_squared_error", "binary_cross_entropy", "huber")  # means over outputs, too
_SUM_OF_CLASSES = ("multiclass_svm",)  # CS231n's: added up over the classes, mean over examples
REDUCTIONS = ("mean", "sum")
KEYS = ("sizes", "activations", "loss", "reduction", "half", "shared_biases", "l1", "l2")


@dataclass(frozen=True, slots=True)
class Scale:
    """How a document's loss differs from ours, where only a factor does.

    Attributes:
        loss: as it is called there.
        reduction: "mean" or "sum": of the examples' losses.
        half: whether there is a ½ before squares; None where the loss's name says it.
    """

    loss: str
    reduction: str = "mean"
    half: bool | None = None

    def factor(self, network: Network, rows: int) -> float:
        """Return what our loss must be multiplied with to be the document's."""
        ours = network.loss
        factor = 1.0
        if self.reduction == "sum":
            factor *= rows * (network.sizes[-1] if ours in _ALL_IN_ONE else 1)
        if self.loss in _SUM_OF_CLASSES:
            factor *= network.sizes[-1]
        if ours == "half_squared_error":
            half = self.loss not in _WITHOUT_HALF if self.half is None else self.half
            factor *= 1 if half else 2
        elif ours == "mean_squared_error" and self.half:
            factor *= 0.5
        return factor


def read_conventions(
    document: Mapping[str, Any], network: Network | None, sizes: tuple[int, ...], notes: list[str]
) -> tuple[Network, Scale]:
    """Return the network that a document names, and the scale of its loss.

    Args:
        document: may hold any of KEYS.
        network: what holds where the document says nothing.
        sizes: those that the arrays' shapes tell, for a document that names none; or ().
        notes: where it is said what was assumed.

    Raises:
        InputError: a convention cannot be read, or the network cannot be.
    """
    named = _word(document.get("loss", network.loss if network else "half_squared_error"), "loss")
    if named not in LOSS_NAMES:
        hint = f"I know {', '.join(LOSS_NAMES)}."
        raise UnknownNameError(f"{quoted(named)} is not a loss I know.", hint=hint, at="loss")
    reduction = _word(document.get("reduction", "mean"), "reduction")
    if reduction not in REDUCTIONS:
        raise UnknownNameError(
            f"{quoted(reduction)} is not a reduction I know.",
            hint="It is “mean” or “sum”: over the examples; means over outputs go with it.",
            at="reduction",
        )
    half = _claim(document["half"], "half") if "half" in document else None
    described = _network(document, network, sizes, notes)
    return described, Scale(named, reduction, half)


def _network(
    document: Mapping[str, Any], network: Network | None, sizes: tuple[int, ...], notes: list[str]
) -> Network:
    given: dict[str, Any] = {}
    if "sizes" in document:
        given["sizes"] = _sizes(document["sizes"])
    if "loss" in document:
        given["loss"] = LOSS_NAMES[document["loss"]]
    if "shared_biases" in document:
        given["shared_biases"] = _claim(document["shared_biases"], "shared_biases")
    for name in ("l1", "l2"):
        if name in document:
            given[name] = _strength(document[name], name)
    count = len(given.get("sizes", network.sizes if network else sizes)) - 1
    if "activations" in document:
        given["activations"] = _activations(document["activations"], count)
    if network is not None:
        return replace(network, **given)
    if "sizes" not in given:
        if not sizes:
            raise InputError(
                "Nothing says what network this belongs to.",
                hint='Name its conventions, as in "sizes": [2, 2, 2], or give W1, W2, …',
                at="sizes",
            )
        given["sizes"] = sizes
        notes.append(f"I took the sizes {', '.join(map(str, sizes))} from the weights.")
    if "activations" not in given:
        last = LAST.get(given.get("loss", ""), "sigmoid")
        given["activations"] = (*["sigmoid"] * (count - 1), last)
        notes.append(f"No activations are named; I took {', '.join(given['activations'])}.")
    if "loss" not in given:
        notes.append("No loss is named; I took half_squared_error.")
    return Network(**given)


def _sizes(value: Any) -> tuple[int, ...]:
    whole = isinstance(value, list) and all(type(each) is int for each in value)
    if not whole:
        raise InputError(
            f"{quoted(str(value))} cannot be the sizes of a network.",
            hint="Name the inputs, then the units of each layer, as in [2, 3, 1].",
            at="sizes",
        )
    return tuple(value)


def _activations(value: Any, count: int) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) * count
    if not isinstance(value, list):
        hint = 'Name one for each layer of weights, as in ["tanh", "sigmoid"].'
        what = f"{quoted(str(value))} are no activations."
        raise InputError(what, hint=hint, at="activations")
    return tuple(_word(each, "activations") for each in value)


def _word(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"{quoted(str(value))} is no name for “{name}”.", at=name)
    return value


def _claim(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        hint = "It is true or false."
        raise InputError(f"{quoted(str(value))} does not answer “{name}”.", hint=hint, at=name)
    return value


def _strength(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{quoted(str(value))} is not a strength for “{name}”.", at=name)
    return float(min(value, 1e300))
