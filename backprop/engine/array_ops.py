"""The operations on arrays: a layer, the loss of a batch, a penalty on weights.

Notation, besides that of ops.py:
    A      activations of a batch [n, in]     Z     the same before the activation
    Y      targets of a batch [n, out]        λ     the strength of a penalty, a number

Each states its value, and for each input the gradient it passes back, as text in NumPy's words and
a few phrases; compiled/rules.py makes code of it.
"""

from dataclasses import dataclass, replace
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
    kernel: str = ""  # replaces the value's code where the textbook's text loses digits
    product_kernels: tuple[str, ...] = ()  # the same for the products

    @property
    def code(self) -> str:
        """The text that is computed."""
        return self.kernel or self.value

    @property
    def product_codes(self) -> tuple[str, ...]:
        """The text that is computed for each product."""
        return self.product_kernels or self.products

    @property
    def in_programs(self) -> bool:
        """Whether it is a word of a program, whose texts call more functions."""
        return False


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
    # σ′ and tanh′ where they are nearly 0, for 1 − σ(40) and 1 − tanh(20)² are 0 after rounding:
    # σ² e⁻ᶻ, and with 1 + |a| = 2/(1 + e⁻²ᶻ) the square of 1/cosh z
    "sigmoid_slope": Phrase(("Z", "A"), "A * A * exp(-abs(Z))"),
    "tanh_slope": Phrase(("Z", "A"), "((1 + abs(A)) * exp(-abs(Z))) ** 2"),
    "positive": Phrase(("Z",), "0.5 + 0.5 * sign(Z)"),  # 1 above 0, 0 below
    "smaller_share": Phrase(("Z",), "exp(-abs(Z)) / (1 + exp(-abs(Z)))"),  # of σ(z) and 1 − σ(z)
    "share_less_target": Phrase(("A", "Y"), "1 - Y - dot(A, ones_but_one(A))"),  # of softmax
    "log_likelihood": Phrase(  # y ln σ(z) + (1 − y) ln(1 − σ(z))
        ("Z", "Y"), "Z * (Y - positive(Z)) - log1p(exp(-abs(Z)))"
    ),
    "slope_of_surprise": Phrase(  # minus its slope by σ(z)
        ("Z", "Y"),
        "where_zero(Y == 1, (1 - Y) / sigmoid(-Z)) - where_zero(Y == 0, Y / sigmoid(Z))",
    ),
    "error_of_logit": Phrase(  # σ(z) − y: one of p and 1 − p is small, and nothing is lost of it
        ("Z", "Y", "g"), "(positive(Z) - Y - sign(Z) * smaller_share(Z)) * (g / Y.size)"
    ),
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
BATCH_CROSS_ENTROPY_OF_LOGITS = replace(  # the same, of A = σ(Z)
    BATCH_BINARY_CROSS_ENTROPY,
    inputs=("A", "Y", "Z"),
    kernel="-total(rare(abs(Z) > 6, where_zero(Y == 0, Y * log(A))"
    " + where_zero(Y == 1, (1 - Y) * log(1 - A)), log_likelihood(Z, Y)), None) / A.size",
    product_kernels=(
        "rare(abs(Z) > 6, where_zero(Y == 1, (1 - Y) / (1 - A)) - where_zero(Y == 0, Y / A),"
        " slope_of_surprise(Z, Y)) * (g / A.size)",
        "",
    ),
)
BATCH_CROSS_ENTROPY = ArrayOperation(
    name="batch_cross_entropy",
    symbol="−ln softmax",
    title="softmax with cross-entropy, mean over the examples",
    inputs=("Z", "Y"),
    value="total(log_sum_exp(Z) - row_total(Y * Z), None) / len(Z)",
    products=("(softmax(Z) - Y) * (g / len(Z))", ""),
    product_kernels=(  # where p is nearly 1, 1 − p is what the others have
        "rare(softmax(Z) > 0.999, softmax(Z) - Y, share_less_target(softmax(Z), Y)) * (g / len(Z))",
        "",
    ),
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
