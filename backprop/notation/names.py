"""Names of quantities: how a node of a graph is called on the screen.

    w2_1_3 → w, above (2), below 13      b2_1, z2_1, a2_1 → above (2), below 1
    x1, w_1, u2 → x₁, w₁, u₂             theta, θ → θ       yhat1, y_hat1 → ŷ₁       W1 → W₁

A preset may carry its textbook's own names; `labels` makes of them a mapping that is given to
`label_of`, and `accepted` one that reads them back.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from backprop.notation.formula import Label

GREEK = MappingProxyType(
    {
        "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ",
        "eta": "η", "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν",
        "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "chi": "χ",
        "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ",
        "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
    }
)  # fmt: skip

HAND_EXAMPLE = MappingProxyType(
    {
        "w1_1_1": "w1", "w1_1_2": "w2", "w1_2_1": "w3", "w1_2_2": "w4", "b1_1": "b1",
        "w2_1_1": "w5", "w2_1_2": "w6", "w2_2_1": "w7", "w2_2_2": "w8", "b2_1": "b2",
        "z1_1": "z1", "z1_2": "z2", "z2_1": "z3", "z2_2": "z4",
        "a1_1": "h1", "a1_2": "h2", "a2_1": "o1", "a2_2": "o2",
        "y1": "t1", "y2": "t2", "L": "E",
    }
)  # fmt: skip
"""The names of the classic 2-2-2 example with shared biases (Mazur, 2015)."""

_NONE: Mapping[str, Label] = MappingProxyType({})
_IN_A_LAYER = re.compile(r"([^\W\d_])(\d+)_(\d+)(?:_(\d+))?")
_NUMBERED = re.compile(r"(.*?[^\W\d_])_?(\d+)")


def label_of(name: str, aliases: Mapping[str, Label] = _NONE) -> Label:
    """Return how a node's name is written; constants (“#7”) have no letter."""
    return aliases.get(name) or _label(name)


def labels(names: Mapping[str, str]) -> dict[str, Label]:
    """Return the labels of a textbook's own names, by the names of the nodes.

    The label's `plain` stays the node's name, which is what an address carries.

    Args:
        names: as {"a2_1": "o1", "a3_1": "yhat1", "L": "E"}.
    """
    return {node: _label(shown, node) for node, shown in names.items()}


def accepted(names: Mapping[str, str]) -> dict[str, str]:
    """Return the node that a textbook's name means: {"o1": "a2_1"}."""
    return {shown: node for node, shown in names.items()}


@lru_cache(maxsize=8192)
def _label(name: str, plain: str = "") -> Label:
    plain = plain or name
    if name.startswith("#"):
        return Label("", plain=plain)
    if layered := _IN_A_LAYER.fullmatch(name):
        letter, layer, *below = layered.groups()
        return Label(letter, _indices(*filter(None, below)), f"({layer})", plain=plain)
    word, below_ = _parted(name)
    hat = word == "yhat" or word.endswith("_hat")
    word = word.removesuffix("hat").rstrip("_") if hat else word
    return Label(GREEK.get(word, word), below_, hat=hat, plain=plain)


def _parted(name: str) -> tuple[str, str]:
    """Return a word and what stands below it: x1 → x 1, w_1 → w 1, x_new → x new."""
    if numbered := _NUMBERED.fullmatch(name):
        return numbered[1], numbered[2]
    word, _, below = name.partition("_")
    if word and below and below != "hat" and len(GREEK.get(word, word)) == 1:
        return word, below.replace("_", ",")
    return name, ""


def _indices(*numbers: str) -> str:
    """Return two indices side by side, with a comma where they could be read as one number."""
    return ("" if all(len(n) == 1 for n in numbers) else ",").join(numbers)
