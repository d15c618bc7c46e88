"""How each loss is written in a starter, in NumPy and in PyTorch; the conventions are ours."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Written(NamedTuple):
    """A loss of A and Y, [n, outputs] both: in words, for NumPy and for PyTorch.

    PyTorch's cross-entropy takes Z, the scores before softmax.
    """

    about: str
    numpy: str
    torch: str


LOSSES: Mapping[str, Written] = MappingProxyType(
    {
        "half_squared_error": Written(
            "½ of the squared errors, added up over outputs, mean over examples",
            "0.5 * np.sum((A - Y) ** 2) / len(A)",
            "0.5 * ((A - Y) ** 2).sum() / len(A)",
        ),
        "mean_squared_error": Written(
            "the squared errors, mean over outputs and examples",
            "np.mean((A - Y) ** 2)",
            "torch.nn.functional.mse_loss(A, Y)",
        ),
        "binary_cross_entropy": Written(
            "binary cross-entropy in nats, mean over outputs and examples",
            "-np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A))",
            "-(torch.xlogy(Y, A) + torch.xlogy(1 - Y, 1 - A)).mean()",
        ),
        "cross_entropy": Written(
            "cross-entropy of softmax in nats, mean over examples",
            "-np.sum(Y * np.log(A)) / len(A)",
            "torch.nn.functional.cross_entropy(Z, Y)",
        ),
    }
)
