"""What a print says of the network beside its numbers: a loss, activations, a printed model.

loss_fn = nn.MSELoss()        Sequential(                       Chain(
activations = [tanh, relu]      (0): Linear(in_features=2, …)     Dense(2 => 3, tanh),
sizes: [2, 3, 1]                (1): Tanh()                       Dense(3 => 1),
l2 = 0.01
"""

import re
from contextlib import suppress
from typing import Any

from backprop.engine.network import MOST_LAYERS
from backprop.notation.submission.names import NEURONS
from backprop.notation.submission.place import PrintedError

_SAID = re.compile(
    r"(?m)^[ \t]*(?:self\.)?"
    r"(loss|loss_fn|loss_function|criterion|activations?|reduction|sizes|layout|examples)"
    r"[ \t]*[=:][ \t]*((?=[A-Za-z\[('\"])[^\n#]{1,200}?)(?<![ \t])[ \t]*+,?[ \t]*+(?:#[^\n]*)?$"
)
_PENALTY = re.compile(
    r"(?mi)^[ \t]*(?:self\.)?(l[12])[ \t]*[=:]"
    r"[ \t]*([-+]?[\d.]+(?:e[-+]?\d{1,3})?),?[ \t]*(?:#[^\n]*)?$"
)
_KEYS = {
    "loss_fn": "loss",
    "loss_function": "loss",
    "criterion": "loss",
    "activation": "activations",
}
_MOST_SAID = 40
MOST_VALUES = 8_000
_MODULE = re.compile(r"(?m)^[ \t]*\(\w+\): ([A-Z]\w*)\(([^\n]*)\)[ \t]*$")
_AROUND = re.compile(r"(?m)^[ \t]*(?:\(\w+\): )?[A-Z]\w*\([ \t]*$")
_DENSE = re.compile(
    r"Dense\(([0-9]{1,4}) => ([0-9]{1,4})(?:, ([\wσ]+))?(?:; [^()\n]*)?\)[ \t]*,?(?:[ \t]*#[^\n]*)?"
)
_VALUE = re.compile(r"\bValue\(data=([^,()\n]{1,40}), ?grad=([^,()\n]{1,40})\)")
_NAMED_VALUE = re.compile(r"[\w\])][ \t]*[=:][ \t]*Value\(")
_EMPTY = re.compile(r"\[[\s,]*\]")
_SIZES = re.compile(r"[\[(] ?([0-9]{1,4}(?:[, ]{1,2}[0-9]{1,4}){1,12}) ?[\])]")
_WORD = re.compile(r"[^\W\d][\w.]*(?:\([^()]*\))?|σ")


def take_conventions(text: str) -> tuple[dict[str, Any], str]:
    """Return what a print says of its network, as a document would, and the text without it."""
    document: dict[str, Any] = {}

    def setting(match: re.Match[str]) -> str:
        key = _KEYS.get(match[1], match[1])
        value = _value(key, match[2].strip())
        if not value:
            return match[0]
        document[key] = value
        return " " * len(match[0])

    def penalty(match: re.Match[str]) -> str:
        with suppress(ValueError):
            document[match[1].lower()] = float(match[2])
            return " " * len(match[0])
        return match[0]

    text = _PENALTY.sub(penalty, _SAID.sub(setting, text, count=_MOST_SAID), count=_MOST_SAID)
    if 0 < text.count("Linear(") + text.count("Dense(") <= MOST_LAYERS:
        text = _take_model(text, document)
    return document, text


def _value(key: str, spelled: str) -> Any:
    """Return what a key of a document is set to; "" where it is something else, as a number."""
    if spelled[0] not in "[(" and key != "sizes":
        word = spelled.strip("'\"")
        return word if key != "loss" or _WORD.fullmatch(word) else ""
    if key == "activations":
        return _WORD.findall(spelled)
    if key == "sizes" and (numbers := _SIZES.fullmatch(spelled)):
        return [int(word) for word in numbers[1].replace(",", " ").split()]
    return ""


def take_values(text: str) -> str:
    """Return a print of micrograd with its values and their slopes as two lists.

    Raises:
        PrintedError: there are too many of them.
    """
    if text.count("Value(") > MOST_VALUES:
        hint = "A larger network is brought as arrays: W1 = [[0.15, 0.2]]."
        raise PrintedError(f"There are more than {MOST_VALUES:,} values.", hint=hint)
    pairs = _VALUE.findall(text)
    if not pairs or _NAMED_VALUE.search(text):
        return text
    data, slopes = (", ".join(numbers) for numbers in zip(*pairs, strict=True))
    rest = _VALUE.sub("", text)
    return f"{NEURONS} = [{data}]\n{NEURONS}.grad = [{slopes}]\n{_EMPTY.sub('', rest)}"


def _take_model(text: str, document: dict[str, Any]) -> str:
    """Put down the sizes and activations of a printed model; return the text without it."""
    sizes: list[int] = []
    activations: list[str] = []  # of each layer; "" where none stands behind it
    for name, arguments in _MODULE.findall(text):
        if name == "Linear":
            ends = [
                re.search(rf"{word}=([0-9]{{1,4}})", arguments)
                for word in ("in_features", "out_features")
            ]
            numbers = [int(end[1]) for end in ends if end]
            sizes += numbers if not sizes else numbers[1:]
            activations.append("")
        elif activations and not activations[-1] and name not in ("Dropout", "Flatten"):
            activations[-1] = f"{name}({arguments})"
    for first, second, activation in _DENSE.findall(text):
        sizes += [int(second)] if sizes else [int(first), int(second)]
        activations.append(activation or "identity")
    if activations:
        if len(activations) > 1 and activations[:-1] == [""] * (len(activations) - 1):
            activations = [activations[-1]] * (len(activations) - 1) + [""]  # fc1, fc2, relu
        document.setdefault("sizes", sizes)
        document.setdefault("activations", [each or "identity" for each in activations])
    for shape in (_MODULE, _DENSE, _AROUND):
        text = shape.sub(lambda match: " " * len(match[0]), text)
    return text
