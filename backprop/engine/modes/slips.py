"""What is easily taken for a product with a Jacobian, a weight's too, or a Hessian: arrays.

    right   J t [M]    Jᵀ w [N]    H t [N]    tᵀ H t / ‖t‖²

Of a matrix and a seed (t or w) some mistakes are those of any product: the transposed matrix, every
seed 1, the diagonal alone. Those that change nothing here are left out.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np


class ModeSlip(NamedTuple):
    """A mistake, and what it comes to.

    Attributes:
        name: in an address.
        title: what it is called.
        about: what goes wrong, in a sentence.
        found: the array, or the number, that comes of it.
    """

    name: str
    title: str
    about: str
    found: Any


def product_slips(matrix: Any, seed: Any) -> tuple[ModeSlip, ...]:
    """Return what is taken for M s: of a Jacobian and a direction, or Jᵀ and a weight.

    Args:
        matrix: M [rows, columns].
        seed: s [columns].
    """
    return _that_differ(matrix @ seed, _of_any_product(np.asarray(matrix), np.asarray(seed)))


def _of_any_product(matrix: Any, seed: Any) -> Iterator[ModeSlip]:
    if matrix.shape[0] == matrix.shape[1]:
        yield ModeSlip(
            "transposed-product",
            "The matrix is transposed",
            "A direction runs along the columns of J, a weight along its rows.",
            matrix.T @ seed,
        )
        yield ModeSlip(
            "diagonal-only",
            "The diagonal alone",
            "Each entry also moves with the other entries, not with its own alone.",
            np.diagonal(matrix) * seed,
        )
    yield ModeSlip(
        "seed-forgotten",
        "The seed is forgotten",
        "That is what comes of a seed that is 1 everywhere.",
        matrix.sum(axis=1),
    )


def hessian_slips(hessian: Any, gradient: Any, direction: Any) -> tuple[ModeSlip, ...]:
    """Return what is taken for H t.

    Args:
        hessian: H [N, N].
        gradient: ∇L [N].
        direction: t [N].
    """
    gradient, direction = np.asarray(gradient), np.asarray(direction)
    own = (
        ModeSlip(
            "gradient-taken",
            "The gradient is taken",
            "It says where the value goes; asked is how the gradient itself changes.",
            gradient,
        ),
        ModeSlip(
            "gradient-times-direction",
            "The gradient times the direction",
            "That is a first derivative, entry by entry; H holds the second ones.",
            gradient * direction,
        ),
        ModeSlip(
            "outer-product",
            "The gradient's square in H's place",
            "∇L ∇Lᵀ has the shape of H, and is made of first derivatives.",
            gradient * (gradient @ direction),
        ),
    )
    found = _of_any_product(np.asarray(hessian), direction)
    return _that_differ(hessian @ direction, (*found, *own))


def curvature_slips(hessian: Any, gradient: Any, direction: Any) -> tuple[ModeSlip, ...]:
    """Return what is taken for the curvature tᵀ H t / ‖t‖²; arguments as `hessian_slips`."""
    bent, length = direction @ hessian @ direction, float(np.linalg.norm(direction))
    slips = (
        ModeSlip(
            "not-divided",
            "Not divided by the direction's length",
            "A direction twice as long gives four times tᵀHt, on the same curve.",
            bent,
        ),
        ModeSlip(
            "length-not-squared",
            "Divided by the length, not its square",
            "t stands in tᵀHt twice, so its length is divided out twice.",
            bent / length,
        ),
        ModeSlip(
            "slope-taken",
            "The slope is taken",
            "∇Lᵀt says how steep the way is, not how it bends.",
            gradient @ direction,
        ),
    )
    return _that_differ(bent / length**2, slips)


def _that_differ(right: Any, slips: Iterable[ModeSlip]) -> tuple[ModeSlip, ...]:
    """Return the slips that come to something else than what is right, and than one before."""
    seen, kept = [np.asarray(right)], []
    for slip in slips:
        size = 1e-9 * max(np.max(np.abs(each)) for each in (right, slip.found))
        if all(np.max(np.abs(each - slip.found)) > size for each in seen):
            seen.append(np.asarray(slip.found))
            kept.append(slip)
    return tuple(kept)
