"""Which array of the network a name means: the book's names, those of code, of libraries.

parameter      W1  b1  w1  weight1  bias_1  W_hidden      0.weight  fc1.bias  dense/kernel:0
               params.Dense_0.kernel  weights[0]  params[0][1]  W (of one layer)
gradient       dW1  db1  grad_W1  g_W1  dL/dW1  ∂L/∂W1  W1.grad  grads['W1']  grads.0.weight
intermediate   Z1  A1  dZ1  delta1  δ1  dA1
data           X  Y  inputs  targets
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from backprop.notation.submission.place import LONGEST_NAME, Array

_GRADIENT = re.compile(
    r"(?:(?:d|∂)(?:[LJEC]|[Ll]oss|[Cc]ost)[_/]?(?:d|∂)_?|g(?=[Wb][0-9])|d_|d|∂|grads?_?|gradients?_?|g_|nabla_?|∇_?)"
    r"(?=[WwBbZzAaHhkK])"
)
_GRADIENT_AFTER = re.compile(r"(?:\.|_)grad(?:ient)?s?$")
GRADIENT_WORDS = frozenset(
    ("grad", "grads", "gradient", "gradients", "dparams", "d_params", "nabla", "∇", "backward")
)
_WITHIN = frozenset(  # of what an array is part, where that says nothing more
    (
        *("self", "net", "network", "model", "module", "cache", "state", "state_dict", "data", "p"),
        *("param", "params", "parameter", "parameters", "theta", "trainable", "values"),
        *("variables", "value"),
    )
)
_WEIGHT = "W|w|weights?|kernels?|coefs?_"
_BIAS = "b|B|bias|biases|intercepts?_"
_PARAMETER = re.compile(rf"({_WEIGHT}|{_BIAS})_?([0-9]{{1,3}})")
_WORD = re.compile(rf"({_WEIGHT})|({_BIAS})")
_NAMED_LAYER = re.compile(
    rf"(?:({_WEIGHT}|{_BIAS})_([^\W\d]\w*)|(\w*?[^\W_])_(weights?|kernel|bias|biases|W|w|b))"
)
_INTERMEDIATE = re.compile(r"(Z|z|net|A|a|delta|Delta|δ)_?([0-9]{1,3})")
_X, _Y = ("x", "input", "inputs"), ("y", "t", "target", "targets", "label", "labels")
_X_OF, _Y_OF = ("x_train", "x_batch", "train_x"), ("y_train", "y_batch", "train_y", "y_true")
_PASSED_OVER = ("l", "j", "e", "loss", "cost", "value", "seed", "h", "eps", "lr", "learning_rate")
PENALTIES = ("reg", "lam", "lambd", "lambda", "lambda_", "reg_lambda", "wd", "weight_decay")
_IN_OUT = re.compile(r"kernel|coefs?_|linear(?:_[0-9]+)?[./]w\b")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
NEURONS = "neurons"  # of a list that goes unit by unit, as micrograd’s
ALONE = "alone"  # what the layer of a plain W is called


@dataclass(frozen=True, slots=True)
class Role:
    """What an array is of the network.

    Attributes:
        kind: "parameter", "gradient", "intermediate", "data", "passed over" or "unknown".
        name: W1, b2, Z1, A1, dZ1, X, Y; W or b until layers are counted; "" where only the order
            tells.
        layer: what the layer is called, where it has another name than its number; else "".
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

    def all(self) -> tuple[dict[str, tuple[str, Array]], ...]:
        """Return the groups of arrays."""
        return self.parameters, self.gradient, self.intermediates, self.data

    def of(self, kind: str) -> dict[str, tuple[str, Array]]:
        """Return the arrays of a kind."""
        groups = {
            "parameter": self.parameters,
            "gradient": self.gradient,
            "intermediate": self.intermediates,
            "data": self.data,
        }
        return groups[kind]


def names_in_out(name: str) -> bool:
    """Whether a name says that weights are (inputs, outputs): kernel, coefs_, linear.w."""
    return bool(_IN_OUT.search(name))


def find_role(name: str) -> Role:
    """Return what a name means."""
    return _read_name(name) if len(name) <= LONGEST_NAME else Role("unknown")


