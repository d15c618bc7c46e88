"""What the quantities of a network are called: by index, or as a textbook's hand example does.

indexed    w2_1_3 is w with superscript (2) and subscript 1 3; outputs are ŷ, the loss L
textbook   weights are numbered through w₁ … w₈, hidden units h, outputs o, targets t, the
           loss E, as in the classic 2-2-2 example
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

from backprop.notation.formula import Label
from backprop.notation.names import label_of


@lru_cache(maxsize=64)
def network_labels(
    sizes: tuple[int, ...], shared: bool, style: str, squashed: bool
) -> Callable[[str], Label]:
    """Return the function from a name to the label that is shown, “indexed” or “textbook”.

    Where the last layer is squashed, by an activation of its own, its results are the outputs.
    """
    known = dict(_textbook(sizes, shared) if style == "textbook" else _indexed(sizes, shared))
    if not squashed:
        known = {k: v for k, v in known.items() if not k.startswith(f"a{len(sizes) - 1}_")}
    return lru_cache(maxsize=4096)(lambda name: known[name] if name in known else label_of(name))


@lru_cache(maxsize=64)
def textbook_names(sizes: tuple[int, ...], shared: bool) -> Mapping[str, str]:
    """Return the textbook's name, as it is typed, of each quantity: w2_1_1 → w5."""
    names = _textbook(sizes, shared).items()
    return MappingProxyType({name: f"{label.letter}{label.below}" for name, label in names})


def _only(number: int, of: int) -> str:
    """Return a subscript, or none where there is one of a kind."""
    return str(number) if of > 1 else ""


def _indexed(sizes: tuple[int, ...], shared: bool) -> Mapping[str, Label]:
    depth, outputs = len(sizes) - 1, sizes[-1]
    labels = {"L": Label("L")}
    for j in range(1, outputs + 1):
        labels[f"a{depth}_{j}"] = Label("y", _only(j, outputs), hat=True)
        labels[f"y{j}"] = Label("y", _only(j, outputs))
    for i in range(1, sizes[0] + 1):
        labels[f"x{i}"] = Label("x", _only(i, sizes[0]))
    if shared:
        labels |= {f"b{layer}_1": Label("b", above=f"({layer})") for layer in range(1, depth + 1)}
    return labels


@lru_cache(maxsize=64)
def _textbook(sizes: tuple[int, ...], shared: bool) -> Mapping[str, Label]:
    depth, outputs = len(sizes) - 1, sizes[-1]
    labels = {"L": Label("E")}
    weights = biases = neurons = hidden = 0
    for layer in range(1, depth + 1):
        biases += 1 if shared else 0
        for unit in range(1, sizes[layer] + 1):
            neurons, name = neurons + 1, f"{layer}_{unit}"
            labels[f"z{name}"] = Label("z", _only(neurons, sum(sizes[1:])))
            if layer < depth:
                hidden += 1
                labels[f"a{name}"] = Label("h", _only(hidden, sum(sizes[1:-1])))
            else:
                labels[f"a{name}"] = Label("o", _only(unit, outputs))
            for i in range(1, sizes[layer - 1] + 1):
                weights += 1
                labels[f"w{name}_{i}"] = Label("w", str(weights))
            if not shared:
                biases += 1
                labels[f"b{name}"] = Label("b", _only(biases, sum(sizes[1:])))
        if shared:
            labels[f"b{layer}_1"] = Label("b", _only(biases, depth))
    for j in range(1, outputs + 1):
        labels[f"y{j}"] = Label("t", _only(j, outputs))
    for i in range(1, sizes[0] + 1):
        labels[f"x{i}"] = Label("x", _only(i, sizes[0]))
    return labels
