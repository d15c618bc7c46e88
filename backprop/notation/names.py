"""Names of quantities: how a node of a graph is called on the screen.

w2_1_3 → w, above (2), below 13      b2_1, z2_1, a2_1 → above (2), below 1
x1, w_1, u2 → x₁, w₁, u₂             theta, θ → θ       yhat1, y_hat1 → ŷ₁       W1 → W₁
"""

import re
from collections.abc import Iterable, Sequence
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

_IN_A_LAYER = re.compile(r"([^\W\d_])(\d+)_(\d+)(?:_(\d+))?")
_NUMBERED = re.compile(r"(.*?[^\W\d_])_?(\d+)")


@lru_cache(maxsize=8192)
def label_of(name: str) -> Label:
    """Return how a node's name is written; constants (“#7”) have no letter."""
    if name.startswith("#"):
        return Label("", plain=name)
    if layered := _IN_A_LAYER.fullmatch(name):
        letter, layer, *below = layered.groups()
        return Label(letter, _indices(*filter(None, below)), f"({layer})", plain=name)
    word, below_ = _parted(name)
    hat = word == "yhat" or word.endswith("_hat")
    word = word.removesuffix("hat").rstrip("_") if hat else word
    return Label(GREEK.get(word, word), below_, hat=hat, plain=name)


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


def name_list(names: Sequence[str]) -> str:
    """Return names as a sentence lists them: a, b and c."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def first_names(names: Iterable[str], most: int = 12) -> str:
    """Return the first names with commas between them, and how many more there are."""
    shown = list(names)
    more = f" and {len(shown) - most:,} more" if len(shown) > most else ""
    return ", ".join(shown[:most]) + more
