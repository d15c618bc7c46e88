"""The operations of any width: a function from the number of inputs to a row.

A weighted sum, a sum, and the losses of one example; the letters are those of ops.py. The row of
one width is an operation like any other, and `find_operation` gives it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from backprop.engine.array_ops import ARRAY_OPS, ArrayOperation
from backprop.engine.errors import LimitError, UnknownNameError
from backprop.engine.ops import OPS, Operation

WIDEST = 300  # inputs of one row: its text is read as deep as its sum is long


@dataclass(frozen=True, slots=True)
class Family:
    """An operation of any width: a function from the number of inputs to a row."""

    name: str
    symbol: str
    title: str
    widths: tuple[int, ...]  # at which it is tested
    build: Callable[[int], Operation] = field(repr=False)


def _numbered(letter: str, n: int) -> tuple[str, ...]:
    return tuple(f"{letter}{i}" for i in range(1, n + 1))


def _samples(width: int, low: float, high: float) -> tuple[tuple[float, ...], ...]:
    """Return two points inside (low, high), every coordinate another."""
    step = (high - low) / (width + 1)
    rising = tuple(low + step * (i + 1) for i in range(width))
    return rising, rising[::-1]


def _weighted_sum(width: int) -> Operation:
    """A neuron before its activation: z = w₁x₁ + … + wₙxₙ + b, of 2n + 1 inputs."""
    n = (width - 1) // 2
    w, x = _numbered("w", n), _numbered("x", n)
    return Operation(
        name="weighted_sum",
        symbol="Σ",
        title="weighted sum",
        inputs=(*w, *x, "b"),
        value=" + ".join((*(f"{wi} * {xi}" for wi, xi in zip(w, x, strict=True)), "b")),
        partials=(*x, *w, "1"),
        samples=_samples(width, -1.0, 1.5),
    )


def _sum(width: int) -> Operation:
    """x₁ + … + xₙ."""
    terms = _numbered("x", width)
    return Operation(
        name="sum",
        symbol="+",
        title="sum",
        inputs=terms,
        value=" + ".join(terms),
        partials=("1",) * width,
        samples=_samples(width, -1.0, 1.5),
    )


def _half_squared_error(width: int) -> Operation:
    """½ Σ (p − y)² over the outputs; of outputs p₁…pₖ and targets y₁…yₖ."""
    k = width // 2
    p, y = _numbered("p", k), _numbered("y", k)
    differences = tuple(f"{pi} - {yi}" for pi, yi in zip(p, y, strict=True))
    squares = " + ".join(f"({d}) ** 2" for d in differences)
    return Operation(
        name="half_squared_error",
        symbol="½Σ(ŷ−y)²",
        title="half squared error",
        inputs=(*p, *y),
        value=f"0.5 * ({squares})" if k > 1 else f"0.5 * {squares}",
        partials=(*differences, *(f"{yi} - {pi}" for pi, yi in zip(p, y, strict=True))),
        samples=_samples(width, -1.0, 1.5),
    )


def _mean_squared_error(width: int) -> Operation:
    """The mean of (p − y)² over the outputs; of outputs p₁…pₖ and targets y₁…yₖ."""
    k = width // 2
    p, y = _numbered("p", k), _numbered("y", k)
    squares = " + ".join(f"({pi} - {yi}) ** 2" for pi, yi in zip(p, y, strict=True))
    share = "2" if k == 1 else f"2 / {k}"
    return Operation(
        name="mean_squared_error",
        symbol="mean (ŷ−y)²",
        title="mean squared error",
        inputs=(*p, *y),
        value=squares if k == 1 else f"({squares}) / {k}",
        partials=(
            *(f"{share} * ({pi} - {yi})" for pi, yi in zip(p, y, strict=True)),
            *(f"{share} * ({yi} - {pi})" for pi, yi in zip(p, y, strict=True)),
        ),
        samples=_samples(width, -1.0, 1.5),
    )


def _binary_cross_entropy(width: int) -> Operation:
    """The mean of −y ln p − (1 − y) ln(1 − p); p₁…pₖ between 0 and 1, targets y₁…yₖ 0 or 1."""
    k = width // 2
    p, y = _numbered("p", k), _numbered("y", k)
    pairs = tuple(zip(p, y, strict=True))
    mean = "" if k == 1 else f" / {k}"
    safe = [
        f"(where({yi} == 1, 0, (1 - {yi}) / (1 - {pi})) - where({yi} == 0, 0, {yi} / {pi})){mean}"
        for pi, yi in pairs
    ]
    return Operation(
        name="binary_cross_entropy",
        symbol="−ln p",
        title="binary cross-entropy",
        inputs=(*p, *y),
        value="-("
        + " + ".join(f"{yi} * log({pi}) + (1 - {yi}) * log(1 - {pi})" for pi, yi in pairs)
        + f"){mean}",
        kernel="-("
        + " + ".join(f"xlogy({yi}, {pi}) + xlogy(1 - {yi}, 1 - {pi})" for pi, yi in pairs)
        + f"){mean}",
        partials=(
            *(f"({pi} - {yi}) / ({pi} * (1 - {pi})){mean}" for pi, yi in pairs),
            *(f"(log(1 - {pi}) - log({pi})){mean}" for pi, yi in pairs),
        ),
        partial_kernels=(*safe, *(f"(log(1 - {pi}) - log({pi})){mean}" for pi, yi in pairs)),
        samples=_samples(width, 0.0, 1.0),
    )


def cross_entropy_of_logits(width: int, signs: Mapping[int, str], far: str) -> Operation:
    """The same where some outputs are known to be σ(z) or σ(−z): computed from z, if that is far.

        −y ln σ(u) − (1 − y) ln σ(−u)  =  ln(1 + exp(−|u|)) + (−y u or (1 − y) u, which is positive)

    Args:
        width: the number of inputs without the logits, which follow them as z1 …
        signs: for each such output, counted from 0, "" or "-".
        far: the condition on which z is far, as a format string.
    """
    k, row = width // 2, _binary_cross_entropy(width)
    mean = "" if k == 1 else f" / {k}"
    terms, slopes = [], [*row.partial_codes]
    for i in range(k):
        p, y, z = row.inputs[i], row.inputs[i + k], f"z{i + 1}"
        yes, no = f"xlogy({y}, {p})", f"xlogy(1 - {y}, 1 - {p})"
        if i in signs:
            u, minus_u = (f"({sign}{z})" for sign in (signs[i], "" if signs[i] else "-"))
            is_far = far.format(z)
            likelihood = f"where({u} < 0, {y} * {u}, ({y} - 1) * {u}) - log1p(exp(-abs({z})))"
            slope = (
                f"(where({y} == 1, 0, (1 - {y}) / sigmoid({minus_u}))"
                f" - where({y} == 0, 0, {y} / sigmoid({u}))){mean}"
            )
            yes = f"where({is_far}, {likelihood}, {yes})"
            no = f"where({is_far}, 0, {no})"
            slopes[i] = f"where({is_far}, {slope}, {slopes[i]})"
            slopes[i + k] = f"where({is_far}, {minus_u}{mean}, {slopes[i + k]})"
        terms += [yes, no]
    return replace(
        row,
        inputs=(*row.inputs, *(f"z{i + 1}" for i in signs)),
        kernel=f"-({' + '.join(terms)}){mean}",
        partial_kernels=tuple(slopes),
    )


def slope_by_logit(outputs: int, sign: str) -> str:
    """Return the text of ∂L/∂z for binary cross-entropy of σ(z), or σ(−z): p − y, or its negative.

    One of p and 1 − p is small, and it is that one from which nothing is taken away.
    """
    u, mean = f"({sign}z)", "" if outputs == 1 else f" / {outputs}"
    return f"{sign}(where({u} < 0, sigmoid({u}) - y, (1 - y) - sigmoid(-{u}))){mean}"


def _cross_entropy(width: int) -> Operation:
    """Ln Σ exp(zⱼ) − Σ yⱼ zⱼ: the surprise, in nats, of softmax(z) at the targets y₁…yₖ."""
    k = width // 2
    z, y = _numbered("z", k), _numbered("y", k)
    pairs = tuple(zip(z, y, strict=True))
    largest = f"largest({', '.join(z)})"
    plain = " + ".join(f"exp({zi})" for zi in z)
    safe = " + ".join(f"exp({zi} - {largest})" for zi in z)  # large scores overflow exp
    truth = " + ".join(f"{yi} * {zi}" for zi, yi in pairs)
    slopes_of_targets = tuple(f"-{zi}" for zi in z)
    return Operation(
        name="cross_entropy",
        symbol="softmax, −ln",
        title="softmax with cross-entropy",
        inputs=(*z, *y),
        value=f"log({plain}) - ({truth})",
        kernel=f"log({safe}) + {largest} - ({truth})",
        partials=(*(f"exp({zi}) / ({plain}) - {yi}" for zi, yi in pairs), *slopes_of_targets),
        partial_kernels=(
            *map(_share_less_target, range(k), [pairs] * k, [largest] * k),
            *slopes_of_targets,
        ),
        samples=_samples(width, -1.0, 1.5),
    )


def _share_less_target(which: int, pairs: Sequence[tuple[str, str]], largest: str) -> str:
    """Return the text of p − y for p of softmax; if p is nearly 1, 1 − p is what others have."""
    y, powers = pairs[which][1], [f"exp({zi} - {largest})" for zi, _ in pairs]
    others = " + ".join(power for i, power in enumerate(powers) if i != which) or "0"
    total = " + ".join(powers)
    near = f"1 - {y} - ({others}) / ({total})"
    return f"where({powers[which]} > 0.999 * ({total}), {near}, {powers[which]} / ({total}) - {y})"


def _huber(width: int) -> Operation:
    """The mean over the outputs of ½d² up to |d| = 1, of |d| − ½ beyond; d = p − y.

    Of outputs p₁…pₖ and targets y₁…yₖ; its slope by d is d, cut off at −1 and 1.

    Source: Huber (1964), Robust estimation of a location parameter; PyTorch's HuberLoss, δ = 1.
    """
    k = width // 2
    p, y = _numbered("p", k), _numbered("y", k)
    mean = "" if k == 1 else f" / {k}"
    gaps = tuple(f"{pi} - {yi}" for pi, yi in zip(p, y, strict=True))
    each = " + ".join(f"where(abs({d}) > 1, abs({d}) - 0.5, 0.5 * ({d}) ** 2)" for d in gaps)
    slopes = tuple(f"max(-1, min({d}, 1)){mean}" for d in gaps)
    return Operation(
        name="huber",
        symbol="huber",
        title="Huber loss",
        inputs=(*p, *y),
        value=each if k == 1 else f"({each}){mean}",
        partials=(*slopes, *(f"-{slope}" for slope in slopes)),
        samples=_samples(width, -3.0, 3.5),
    )


def _multiclass_hinge(width: int) -> Operation:
    """The mean over the classes of (1 − yⱼ) · max(0, 1 + zⱼ − s), where s = Σ yᵢ zᵢ.

    Of scores z₁…zₖ and targets y₁…yₖ, one of them 1: s is the score of the true class, and each
    other class counts by how far its score comes within 1 of that. Exactly at 1 its slope is 0.

    Source: Weston and Watkins (1999), Support vector machines for multi-class pattern
    recognition; in the form of PyTorch's MultiMarginLoss, which divides by all k classes.
    """
    k = width // 2
    z, y = _numbered("z", k), _numbered("y", k)
    pairs = tuple(zip(z, y, strict=True))
    true = " + ".join(f"{yi} * {zi}" for zi, yi in pairs)
    beyond = tuple(f"1 + {zi} - ({true})" for zi in z)
    counted = " + ".join(f"(1 - {yi}) * step({m})" for yi, m in zip(y, beyond, strict=True))
    each = " + ".join(f"(1 - {yi}) * relu({m})" for yi, m in zip(y, beyond, strict=True))
    triples = tuple(zip(z, y, beyond, strict=True))
    scores = f"({', '.join((*z, *y))})"  # the kernels ask once for what all slopes share
    margin = f"1 + {{}} - true_score{scores}"
    others = f"scores_beyond{scores}"
    return Operation(
        name="multiclass_hinge",
        symbol="hinge",
        title="multi-class hinge loss",
        inputs=(*z, *y),
        value=f"({each}) / {k}",
        partials=(
            *(f"((1 - {yi}) * step({m}) - {yi} * ({counted})) / {k}" for _, yi, m in triples),
            *(f"-(relu({m}) + {zi} * ({counted})) / {k}" for zi, _, m in triples),
        ),
        partial_kernels=(
            *(
                f"((1 - {yi}) * step({margin.format(zi)}) - {yi} * {others}) / {k}"
                for zi, yi in pairs
            ),
            *(f"-(relu({margin.format(zi)}) + {zi} * {others}) / {k}" for zi, _ in pairs),
        ),
        samples=_samples(width, -1.0, 1.5),
    )


FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (
        Family("weighted_sum", "Σ", "weighted sum", (3, 5, 9), _weighted_sum),
        Family("sum", "+", "sum", (2, 3), _sum),
        Family("half_squared_error", "½Σ(ŷ−y)²", "half squared error", (2, 4), _half_squared_error),
        Family(
            "mean_squared_error", "mean (ŷ−y)²", "mean squared error", (2, 6), _mean_squared_error
        ),
        Family(
            "binary_cross_entropy", "−ln p", "binary cross-entropy", (2, 4), _binary_cross_entropy
        ),
        Family(
            "cross_entropy", "−ln softmax", "softmax with cross-entropy", (4, 6), _cross_entropy
        ),
        Family("huber", "huber", "Huber loss", (2, 4), _huber),
        Family("multiclass_hinge", "hinge", "multi-class hinge loss", (4, 6), _multiclass_hinge),
    )
}


@lru_cache(maxsize=256)
def find_operation(name: str, width: int) -> Operation | ArrayOperation:
    """Return the row of a name for this many inputs.

    Raises:
        UnknownNameError: no row has this name.
        LimitError: more inputs than a rule can be written out for.
    """
    if name in FAMILIES:
        if width > WIDEST:
            what = f"{width:,} inputs are too many for one “{name}”."
            raise LimitError(what, hint=f"At most {WIDEST}; sums can be added up in several steps.")
        return FAMILIES[name].build(width)
    row: Operation | ArrayOperation | None = OPS.get(name) or ARRAY_OPS.get(name)
    if row is None:
        known = ", ".join(sorted((*OPS, *FAMILIES, *ARRAY_OPS)))
        raise UnknownNameError(f"“{name}” is not an operation I know.", hint=f"I know {known}.")
    assert len(row.inputs) == width, f"{name} takes {len(row.inputs)} inputs, not {width}"
    return row
