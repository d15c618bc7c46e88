"""Finite differences of a whole network, without a whole pass for each step.

Moving one weight by d moves one pre-activation, by d times what enters there, and nothing else of
its layer. So what comes before is used again, the next layer's Z moves by an outer product, and
only what follows is computed anew, for many nudges at once:

    of layer k, weight (j, i):    zⱼ' = zⱼ + d · aᵢ
    of layer k + 1:               Z' = Z + (σ(zⱼ') − aⱼ) · W[:, j]ᵀ

The numbers are those of the plain loop, but for rounding; the loop is the test's oracle.

Notation, besides that of ops.py:
    P   nudges at once          [2, P, n] up, then down
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from backprop.engine.differences.slopes import STEP, Differences, ends
from backprop.engine.families import FAMILIES
from backprop.engine.network import OF_CLASSES, Array, Network
from backprop.engine.ops import OPS, calculate, jumps_at_zero

ENTRIES = 16_000  # numbers held at once: larger arrays cost more to allocate than to compute
CONFIDENT = (
    1e-4  # the share of the scores below which cross-entropy is computed without adding them
)
_OF_ONE = {  # the losses of one output, whose mean is taken
    name: FAMILIES[name].build(2) for name in ("binary_cross_entropy", "huber")
}


class _Layer(NamedTuple):
    """A layer of weights at the point, transposed: a row is a unit, a column an example."""

    name: str  # the activation's
    W: Array  # [out, in]
    b: Array  # [out] or [1]
    entering: Array  # [in + 1, n], the last row ones: what a bias is multiplied by
    Z: Array  # [out, n]
    A: Array  # [out, n]; Z of the outputs, where the loss is taken from it


@np.errstate(all="ignore")
def network_differences(
    network: Network, at: Mapping[str, Any], h: float = STEP, side: int = 0
) -> Differences:
    """Return the slopes of what a network minimizes, and which nudges crossed a kink.

    Args:
        network: of any activations, loss and penalties.
        at: W1, b1, …, X and Y, as `Network.batch` returns them.
        h: the nudge, relative to a parameter larger than 1: d = h · max(1, |θ|).
        side: 1 nudges up alone, −1 down alone, 0 to both sides.
    """
    return _Nudges(network, at, h, side).differences()


class _Nudges:
    """The passes of one check."""

    def __init__(self, network: Network, at: Mapping[str, Any], h: float, side: int) -> None:
        self.network, self.h, self.side = network, h, side
        self.Y = at["Y"]
        self.layers: list[_Layer] = []
        above = at["X"].T
        *inside, last = network.activations
        self.of_logits = network.loss == "binary_cross_entropy" and last == "sigmoid"
        for k, name in enumerate((*inside, "linear" if self.of_logits else last), 1):
            W, b = at[f"W{k}"], at[f"b{k}"]
            entering = np.concatenate([above, np.ones((1, above.shape[1]))])
            Z = W @ above + b[:, None]
            above = _activated(name, Z)
            self.layers.append(_Layer(name, W, b, entering, Z, above))
        self._is_confident = network.loss == "cross_entropy" and _is_confident(above.T, self.Y)

    def differences(self) -> Differences:
        """Return the slopes and kinks of every parameter."""
        slopes: dict[str, Any] = {}
        kinks: dict[str, Any] = {}
        for k, layer in enumerate(self.layers, 1):
            here = np.concatenate(
                [layer.W, np.broadcast_to(layer.b[:, None], (len(layer.W), 1))], axis=1
            )
            moved = np.stack(ends(here, self.h, self.side))  # [2, out, in + 1]
            widths = moved[0] - moved[1]  # what the nudge became when it was rounded
            rises, crossed = self._rises(k - 1, moved - here)
            rises[:, :-1] += self._penalties(moved[..., :-1])
            if self.network.l1:
                crossed[:, :-1] |= np.not_equal(*np.sign(moved[..., :-1]))
            slope = rises / widths
            slopes[f"W{k}"], kinks[f"W{k}"] = slope[:, :-1].copy(), crossed[:, :-1].copy()
            slopes[f"b{k}"], kinks[f"b{k}"] = slope[:, -1].copy(), crossed[:, -1].copy()
            if self.network.shared_biases:
                rise, cross = self._shared(k - 1, moved[:, 0, -1] - here[0, -1])
                slopes[f"b{k}"], kinks[f"b{k}"] = rise / widths[:1, -1], cross
        return Differences(slopes, kinks)

    def _rises(self, k: int, moves: Array) -> tuple[Array, Any]:
        """Return how much the loss rises between the two ends of each nudge of a layer.

        Args:
            k: the layer, from 0.
            moves: how far each weight and bias is moved, up and down, [2, out, in + 1].
        """
        layer = self.layers[k]
        shape = moves.shape[1:]
        rises, crossed = np.empty(moves[0].size), np.zeros(moves[0].size, dtype=bool)
        moves = moves.reshape(2, -1, 1)
        units, entries = np.divmod(np.arange(rises.size), shape[1])
        for chunk in self._chunks(k, rises.size):
            unit = units[chunk]
            z = moves[:, chunk] * layer.entering[entries[chunk]]
            z += layer.Z[unit]  # [2, P, n]
            a = _activated(layer.name, z)
            losses, side = self._after(k, unit, z, a)
            rises[chunk] = losses[0] - losses[1]
            crossed[chunk] = side | _crossed(layer.name, z)
        return rises.reshape(shape), crossed.reshape(shape)

    def _chunks(self, k: int, size: int) -> Iterator[slice]:
        after = self.layers[k + 1 :]
        wide = max([1, *(len(layer.W) for layer in after)])
        if not after and self.network.loss in OF_CLASSES:
            wide = len(self.layers[k].W)
        step = max(1, ENTRIES // (2 * len(self.Y) * wide))
        return (slice(start, start + step) for start in range(0, size, step))

    def _after(self, k: int, unit: Any, z: Array, a: Array) -> tuple[Array, Any]:
        """Return the loss where a unit of layer k is moved, [2, P], and which kinks were crossed.

        In the last layer it is only the share that the unit has in it, if the outputs have one.

        Args:
            k: the layer, from 0.
            unit: which of its units, for each of the P nudges.
            z: its pre-activation then, [2, P, n].
            a: its activation then, [2, P, n]; it is written over.
        """
        layer = self.layers[k]
        if layer is not self.layers[-1]:
            following = self.layers[k + 1]
            a -= layer.A[unit]
            Z = a[..., None] * following.W.T[unit][:, None, :]
            Z += following.Z.T
            return self._rest(k + 1, Z)
        if self.network.loss not in OF_CLASSES:
            return self._share(a, self.Y.T[unit]), False
        scores = np.tile(layer.A.T, (*a.shape[:2], 1, 1))
        scores[:, np.arange(len(unit)), :, unit] = np.moveaxis(a, 1, 0)
        return self._loss(scores), self._crossed_hinge(scores)

    def _rest(self, k: int, Z: Array) -> tuple[Array, Any]:
        """Return the loss from a layer's pre-activations, [2, P, n, out], and the kinks crossed."""
        crossed: Any = _crossed(self.layers[k].name, Z)
        A = _activated(self.layers[k].name, Z)
        for layer in self.layers[k + 1 :]:
            Z = A.reshape(-1, A.shape[-1]) @ layer.W.T
            Z += layer.b
            Z = Z.reshape(*A.shape[:3], -1)
            crossed = crossed | _crossed(layer.name, Z)
            A = _activated(layer.name, Z)
        return self._loss(A), crossed | self._crossed_hinge(A)

    def _loss(self, A: Array) -> Array:
        """Return the loss of each of several batches of outputs, [2, P, n, out] -> [2, P]."""
        if self.network.loss == "cross_entropy":
            if self._is_confident:
                return _sums(_surprise_of_scores(A, self.Y)) / len(self.Y)
            peak = A.max(axis=3, keepdims=True)
            total = np.log(np.exp(A - peak).sum(axis=3)) + peak[..., 0]
            surprise: Array = _sums(total - (A * self.Y).sum(axis=3)) / len(self.Y)
            return surprise
        if self.network.loss == "multiclass_hinge":
            beyond = np.maximum(self._margins(A), 0) * (1 - self.Y)
            hinge: Array = _sums(beyond) / self.Y.size
            return hinge
        return self._share(A, self.Y)

    def _margins(self, A: Array) -> Array:
        """Return how far each score comes within 1 of the true class's, [2, P, n, out]."""
        margins: Array = A - (A * self.Y).sum(axis=3, keepdims=True) + 1
        return margins

    def _crossed_hinge(self, A: Array) -> Any:
        """Return which nudges move some score across the kink of a hinge, [2, P, n, out] -> [P]."""
        if self.network.loss != "multiclass_hinge":
            return False
        sides = self._margins(A) > 0
        return np.any(sides[0] != sides[1], axis=(1, 2))

    def _share(self, A: Array, Y: Array) -> Array:
        """Return the share of some outputs, or their logits, in the loss, [2, P, …] -> [2, P]."""
        if self.network.loss in _OF_ONE:
            row = _OF_ONE[self.network.loss]
            each = _surprise_of_logits(A, Y) if self.of_logits else row.evaluate(A, Y)
            shares: Array = _sums(each) / self.Y.size
            return shares
        gap = (A - Y).reshape(*A.shape[:2], -1)
        squares = np.einsum("dpi,dpi->dp", gap, gap)
        share = 0.5 / len(self.Y) if self.network.loss == "half_squared_error" else 1 / self.Y.size
        loss: Array = squares * share
        return loss

    def _penalties(self, ends: Array) -> Array:
        """Return how much the penalties rise between the two ends of each weight's nudge."""
        up, down = ends
        l1, l2 = self.network.l1, self.network.l2
        rises: Array = l1 * (np.abs(up) - np.abs(down)) + 0.5 * l2 * (up * up - down * down)
        return rises

    def _shared(self, k: int, moves: Array) -> tuple[Array, Any]:
        """Return the rise of the loss, and the kinks, by the one bias of a layer's units."""
        Z = self.layers[k].Z.T + moves[:, None, None, None]
        losses, crossed = self._rest(k, Z)
        return losses[0] - losses[1], np.broadcast_to(crossed, 1).copy()


