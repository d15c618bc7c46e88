"""The check of the gradient that the lines make: claimed ÷ measured, each array in its shape.

Measured is by finite differences, which share no code with the lines. A ratio is written 1 only
where the two agree as far as the check asks; where both are exactly 0 there is no ratio.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from backprop.engine.differences.check import check_gradient
from backprop.engine.differences.report import AGREES, Row
from backprop.lessons.find_the_bug.bug import Bug, find_right
from backprop.lessons.find_the_bug.examples import Example
from backprop.notation.numerals import MINUS, short

BOTH_ZERO, ONE_ZERO = "0 ÷ 0", "÷ 0"
DIGITS = 4
NOTHING = 1e-9  # a ratio below it is 0, but for rounding
EVEN = 1e-5  # ratios that differ by less, relatively, are one: so well are they measured


@dataclass(frozen=True, slots=True)
class Ratio:
    """One entry: how many times as large as measured the claimed number is.

    Attributes:
        shown: “1”, “1.052”, or what there is instead of a ratio.
        off: whether the number is wrong.
        words: both numbers.
    """

    shown: str
    off: bool
    words: str


@dataclass(frozen=True, slots=True)
class RatioArray:
    """The ratios of one array, in its shape; a bias is a column.

    Attributes:
        name: “dW1”.
        rows: a row for each unit of the layer.
        off: whether any is.
    """

    name: str
    rows: tuple[tuple[Ratio, ...], ...]
    off: bool


@dataclass(frozen=True, slots=True)
class LayerRatios:
    """The ratios of a layer: of its weights, and of its biases beside them."""

    weights: RatioArray
    bias: RatioArray


@lru_cache(maxsize=16)
def measure(example: Example) -> tuple[Row, ...]:
    """Return the check of the right gradient of an example: each number beside its measured one."""
    setup = example.setup
    at = {**setup.parameters, "X": setup.X, "Y": setup.Y}
    gradient = {name: find_right(example)[name] for name in setup.network.shapes}
    return check_gradient(setup.network, at, gradient).rows


@lru_cache(maxsize=512)
def _checked(bug: Bug) -> dict[str, tuple[tuple[Ratio, float], ...]]:
    """Return, for each array of parameters, its entries with their ratios as numbers."""
    setup = bug.example.setup
    claimed = {name: bug.claimed[name] for name in setup.network.shapes}
    flat = setup.flat(claimed).tolist()
    entries = [_entry(number, row) for number, row in zip(flat, measure(bug.example), strict=True)]
    arrays, first = {}, 0
    for name, array in claimed.items():
        arrays[name] = tuple(entries[first : first + array.size])
        first += array.size
    return arrays


def _entry(claimed: float, row: Row) -> tuple[Ratio, float]:
    """Return the ratio of a claimed number to the measured one of its row."""
    words = f"{row.name}: claimed {short(claimed)}, measured {short(row.numeric)}"
    if row.analytic == 0:  # exactly: what is measured is rounding
        words = f"{row.name}: claimed {short(claimed)}, measured 0"
        if claimed == 0:
            return Ratio(BOTH_ZERO, False, f"{words}: right, and no ratio"), 1.0
        return Ratio(f"{short(claimed)} {ONE_ZERO}", True, words), np.inf
    if abs(claimed - row.numeric) <= AGREES * max(abs(claimed), abs(row.numeric)):
        return Ratio("1", False, words), 1.0
    ratio = claimed / row.numeric
    return Ratio(write_ratio(ratio), True, words), ratio


def explain_zeros(bug: Bug) -> str:
    """Return what a division by 0 in the ratios means; empty where there is none."""
    entries = [ratio for array in _checked(bug).values() for ratio, _ in array]
    if not any(ratio.shown.endswith(ONE_ZERO) for ratio in entries):
        return ""
    right = "0 ÷ 0 is right, and no ratio"
    if not any(ratio.off for ratio in entries if ratio.shown.endswith(ONE_ZERO)):
        return f"{right}: a unit that relu holds at 0 has a slope of exactly 0."
    return f"÷ 0: the measured slope is exactly 0, of a unit that relu holds at 0. {right}."


def write_ratio(ratio: float) -> str:
    """Return a ratio with three decimals or four digits, and more where these would say 1."""
    whole = round(ratio)
    if abs(ratio - whole) <= EVEN * abs(whole) or abs(ratio) < NOTHING:
        return f"{whole}".replace("-", MINUS)
    if abs(ratio) < 5e-4:
        return short(ratio)
    size = len(f"{int(abs(ratio))}")
    text = f"{ratio:.{max(0, DIGITS - size)}f}" if size < DIGITS else short(ratio)
    if abs(abs(ratio) - 1) < 5e-4:
        text = f"{ratio:.7f}".rstrip("0")
    return text.replace("-", MINUS)


def show_ratios(bug: Bug) -> tuple[LayerRatios, ...]:
    """Return the ratios of all arrays, the last layer first."""
    depth = bug.example.writing.depth
    return tuple(
        LayerRatios(_array(bug, f"W{k}"), _array(bug, f"b{k}")) for k in range(depth, 0, -1)
    )


def _array(bug: Bug, name: str) -> RatioArray:
    entries = [ratio for ratio, _ in _checked(bug)[name]]
    width = bug.example.setup.network.shapes[name][-1] if name[0] == "W" else 1
    rows = tuple(tuple(entries[i : i + width]) for i in range(0, len(entries), width))
    return RatioArray(f"d{name}", rows, any(ratio.off for ratio in entries))


def wrong_arrays(bug: Bug) -> tuple[str, ...]:
    """Return the arrays that are wrong, the last layer first: W2, b2, W1, b1."""
    checked = _checked(bug)
    names = sorted(checked, key=lambda name: (-int(name[1:]), name[0] == "b"))
    return tuple(name for name in names if any(ratio.off for ratio, _ in checked[name]))


def ratio_table(bug: Bug, name: str) -> np.ndarray:
    """Return the ratios of an array as numbers; 1 where both are 0, ∞ for a number by 0."""
    shape = bug.example.setup.network.shapes[name]
    return np.array([number for _, number in _checked(bug)[name]]).reshape(shape)


def write_range(bug: Bug, name: str) -> str:
    """Return the wrong ratios of an array: one number, both of two, or from … to."""
    entries = _checked(bug)[name]
    numbers = sorted({number for ratio, number in entries if ratio.off and np.isfinite(number)})
    shown = [*dict.fromkeys(map(write_ratio, numbers))]
    if not shown:
        return next(ratio.shown for ratio, _ in entries if ratio.off)
    if len(shown) < 3:
        return " and ".join(shown)
    return f"{shown[0]} … {shown[-1]}"


def is_one_factor(bug: Bug) -> bool:
    """Whether every number is wrong by the same factor."""
    numbers = np.concatenate([ratio_table(bug, name).ravel() for name in _checked(bug)])
    return bool(np.isfinite(numbers).all() and np.ptp(numbers) <= EVEN * np.abs(numbers).max())


def has_row_factors(bug: Bug, name: str) -> bool:
    """Whether each row of an array of weights is wrong by one factor, and not all by the same."""
    table = ratio_table(bug, name)
    if not np.isfinite(table).all():
        return False
    even = np.ptp(table, axis=1) <= EVEN * np.abs(table).max(axis=1)
    return bool(even.all() and table.shape[1] > 1)
