"""What was brought, in the shapes and conventions here: as one layout of several reads it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from backprop.engine.errors import InputError
from backprop.engine.network import Network
from backprop.notation.submission.conventions import Scale
from backprop.notation.submission.layouts import (
    DECISIVE,
    MOST_TRIED,
    Layout,
    count_explained,
    layout_notes,
    turn_arrays,
)
from backprop.notation.submission.names import Sorted
from backprop.notation.submission.other_networks import Others, find_others
from backprop.notation.submission.place import Array
from backprop.notation.submission.shapes import fit_data, fit_intermediates, fit_parameters


class Fitted(NamedTuple):
    """Arrays in their shapes, in our conventions, as one layout reads them."""

    parameters: dict[str, Array]
    gradient: dict[str, Array]
    X: Array
    Y: Array
    intermediates: dict[str, Array]
    factor: float
    notes: list[str]


class Whole(NamedTuple):
    """Everything that was brought, before it is known how it lies."""

    brought: Sorted
    network: Network
    scale: Scale
    ours: frozenset[str]

    def fitted(self, layout: Layout) -> Fitted:
        """Return what was brought as a layout reads it.

        Raises:
            ShapeError: an array does not fit.
        """
        network = self.network
        turned = turn_arrays(self.brought, layout, network, self.ours)
        X, Y = fit_data(
            network, turned.data["X"], turned.data["Y"], turned.notes, layout.first_class
        )
        factor = self.scale.factor(network, len(X))
        gradient = fit_parameters(turned.gradient, network, turned.notes)
        intermediates = fit_intermediates(turned, network, len(X))
        if factor != 1:
            _check_penalties(network)
            gradient = {name: _over(array, factor) for name, array in gradient.items()}
            intermediates = {
                name: _over(array, factor) if name.startswith("d") else array
                for name, array in intermediates.items()
            }
        parameters = fit_parameters(turned.parameters, network, turned.notes)
        return Fitted(parameters, gradient, X, Y, intermediates, factor, turned.notes)

    def of(self, network: Network) -> "Whole":
        """Return the same as another network's, whose loss is scaled in the same way."""
        return self._replace(network=network, scale=replace(self.scale, loss=network.loss))

    def other(self, here: Fitted, named: Collection[str]) -> Others:
        """Return the networks that explain the gradient better than this one, read alike.

        Args:
            here: what was brought as this network's, as its layout reads it.
            named: what was named, and so stays: “activations”, “loss”.
        """

        def score(network: Network) -> float:
            scale = self.scale if "loss" in named else self.of(network).scale
            factor = here.factor / scale.factor(network, len(here.X))
            gradient = {name: _over(array, 1 / factor) for name, array in here.gradient.items()}
            exact = network.loss_and_gradient(here.parameters, here.X, here.Y)[1]
            return count_explained(gradient, exact)

        return find_others(self.network, named, here.X, here.Y, score)


def choose_layout(whole: Whole, layouts: Sequence[Layout]) -> tuple[Layout, Fitted]:
    """Return the layout that explains most of the gradient, the likeliest of those that do."""
    likeliest = layouts[0]
    chosen, best = likeliest, whole.fitted(likeliest)
    if len(layouts) > 1:
        most = whole.network.parameter_count * len(best.X) * len(layouts)
        score = _count_explained(whole.network, best) if most <= MOST_TRIED else np.inf
        score += DECISIVE * whole.network.parameter_count
        for layout in layouts[1:] if score < whole.network.parameter_count else ():
            other = whole.fitted(layout)
            if (more := _count_explained(whole.network, other)) > score:
                score, best, chosen = more, other, layout
    best.notes.extend(layout_notes(chosen, likeliest))
    return chosen, best


def _count_explained(network: Network, read: Fitted) -> float:
    exact = network.loss_and_gradient(read.parameters, read.X, read.Y)[1]
    return count_explained(read.gradient, exact)


def _over(array: Array, factor: float) -> Array:
    divided = array / factor
    divided.setflags(write=False)
    return divided


def _check_penalties(network: Network) -> None:
    if network.l1 or network.l2:
        raise InputError(
            "Beside a loss that is not scaled as ours, a penalty cannot be told apart.",
            hint="Give the gradient of a mean over the examples, or one without the penalty.",
            at="reduction",
        )
