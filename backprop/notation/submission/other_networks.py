"""For which network a gradient is right, where nothing names its activations or its loss.

A print of weights, data and slopes does not say what they were computed with. Taken for another
network every entry is wrong, and no reader sees why. So what people use is tried, at most 50
backward passes, and activations that explain the gradient are taken. A loss alone is not: twice too
much may be a lost ½ or another loss, and only who brought it knows.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from backprop.engine.network import OF_CLASSES, Network
from backprop.notation.submission.layouts import DECISIVE, MOST_TRIED
from backprop.notation.submission.place import Array

HIDDEN = ("sigmoid", "tanh", "relu", "leaky_relu", "linear")
OUTPUTS = {  # loss → activations that go before it, the usual first
    "mean_squared_error": ("linear", "sigmoid", "tanh"),
    "half_squared_error": ("linear", "sigmoid", "tanh"),
    "binary_cross_entropy": ("sigmoid",),
    "cross_entropy": ("softmax",),
    "huber": ("linear",),
    "multiclass_hinge": ("linear",),
}


class Others(NamedTuple):
    """Networks that explain a gradient better than the one that was assumed.

    Attributes:
        network: to be taken in its place; None where there is none.
        losses: for which all of the gradient is right, with the activations as they were assumed.
    """

    network: Network | None = None
    losses: tuple[str, ...] = ()


def find_others(
    network: Network, named: Collection[str], X: Array, Y: Array, score: Callable[[Network], float]
) -> Others:
    """Return the networks that explain a gradient better than the one that was assumed.

    Args:
        network: the one that was assumed.
        named: what was named, and so stays: “activations”, “loss”.
        X: the batch.
        Y: its targets.
        score: gives how many entries a network explains.
    """
    count, assumed = network.parameter_count, score(network)
    others = list(_other_networks(network, named, Y))
    if assumed >= count or count * len(X) * len(others) > MOST_TRIED:
        return Others()
    scores = [(score(other), other) for other in others]
    same = [other for _, other in scores if other.activations == network.activations]
    losses = tuple(o.loss for explains, o in scores if o in same and explains >= count)
    best, other = max(
        (each for each in scores if each[1] not in same),
        key=lambda each: each[0],
        default=(0.0, network),
    )
    taken = best > assumed + DECISIVE * count and not losses
    return Others(other if taken else None, losses)


def _other_networks(network: Network, named: Collection[str], Y: Array) -> Iterator[Network]:
    hidden_layers = network.depth - 1
    hidden = HIDDEN if hidden_layers else ("",)
    for loss in sorted(OUTPUTS, key=lambda name: name != network.loss):  # the assumed one first
        lasts = OUTPUTS[loss]
        if loss != network.loss and ("loss" in named or not _can_have(loss, Y)):
            continue
        ways = [(*[each] * hidden_layers, last) for last in lasts for each in hidden]
        if network.activations not in ways and network.activations[-1] in lasts:
            ways.append(network.activations)
        if "activations" in named:
            ways = [way for way in ways if way == network.activations]
        for activations in ways:
            if (activations, loss) != (network.activations, network.loss):
                yield replace(network, activations=activations, loss=loss)


def _can_have(loss: str, Y: Array) -> bool:
    """Whether targets can be those of a loss; of classes only rows with a single 1 are."""
    if loss == "binary_cross_entropy":
        return bool(np.all((Y >= 0) & (Y <= 1)))
    one_hot = Y.shape[1] > 1 and np.isin(Y, (0.0, 1.0)).all() and (Y.sum(axis=1) == 1).all()
    return loss not in OF_CLASSES or bool(one_hot)
