"""What each word of the language takes, and what people call it elsewhere."""

from difflib import get_close_matches
from typing import NamedTuple

from backprop.engine.arrays.rows import ENTRYWISE, SIGNS
from backprop.engine.function_names import ALIASES, MEANT

ARRAYS = ("x", "y", "c", "q", "k", "v", "w", "h", "W", "U", "b", "gain", "bias", "scores", "g")
KINDS = {  # what an argument is, by its name; all others are arrays
    **{"axis": "axis", "one_axis": "one axis", "keepdims": "flag", "eps": "number", "n": "whole"},
    **dict.fromkeys(("shape", "order"), "lengths"),
    **dict.fromkeys(("size", "stride", "padding"), "lengths or whole"),
    **{"width": "widths", "index": "index", "arrays": "arrays", "spelled": "letters"},
    "operands": "more arrays",
}
REQUIRED = "—"


class Parameter(NamedTuple):
    """One argument of a word: its name, its kind, and what it is if it is left out."""

    name: str
    kind: str
    default: object = REQUIRED


def _signature(text: str) -> tuple[Parameter, ...]:
    found = []
    for part in filter(None, text.split(", ")):
        name, sign, default = part.partition("=")
        kind = KINDS.get(name, "array")
        name = "axis" if kind == "one axis" else name
        found.append(Parameter(name, kind, DEFAULTS[default] if sign else REQUIRED))
    return tuple(found)


DEFAULTS: dict[str, object] = {
    **{"None": None, "False": False, "-1": -1, "0": 0, "1": 1, "1e-5": 1e-5},
}
SIGNATURES: dict[str, tuple[Parameter, ...]] = {
    name: _signature(text)
    for name, text in {
        **dict.fromkeys(("sum", "mean", "var", "max", "min"), "x, axis=None, keepdims=False"),
        **{"softmax": "x, axis=-1", "log_softmax": "x, axis=-1"},
        "logsumexp": "x, axis=-1, keepdims=False",
        **{"standardize": "x, axis=-1, eps=1e-5", "deviation": "x, axis=-1, eps=1e-5"},
        "cross_entropy": "scores, y",
        **{"concat": "arrays, one_axis=0", "stack": "arrays, one_axis=0"},
        **{"reshape": "x, shape", "transpose": "x, order=None", "broadcast_to": "x, shape"},
        **{"pad": "x, width", "windows": "x, size, stride=1", "einsum": "spelled, operands"},
        **{"overlap_add": "x, y, size, stride=1", "placed": "x, y, index"},
        **{"fit": "x, y", "spread": "x, y, axis=None, keepdims=False"},
        **dict.fromkeys(("peaks", "lows", "first_peak", "first_max"), "x, axis=None"),
        **{"stop": "x", "eye": "n", "tri": "n", "zeros": "shape", "ones": "shape", "arange": "n"},
        **{"linear": "x, W, b", "attention": "q, k, v, mask=None"},
        **dict.fromkeys(("layer_norm", "batch_norm"), "x, gain, bias, eps=1e-5"),
        **dict.fromkeys(("conv1d", "conv2d"), "x, w, stride=1, padding=0"),
        **dict.fromkeys(
            [f"{kind}_pool{n}d" for kind in ("max", "avg") for n in (1, 2)],
            "x, size, stride=None",
        ),
        "lstm_cell": "x, h, c, W, U, b",
        **{name: ", ".join(row.inputs) for name, row in ENTRYWISE.items() if name not in SIGNS},
    }.items()
    if name != "negate"
}
METHODS = ("sum", "mean", "max", "min", "var", "reshape", "transpose")
RESERVED = frozenset((*SIGNATURES, "inf", "pi", "s_", "None", "True", "False", "len"))
MODULES = frozenset(("np", "numpy", "jnp", "torch", "F", "nn", "functional", "tf", "math"))
CALLED_ELSEWHERE = {  # other libraries' names of words that are here
    **{"matmul": "x @ y", "dot": "x @ y", "mm": "x @ y", "bmm": "x @ y", "inner": "x @ y"},
    **{"outer": "x[:, None] * y", "amax": "max", "amin": "min", "cat": "concat"},
    **{"concatenate": "concat", "hstack": "concat", "vstack": "concat", "swapaxes": "transpose"},
    **{"permute": "transpose", "view": "reshape", "flatten": "reshape", "ravel": "reshape"},
    **{"square": "x ** 2", "std": "sqrt(var(x))", "norm": "sqrt(sum(x ** 2))", "detach": "stop"},
    **{"stop_gradient": "stop", "clip": "maximum(a, minimum(x, b))", "tril": "tri"},
    **{"clamp": "maximum(a, minimum(x, b))", "argmax": "", "sort": "", "cumsum": "tri(n) @ x"},
    **{"prod": "exp(sum(log(x)))", "nll_loss": "cross_entropy", "mse_loss": "mean((x - y) ** 2)"},
    **{"layernorm": "layer_norm", "batchnorm": "batch_norm", "embedding": "E[i]"},
    **{"dropout": "x * mask / 0.8", "one_hot": "eye(n)[y]", "expand": "broadcast_to"},
    **{"squeeze": "x[:, 0] or reshape", "unsqueeze": "x[:, None]", "expand_dims": "x[:, None]"},
    **{"maxpool2d": "max_pool2d", "avgpool2d": "avg_pool2d", "lstm": "lstm_cell"},
    **{"scaled_dot_product_attention": "attention", "fabs": "abs", "absolute": "abs"},
}


def near(word: str) -> str:
    """Return a sentence that says what to write for a word that is none here."""
    plain = word.lower()
    if plain in CALLED_ELSEWHERE:
        other = CALLED_ELSEWHERE[plain]
        if not other:
            return "It has no slope that could be passed back."
        return f"Write {other}." if not other.isidentifier() else f"Did you mean {other}?"
    meant = MEANT.get(plain) or ALIASES.get(plain, "")
    if meant in SIGNATURES:
        return f"Did you mean {meant}?"
    names = [*SIGNATURES, *CALLED_ELSEWHERE]
    if found := get_close_matches(plain, names, n=2, cutoff=0.75):
        listed = " or ".join(dict.fromkeys(CALLED_ELSEWHERE.get(each, each) for each in found))
        return f"Did you mean {listed}?"
    return "The words that can be typed are listed below the field."
