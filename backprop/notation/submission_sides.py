"""The two slopes at a kink, one from each side: what lies between them is a slope there, too."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from backprop.engine import forward
from backprop.engine.graph import Graph

NUDGE = 1e-7  # so small that a kink nearby is not taken for one here
CLOSE = 1e-4  # the share of the larger slope by which a claim may lie outside
MOST = 1_000  # entries that are looked at: each costs two forward passes


class Sides:
    """Slopes from either side of a point, where somebody asks for them.

    Args:
        graph: the function.
        at: the point, a value for each of its variables.
    """

    def __init__(self, graph: Graph, at: Mapping[str, Any]) -> None:
        self.graph, self.at = graph, at
        self.here = float(forward.value(graph, at))
        self.left = MOST

    @np.errstate(all="ignore")
    def hold(self, name: str, place: tuple[int, ...], claimed: float) -> bool:
        """Whether a claim lies between the two slopes by an entry, and they differ."""
        if not self.left:
            return False
        self.left -= 1
        below, above = sorted(self._slope(name, place, sign) for sign in (-1, 1))
        close = CLOSE * max(abs(below), abs(above))
        return above - below > close and below - close <= claimed <= above + close

    def _slope(self, name: str, place: tuple[int, ...], sign: int) -> float:
        moved = np.array(self.at[name], dtype=float)
        before = float(moved[place])
        moved[place] += sign * NUDGE * max(1.0, abs(before))
        there = float(forward.value(self.graph, {**self.at, name: moved if place else moved[()]}))
        return (there - self.here) / float(moved[place] - before)
