"""The directions along which the reference's tangents were taken."""

from math import prod

import numpy as np


def reference_direction(graph):
    """Return for every free leaf sin(1), sin(2) … to three decimals, in C order."""
    found = {}
    for name in graph.parameters:
        shape = graph.shape(name)
        found[name] = np.round(np.sin(np.arange(1, prod(shape) + 1)), 3).reshape(shape)
    return found


def random_direction(graph, at, seed):
    """Return a random tangent for every parameter."""
    chance = np.random.default_rng(seed)
    return {name: chance.standard_normal(np.shape(at[name])) for name in graph.parameters}
