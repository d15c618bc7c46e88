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

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from backprop.engine.errors import InputError, UnknownNameError
from backprop.engine.network import ACTIVATIONS, LAST, LOSSES, Network
from backprop.notation.submission.layouts import COLUMNS, IN_OUT, OUT_IN, ROWS, Wish
from backprop.notation.submission.place import quoted

LOSS_NAMES = MappingProxyType(  # besides our own; read without capitals and underscores
    {
        "squarederror": "squared_error",
        "sumofsquares": "sum_of_squares",
        "sumsquarederror": "sum_squared_error",
        **dict.fromkeys(("mse", "mseloss", "l2loss", "meansquarederrorloss"), "mean_squared_error"),
        **dict.fromkeys(
            ("bce", "bceloss", "logloss", "binarycrossentropyloss"), "binary_cross_entropy"
        ),
        **dict.fromkeys(
            (
                *("crossentropyloss", "softmaxcrossentropy", "softmaxcrossentropywithlogits"),
                *("categoricalcrossentropy", "sparsecategoricalcrossentropy", "nllloss", "nll"),
                *("logitcrossentropy", "negativeloglikelihood"),
            ),
            "cross_entropy",
        ),
        **dict.fromkeys(("huberloss", "smoothl1", "smoothl1loss"), "huber"),
        **dict.fromkeys(("multimargin", "multimarginloss"), "multiclass_hinge"),
        "multiclasssvm": "multiclass_svm",
    }
)
_WITH_LOGITS = (  # a binary cross-entropy that takes the sigmoid itself
    *("bcewithlogitsloss", "bcewithlogits", "binarycrossentropywithlogits"),
    *("sigmoidcrossentropywithlogits", "sigmoidbinarycrossentropy", "logitbinarycrossentropy"),
)
ACTIVATION_NAMES = MappingProxyType(
    {
        **dict.fromkeys(("identity", "none", "id"), "linear"),
        **dict.fromkeys(("logistic", "σ", "expit"), "sigmoid"),
        "logsoftmax": "softmax",
    }
)
_LEAK = 0.01  # the slope of our leaky_relu below 0
_SPELLED = re.compile(r"(?:[\w.]*\.)?([^\W\d]\w*)\s*(?:\((.*)\))?", re.DOTALL)
_WITHOUT_HALF = ("squared_error", "sum_of_squares", "sum_squared_error")
_ALL_IN_ONE = ("mean_squared_error", "binary_cross_entropy", "huber")  # means over outputs, too
_SUM_OF_CLASSES = ("multiclass_svm",)  # CS231n's: added up over the classes, mean over examples
_OURS = MappingProxyType(
    dict.fromkeys(_WITHOUT_HALF, "half_squared_error")
    | dict.fromkeys(_SUM_OF_CLASSES, "multiclass_hinge")
)
_SETTINGS = MappingProxyType({"huber": ("delta", "beta"), "multiclass_hinge": ("margin", "p")})
REDUCTIONS = ("mean", "sum")
KEYS = (
    *("sizes", "activations", "loss", "reduction", "half", "shared_biases", "l1", "l2"),
    *("layout", "examples"),
)
_LAYOUTS = MappingProxyType({"out, in": OUT_IN, "in, out": IN_OUT})


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
        notes: to which sentences are added on what was assumed.

    Raises:
        InputError: a convention cannot be read, or the network cannot be.
    """
    spelled = _word(document.get("loss", network.loss if network else "half_squared_error"), "loss")
    named, with_logits, arguments = _loss(spelled)
    reduction = _word(
        document.get("reduction", _argument(arguments, "reduction") or "mean"), "reduction"
    )
    if reduction not in REDUCTIONS:
        raise UnknownNameError(
            f"{quoted(reduction)} is not a reduction I know.",
            hint="It is “mean” or “sum”: over the examples; means over outputs go with it.",
            at="reduction",
        )
    half = _claim(document["half"], "half") if "half" in document else None
    plain = dict(document) | ({"loss": _OURS.get(named, named)} if "loss" in document else {})
    described = _network(plain, network, sizes, notes, with_logits)
    return described, Scale(named, reduction, half)


def read_wish(document: Mapping[str, Any]) -> Wish:
    """Return what a document says of how arrays lie.

    Raises:
        InputError: it says something else than what is known.
    """
    weights, examples = (_word(document.get(name, ""), name) for name in ("layout", "examples"))
    if weights and weights not in _LAYOUTS:
        hint = f"Weights are {' or '.join(f'“{name}”' for name in _LAYOUTS)}."
        raise InputError(f"{quoted(weights)} is no layout I know.", hint=hint, at="layout")
    if examples not in ("", ROWS, COLUMNS):
        hint = f"Examples stand in “{ROWS}” or in “{COLUMNS}”."
        raise InputError(f"{quoted(examples)} is no arrangement I know.", hint=hint, at="examples")
    return Wish(_LAYOUTS.get(weights, ""), examples)


def _loss(spelled: str) -> tuple[str, bool, str]:
    """Return a loss as it is called here, whether it takes a sigmoid itself, and its arguments."""
    plain, arguments = _plain(spelled)
    ours = {name.replace("_", ""): name for name in LOSSES}
    known: Mapping[str, str] = ours | LOSS_NAMES
    if plain in _WITH_LOGITS:
        return "binary_cross_entropy", True, arguments
    if plain not in known:
        hint = f"I know {', '.join((*LOSSES, *_WITHOUT_HALF))}, and the names of PyTorch and Keras."
        raise UnknownNameError(f"{quoted(spelled)} is not a loss I know.", hint=hint, at="loss")
    named = known[plain]
    for name in _SETTINGS.get(named, ()):
        if _argument(arguments, name) not in ("", "1", "1.0"):
            raise InputError(
                f"{quoted(spelled)} has another {name} than the loss here, 1.",
                hint=f"Take {name}=1 in your code, PyTorch’s own, and bring that.",
                at="loss",
            )
    logits = named == "binary_cross_entropy" and _argument(arguments, "from_logits") == "True"
    return named, logits, arguments


def read_activation(spelled: str) -> str:
    """Return an activation as it is called here: nn.Tanh(), LeakyReLU(0.01), logistic.

    Raises:
        InputError: it is a leaky ReLU with another slope than ours.
    """
    plain, arguments = _plain(spelled)
    if plain == "leakyrelu" and arguments.strip():
        leak = _argument(arguments, "negative_slope") or _argument(arguments, "alpha") or arguments
        try:
            is_ours = float(leak) == _LEAK
        except ValueError:
            is_ours = False
        if not is_ours:
            raise InputError(
                f"{quoted(spelled)} has another slope below 0 than leaky_relu here, {_LEAK}.",
                hint=f"Use the slope {_LEAK}, PyTorch’s own, in your code, and bring that.",
                at="activations",
            )
    ours = {name.replace("_", ""): name for name in ACTIVATIONS}
    return {**ours, **ACTIVATION_NAMES}.get(plain, spelled)


def _plain(spelled: str) -> tuple[str, str]:
    """Return nn.LeakyReLU(0.2) as leakyrelu and 0.2."""
    match = _SPELLED.fullmatch(spelled.strip()) if len(spelled) <= 200 else None
    if not match:
        return spelled, ""
    return match[1].lower().replace("_", ""), match[2] or ""


def _argument(arguments: str, name: str) -> str:
    match = re.search(rf"\b{name}\s*=\s*['\"]?([\w.+-]+)", arguments)
    return match[1] if match else ""


def _network(
    document: Mapping[str, Any],
    network: Network | None,
    sizes: tuple[int, ...],
    notes: list[str],
    with_logits: bool,
) -> Network:
    given: dict[str, Any] = {}
    if "sizes" in document:
        given["sizes"] = _sizes(document["sizes"])
    elif network is not None and sizes and sizes != network.sizes:
        given["sizes"] = sizes
        notes.append(f"I took the sizes {', '.join(map(str, sizes))} from the weights.")
    if "loss" in document:
        given["loss"] = document["loss"]
    if "shared_biases" in document:
        given["shared_biases"] = _claim(document["shared_biases"], "shared_biases")
    for name in ("l1", "l2"):
        if name in document:
            given[name] = _strength(document[name], name)
    count = len(given.get("sizes", network.sizes if network else sizes)) - 1
    loss = given.get("loss", network.loss if network else "half_squared_error")
    output = LAST.get(loss, "sigmoid" if with_logits else "linear")
    if "activations" in document:
        named = _activations(document["activations"], count)
        given["activations"] = _with_output(named, count, output, notes)
    if network is not None:
        if "activations" not in given and count != network.depth:
            first, last = network.activations[0], network.activations[-1]
            given["activations"] = (*[first] * (count - 1), last)
            notes.append(f"For its layers I took {', '.join(given['activations'])}.")
        if "activations" not in document and "loss" in document:
            *before, last = given.get("activations", network.activations)
            goes_with = LAST.get(loss, "linear" if last == "softmax" else last)
            if last != goes_with:
                given["activations"] = (*before, goes_with)
                notes.append(f"With {loss} the outputs go through {goes_with}; I wrote them so.")
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


def _with_output(
    named: tuple[str, ...], count: int, output: str, notes: list[str]
) -> tuple[str, ...]:
    """Return activations with that of the outputs, which some losses bring themselves."""
    if len(named) == count - 1:
        notes.append(f"No activation of the outputs is named; I took {output}.")
        return (*named, output)
    if output != "linear" and len(named) == count and named[-1] == "linear":
        notes.append(f"The loss takes the outputs through {output} itself; I wrote them so.")
        return (*named[:-1], output)
    return named


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
        return (read_activation(value),) * count
    if not isinstance(value, list):
        hint = 'Name one for each layer of weights, as in ["tanh", "sigmoid"].'
        what = f"{quoted(str(value))} are no activations."
        raise InputError(what, hint=hint, at="activations")
    return tuple(read_activation(_word(each, "activations")) for each in value)


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
