"""The check of a program's gradient: a random direction for each leaf, then entries.

    (f(θ + h v) − f(θ − h v)) / 2h   beside   ⟨g, v⟩      v moves all entries of one leaf

Two evaluations a leaf tell which leaves are wrong, whatever their sizes: a gradient that is wrong
somewhere is wrong along nearly every direction. A leaf that is accused is then nudged entry by
entry, as far as a request allows. A difference counts beside the largest gradient of all leaves: a
bias before a batch norm has the gradient 0, and by differences a little rounding.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from backprop.engine import forward
from backprop.engine.differences.given import Point
from backprop.engine.differences.lines import Nudged
from backprop.engine.differences.own_function import check_function, check_ways
from backprop.engine.differences.report import AGREES, Report, scale
from backprop.engine.differences.slopes import joined, nudge
from backprop.engine.differences.verdict import Answer, Verdict
from backprop.engine.graph import Graph
from backprop.engine.network import Array
from backprop.engine.trace import Trace

MOST = 20_000  # evaluations times operations, up to which every entry is nudged
ALONG = "along a direction of {}"
NOTE = "Each leaf was checked along one random direction; of what is wrong, entries too."


def is_checked_whole(graph: Graph) -> bool:
    """Whether a program is so small that every entry of every leaf is nudged."""
    shapes = (graph.nodes[graph.position(name)].shape or () for name in graph.parameters)
    entries = sum(int(np.prod(shape)) for shape in shapes)
    return 2 * entries * operations(graph) <= MOST


def operations(graph: Graph) -> int:
    """Return how many operations one evaluation takes."""
    return sum(not node.is_leaf for node in graph.nodes)


@dataclass(frozen=True, slots=True)
class LeafCheck:
    """A leaf's gradient along one random direction.

    Attributes:
        name: the leaf.
        claimed: ⟨gradient, direction⟩.
        numeric: the slope along it, by differences.
        apart: |claimed − numeric|, divided by the largest gradient of all leaves.
        verdict: right, wrong, or why it cannot be judged.
    """

    name: str
    claimed: float
    numeric: float
    apart: float
    verdict: Verdict


class ProgramCheck:
    """The check of a claimed gradient of a program.

    Args:
        trace: the right pass at the point.
        claimed: an array for each leaf that has a gradient, of its shape.
        tolerance: the largest relative difference of what is right.
        seed: of the directions.
    """

    def __init__(
        self,
        trace: Trace,
        claimed: Mapping[str, Any],
        tolerance: float = AGREES,
        seed: int = 0,
    ) -> None:
        graph = trace.graph
        self.graph, self.claimed, self.tolerance, self.seed = graph, claimed, tolerance, seed
        self.at = {n.name: trace.values[i] for i, n in enumerate(graph.nodes) if n.is_variable}
        self.parameters = {name: np.asarray(self.at[name], float) for name in graph.parameters}

    def _value(self, moved: Mapping[str, Any]) -> Any:
        return forward.value(self.graph, {**self.at, **moved})

    @cached_property
    def _ways(self) -> dict[str, Array]:
        """A direction for each leaf: of each entry a normal number times max(1, |θ|)."""
        chance = np.random.default_rng(self.seed)
        arrays = self.parameters.items()
        return {n: chance.standard_normal(a.shape) * nudge(a, 1.0) for n, a in arrays}

    @cached_property
    def along(self) -> Report:
        """The check along one direction for each leaf; a row for each."""
        names, sizes = tuple(self.parameters), [a.size for a in self.parameters.values()]
        ends = np.cumsum([0, *sizes])
        ways = np.zeros((len(names), int(ends[-1])))
        claims = {}
        for k, name in enumerate(names):
            ways[k, ends[k] : ends[k + 1]] = self._ways[name].ravel()
            claims[ALONG.format(name)] = float(np.sum(self._ways[name] * self.claimed[name]))
        nudged = Nudged(self._value, Point(dict(self.parameters)))
        arrays = {ALONG.format(name): np.zeros(()) for name in names}
        report = check_ways(nudged, ways, arrays, claims, self.tolerance)
        return nudged.finish_report(report)

    @cached_property
    def leaves(self) -> tuple[LeafCheck, ...]:
        """The same, leaf by leaf."""
        largest = self.largest
        return tuple(
            LeafCheck(
                name,
                row.analytic,
                row.numeric,
                row.absolute / largest if largest else row.absolute,
                row.verdict,
            )
            for name, row in zip(self.parameters, self.along.rows, strict=True)
        )

    @cached_property
    def largest(self) -> float:
        """The largest entry that is claimed, or the largest slope where that is larger."""
        claims = np.abs(joined(self.claimed, self.parameters))
        finite = float(claims[np.isfinite(claims)].max(initial=0.0))
        return max(finite, scale(self.along.numeric, 0.0))

    @property
    def accused(self) -> tuple[str, ...]:
        """The leaves whose direction says that they are wrong."""
        return tuple(leaf.name for leaf in self.leaves if leaf.verdict.answer is Answer.WRONG)

    def entries(self, name: str, most: int | None = None) -> Report:
        """Return the check of a leaf's entries by central differences, the first so many of them.

        Args:
            name: the leaf.
            most: how many entries at most; without it as many as MOST allows.
        """
        array, claim = self.parameters[name], np.asarray(self.claimed[name], float)
        allowed = max(1, MOST // (2 * operations(self.graph)))
        count = min(array.size, allowed if most is None else most)
        places = [*np.ndindex(array.shape)][:count]
        rows = {f"{name}[{','.join(map(str, p))}]" if p else name: p for p in places}
        point = {row: float(array[place]) for row, place in rows.items()}

        def value(moved: Mapping[str, Any]) -> Any:
            nudged = array.copy()
            for row, place in rows.items():
                nudged[place] = moved[row]
            return self._value({name: nudged if nudged.shape else nudged[()]})

        claims = {row: float(claim[place]) for row, place in rows.items()}
        return check_function(value, point, claims, self.tolerance)

    @property
    def verdict(self) -> Verdict:
        """Wrong if one leaf is; right if all are."""
        return self.along.verdict


def check_leaves(
    trace: Trace, claimed: Mapping[str, Any], tolerance: float = AGREES, seed: int = 0
) -> Report:
    """Return the check along one direction for each leaf, and of entries of the first accused.

    Args:
        trace: the right pass at the point.
        claimed: an array for each leaf that has a gradient, of its shape.
        tolerance: the largest relative difference of what is right.
        seed: of the directions.
    """
    check = ProgramCheck(trace, claimed, tolerance, seed)
    report = replace(check.along, note=f"{NOTE} {check.along.note}".strip())
    return _beside(report, check.entries(check.accused[0])) if check.accused else report


def _beside(first: Report, second: Report) -> Report:
    """Return the rows of one report, then those of another."""
    moved = {len(first.analytic) + i: reason for i, reason in second.reasons.items()}
    pairs = (
        (getattr(first, name), getattr(second, name))
        for name in ("analytic", "numeric", "absolute", "relative", "kink", "hidden", "wrong")
    )
    shapes = {**first.shapes, **second.shapes}
    joint = map(np.concatenate, pairs)
    return Report(shapes, *joint, {**first.reasons, **moved}, first.note)