@lru_cache(maxsize=2048)  # within brackets, the same few names are asked for again and again
def _read_name(name: str) -> Role:
    if name.lower() in PENALTIES:  # no weight
        return Role("unknown")
    name = name.translate(_SUBSCRIPTS)  # W₁ of Julia
    bare = _GRADIENT_AFTER.sub("", name)
    role = _plain_role(bare, bare != name)
    if role.kind == "unknown" and re.search(r"[./\[]", bare):
        parts = [part for part in re.split(r"[./\[\]'\"]+", re.sub(r":[0-9]+$", "", bare)) if part]
        role = _path_role(parts, bare != name)
    if role.kind != "unknown":
        return role
    lowered = bare.lower()
    if lowered in GRADIENT_WORDS:
        return Role("gradient")
    for known, meant in (((*_X, *_X_OF), "X"), ((*_Y, *_Y_OF), "Y")):
        if lowered in known:
            return Role("data", meant)
    return Role("passed over" if lowered in _PASSED_OVER else "unknown")


def _plain_role(bare: str, is_gradient: bool) -> Role:
    """Return what a name without a path means: W1, dW1, W_hidden, W, Z1."""
    if before := _GRADIENT.match(bare):
        rest = bare[before.end() :]
        role = _plain_role(rest, True) if rest else Role("unknown")
        if role.kind != "unknown" and not (role.kind == "gradient" and _GRADIENT.match(rest)):
            return role
    kind = "gradient" if is_gradient else "parameter"
    if bare == NEURONS:
        return Role(kind, NEURONS)
    if match := _PARAMETER.fullmatch(bare):
        return Role(kind, f"{_letter(match[1])}{int(match[2])}")
    if match := _INTERMEDIATE.fullmatch(bare):
        slope = is_gradient or match[1] in ("delta", "Delta", "δ")
        letter = "A" if match[1] in "Aa" else "Z"
        return Role("intermediate", f"{'d' * slope}{letter}{int(match[2])}")
    if _WORD.fullmatch(bare):
        return Role(kind, _letter(bare), ALONE)
    if (match := _NAMED_LAYER.fullmatch(bare)) and "grad" not in bare:
        return Role(kind, _letter(match[1] or match[4]), match[2] or match[3])
    return Role("unknown")


def _path_role(parts: Sequence[str], is_gradient: bool) -> Role:
    """Return what a path means: where it says nothing of its own, its place in a list does."""
    is_gradient = is_gradient or any(part.lower() in GRADIENT_WORDS for part in parts)
    kind = "gradient" if is_gradient else "parameter"
    own = [p for p in parts if p.lower() not in GRADIENT_WORDS and p.lower() not in _WITHIN]
    if all(part.isdecimal() for part in own):
        return (
            Role(kind, "", own[0] if len(own) > 1 else "")
            if own != list(parts)
            else Role("unknown")
        )
    *before, last = own
    if last.isdecimal() and before:
        role = _plain_role(before[-1], is_gradient)
        if role.layer == ALONE:  # weights[0]
            return Role(role.kind, role.name, ".".join((*before[:-1], last)))
        return Role("unknown")
    role = _plain_role(last, is_gradient)
    if role.layer:  # layers.0.weight; the layer of a W alone is what stands before it
        own_layer = () if role.layer == ALONE else (role.layer,)
        return Role(role.kind, role.name, ".".join((*before, *own_layer)) or ALONE)
    if role.kind == "unknown" and not before and (data := last.lower()) in (*_X, *_Y):
        return Role("data", "X" if data in _X else "Y")
    return role


def _letter(word: str) -> str:
    return "W" if re.fullmatch(_WEIGHT, word) else "b"