def _activated(name: str, Z: Array) -> Array:
    if name in ("linear", "softmax"):  # softmax is part of its loss
        return Z
    A: Array = np.tanh(Z) if name == "tanh" else OPS[name].evaluate(Z)
    return A


def _surprise_of_logits(Z: Array, Y: Array) -> Any:
    """Return binary cross-entropy of each σ(z); where σ is saturated, from z itself."""
    row, far = _OF_ONE["binary_cross_entropy"], np.abs(Z) > 6
    surprise = row.evaluate(OPS["sigmoid"].evaluate(Z), Y)
    if far.any():
        surprise = np.where(far, -calculate("log_likelihood(Z, Y)", ("Z", "Y"), (Z, Y)), surprise)
    return surprise


def _surprise_of_scores(A: Array, Y: Array) -> Array:
    """Return ln Σ exp(zⱼ) − Σ yⱼ zⱼ where one p is nearly 1, to all digits: no peak is added back.

    ln(1 + Σ' exp(zⱼ − peak)) − Σ yⱼ (zⱼ − peak) + peak (1 − Σ yⱼ)      Σ' without the peak
    """
    first = A.argmax(axis=-1)[..., None]
    peak = np.take_along_axis(A, first, -1)
    less = A - peak
    powers = np.exp(less)
    np.put_along_axis(powers, first, 0.0, -1)
    rest: Array = peak[..., 0] * (1 - Y.sum(axis=-1)) - (less * Y).sum(axis=-1)
    surprise: Array = np.log1p(powers.sum(axis=-1)) + rest
    return surprise


def _is_confident(A: Array, Y: Array) -> bool:
    """Whether cross-entropy is so small beside its scores that their rounding would hide it."""
    loss, largest = float(_surprise_of_scores(A, Y).mean()), float(np.abs(A).max())
    return loss < CONFIDENT * max(1.0, largest)


def _crossed(name: str, Z: Array) -> Any:
    """Return which nudges move some pre-activation across a kink, [2, P, …] -> [P]."""
    if name not in OPS or not jumps_at_zero(OPS[name]):
        return False
    sides = Z > 0
    return np.any(sides[0] != sides[1], axis=tuple(range(1, Z.ndim - 1)))


def _sums(each: Array) -> Array:
    sums: Array = each.reshape(*each.shape[:2], -1).sum(axis=2)
    return sums
