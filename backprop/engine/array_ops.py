"""The operations on arrays: a layer, the loss of a batch, a penalty on weights.

Notation, besides that of ops.py:
    A      activations of a batch [n, in]     Z     the same before the activation
    Y      targets of a batch [n, out]        λ     the strength of a penalty, a number

Each states its value, and for each input the gradient it passes back, as text in NumPy's words and
a few phrases; compiled/rules.py makes code of it.
"""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class ArrayOperation:
    """An operation on arrays: its value, and for each input the gradient it passes back.

    A product's text is g · ∂out/∂input for the whole array at once, shaped like the input; it is
    empty for an input that no gradient is asked of, such as a target.
    """

    name: str
    symbol: str
    title: str
    inputs: tuple[str, ...]
    value: str
    products: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]  # of inputs at which it is tested

    @property
    def code(self) -> str:
        """The text that is computed."""
        return self.value


class Phrase(NamedTuple):
    """A short name that rules use for a longer expression, as “softmax(Z)”."""

    inputs: tuple[str, ...]
    code: str


PHRASES = {
    "squared_distance": Phrase(("A", "B"), "vdot(A - B, A - B)"),
    "row_total": Phrase(("A",), "dot(A, column_beside(A))"),  # [n, 1]
    "raised": Phrase(("Z",), "exp(Z - row_peak(Z))"),  # large scores overflow exp
    "softmax": Phrase(("Z",), "raised(Z) / row_total(raised(Z))"),  # the peak cancels
    "huber": Phrase(("D",), "where(abs(D) > 1, abs(D) - 0.5, 0.5 * D * D)"),  # of each difference
    "margins": Phrase(("Z", "Y"), "Z - row_total(Y * Z) + 1"),  # within 1 of the true class: > 0
    "log_sum_exp": Phrase(("Z",), "log(row_total(raised(Z))) + row_peak(Z)"),  # [n, 1]
}

AFFINE = ArrayOperation(
    name="affine",
    symbol="A Wᵀ + b",
    title="affine layer",
    inputs=("A", "W", "b"),
    value="dot(A, W.T) + b",
    products=("dot(g, W)", "dot(g.T, A)", "dot(ones(len(g)), g)"),
    shapes=((4, 3), (2, 3), (2,)),
)
AFFINE_SHARED_BIAS = ArrayOperation(
    name="affine_shared_bias",
    symbol="A Wᵀ + b",
    title="affine layer with one bias for all units",
    inputs=("A", "W", "b"),
    value="dot(A, W.T) + b",
    products=("dot(g, W)", "dot(g.T, A)", "total(g, None).reshape(1)"),
    shapes=((4, 3), (2, 3), (1,)),
)
BATCH_HALF_SQUARED_ERROR = ArrayOperation(
    name="batch_half_squared_error",
    symbol="½Σ(ŷ−y)²",
    title="half squared error, mean over the examples",
    inputs=("A", "Y"),
    value="0.5 * squared_distance(A, Y) / len(A)",
    products=("(A - Y) * (g / len(A))", ""),
    shapes=((4, 3), (4, 3)),
)
BATCH_MEAN_SQUARED_ERROR = ArrayOperation(
    name="batch_mean_squared_error",
    symbol="mean (ŷ−y)²",
    title="mean squared error",
    inputs=("A", "Y"),
    value="squared_distance(A, Y) / A.size",
    products=("(A - Y) * (2 * g / A.size)", ""),
    shapes=((4, 3), (4, 3)),
)
BATCH_BINARY_CROSS_ENTROPY = ArrayOperation(
    name="batch_binary_cross_entropy",
    symbol="−ln p",
    title="binary cross-entropy, mean over outputs and examples",
    inputs=("A", "Y"),
    value="-total(where_zero(Y == 0, Y * log(A)) + where_zero(Y == 1, (1 - Y) * log(1 - A)), None)"
    " / A.size",
    products=(
        "(where_zero(Y == 1, (1 - Y) / (1 - A)) - where_zero(Y == 0, Y / A)) * (g / A.size)",
        "",
    ),
    shapes=((4, 1), (4, 1)),
)
BATCH_CROSS_ENTROPY = ArrayOperation(
    name="batch_cross_entropy",
    symbol="−ln softmax",
    title="softmax with cross-entropy, mean over the examples",
    inputs=("Z", "Y"),
    value="total(log_sum_exp(Z) - row_total(Y * Z), None) / len(Z)",
    products=("(softmax(Z) - Y) * (g / len(Z))", ""),
    shapes=((4, 3), (4, 3)),
)
BATCH_HUBER = ArrayOperation(
    name="batch_huber",
    symbol="huber",
    title="Huber loss, mean over outputs and examples",
    inputs=("A", "Y"),
    value="total(huber(A - Y), None) / A.size",
    products=("max(-1, min(A - Y, 1)) * (g / A.size)", ""),
    shapes=((4, 3), (4, 3)),
)
BATCH_MULTICLASS_HINGE = ArrayOperation(
    name="batch_multiclass_hinge",
    symbol="hinge",
    title="multi-class hinge loss, mean over classes and examples",
    inputs=("A", "Y"),
    value="total((1 - Y) * relu(margins(A, Y)), None) / A.size",
    products=(
        "((1 - Y) * step(margins(A, Y)) - Y * row_total((1 - Y) * step(margins(A, Y))))"
        " * (g / A.size)",
        "",
    ),
    shapes=((4, 3), (4, 3)),
)

L1_PENALTY = ArrayOperation(
    name="l1_penalty",
    symbol="λΣ|w|",
    title="L1 penalty",
    inputs=("W", "λ"),
    value="λ * total(abs(W), None)",
    products=("g * λ * sign(W)", "g * total(abs(W), None)"),  # |w|′ is 0 at 0
    shapes=((2, 3), ()),
)
L2_PENALTY = ArrayOperation(
    name="l2_penalty",
    symbol="½λΣw²",
    title="L2 penalty",
    inputs=("W", "λ"),
    value="0.5 * λ * total(W * W, None)",
    products=("g * λ * W", "g * 0.5 * total(W * W, None)"),
    shapes=((2, 3), ()),
)

ARRAY_OPS: dict[str, ArrayOperation] = {
    row.name: row
    for row in (
        *(AFFINE, AFFINE_SHARED_BIAS),
        *(BATCH_HALF_SQUARED_ERROR, BATCH_MEAN_SQUARED_ERROR),
        *(BATCH_BINARY_CROSS_ENTROPY, BATCH_CROSS_ENTROPY),
        *(BATCH_HUBER, BATCH_MULTICLASS_HINGE),
        *(L1_PENALTY, L2_PENALTY),
    )
}