def sort_arrays(arrays: Mapping[str, Array], brought: Sorted, within: str = "") -> None:
    """Put arrays where they belong.

    Args:
        arrays: by the names that the learner gave them.
        brought: where they go; an array that is there already stays, and the second is unknown.
        within: the kind of the group they stand in, such as "gradient"; "" where names must tell.
    """
    layers: dict[str, dict[str, int]] = {}  # by kind: ps.layers.0 may be grads.layers.0, too
    guessed: list[str] = []
    in_order: dict[str, list[tuple[str, Array]]] = {}
    for given, array in arrays.items():
        role = find_role(given)
        name, kind = role.name, role.kind
        if kind == "passed over":
            continue
        if role.layer and name:
            known = layers.setdefault(kind, {})
            if role.layer in (first := layers.get("parameter", {})):
                known = first
            name = f"{name}{known.setdefault(role.layer, len(known) + 1)}"
            if role.name == "W" and role.layer != ALONE:
                guessed.append(f"{given} for {'d' * (kind == 'gradient')}{name}")
        if within == "intermediate" and kind == "gradient":
            kind = "unknown"
        elif within and kind == ("parameter" if within == "gradient" else "gradient"):
            kind = within if within == "gradient" else "unknown"
        if not name and kind in ("parameter", "gradient"):
            in_order.setdefault(kind, []).append((given, array))
        elif kind == "unknown" or name in brought.of(kind):
            brought.unknown.append(given)
        else:
            brought.of(kind)[name] = (given, array)
    for kind, part in in_order.items():
        for name, each in zip(names_in_order([array for _, array in part]), part, strict=True):
            if name in brought.of(kind):
                brought.unknown.append(each[0])
            else:
                brought.of(kind)[name] = each
                guessed.append(f"{each[0]} for {'d' * (kind == 'gradient')}{name}")
    if guessed:
        brought.notes.append(
            f"I took {', '.join(guessed[:12])}: layers are counted as they stand there."
        )


def names_in_order(arrays: Sequence[Array]) -> list[str]:
    """Return the names of parameters that stand in their order: a matrix is a W, a vector a b.

    A bias may be a matrix of one row or column: then every second array is one.
    """
    pairs = list(zip(arrays[::2], arrays[1::2], strict=False))
    in_turns = len(arrays) % 2 == 0 and all(
        b.ndim == 2 and 1 in b.shape and b.size in W.shape for W, b in pairs if W.ndim == 2
    )
    counts = {"W": 0, "b": 0}
    names = []
    for i, array in enumerate(arrays):
        matrix = array.ndim == 2 and not (in_turns and i % 2)
        letter = "W" if matrix else "b"
        counts[letter] += 1
        names.append(f"{letter}{counts[letter]}")
    return names


def take_unnamed(
    unnamed: Mapping[str, Array], shapes: Mapping[str, tuple[int, ...]], brought: Sorted
) -> bool:
    """Take arrays without names in their order; say so.

    Args:
        unnamed: those without a name.
        shapes: of the network's parameters, W1, b1, …; {} if no network is known.
        brought: where they go: parameters, gradients, X and Y, whatever is missing.
    """
    given = list(unnamed.items())
    kinds = [kind for kind in ("parameter", "gradient") if not brought.of(kind)]
    named = list(brought.parameters or brought.gradient)
    ends = [name for name in ("X", "Y") if name not in brought.data]
    fits = all(
        sorted(array.shape) == sorted(shape)
        for (_, array), shape in zip(given, shapes.values(), strict=False)
    )
    count, half = len(named) or len(shapes), _half(given)
    halves = [(half, kinds)] if len(kinds) == 2 else []
    counts = (count,) if named else (count, len(shapes) // 2)  # of a network without biases
    usual = [(n, taken) for n in counts for taken in (kinds[-1:], kinds)]
    for n, taken in (*usual, *halves) if fits or named else (*halves, *usual):
        for last in ([], ends):
            if n and taken and len(given) == n * len(taken) + len(last):
                return _take(given, n, taken, last, named, brought)
    if not kinds and ends and len(given) == len(ends):
        return _take(given, 0, [], ends, named, brought)
    return False


def _half(given: Sequence[tuple[str, Array]]) -> int:
    """Return how many arrays stand there twice in the same shapes, the second time as slopes."""
    shapes = [array.shape for _, array in given]
    halves = (len(given) // 2, len(given) // 2 - 1)
    return next((n for n in halves if n > 0 and shapes[:n] == shapes[n : 2 * n]), 0)


def _take(
    given: list[tuple[str, Array]],
    count: int,
    kinds: Sequence[str],
    ends: Sequence[str],
    named: Sequence[str],
    brought: Sorted,
) -> bool:
    taken = []
    for i, kind in enumerate(kinds):
        part = given[i * count : (i + 1) * count]
        names = named or names_in_order([array for _, array in part])
        brought.of(kind).update(zip(names, part, strict=True))
        taken += [f"{'d' * (kind == 'gradient')}{name}" for name in names]
    rest = given[len(kinds) * count :]
    brought.data.update(zip(ends, rest, strict=True))
    order = ", ".join((*taken, *ends))
    brought.notes.append(f"The arrays have no names; I took them for {order}, in this order.")
    return True
